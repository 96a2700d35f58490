"""From what the connectors report and the owner set to what each connector is offered."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ..twc import PROTOCOL_1, ConnectorState, Snapshot
from .demand import Demand, DemandTracker
from .settings import Settings
from .sharing import Claim, share
from .wiring import Wiring

LEAST_HOLD: Final = 6
"""What a protocol 2 connector is held at when its car should not charge: 0 A does not stop that car."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """A connector with a car, and what it may be given."""

    connector: ConnectorState
    demand: Demand
    ceiling: int

    @property
    def unstoppable(self) -> bool:
        """Return whether the car draws on whatever is offered."""
        return (
            self.connector.protocol != PROTOCOL_1 and self.demand is Demand.WANTED
        ) and self.connector.drawn > 0


class Allocator:
    """Divides the amps among the connectors on a bus."""

    def __init__(self, wiring: Wiring) -> None:
        """Start for a bus with this wiring."""
        self._wiring = wiring
        self._trackers: dict[int, DemandTracker] = {}

    def allocate(
        self, snapshot: Snapshot, settings: Settings, now: float
    ) -> dict[int, int]:
        """Return the offers in whole A, for every connector of the snapshot."""
        wishes = [
            self._wish(connector, settings, now) for connector in snapshot.connectors
        ]
        offers = {wish.connector.connector_id: 0 for wish in wishes}
        claims = [claim for wish in _in_order(wishes) if (claim := self._claim(wish))]
        # Who cannot be stopped draws the least a car takes, whatever was set.
        held = LEAST_HOLD * sum(wish.unstoppable for wish in wishes)
        amps = max(settings.available(self._wiring.max_current), held)
        return offers | share(amps, claims)

    def _wish(self, connector: ConnectorState, settings: Settings, now: float) -> _Wish:
        tracker = self._trackers.setdefault(connector.connector_id, DemandTracker())
        maximum = self._wiring.connector_maximum(connector.rating)
        ceiling = settings.connector(connector.connector_id).ceiling(maximum)
        return _Wish(connector, tracker.update(connector, now), ceiling)

    def _claim(self, wish: _Wish) -> Claim | None:
        connector_id = wish.connector.connector_id
        if wish.unstoppable:
            return Claim(connector_id, LEAST_HOLD, max(wish.ceiling, LEAST_HOLD))
        if wish.demand is Demand.NONE or wish.ceiling == 0:
            return None
        least = min(self._wiring.min_current, wish.ceiling)
        most = wish.ceiling if wish.demand is Demand.WANTED else least
        return Claim(connector_id, least, most)


def _in_order(wishes: Iterable[_Wish]) -> list[_Wish]:
    """Return who is served first: cars that cannot be stopped, cars that want power, the others."""
    return sorted(wishes, key=lambda wish: (not wish.unstoppable, -wish.demand))
