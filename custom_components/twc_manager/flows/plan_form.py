"""The form of a plan: its fields, and the checks of what was entered."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.const import CONF_NAME, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import (
    DateTimeSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
    TimeSelector,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..charging.planning.goals import Strategy
from ..charging.plans.request import MAXIMUM_HOURS, MAXIMUM_KWH
from ..inputs.plan_checks import (
    LONGEST_KEEP,
    STRATEGIES,
    is_amount,
    is_keep,
    local_time,
    ready_error,
)
from ..inputs.plans import (
    CONF_AMOUNT,
    CONF_AT,
    CONF_CONNECTOR,
    CONF_DAYS,
    CONF_GOAL,
    CONF_KEEP,
    CONF_READY,
    CONF_STRATEGY,
    CONF_VEHICLE,
    GoalKind,
)
from ..inputs.schedules import WEEKDAYS
from ..state.names import connector_names
from ..twc import format_id
from ..types import TwcConfigEntry
from ..vehicles.vehicle_data import SUBENTRY_VEHICLE, vehicles_of
from .fields import Errors, choice, named, number, weekdays

CONF_PLANNED_VEHICLE: Final = "car"
"""The connector or the vehicle that a plan is for."""

LIMITS: Final = {
    "longest_keep": str(LONGEST_KEEP),
    "maximum_hours": f"{MAXIMUM_HOURS:g}",
    "maximum_kwh": f"{MAXIMUM_KWH:g}",
}
"""The placeholders of the texts."""

_PREFIXES: Final = {CONF_CONNECTOR: "connector_", CONF_VEHICLE: "vehicle_"}
_SUGGESTED: Final[Mapping[str, Any]] = {
    CONF_GOAL: GoalKind.ENERGY.value,
    CONF_STRATEGY: Strategy.CHEAPEST.value,
    CONF_KEEP: 0,
}
_WEEKLY: Final[Mapping[Any, Any]] = {
    vol.Required(CONF_DAYS): weekdays(),
    vol.Required(CONF_AT): TimeSelector(),
}
_ONCE: Final[Mapping[Any, Any]] = {vol.Required(CONF_READY): DateTimeSelector()}
TIMES: Final = {"weekly": _WEEKLY, "once": _ONCE}
"""The fields of the times of a plan, by step."""


def plan_schema(step_id: str, options: Mapping[str, str]) -> Any:
    """Return the form of a step; `options` are the names of the connectors and vehicles by their value."""
    amount = NumberSelectorConfig(step="any", mode=NumberSelectorMode.BOX)
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_PLANNED_VEHICLE): named(options),
            vol.Required(CONF_GOAL): choice("plan_goal", GoalKind),
            vol.Required(CONF_AMOUNT): NumberSelector(amount),
            **TIMES[step_id],
            vol.Required(CONF_STRATEGY): choice("plan_strategy", STRATEGIES),
            vol.Required(CONF_KEEP): number(UnitOfTime.MINUTES),
        }
    )


def vehicle_options(
    hass: HomeAssistant, entry: TwcConfigEntry, before: Mapping[str, Any]
) -> dict[str, str]:
    """Return the names of the vehicles and connectors, and of the connector that the stored plan names."""
    options = {
        f"{_PREFIXES[CONF_VEHICLE]}{subentry.subentry_id}": subentry.title
        for subentry in entry.get_subentries_of_type(SUBENTRY_VEHICLE)
    }
    names = {
        format_id(connector_id): name
        for connector_id, name in connector_names(hass, entry).items()
    }
    if (stored := before.get(CONF_CONNECTOR)) is not None:
        names.setdefault(stored, "")
    return options | {
        f"{_PREFIXES[CONF_CONNECTOR]}{key}": name or key for key, name in names.items()
    }


def suggestions(step_id: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the suggested values for the form of a step, from the stored data of a plan."""
    shown = {**_SUGGESTED, **{key: data[key] for key in _SUGGESTED if key in data}}
    if CONF_AMOUNT in data:
        shown[CONF_AMOUNT] = data[CONF_AMOUNT]
    for key, prefix in _PREFIXES.items():
        if key in data:
            shown[CONF_PLANNED_VEHICLE] = f"{prefix}{data[key]}"
    return shown | _suggested_time(step_id, data)


def _suggested_time(step_id: str, data: Mapping[str, Any]) -> dict[str, Any]:
    if step_id == "weekly":
        return {
            CONF_DAYS: data.get(CONF_DAYS, list(WEEKDAYS)),
            CONF_AT: data.get(CONF_AT, "07:00:00"),
        }
    if CONF_READY in data:
        ready = dt_util.as_local(datetime.fromisoformat(data[CONF_READY]))
    else:
        # Without a suggestion, the field would start with today at 0:00, which has passed.
        ready = dt_util.start_of_local_day() + timedelta(days=1, hours=7)
    return {CONF_READY: ready.strftime("%Y-%m-%d %H:%M:%S")}


def plan_errors(user_input: Mapping[str, Any], entry: TwcConfigEntry) -> Errors:
    """Return the errors of the input except those of the name, by field."""
    errors = _goal_errors(user_input, entry)
    if user_input.get(CONF_DAYS) == []:
        errors[CONF_DAYS] = "no_day"
    if CONF_READY in user_input:
        error = ready_error(local_time(user_input[CONF_READY]), dt_util.now())
        if error is not None:
            errors[CONF_READY] = error
    if not is_keep(user_input[CONF_KEEP]):
        errors[CONF_KEEP] = "keep_range"
    return errors


def _goal_errors(user_input: Mapping[str, Any], entry: TwcConfigEntry) -> Errors:
    goal, amount = GoalKind(user_input[CONF_GOAL]), user_input[CONF_AMOUNT]
    if not is_amount(goal, amount):
        return {CONF_AMOUNT: f"{goal.value}_range"}
    vehicle_id = _part(user_input, CONF_VEHICLE)
    if goal is GoalKind.PERCENT and not _knows_level(entry, vehicle_id):
        return {CONF_GOAL: "no_level"}
    return {}


def _knows_level(entry: TwcConfigEntry, vehicle_id: str | None) -> bool:
    """Return whether the level of a vehicle can be known, or that of any vehicle if the plan is for a connector."""
    vehicles = vehicles_of(entry)
    if vehicle_id is not None:
        vehicles = {vehicle_id: vehicles[vehicle_id]}
    return any(item.can_know_level for item in vehicles.values())


def as_stored(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data to store: only the fields of this kind, times in ISO format, days in order."""
    data: dict[str, Any] = {
        CONF_GOAL: user_input[CONF_GOAL],
        CONF_AMOUNT: user_input[CONF_AMOUNT],
        CONF_STRATEGY: user_input[CONF_STRATEGY],
        CONF_KEEP: int(user_input[CONF_KEEP]),
    }
    for key in _PREFIXES:
        if (part := _part(user_input, key)) is not None:
            data[key] = part
    if CONF_READY in user_input:
        data[CONF_READY] = local_time(user_input[CONF_READY]).isoformat(
            timespec="seconds"
        )
    else:
        data[CONF_DAYS] = [day for day in WEEKDAYS if day in user_input[CONF_DAYS]]
        data[CONF_AT] = cv.time(user_input[CONF_AT]).isoformat("seconds")
    return data


def _part(user_input: Mapping[str, Any], key: str) -> str | None:
    """Return the chosen connector or vehicle, by `key`; None if the other kind was chosen."""
    option, prefix = user_input[CONF_PLANNED_VEHICLE], _PREFIXES[key]
    return option.removeprefix(prefix) if option.startswith(prefix) else None
