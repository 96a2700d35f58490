"""Actions that report finished sessions, the rules in force and the next ones."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, Final

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..charging.metering.amounts import Amounts
from ..charging.metering.monthly import MonthKey
from ..charging.metering.sessions import Session, month_of
from ..charging.modes.active_rule import RuleSettings, next_rule, rule_for
from ..charging.outcome import ActiveRule
from ..const import DOMAIN
from ..coordinator import TwcCoordinator
from ..state.devices import device_id_at
from ..state.sessions import month_as_response, session_as_response
from ..twc import format_id
from ..vehicles.vehicle_data import name_of
from .access import async_check_read_access
from .plan_reports import plans_at, time_text
from .session_query import SPAN_FIELDS, sessions_of, span_of
from .target import TARGET_FIELDS, Target, targets_of

SERVICE_GET_SESSIONS: Final = "get_sessions"
SERVICE_GET_PLAN: Final = "get_plan"

# mypy sees another class than Home Assistant's schema, although it is the same one.
GET_SESSIONS_SCHEMA: Final[Any] = vol.Schema({**TARGET_FIELDS, **SPAN_FIELDS})
GET_PLAN_SCHEMA: Final[Any] = vol.Schema(TARGET_FIELDS)


@callback
def async_setup_reports(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN,
        SERVICE_GET_SESSIONS,
        _async_get_sessions,
        GET_SESSIONS_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_GET_PLAN,
        _async_get_plan,
        GET_PLAN_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


async def _async_get_sessions(call: ServiceCall) -> ServiceResponse:
    """Return the finished sessions, and the sums of their months."""
    begin, end = span_of(call)
    targets = await _async_readable_targets(call)
    sessions = [
        (session.started, _session_as_response(call.hass, target, session))
        for target in targets
        for session in sessions_of(target, begin, end)
    ]
    sessions.sort(key=itemgetter(0))
    months = [item for target in targets for item in _months(target, begin, end)]
    months.sort(key=lambda item: item[0])
    return {
        "sessions": [response for _, response in sessions],
        "months": [month_as_response(*item) for item in months],
    }


def _session_as_response(
    hass: HomeAssistant, target: Target, session: Session
) -> dict[str, Any]:
    """Return a session in plain values, with the device of its connector; None if that was removed."""
    entry = target.entry
    vehicle = name_of(entry, session.vehicle_id, session.vin)
    return {
        "device_id": device_id_at(hass, entry.entry_id, session.connector_id),
        **session_as_response(session, vehicle),
    }


def _months(
    target: Target, begin: datetime | None, end: datetime | None
) -> Iterator[tuple[MonthKey, str | None, Amounts]]:
    """Yield the sums of the months of a target that overlap a time span, and the names of their vehicles."""
    entry = target.entry
    for key, amounts in entry.runtime_data.persistence.sessions.months.rows:
        if target.includes(key.connector_id) and _is_within(key.month, begin, end):
            yield key, name_of(entry, key.vehicle_id), amounts


def _is_within(month: str, begin: datetime | None, end: datetime | None) -> bool:
    """Return whether a month overlaps a time span."""
    if begin is not None and month < month_of(dt_util.as_local(begin)):
        return False
    before = None if end is None else dt_util.as_local(end) - timedelta(microseconds=1)
    return before is None or month <= month_of(before)


async def _async_readable_targets(call: ServiceCall) -> list[Target]:
    """Return the targets, all of which the calling user may read."""
    targets = targets_of(call)
    await async_check_read_access(call, targets)
    return targets


async def _async_get_plan(call: ServiceCall) -> ServiceResponse:
    """Return the rule in force, the next rule and the plans of each connector."""
    local = dt_util.now()
    plans: list[dict[str, Any]] = []
    for target in await _async_readable_targets(call):
        coordinator = target.entry.runtime_data
        settings = coordinator.rule_settings()
        plans += [
            _plan(coordinator, settings, connector_id, local)
            for connector_id in sorted(coordinator.data.explanations)
            if target.includes(connector_id)
        ]
    return {"connectors": list(plans)}


def _plan(
    coordinator: TwcCoordinator,
    settings: RuleSettings,
    connector_id: int,
    local: datetime,
) -> dict[str, Any]:
    """Return the plan of a connector in plain values, with currents in A."""
    explanation = coordinator.data.explanations[connector_id]
    reading = coordinator.data.connectors.get(connector_id)
    following = next_rule(settings, connector_id, local)
    return {
        "connector": format_id(connector_id),
        **_rule_as_response(rule_for(settings, connector_id, local)),
        "offered_amps": None if reading is None else reading.offered_current,
        "reason": explanation.reason.value,
        "until": None if following is None else time_text(following.start),
        "next_change": time_text(explanation.next_change),
        "next": None if following is None else _rule_as_response(following.active_rule),
        "plans": list(plans_at(coordinator, connector_id)),
    }


def _rule_as_response(rule: ActiveRule) -> dict[str, Any]:
    """Return a rule in plain values; without amps it allows the maximum."""
    return {
        "rule": rule.rule.value,
        "schedule": rule.name,
        "amps": rule.amps,
        "green_only": rule.green,
    }
