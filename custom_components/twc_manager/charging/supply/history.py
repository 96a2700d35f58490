"""What was there over the last minutes: the minimum that lasted, and the average.

Times are in s of a monotonic clock, powers in W.
"""

from collections import deque
from math import inf


class Lasting:
    """The minimum that was there without a break over the last `seconds`."""

    __slots__ = ("_lows", "_seconds", "_since")

    def __init__(self, seconds: float) -> None:
        """Begin with nothing seen."""
        self._seconds = seconds
        self._since: float | None = None
        self._lows: deque[tuple[float, float]] = deque()

    def clear(self) -> None:
        """Forget what was seen."""
        self._since = None
        self._lows.clear()

    def add(self, now: float, watts: float) -> None:
        """Note what is there now."""
        if self._since is None:
            self._since = now
        while self._lows and self._lows[-1][1] >= watts:
            self._lows.pop()
        self._lows.append((now, watts))
        while self._lows[0][0] < now - self._seconds:
            self._lows.popleft()

    def ready_at(self) -> float:
        """Return when it will have been seen for long enough; never if nothing is seen."""
        return inf if self._since is None else self._since + self._seconds

    def lowest(self, now: float) -> float | None:
        """Return the W that lasted; None if it was not watched for long enough."""
        return self._lows[0][1] if self._lows and now >= self.ready_at() else None


class Trend:
    """What was there on average over about the last `seconds`, the latest counting most."""

    __slots__ = ("_seconds", "watts")

    def __init__(self, seconds: float) -> None:
        """Begin with nothing seen."""
        self._seconds = seconds
        self.watts: float | None = None

    def add(self, passed: float, watts: float) -> None:
        """Note what was there for the last `passed` s."""
        if self.watts is None:
            self.watts = watts
        self.watts += (watts - self.watts) * min(passed / self._seconds, 1.0)
