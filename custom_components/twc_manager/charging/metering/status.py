"""What a connector is doing, in the words of an owner."""

from enum import StrEnum

from ...twc import DRAWING_AMPS, ConnectorState, PlugState, State


class Status(StrEnum):
    """What a connector is doing."""

    READY = "ready"
    DISCONNECTED = "disconnected"
    CONNECTED = "connected"
    STARTING = "starting"
    CHARGING = "charging"
    PAUSED = "paused"
    COMPLETE = "complete"
    ERROR = "error"


def status(connector: ConnectorState, *, car: bool) -> Status:
    """Return what a connector is doing; `car` is whether one is known to be plugged in.

    The measured amps come first: the states that connectors report say little about whether a car charges.
    """
    if connector.drawn >= DRAWING_AMPS:
        return Status.CHARGING
    if connector.state == State.ERROR:
        return Status.ERROR
    if not car:
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
