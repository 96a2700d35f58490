"""The status of a connector, as its entity shows it."""

from enum import StrEnum

from ...twc import DRAWING_AMPS, ConnectorState, PlugState, State


class Status(StrEnum):
    """The status of a connector."""

    READY = "ready"
    DISCONNECTED = "disconnected"
    CONNECTED = "connected"
    STARTING = "starting"
    CHARGING = "charging"
    PAUSED = "paused"
    COMPLETE = "complete"
    ERROR = "error"


def status(connector: ConnectorState, *, has_vehicle: bool) -> Status:
    """Return the status of a connector; `has_vehicle` is whether a vehicle is plugged in.

    The measured current has priority: the states that connectors report do not show whether a vehicle charges.
    """
    if connector.drawn >= DRAWING_AMPS:
        return Status.CHARGING
    if connector.state == State.ERROR:
        return Status.ERROR
    if not has_vehicle:
        unplugged = connector.plug is PlugState.UNPLUGGED
        return Status.DISCONNECTED if unplugged else Status.READY
    if connector.offered <= 0:
        return Status.PAUSED
    match connector.state:
        case State.STARTING:
            return Status.STARTING
        case State.NOT_CHARGING:
            return Status.COMPLETE
    return Status.CONNECTED
