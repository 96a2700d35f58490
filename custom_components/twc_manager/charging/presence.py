"""Tracks since when connectors are present on a bus, and whether some may be missing. Time is in s of a monotonic clock."""

from typing import Final

from ..twc import Snapshot

ABSENT_SECONDS: Final = 60.0
"""If all connectors return within this time in s, charging continues: a short loss of the port stops no vehicle."""

_ARRIVAL_SECONDS: Final = 3.0
"""How many s after the first connector of a bus the last one reports: they are addressed one by one, in rounds of a
second."""


class Presence:
    """Tracks the presence of connectors on a bus."""

    def __init__(self) -> None:
        """Start without connectors."""
        self._seen_at: float | None = None
        self._first_seen_at: float | None = None

    def note(self, now: float, snapshot: Snapshot) -> None:
        """Note since when connectors are present, and when they last were."""
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
        """Return whether a connector is present, or was within `ABSENT_SECONDS`."""
        return self._seen_at is not None and now - self._seen_at < ABSENT_SECONDS
