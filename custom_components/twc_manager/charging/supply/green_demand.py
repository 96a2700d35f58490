"""What the connectors that follow green energy want, and how many whole amps W are for them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor, isfinite
from operator import attrgetter
from typing import Final

from .response import STEP_AMPS
from .surplus import Surplus

_MINIMUM_WATTS_PER_AMP: Final = 50.0
_MAXIMUM_WATTS_PER_AMP: Final = 1000.0
"""Three phases of 277 V are 831 W per A; anything else is an error, and turns into no amps."""
EPSILON: Final = 1e-6
"""Amps that are below a whole number by less, after the conversion from watts, count as that number."""
_MAXIMUM_SHORTFALL: Final = 1.5
"""The maximum A that a vehicle leaves of its offer for no other reason than rounding (0.5 to 1.5 A were seen)."""
_ROUNDING: Final = 0.25
"""Amount by which a draw may be below what was confirmed without costing an ampere of the next step."""
_LEARN_SECONDS: Final = 20.0
"""Time constant with which the vehicles' shortfall is learned."""

_KNOWN_SECONDS: Final = 12.0
"""Maximum time between two decisions over which is learned, in s: there is a decision at least every 5 s."""


@dataclass(frozen=True, slots=True)
class GreenDemand:
    """What the connectors that follow green energy are like, together.

    Attributes:
        wanted: whether any of them has a vehicle that charges or wants to.
        minimum: the fewest whole A worth charging with: the minimum of one connector, or what its vehicle goes down to.
        maximum: the maximum whole A they could be offered together.
        watts_per_amp: W per A: the connectors' real volts, times the phases that the vehicles really use.
        offered: A offered to those that draw, summed up.
        drawn: A that they draw, summed up.
        drawing: how many they are.
        starts: how many starts of vehicles that follow green energy the day has seen.
        waiting: how many draw nothing and have a vehicle that wants to charge.
        arriving: whether some may be missing that are about to report for the first time, as after a restart.
        connector_minimum: the minimum of one connector, if its vehicle goes below it; None if that is `minimum`.

    """

    wanted: bool
    minimum: int
    maximum: int
    watts_per_amp: float
    offered: float = 0.0
    drawn: float = 0.0
    drawing: int = 0
    starts: int = 0
    waiting: int = 0
    arriving: bool = False
    connector_minimum: int | None = None

    @property
    def offered_minimum(self) -> int:
        """Return the minimum whole A that a connector can offer."""
        minimum = self.connector_minimum
        return self.minimum if minimum is None else minimum


def demand_of_all(demands: Sequence[GreenDemand]) -> GreenDemand:
    """Return what the connectors of several buses want together.

    The W per A are those of the vehicles that draw, or else of those that wait.
    """
    if len(demands) == 1:
        return demands[0]
    wanting = [item for item in demands if item.wanted]
    connector_minimum = max(item.offered_minimum for item in wanting or demands)
    # A vehicle goes below that of its connector only while it is alone.
    alone = len(wanting) == 1
    return GreenDemand(
        wanted=bool(wanting),
        minimum=wanting[0].minimum if alone else connector_minimum,
        maximum=sum(item.maximum for item in demands),
        watts_per_amp=_mean_watts_per_amp(demands),
        offered=sum(map(attrgetter("offered"), demands)),
        drawn=sum(map(attrgetter("drawn"), demands)),
        drawing=sum(map(attrgetter("drawing"), demands)),
        starts=sum(map(attrgetter("starts"), demands)),
        waiting=sum(map(attrgetter("waiting"), demands)),
        arriving=any(item.arriving for item in demands),
        connector_minimum=connector_minimum,
    )


def _mean_watts_per_amp(demands: Sequence[GreenDemand]) -> float:
    """Return the W per A of the vehicles that draw, or else of those that wait, or of all buses."""
    counts = (
        [item.drawing for item in demands],
        [item.waiting for item in demands],
        [1] * len(demands),
    )
    weights = next(item for item in counts if any(item))
    each = zip(demands, weights, strict=True)
    return sum(item.watts_per_amp * weight for item, weight in each) / sum(weights)


class Shortfall:
    """How much less than its offer a vehicle takes, learned from vehicles that do follow it."""

    __slots__ = ("_each",)

    def __init__(self) -> None:
        """Start with vehicles that take all."""
        self._each = 0.0

    def update(self, passed: float, demand: GreenDemand) -> None:
        """Take what the vehicles have drawn for the last `passed` s; of a longer time nothing is known."""
        if demand.drawing <= 0 or passed > _KNOWN_SECONDS:
            return
        each = (demand.offered - demand.drawn) / demand.drawing
        # More is another limit, such as the vehicle's own, and no rounding.
        seen = max(each, 0.0) if each <= _MAXIMUM_SHORTFALL else 0.0
        self._each += (seen - self._each) * min(passed / _LEARN_SECONDS, 1.0)

    def amps(self, demand: GreenDemand) -> float:
        """Return the A that all vehicles leave of whole amps offered to them."""
        return self._each * demand.drawing


def confirmed_amps(unconfirmed: float | None, demand: GreenDemand) -> int:
    """Return the maximum whole A that may be offered: the meter has to show each step before the next one.

    The start of a vehicle at its minimum is one step.

    Args:
        unconfirmed: A that the connectors draw more than the meter has shown; None if no meter contains them.
        demand: what the connectors are like.

    """
    if unconfirmed is None:
        return demand.maximum
    left = max(demand.offered - demand.drawn, 0.0)
    slack = min(left, _MAXIMUM_SHORTFALL * demand.drawing)
    step = max(STEP_AMPS, demand.minimum) if demand.waiting else STEP_AMPS
    amps = floor(demand.drawn - unconfirmed + slack + step + _ROUNDING)
    return max(min(amps, demand.maximum), demand.minimum)


def trusted(surplus: Surplus, demand: GreenDemand) -> Surplus:
    """Return the surplus, without W if it is stale or cannot be converted to amps."""
    sane = _MINIMUM_WATTS_PER_AMP <= demand.watts_per_amp <= _MAXIMUM_WATTS_PER_AMP
    if surplus.stale or not sane or not isfinite(surplus.watts or 0.0):
        return replace(surplus, watts=None)
    return surplus


def whole_amps(watts: float, unused: float, demand: GreenDemand) -> int:
    """Return the whole A that so many W allow, within minimum and maximum; vehicles leave `unused` A of an offer."""
    taken = watts / demand.watts_per_amp + EPSILON
    offered = taken + unused
    # A vehicle that is asked for amps itself takes all of them.
    amps = offered if offered >= demand.offered_minimum else taken
    return floor(min(max(amps, demand.minimum), demand.maximum))
