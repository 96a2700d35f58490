"""Whether every connector on the bus that may be drawing is among the stored ones; if not, a start searches."""

from dataclasses import dataclass
from math import inf
from typing import Self

from homeassistant.util import dt as dt_util

from ..twc.bus_state import ABSENCE_SECONDS
from ..twc.guard import FALLBACK_SECONDS
from .run_mark import RunMark
from .store import StoredBus


@dataclass(slots=True)
class Completeness:
    """Whether every connector on the bus that may be drawing is among the stored ones.

    Attributes:
        all_known: whether this master controls every connector but for removed ones.
        removed_at: when one was removed, in s of the loop's clock.

    """

    all_known: bool
    removed_at: float = -inf

    @classmethod
    def at_start(cls, stored: StoredBus, run_mark: RunMark) -> Self:
        """Go by what was stored: if it is of this run of the machine and of this port, not old, and complete."""
        away = seconds_since(stored.in_charge_at)
        return cls(
            stored.ended_in_order
            and stored.run_mark.is_proven_same(run_mark)
            and away is not None
            and away <= ABSENCE_SECONDS
        )

    def at_end(self, now: float) -> bool:
        """Return whether the next start can go by what is stored.

        A connector that nobody hears may go on drawing until it has missed its master for long enough, also one that
        was removed.
        """
        return self.all_known and now - self.removed_at >= FALLBACK_SECONDS


def seconds_since(timestamp: float | None) -> float | None:
    """Return how long ago a time since the epoch is, in s; None if it is unknown or in the future."""
    if timestamp is None:
        return None
    seconds = dt_util.utcnow().timestamp() - timestamp
    return seconds if seconds >= 0 else None
