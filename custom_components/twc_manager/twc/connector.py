"""One linked connector as the master sees it: what it said, what to tell it, what to ask it."""

from dataclasses import dataclass
from typing import Final

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
from .state import DRAWING_AMPS, ConnectorState, KnownConnector

SILENCE_SECONDS: Final = 26.0
"""A connector unheard for so long is gone; it thinks the same of a master."""

RESTORED_HEARTBEATS: Final = 5
"""How often a connector known from before is addressed before it is left to announce itself."""

MIN_OFFERS: Final = {PROTOCOL_1: 5.0, PROTOCOL_2: 6.0}
"""Least offer in A that a connector can tell its car, by protocol."""

_CHARGING_STATES: Final = frozenset(
    {State.CHARGING, State.RAISING, State.LOWERING, State.LIMITING, State.ADJUSTED}
)
_PLUGGED_IN_STATES: Final = _CHARGING_STATES | {
    State.NOT_CHARGING,
    State.WANTS_POWER,
    State.STARTING,
}
CONTACTOR_TRIES: Final = 3
"""How often a command to the contactor goes out that is not acknowledged."""

_OTHER_COMMAND_AFTER: Final = 2
"""Answers that do not show the limit that was told, before the other command for it is tried."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """What the next heartbeat tells a connector: a command and, where it limits, the offer in A."""

    command: Command
    offer: float | None


class LinkedConnector:
    """A connector that the master addresses."""

    def __init__(self, known: KnownConnector, now: float, *, restored: bool) -> None:
        """Start for a connector that has announced itself, or that is known from before."""
        self.known = known
        self.queries = QueryPlan(now)
        self.answered = False
        self._restored = restored
        self._last_answer = now
        self._unanswered_heartbeats = 0
        self._limit_sent: float | None = None
        self._ignored_limits = 0
        self._report: Heartbeat | None = None
        self._state: Agreed[int] = Agreed()
        self._announced: Agreed[KnownConnector] = Agreed()
        self._contactor: bool | None = None
        self._contactor_tries = 0
        self._snapshot: ConnectorState | None = None

    @property
    def connector_id(self) -> int:
        """Return the id on the bus."""
        return self.known.connector_id

    def is_silent(self, now: float) -> bool:
        """Return whether the connector has to be taken for gone."""
        if self._restored and not self.answered:
            return self._unanswered_heartbeats >= RESTORED_HEARTBEATS
        return now - self._last_answer >= SILENCE_SECONDS

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

    def contradicts(self, announced: KnownConnector) -> bool:
        """Return whether a linkready tells, for the second time in a row, of another connector with this id.

        One that is linked does not announce itself, so a single such frame is rather noise.
        """
        self._announced.report(announced)
        return self._announced.value not in {None, self.known}

    def take_heartbeat(self, report: Heartbeat, now: float) -> None:
        """Take a report."""
        self._report = report
        if self._limit_sent is not None:
            took_it = report.offered == self._limit_sent
            self._ignored_limits = 0 if took_it else self._ignored_limits + 1
            self._limit_sent = None
        self._state.report(report.state)
        self._answered(now)
        self._update_queries(now)

    def take_answer(self, answer: FromConnector, now: float) -> None:
        """Take what the connector says besides its report."""
        if isinstance(answer, ContactorReport) and answer.closed == self._contactor:
            self._contactor = None
        self.queries.answered(answer, self.drawing(), now)
        self._answered(now)
        self._update_queries(now)

    def heartbeat_sent(self, instruction: Instruction) -> None:
        """Note what the connector was told."""
        if not self.answered:
            self._unanswered_heartbeats += 1
        self._limit_sent = instruction.offer

    def switch_contactor(self, *, closed: bool) -> None:
        """Have the contactor closed or opened, soon."""
        self._contactor = closed
        self._contactor_tries = CONTACTOR_TRIES

    def has_contactor_command(self) -> bool:
        """Return whether the contactor is to be told something."""
        return self._contactor is not None and self._contactor_tries > 0

    def next_contactor_command(self) -> bool | None:
        """Return whether to have the contactor closed or opened now, which counts as a try; None for neither."""
        if not self.has_contactor_command():
            return None
        self._contactor_tries -= 1
        return self._contactor

    def next_query(self, now: float) -> DueQuery | None:
        """Return the question due for the longest; None if there is none or nobody to answer."""
        return self.queries.next_query(now) if self.answered else None

    def instruct(self, offer: float | None, standing: float) -> Instruction:
        """Return what to tell a connector that has `standing` A and is permitted `offer` A, None for any.

        Protocol 1 wants its limit in every heartbeat: a 0 A limit followed by no change makes its relay
        click every second. Protocol 2 takes one limit before the car charges and another one while it
        does; which of the two it is cannot always be seen from here, so the other is tried in turn.
        """
        if offer is None or self._report is None:
            return Instruction(Command.NO_CHANGE, None)
        if self.known.protocol == PROTOCOL_1:
            return Instruction(Command.LIMIT, offer)
        if self._report.offered == offer == standing:
            return Instruction(Command.NO_CHANGE, None)
        return Instruction(self._limit_command(), offer)

    def snapshot(self) -> ConnectorState:
        """Return what is known now, as the same object until the connector says something."""
        if self._snapshot is None:
            self._snapshot = self._read()
        return self._snapshot

    def _read(self) -> ConnectorState:
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
        )

    def _answered(self, now: float) -> None:
        self.answered = True
        self._last_answer = now
        self._snapshot = None

    def _update_queries(self, now: float) -> None:
        self.queries.set_drawing(self.drawing(), now)
        self.queries.set_plugged_in(self.plugged_in(), now)

    def _limit_command(self) -> Command:
        report = self._report
        assert report is not None
        charging = (
            report.state in _CHARGING_STATES
            or report.drawn >= DRAWING_AMPS
            # With no amps allowed this state asks for some; with some it is charging already.
            or (report.state == State.STARTING and report.offered > 0)
        )
        swap = (self._ignored_limits // _OTHER_COMMAND_AFTER) % 2 == 1
        return Command.LIMIT_WHILE_CHARGING if charging != swap else Command.LIMIT
