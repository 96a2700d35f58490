"""The loads of a house, and the meter at its main fuse."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.independent.house_specs import (
    ALL_PHASES,
    CHANGE_A,
    UNCHANGED_S,
    FaultKind,
    HouseSpec,
    LoadSpec,
    MeterSpec,
    Phases,
    Reading,
)


@dataclass(slots=True)
class Load:
    """One load: since when it is on, or how long it stays off."""

    spec: LoadSpec
    left_s: float
    on_for_s: int = -1

    def step(self, rng: Random) -> float:
        """Pass one second; return its amps."""
        self.left_s -= 1
        if self.left_s < 0:
            turns_on = self.on_for_s < 0
            mean_s = self.spec.on_s if turns_on else self.spec.off_s
            self.left_s = rng.uniform(0.3, 1.7) * mean_s
            self.on_for_s = -1 if not turns_on else 0
        elif self.on_for_s >= 0:
            self.on_for_s += 1
        if self.on_for_s < 0 or self.on_for_s // self.spec.pulse_s % 2:
            return 0.0
        return self.spec.amps + (self.spec.start_a if not self.on_for_s else 0.0)


class Loads:
    """Everything in the house but the cars; `extra_a` is on top, for a test to set."""

    def __init__(self, spec: HouseSpec, rng: Random) -> None:
        self.extra_a: Phases = (0.0, 0.0, 0.0)
        self._spec = spec
        self._rng = rng
        self._wandered = [0.0, 0.0, 0.0]
        self._sun = rng.random()
        self._loads = [
            Load(load, rng.uniform(0, load.off_s) if load.off_s else 0.0)
            for load in spec.loads
        ]

    def step(self) -> Phases:
        """Pass one second; return the amps of each phase."""
        rng, spec = self._rng, self._spec
        self._sun = min(1.0, max(0.0, self._sun + rng.gauss(0.0, 0.01)))
        amps = [0.0, 0.0, 0.0]
        for phase in ALL_PHASES:
            # A second never equals the one before, as a frozen meter's does.
            wandered = self._wandered[phase] * 0.99 + rng.gauss(0.0, 0.04)
            self._wandered[phase] = wandered
            base = max(0.0, spec.base_a[phase] * (1 + wandered))
            amps[phase] = base + self.extra_a[phase] - spec.solar_a[phase] * self._sun
        for load in self._loads:
            drawn = load.step(rng)
            for phase in load.spec.phases if drawn else ():
                amps[phase] += drawn
        return amps[0], amps[1], amps[2]


@dataclass(frozen=True, slots=True)
class Taken:
    """What the meter takes and delivers later, and which of its phases repeat an older value."""

    at: float
    amps: tuple[float | None, float | None, float | None]
    frozen: frozenset[int]

    def reading(self, now: float) -> Reading:
        """Return what is delivered now."""
        return Reading(now, self.at, self.amps)


class Meter:
    """Takes the currents by its interval or on change; `deliver_at` passes what it takes to the house."""

    def __init__(
        self, spec: MeterSpec, rng: Random, deliver_at: Callable[[float, Taken], None]
    ) -> None:
        self.started_at = 0.0
        self._spec = spec
        self._deliver_at = deliver_at
        self._waited_s = rng.randrange(spec.period_s)
        self._last: list[float] = [0.0, 0.0, 0.0]

    def faulty(self, kind: FaultKind, now: float) -> frozenset[int]:
        """Return the phases that have such a fault now."""
        return frozenset(
            phase
            for fault in self._spec.faults
            if fault.kind is kind
            and 0 <= now - self.started_at - fault.after_s < fault.seconds
            for phase in (ALL_PHASES if kind is FaultKind.ABSENT else fault.phases)
        )

    def tick(self, now: float, amps: Phases) -> None:
        """Pass one second with these true currents."""
        self._waited_s += 1
        absent, unknown, frozen = (self.faulty(kind, now) for kind in FaultKind)
        shown = tuple(
            self._last[phase] if phase in frozen else round(amps[phase], 2)
            for phase in ALL_PHASES
        )
        if absent or not self._is_due(shown):
            return
        self._waited_s, self._last = 0, list(shown)
        values = [None if p in unknown else shown[p] for p in ALL_PHASES]
        taken = Taken(now, (values[0], values[1], values[2]), frozen - unknown)
        self._deliver_at(now + self._spec.lag_s, taken)

    def _is_due(self, shown: tuple[float, ...]) -> bool:
        if self._spec.interval_s:
            return self._waited_s >= self._spec.interval_s
        moved = max(abs(a - b) for a, b in zip(shown, self._last, strict=True))
        return moved >= CHANGE_A or self._waited_s >= UNCHANGED_S
