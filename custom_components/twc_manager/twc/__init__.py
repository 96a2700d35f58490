"""The master of the load-sharing protocol of Tesla Wall Connectors Gen 2.

This room contains frames, messages, the port, the master and the state of the connectors, and guards the wiring.
It does not depend on Home Assistant and can be used as a library.
"""

from .errors import BusError, BusErrorReason, public_name
from .frame_log import LoggedFrame
from .gate import ForbiddenFrameError
from .guard import MAX_CONNECTOR_AMPS, MAX_TOTAL_AMPS, MIN_OFFER, WiringLimits
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
    Obedience,
    Observed,
    Snapshot,
    Statistics,
)
from .transport import Connect

__all__ = [
    "DRAWING_AMPS",
    "MAX_CONNECTOR_AMPS",
    "MAX_TOTAL_AMPS",
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
    "Obedience",
    "Observed",
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
