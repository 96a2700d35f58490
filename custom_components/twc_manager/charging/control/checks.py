"""Runs the connector checks of one bus, one at a time, since each changes what the other connectors can get."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ...twc import BusStatus, ConnectorState, Snapshot
from ..wiring import Wiring, useful_amps
from .check_result import CheckResult
from .check_states import CheckOutcome
from .connector_check import CheckSituation, ConnectorCheck


class LearnZeroStop(Protocol):
    """Learns whether an offer of 0 A has stopped the vehicle at a connector."""

    def __call__(self, connector_id: int, *, stopped: bool) -> None:
        """Record whether the vehicle has stopped."""


@dataclass(frozen=True, slots=True)
class CheckOffer:
    """What a check offers its connector.

    Attributes:
        amps: the maximum in A, below all other limits.
        until: when the check will probably end, in s.

    """

    amps: int
    until: float


class ConnectorChecks:
    """Runs the checks.

    Attributes:
        on_change: called when a check was begun or cancelled, so that the rules decide at once.

    """

    def __init__(self, wiring: Wiring, learn: LearnZeroStop) -> None:
        """Start without a check on a bus with this wiring; `learn` is called after each check that has offered 0 A."""
        self._wiring = wiring
        self._learn = learn
        self.on_change: Callable[[], None] = lambda: None
        self._running: ConnectorCheck | None = None
        self._finished: dict[int, CheckResult] = {}

    @property
    def running(self) -> int | None:
        """Return the id of the connector that is being checked; None without a check."""
        return None if self._running is None else self._running.connector_id

    def begin(self, connector: ConnectorState, now: float) -> None:
        """Begin to check a connector; no other check must be running."""
        assert self._running is None
        minimum = max(self._wiring.min_current, useful_amps(connector, self._wiring))
        self._running = ConnectorCheck(connector, minimum)
        self._running.begin(now)
        self.on_change()

    def cancel(self, now: float) -> None:
        """End the running check, if any."""
        self._end(CheckOutcome.CANCELLED, now)
        self.on_change()

    def end_limited(self, now: float) -> None:
        """End the running check, since a limit needs its vehicle to be stopped by other methods than 0 A."""
        self._end(CheckOutcome.LIMITED, now)

    def offer(self, connector_id: int, now: float) -> CheckOffer | None:
        """Return the offer of a check at a connector; None without a check there."""
        check = self._running
        if check is None or check.connector_id != connector_id:
            return None
        amps = check.amps
        return None if amps is None else CheckOffer(amps, check.end_at(now))

    def watch(self, snapshot: Snapshot, now: float) -> None:
        """End the check if its connector, or the control of the bus, is lost."""
        check = self._running
        if check is None:
            return
        is_lost = snapshot.connector(check.connector_id) is None
        if is_lost or snapshot.status is not BusStatus.RUNNING:
            self._end(CheckOutcome.LOST, now)

    def update(self, seen: CheckSituation, now: float) -> None:
        """Take a report of a connector, and continue its check."""
        check = self._running
        if check is None or check.connector_id != seen.connector.connector_id:
            return
        check.update(seen, now)
        self._take_result()

    def take_finished(self) -> dict[int, CheckResult]:
        """Return the results since the last call, by connector."""
        finished, self._finished = self._finished, {}
        return finished

    def _end(self, outcome: CheckOutcome, now: float) -> None:
        if self._running is not None:
            self._running.end(outcome, now)
            self._take_result()

    def _take_result(self) -> None:
        check = self._running
        if check is None or check.result is None:
            return
        self._finished[check.connector_id] = check.result
        self._running = None
        if (stopped := check.result.zero_stops) is not None:
            self._learn(check.connector_id, stopped=stopped)
