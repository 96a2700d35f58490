"""What the meter at the main fuse has proven: nothing is raised by more than one step beyond it.

A meter that repeats its last value keeps showing room. It costs one step of 3 A, and is found by that step and by a
test: the offers are lowered by 3 A for as long as the meter needs to show it.

Time is an argument, in s of a monotonic clock; currents are in A.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor, inf, isfinite
from typing import Final

from .fuse_reading import FuseConfig, FuseReading
from .phases import PhaseReading, VehicleDraw, total
from .response import STEP_AMPS, MeterResponse
from .response_readings import Measurement
from .response_votes import MeterState

IDENTICAL_SECONDS: Final = 300.0
"""A reading that has been the same for so long while a car charges is tested."""

PAUSE_SECONDS: Final = 60.0
"""The time between two tests of a meter that shows nothing of a raise."""

LONGEST_INTERVAL: Final = 60.0
"""The longest interval of a meter that is polled more often than it measures, in s."""

_RAMP_SECONDS: Final = 8.0
"""How long a car takes to follow a lowered offer and to settle there."""

_SLACK_AMPS: Final = 1.0
"""A car draws by up to so much less than it is offered."""

_DISPROVED: Final = frozenset({MeterState.FROZEN, MeterState.INVERTED})


class TestState(StrEnum):
    """What is being done to see whether the meter is alive."""

    __test__ = False

    WAITING = "waiting"
    LOWERED = "lowered"
    """The offers are lower by a step."""
    RESTORED = "restored"
    """The offers are back: the meter has to show that too."""


@dataclass(frozen=True, slots=True)
class Charging:
    """The connectors of this bus, as far as the meter at the main fuse is concerned.

    Attributes:
        offered: A that connectors with a drawing car are offered, as far as their cars use them.
        kept: the same for all connectors with an offer, each with the minimum at least.
        count: how many have an offer.
        minimum: the lowest offer that a car charges at.
        waiting: how many cars want power and draw none.

    """

    offered: float = 0.0
    kept: float = 0.0
    count: int = 0
    minimum: int = 6
    waiting: int = 0


class FuseEvidence:
    """Compares our own draw with what the meter shows of it."""

    def __init__(self, config: FuseConfig) -> None:
        """Start without knowledge of the meter."""
        self._config = config
        self._response: MeterResponse | None = None
        self._channels = 0
        self._test = TestState.WAITING
        self._until = -inf
        self._ceiling = inf

    @property
    def state(self) -> MeterState:
        """Return what is known of the meter."""
        return MeterState.UNKNOWN if self._response is None else self._response.state

    @property
    def disproved(self) -> bool:
        """Return whether the meter does not show what our own draw does."""
        return self.state in _DISPROVED

    @property
    def wake_at(self) -> float | None:
        """Return when to look again although nothing is reported, in s; None if nothing changes by time alone."""
        if self._response is None:
            return None
        times = [self._response.wake_at]
        if self._test is not TestState.WAITING:
            times.append(self._until)
        return min((item for item in times if item is not None), default=None)

    def is_overdue(self, now: float) -> bool:
        """Return whether the meter has not shown a raise within its usual time."""
        if self._response is None:
            return False
        since = self._response.silent_since
        return since is not None and now - since > self._response.patience

    def update(
        self,
        now: float,
        reading: FuseReading | None,
        draws: Sequence[VehicleDraw],
        charging: Charging,
    ) -> float:
        """Return the A that all charging may use by what the meter has proven.

        Args:
            now: the time.
            reading: the newest reading.
            draws: the draws of all cars that the meter contains.
            charging: the connectors.

        """
        phases = () if reading is None else reading.phases(self._config)
        if not phases and self._response is None:
            return charging.kept
        response = self._respond(now, phases, reading, draws)
        self._advance(now, response, charging)
        # Cars on one phase of three sensors show on one of them, and cars on three phases on each.
        weakest = min if self._config.phases > 1 else max
        confirmed = weakest((item or 0.0 for item in response.confirmed), default=0.0)
        slack = max(charging.offered - total(draws), 0.0)
        step = STEP_AMPS
        if charging.waiting:
            # A start at the minimum is one step.
            step = max(step, charging.minimum)
        proven = floor(confirmed + slack + step + 0.25)
        # Who charges goes on: only a raise needs proof.
        return min(max(proven, charging.kept), self._ceiling)

    def _respond(
        self,
        now: float,
        phases: Sequence[PhaseReading],
        reading: FuseReading | None,
        draws: Sequence[VehicleDraw],
    ) -> MeterResponse:
        """Let the response learn from the newest reading."""
        # A power sensor sums up the phases.
        summed = self._config.phases if reading and reading.is_sum else 1
        if self._response is None or (phases and len(phases) != self._channels):
            self._channels = len(phases)
            self._response = MeterResponse(
                channels=self._channels,
                largest=max(summed, self._channels),
                longest=LONGEST_INTERVAL,
            )
        drawn = total(draws)
        measured = [_measurement(phase, summed) for phase in phases]
        self._response.update(
            now,
            [drawn] * self._channels,
            measured or [None] * self._channels,
            draw=drawn,
        )
        return self._response

    def _advance(self, now: float, response: MeterResponse, charging: Charging) -> None:
        """Begin, go on with, or end a test."""
        if self._test is TestState.WAITING:
            lowered = charging.offered - STEP_AMPS
            useful = lowered >= charging.minimum * max(charging.count, 1)
            # A meter in doubt is worth a stop where there is nothing to lower.
            worth = useful or response.is_doubted
            if worth and isfinite(response.value_since) and self._is_due(now, response):
                self._test = TestState.LOWERED
                self._ceiling = floor(lowered) if useful else 0
                self._until = now + response.patience + _RAMP_SECONDS
        elif now >= self._until:
            restored = self._test is TestState.LOWERED
            self._test = TestState.RESTORED if restored else TestState.WAITING
            self._ceiling = inf
            pause = response.patience + _RAMP_SECONDS
            self._until = now + pause

    def _is_due(self, now: float, response: MeterResponse) -> bool:
        """Return whether the meter has to be tested: it shows the same for long, or did not show a raise."""
        if response.is_doubted and now >= self._until:
            return True
        pause = self._until + IDENTICAL_SECONDS
        if now - response.value_since >= IDENTICAL_SECONDS and now >= pause:
            return True
        if self.is_overdue(now):
            return now >= self._until + PAUSE_SECONDS
        since = response.unconfirmed_since
        late = since is not None and now - since > response.patience
        return late and self._config.phases > 1 and now >= pause


def _measurement(phase: PhaseReading, summed: int) -> Measurement | None:
    """Return the reading of a phase, or of a sensor that sums up several; None if it cannot be believed."""
    if phase.amps is None:
        return None
    return Measurement(phase.at, phase.amps * summed)
