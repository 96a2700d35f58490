"""What the target of an automation means: which of our entities, and beside them which others."""

from collections.abc import Iterable, Iterator
import re
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN

_CONNECTOR: Final = re.compile(r"[0-9A-F]{4}_")
"""What precedes the key in the unique id of a connector's entity."""

_BUS: Final = ""
"""What precedes it in that of an entity of the bus."""


def with_key(hass: HomeAssistant, entity_ids: Iterable[str], *keys: str) -> set[str]:
    """Return those of some entities that are ours and described by one of the keys."""
    return {entry.entity_id for entry in _ours(hass, entity_ids) if _key(entry) in keys}


def of_connectors(hass: HomeAssistant, entity_ids: Iterable[str], key: str) -> set[str]:
    """Return the entities described by a key of the connectors that are meant, as the actions understand it.

    An entity stands for its connector, and one of the bus for all connectors on it; cars and accounts for none.
    """
    registry = er.async_get(hass)
    meant: dict[str, set[str]] = {}
    for entry in _ours(hass, entity_ids):
        if entry.config_entry_id is not None and entry.config_subentry_id is None:
            meant.setdefault(entry.config_entry_id, set()).add(_connector(entry))
    return {
        entry.entity_id
        for entry_id, connectors in meant.items()
        for entry in er.async_entries_for_config_entry(registry, entry_id)
        if _key(entry) == key
        and (connector := _connector(entry))
        and not connectors.isdisjoint({connector, _BUS})
    }


def state_beside(
    hass: HomeAssistant, entity_id: str, platform: str, key: str
) -> str | None:
    """Return the state of another entity of the same connector, or of the same bus; None if it has none."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None:
        return None
    return _state(hass, platform, entry.unique_id.removesuffix(_key(entry)) + key)


def state_of_bus(
    hass: HomeAssistant, entity_id: str, platform: str, key: str
) -> str | None:
    """Return the state of an entity of the bus that one of a connector belongs to; None if it has none."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None:
        return None
    return _state(hass, platform, f"{entry.config_entry_id}_{key}")


def _ours(hass: HomeAssistant, entity_ids: Iterable[str]) -> Iterator[er.RegistryEntry]:
    registry = er.async_get(hass)
    for entity_id in entity_ids:
        entry = registry.async_get(entity_id)
        if entry is not None and entry.platform == DOMAIN:
            yield entry


def _key(entry: er.RegistryEntry) -> str:
    return _key_of_any(entry).removeprefix(_connector(entry))


def _connector(entry: er.RegistryEntry) -> str:
    """Return what precedes the key of a connector's entity; nothing for any other."""
    start = _CONNECTOR.match(_key_of_any(entry))
    return _BUS if start is None else start.group()


def _key_of_any(entry: er.RegistryEntry) -> str:
    return entry.unique_id.removeprefix(f"{entry.config_entry_id}_")


def _state(hass: HomeAssistant, platform: str, unique_id: str) -> str | None:
    entity_id = er.async_get(hass).async_get_entity_id(platform, DOMAIN, unique_id)
    state = hass.states.get(entity_id) if entity_id is not None else None
    return state.state if state is not None else None
