"""Tells whether the machine is too slow to keep the bus: heartbeats that were late again and again."""

from collections import deque
from typing import Final

LATE_MINUTES: Final = 5
"""In so many minutes of an hour heartbeats were late: once is a backup or a start, so often is chronic."""

HOUR_SECONDS: Final = 3600.0
MINUTE_SECONDS: Final = 60.0


class SlowHostDetector:
    """Remembers in which minutes of the last hour heartbeats were late."""

    def __init__(self) -> None:
        """Start with none late."""
        self._count = 0
        self._late: deque[float] = deque(maxlen=LATE_MINUTES)

    def is_slow(self, late_heartbeats: int, now: float) -> bool:
        """Take the count of late heartbeats and return whether that is chronic; `now` in s of a monotonic clock."""
        if late_heartbeats > self._count and not self._is_same_minute(now):
            self._late.append(now)
        self._count = late_heartbeats
        return len(self._late) == LATE_MINUTES and now - self._late[0] < HOUR_SECONDS

    def _is_same_minute(self, now: float) -> bool:
        return bool(self._late) and now - self._late[-1] < MINUTE_SECONDS
