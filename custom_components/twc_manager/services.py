"""Actions of TWC Manager."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .charging.in_force import CHARGE_NOW_DURATION, ChargeNow
from .const import DOMAIN
from .coordinator import TwcConfigEntry
from .entity import connector_id_of
from .sessions import session_as_response

SERVICE_CHARGE_NOW: Final = "charge_now"
SERVICE_CANCEL_CHARGE_NOW: Final = "cancel_charge_now"
SERVICE_GET_SESSIONS: Final = "get_sessions"

ATTR_AMPS: Final = "amps"
ATTR_DURATION: Final = "duration"
ATTR_FROM: Final = "from"
ATTR_TO: Final = "to"

_LONGEST: Final = timedelta(days=7)

_DEVICES: Final = {
    vol.Optional(ATTR_DEVICE_ID): vol.All(cv.ensure_list, [cv.string]),
}

# To mypy `vol.Schema` is not the class that Home Assistant takes, though it is the same one.
CHARGE_NOW_SCHEMA: Final[Any] = vol.Schema(
    {
        **_DEVICES,
        vol.Optional(ATTR_AMPS): vol.All(vol.Coerce(int), vol.Range(min=1, max=80)),
        vol.Optional(ATTR_DURATION): vol.All(
            cv.time_period, vol.Range(min=timedelta(minutes=1), max=_LONGEST)
        ),
    }
)
CANCEL_CHARGE_NOW_SCHEMA: Final[Any] = vol.Schema(_DEVICES)
GET_SESSIONS_SCHEMA: Final[Any] = vol.Schema(
    {
        **_DEVICES,
        vol.Optional(ATTR_FROM): cv.datetime,
        vol.Optional(ATTR_TO): cv.datetime,
    }
)


@dataclass(frozen=True, slots=True)
class _Target:
    """A bus, and the connectors on it that are meant; None is all of them."""

    entry: TwcConfigEntry
    connectors: frozenset[int] | None


@callback
def async_setup_services(hass: HomeAssistant) -> None:
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
        DOMAIN,
        SERVICE_GET_SESSIONS,
        _async_get_sessions,
        GET_SESSIONS_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


async def _async_charge_now(call: ServiceCall) -> None:
    """Charge at full power for a while."""
    duration: timedelta = call.data.get(ATTR_DURATION, CHARGE_NOW_DURATION)
    amps: int | None = call.data.get(ATTR_AMPS)
    targets = _targets(call)
    for target in targets:
        _check_amps(target, amps)
    for target in targets:
        coordinator = target.entry.runtime_data
        charge_now = ChargeNow.begin(dt_util.now(), duration, amps, target.connectors)
        coordinator.async_choose(replace(coordinator.choices, charge_now=charge_now))


async def _async_cancel_charge_now(call: ServiceCall) -> None:
    """Go back to what holds otherwise."""
    for target in _targets(call):
        coordinator = target.entry.runtime_data
        choices = (
            replace(coordinator.choices, charge_now=None)
            if target.connectors is None
            else coordinator.choices.without_charge_now(
                target.connectors, coordinator.stored_connectors
            )
        )
        coordinator.async_choose(choices)


async def _async_get_sessions(call: ServiceCall) -> ServiceResponse:
    """Return the finished sessions."""
    begin, end = (_aware(call.data.get(key)) for key in (ATTR_FROM, ATTR_TO))
    if begin is not None and end is not None and end <= begin:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="end_before_start"
        )
    sessions = [
        session
        for target in _targets(call)
        for session in target.entry.runtime_data.sessions.find(begin, end)
        if target.connectors is None or session.connector_id in target.connectors
    ]
    sessions.sort(key=lambda session: session.started)
    return {"sessions": [session_as_response(session) for session in sessions]}


def _aware(value: datetime | None) -> datetime | None:
    """Return a time that was entered without a zone as one of the clock on the wall."""
    if value is None or value.tzinfo is not None:
        return value
    return value.replace(tzinfo=dt_util.get_default_time_zone())


def _check_amps(target: _Target, amps: int | None) -> None:
    wiring = target.entry.runtime_data.wiring
    if amps is not None and not wiring.min_current <= amps <= wiring.max_current:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="amps_out_of_range",
            translation_placeholders={
                "value": str(amps),
                "minimum": str(wiring.min_current),
                "maximum": str(wiring.max_current),
            },
        )


def _targets(call: ServiceCall) -> list[_Target]:
    """Return the buses that are meant: those of the devices, or all that are set up."""
    hass = call.hass
    entries: list[TwcConfigEntry] = [
        entry
        for entry in hass.config_entries.async_entries(DOMAIN)
        if entry.state is ConfigEntryState.LOADED
    ]
    if not entries:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_bus"
        )
    device_ids = call.data.get(ATTR_DEVICE_ID)
    if not device_ids:
        return [_Target(entry, None) for entry in entries]
    return _targets_of_devices(hass, entries, device_ids)


def _targets_of_devices(
    hass: HomeAssistant, entries: Iterable[TwcConfigEntry], device_ids: Iterable[str]
) -> list[_Target]:
    by_id = {entry.entry_id: entry for entry in entries}
    meant: dict[str, set[int | None]] = {}
    for device_id in device_ids:
        device: Any = dr.async_get(hass).async_get(device_id)
        entry = by_id.get(device.config_entry_id) if device is not None else None
        if device is None or entry is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_our_device",
                translation_placeholders={"device": device_id},
            )
        meant.setdefault(entry.entry_id, set()).add(connector_id_of(entry, device))
    return [
        _Target(
            by_id[entry_id],
            # The device of the bus stands for all connectors on it.
            None
            if None in connectors
            else frozenset(item for item in connectors if item is not None),
        )
        for entry_id, connectors in meant.items()
    ]
