"""The plans of a bus in plain values for the front end."""

from datetime import datetime
from typing import Any

from ..charging.planning.result import PlannedSlot
from ..charging.plans.request import (
    DurationGoal,
    EnergyGoal,
    PercentGoal,
    PlanGoal,
    PlanRequest,
)
from ..charging.plans.status import PlanState, PlanStatus
from ..coordinator import TwcCoordinator
from .connectors import DeviceIds, vehicle_device_id


def plans_as_live(
    coordinator: TwcCoordinator, device_ids: DeviceIds, local: datetime
) -> list[dict[str, Any]]:
    """Return all plans of a bus."""
    plans = coordinator.plans
    return [
        _plan(
            request,
            coordinator.data.plans.get(request.plan_id)
            or PlanStatus(request.plan_id, PlanState.OFF, request.connector_id),
            device_ids,
            vehicle=_device_of_vehicle(coordinator, request),
            enabled=request.enabled
            and not plans.settings.paused
            and not plans.settings.is_skipped(request.plan_id, local),
        )
        for request in plans.requests
    ]


def _device_of_vehicle(coordinator: TwcCoordinator, request: PlanRequest) -> str | None:
    """Return the id of the device of the vehicle that a plan is for; None for whatever is at its connector."""
    if request.vehicle_id is None:
        return None
    return vehicle_device_id(coordinator, request.vehicle_id)


def _plan(
    request: PlanRequest,
    status: PlanStatus,
    device_ids: DeviceIds,
    *,
    vehicle: str | None,
    enabled: bool,
) -> dict[str, Any]:
    at = status.connector_id
    return {
        "plan_id": request.plan_id,
        "name": request.name,
        "connector": None if at is None else device_ids(at),
        "vehicle": vehicle,
        "state": status.state.value,
        "enabled": enabled,
        "ready": None if status.ready is None else status.ready.isoformat(),
        "goal": _goal(request.goal),
        "strategy": request.strategy.value,
        "cost": _rounded(status.cost, 2),
        "cost_at_once": _rounded(status.cost_at_once, 2),
        "currency": status.currency or None,
        "missing_kwh": round(status.missing_kwh, 1),
        "possible_percent": _rounded(status.possible_percent, 0),
        "possible_kwh": _rounded(status.possible_kwh, 1),
        "assumed": sorted(doubt.value for doubt in status.doubts),
        "slots": [_slot(slot, has_cost=bool(status.currency)) for slot in status.slots],
    }


def _goal(goal: PlanGoal) -> dict[str, Any]:
    match goal:
        case PercentGoal(target):
            return {"kind": "percent", "value": target}
        case EnergyGoal(kwh):
            return {"kind": "kwh", "value": kwh}
        case DurationGoal(hours):
            return {"kind": "hours", "value": hours}


def _slot(slot: PlannedSlot, *, has_cost: bool) -> dict[str, Any]:
    """Return a slot; its cost is an estimate if its price is unknown.

    Cards add up slots, so their costs have more decimals than are shown.
    """
    has_price = has_cost and slot.kwh > 0
    return {
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
        "amps": slot.amps,
        "kwh": round(slot.kwh, 3),
        "price": round(slot.cost / slot.kwh, 4) if has_price else None,
        "cost": round(slot.cost, 4) if has_cost else None,
        "known": slot.known,
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
