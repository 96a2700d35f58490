"""What a test of the meter at the main fuse lowers: all offers, or those that one sensor has to show.

Currents are in A.
"""

from dataclasses import dataclass
from math import floor
from typing import Final

from .fuse_load import FuseLoad
from .response import STEP_AMPS

SMALL_STEP_AMPS: Final = 2.0
"""Change of the draw that shows in a reading of whole amps."""


@dataclass(frozen=True, slots=True)
class ProbeTarget:
    """What a test lowers.

    Attributes:
        ceiling: A that the offers are lowered to; None if they are too low for that.
        load: the vehicles whose offers these are.
        place: the sensor that has to show it, by its place; None for the meter as a whole.
        is_last: whether it is lowered as far as the minimum, since the sensor has missed a step already.

    """

    ceiling: float | None
    load: FuseLoad = FuseLoad()
    place: int | None = None
    is_last: bool = False

    @property
    def is_step(self) -> bool:
        """Return whether it changes the draw by a whole step."""
        return self.load.offered - (self.ceiling or 0.0) >= STEP_AMPS


def meter_target(load: FuseLoad, *, is_small_of_use: bool) -> ProbeTarget:
    """Return what tests the meter as a whole; `is_small_of_use` is whether a step of 2 A shows something."""
    return ProbeTarget(lowered(load, is_small_of_use=is_small_of_use), load)


def sensor_target(load: FuseLoad, place: int, *, is_doubted: bool) -> ProbeTarget:
    """Return what tests one sensor.

    Args:
        load: the vehicles that it has to show.
        place: its place.
        is_doubted: whether it has missed a step: what it has to prove alone, it proves at the minimum.

    """
    ceiling = load.lowest if is_doubted else lowered(load, is_small_of_use=True)
    return ProbeTarget(ceiling, load, place, is_last=is_doubted)


def lowered(load: FuseLoad, *, is_small_of_use: bool) -> float | None:
    """Return the A to lower the offers to, by a step if they are enough, so that none stops; None if they are not."""
    minimum = load.lowest
    if load.offered - STEP_AMPS >= minimum:
        return float(floor(load.offered - STEP_AMPS))
    if is_small_of_use and load.offered - SMALL_STEP_AMPS >= minimum:
        return minimum
    return None
