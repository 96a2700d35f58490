"""The action with which a user reports which vehicle is plugged in."""

from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.service import verify_domain_control
import voluptuous as vol

from ..const import DOMAIN
from ..state.identifiers import member_key
from ..types import TwcConfigEntry
from ..vehicles.chosen import GUEST
from ..vehicles.vehicle_data import vehicles_of
from .target import TARGET_FIELDS, single_connector, targets_of

SERVICE_SET_VEHICLE: Final = "set_vehicle"

ATTR_VEHICLE: Final = "vehicle"
ATTR_GUEST: Final = "guest"

# mypy sees another class than Home Assistant's schema, although it is the same one.
SET_VEHICLE_SCHEMA: Final[Any] = vol.Schema(
    {
        **TARGET_FIELDS,
        vol.Optional(ATTR_VEHICLE): cv.string,
        vol.Optional(ATTR_GUEST, default=False): cv.boolean,
    }
)


@callback
def async_setup_vehicle(hass: HomeAssistant) -> None:
    """Register the action."""
    hass.services.async_register(
        DOMAIN, SERVICE_SET_VEHICLE, _async_set_vehicle, SET_VEHICLE_SCHEMA
    )


@verify_domain_control(DOMAIN)
async def _async_set_vehicle(call: ServiceCall) -> None:
    """Use the given vehicle as the one at a connector until it is unplugged.

    Raises:
        ServiceValidationError: if not exactly one connector is targeted, nothing is plugged in there, or the vehicle
            does not belong to the bus.

    """
    entry, connector_id = single_connector(targets_of(call), "vehicle_one_connector")
    coordinator = entry.runtime_data
    reading = coordinator.data.connectors.get(connector_id)
    if reading is None or not (reading.plugged_in or reading.charging):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="vehicle_not_plugged"
        )
    coordinator.vehicles.async_choose(connector_id, _chosen(call, entry))


def _chosen(call: ServiceCall, entry: TwcConfigEntry) -> str | None:
    """Return the id of the vehicle, or `GUEST`; None to match it automatically again.

    Raises:
        ServiceValidationError: if the vehicle does not belong to the bus.

    """
    device_id: str | None = call.data.get(ATTR_VEHICLE)
    if call.data[ATTR_GUEST]:
        return GUEST
    if device_id is None:
        return None
    device = dr.async_get(call.hass).async_get(device_id)
    keys = set() if device is None else {key for _, key in device.identifiers}
    for vehicle_id in vehicles_of(entry):
        if member_key(entry.entry_id, vehicle_id) in keys:
            return vehicle_id
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="vehicle_unknown"
    )
