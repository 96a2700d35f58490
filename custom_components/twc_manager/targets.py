"""The entities in the target of an automation, and the other entities of the same device.

Entities are found by their registry entries: by the translation key, which is the key of the description, and by the
device. Unique ids and names are not used.
"""

from collections.abc import Iterable, Iterator

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .const import DOMAIN
from .state.devices import device_id_at
from .state.identifiers import connector_id_of


def with_key(hass: HomeAssistant, entity_ids: Iterable[str], *keys: str) -> set[str]:
    """Return the entities of this integration that have one of the translation keys."""
    return {
        entity.entity_id
        for entity in _own_entities(hass, entity_ids)
        if entity.translation_key in keys
    }


def of_connectors(hass: HomeAssistant, entity_ids: Iterable[str], key: str) -> set[str]:
    """Return the entities with a translation key on the targeted connectors, found in the same way as by the actions.

    An entity targets its connector, and an entity of the bus targets all connectors on the bus. Vehicles and accounts
    target none.
    """
    devices = {
        entity.device_id
        for entity in _own_entities(hass, entity_ids)
        if entity.device_id is not None and entity.config_subentry_id is None
    }
    connectors = {
        connector
        for device_id in devices
        for connector in _connectors_at(hass, device_id)
    }
    return {
        entity.entity_id
        for connector in connectors
        for entity in _entities_on(hass, connector)
        if entity.translation_key == key
    }


def state_beside(
    hass: HomeAssistant, entity_id: str, platform: str, key: str
) -> str | None:
    """Return the state of another entity of the same connector, or of the same bus; None if it has none."""
    entity = er.async_get(hass).async_get(entity_id)
    if entity is None or entity.device_id is None:
        return None
    return _state_on(hass, entity.device_id, platform, key)


def state_of_bus(
    hass: HomeAssistant, entity_id: str, platform: str, key: str
) -> str | None:
    """Return the state of an entity of the bus that an entity of a connector belongs to; None if it has none."""
    entity = er.async_get(hass).async_get(entity_id)
    if entity is None or (entry_id := entity.config_entry_id) is None:
        return None
    bus = device_id_at(hass, entry_id, None)
    return None if bus is None else _state_on(hass, bus, platform, key)


def _own_entities(
    hass: HomeAssistant, entity_ids: Iterable[str]
) -> Iterator[er.RegistryEntry]:
    registry = er.async_get(hass)
    for entity_id in entity_ids:
        entity = registry.async_get(entity_id)
        if entity is not None and entity.platform == DOMAIN:
            yield entity


def _connectors_at(hass: HomeAssistant, device_id: str) -> Iterator[str]:
    """Return the device of a connector itself, or those of all connectors of a bus."""
    registry = dr.async_get(hass)
    device = registry.async_get(device_id)
    if not isinstance(device, dr.DeviceEntry):
        return
    entry_id = device.config_entry_id
    if connector_id_of(entry_id, device) is not None:
        yield device_id
        return
    for other in dr.async_entries_for_config_entry(registry, entry_id):
        if connector_id_of(entry_id, other) is not None:
            yield other.id


def _entities_on(hass: HomeAssistant, device_id: str) -> list[er.RegistryEntry]:
    return er.async_entries_for_device(
        er.async_get(hass), device_id, include_disabled_entities=True
    )


def _state_on(
    hass: HomeAssistant, device_id: str, platform: str, key: str
) -> str | None:
    """Return the state of an entity of a device."""
    for entity in _entities_on(hass, device_id):
        if entity.domain == platform and entity.translation_key == key:
            state = hass.states.get(entity.entity_id)
            return None if state is None else state.state
    return None
