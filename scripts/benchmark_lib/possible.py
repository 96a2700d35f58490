"""What can be caught of a day's surplus if the whole day is known in advance, under the same rules.

The same minimum, whole amps, cars that take a little less than they are offered and need a while to start, at most
`MAX_STARTS` starts, and no more energy from the grid than the rule that is judged. Everything else is free: offers may
change each second, and a car may stop and start again at once. So it is a bound: no rule can catch more.
"""

from array import array
from collections.abc import Iterator
from itertools import batched
from math import floor, inf
from typing import Final

from simulator.car import Car
from simulator.days import Day

from .contestants import Site, best_w

MAX_STARTS: Final = 6
_BLOCK_S: Final = 5
"""A car that is offered current begins to draw after 2 s and then rises by 4 A/s: in its first 5 s it takes next to nothing."""
_PRICES: Final = (
    0.0,
    0.02,
    0.05,
    0.1,
    0.15,
    0.2,
    0.3,
    0.4,
    0.5,
    0.7,
    0.9,
    1.2,
    1.6,
    3.0,
)
"""What a Wh from the grid is taken to cost, in Wh of caught surplus."""
_WH: Final = 3_600.0


class Possible:
    """The bound for one day."""

    def __init__(self, day: Day, site: Site) -> None:
        """Calculate it for every price of energy from the grid."""
        surplus_w = array(
            "d",
            (
                sun - load
                for sun, load in zip(day.production_w, day.house_w, strict=True)
            ),
        )
        self._values = {
            price: _maximum(_gains(surplus_w, site, price)) / _WH for price in _PRICES
        }

    def caught_wh(self, grid_wh: float) -> float:
        """Return the Wh that can be caught at most with so many Wh from the grid.

        Whatever the price, what is caught less what the grid costs is at most the value for that price.
        """
        return min(value + price * grid_wh for price, value in self._values.items())


def _gains(surplus_w: array[float], site: Site, price: float) -> Iterator[float]:
    """Yield what can be gained at most in each block in which the cars charge, in Ws."""
    missing = Car().shortfall
    for block in batched(surplus_w, _BLOCK_S):
        gained = 0.0
        for watts in block:
            best = best_w(site, watts)
            wanted = floor(watts / site.volts)
            offers = {
                min(max(wanted + more, site.min_amps), site.max_offered_amps)
                for more in (0, 1)
            }
            gained += max(
                min(drawn, best) - price * max(drawn - max(watts, 0.0), 0.0)
                for drawn in ((amps - missing) * site.volts for amps in offers)
            )
        yield gained


def _maximum(gains: Iterator[float]) -> float:
    """Return what can be gained at most with so many starts, the first block of each of which gains nothing."""
    off = [0.0] + [-inf] * MAX_STARTS
    on = [-inf] * (MAX_STARTS + 1)
    for gained in gains:
        started = [-inf, *off[:-1]]
        off = [max(pair) for pair in zip(off, on, strict=True)]
        on = [max(a + gained, b) for a, b in zip(on, started, strict=True)]
    return max(*off, *on)
