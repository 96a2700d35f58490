"""What the follower of green energy and the keeper of turns remember of the day: what lasted, and the starts.

Times are in s of a monotonic clock, powers in W.
"""

from collections import deque
from math import inf
from typing import Final

SWITCH_SECONDS: Final = 60.0
"""Least time from a start to a stop and from a stop to a start: relays wear, and cars fault meanwhile."""

_HOUR: Final = 3600.0
DAY: Final = 12 * _HOUR
"""As long as the sun shines at most; starts further back were another day's."""
_STARTS_KEPT: Final = 60
"""No more starts of one car fit into an hour, a minute apart from the stops between them."""


class Lasting:
    """The least that was there without a break over the last `seconds`."""

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


class Starts:
    """When charging was started and stopped, and whether it may be again."""

    __slots__ = ("_times", "per_hour", "stopped")

    def __init__(self, per_hour: int = _STARTS_KEPT) -> None:
        """Begin with no start known."""
        self.per_hour = per_hour
        self.stopped = -inf
        self._times: deque[float] = deque(maxlen=_STARTS_KEPT)

    @property
    def capped_until(self) -> float:
        """Until when the cap on starts per hour forbids another."""
        cap = min(max(self.per_hour, 1), _STARTS_KEPT)
        return self._times[-cap] + _HOUR if len(self._times) >= cap else -inf

    @property
    def earliest_start(self) -> float:
        """From when on a start is allowed."""
        return max(self.stopped + SWITCH_SECONDS, self.capped_until)

    @property
    def earliest_stop(self) -> float:
        """From when on a stop is allowed."""
        return self._times[-1] + SWITCH_SECONDS if self._times else -inf

    def start(self, now: float) -> None:
        """Note a start."""
        self._times.append(now)

    def today(self, now: float) -> int:
        """Return how many starts the day has seen."""
        return sum(now - time < DAY for time in self._times)
