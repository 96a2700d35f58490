"""Which buses and connectors an action means."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID, ENTITY_MATCH_ALL
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.target import (
    SelectedEntities,
    TargetSelection,
    async_extract_referenced_entity_ids,
)

from ..const import DOMAIN
from ..state.identifiers import connector_id_of
from ..types import TwcConfigEntry

TARGET_FIELDS: Final[dict[Any, Any]] = cv.TARGET_SERVICE_FIELDS
"""Entities, devices, areas, floors and labels; without any, all is meant."""


@dataclass(frozen=True, slots=True)
class Target:
    """A bus, and the connectors on it that are meant; None is all of them."""

    entry: TwcConfigEntry
    connectors: frozenset[int] | None

    def means(self, connector_id: int) -> bool:
        """Return whether a connector of the bus is meant."""
        return self.connectors is None or connector_id in self.connectors


def targets_of(call: ServiceCall) -> list[Target]:
    """Return the buses that are meant, or all that are set up if none is named.

    The device of a bus stands for all connectors on it, and an entity for its device.

    Raises:
        ServiceValidationError: if no bus is set up, or something is named that belongs to none.

    """
    entries: list[TwcConfigEntry] = [
        entry
        for entry in call.hass.config_entries.async_entries(DOMAIN)
        if entry.state is ConfigEntryState.LOADED
    ]
    if not entries:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_bus"
        )
    names_nobody = not any(str(field) in call.data for field in TARGET_FIELDS)
    if names_nobody or call.data.get(ATTR_ENTITY_ID) == ENTITY_MATCH_ALL:
        return [Target(entry, None) for entry in entries]
    return _targets_of_devices(entries, _devices_of(call, entries))


def _devices_of(
    call: ServiceCall, entries: Iterable[TwcConfigEntry]
) -> list[dr.DeviceEntry]:
    """Return our devices among what is named.

    What is named itself has to be ours; of an area, a floor or a label it is enough that something is.
    """
    hass = call.hass
    selection = TargetSelection(call.data)
    selected = async_extract_referenced_entity_ids(hass, selection)
    ours = {entry.entry_id for entry in entries}
    devices = {
        name: device
        for name, device in _named(hass, selected).items()
        if device is not None
        and device.config_entry_id in ours
        # A car or a Tesla account is nothing to act on.
        and device.config_subentry_id is None
    }
    strangers = (selection.device_ids | selected.referenced) - devices.keys()
    if strangers:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_our_device",
            translation_placeholders={
                "device": ", ".join(sorted(_name(hass, item) for item in strangers))
            },
        )
    if not devices:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="nothing_of_ours"
        )
    return list(devices.values())


def _name(hass: HomeAssistant, named: str) -> str:
    """Return what a person calls a device that is named by its id; an entity is called by its own."""
    device = dr.async_get(hass).async_get(named)
    return (device.name_by_user or device.name or named) if device else named


def _named(hass: HomeAssistant, selected: SelectedEntities) -> dict[str, Any]:
    """Return the device of everything that is named, or None, by the id it is named by."""
    devices, entities = dr.async_get(hass), er.async_get(hass)
    named: dict[str, Any] = {
        device_id: devices.async_get(device_id)
        for device_id in selected.referenced_devices
    }
    for entity_id in selected.referenced | selected.indirectly_referenced:
        entity = entities.async_get(entity_id)
        device_id = entity.device_id if entity is not None else None
        named[entity_id] = devices.async_get(device_id) if device_id else None
    return named


def _targets_of_devices(
    entries: Iterable[TwcConfigEntry], devices: Iterable[Any]
) -> list[Target]:
    by_id = {entry.entry_id: entry for entry in entries}
    meant: dict[str, set[int | None]] = {}
    for device in devices:
        entry = by_id[device.config_entry_id]
        meant.setdefault(entry.entry_id, set()).add(
            connector_id_of(entry.entry_id, device)
        )
    return [
        Target(
            by_id[entry_id],
            None
            if None in connectors
            else frozenset(item for item in connectors if item is not None),
        )
        for entry_id, connectors in meant.items()
    ]
