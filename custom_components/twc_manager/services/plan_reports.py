"""Plans in the responses of `get_plan` and `set_plan`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from homeassistant.util import dt as dt_util

from ..charging.plans.reach import Reach
from ..charging.plans.request import (
    DurationGoal,
    EnergyGoal,
    OnceTime,
    PercentGoal,
    PlanGoal,
    PlanRequest,
)
from ..charging.plans.status import PlanState, PlanStatus
from ..coordinator import TwcCoordinator
from ..state.plan_slots import slots_as_response
from ..twc import format_id


def plans_at(
    coordinator: TwcCoordinator, connector_id: int
) -> Iterator[dict[str, Any]]:
    """Yield the plans for a connector in plain values, whether they are in force now or later."""
    for request in coordinator.plans.requests:
        status = coordinator.data.plans.get(request.plan_id)
        if status is not None and status.connector_id == connector_id:
            yield _as_response(request, status)


def _as_response(request: PlanRequest, status: PlanStatus) -> dict[str, Any]:
    """Return a plan and its status; costs without a known price are None."""
    return {
        "plan": request.name,
        "set_once_by_action": request.plan_id.startswith("set_"),
        **_goal_as_response(request.goal),
        "strategy": request.strategy.value,
        "keep_minutes": round(request.keep.total_seconds() / 60),
        "state": status.state.value,
        "feasible": status.state not in {PlanState.UNREACHABLE, PlanState.FAILED},
        "ready": time_text(status.ready),
        "next_start": time_text(status.next_start),
        "next_end": time_text(status.next_end),
        "next_price": _rounded(status.next_price, 4),
        "cost": _rounded(status.cost, 2),
        "cost_at_once": _rounded(status.cost_at_once, 2),
        "currency": status.currency or None,
        "missing_kwh": round(status.missing_kwh, 2),
        "possible_level": _rounded(status.possible_percent, 0),
        "possible_kwh": _rounded(status.possible_kwh, 1),
        "assumed": sorted(doubt.value for doubt in status.doubts),
        "slots": slots_as_response(status.slots),
    }


def reach_as_response(
    request: PlanRequest, connector_id: int, reach: Reach | None
) -> dict[str, Any]:
    """Return what can be reached of a plan that was set, in plain values; None where that is unknown."""
    ready = request.ready.at if isinstance(request.ready, OnceTime) else None
    return {
        "connector": format_id(connector_id),
        "plan": request.name,
        **_goal_as_response(request.goal),
        "ready": time_text(ready),
        "possible": None if reach is None else reach.is_enough,
        "needed_kwh": None if reach is None else _rounded(reach.needed_kwh, 1),
        "possible_kwh": None if reach is None else _rounded(reach.possible_kwh, 1),
        "possible_level": None
        if reach is None
        else _rounded(reach.possible_percent, 0),
    }


def _goal_as_response(goal: PlanGoal) -> dict[str, Any]:
    match goal:
        case PercentGoal(target):
            return {"goal": target, "goal_unit": "%"}
        case EnergyGoal(kwh):
            return {"goal": kwh, "goal_unit": "kWh"}
        case DurationGoal(hours):
            return {"goal": hours, "goal_unit": "h"}


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def time_text(at: datetime | None) -> str | None:
    """Return an instant as local time in ISO format; None without one."""
    return None if at is None else dt_util.as_local(at).isoformat(timespec="seconds")
