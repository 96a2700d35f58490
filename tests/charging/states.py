"""Reports of connectors for the tests of the rules."""

from typing import Any

from custom_components.twc_manager.twc import (
    BusStatus,
    ConnectorState,
    PlugState,
    Snapshot,
    State,
)


def idle(connector_id: int = 1, **kwargs: Any) -> ConnectorState:
    """Return a protocol 2 connector of 80 A with nothing plugged in."""
    values: dict[str, Any] = {"protocol": 2, "rating": 80.0}
    return ConnectorState(connector_id, **values | kwargs)


def asking(connector_id: int = 1, **kwargs: Any) -> ConnectorState:
    """Return a connector whose car requests power and has no offer yet."""
    values: dict[str, Any] = {"state": State.WANTS_POWER, "plug": PlugState.PLUGGED_IN}
    return idle(connector_id, **values | kwargs)


def charging(
    connector_id: int = 1, amps: float = 15.2, offered: float = 16, **kwargs: Any
) -> ConnectorState:
    """Return a connector whose car charges."""
    values: dict[str, Any] = {
        "state": State.CHARGING,
        "plug": PlugState.CHARGING,
        "drawn": amps,
        "offered": offered,
    }
    return idle(connector_id, **values | kwargs)


def bus(*connectors: ConnectorState) -> Snapshot:
    """Return a bus with these connectors."""
    return Snapshot(BusStatus.RUNNING, connectors)
