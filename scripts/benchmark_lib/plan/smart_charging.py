"""ev_smart_charging's way of planning, written from a description of it: quarters by a percentage per hour.

The owner enters by how many % of the battery an hour of charging raises the level. The number of quarters follows from
it, rounded up; the cheapest ones are taken. A plan is made when the prices of tomorrow are known, or when the car is to
be ready before the known prices end. Nothing changes any more once the car charges.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Final

from .cars import VOLTS
from .prices import QUARTER
from .view import CarView, View

_ENTERED_EFFICIENCY: Final = 0.86
"""What a careful owner assumes who enters the percentage per hour: the minimum of the cars here."""


@dataclass(slots=True)
class _Schedule:
    """The plan of a car."""

    arrived: datetime
    quarters: frozenset[datetime] = field(default_factory=frozenset)
    level: int = -1
    prices: int = 0
    """Level and number of known prices that it was made for."""


class SmartCharging:
    """Plans each car on its own."""

    replans: int = 0

    def __init__(self) -> None:
        """Start without any car."""
        self._schedules: dict[int, _Schedule] = {}
        self.replans = 0

    def wanted(self, view: View) -> Mapping[int, int]:
        """Return the maximum of each car that is to charge now."""
        result = {}
        for at, car in view.cars.items():
            plan = self._schedules.get(at)
            if plan is None or plan.arrived != car.arrived:
                plan = self._schedules[at] = _Schedule(car.arrived)
            self._update(view, car, plan)
            if car.level < car.target and _quarter(view.now) in plan.quarters:
                result[at] = car.max_amps
        return result

    def _update(self, view: View, car: CarView, plan: _Schedule) -> None:
        """Make a plan if one can be made, and something has changed that it depends on."""
        running = _quarter(view.now) in plan.quarters
        news = (car.level, len(view.prices)) != (plan.level, plan.prices)
        if running or not news or view.now >= car.ready:
            return
        plan.level, plan.prices = car.level, len(view.prices)
        known_until = view.prices[-1].start + QUARTER
        if car.ready > known_until:
            plan.quarters = frozenset()
            return
        self.replans += 1
        plan.quarters = _cheapest(view, car)


def _cheapest(view: View, car: CarView) -> frozenset[datetime]:
    kw = car.max_amps * car.phases * VOLTS / 1000
    per_hour = round(100 * kw * _ENTERED_EFFICIENCY / car.capacity, 1)
    needed = ceil((car.target - car.level) / per_hour * 4)
    free = [
        item
        for item in view.prices
        if _quarter(view.now) <= item.start and item.start + QUARTER <= car.ready
    ]
    free.sort(key=lambda item: (item.price, item.start))
    return frozenset(item.start for item in free[: max(0, needed)])


def _quarter(now: datetime) -> datetime:
    """Return the start of the quarter that a time is in."""
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
