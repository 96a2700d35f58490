"""What a house above the lines consists of, and the verdict on the masters that ran in it."""

from dataclasses import dataclass
from enum import Enum
from math import inf

from tests.independent.specs import Verdict

ALL_PHASES = (0, 1, 2)
CHANGE_A = 0.3  # what a meter without an interval publishes at once
UNCHANGED_S = 30.0  # and how long it waits for it

type Phases = tuple[float, float, float]  # L1, L2, L3


@dataclass(frozen=True)
class LoadSpec:
    """A load of the house on one phase or more; it comes and goes at random (times in s, currents in A)."""

    amps: float
    phases: tuple[int, ...] = ALL_PHASES
    on_s: float = 600.0  # mean time on
    off_s: float = 1800.0  # mean time off
    pulse_s: float = inf  # while on: draws for that long, then nothing for as long, like a hob or an oven
    start_a: float = 0.0  # on top in its first second, like a motor


class FaultKind(Enum):
    """What is wrong with a meter."""

    ABSENT = "absent"  # publishes nothing at all
    UNKNOWN = "unknown"  # publishes None for the phases
    FROZEN = "frozen"  # repeats the last values of the phases with new stamps


@dataclass(frozen=True)
class MeterFault:
    """A fault from `after_s` after the start of the house, for `seconds`."""

    kind: FaultKind
    after_s: float
    seconds: float = inf
    phases: tuple[int, ...] = ALL_PHASES  # all for ABSENT


@dataclass(frozen=True)
class MeterSpec:
    """The meter at the main fuse, whose values are those of one instant."""

    interval_s: int = 10  # 0: on change
    lag_s: float = 1.0  # from the instant of the values until they are delivered
    faults: tuple[MeterFault, ...] = ()

    @property
    def period_s(self) -> int:
        """How often a change is seen."""
        return self.interval_s or 1


@dataclass(frozen=True)
class HouseSpec:
    """A house with three phases; None is no circuit, no fuse."""

    circuit_a: float | None = None  # that the cable to all lines carries on each phase
    fuse_a: float | None = None  # the rating of the main fuse of each phase
    base_a: Phases = (1.0, 1.0, 1.0)  # around which the base load wanders
    loads: tuple[LoadSpec, ...] = ()
    solar_a: Phases = (0.0, 0.0, 0.0)  # in full sun
    meter: MeterSpec = MeterSpec()


@dataclass(frozen=True)
class Reading:
    """What the meter publishes: signed amps of each phase, import positive; `at` is when it is delivered."""

    at: float
    taken_at: float
    amps: tuple[float | None, float | None, float | None]


@dataclass(frozen=True)
class HouseVerdict:
    """The judgement; the rules are in house_audit.py. Everything before `hours` is a fault unless zero, empty or None."""

    circuit: Verdict | None  # on all lines as one; None without a circuit
    fuse_broken_s: int  # this and the next two: seconds, of each phase by itself
    first_fuse_broken: str
    silent_broken_s: int
    first_silent_broken: str
    frozen_broken_s: int
    first_frozen_broken: str
    raised_on_full: int
    raised_on_full_worst_a: float
    first_raised_on_full: str
    guilty_trips: int  # of a main fuse: by what was offered, with an honest meter
    hours: float
    trips: int  # of a main fuse, whosever fault
    worst_heat: float  # the largest share of what melts a fuse
    worst_ratio: float  # of the current to the rating
    above_s: tuple[int, int, int]  # seconds above the rating of each phase
    excused_s: int  # of all phases: would be broken, but no master could reach the car
    unstopped_s: int  # of all phases: had to be at the floor, where a protocol 2 unit that stops at 0 A got its minimum
    readings: int
    used_share: float  # of what the cars could have used while the meter was honest

    @property
    def faults(self) -> dict[str, object]:
        """What was broken of the promises, by name."""
        circuit = self.circuit
        found = {
            "circuit_broken_s": circuit and circuit.broken_s,
            "circuit_offered_broken_s": circuit and circuit.offered_broken_s,
            "circuit_raised_early": circuit and circuit.first_raised_early,
            "fuse_broken": self.first_fuse_broken,
            "silent_broken": self.first_silent_broken,
            "frozen_broken": self.first_frozen_broken,
            "guilty_trips": self.guilty_trips,
            "raised_on_full": self.first_raised_on_full,
        }
        return {name: value for name, value in found.items() if value}
