"""The energy that a charger could have charged that knows the whole hour beforehand."""

from collections import deque
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from math import floor
from typing import Final

from .cases import CarPlan

HOLD_S: Final = 30
"""The minimum time in s for which an offer holds: cars need up to 5 s to notice it, and ramp."""


def _minimum_within(values: Sequence[float], span: int) -> list[float]:
    """Return the minimum of each `span` consecutive values, by the first of them."""
    result, window = [], deque[int]()
    for index, value in enumerate(values):
        while window and values[window[-1]] >= value:
            window.pop()
        window.append(index)
        if window[0] <= index - span:
            window.popleft()
        if index >= span - 1:
            result.append(values[window[0]])
    return result


def held(room: Sequence[float], span: int = HOLD_S) -> list[float]:
    """Return for each second the highest value that can be held for some `span` s around it."""
    lows = [-value for value in _minimum_within(room, span)]
    pad = [float("inf")] * (span - 1)
    return [-value for value in _minimum_within([*pad, *lows, *pad], span)]


class Clairvoyant:
    """Shares the room of the phases among the cars, in whole amps, evenly among those that charge."""

    def __init__(
        self, cars: Sequence[CarPlan], minimum: int, each: int, together: Sequence[int]
    ) -> None:
        """Store the limits in A: `each` for one car, `together` for each bus."""
        self._cars = tuple(cars)
        self._minimum = minimum
        self._each = each
        self._together = tuple(together)
        self._share = lru_cache(maxsize=None)(self._shared)

    def draw(self, room: Sequence[float]) -> float:
        """Return the phase amps that the cars draw with the given room on each phase."""
        return self._drawn(self.offers(room))

    def offers(self, room: Sequence[float]) -> tuple[int, ...]:
        """Return the whole A for each car with the given room on each phase; 0 for one that does not charge."""
        whole = tuple(max(floor(amps), -1) for amps in room)
        return self._share(tuple(min(amps, 250) for amps in whole))

    def _drawn(self, offers: Sequence[int]) -> float:
        """Return the phase amps that the cars draw by their offers."""
        return sum(
            (amps - car.shortfall) * len(car.on)
            for car, amps in zip(self._cars, offers, strict=True)
            if amps
        )

    def _shared(self, room: tuple[int, ...]) -> tuple[int, ...]:
        numbers = range(len(self._cars))
        for count in range(len(self._cars), 0, -1):
            chosen = (self._served(room, item) for item in combinations(numbers, count))
            best = max(chosen, key=self._drawn)
            if any(best):
                return best
        return (0,) * len(self._cars)

    def _served(
        self, room: tuple[int, ...], chosen: tuple[int, ...]
    ) -> tuple[int, ...]:
        """Return the A for each of these cars; 0 for all if there is less than the minimum for one of them."""
        left, buses = list(room), list(self._together)
        offers = dict.fromkeys(chosen, 0)

        def give(number: int, amps: int) -> bool:
            car = self._cars[number]
            fits = buses[car.bus] >= amps and all(left[n] >= amps for n in car.on)
            if fits and offers[number] + amps <= self._each:
                offers[number] += amps
                buses[car.bus] -= amps
                for phase in car.on:
                    left[phase] -= amps
                return True
            return False

        if not all(give(number, self._minimum) for number in chosen):
            return (0,) * len(self._cars)
        growing = list(chosen)
        while growing:
            growing = [number for number in growing if give(number, 1)]
        return tuple(offers.get(number, 0) for number in range(len(self._cars)))
