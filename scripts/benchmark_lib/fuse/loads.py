"""The random consumption and export of a house, second by second on each of its phases.

Amps at the nominal voltage, resistive; negative is export. A load is only switched on if the house without cars stays
below a share of its fuse, so that any overload is due to the charging.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, repeat
from random import Random
from typing import Final

_SHARE: Final = 0.85
"""The maximum of the house without cars, as a share of the fuse."""


@dataclass(frozen=True, slots=True)
class Inrush:
    """The start of a motor: additional A on each of some phases, for a part of a second."""

    phases: tuple[int, ...]
    amps: float
    seconds: float


@dataclass(slots=True)
class House:
    """A house.

    Attributes:
        size: the size of its main fuse, in A.
        net: the A drawn from the grid (negative is export) without the chargers, for each phase and second.
        starts: the motors that start, by second.

    """

    size: float
    net: list[list[float]]
    starts: dict[int, Inrush] = field(default_factory=dict)
    _drawn: list[list[float]] = field(init=False)

    def __post_init__(self) -> None:
        """Create a house with its constant consumption."""
        self._drawn = [list(phase) for phase in self.net]

    def add(self, phases: Iterable[int], start: int, amps: Iterable[float]) -> bool:
        """Add a load on some phases; return False if the house would exceed its share of the fuse."""
        at, series = tuple(phases), list(amps)
        limit = self.size * _SHARE
        for phase in at:
            drawn = self._drawn[phase][start : start + len(series)]
            if any(a + b > limit for a, b in zip(drawn, series, strict=False)):
                return False
        for phase in at:
            end = min(start + len(series), len(self.net[phase]))
            for second in range(start, end):
                self.net[phase][second] += series[second - start]
                self._drawn[phase][second] += series[second - start]
        return True

    def shine(self, phases: Iterable[int], amps: list[float]) -> None:
        """Add production on some phases."""
        for phase in phases:
            for second, value in enumerate(amps):
                self.net[phase][second] -= value


def _base(dice: Random, seconds: int) -> list[float]:
    """Return the constant consumption, which varies slowly, with a fridge."""
    level, fridge = dice.uniform(0.4, 1.5), dice.randrange(600)
    series = []
    for second in range(seconds):
        level = min(max(level + dice.gauss(0, 0.02), 0.3), 2.0)
        series.append(level + (0.5 if (second + fridge) % 1500 < 500 else 0.0))
    return series


def _pulses(
    dice: Random,
    amps: float,
    on: tuple[int, int],
    off: tuple[int, int],
    seconds: int,
) -> Iterator[float]:
    """Yield a load that is switched on and off."""
    passed = 0
    while passed < seconds:
        for value, span in ((amps, on), (0.0, off)):
            length = dice.randint(*span)
            yield from repeat(value, length)
            passed += length


def _kettle(dice: Random, house: House) -> None:
    phase, seconds = _phase(dice, house), len(house.net[0])
    start = dice.randrange(60, seconds - 300)
    house.add((phase,), start, repeat(9.5, dice.randint(120, 240)))


def _oven(dice: Random, house: House) -> None:
    """Add an oven that heats up and then holds its temperature by a thermostat."""
    amps, start = dice.uniform(9.0, 11.0), dice.randrange(300, 1200)
    holding = _pulses(dice, amps, (30, 60), (60, 120), 1500)
    heating = repeat(amps, dice.randint(300, 500))
    house.add((_phase(dice, house),), start, chain(heating, holding))


def _hob(dice: Random, house: House) -> None:
    """Add two hobs that are controlled by pulses."""
    start = dice.randrange(200, len(house.net[0]) - 1300)
    for _ in range(2):
        plate = _pulses(dice, dice.uniform(5.0, 8.7), (10, 20), (10, 20), 900)
        house.add((_phase(dice, house),), start, plate)


def _heat_pump(dice: Random, house: House) -> None:
    """Add a heat pump that runs at intervals; every start is the start of a motor."""
    three = len(house.net) == 3
    phases = (0, 1, 2) if three else (0,)
    amps = dice.uniform(3.5, 5.0) if three else dice.uniform(6.0, 8.0)
    second = dice.randrange(100, 600)
    while second < len(house.net[0]) - 60:
        length = dice.randint(300, 700)
        if house.add(phases, second, repeat(amps, length)):
            house.starts[second] = Inrush(phases, amps * 4, 0.3)
        second += length + dice.randint(200, 500)


def _phase(dice: Random, house: House) -> int:
    return dice.randrange(len(house.net))


def _sun(dice: Random, amps: float, seconds: int) -> list[float]:
    """Return the production of an inverter under clouds that pass within a minute."""
    series, cover, aim = [], 1.0, 1.0
    for _ in range(seconds):
        if dice.random() < 1 / 240:
            aim = dice.choice((0.15, 0.4, 1.0))
        cover += (aim - cover) / 15
        series.append(amps * cover)
    return series


def make_house(
    dice: Random, size: float, phases: int, seconds: int, *, sun: bool = False
) -> House:
    """Return a house with loads for the size of its fuse."""
    house = House(size, [_base(dice, seconds) for _ in range(phases)])
    _heat_pump(dice, house)
    for _ in range(1 if size < 50 else 2):
        _oven(dice, house)
        _hob(dice, house)
    for _ in range(4 if size < 50 else 8):
        _kettle(dice, house)
    if sun:
        on = tuple(range(phases)) if dice.random() < 0.5 else (phases - 1,)
        house.shine(on, _sun(dice, 12.0 if len(on) > 1 else 20.0, seconds))
    return house
