"""The load-sharing protocol of the second generation of wall connectors, spoken as its master.

This room knows frames, messages, the port and the state of the connectors, and guards the wiring. It knows
nothing of Home Assistant and can be lifted out as a library.
"""

from .frame_log import LoggedFrame
from .guard import MAX_WIRING_AMPS, MIN_OFFER, WiringLimits
from .master import Master
from .messages import (
    PROTOCOL_1,
    PROTOCOL_2,
    PlugState,
    State,
    body_as_text,
    carries_identity,
    format_id,
)
from .state import (
    DRAWING_AMPS,
    BusProblem,
    BusStatus,
    ConnectorState,
    KnownConnector,
    Snapshot,
    Statistics,
)
from .transport import (
    BusError,
    BusErrorReason,
    Connect,
    ForbiddenFrameError,
    public_name,
)

__all__ = [
    "DRAWING_AMPS",
    "MAX_WIRING_AMPS",
    "MIN_OFFER",
    "PROTOCOL_1",
    "PROTOCOL_2",
    "BusError",
    "BusErrorReason",
    "BusProblem",
    "BusStatus",
    "Connect",
    "ConnectorState",
    "ForbiddenFrameError",
    "KnownConnector",
    "LoggedFrame",
    "Master",
    "PlugState",
    "Snapshot",
    "State",
    "Statistics",
    "WiringLimits",
    "body_as_text",
    "carries_identity",
    "format_id",
    "public_name",
]
