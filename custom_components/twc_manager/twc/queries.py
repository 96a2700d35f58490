"""The queries to a connector beside the heartbeat, and when they are due.

A query that a connector has never answered is sent three times, and not again until the connector is linked
anew. An invalid answer counts as none. Times are in s of a monotonic clock.
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
    is_valid_vin,
)

MAX_TRIES: Final = 3
METER_WHILE_CHARGING: Final = 10.0
METER_WHILE_STEADY: Final = 20.0
"""While a car charges and the reports of its connector have been the same for long."""
METER_OTHERWISE: Final = 60.0
PLUG_WHILE_PLUGGED_IN: Final = 5.0
PLUG_WHILE_UNPLUGGED: Final = 15.0
"""Mostly the state that a connector reports changes when a car is plugged in, and then the plug is queried at once."""
CONFIRM_PLUG: Final = 1.0
SERIAL_NUMBER_AGAIN: Final = 15.0
"""A serial number never changes, unless a second unit answers for the same id."""
SERIAL_NUMBER_WHILE_STEADY: Final = 60.0
"""Where reports have come for long without a gap and with the same contents, hardly two units can answer: some of their
answers would collide."""
VIN_AFTER_PLUG_IN: Final = 5.0
"""The car and the connector first have to communicate with each other."""
RETRY: Final = 2.0

_NEVER: Final = float("inf")


@dataclass(slots=True)
class _QueryState:
    """When a query is due next, and whether it was answered so far."""

    due: float
    tries: int = 0
    answered: bool = False

    def given_up(self) -> bool:
        return not self.answered and self.tries >= MAX_TRIES


class DueQuery(NamedTuple):
    """A query and when it is due."""

    due: float
    query: Query


class VinReader:
    """Assembles the VIN of the plugged-in car from its three parts."""

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
        """Return whether there is no part left to query."""
        return self._known or self._tries >= MAX_TRIES

    def next_part(self) -> DueQuery | None:
        """Return the part to query next, if any."""
        if self.done:
            return None
        part = next(part for part in VIN_PARTS if part not in self._parts)
        return DueQuery(self._due, part)

    def failed(self, now: float) -> None:
        """Note that a part was not answered, or that the parts are no valid VIN."""
        self._tries += 1
        self._due = now + RETRY

    def take(self, answer: VinPart, now: float) -> None:
        """Take a part, however late; the last one completes the VIN if the check digit fits."""
        self.answered = True
        if self._known:
            return
        self._parts[answer.part] = answer.text
        if len(self._parts) < len(VIN_PARTS):
            return
        vin = "".join(self._parts[part] for part in VIN_PARTS)
        self._parts.clear()
        if vin and not is_valid_vin(vin):
            self.failed(now)
            return
        self.vin = vin or None
        self._known = True


class Agreed[T]:
    """A value that changes only when two reports in a row agree: one may be noise."""

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
    """The queries to one connector.

    `next_query` is called far more often than a query is due, so the time at which the first one is due is stored.
    """

    def __init__(self, now: float) -> None:
        """Plan all queries for a connector that was just linked."""
        self.firmware: str | None = None
        self.serial_number: str | None = None
        self.meter: Meter | None = None
        self._plug: Agreed[PlugState] = Agreed()
        self._vin: VinReader | None = None
        self._reports_vin = True
        self._steady = False
        self._earliest = now
        self._states: dict[Query, _QueryState] = {
            query: _QueryState(now)
            for query in Query
            if query not in VIN_PARTS and query is not Query.FIRMWARE_OLD
        }

    @property
    def plug(self) -> PlugState | None:
        """Return the state of the plug; None until the connector has reported it."""
        return self._plug.value

    @property
    def awaits_plug(self) -> bool:
        """Return whether the connector has not reported its plug so far, and may still do so."""
        return self.plug is None and not self._states[Query.PLUG_STATE].given_up()

    @property
    def vin(self) -> str | None:
        """Return the VIN of the plugged-in car; None if it is not known."""
        return self._vin.vin if self._vin is not None else None

    def set_plugged_in(self, plugged_in: bool, now: float) -> None:
        """Note whether a car is plugged in, as the caller concludes from all reports."""
        if not plugged_in:
            self._vin = None
        elif self._vin is None and self._reports_vin:
            self._vin = VinReader(now)
            self._changed()

    def set_steady(self, steady: bool, now: float) -> None:
        """Note whether all reports have been the same for long: then some queries are less often.

        From the first other report on they are due as if they had been as often as ever.
        """
        if self._steady and not steady:
            self._bring_forward(Query.SERIAL_NUMBER, now + SERIAL_NUMBER_AGAIN)
        self._steady = steady

    def set_drawing(self, drawing: bool, now: float) -> None:
        """Note whether the car draws: then the meter is queried more often and the plug not at all."""
        plug = self._states[Query.PLUG_STATE]
        if drawing:
            plug.due = _NEVER
            self._bring_forward(Query.METER, now + self._meter_seconds(drawing))
        elif plug.due == _NEVER:
            plug.due = now
            self._changed()

    def state_changed(self, now: float) -> None:
        """Note that the connector reports another state: its plug is queried at once if it reports that at all."""
        plug = self._states[Query.PLUG_STATE]
        if plug.answered and now < plug.due < _NEVER:
            plug.due = now
            self._changed()

    def _bring_forward(self, query: Query, due: float) -> None:
        """Query at that time, unless it is due sooner."""
        state = self._states[query]
        if due < state.due < _NEVER:
            state.due = due
            self._changed()

    def next_query(self, now: float) -> DueQuery | None:
        """Return the query that has been due for the longest; None if none is."""
        if now < self._earliest:
            return None
        asked = [
            DueQuery(state.due, query)
            for query, state in self._states.items()
            if not state.given_up()
        ]
        if self._vin is not None and (part := self._vin.next_part()) is not None:
            asked.append(part)
        first = min(asked, default=None)
        self._earliest = _NEVER if first is None else first.due
        return first if now >= self._earliest else None

    def _changed(self) -> None:
        """Note that a query may be due sooner than before; one that is due later is only looked for once too often."""
        self._earliest = 0.0

    def unanswered(self, query: Query, now: float) -> None:
        """Note that a query was not answered."""
        if query in VIN_PARTS:
            self._vin_unanswered(now)
            return
        state = self._states[query]
        state.tries += 1
        state.due = now + RETRY
        if query is Query.FIRMWARE and state.given_up():
            self._states[Query.FIRMWARE_OLD] = _QueryState(now)

    def _vin_unanswered(self, now: float) -> None:
        if self._vin is None:
            return
        self._vin.failed(now)
        self._reports_vin = self._vin.answered or not self._vin.done

    def answered(self, answer: FromConnector, drawing: bool, now: float) -> None:
        """Take an answer, expected or not."""
        self._changed()
        match answer:
            case Firmware():
                self.firmware = answer.version
                self._done(Query.FIRMWARE)
                self._done(Query.FIRMWARE_OLD)
            case SerialNumber():
                wait = self._take_serial_number(answer)
                self._again(Query.SERIAL_NUMBER, now + wait)
            case Meter():
                self.meter = answer
                self._again(Query.METER, now + self._meter_seconds(drawing))
            case PlugReport():
                self._take_plug(answer, drawing, now)
            case VinPart() if self._vin is not None:
                self._vin.take(answer, now)

    def _take_serial_number(self, answer: SerialNumber) -> float:
        """Take a serial number and return after how many s to query it again."""
        before, self.serial_number = self.serial_number, answer.serial_number or None
        if self.serial_number is None:
            return _NEVER
        if before not in {None, self.serial_number}:
            return RETRY
        return SERIAL_NUMBER_WHILE_STEADY if self._steady else SERIAL_NUMBER_AGAIN

    def _meter_seconds(self, drawing: bool) -> float:
        """Return the s between two queries of the meter."""
        if not drawing:
            return METER_OTHERWISE
        return METER_WHILE_STEADY if self._steady else METER_WHILE_CHARGING

    def _take_plug(self, answer: PlugReport, drawing: bool, now: float) -> None:
        if answer.state not in PlugState:
            self.unanswered(Query.PLUG_STATE, now)
            return
        unsettled = self._plug.report(PlugState(answer.state))
        if drawing:
            wait = _NEVER
        elif unsettled:
            wait = CONFIRM_PLUG
        elif self.plug is PlugState.UNPLUGGED:
            wait = PLUG_WHILE_UNPLUGGED
        else:
            wait = PLUG_WHILE_PLUGGED_IN
        self._again(Query.PLUG_STATE, now + wait)

    def _done(self, query: Query) -> None:
        if query in self._states:
            self._again(query, _NEVER)

    def _again(self, query: Query, due: float) -> None:
        state = self._states[query]
        state.answered = True
        state.tries = 0
        state.due = due
