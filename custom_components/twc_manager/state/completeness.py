"""Whether every connector on the bus that may be drawing is among the stored ones; if not, the next start searches."""

from collections.abc import Collection
from dataclasses import dataclass
from math import inf
from typing import Self

from homeassistant.util import dt as dt_util

from ..twc import BusStatus, Snapshot
from ..twc.bus_state import ABSENCE_SECONDS
from ..twc.contact import FALLBACK_SECONDS
from .run_mark import RunMark
from .store import StoredBus


@dataclass(slots=True)
class Completeness:
    """Whether every connector on the bus that may be drawing is among the stored ones.

    Attributes:
        all_known: whether this master controls every connector, apart from those that are not stored.
        unstored_at: when a connector that is not stored was last present, in s of the loop's clock.
        pending: whether a connector is present that is not stored yet.

    """

    all_known: bool
    unstored_at: float = -inf
    pending: bool = False

    @classmethod
    def at_start(cls, stored: StoredBus, run_mark: RunMark) -> Self:
        """Return the state at a start: all are known if the stored data are complete, recent, and of this boot and this port."""
        away = seconds_since(stored.in_charge_at)
        return cls(
            stored.ended_in_order
            and stored.run_mark.is_proven_same(run_mark)
            and away is not None
            and away <= ABSENCE_SECONDS
        )

    def update(self, snapshot: Snapshot, stored: Collection[int], now: float) -> None:
        """Take the state of the bus; `stored` are the ids stored so far, `now` is in s of the loop's clock."""
        if snapshot.status is BusStatus.OFFLINE:
            return
        self.all_known = snapshot.status is BusStatus.RUNNING
        found = any(item.connector_id not in stored for item in snapshot.connectors)
        if snapshot.pending or (self.pending and not found):
            self.unstored_at = now
        self.pending = snapshot.pending

    def at_end(self, now: float) -> bool:
        """Return whether the next start can rely on the stored connectors.

        A connector that does not answer may continue to draw until it has missed its master for `FALLBACK_SECONDS`,
        also one that was removed.
        """
        settled = not self.pending and now - self.unstored_at >= FALLBACK_SECONDS
        return self.all_known and settled


def seconds_since(timestamp: float | None) -> float | None:
    """Return how long ago a time since the epoch is, in s; None if it is unknown or in the future."""
    if timestamp is None:
        return None
    seconds = dt_util.utcnow().timestamp() - timestamp
    return seconds if seconds >= 0 else None
