"""Since when there are connectors on a bus, and whether some may still be missing. Time is in s of a monotonic clock."""

from typing import Final

from ..twc import Snapshot

ABSENT_SECONDS: Final = 60.0
"""Connectors that all return within this time in s continue: a short loss of the port stops no car."""

_ARRIVAL_SECONDS: Final = 3.0
"""How long after the first connector of a bus the last one is heard: they are asked one by one, each again after a
second."""


class Presence:
    """When there were connectors on a bus."""

    def __init__(self) -> None:
        """Start without any."""
        self._seen_at: float | None = None
        self._first_seen_at: float | None = None

    def note(self, now: float, snapshot: Snapshot) -> None:
        """Note since when there have been connectors, and when there last were."""
        if not snapshot.connectors and not self.was_seen_lately(now):
            self._first_seen_at = None
        if snapshot.connectors:
            self._seen_at = now
            if self._first_seen_at is None:
                self._first_seen_at = now

    def are_arriving(self, now: float) -> bool:
        """Return whether connectors may be missing because they report later than the first one."""
        first = self._first_seen_at
        return first is not None and now - first < _ARRIVAL_SECONDS

    def was_seen_lately(self, now: float) -> bool:
        """Return whether there is a connector, or was one a moment ago."""
        return self._seen_at is not None and now - self._seen_at < ABSENT_SECONDS
