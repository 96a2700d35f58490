"""A year of a household without its car, in W for each second: made up, and without knowledge of any rule.

Written from how such loads look, not from how the rules handle them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi
from random import Random
from typing import Final

DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Appliance:
    """Something that draws power for a while.

    Attributes:
        watts: how much.
        seconds: for how long, at least and at most.
        a_day: how often a day.
        hours: between which hours it is switched on.

    """

    watts: float
    seconds: tuple[int, int]
    a_day: float
    hours: tuple[int, int]


APPLIANCES: Final = (
    Appliance(2000, (120, 240), 5, (6, 23)),  # kettle
    Appliance(2200, (900, 2700), 0.8, (11, 20)),  # oven
    Appliance(1500, (600, 1800), 1.5, (11, 20)),  # hob
    Appliance(2000, (900, 1200), 0.7, (19, 23)),  # dishwasher, while it heats
    Appliance(1900, (600, 900), 0.6, (8, 20)),  # washing machine, while it heats
)


class House:
    """A household."""

    def __init__(self, seed: int) -> None:
        """Make its appliances up from a seed."""
        self._random = Random(seed)

    def year(self, first_day: int = 0, days: int = 365) -> Iterator[list[float]]:
        """Yield the W of each 10 s of a day, one day after the other; the first one is `first_day` days after January 1."""
        for day in range(first_day, first_day + days):
            yield self._day(day)

    def _day(self, day: int) -> list[float]:
        random = self._random
        winter = (1 + cos(2 * pi * (day - 15) / 365)) / 2
        watts = [200 + random.gauss(0, 15) for _ in range(DAY_S // 10)]
        for hour, extra in ((7, 150), (18, 250), (19, 300), (20, 250), (21, 200)):
            for at in range(hour * 360, (hour + 1) * 360):
                watts[at] += extra
        for item in APPLIANCES:
            for _ in range(_count(random, item.a_day)):
                begin = random.uniform(item.hours[0], item.hours[1]) * 360
                length = random.randint(*item.seconds) / 10
                for at in range(int(begin), min(int(begin + length), len(watts))):
                    watts[at] += item.watts
        self._heat(watts, winter)
        return watts

    def _heat(self, watts: list[float], winter: float) -> None:
        """Add a heat pump that runs in cycles, the longer the colder it is."""
        at = self._random.randint(0, 200)
        while at < len(watts):
            length = int(60 + 90 * winter)
            for step in range(at, min(at + length, len(watts))):
                watts[step] += 900 + 500 * winter
            at += length + int(360 * (1.4 - winter))


def _count(random: Random, mean: float) -> int:
    """Return how often something happens today."""
    whole = int(mean)
    return whole + (random.random() < mean - whole)
