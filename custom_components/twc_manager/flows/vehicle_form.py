"""The form of a vehicle with entities: its fields, and the errors in its input."""

from collections.abc import Collection, Mapping
import re
from typing import Any, Final

from homeassistant.const import CONF_NAME, Platform, UnitOfElectricCurrent, UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
)
import voluptuous as vol

from ..charging.wiring import USEFUL_AMPS
from ..untrusted import finite_number
from ..vehicles.vehicle_data import (
    CONF_BATTERY,
    CONF_CABLE,
    CONF_CAPACITY,
    CONF_CHARGE_CURRENT,
    CONF_CHARGE_LIMIT,
    CONF_CHARGING_STATE,
    CONF_ENERGY_LEFT,
    CONF_LOCATION,
    CONF_SWITCH,
    CONF_THROUGH_VEHICLE,
    CONF_VIN,
)
from .fields import Errors, entity_error, own_entities

ANOTHER: Final = "another"
"""The choice of a vehicle that is not in the list."""

ENTITY_DOMAINS: Final[Mapping[str, tuple[str, ...]]] = {
    CONF_SWITCH: (Platform.SWITCH, "input_boolean"),
    CONF_CABLE: (Platform.BINARY_SENSOR, "input_boolean"),
    CONF_CHARGING_STATE: (Platform.SENSOR, Platform.BINARY_SENSOR),
    CONF_LOCATION: (Platform.DEVICE_TRACKER,),
    CONF_BATTERY: (Platform.SENSOR,),
    CONF_CHARGE_LIMIT: (Platform.NUMBER, Platform.SENSOR, "input_number"),
    CONF_ENERGY_LEFT: (Platform.SENSOR,),
    CONF_CHARGE_CURRENT: (Platform.NUMBER, "input_number"),
}
"""The domains allowed for each entity of a vehicle, by field."""

_UNITS: Final[Mapping[str, tuple[str, ...]]] = {
    CONF_ENERGY_LEFT: (UnitOfEnergy.KILO_WATT_HOUR,),
    CONF_CHARGE_CURRENT: (UnitOfElectricCurrent.AMPERE,),
}
"""The units allowed for an entity, by field; for other fields the unit is not checked."""

CAPACITIES: Final = (5, 250)
"""The minimum and maximum capacity of a battery in kWh."""

_VIN: Final = re.compile(r"[0-9A-HJ-NPR-Z]{17}")


def entities_fields(hass: HomeAssistant) -> dict[Any, Any]:
    """Return the fields for the name, the entities and the VIN."""
    own = own_entities(hass)
    fields: dict[Any, Any] = {vol.Required(CONF_NAME): TextSelector()}
    for key, domains in ENTITY_DOMAINS.items():
        marker = vol.Required if key == CONF_SWITCH else vol.Optional
        fields[marker(key)] = EntitySelector(
            EntitySelectorConfig(
                exclude_entities=own,
                filter=EntityWithDeviceFilterSelectorConfig(domain=list(domains)),
            )
        )
    fields[vol.Required(CONF_THROUGH_VEHICLE, default=False)] = BooleanSelector()
    fields[vol.Optional(CONF_VIN)] = TextSelector()
    return fields


def entity_errors(hass: HomeAssistant, user_input: Mapping[str, Any]) -> Errors:
    """Return the errors of the chosen entities, by field."""
    errors = {
        key: entity_error(
            hass,
            user_input[key],
            domains,
            units=_UNITS.get(key, ()),
            wrong=f"not_{key}",
        )
        for key, domains in ENTITY_DOMAINS.items()
        if key in user_input
    }
    return {key: error for key, error in errors.items() if error is not None}


def current_error(
    hass: HomeAssistant, user_input: Mapping[str, Any], used: Collection[str | None]
) -> Errors:
    """Return the error of the number through which a vehicle is asked for less current, by field.

    Args:
        hass: Home Assistant.
        user_input: the input; its number has passed `entity_errors`.
        used: the numbers of other vehicles.

    """
    entity_id = user_input.get(CONF_CHARGE_CURRENT)
    if entity_id is None:
        missing = user_input[CONF_THROUGH_VEHICLE]
        return {CONF_CHARGE_CURRENT: "current_missing"} if missing else {}
    if entity_id in used:
        return {CONF_CHARGE_CURRENT: "current_used"}
    state = hass.states.get(entity_id)
    minimum = None if state is None else finite_number(state.attributes.get("min"))
    too_high = minimum is not None and minimum >= USEFUL_AMPS
    return {CONF_CHARGE_CURRENT: "current_minimum"} if too_high else {}


def capacity_field() -> dict[Any, Any]:
    """Return the field of the capacity."""
    config = NumberSelectorConfig(
        step="any",
        mode=NumberSelectorMode.BOX,
        unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
    )
    return {vol.Optional(CONF_CAPACITY): NumberSelector(config)}


def capacity_errors(user_input: Mapping[str, Any]) -> Errors:
    """Return the error of the entered capacity, by field; NaN and infinity are out of range."""
    minimum, maximum = CAPACITIES
    good = minimum <= user_input.get(CONF_CAPACITY, minimum) <= maximum
    return {} if good else {CONF_CAPACITY: "capacity_range"}


def entered_vin(user_input: Mapping[str, Any]) -> str | None:
    """Return the entered VIN without spaces and in capitals; None if the field is empty."""
    return "".join(user_input.get(CONF_VIN, "").split()).upper() or None


def vin_error(vin: str | None, used: Collection[str | None]) -> str | None:
    """Return the error of a VIN: invalid, or used by another vehicle; None without an error."""
    if vin is None:
        return None
    if not _VIN.fullmatch(vin):
        return "vin_invalid"
    return "vin_used" if vin in used else None


def form(fields: dict[Any, Any]) -> Any:
    """Return a form; type checkers see another class than Home Assistant's forms."""
    return vol.Schema(fields)


def without_unset(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that are set, to suggest them in a form."""
    return {key: value for key, value in data.items() if value is not None}
