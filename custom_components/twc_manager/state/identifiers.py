"""What identifies a connector's device, entities and news within Home Assistant."""

from ..const import DOMAIN
from ..twc import format_id


def connector_key(entry_id: str, connector_id: int) -> str:
    """Return what identifies a connector's device and, with more, its entities."""
    return f"{entry_id}_{format_id(connector_id)}"


def session_signal(entry_id: str, connector_id: int) -> str:
    """Return the signal that tells of a finished session at a connector."""
    return f"{DOMAIN}_session_{connector_key(entry_id, connector_id)}"


def member_key(entry_id: str, subentry_id: str) -> str:
    """Return what identifies the device of a car or an account and, with more, its entities."""
    return f"{entry_id}.{subentry_id}"
