"""Detects lost connections that keep vehicles from charging: the port, or a connector with a vehicle plugged in.

Times are in s of a monotonic clock.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from ..twc import BusStatus

LOST_SECONDS: Final = 60.0
"""How many s a connection has to be lost to be reported; many are lost briefly, as when an adapter is moved."""


@dataclass(frozen=True, slots=True)
class ConnectionLoss:
    """The connections that have been lost for `LOST_SECONDS`.

    Attributes:
        port: whether the port is lost.
        connectors: the lost connectors that had a vehicle plugged in at their last report.

    """

    port: bool = False
    connectors: frozenset[int] = frozenset()


class ConnectionWatch:
    """Follows the connections of one bus.

    Attributes:
        wake_at: when the next lost connection has to be reported; None if no report is due.

    """

    def __init__(self) -> None:
        """Start with nothing lost."""
        self.wake_at: float | None = None
        self._offline_since: float | None = None
        self._plugged_in: frozenset[int] = frozenset()
        self._missing_since: Mapping[int, float] = {}

    def update(
        self,
        status: BusStatus,
        plugged_in: Mapping[int, bool],
        known: Collection[int],
        now: float,
    ) -> ConnectionLoss:
        """Return what is lost.

        Args:
            status: the state of the master. Connectors count as lost only while it controls the bus.
            plugged_in: for each connector that answers, whether a vehicle is plugged in.
            known: the connectors that belong to the bus, also those that do not answer.
            now: the time.

        """
        if status is not BusStatus.OFFLINE:
            self._offline_since = None
        elif self._offline_since is None:
            self._offline_since = now
        if status is BusStatus.RUNNING:
            self._note_connectors(plugged_in, known, now)
        return self._loss(now)

    def _note_connectors(
        self, plugged_in: Mapping[int, bool], known: Collection[int], now: float
    ) -> None:
        """Note which connectors answer, and since when those with a vehicle do not."""
        away = self._plugged_in.intersection(known) - plugged_in.keys()
        present = frozenset(
            item for item, has_vehicle in plugged_in.items() if has_vehicle
        )
        self._plugged_in = present | away
        self._missing_since = {
            item: self._missing_since.get(item, now) for item in away
        }

    def _loss(self, now: float) -> ConnectionLoss:
        """Return what has been lost for `LOST_SECONDS`, and note when the next report is due."""
        due = {item: at + LOST_SECONDS for item, at in self._missing_since.items()}
        lost = frozenset(item for item, at in due.items() if at <= now)
        port_due = (
            None if self._offline_since is None else self._offline_since + LOST_SECONDS
        )
        waiting = [
            at for at in (*due.values(), port_due) if at is not None and at > now
        ]
        self.wake_at = min(waiting, default=None)
        return ConnectionLoss(port_due is not None and port_due <= now, lost)
