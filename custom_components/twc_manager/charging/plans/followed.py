"""The plan that was followed before a restart, and how it goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ..planning.replan import MadePlan
from ..planning.result import Plan
from ..planning.slots import PlanInputs


@dataclass(frozen=True, slots=True)
class PlannedGoal:
    """What a plan was made for: when its vehicle shall be ready, and the kWh that it needed then."""

    ready: datetime
    kwh: float


@dataclass(frozen=True, slots=True)
class FollowedPlan:
    """A plan, and what it was made for at each connector."""

    plan: Plan
    goals: Mapping[int, PlannedGoal]


def followed(made: MadePlan | None) -> FollowedPlan | None:
    """Return a plan as it is stored."""
    if made is None:
        return None
    goals = made.inputs.goals
    return FollowedPlan(
        made.plan,
        {goal.connector_id: PlannedGoal(goal.ready, goal.kwh) for goal in goals},
    )


def resumed(before: FollowedPlan, inputs: PlanInputs) -> MadePlan | None:
    """Return the plan from before a restart with the present inputs; None if it was made for other vehicles or times.

    Other changes since then do not cause a new plan. The next slot of the plan does, and so does a vehicle whose
    connector reports only later.
    """
    goals = []
    for goal in inputs.goals:
        planned = before.goals.get(goal.connector_id)
        if planned is None or planned.ready != goal.ready:
            return None
        goals.append(replace(goal, kwh=planned.kwh))
    if before.plan.vehicles.keys() != before.goals.keys():
        return None
    return MadePlan(before.plan, replace(inputs, goals=tuple(goals)))
