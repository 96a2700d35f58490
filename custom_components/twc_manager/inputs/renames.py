"""Updates the chosen entities of all buses when their owner renames them, without a reload."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN


def renamed(data: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """Return options or the data of a subentry with the new id of an entity."""
    return {key: new if value == old else value for key, value in data.items()}


@callback
def async_follow_renames(hass: HomeAssistant) -> None:
    """Update the entity ids in options, schedules and vehicles, including those of buses that are not loaded."""

    @callback
    def follow(event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        data = event.data
        if data["action"] == "update" and (old := data.get("old_entity_id")):
            _rename(hass, old, data["entity_id"])

    hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, follow)


def _rename(hass: HomeAssistant, old: str, new: str) -> None:
    for entry in hass.config_entries.async_entries(DOMAIN):
        options = renamed(entry.options, old, new)
        if options != entry.options:
            hass.config_entries.async_update_entry(entry, options=options)
        for subentry in list(entry.subentries.values()):
            data = renamed(subentry.data, old, new)
            if data != subentry.data:
                hass.config_entries.async_update_subentry(entry, subentry, data=data)
