"""The plans of a bus in plain values for the front end."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from ..charging.planning.result import PlannedSlot
from ..charging.planning.series import Series
from ..charging.plans.request import (
    DurationGoal,
    EnergyGoal,
    PercentGoal,
    PlanGoal,
    PlanRequest,
)
from ..charging.plans.status import PlanState, PlanStatus
from ..coordinator import TwcCoordinator

type DeviceIds = Callable[[int | None], str | None]
"""Returns the id of the device of a connector."""

_SUNNY: Final = 0.5
"""From this share of its power on, a slot counts as one with sun."""


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
            plans.sun,
            enabled=request.enabled
            and not plans.settings.paused
            and not plans.settings.is_skipped(request.plan_id, local),
        )
        for request in plans.requests
    ]


def _plan(
    request: PlanRequest,
    status: PlanStatus,
    device_ids: DeviceIds,
    sun: Series,
    *,
    enabled: bool,
) -> dict[str, Any]:
    at = status.connector_id
    possible = status.possible_percent
    if not isinstance(request.goal, PercentGoal):
        possible = status.possible_kwh
    return {
        "plan_id": request.plan_id,
        "name": request.name,
        "connector": None if at is None else device_ids(at),
        "state": status.state.value,
        "enabled": enabled,
        "ready": None if status.ready is None else status.ready.isoformat(),
        "goal": _goal(request.goal),
        "cost": _rounded(status.cost, 2),
        "cost_at_once": _rounded(status.cost_at_once, 2),
        "missing_kwh": round(status.missing_kwh, 1),
        "possible": _rounded(possible, 1),
        "slots": list(_slots(status.slots, sun)),
    }


def _goal(goal: PlanGoal) -> dict[str, Any]:
    match goal:
        case PercentGoal(target):
            return {"kind": "percent", "value": target}
        case EnergyGoal(kwh):
            return {"kind": "kwh", "value": kwh}
        case DurationGoal(hours):
            return {"kind": "hours", "value": hours}


def _slots(slots: tuple[PlannedSlot, ...], sun: Series) -> Iterator[dict[str, Any]]:
    for slot in slots:
        has_price = slot.known and slot.kwh > 0
        yield {
            "start": slot.start.isoformat(),
            "end": slot.end.isoformat(),
            "amps": slot.amps,
            "price": round(slot.cost / slot.kwh, 4) if has_price else None,
            "cost": round(slot.cost, 2) if has_price else None,
            "source": _source(slot, sun),
        }


def _source(slot: PlannedSlot, sun: Series) -> str | None:
    """Return where most of the power of a slot comes from; None without a forecast for it."""
    watts = sun.at(slot.start)
    if watts is None:
        return None
    return "sun" if watts >= _SUNNY * slot.watts else "grid"


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
