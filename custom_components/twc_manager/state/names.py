"""The names of connectors, as the owner sees them on their devices."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from ..types import TwcConfigEntry
from .identifiers import connector_id_of


def connector_names(hass: HomeAssistant, entry: TwcConfigEntry) -> dict[int, str]:
    """Return the names of the known connectors, by id."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    names = {
        connector_id: device.name_by_user or device.name or ""
        for device in devices
        if (connector_id := connector_id_of(entry.entry_id, device)) is not None
    }
    return dict(sorted(names.items()))
