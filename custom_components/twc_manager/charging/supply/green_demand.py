"""What the connectors that follow green energy want, and how many whole amps W are for them."""

from dataclasses import dataclass
from math import floor, isfinite
from typing import Final

from .surplus import Surplus

_LEAST_WATTS_PER_AMP: Final = 50.0
_MOST_WATTS_PER_AMP: Final = 1000.0
"""Three phases of 277 V are 831 W per A; anything else is an error, and turns into no amps."""
EPSILON: Final = 1e-6
"""Amps that come out of watts a hair below a whole number are that number."""
_MOST_SHORTFALL: Final = 1.5
"""The most A that a car leaves of its offer for no other reason than rounding (0.5 to 1.5 A were seen)."""
_LEARN_SECONDS: Final = 20.0
"""How fast the cars' shortfall is learned."""


@dataclass(frozen=True, slots=True)
class GreenDemand:
    """What the connectors that follow green energy are like, together.

    Attributes:
        wanted: whether any of them has a car that charges or wants to.
        minimum: the least whole A worth offering: the minimum of one connector.
        maximum: the most whole A they could be offered together.
        watts_per_amp: W per A: the connectors' real volts, times the phases that the cars really use.
        offered: A offered to those that draw, summed up.
        drawn: A that they draw, summed up.
        drawing: how many they are.
        starts: how many starts of cars that follow green energy the day has seen.
        arriving: whether some may be missing that are about to be heard for the first time, as after a restart.

    """

    wanted: bool
    minimum: int
    maximum: int
    watts_per_amp: float
    offered: float = 0.0
    drawn: float = 0.0
    drawing: int = 0
    starts: int = 0
    arriving: bool = False


class Shortfall:
    """How much less than its offer a car takes, learned from cars that do follow it."""

    __slots__ = ("_each",)

    def __init__(self) -> None:
        """Start with cars that take all."""
        self._each = 0.0

    def update(self, passed: float, demand: GreenDemand) -> None:
        """Take what the cars have drawn for the last `passed` s."""
        if demand.drawing <= 0:
            return
        each = (demand.offered - demand.drawn) / demand.drawing
        # More is another limit, such as the car's own, and no rounding.
        seen = max(each, 0.0) if each <= _MOST_SHORTFALL else 0.0
        self._each += (seen - self._each) * min(passed / _LEARN_SECONDS, 1.0)

    def amps(self, demand: GreenDemand) -> float:
        """Return the A that all cars leave of whole amps offered to them."""
        return self._each * demand.drawing


def trusted_w(surplus: Surplus, demand: GreenDemand) -> float | None:
    """Return the W to go by; None if there are none, or nothing to turn them into amps with."""
    if surplus.watts is None or surplus.stale or not isfinite(surplus.watts):
        return None
    sane = _LEAST_WATTS_PER_AMP <= demand.watts_per_amp <= _MOST_WATTS_PER_AMP
    return surplus.watts if sane else None


def whole_amps(watts: float, unused: float, demand: GreenDemand) -> int:
    """Return the whole A that W bear, within minimum and maximum; cars leave `unused` A of them."""
    amps = watts / demand.watts_per_amp + unused + EPSILON
    return floor(min(max(amps, demand.minimum), demand.maximum))
