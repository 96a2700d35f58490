"""The target of an action or a command: buses and connectors.

Home Assistant's entity services do not fit these actions: without a target they act on all buses, any entity targets
its connector, all targets are checked before anything changes, and one response covers all connectors.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

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
"""Entities, devices, areas, floors and labels; without any of them the target is every bus."""


@dataclass(frozen=True, slots=True)
class Target:
    """A bus and the targeted connectors on it; None for all connectors."""

    entry: TwcConfigEntry
    connectors: frozenset[int] | None

    def includes(self, connector_id: int) -> bool:
        """Return whether a connector of the bus is targeted."""
        return self.connectors is None or connector_id in self.connectors


def targets_of(call: ServiceCall) -> list[Target]:
    """Return the targets of an action: see `find_targets`."""
    return find_targets(call.hass, call.data)


def single_connector(
    targets: Iterable[Target], refusal: str
) -> tuple[TwcConfigEntry, int]:
    """Return the bus and the id of the only targeted connector; `refusal` is the key of the error without one.

    Raises:
        ServiceValidationError: if there is not exactly one.

    """
    found = [
        (target.entry, connector_id)
        for target in targets
        for connector_id in target.entry.runtime_data.persistence.connectors
        if target.includes(connector_id)
    ]
    if len(found) != 1:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key=refusal)
    return found[0]


def find_targets(hass: HomeAssistant, data: Mapping[str, Any]) -> list[Target]:
    """Return the targeted buses, or all loaded buses without a target.

    The device of a bus targets all its connectors, and an entity targets its device.

    Raises:
        ServiceValidationError: if no bus is loaded, or a target does not belong to a bus.

    """
    entries: list[TwcConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    if not entries:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_bus"
        )
    has_target = any(str(field) in data for field in TARGET_FIELDS)
    if not has_target or data.get(ATTR_ENTITY_ID) == ENTITY_MATCH_ALL:
        return [Target(entry, None) for entry in entries]
    return _targets_of_devices(entries, _devices_of(hass, data, entries))


def _devices_of(
    hass: HomeAssistant, data: Mapping[str, Any], entries: Iterable[TwcConfigEntry]
) -> list[dr.DeviceEntry]:
    """Return the targeted devices of buses and connectors.

    Every named entity and device has to belong to a bus; an area, a floor or a label has to contain at least one.

    Raises:
        ServiceValidationError: if a named target does not belong to a bus, or nothing that belongs to one is targeted.

    """
    selection = TargetSelection(dict(data))
    selected = async_extract_referenced_entity_ids(hass, selection)
    entry_ids = {entry.entry_id for entry in entries}
    devices = {
        target_id: device
        for target_id, device in _devices_by_target(hass, selected).items()
        if device is not None
        and device.config_entry_id in entry_ids
        # The actions do not act on a vehicle or a Tesla account.
        and device.config_subentry_id is None
    }
    foreign = (selection.device_ids | selected.referenced) - devices.keys()
    if foreign:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_our_device",
            translation_placeholders={
                "device": ", ".join(sorted(_name(hass, item) for item in foreign))
            },
        )
    if not devices:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="nothing_of_ours"
        )
    return list(devices.values())


def _name(hass: HomeAssistant, target_id: str) -> str:
    """Return the name of a device; an entity keeps its entity id."""
    device = dr.async_get(hass).async_get(target_id)
    return (device.name_by_user or device.name or target_id) if device else target_id


def _devices_by_target(
    hass: HomeAssistant, selected: SelectedEntities
) -> dict[str, Any]:
    """Return the device of every targeted device and entity, or None, by device id or entity id."""
    devices, entities = dr.async_get(hass), er.async_get(hass)
    found: dict[str, Any] = {
        device_id: devices.async_get(device_id)
        for device_id in selected.referenced_devices
    }
    for entity_id in selected.referenced | selected.indirectly_referenced:
        entity = entities.async_get(entity_id)
        device_id = entity.device_id if entity is not None else None
        found[entity_id] = devices.async_get(device_id) if device_id else None
    return found


def _targets_of_devices(
    entries: Iterable[TwcConfigEntry], devices: Iterable[Any]
) -> list[Target]:
    by_id = {entry.entry_id: entry for entry in entries}
    targeted: dict[str, set[int | None]] = {}
    for device in devices:
        entry = by_id[device.config_entry_id]
        targeted.setdefault(entry.entry_id, set()).add(
            connector_id_of(entry.entry_id, device)
        )
    return [
        Target(
            by_id[entry_id],
            None
            if None in connectors
            else frozenset(item for item in connectors if item is not None),
        )
        for entry_id, connectors in targeted.items()
    ]
