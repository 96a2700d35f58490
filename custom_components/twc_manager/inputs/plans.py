"""The plans of a bus, in the types of the rules."""

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Final

from ..charging.planning.deadlines import ready_instant
from ..charging.planning.goals import Strategy
from ..charging.plans.request import (
    DurationGoal,
    EnergyGoal,
    OnceTime,
    PercentGoal,
    PlanGoal,
    PlanRequest,
    WeeklyTime,
)
from ..types import TwcConfigEntry
from .schedules import WEEKDAYS

SUBENTRY_PLAN: Final = "plan"

CONF_CONNECTOR: Final = "connector"
CONF_VEHICLE: Final = "vehicle"
CONF_GOAL: Final = "goal"
CONF_AMOUNT: Final = "amount"
CONF_DAYS: Final = "days"
CONF_AT: Final = "at"
CONF_READY: Final = "ready"
CONF_STRATEGY: Final = "strategy"
CONF_KEEP: Final = "keep"

_COMPARED_DAYS: Final = 15
"""Two weeks, from today on: every day of the week, and the next change of the clock if it is near."""


class GoalKind(StrEnum):
    """The kinds of goals, by what their amount means: a level in %, an energy in kWh, or hours of charging."""

    PERCENT = "percent"
    ENERGY = "energy"
    DURATION = "duration"


GOALS: Final[Mapping[GoalKind, Callable[[float], PlanGoal]]] = {
    GoalKind.PERCENT: PercentGoal,
    GoalKind.ENERGY: EnergyGoal,
    GoalKind.DURATION: DurationGoal,
}


def plans_of(entry: TwcConfigEntry) -> tuple[PlanRequest, ...]:
    """Return the plans of a bus, in the order in which they were added."""
    return tuple(
        plan_of(subentry.subentry_id, subentry.title, subentry.data)
        for subentry in entry.get_subentries_of_type(SUBENTRY_PLAN)
    )


def plan_of(plan_id: str, name: str, data: Mapping[str, Any]) -> PlanRequest:
    """Return a plan from its stored data.

    Raises:
        PlanError: if a value is not possible.

    """
    connector = data.get(CONF_CONNECTOR)
    return PlanRequest(
        plan_id=plan_id,
        name=name,
        connector_id=None if connector is None else int(connector, 16),
        vehicle_id=data.get(CONF_VEHICLE),
        goal=GOALS[GoalKind(data[CONF_GOAL])](data[CONF_AMOUNT]),
        ready=_ready_of(data),
        strategy=Strategy(data[CONF_STRATEGY]),
        keep=timedelta(minutes=data[CONF_KEEP]),
        enabled=True,
    )


def _ready_of(data: Mapping[str, Any]) -> WeeklyTime | OnceTime:
    if CONF_READY in data:
        return OnceTime(datetime.fromisoformat(data[CONF_READY]))
    days = frozenset(WEEKDAYS.index(day) for day in data[CONF_DAYS])
    return WeeklyTime(time.fromisoformat(data[CONF_AT]), days)


def coincide(one: PlanRequest, other: PlanRequest, local: datetime) -> bool:
    """Return whether two plans are ready at the same time, today or in the next two weeks."""
    return bool(_instants(one, local) & _instants(other, local))


def _instants(plan: PlanRequest, local: datetime) -> frozenset[datetime]:
    ready = plan.ready
    if isinstance(ready, OnceTime):
        return frozenset({ready.at})
    zone: tzinfo | None = local.tzinfo
    assert zone is not None
    days = (local.date() + timedelta(days=count) for count in range(_COMPARED_DAYS))
    return frozenset(
        ready_instant(day, ready.at, zone)
        for day in days
        if day.weekday() in ready.days
    )
