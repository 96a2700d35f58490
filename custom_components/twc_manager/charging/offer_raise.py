"""The raise that a decision means for a connector, as circuits and main fuse hold it back until there is room.

Currents are in A.
"""

from collections.abc import Mapping

from ..twc import ConnectorState
from .candidate import ConnectorContext
from .circuits.raises import Raise


def possible_amps(connector: ConnectorState) -> float:
    """Return the A that a connector could be drawing."""
    return max(connector.possible, connector.drawn)


def offer_raise(context: ConnectorContext, offers: Mapping[int, int]) -> Raise:
    """Return what a connector has, and what it would have with its offer among these."""
    return Raise(
        connector_id=context.connector_id,
        offer=offers[context.connector_id],
        has=_has(context.connector),
        possible=possible_amps(context.connector),
        minimum=context.limits.minimum,
    )


def _has(connector: ConnectorState) -> int:
    """Return the offer of a connector in whole A: sending it again is not a raise."""
    return int(connector.offered if connector.sent is None else connector.sent)
