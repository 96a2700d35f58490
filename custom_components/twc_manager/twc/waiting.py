"""The connectors that announce themselves and have no link yet.

Only a few of them wait at a time: a damaged unit or a bad line can announce a new id every second. Those that do not
wait count for the wiring guard nevertheless. Times are in s of a monotonic clock.
"""

from typing import Final, NamedTuple

from .state import KnownConnector

MAX_WAITING: Final = 6
"""Twice as many as a bus can have."""

PRESENT_SECONDS: Final = 60.0
"""For how long after its last linkready a connector without a link is taken to be present."""

WAITING_SECONDS: Final = 22.0
"""For how long after its last linkready it is taken to wait for a link: it sends one every 10 s while it has no link,
and one of these may be lost."""


class _Waiting(NamedTuple):
    """A connector, and when it announced itself last."""

    known: KnownConnector
    announced_at: float


class WaitingList:
    """The connectors that wait for a link, the one that has waited longest first."""

    def __init__(self) -> None:
        """Start without connectors."""
        self._items: dict[int, _Waiting] = {}

    def __bool__(self) -> bool:
        """Return whether any connector without a link is present."""
        return bool(self._items)

    def add(self, known: KnownConnector, now: float) -> None:
        """Take a connector that has announced itself, if there is a place."""
        if known.connector_id not in self._items and len(self._items) >= MAX_WAITING:
            self._items = {
                key: item
                for key, item in self._items.items()
                if now - item.announced_at < WAITING_SECONDS
            }
            if len(self._items) >= MAX_WAITING:
                return
        self._items[known.connector_id] = _Waiting(known, now)

    def remove(self, connector_id: int) -> None:
        """Remove a connector that is linked now."""
        self._items.pop(connector_id, None)

    def waiting(self, now: float) -> tuple[KnownConnector, ...]:
        """Return the connectors that wait for a link, and drop those that are no longer present."""
        self._items = {
            key: item
            for key, item in self._items.items()
            if now - item.announced_at < PRESENT_SECONDS
        }
        return tuple(
            item.known
            for item in self._items.values()
            if now - item.announced_at < WAITING_SECONDS
        )
