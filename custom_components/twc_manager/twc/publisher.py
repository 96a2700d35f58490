"""Publishing: passes each new snapshot of the bus on, and waits for the one that allows a shutdown."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import logging

from .state import Snapshot

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ShutdownConfirmation:
    """What a shutdown waits for: that no connector has an offer above `amps`, in A."""

    amps: float
    confirmed: asyncio.Future[None]

    def check(self, snapshot: Snapshot) -> None:
        """Stop waiting if all connectors confirm."""
        high = any(item.offered > self.amps for item in snapshot.connectors)
        if not high and not self.confirmed.done():
            self.confirmed.set_result(None)


class Publisher:
    """Keeps the latest snapshot and calls the listener with each new one."""

    __slots__ = ("_on_change", "snapshot")

    def __init__(self, on_change: Callable[[Snapshot], None]) -> None:
        """Start with the snapshot of a closed port."""
        self.snapshot = Snapshot()
        self._on_change = on_change

    def publish(self, snapshot: Snapshot) -> None:
        """Keep a snapshot and pass it on."""
        self.snapshot = snapshot
        try:
            self._on_change(snapshot)
        except Exception:
            # Whatever goes wrong above, the bus must go on: without heartbeats cars stop with a fault.
            _LOGGER.exception("A listener to the bus failed")
