"""What the meter at the main fuse has proven: nothing is raised by more than one step beyond it.

A meter that repeats its last value keeps showing room. That costs one step of 3 A at most. Such a meter is found by
that step, and by a test: the offers are lowered by 3 A for as long as the meter needs to show it.

Time is an argument, in s of a monotonic clock; currents are in A.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import inf, isfinite
from typing import Final

from .draw_lag import DrawLag, Lag
from .fuse_export import ImpliedExport
from .fuse_load import FuseLoad
from .fuse_meter import FuseMeter
from .fuse_probe import (
    IDENTICAL_SECONDS,
    Lowered,
    Probe,
    ProbeFacts,
    Raised,
    Waiting,
    next_probe,
)
from .fuse_proof import Proof, proven_amps
from .fuse_reading import FuseConfig, FuseReading
from .phase_votes import REGULATED_AMPS
from .phases import PhaseReading
from .probe_target import (
    SMALL_STEP_AMPS,
    ProbeTarget,
    lowered,
    meter_target,
    sensor_target,
)
from .response import STEP_AMPS, MeterResponse
from .response_readings import Measurement
from .response_votes import ABSENT_VOTES, MeterState
from .standing_sensors import Standing, StandingSensors

LONGEST_INTERVAL: Final = 60.0
"""The longest interval of a meter that is polled more often than it measures, in s."""

STUCK_SECONDS: Final = 90.0
"""Maximum time for which a value may stand after our draw changed by two steps; no meter reports later."""

_SETTLED_SECONDS: Final = 5.0
"""Time after a value within which our draw may still be reported to have changed before it."""

_MOVED_AMPS: Final = 0.75
"""Change of the draw that should show in any reading that is not rounded more coarsely."""

_DISPROVED: Final = frozenset({MeterState.FROZEN, MeterState.INVERTED})


class FuseEvidence:
    """Compares our own draw with what the meter shows of it."""

    def __init__(self, config: FuseConfig) -> None:
        """Start without knowledge of the meter."""
        self._config = config
        self._response: MeterResponse | None = None
        self._channels: tuple[frozenset[int], ...] = ()
        self._probe: Probe = Waiting()
        self._lag = DrawLag(config.phases)
        self._stuck = False
        self._export = ImpliedExport()
        self._misses_vehicles = False
        self._loaded = False
        self._sensors = StandingSensors(each_shows=config.phases > 1)
        self._still: frozenset[int] = frozenset()
        self._doubted = False

    @property
    def is_doubted(self) -> bool:
        """Return whether what the sensors have shown of the vehicles may have been other loads."""
        return self._doubted

    @property
    def meter(self) -> FuseMeter:
        """Return what is known of the sensors."""
        return FuseMeter(self.state, self._still, self._misses_vehicles)

    @property
    def state(self) -> MeterState:
        """Return what is known of the meter."""
        if self._response is None:
            return MeterState.UNKNOWN
        return MeterState.FROZEN if self._stuck else self._response.state

    @property
    def lag(self) -> Lag | None:
        """Return how late the meter shows a change of our draw; None if that is not known."""
        response = self._response
        return self._lag.known(None if response is None else response.minimum_lag)

    @property
    def disproved(self) -> bool:
        """Return whether the meter does not show what our own draw does."""
        return self.state in _DISPROVED

    @property
    def patience(self) -> float:
        """Return the time within which the meter shows a step, in s."""
        return 0.0 if self._response is None else self._response.patience

    @property
    def wake_at(self) -> float | None:
        """Return when to update again if nothing is reported, in s; None if nothing changes by time alone."""
        if self._response is None:
            return None
        times = [self._response.wake_at, self._probe.until]
        return min((item for item in times if item is not None), default=None)

    def is_overdue(self, now: float) -> bool:
        """Return whether the meter has not shown a raise within its usual time, or has shown none of the last steps."""
        if self._response is None:
            return False
        since = self._response.silent_since
        late = since is not None and now - since > self._response.patience
        return late or self._misses_vehicles

    def update(
        self,
        now: float,
        reading: FuseReading | None,
        load: FuseLoad,
        *,
        wants_step: bool = False,
        may_raise: bool = False,
    ) -> Proof:
        """Return what the vehicles may use by what the meter has proven.

        Args:
            now: the time.
            reading: the newest reading.
            load: the vehicles behind the fuse.
            wants_step: whether a step would show more about the phases of a vehicle.
            may_raise: whether the offers may be raised for a moment where nothing can be lowered.

        """
        phases = () if reading is None else reading.phases(self._config)
        if not phases and self._response is None:
            return Proof(load.kept)
        response = self._respond(now, phases, reading, load)
        suspected = self._export.is_suspected(now, response.followed_at)
        wants_step |= suspected and self._export.may_test(now)
        doubted = self._doubted = suspected or response.is_contradicted
        standing = self._sensors.update(
            now, load, phases, response.patience, response.last_raises(now)
        )
        wants_step |= standing.tested is not None
        wants_step |= not standing.awaited.isdisjoint(self._find_late(now, response))
        facts = self._facts(now, response, load, standing, wants_step=wants_step)
        if may_raise and not doubted:
            facts = replace(facts, base=self._base(now, response, load))
        self._follow_probe(facts, suspected=suspected)
        self._misses_vehicles = response.absent >= (1 if suspected else ABSENT_VOTES)
        proven = tuple(self._proven(response, load, standing, doubted=doubted))
        still = self._find_still(now, response) - standing.hidden
        self._still = still | standing.missed
        ceiling = inf if self._tested_place is not None else self._probe.ceiling
        return Proof(min(ceiling, self._bearable(load)), proven, self._still)

    @property
    def _tested_place(self) -> int | None:
        """Return the place of the sensor for which the offers are lowered; None if they are not, or for the meter."""
        return self._probe.place if isinstance(self._probe, Lowered) else None

    def _follow_probe(self, facts: ProbeFacts, *, suspected: bool) -> None:
        """Continue the test of the meter, and count the tests made because a phase may be missing."""
        before, self._probe = self._probe, next_probe(facts)
        if not isinstance(before, Waiting) or self._probe is before:
            return
        if facts.target.place is not None:
            self._sensors.note_test(facts.now, facts.target.place)
        if suspected:
            self._export.note_test(facts.now)

    def _base(
        self, now: float, response: MeterResponse, load: FuseLoad
    ) -> float | None:
        """Return the A to raise the offers from, if a still sensor keeps them where they cannot be lowered; else None."""
        is_lowest = lowered(load, is_small_of_use=True) is None
        is_stuck = is_lowest and bool(self._find_still(now, response))
        return load.offered if is_stuck and not self._misses_vehicles else None

    def _bearable(self, load: FuseLoad) -> float:
        """Return the A that any house can bear beside its load, if the meter does not show what the vehicles draw."""
        return load.lowest if self._misses_vehicles else inf

    def _proven(
        self,
        response: MeterResponse,
        load: FuseLoad,
        standing: Standing,
        *,
        doubted: bool,
    ) -> Iterator[float]:
        """Yield the A of the vehicles on the phases of each sensor that it has proven."""
        confirmed = [item or 0.0 for item in response.confirmed]
        if doubted:
            # What looked like a confirmation may have been another load: no more than a start.
            confirmed = [0.0] * len(confirmed)
        strongest = max(confirmed, default=0.0)
        # Vehicles on one phase of three sensors show on one of them, those on three phases on each.
        each_shows = self._config.phases > 1
        channels = zip(self._channels, confirmed, strict=True)
        for place, (phases, amps) in enumerate(channels):
            there = load.hiding_on(phases)
            own = each_shows or there.are_known
            yield self._proven_at(place, there, amps if own else strongest, standing)

    def _proven_at(
        self, place: int, there: FuseLoad, amps: float, standing: Standing
    ) -> float:
        """Return the A of the vehicles on the phases of one sensor that it has proven by showing so many A."""
        if place in standing.missed:
            # Any house can bear the minimum beside its load, or one step more.
            needs = there.is_proof_needed
            return max(there.lowest if needs else there.kept, self._raised)
        proven = max(proven_amps(amps, there), self._raised)
        if place in standing.awaited and amps >= there.lowest - SMALL_STEP_AMPS:
            # One step above the minimum, which it has shown: a raise of less cannot be repeated by a test.
            proven = max(proven, there.lowest + STEP_AMPS)
        is_tested = place == self._tested_place
        return min(proven, self._probe.ceiling) if is_tested else proven

    @property
    def _raised(self) -> float:
        """Return the A that the vehicles may use for a moment although the meter has not proven them."""
        return self._probe.ceiling if isinstance(self._probe, Raised) else 0.0

    def _facts(
        self,
        now: float,
        response: MeterResponse,
        load: FuseLoad,
        standing: Standing,
        *,
        wants_step: bool,
    ) -> ProbeFacts:
        """Return what the test of the meter depends on; `wants_step` counts where the offers can be lowered by a step."""
        failed = self._has_failed(now, response)
        target = self._target(load, standing, is_small_of_use=not failed)
        wants_step &= target.is_step
        doubted = (
            response.is_doubted,
            response.is_contradicted,
            failed,
            target.is_last,
        )
        return ProbeFacts(
            now=now,
            probe=self._probe,
            changed_at=load.changed_at,
            patience=response.patience,
            target=target,
            # A meter in doubt is worth a stop where there is nothing to lower.
            worth=_has_value(response, load)
            and (target.ceiling is not None or any(doubted)),
            doubted=any(doubted),
            is_unclear=self._is_unclear(now, response),
            urgent=self.is_overdue(now) or wants_step,
            rests=self._lag.draws.swing(now - response.patience, now) < _MOVED_AMPS,
            again=target.is_last
            or (failed and not target.ceiling and not response.is_doubted),
        )

    def _target(
        self, load: FuseLoad, standing: Standing, *, is_small_of_use: bool
    ) -> ProbeTarget:
        """Return what a test lowers: where a sensor is in question, only the vehicles that it has to show."""
        if (place := standing.tested) is not None:
            there = load.hiding_on(self._channels[place])
            target = sensor_target(there, place, is_doubted=standing.is_doubted)
            if target.ceiling is not None:
                return target
        return meter_target(load, is_small_of_use=is_small_of_use)

    def _has_failed(self, now: float, response: MeterResponse) -> bool:
        """Return whether a reading stands after a step that is too small to be a vote: a larger one has to follow."""
        unseen = self._unseen(now, response, response.patience)
        return self._loaded and unseen >= SMALL_STEP_AMPS

    def _is_unclear(self, now: float, response: MeterResponse) -> bool:
        """Return whether the meter shows the same for long, or has not shown all of a change."""
        stands = now - response.value_since >= IDENTICAL_SECONDS
        moved = self._unseen(now, response, response.patience) >= _MOVED_AMPS
        return stands or moved or bool(self._find_late(now, response))

    def _find_still(self, now: float, response: MeterResponse) -> frozenset[int]:
        """Return which of the sensors have not shown a raise within their time although others have."""
        if response.silent_since is not None:
            return frozenset()
        return self._find_late(now, response)

    def _find_late(self, now: float, response: MeterResponse) -> frozenset[int]:
        """Return which of several sensors have not shown a raise within their time."""
        if self._config.phases == 1:
            return frozenset()
        return frozenset(
            place
            for place, since in enumerate(response.raised_at)
            if since is not None and now - since > response.patience
        )

    def _respond(
        self,
        now: float,
        phases: Sequence[PhaseReading],
        reading: FuseReading | None,
        load: FuseLoad,
    ) -> MeterResponse:
        """Let the response learn from the newest reading."""
        # A power sensor sums up the phases.
        summed = self._config.phases if reading and reading.is_sum else 1
        response = self._response_of(tuple(item.phases for item in phases), summed)
        measured = [_measurement(phase, summed) for phase in phases]
        self._lag.update(now, load.drawn, measured)
        hiding = [load.hiding_on(channel) for channel in self._channels]
        response.update(
            now,
            [item.drawn for item in hiding],
            measured or [None] * len(self._channels),
            draw=load.drawn,
            vouching=self._vouching(now, hiding),
        )
        self._judge(now, response, phases)
        minimum = min(self._lag.draws.between(now - response.patience, now))
        self._export.update(now, _shown(reading, measured), minimum)
        return response

    def _response_of(
        self, channels: tuple[frozenset[int], ...], summed: int
    ) -> MeterResponse:
        """Return the response of the meter: another one if it has other channels."""
        if self._response is None or (channels and channels != self._channels):
            self._channels = channels
            self._response = MeterResponse(
                channels=len(channels),
                largest=max(summed, len(channels)),
                longest=LONGEST_INTERVAL,
                unlearned=LONGEST_INTERVAL,
            )
        return self._response

    def _vouching(self, now: float, hiding: Sequence[FuseLoad]) -> list[bool]:
        """Return for each channel whether any movement shows that the vehicles that may hide there may be elsewhere.

        A vehicle of which the sensor has shown a raise is there. One that shows on several phases is more likely to use
        all of them than
        two: what moves there is noise until the sensor has shown a load.
        """
        return [
            not self._sensors.must_show(now, place)
            and (not load.shows_on_several or self._sensors.has_carried(now, place))
            for place, load in enumerate(hiding)
        ]

    def _judge(
        self, now: float, response: MeterResponse, phases: Sequence[PhaseReading]
    ) -> None:
        """Note whether the value stands although our draw has changed by two steps since it came."""
        self._loaded = any((item.amps or 0.0) > REGULATED_AMPS for item in phases)
        unseen = self._unseen(now, response, STUCK_SECONDS)
        self._stuck = self._loaded and unseen >= 2 * STEP_AMPS

    def _unseen(self, now: float, response: MeterResponse, wait: float) -> float:
        """Return by how many A our draw has moved, `wait` s ago or earlier, since the value came that stands."""
        since, until = response.value_since + _SETTLED_SECONDS, now - wait
        if not isfinite(since) or since > until:
            return 0.0
        seen = self._lag.draws.between(since, until)
        # Offers are whole amps: 11.2 - 5.2 has to be two steps.
        return round(max(seen) - min(seen), 3)


def _has_value(response: MeterResponse, load: FuseLoad) -> bool:
    """Return whether there is a value to be tested, and an offer to test it with."""
    return isfinite(response.value_since) and load.offered > 0


def _shown(
    reading: FuseReading | None, measured: Sequence[Measurement | None]
) -> float | None:
    """Return the A of all phases together; None if they cannot be believed, or have no sign."""
    believed = [item.value for item in measured if item is not None]
    if reading is None or not measured or len(believed) < len(measured):
        return None
    return sum(believed) if reading.signed or not reading.currents else None


def _measurement(phase: PhaseReading, summed: int) -> Measurement | None:
    """Return the reading of a phase, or of a sensor that sums up several; None if it cannot be believed."""
    if phase.amps is None:
        return None
    return Measurement(phase.at, phase.amps * summed)
