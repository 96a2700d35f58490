"""Which entity is which, by Home Assistant's registries and never by guessing names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .api import Api
from .plan import DOMAIN


@dataclass(frozen=True, slots=True)
class Entities:
    """The entities of a config entry of the integration, by their keys."""

    entry_id: str
    by_unique_id: Mapping[str, str] = field(default_factory=dict)

    def of_bus(self, key: str) -> str:
        """Return the entity of the bus with this key; KeyError if there is none."""
        return self.by_unique_id[f"{self.entry_id}_{key}"]

    def of_connector(self, connector_id: int, key: str) -> str:
        """Return the entity of a connector with this key; KeyError if there is none."""
        return self.by_unique_id[f"{self.entry_id}_{connector_id:04X}_{key}"]

    def of_plan(self, subentry_id: str, key: str) -> str:
        """Return the entity of a plan with this key; KeyError if there is none."""
        return self.by_unique_id[f"{self.entry_id}.{subentry_id}_{key}"]

    def has_connector(self, connector_id: int) -> bool:
        """Return whether the connector has its entities."""
        return f"{self.entry_id}_{connector_id:04X}_status" in self.by_unique_id


async def entry_of(api: Api, line: int = 0) -> dict[str, Any]:
    """Return the integration's config entry of a line; IndexError if there is none."""
    entries = await api.ask("config_entries/get", domain=DOMAIN)
    entry: dict[str, Any] = entries[line]
    return entry


async def entities_of(api: Api, line: int = 0) -> Entities:
    """Return the integration's entities of a line, as far as there are any."""
    entry_id = (await entry_of(api, line))["entry_id"]
    registry = await api.ask("config/entity_registry/list")
    return Entities(
        entry_id,
        {
            entity["unique_id"]: entity["entity_id"]
            for entity in registry
            if entity["config_entry_id"] == entry_id
        },
    )


async def template_entity(api: Api, unique_id: str) -> str:
    """Return an entity that configuration.yaml defines; StopIteration if there is none."""
    registry = await api.ask("config/entity_registry/list")
    return next(
        str(entity["entity_id"])
        for entity in registry
        if entity["platform"] == "template" and entity["unique_id"] == unique_id
    )


async def house_meters(api: Api) -> list[str]:
    """Return the sensors of the simulated house, which configuration.yaml defines."""
    registry = await api.ask("config/entity_registry/list")
    return [
        entity["entity_id"]
        for entity in registry
        if entity["platform"] == "template"
        and entity["entity_id"].startswith("sensor.")
        and str(entity["unique_id"]).startswith(f"{DOMAIN}_demo_")
    ]


async def connector_devices(api: Api, entities: Entities) -> dict[int, dict[str, Any]]:
    """Return the devices of the connectors, by the connectors' ids."""
    devices: dict[int, dict[str, Any]] = {}
    for device in await api.ask("config/device_registry/list"):
        for domain, key in device["identifiers"]:
            entry_id, _, connector = key.rpartition("_")
            if domain == DOMAIN and entry_id == entities.entry_id:
                devices[int(connector, 16)] = device
    return devices


async def entity_names(api: Api) -> dict[str, set[str]]:
    """Return the names of the integration's entities that are not disabled, by their devices."""
    names: dict[str, set[str]] = {}
    for entity in await api.ask("config/entity_registry/list"):
        if entity["platform"] == DOMAIN and not entity["disabled_by"]:
            device = names.setdefault(entity["device_id"], set())
            device.add(entity["name"] or entity["original_name"])
    return names
