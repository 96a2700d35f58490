"""Actions that tell what was, what is in force, and what comes next."""

from datetime import datetime
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
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..charging.modes.active_rule import RuleSettings, next_rule, rule_for
from ..charging.outcome import ActiveRule
from ..const import DOMAIN
from ..coordinator import TwcCoordinator
from ..state.sessions import session_as_response
from ..twc import format_id
from .target import TARGET_FIELDS, targets_of

SERVICE_GET_SESSIONS: Final = "get_sessions"
SERVICE_GET_PLAN: Final = "get_plan"

ATTR_FROM: Final = "from"
ATTR_TO: Final = "to"

# To mypy `vol.Schema` is not the class that Home Assistant takes, though it is the same one.
GET_SESSIONS_SCHEMA: Final[Any] = vol.Schema(
    {
        **TARGET_FIELDS,
        vol.Optional(ATTR_FROM): cv.datetime,
        vol.Optional(ATTR_TO): cv.datetime,
    }
)
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
    """Return the finished sessions."""
    begin, end = (_aware(call.data.get(key)) for key in (ATTR_FROM, ATTR_TO))
    if begin is not None and end is not None and end <= begin:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="end_before_start"
        )
    sessions = [
        session
        for target in targets_of(call)
        for session in target.entry.runtime_data.persistence.sessions.find(begin, end)
        if target.means(session.connector_id)
    ]
    sessions.sort(key=lambda session: session.started)
    return {"sessions": [session_as_response(session) for session in sessions]}


def _aware(value: datetime | None) -> datetime | None:
    """Return a time that was entered without a zone as one of the clock on the wall."""
    if value is None or value.tzinfo is not None:
        return value
    return value.replace(tzinfo=dt_util.get_default_time_zone())


async def _async_get_plan(call: ServiceCall) -> ServiceResponse:
    """Return what is in force for each connector, and what comes next."""
    local = dt_util.now()
    plans: list[dict[str, Any]] = []
    for target in targets_of(call):
        coordinator = target.entry.runtime_data
        settings = coordinator.rule_settings()
        plans += [
            _plan(coordinator, settings, connector_id, local)
            for connector_id in sorted(coordinator.data.explanations)
            if target.means(connector_id)
        ]
    return {"connectors": list(plans)}


def _plan(
    coordinator: TwcCoordinator,
    settings: RuleSettings,
    connector_id: int,
    local: datetime,
) -> dict[str, Any]:
    """Return one connector's plan in plain values: A and times."""
    explanation = coordinator.data.explanations[connector_id]
    reading = coordinator.data.connectors.get(connector_id)
    following = next_rule(settings, connector_id, local)
    return {
        "connector": format_id(connector_id),
        **_rule_as_response(rule_for(settings, connector_id, local)),
        "offered_amps": None if reading is None else reading.offered_current,
        "reason": explanation.reason.value,
        "until": None if following is None else _text(following.start),
        "next_change": _text(explanation.next_change),
        "next": None if following is None else _rule_as_response(following.active_rule),
    }


def _rule_as_response(what: ActiveRule) -> dict[str, Any]:
    """Return what a rule allows; no amps are all there is."""
    return {
        "rule": what.rule.value,
        "schedule": what.name,
        "amps": what.amps,
        "green_only": what.green,
    }


def _text(at: datetime | None) -> str | None:
    return None if at is None else dt_util.as_local(at).isoformat(timespec="seconds")
