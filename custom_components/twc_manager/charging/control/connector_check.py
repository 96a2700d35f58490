"""A check of how one connector and its vehicle really behave, begun by the owner.

It only lowers what the rules allow: to a few currents one after the other, to 0 A once, and then it lets the vehicle
charge again. The guard of the wiring, the main fuse and all limits have precedence. Times are in s of a monotonic
clock, currents are whole A.
"""

from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from ...twc import DRAWING_AMPS, ConnectorState
from ...twc.transitions import find_transition
from ..report_clock import ReportClock, Reporting
from .check_measurement import StepMeasurement
from .check_result import Answers, CheckResult
from .check_states import (
    CHECK_TRANSITIONS,
    STEADY_SECONDS,
    STEP_SECONDS,
    STOP_SECONDS,
    Check,
    CheckEvent,
    CheckFacts,
    CheckOutcome,
    Idle,
    Offering,
    Resting,
    Resuming,
    Stopping,
)
from .measured import MeasuredDraw

LONGEST_SECONDS: Final = 900.0
"""The maximum duration of a check in s: a vehicle that keeps pausing by itself never draws for long enough."""

CHECK_AMPS: Final = (12, 16)
"""The currents that are offered besides the minimum: all vehicles accept them, and the change shows the ramp."""

RESUME_SECONDS: Final = 30.0
"""The number of s that a vehicle usually needs to draw again and to be measured."""


@dataclass(frozen=True, slots=True)
class CheckSituation:
    """The inputs of a check at one moment.

    Attributes:
        connector: its report.
        ceiling: the maximum that its limits allow without the check.
        present: whether a vehicle is plugged in.
        enabled: whether the owner lets it charge.

    """

    connector: ConnectorState
    ceiling: int
    present: bool = True
    enabled: bool = True


class ConnectorCheck:
    """A check that runs at one connector, until it has a result.

    Attributes:
        result: its result; None while it runs.

    """

    def __init__(self, connector: ConnectorState, minimum: int) -> None:
        """Prepare a check of a connector."""
        self._connector = connector
        self._amps = tuple(max(amps, minimum) for amps in (*CHECK_AMPS, minimum))
        self._check: Check = Idle()
        self._ceiling = 0
        self._draw = MeasuredDraw()
        self._reports = ReportClock()
        self._began_at = 0.0
        self._drawing_since: float | None = None
        self._silent_since: float | None = None
        self._measurement: StepMeasurement | None = None
        self._found = CheckResult(
            CheckOutcome.COMPLETE,
            connector.protocol,
            connector.rating,
            connector.firmware,
        )
        self.result: CheckResult | None = None

    @property
    def connector_id(self) -> int:
        """Return the id of its connector."""
        return self._connector.connector_id

    @property
    def amps(self) -> int | None:
        """Return the maximum that it allows now; None if it does not run."""
        match self._check:
            case Offering(step=step):
                return self._amps[step]
            case Stopping() | Resting():
                return 0
            case Resuming():
                return self._amps[0]
        return None

    def end_at(self, now: float) -> float:
        """Return when it will probably end, in s."""
        rest = STOP_SECONDS / 3 + STEADY_SECONDS + RESUME_SECONDS
        match self._check:
            case Offering(step=step, since=since):
                steps = sum(1 for _ in groupby(self._amps[step:]))
                return (now if since is None else since) + steps * STEP_SECONDS + rest
            case Stopping(since=since):
                return since + rest
            case Resting(since=since):
                return since + STEADY_SECONDS + RESUME_SECONDS
            case Resuming(since=since):
                return since + RESUME_SECONDS
        return now

    def begin(self, now: float) -> None:
        """Begin."""
        self._began_at = now
        self._apply(CheckEvent.BEGIN, now)

    def end(self, outcome: CheckOutcome, now: float) -> None:
        """End it at once; what was measured so far is its result."""
        if self.result is None:
            self._apply(CheckEvent.END, now, outcome)

    def update(self, seen: CheckSituation, now: float) -> None:
        """Take a report, and continue."""
        if self.result is not None:
            return
        self._connector = seen.connector
        self._ceiling = seen.ceiling
        self._observe(seen.connector, now)
        outcome = self._ending(seen, now)
        if outcome is not None:
            self._apply(CheckEvent.END, now, outcome)
        else:
            self._apply(CheckEvent.REPORT, now)

    def _observe(self, connector: ConnectorState, now: float) -> None:
        """Record the measurements and answers of the connector."""
        drawing = connector.drawn >= DRAWING_AMPS
        self._draw = self._draw.updated(
            now, drawing=drawing, heard_at=connector.heard_at
        )
        since = self._drawing_since
        self._drawing_since = (now if since is None else since) if drawing else None
        since = self._silent_since
        self._silent_since = None if drawing else now if since is None else since
        if self._measurement is not None:
            self._measurement.add(connector.offered, connector.drawn, now)
        self._found = replace(
            self._found,
            firmware=connector.firmware or self._found.firmware,
            answers=self._found.answers.merged(Answers.of(connector)),
        )

    def _apply(
        self,
        event: CheckEvent,
        now: float,
        outcome: CheckOutcome = CheckOutcome.COMPLETE,
    ) -> None:
        """Change the state after an event, and record the result of the state before."""
        before = self._check
        facts = self._facts(now)
        row = find_transition(CHECK_TRANSITIONS, before.state, event, facts)
        if row is None:
            return
        self._check = row.action(facts)
        self._record(before, now)
        if not isinstance(self._check, Idle):
            self._measurement = StepMeasurement(
                self._connector.offered, self._connector.drawn
            )
            self._silent_since = now if self._silent_since is not None else None
        else:
            if event is CheckEvent.REPORT and self._drawing_since is None:
                offered = self._connector.offered > 0
                outcome = CheckOutcome.NOT_CHARGING if offered else CheckOutcome.LIMITED
            self.result = replace(self._found, outcome=outcome)

    def _facts(self, now: float) -> CheckFacts:
        return CheckFacts(
            now=now,
            check=self._check,
            next_step=self._next_step(),
            drawing=self._drawing_since is not None,
            drawing_since=self._drawing_since,
            silent_since=self._silent_since,
            quiet=self._draw.is_quiet(now),
        )

    def _next_step(self) -> int | None:
        """Return the index of the next current that differs within the limits; None if none is left."""
        if not isinstance(self._check, Offering):
            return None
        present = min(self._amps[self._check.step], self._ceiling)
        return next(
            (
                step
                for step in range(self._check.step + 1, len(self._amps))
                if min(self._amps[step], self._ceiling) != present
            ),
            None,
        )

    def _record(self, before: Check, now: float) -> None:
        """Record the result of a finished state."""
        match before:
            case Offering() if before.since is not None:
                self._record_step()
            case Stopping():
                self._record_stop(before.since, now)
            case Resting() if isinstance(self._check, Idle):
                self._forget_stop()
            case Resuming():
                self._record_step()
                self._record_resumption(before.since)

    def _record_resumption(self, since: float) -> None:
        """Record how long a vehicle that had stopped took to draw again."""
        if not self._found.zero_stops:
            return
        if self._drawing_since is None:
            self._forget_stop()
            return
        seconds = round(max(self._drawing_since - since, 0.0), 1)
        self._found = replace(self._found, resume_seconds=seconds)

    def _forget_stop(self) -> None:
        """Forget that 0 A stopped a vehicle that has not drawn since: it may have stopped by itself at that moment."""
        self._found = replace(self._found, zero_stops=None, stop_seconds=None)

    def _record_step(self) -> None:
        found = None if self._measurement is None else self._measurement.result()
        if found is not None and found.offered > 0:
            self._found = replace(self._found, steps=(*self._found.steps, found))

    def _record_stop(self, since: float, now: float) -> None:
        """Record whether 0 A have stopped the vehicle; an interrupted attempt proves nothing."""
        if isinstance(self._check, Resting):
            quiet_since = self._draw.quiet_since
            seconds = (now if quiet_since is None else quiet_since) - since
            self._found = replace(
                self._found, zero_stops=True, stop_seconds=round(max(seconds, 0.0), 1)
            )
        elif isinstance(self._check, Resuming):
            self._found = replace(self._found, zero_stops=False)

    def _ending(self, seen: CheckSituation, now: float) -> CheckOutcome | None:
        """Return why the check cannot continue; None if it can."""
        if self._reports.update(now, seen.connector.heard_at) is not Reporting.HEARD:
            # The last report proves nothing about the time of silence.
            return CheckOutcome.LOST
        if now - self._began_at >= LONGEST_SECONDS:
            return CheckOutcome.NOT_CHARGING
        if not seen.present:
            return CheckOutcome.UNPLUGGED
        if not seen.enabled:
            return CheckOutcome.SWITCHED_OFF
        # Below the minimum it would have to offer currents that vehicles do not accept.
        return CheckOutcome.LIMITED if seen.ceiling < min(self._amps) else None
