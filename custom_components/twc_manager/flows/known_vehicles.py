"""The Teslas of other integrations, with the entities that matter to charging."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..vehicles.vehicle_data import (
    CONF_BATTERY,
    CONF_CABLE,
    CONF_CHARGE_CURRENT,
    CONF_CHARGE_LIMIT,
    CONF_CHARGING_STATE,
    CONF_ENERGY_LEFT,
    CONF_LOCATION,
    CONF_SWITCH,
)

type _Parts = Mapping[str, tuple[Platform, str]]

# Unique ids consist of the VIN, a dash and one of these keys.
_COMMON: Final[_Parts] = MappingProxyType(
    {
        CONF_SWITCH: (Platform.SWITCH, "charge_state_user_charge_enable_request"),
        CONF_CABLE: (Platform.BINARY_SENSOR, "charge_state_conn_charge_cable"),
        CONF_CHARGING_STATE: (Platform.SENSOR, "charge_state_charging_state"),
        CONF_LOCATION: (Platform.DEVICE_TRACKER, "location"),
        CONF_BATTERY: (Platform.SENSOR, "charge_state_battery_level"),
        CONF_CHARGE_LIMIT: (Platform.NUMBER, "charge_state_charge_limit_soc"),
        CONF_CHARGE_CURRENT: (Platform.NUMBER, "charge_state_charge_current_request"),
    }
)
_PARTS: Final[Mapping[str, _Parts]] = {
    "tesla_fleet": _COMMON,
    "teslemetry": {**_COMMON, CONF_ENERGY_LEFT: (Platform.SENSOR, "energy_remaining")},
    "tessie": {
        **_COMMON,
        CONF_SWITCH: (Platform.SWITCH, "charge_state_charge_enable_request"),
        CONF_BATTERY: (Platform.SENSOR, "charge_state_usable_battery_level"),
        CONF_ENERGY_LEFT: (Platform.SENSOR, "charge_state_energy_remaining"),
    },
}


@dataclass(frozen=True, slots=True)
class KnownVehicle:
    """A vehicle of another integration.

    Attributes:
        vin: vehicle identification number.
        name: name of its device.
        entities: its entities by field of the form; a switch is always among them.

    """

    vin: str = field(repr=False)
    name: str
    entities: Mapping[str, str]


def known_vehicles(hass: HomeAssistant) -> dict[str, KnownVehicle]:
    """Return the vehicles that another integration can start and stop, by their switches."""
    return {vehicle.entities[CONF_SWITCH]: vehicle for vehicle in _known_vehicles(hass)}


def _known_vehicles(hass: HomeAssistant) -> Iterator[KnownVehicle]:
    registry, devices = er.async_get(hass), dr.async_get(hass)
    for entry in registry.entities.values():
        if entry.disabled or (parts := _PARTS.get(entry.platform)) is None:
            continue
        vin, _, key = entry.unique_id.partition("-")
        if (entry.domain, key) != parts[CONF_SWITCH]:
            continue
        device = devices.async_get(entry.device_id) if entry.device_id else None
        name = device and (device.name_by_user or device.name)
        yield KnownVehicle(
            vin=vin,
            name=name or f"Tesla …{vin[-4:]}",
            entities=dict(_entities(registry, entry.platform, vin, parts)),
        )


def _entities(
    registry: er.EntityRegistry, platform: str, vin: str, parts: _Parts
) -> Iterator[tuple[str, str]]:
    """Yield the enabled entities of a vehicle, by field of the form."""
    for part, (domain, key) in parts.items():
        entity_id = registry.async_get_entity_id(domain, platform, f"{vin}-{key}")
        if entity_id is None:
            continue
        entry = registry.async_get(entity_id)
        if entry is not None and not entry.disabled:
            yield part, entity_id
