"""The surplus over the last minutes: the minimum that lasted, and the average.

Times are in s of a monotonic clock, powers in W.
"""

from collections import deque
from math import inf


class Lasting:
    """The minimum over the last `seconds` without a gap."""

    __slots__ = ("_lows", "_seconds", "_since")

    def __init__(self, seconds: float) -> None:
        """Start without measurements."""
        self._seconds = seconds
        self._since: float | None = None
        self._lows: deque[tuple[float, float]] = deque()

    def clear(self) -> None:
        """Drop all measurements."""
        self._since = None
        self._lows.clear()

    def add(self, now: float, watts: float) -> None:
        """Add the present value."""
        if self._since is None:
            self._since = now
        while self._lows and self._lows[-1][1] >= watts:
            self._lows.pop()
        self._lows.append((now, watts))
        while self._lows[0][0] < now - self._seconds:
            self._lows.popleft()

    def ready_at(self) -> float:
        """Return when the measurements cover the time; infinite without measurements."""
        return inf if self._since is None else self._since + self._seconds

    def lowest(self, now: float) -> float | None:
        """Return the W that lasted; None if the measurements do not cover the time."""
        return self._lows[0][1] if self._lows and now >= self.ready_at() else None


class Trend:
    """The average over about the last `seconds`, with the highest weight for the latest."""

    __slots__ = ("_seconds", "watts")

    def __init__(self, seconds: float) -> None:
        """Start without measurements."""
        self._seconds = seconds
        self.watts: float | None = None

    def add(self, passed: float, watts: float) -> None:
        """Add the value of the last `passed` s."""
        if self.watts is None:
            self.watts = watts
        self.watts += (watts - self.watts) * min(passed / self._seconds, 1.0)
