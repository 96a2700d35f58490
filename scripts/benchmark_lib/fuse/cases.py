"""The cases: the house, the meter, the cars and their connectors."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from .meters import ON_CHANGE, Kind, Lie

SIZES: Final = (25.0, 35.0, 63.0)
_LAGS: Final = (1, 3, 8, 0, 5)
INTERVALS: Final = (1, 5, 10, 30, ON_CHANGE)
LIE_AT: Final = (1200, 900, 1500)
"""The times at which a fault of a meter starts, in s: the cars charge, and the loads of the house change."""


@dataclass(frozen=True, slots=True)
class CarPlan:
    """A car at a connector.

    Attributes:
        phases: the number of phases on which it charges.
        wired: the number of phases of its connector.
        first: the phase of the house that is the first of its connector.
        ramp_up: the rise of its draw, in A/s.
        ramp_down: the fall of its draw, in A/s.
        reaction_s: the time until it follows a changed offer, in s; 5 s at most (IEC 61851-1).
        shortfall: the difference between offer and draw, in A.
        bus: the bus of its connector.

    """

    phases: int
    wired: int
    first: int = 0
    ramp_up: float = 4.0
    ramp_down: float = 10.0
    reaction_s: float = 1.0
    shortfall: float = 0.8
    bus: int = 0

    @property
    def on(self) -> tuple[int, ...]:
        """Return the phases of the house on which it charges."""
        return tuple(
            (self.first + number) % 3 for number in range(min(self.phases, self.wired))
        )


@dataclass(frozen=True, slots=True)
class Case:
    """A case.

    Attributes:
        size: the size of the main fuse, in A.
        phases: the number of phases of the house, its meter and its connectors: 1 or 3.
        kind: the quantity that the meter measures.
        every: the time between two reports in s, or `ON_CHANGE`.
        lag: the delay of a report, in s.
        cars: the cars.
        lie: the fault of the meter; None if it is honest.
        lie_at: the start of the fault, in s.
        sun: whether the house exports.
        buses: the number of buses behind the fuse.
        lost: when the port of the last bus is lost and is back, in s; None if it never is.

    """

    size: float
    phases: int
    kind: Kind
    every: int
    lag: int
    cars: tuple[CarPlan, ...]
    lie: Lie | None = None
    lie_at: int = 0
    sun: bool = False
    buses: int = 1
    lost: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """Return a name with all parameters, which also seeds the loads."""
        every = "on change" if self.every == ON_CHANGE else f"{self.every} s"
        cars = " ".join(f"{len(car.on)}p@{car.wired}" for car in self.cars)
        return (
            f"{self.lie or 'honest'}, {self.kind} {every}, lag {self.lag}, {self.size:g} A,"
            f" {cars}{', sun' if self.sun else ''}{', 2 buses' if self.buses > 1 else ''}"
            f"{', port lost' if self.lost else ''}"
        )


_CARS: Final = {
    "one phase at one": (CarPlan(1, 1, ramp_up=4.0, reaction_s=0.5),),
    "one phase at three": (CarPlan(1, 3, first=1, reaction_s=2.0, shortfall=1.2),),
    "two phases": (CarPlan(2, 3, first=2, ramp_up=1.0, ramp_down=5.0),),
    "three phases": (CarPlan(3, 3, ramp_up=2.0, reaction_s=3.0, shortfall=0.5),),
    "slow": (CarPlan(3, 3, ramp_up=0.2, ramp_down=1.0, reaction_s=4.5),),
    "two cars": (
        CarPlan(1, 3, first=1, reaction_s=2.0),
        CarPlan(3, 3, ramp_up=2.0, shortfall=1.5),
    ),
}
"""The cars of a bus. Their draw falls by 1 A/s or more; the slowest, with 0.2 A/s, has a case of its own."""
_SLOWEST: Final = (CarPlan(3, 3, ramp_up=0.2, ramp_down=0.2, reaction_s=4.5),)
_FAULTY_CARS: Final = ("one phase at one", "one phase at three", "three phases")


def _mixed(at: int, row: int) -> tuple[float, int]:
    """Return the fuse and the lag of a case by its number; they vary for the same cars from row to row."""
    return SIZES[(at + at // row) % len(SIZES)], _LAGS[at % len(_LAGS)]


def _with(
    cars: tuple[CarPlan, ...],
    size: float,
    kind: Kind,
    every: int,
    lag: int,
    *,
    lie: Lie | None = None,
    lie_at: int = 0,
    sun: bool = False,
) -> Case:
    phases = 3 if cars[0].wired == 3 else 1
    return Case(size, phases, kind, every, lag, cars, lie, lie_at, sun)


def honest() -> Iterator[Case]:
    """Yield the cases in which the meter is honest."""
    for at, (every, kind, cars) in enumerate(product(INTERVALS, Kind, _CARS)):
        size, lag = _mixed(at, len(_CARS))
        yield _with(_CARS[cars], size, kind, every, lag, sun=at % 4 == 1)
    yield _with(_SLOWEST, 35.0, Kind.AMPS, 1, 1)


def lying() -> Iterator[Case]:
    """Yield the cases in which the meter has a fault."""
    choices = product(Lie, (1, 10, ON_CHANGE), Kind, _FAULTY_CARS)
    for at, (lie, every, kind, cars) in enumerate(choices):
        if lie is Lie.DEAD and cars == "one phase at one":
            continue  # Without its only phase it would be a restamped meter at 0 A.
        if lie is Lie.UNSIGNED and kind is Kind.POWER:
            continue
        size, lag = _mixed(at, len(_FAULTY_CARS))
        yield _with(
            _CARS[cars],
            size,
            kind,
            every,
            lag,
            lie=lie,
            lie_at=0 if lie in (Lie.SIGN, Lie.UNSIGNED) else LIE_AT[at % 4 % 3],
            sun=lie is Lie.UNSIGNED,
        )


def two_buses() -> Iterator[Case]:
    """Yield the cases in which two buses charge behind one fuse."""
    one, other = (
        CarPlan(3, 3, ramp_up=2.0),
        CarPlan(1, 3, first=1, bus=1, reaction_s=2.0),
    )
    lies = ((None, 1), (None, 10), (Lie.RESTAMPED, 1), (Lie.FROZEN, 10))
    for (lie, every), kind in product(lies, Kind):
        yield Case(
            35.0, 3, kind, every, 3, (one, other), lie, LIE_AT[0] if lie else 0, buses=2
        )


def two_lines() -> Iterator[Case]:
    """Yield the cases with two cars on each of two buses, whose ports stay or are lost for a while."""
    cars = (
        CarPlan(3, 3, ramp_up=2.0),
        CarPlan(1, 3, first=1, reaction_s=2.0),
        CarPlan(3, 3, bus=1, shortfall=1.5),
        CarPlan(1, 3, first=2, bus=1, reaction_s=2.0),
    )
    for (every, lag), size in product(((1, 3), (10, 8)), (35.0, 63.0)):
        honest = Case(size, 3, Kind.AMPS, every, lag, cars, buses=2)
        yield honest
        # Longer and shorter than the connectors go on by themselves.
        yield replace(honest, lost=(1500, 1500 + (30 if size == 35.0 else 120)))


def all_cases() -> tuple[Case, ...]:
    """Return every case."""
    return (*honest(), *lying(), *two_buses(), *two_lines())


def short_cases() -> tuple[Case, ...]:
    """Return a few cases with honest sensors of up to 10 s, and one with a fault."""
    quick = (1, 5, 10)
    return (
        *(
            _with(_CARS[cars], 25.0, Kind.AMPS, every, 1)
            for every, cars in zip(quick, _FAULTY_CARS, strict=True)
        ),
        _with(_CARS["three phases"], 35.0, Kind.POWER, 5, 3),
        _with(_CARS["three phases"], 35.0, Kind.AMPS, 5, 1, lie=Lie.SILENT, lie_at=900),
    )
