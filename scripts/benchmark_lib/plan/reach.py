"""How many goals can be reached at all, proven by the cuts of the network from the cars to the quarters.

What cars need flows to the quarters in which they are there, up to what they take and to the room. By the theorem of Gale
that is possible exactly if no set of cars needs more than it can be given: the sum over the quarters of the room or
what these cars take together, whichever is less. The network leaves out the minimum current, the taper, the reserve and
the cost, so that what it cannot reach nothing can. A goal that a car does not reach alone, offered all that it takes from
the moment it comes, no plan reaches.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from .cars import MIN_AMPS, CarSpec
from .nights import Event, Night
from .optimum import plan_optimum

_TOLERANCE_KWH: Final = 0.05
"""Less than this is not missing."""
_FULL: Final = 100.0


@dataclass(frozen=True, slots=True)
class Reachable:
    """How many of the goals that count can be reached together.

    Attributes:
        goals: with perfect knowledge.
        unforeseen: how many fewer, if the cheapest plan for what is known was followed until something unforeseeable
            began; from there on with perfect knowledge.

    """

    goals: int
    unforeseen: int = 0


def reachable(night: Night, counted: Sequence[int]) -> Reachable:
    """Return how many goals can be reached; `counted` are the numbers of the cars whose goal counts."""
    counted = [at for at in counted if _reaches_alone(night, night.cars[at])]
    goals = _max_goals(night, counted, 0, (0.0,) * len(night.cars))
    if (known := _without_surprise(night)) is None:
        return Reachable(goals)
    begins = _surprise_at(night)
    charged = tuple(
        sum(use.amps[:begins]) * 15 * car.kwh_per_amp_minute
        for use, car in zip(plan_optimum(known), night.cars, strict=True)
    )
    left = _max_goals(night, counted, begins, charged)
    return Reachable(goals, max(0, goals - left))


def _reaches_alone(night: Night, car: CarSpec) -> bool:
    """Return whether a car that has all the room reaches its goal, minute by minute."""
    kwh = 0.0
    for minute in range(car.arrives, car.judged_at):
        amps = min(night.room[minute // 15], car.cap(car.level_after(kwh)))
        kwh += (amps if amps >= MIN_AMPS else 0) * car.kwh_per_amp_minute
    return car.need_kwh(car.level_after(kwh)) <= _TOLERANCE_KWH


def _without_surprise(night: Night) -> Night | None:
    """Return a night as it is known before anything unforeseen begins; None if nothing is."""
    if night.event is Event.INTERRUPTED:
        return replace(night, room=(night.limit,) * len(night.room))
    if night.event is Event.LEAVES_EARLY:
        cars = tuple(replace(car, leaves=car.ready) for car in night.cars)
        return replace(night, cars=cars)
    return None


def _surprise_at(night: Night) -> int:
    """Return the quarter in which the unforeseeable begins."""
    short = [at for at, room in enumerate(night.room) if room < night.limit]
    left = [car.leaves // 15 for car in night.cars if car.leaves < car.ready]
    return min(short + left, default=len(night.room))


def _max_goals(
    night: Night, counted: Sequence[int], since: int, charged: Sequence[float]
) -> int:
    """Return how many goals can be reached together from a quarter on, when so many kWh have been charged."""
    for count in range(len(counted), 0, -1):
        for chosen in combinations(counted, count):
            if _fit(night, chosen, since, charged):
                return count
    return 0


def _fit(
    night: Night, chosen: Sequence[int], since: int, charged: Sequence[float]
) -> bool:
    """Return whether no set of cars needs more than it can be given."""
    needs: Mapping[int, float] = {
        at: _need(car, since, charged[at], reaches=at in chosen)
        for at, car in enumerate(night.cars)
    }
    numbers = [at for at, need in needs.items() if need > 0]
    return all(
        sum(needs[at] for at in group) <= _given(night, group, since)
        for count in range(1, len(numbers) + 1)
        for group in combinations(numbers, count)
    )


def _need(car: CarSpec, since: int, charged: float, *, reaches: bool) -> float:
    """Return what a car takes at least until its goal is judged, in A min."""
    unit = car.kwh_per_amp_minute
    need = 0.0
    if reaches:
        need = max(0.0, car.need_kwh(car.level) - charged - _TOLERANCE_KWH) / unit
    if car.stoppable:
        return need
    to_full = (_FULL - car.level) / 100 * car.capacity / car.efficiency - charged
    there = car.judged_at - max(car.arrives, 15 * since)
    return max(need, min(MIN_AMPS * max(0, there), max(0.0, to_full) / unit))


def _given(night: Night, group: Sequence[int], since: int) -> float:
    """Return what a set of cars can be given together, in A min."""
    total = 0.0
    for at in range(since, len(night.room)):
        taken = sum(_taken(night.cars[number], at) for number in group)
        total += min(15 * night.room[at], taken)
    return total


def _taken(car: CarSpec, at: int) -> float:
    """Return the maximum that a car takes in a quarter, in A min."""
    start, end = max(15 * at, car.arrives), min(15 * at + 15, car.judged_at)
    return float(car.max_amps * max(0, end - start))
