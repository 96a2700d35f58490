"""The devices of buses, connectors, vehicles, accounts and plans in Home Assistant's registry."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from ..const import DOMAIN
from .identifiers import connector_key


def device_id_of(hass: HomeAssistant, entry_id: str, key: str) -> str | None:
    """Return the id of the device with an identifier; None without such a device: owners may remove devices."""
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, key), entry_id)
    return None if device is None else device.id


def device_id_at(
    hass: HomeAssistant, entry_id: str, connector_id: int | None
) -> str | None:
    """Return the id of the device of a connector, or of the bus without one; None if there is no device."""
    if connector_id is None:
        return device_id_of(hass, entry_id, entry_id)
    return device_id_of(hass, entry_id, connector_key(entry_id, connector_id))
