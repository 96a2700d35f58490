"""Identifiers of connectors, vehicles and accounts in Home Assistant's registries and signals."""

from typing import Final

from homeassistant.helpers.device_registry import DeviceEntry

from ..const import DOMAIN
from ..twc import format_id

HOUSE: Final = "house"
"""The key of the house's device, used like the id of a subentry."""


def connector_key(entry_id: str, connector_id: int) -> str:
    """Return the identifier of a connector's device; the unique ids of its entities begin with it."""
    return f"{entry_id}_{format_id(connector_id)}"


def connector_id_of(entry_id: str, device: DeviceEntry) -> int | None:
    """Return the id of the connector that a device represents; None for the device of the bus."""
    for domain, key in device.identifiers:
        if domain == DOMAIN and key.startswith(f"{entry_id}_"):
            return int(key.removeprefix(f"{entry_id}_"), 16)
    return None


def session_signal(entry_id: str, connector_id: int) -> str:
    """Return the dispatcher signal that announces a finished session at a connector."""
    return f"{DOMAIN}_session_{connector_key(entry_id, connector_id)}"


def member_key(entry_id: str, subentry_id: str) -> str:
    """Return the identifier of the device of a vehicle, an account, a plan or the house (`HOUSE`).

    The unique ids of its entities begin with it.
    """
    return f"{entry_id}.{subentry_id}"
