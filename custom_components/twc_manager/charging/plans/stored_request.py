"""Plans as JSON values, to be stored over a restart."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from ..planning.goals import Strategy
from .request import (
    DurationGoal,
    EnergyGoal,
    OnceTime,
    PercentGoal,
    PlanGoal,
    PlanRequest,
    ReadyTime,
    WeeklyTime,
)


def request_as_dict(request: PlanRequest) -> dict[str, Any]:
    """Return a plan as a dictionary that is fit for JSON."""
    return {
        "id": request.plan_id,
        "name": request.name,
        "connector": request.connector_id,
        "vehicle": request.vehicle_id,
        "goal": _goal_as_dict(request.goal),
        "ready": _ready_as_dict(request.ready),
        "strategy": request.strategy.value,
        "keep_s": request.keep.total_seconds(),
        "enabled": request.enabled,
    }


def request_from_dict(data: Mapping[str, Any]) -> PlanRequest:
    """Return what `request_as_dict` was given.

    Raises:
        AttributeError, KeyError, OverflowError, TypeError, ValueError: if the data is something else.

    """
    connector, vehicle = data["connector"], data["vehicle"]
    return PlanRequest(
        plan_id=str(data["id"]),
        name=str(data["name"]),
        connector_id=None if connector is None else int(connector),
        vehicle_id=None if vehicle is None else str(vehicle),
        goal=_goal_from_dict(data["goal"]),
        ready=_ready_from_dict(data["ready"]),
        strategy=Strategy(data["strategy"]),
        keep=timedelta(seconds=float(data["keep_s"])),
        enabled=bool(data["enabled"]),
    )


def _goal_as_dict(goal: PlanGoal) -> dict[str, float]:
    match goal:
        case PercentGoal(target):
            return {"percent": target}
        case EnergyGoal(kwh):
            return {"kwh": kwh}
        case DurationGoal(hours):
            return {"hours": hours}


def _goal_from_dict(data: Mapping[str, Any]) -> PlanGoal:
    if "percent" in data:
        return PercentGoal(float(data["percent"]))
    if "kwh" in data:
        return EnergyGoal(float(data["kwh"]))
    return DurationGoal(float(data["hours"]))


def _ready_as_dict(ready: ReadyTime) -> dict[str, Any]:
    match ready:
        case WeeklyTime(at, days):
            return {"clock": at.isoformat(), "days": sorted(days)}
        case OnceTime(at):
            return {"at": at.isoformat()}


def _ready_from_dict(data: Mapping[str, Any]) -> ReadyTime:
    if "at" in data:
        return OnceTime(datetime.fromisoformat(data["at"]))
    days = frozenset(int(day) for day in data["days"])
    return WeeklyTime(time.fromisoformat(data["clock"]), days)
