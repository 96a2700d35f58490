"""What the target of an automation means: which of our entities, and beside them which others."""

from collections.abc import Iterable
import re
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN

_CONNECTOR: Final = re.compile(r"[0-9A-F]{4}_")
"""What precedes the key in the unique id of a connector's entity."""


def with_key(hass: HomeAssistant, entity_ids: Iterable[str], *keys: str) -> set[str]:
    """Return those of some entities that are ours and described by one of the keys."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if (entry := registry.async_get(entity_id)) is not None
        and entry.platform == DOMAIN
        and _key(entry) in keys
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


def _key(entry: er.RegistryEntry) -> str:
    key = entry.unique_id.removeprefix(f"{entry.config_entry_id}_")
    return _CONNECTOR.sub("", key, count=1) if _CONNECTOR.match(key) else key


def _state(hass: HomeAssistant, platform: str, unique_id: str) -> str | None:
    entity_id = er.async_get(hass).async_get_entity_id(platform, DOMAIN, unique_id)
    state = hass.states.get(entity_id) if entity_id is not None else None
    return state.state if state is not None else None
