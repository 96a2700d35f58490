"""One linked connector as the master sees it: its reports, its next heartbeat and its next query."""

from dataclasses import dataclass
from math import ceil
from typing import Final

from .contact import SILENCE_SECONDS
from .duplicates import AnswerWatch
from .guard import Watched
from .messages import (
    PROTOCOL_1,
    PROTOCOL_2,
    Command,
    ContactorReport,
    FromConnector,
    Heartbeat,
    PlugState,
    State,
)
from .queries import Agreed, DueQuery, QueryPlan
from .same_reports import SameReports
from .state import DRAWING_AMPS, ConnectorState, KnownConnector

RESTORED_HEARTBEATS: Final = 5
"""The number of heartbeats to a connector known from before, after which it has to announce itself."""

MIN_OFFERS: Final = {PROTOCOL_1: 5.0, PROTOCOL_2: 6.0}
"""Minimum offer in A that a connector can pass to its car, by protocol."""

_CHARGING_STATES: Final = frozenset(
    {State.CHARGING, State.RAISING, State.LOWERING, State.LIMITING, State.ADJUSTED}
)
_PLUGGED_IN_STATES: Final = _CHARGING_STATES | {
    State.NOT_CHARGING,
    State.WANTS_POWER,
    State.STARTING,
}
_WAITING_STATES: Final = frozenset(
    {State.READY, State.NOT_CHARGING, State.WANTS_POWER, State.STARTING}
)
CONTACTOR_TRIES: Final = 3
"""The number of attempts of a command to the contactor that is not acknowledged."""

_OTHER_COMMAND_AFTER: Final = 2
"""Answers that do not show the limit that was sent, before the other command for it is tried."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """The content of the next heartbeat: a command and, if it limits, the offer in A."""

    command: Command
    offer: float | None


class _Presence:
    """Whether a connector is still there, by its answers."""

    __slots__ = (
        "_restored",
        "_unanswered_heartbeats",
        "answered",
        "first_answer",
        "last_answer",
    )

    def __init__(self, now: float, *, restored: bool) -> None:
        """Start for a connector that has just announced itself, or that is `restored` from before."""
        self.answered = False
        self._restored = restored
        self.first_answer = now
        self.last_answer = now
        self._unanswered_heartbeats = 0

    def is_silent(self, now: float) -> bool:
        """Return whether the connector has to be regarded as gone."""
        if self._restored and not self.answered:
            return self._unanswered_heartbeats >= RESTORED_HEARTBEATS
        return now - self.last_answer >= SILENCE_SECONDS

    def heartbeat_sent(self) -> None:
        """Record a heartbeat to the connector."""
        if not self.answered:
            self._unanswered_heartbeats += 1

    def answer_received(self, now: float) -> None:
        """Record a report or an answer of the connector."""
        if not self.answered:
            self.first_answer = now
        self.answered = True
        self.last_answer = now


class _LimitAttempts:
    """The choice between the two limit commands of protocol 2."""

    __slots__ = ("_ignored", "_sent", "_usual")

    def __init__(self) -> None:
        """Start without a sent limit."""
        self._sent: float | None = None
        self._usual = Command.LIMIT
        self._ignored = 0

    def sent(self, offer: float | None) -> None:
        """Record the limit in a heartbeat, in A; None if it had none."""
        self._sent = offer

    def report_received(self, report: Heartbeat) -> None:
        """Count the consecutive answers that do not show the limit that was sent."""
        if self._sent is not None:
            took_it = report.offered == self._sent
            self._ignored = 0 if took_it else self._ignored + 1
            self._sent = None

    def command(self, report: Heartbeat) -> Command:
        """Return the command for the state of a connector, or the other one in turn while it takes no limit."""
        charging = (
            report.state in _CHARGING_STATES
            or report.drawn >= DRAWING_AMPS
            # With no amps allowed this state asks for some; with some it is charging already.
            or (report.state == State.STARTING and report.offered > 0)
        )
        usual, other = Command.LIMIT, Command.LIMIT_WHILE_CHARGING
        if charging:
            usual, other = other, usual
        if usual is not self._usual:
            # The ignored command was the one for the state before, which is the other one now.
            self._usual, self._ignored = usual, 0
        swap = (self._ignored // _OTHER_COMMAND_AFTER) % 2 == 1
        return other if swap else usual


class _ContactorCommand:
    """A command to the contactor until the connector acknowledges it, or all attempts have failed."""

    __slots__ = ("_closed", "_tries")

    def __init__(self) -> None:
        """Start without a command."""
        self._closed: bool | None = None
        self._tries = 0

    @property
    def is_waiting(self) -> bool:
        """Return whether there is a command to send."""
        return self._closed is not None and self._tries > 0

    def set(self, *, closed: bool) -> None:
        """Replace the command."""
        self._closed = closed
        self._tries = CONTACTOR_TRIES

    def next(self) -> bool | None:
        """Return whether to close or to open the contactor now, which counts as an attempt; None for neither."""
        if not self.is_waiting:
            return None
        self._tries -= 1
        return self._closed

    def acknowledged(self, report: ContactorReport) -> None:
        """Drop the command if this acknowledges it."""
        if report.closed == self._closed:
            self._closed = None


class LinkedConnector:
    """A connector that the master addresses."""

    def __init__(self, known: KnownConnector, now: float, *, restored: bool) -> None:
        """Start for a connector that has announced itself, or that is known from before."""
        self.known = known
        self.queries = QueryPlan(now)
        self._presence = _Presence(now, restored=restored)
        self._limits = _LimitAttempts()
        self._contactor = _ContactorCommand()
        self._report: Heartbeat | None = None
        self._state: Agreed[int] = Agreed()
        self._announced: Agreed[KnownConnector] = Agreed()
        self._answers = AnswerWatch()
        self._snapshot: ConnectorState | None = None
        self._same = SameReports()

    @property
    def same_reports(self) -> int:
        """Return how many equal reports came in a row, with every heartbeat between them answered in time."""
        return self._same.count

    @property
    def is_steady(self) -> bool:
        """Return whether all reports have been the same for long, with every heartbeat answered in time."""
        return self._same.last_long

    @property
    def connector_id(self) -> int:
        """Return the id on the bus."""
        return self.known.connector_id

    @property
    def answered(self) -> bool:
        """Return whether the connector has answered since it was linked."""
        return self._presence.answered

    def answering_for(self, now: float) -> float:
        """Return for how many s the connector has answered since it was linked; it answers now."""
        return now - self._presence.first_answer

    @property
    def is_duplicate(self) -> bool:
        """Return whether its answers are of two units."""
        return self._answers.is_duplicate

    def is_silent(self, now: float) -> bool:
        """Return whether the connector has to be regarded as gone."""
        return self._presence.is_silent(now)

    def drawing(self) -> bool:
        """Return whether the car takes power, by the measured amps or else by the state."""
        if self._report is None:
            return False
        return self._report.drawn >= DRAWING_AMPS or self._report.state in {
            State.CHARGING,
            State.STARTING,
        }

    def plugged_in(self) -> bool:
        """Return whether a car is known to be plugged in."""
        if self._report is None:
            return False
        if self.drawing():
            return True
        if self.queries.plug is not None:
            return self.queries.plug is not PlugState.UNPLUGGED
        return self._state.value in _PLUGGED_IN_STATES

    def unplugged(self) -> bool:
        """Return whether it is known that no car is plugged in; just after the link that is not known yet.

        The state shows it only where the plug is not reported: with a car, too, a connector is BUSY for a moment, and it
        may be READY while the car is stopped.
        """
        if self._report is None or self.drawing() or self.queries.awaits_plug:
            return False
        if self.queries.plug is not None:
            return self.queries.plug is PlugState.UNPLUGGED
        return self._state.value == State.READY

    def is_vacant(self) -> bool:
        """Return whether it waits for a car, and nothing else is the matter with it."""
        report = self._report
        return report is not None and report.state == State.READY and self.unplugged()

    def charges(self) -> bool:
        """Return whether it supplies a car, by its state and by the measured amps."""
        report = self._report
        return (
            report is not None
            and report.state in _CHARGING_STATES
            and report.drawn >= DRAWING_AMPS
        )

    def waits_for_offer(self) -> bool:
        """Return whether it allows a car that may be plugged in no amps, by its report, and measures none."""
        report = self._report
        return (
            report is not None
            and report.state in _WAITING_STATES
            and report.offered == 0
            and report.drawn < DRAWING_AMPS
        )

    def contradicts(self, announced: KnownConnector) -> bool:
        """Return whether a linkready shows, for the second time in a row, another connector with this id.

        A linked connector does not announce itself, so a single such frame is more likely noise.
        """
        self._announced.report(announced)
        return self._announced.value not in {None, self.known}

    def take_heartbeat(self, report: Heartbeat, now: float) -> None:
        """Take a report."""
        if self._report is not None and report.state != self._report.state:
            self.queries.state_changed(now)
        self._report = report
        self._same.received(report)
        self._limits.report_received(report)
        self._state.report(report.state)
        self._answer_received(report, now)

    def take_answer(self, answer: FromConnector, now: float) -> None:
        """Take any other message of the connector."""
        if isinstance(answer, ContactorReport):
            self._contactor.acknowledged(answer)
        self.queries.answered(answer, self.drawing(), now)
        self._answer_received(answer, now)

    def heartbeat_sent(self, offer: float | None) -> None:
        """Record a heartbeat that was sent to the connector, with its limit in A, if it had one."""
        self._presence.heartbeat_sent()
        self._limits.sent(offer)
        self._answers.heartbeat_sent(offer)

    def heartbeat_unanswered(self) -> None:
        """Record that a heartbeat was not answered in time, or not with what makes sense."""
        self._same.interrupt()

    def switch_contactor(self, *, closed: bool) -> None:
        """Close or open the contactor with one of the next frames."""
        self._contactor.set(closed=closed)

    def has_request(self, now: float) -> bool:
        """Return whether there is anything to send to the connector besides a heartbeat."""
        return self._contactor.is_waiting or self.next_query(now) is not None

    def next_contactor_command(self) -> bool | None:
        """Return whether to close or to open the contactor now, which counts as an attempt; None for neither."""
        return self._contactor.next()

    def next_query(self, now: float) -> DueQuery | None:
        """Return the query that has been due for the longest; None if none is, or before the first answer."""
        return self.queries.next_query(now) if self.answered else None

    def instruct(self, offer: float | None, standing: float) -> Instruction:
        """Return the instruction to a connector that has `standing` A and is permitted `offer` A, None for any.

        Protocol 1 needs its limit in every heartbeat: a 0 A limit followed by no change makes its relay
        click every second. Protocol 2 takes one limit before the car charges and another one while it
        does; its reports do not always show which of the two applies, so the other is tried in turn.
        Source: docs/protocol.md.
        """
        if offer is None or (self._report is None and offer > 0):
            return Instruction(Command.NO_CHANGE, None)
        if self._report is None or self.known.protocol == PROTOCOL_1:
            return Instruction(Command.LIMIT, offer)
        if self._report.offered == offer == standing:
            return Instruction(Command.NO_CHANGE, None)
        return Instruction(self._limits.command(self._report), offer)

    def snapshot(self, watched: Watched, now: float) -> ConnectorState:
        """Return the present state, with the guard's records; the same object until the connector answers again."""
        if self._snapshot is None:
            self._snapshot = self._read(watched, now)
        return self._snapshot

    def _read(self, watched: Watched, now: float) -> ConnectorState:
        report = self._report
        queries = self.queries
        meter = queries.meter
        return ConnectorState(
            connector_id=self.connector_id,
            protocol=self.known.protocol,
            rating=self.known.rating,
            state=report.state if report is not None else State.READY,
            offered=report.offered if report is not None else 0.0,
            drawn=report.drawn if report is not None else 0.0,
            plug=queries.plug,
            meter=meter.counter if meter is not None else None,
            volts=meter.volts if meter is not None else None,
            phase_amps=meter.amps if meter is not None else None,
            firmware=queries.firmware,
            serial_number=queries.serial_number,
            vin=queries.vin,
            sent=watched.exposure.sent,
            possible=ceil(2 * watched.possible(now)) / 2,
            obedience=watched.conduct.obedience,
            excess=watched.conduct.expected_excess,
            heard_at=self._presence.last_answer,
        )

    def _answer_received(self, answer: FromConnector, now: float) -> None:
        self._presence.answer_received(now)
        self._answers.received(answer, now)
        self._snapshot = None
        self.queries.set_steady(self.is_steady, now)
        self.queries.set_drawing(self.drawing(), now)
        self.queries.set_plugged_in(self.plugged_in(), now)
