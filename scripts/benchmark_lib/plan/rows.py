"""The results of the nights, and their sums."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from .evcc import Evcc
from .loop import Loop, Outcome
from .nights import Night, make_night
from .optimum import find_optimum
from .smart_charging import SmartCharging
from .view import Planner

PLANNERS: Final[Mapping[str, Callable[[], Planner]]] = {
    "evcc": Evcc,
    "ev_smart_charging": SmartCharging,
}
_MISSED_KWH: Final = 0.05
"""A goal is missed if more is missing: it is less than a minute of charging."""


@dataclass(frozen=True, slots=True)
class Row:
    """The result of a way of planning in a night.

    Attributes:
        night: the name of the night.
        planner: the name of the way of planning.
        predictable: whether prices and forecast were known, the cars stayed and nothing got in their way.
        cars: the number of cars.
        goals: how many of the goals the optimum reaches; of cars that leave before a plan with its reserve would have
            ended none counts.
        goal_missed: how many of them were missed.
        cost: the cost of energy and starts, and of what was missing at a price above all of the night, in EUR.
        optimum: the least cost with perfect knowledge.
        starts: how often a car began to charge.
        optimum_starts: the same for the optimum.
        replans: how often another plan was made.

    """

    night: str
    planner: str
    predictable: bool
    cars: int
    goals: int
    goal_missed: int
    cost: float
    optimum: float
    starts: int
    optimum_starts: int
    replans: int

    def as_dict(self) -> dict[str, Any]:
        """Return a dictionary that is fit for JSON."""
        return asdict(self)


def judged(night: Night, best: Outcome) -> list[int]:
    """Return the numbers of the cars whose goal counts."""
    return [
        at
        for at, car in enumerate(night.cars)
        if best.missing_kwh[at] <= _MISSED_KWH
        and car.leaves >= car.ready - car.reserve_minutes
    ]


def make_row(night: Night, planner: str, outcome: Outcome, best: Outcome) -> Row:
    """Return the result of a way of planning next to the optimum."""
    goals = judged(night, best)
    return Row(
        night=night.name,
        planner=planner,
        predictable=night.is_predictable,
        cars=len(night.cars),
        goals=len(goals),
        goal_missed=sum(outcome.missing_kwh[at] > _MISSED_KWH for at in goals),
        cost=round(outcome.cost(night), 3),
        optimum=round(best.cost(night), 3),
        starts=outcome.starts,
        optimum_starts=best.starts,
        replans=outcome.replans,
    )


def run_night(number: int, seed: int) -> list[Row]:
    """Return the results of all ways of planning in a night."""
    night = make_night(number, seed)
    best = find_optimum(night)
    return [
        make_row(night, name, Loop(night, planner()).run(), best)
        for name, planner in PLANNERS.items()
    ]


def summed(rows: Iterable[Row]) -> dict[str, Any]:
    """Return the sums over the nights of one way of planning."""
    items = list(rows)
    known = [row for row in items if row.predictable]
    return {
        "nights": len(items),
        "goals": sum(row.goals for row in items),
        "goal_missed": sum(row.goal_missed for row in items),
        "cost": round(sum(row.cost for row in items), 2),
        "optimum": round(sum(row.optimum for row in items), 2),
        "above_optimum_predictable": _above(known),
        "starts": sum(row.starts for row in items),
        "starts_per_car": _ratio(
            sum(row.starts for row in items), sum(row.cars for row in items)
        ),
        "replans": sum(row.replans for row in items),
    }


def _above(rows: Sequence[Row]) -> float:
    """Return by which share the cost is above the optimum."""
    best = sum(row.optimum for row in rows)
    return _ratio(sum(row.cost for row in rows) - best, best)


def _ratio(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0
