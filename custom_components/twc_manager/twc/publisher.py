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
    """Keeps the latest snapshot and calls the listener with each new one.

    Attributes:
        published: the snapshot that was passed on last.

    """

    __slots__ = ("_is_outdated", "_latest", "_on_change", "_read", "published")

    def __init__(
        self, read: Callable[[], Snapshot], on_change: Callable[[Snapshot], None]
    ) -> None:
        """Start with the snapshot of a closed port.

        Args:
            read: returns the bus as it is now.
            on_change: called with every new snapshot.

        """
        self.published = Snapshot()
        self._latest = self.published
        self._is_outdated = False
        self._read = read
        self._on_change = on_change

    @property
    def snapshot(self) -> Snapshot:
        """Return the bus as it is now, whether it has been passed on yet or not."""
        return self.renew() if self._is_outdated else self._latest

    def outdate(self) -> None:
        """Note a small change of the bus: it is read again only when the snapshot is requested."""
        self._is_outdated = True

    def renew(self) -> Snapshot:
        """Read the bus."""
        self._latest = self._read()
        self._is_outdated = False
        return self._latest

    def publish(self, snapshot: Snapshot) -> None:
        """Pass a snapshot on."""
        self.published = snapshot
        try:
            self._on_change(snapshot)
        except Exception:
            # Whatever goes wrong above, the bus must go on: without heartbeats cars stop with a fault.
            _LOGGER.exception("A listener to the bus failed")
