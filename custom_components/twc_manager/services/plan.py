"""Actions that set a plan for a single time, for automations and dashboards, and cancel it."""

from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.service import verify_domain_control
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonValueType
import voluptuous as vol

from ..charging.modes.schedules import next_time
from ..charging.planning.goals import Strategy
from ..charging.plans.request import OnceTime, PlanGoal, PlanRequest
from ..const import DOMAIN
from ..inputs.plan_checks import (
    AMOUNTS,
    LONGEST_KEEP,
    STRATEGIES,
    is_amount,
    is_keep,
    local_time,
    ready_error,
)
from ..inputs.plans import GOALS, GoalKind
from ..state.names import connector_names
from ..twc import format_id
from ..vehicles.vehicle_data import vehicles_of
from .fields import number
from .plan_reports import reach_as_response
from .target import TARGET_FIELDS, Target, targets_of

SERVICE_SET_PLAN: Final = "set_plan"
SERVICE_CANCEL_PLAN: Final = "cancel_plan"

ATTR_TIME: Final = "time"
ATTR_DATE_TIME: Final = "date_time"
ATTR_STRATEGY: Final = "strategy"
ATTR_KEEP: Final = "keep"
ATTR_NAME: Final = "name"

_GOALS: Final = {
    "level": GoalKind.PERCENT,
    "energy": GoalKind.ENERGY,
    "hours": GoalKind.DURATION,
}
"""The goal of each field."""

# mypy sees another class than Home Assistant's schema, although it is the same one.
SET_PLAN_SCHEMA: Final[Any] = vol.Schema(
    {
        **TARGET_FIELDS,
        **{vol.Optional(field): number for field in _GOALS},
        vol.Optional(ATTR_TIME): cv.time,
        vol.Optional(ATTR_DATE_TIME): cv.datetime,
        vol.Optional(ATTR_STRATEGY, default=Strategy.CHEAPEST.value): vol.All(
            vol.In([item.value for item in STRATEGIES]), vol.Coerce(Strategy)
        ),
        vol.Optional(ATTR_KEEP, default=0): number,
        vol.Optional(ATTR_NAME, default=""): cv.string,
    }
)
CANCEL_PLAN_SCHEMA: Final[Any] = vol.Schema(TARGET_FIELDS)


@callback
def async_setup_plan(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_SET_PLAN,
        _async_set_plan,
        SET_PLAN_SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )
    hass.services.async_register(
        DOMAIN, SERVICE_CANCEL_PLAN, _async_cancel_plan, CANCEL_PLAN_SCHEMA
    )


@verify_domain_control(DOMAIN)
async def _async_set_plan(call: ServiceCall) -> ServiceResponse:
    """Set a plan for the vehicle at each targeted connector, or none at all if a field is not valid.

    The response has what can be reached of each plan.
    """
    kind, goal = _goal(call)
    ready, keep = _ready(call), _keep(call)
    targets = targets_of(call)
    for target in targets:
        if kind is GoalKind.PERCENT:
            _check_level(call.hass, target)
    name = call.data[ATTR_NAME].strip() or f"{dt_util.as_local(ready):%H:%M}"
    answers: list[JsonValueType] = []
    for target in targets:
        plans = target.entry.runtime_data.plans
        for connector_id in _connectors_of(target):
            request = PlanRequest(
                plan_id=_plan_id(connector_id),
                name=name,
                connector_id=connector_id,
                vehicle_id=None,
                goal=goal,
                ready=OnceTime(ready),
                strategy=call.data[ATTR_STRATEGY],
                keep=keep,
            )
            plans.async_set(request)
            reach = plans.reach_of(request, connector_id)
            answers.append(reach_as_response(request, connector_id, reach))
    return {"plans": answers}


@verify_domain_control(DOMAIN)
async def _async_cancel_plan(call: ServiceCall) -> None:
    """Cancel the plans that were set for the targeted connectors."""
    for target in targets_of(call):
        for connector_id in _connectors_of(target):
            target.entry.runtime_data.plans.async_cancel(_plan_id(connector_id))


def _plan_id(connector_id: int) -> str:
    """Return the id of the plan that was set for a connector."""
    return f"set_{format_id(connector_id)}"


def _connectors_of(target: Target) -> list[int]:
    """Return the targeted connectors; the bus stands for all that are known."""
    return sorted(
        item
        for item in target.entry.runtime_data.persistence.connectors
        if target.includes(item)
    )


def _check_level(hass: HomeAssistant, target: Target) -> None:
    """Raise a ServiceValidationError if the level of a vehicle at a targeted connector cannot be known."""
    entry = target.entry
    able = {key for key, item in vehicles_of(entry).items() if item.can_know_level}
    if not able:
        raise _refusal("plan_no_level")
    matched = entry.runtime_data.vehicles.matches.at_connectors
    for connector_id in _connectors_of(target):
        vehicle = matched.get(connector_id)
        name = connector_names(hass, entry).get(connector_id) or format_id(connector_id)
        if vehicle is not None and vehicle not in able:
            raise _refusal("plan_level_unknown", connector=name)
        if vehicle is None and entry.runtime_data.plans.may_be_any(connector_id):
            raise _refusal("plan_vehicle_unknown", connector=name)


def _goal(call: ServiceCall) -> tuple[GoalKind, PlanGoal]:
    """Return the kind of the goal and the goal.

    Raises:
        ServiceValidationError: unless exactly one goal is given, and its amount is possible.

    """
    given = [field for field in _GOALS if field in call.data]
    if len(given) != 1:
        raise _refusal("plan_one_goal")
    kind, amount = _GOALS[given[0]], call.data[given[0]]
    if not is_amount(kind, amount):
        minimum, maximum = AMOUNTS[kind]
        raise _refusal(
            f"plan_{kind.value}_range",
            value=f"{amount:g}",
            minimum=f"{minimum:g}",
            maximum=f"{maximum:g}",
        )
    return kind, GOALS[kind](amount)


def _ready(call: ServiceCall) -> datetime:
    """Return the time at which the vehicles have to be ready.

    Raises:
        ServiceValidationError: unless exactly one time is given, and it is possible.

    """
    if (ATTR_TIME in call.data) is (ATTR_DATE_TIME in call.data):
        raise _refusal("plan_one_time")
    now = dt_util.now()
    if ATTR_TIME in call.data:
        return next_time(now, call.data[ATTR_TIME])
    ready = local_time(call.data[ATTR_DATE_TIME])
    if (error := ready_error(ready, now)) is not None:
        raise _refusal(f"plan_{error}")
    return ready


def _keep(call: ServiceCall) -> timedelta:
    """Return how long before departure the vehicles are kept supplied.

    Raises:
        ServiceValidationError: if that duration is not possible.

    """
    minutes = call.data[ATTR_KEEP]
    if not is_keep(minutes):
        raise _refusal(
            "plan_keep_range", value=f"{minutes:g}", maximum=str(LONGEST_KEEP)
        )
    return timedelta(minutes=minutes)


def _refusal(key: str, **placeholders: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders=placeholders,
    )
