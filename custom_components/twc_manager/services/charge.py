"""Actions that change the current, for users who may control the integration's entities."""

from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.service import verify_domain_control
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..charging.modes.active_rule import CHARGE_NOW_DURATION, ChargeNow
from ..charging.modes.user_settings import UserSettings
from ..const import DOMAIN
from .fields import time_period
from .target import TARGET_FIELDS, Target, targets_of

SERVICE_CHARGE_NOW: Final = "charge_now"
SERVICE_CANCEL_CHARGE_NOW: Final = "cancel_charge_now"
SERVICE_SET_CURRENT: Final = "set_current"

ATTR_AMPS: Final = "amps"
ATTR_DURATION: Final = "duration"

_MAX_DURATION: Final = timedelta(days=7)
_DURATION: Final = vol.All(
    time_period, vol.Range(min=timedelta(minutes=1), max=_MAX_DURATION)
)

# mypy sees another class than Home Assistant's schema, although it is the same one.
CHARGE_NOW_SCHEMA: Final[Any] = vol.Schema(
    {
        **TARGET_FIELDS,
        vol.Optional(ATTR_AMPS): vol.All(vol.Coerce(int), vol.Range(min=1, max=240)),
        vol.Optional(ATTR_DURATION): _DURATION,
    }
)
CANCEL_CHARGE_NOW_SCHEMA: Final[Any] = vol.Schema(TARGET_FIELDS)
SET_CURRENT_SCHEMA: Final[Any] = vol.Schema(
    {
        **TARGET_FIELDS,
        vol.Required(ATTR_AMPS): vol.All(vol.Coerce(int), vol.Range(min=0, max=240)),
        vol.Optional(ATTR_DURATION): _DURATION,
    }
)


@callback
def async_setup_charge(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(
        DOMAIN, SERVICE_CHARGE_NOW, _async_charge_now, CHARGE_NOW_SCHEMA
    )
    hass.services.async_register(
        DOMAIN,
        SERVICE_CANCEL_CHARGE_NOW,
        _async_cancel_charge_now,
        CANCEL_CHARGE_NOW_SCHEMA,
    )
    hass.services.async_register(
        DOMAIN, SERVICE_SET_CURRENT, _async_set_current, SET_CURRENT_SCHEMA
    )


@verify_domain_control(DOMAIN)
async def _async_charge_now(call: ServiceCall) -> None:
    """Charge at full power for a while."""
    duration: timedelta = call.data.get(ATTR_DURATION, CHARGE_NOW_DURATION)
    amps: int | None = call.data.get(ATTR_AMPS)
    targets = targets_of(call)
    if amps is not None:
        for target in targets:
            _check_amps(amps, target, target.entry.runtime_data.wiring.max_current)
    for target in targets:
        coordinator = target.entry.runtime_data
        charge_now = ChargeNow.begin(dt_util.now(), duration, amps, target.connectors)
        coordinator.async_update_user_settings(
            coordinator.user_settings.with_charge_now(charge_now), call.context
        )


@verify_domain_control(DOMAIN)
async def _async_cancel_charge_now(call: ServiceCall) -> None:
    """Return to the schedules and the mode."""
    for target in targets_of(call):
        coordinator = target.entry.runtime_data
        user_settings = (
            replace(coordinator.user_settings, charge_now=())
            if target.connectors is None
            else coordinator.user_settings.without_charge_now(
                target.connectors, coordinator.persistence.connectors
            )
        )
        coordinator.async_update_user_settings(user_settings, call.context)


@verify_domain_control(DOMAIN)
async def _async_set_current(call: ServiceCall) -> None:
    """Set charge limits or the total current limit, permanently or for a while."""
    amps: int = call.data[ATTR_AMPS]
    duration: timedelta | None = call.data.get(ATTR_DURATION)
    # In UTC, because a day in local time may have 23 or 25 hours.
    end = None if duration is None else dt_util.as_utc(dt_util.now()) + duration
    targets = targets_of(call)
    if amps:
        for target in targets:
            _check_current(amps, target)
    for target in targets:
        coordinator = target.entry.runtime_data
        user_settings: UserSettings = coordinator.user_settings
        for connector_id in _limits_of(target):
            user_settings = user_settings.with_current(connector_id, amps, end)
        coordinator.async_update_user_settings(user_settings, call.context)


def _limits_of(target: Target) -> list[int | None]:
    """Return the connectors whose charge limit to set; None for the total current limit of the bus."""
    if target.connectors is None:
        return [None]
    return [*sorted(target.connectors)]


def _check_current(amps: int, target: Target) -> None:
    """Refuse a current outside the range of the limits.

    Raises:
        ServiceValidationError: if a limit cannot be set to this current.

    """
    coordinator = target.entry.runtime_data
    wiring = coordinator.wiring
    for connector_id in _limits_of(target):
        maximum = wiring.max_current
        if connector_id is not None:
            stored = coordinator.persistence.connectors.get(connector_id)
            rating = inf if stored is None else stored.known.rating
            maximum = wiring.connector_maximum(rating)
        _check_amps(amps, target, maximum)


def _check_amps(amps: int, target: Target, maximum: int) -> None:
    minimum = min(target.entry.runtime_data.wiring.min_current, maximum)
    if not minimum <= amps <= maximum:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="amps_out_of_range",
            translation_placeholders={
                "value": str(amps),
                "minimum": str(minimum),
                "maximum": str(maximum),
            },
        )
