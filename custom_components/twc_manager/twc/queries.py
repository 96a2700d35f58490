"""What to ask a connector besides the heartbeat, and when.

A connector that has never answered a question is asked three times and then left in peace until it links
again. An answer that makes no sense is as good as none. Times are in s of a monotonic clock.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from .messages import (
    VIN_PARTS,
    Firmware,
    FromConnector,
    Meter,
    PlugReport,
    PlugState,
    Query,
    SerialNumber,
    VinPart,
    vin_is_right,
)

MAX_TRIES: Final = 3
METER_WHILE_CHARGING: Final = 10.0
METER_OTHERWISE: Final = 60.0
PLUG_WHILE_IDLE: Final = 5.0
CONFIRM_PLUG: Final = 1.0
VIN_AFTER_PLUG_IN: Final = 5.0
"""The car and the connector first have to talk to each other."""
RETRY: Final = 2.0

_NEVER: Final = float("inf")


@dataclass(slots=True)
class _Question:
    """When a question is due next, and how it went so far."""

    due: float
    tries: int = 0
    answered: bool = False

    def given_up(self) -> bool:
        return not self.answered and self.tries >= MAX_TRIES


class DueQuery(NamedTuple):
    """A question and when it is to be asked."""

    due: float
    query: Query


class VinReader:
    """Puts the VIN of the plugged-in car together from its three parts."""

    __slots__ = ("_due", "_known", "_parts", "_tries", "answered", "vin")

    def __init__(self, now: float) -> None:
        """Start for a car that has just been plugged in."""
        self.vin: str | None = None
        self.answered = False
        self._known = False
        self._due = now + VIN_AFTER_PLUG_IN
        self._parts: dict[Query, str] = {}
        self._tries = 0

    @property
    def done(self) -> bool:
        """Return whether there is nothing more to ask."""
        return self._known or self._tries >= MAX_TRIES

    def next_part(self) -> DueQuery | None:
        """Return the part to ask for next, if any."""
        if self.done:
            return None
        part = next(part for part in VIN_PARTS if part not in self._parts)
        return DueQuery(self._due, part)

    def failed(self, now: float) -> None:
        """Note that a part was asked for in vain, or that the parts make no VIN."""
        self._tries += 1
        self._due = now + RETRY

    def take(self, answer: VinPart, now: float) -> None:
        """Take a part, however late; the last one makes the VIN, if the check digit fits."""
        self.answered = True
        if self._known:
            return
        self._parts[answer.part] = answer.text
        if len(self._parts) < len(VIN_PARTS):
            return
        vin = "".join(self._parts[part] for part in VIN_PARTS)
        self._parts.clear()
        if vin and not vin_is_right(vin):
            self.failed(now)
            return
        self.vin = vin or None
        self._known = True


class Agreed[T]:
    """A value that changes only when two reports in a row say the same: one may be noise."""

    __slots__ = ("_candidate", "value")

    def __init__(self) -> None:
        """Start without a value."""
        self.value: T | None = None
        self._candidate: T | None = None

    def report(self, value: T) -> bool:
        """Take a report and return whether one more is needed to settle it."""
        agrees = value == self._candidate
        self._candidate = value
        if agrees:
            self.value = value
        return value != self.value


class QueryPlan:
    """The questions to one connector."""

    def __init__(self, now: float) -> None:
        """Plan everything for a connector that has just linked."""
        self.firmware: str | None = None
        self.serial_number: str | None = None
        self.meter: Meter | None = None
        self._plug: Agreed[PlugState] = Agreed()
        self._vin: VinReader | None = None
        self._reports_vin = True
        self._questions: dict[Query, _Question] = {
            query: _Question(now)
            for query in Query
            if query not in VIN_PARTS and query is not Query.FIRMWARE_OLD
        }

    @property
    def plug(self) -> PlugState | None:
        """Return the state of the plug; None while the connector has not told."""
        return self._plug.value

    @property
    def vin(self) -> str | None:
        """Return the VIN of the plugged-in car; None if it is not known."""
        return self._vin.vin if self._vin is not None else None

    def set_plugged_in(self, plugged_in: bool, now: float) -> None:
        """Note whether a car is plugged in, as the caller knows it from all it has."""
        if not plugged_in:
            self._vin = None
        elif self._vin is None and self._reports_vin:
            self._vin = VinReader(now)

    def set_drawing(self, drawing: bool, now: float) -> None:
        """Note whether the car draws, which makes the meter interesting and the plug not."""
        meter = self._questions[Query.METER]
        plug = self._questions[Query.PLUG_STATE]
        if drawing:
            meter.due = min(meter.due, now + METER_WHILE_CHARGING)
            plug.due = _NEVER
        elif plug.due == _NEVER:
            plug.due = now

    def next_query(self, now: float) -> DueQuery | None:
        """Return the question that has been due for the longest; None if none is."""
        asked = [
            DueQuery(question.due, query)
            for query, question in self._questions.items()
            if not question.given_up()
        ]
        if self._vin is not None and (part := self._vin.next_part()) is not None:
            asked.append(part)
        return min((item for item in asked if item.due <= now), default=None)

    def unanswered(self, query: Query, now: float) -> None:
        """Note that a question was asked in vain."""
        if query in VIN_PARTS:
            self._vin_unanswered(now)
            return
        question = self._questions[query]
        question.tries += 1
        question.due = now + RETRY
        if query is Query.FIRMWARE and question.given_up():
            self._questions[Query.FIRMWARE_OLD] = _Question(now)

    def _vin_unanswered(self, now: float) -> None:
        if self._vin is None:
            return
        self._vin.failed(now)
        self._reports_vin = self._vin.answered or not self._vin.done

    def answered(self, answer: FromConnector, drawing: bool, now: float) -> None:
        """Take an answer; one that nobody asked for is as good."""
        match answer:
            case Firmware():
                self.firmware = answer.version
                self._done(Query.FIRMWARE)
                self._done(Query.FIRMWARE_OLD)
            case SerialNumber():
                self.serial_number = answer.serial_number or None
                self._done(Query.SERIAL_NUMBER)
            case Meter():
                self.meter = answer
                self._again(
                    Query.METER,
                    now + (METER_WHILE_CHARGING if drawing else METER_OTHERWISE),
                )
            case PlugReport():
                self._take_plug(answer, drawing, now)
            case VinPart() if self._vin is not None:
                self._vin.take(answer, now)

    def _take_plug(self, answer: PlugReport, drawing: bool, now: float) -> None:
        if answer.state not in PlugState:
            self.unanswered(Query.PLUG_STATE, now)
            return
        unsettled = self._plug.report(PlugState(answer.state))
        wait = CONFIRM_PLUG if unsettled else PLUG_WHILE_IDLE
        self._again(Query.PLUG_STATE, _NEVER if drawing else now + wait)

    def _done(self, query: Query) -> None:
        if query in self._questions:
            self._again(query, _NEVER)

    def _again(self, query: Query, due: float) -> None:
        question = self._questions[query]
        question.answered = True
        question.tries = 0
        question.due = due
