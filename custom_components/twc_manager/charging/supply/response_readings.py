"""Which readings of a meter are measurements of their own, and what the chargers drew meanwhile.

Integrations poll a cloud or a logger more often than it measures, and give the old value a new time stamp. Such a
value contains what the chargers drew when it was measured, not what they draw at its time stamp. So a value that
repeats after our own draw has changed is no new measurement, however new its time stamp is. A sensor that really
measures the same value again, as at a grid that an inverter regulates, is believed after twice its usual interval.

Draws and readings are in the same unit, in A or in W. Times are in s of a monotonic clock.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Final

DEFAULT_INTERVAL: Final = 10.0
"""The interval of a meter that has not been observed yet, in s."""

MAX_INTERVAL: Final = 900.0
"""The longest interval that is learned, in s."""

HISTORY_SECONDS: Final = 3 * MAX_INTERVAL
"""Time for which draws are kept: longer than any measurement stands."""

_LIVELY_GAP: Final = 60.0
_LIVELY_SECONDS: Final = 120.0
"""A reading is lively that has changed at least once in the first of these times, for the second, in s."""

_FEW_CHANGES: Final = 3
_KEPT: Final = 13


@dataclass(frozen=True, slots=True)
class Measurement:
    """One reading of a meter.

    Attributes:
        at: when the meter reported the value, in s.
        value: the value.
        alive_at: when it or its device last reported anything, in s: Home Assistant stores no repeat of some sensors.
            None if that is the same as `at`.

    """

    at: float
    value: float
    alive_at: float | None = None

    @property
    def reported_at(self) -> float:
        """Return when the value was last known to hold, as far as the meter reports, in s."""
        return self.at if self.alive_at is None else self.alive_at


class DrawHistory:
    """What the chargers drew, and when."""

    __slots__ = ("_draws", "_seconds", "_times")

    def __init__(self, seconds: float = HISTORY_SECONDS) -> None:
        """Start without knowledge; `seconds` is how long draws are kept."""
        self._seconds = seconds
        self._times: deque[float] = deque()
        self._draws: deque[float] = deque()

    @property
    def updated_at(self) -> float:
        """Return the time of the last change, in s."""
        return self._times[-1] if self._times else -inf

    def add(self, now: float, draw: float) -> None:
        """Store the draw from now on."""
        if now == self.updated_at:
            self._draws[-1] = draw
        elif not self._draws or self._draws[-1] != draw:
            self._times.append(now)
            self._draws.append(draw)
        while len(self._times) > 1 and self._times[1] < now - self._seconds:
            self._times.popleft()
            self._draws.popleft()

    def at(self, at: float) -> float:
        """Return the draw at a time; the first known where that is not known."""
        if not self._draws:
            return 0.0
        return self._draws[max(bisect_right(self._times, at) - 1, 0)]

    def between(self, begin: float, end: float) -> list[float]:
        """Return the draws from one time to another, the newest first, with the one in force at the beginning."""
        if not self._draws:
            return [0.0]
        first = max(bisect_right(self._times, begin) - 1, 0)
        last = max(bisect_right(self._times, end), first + 1)
        return [self._draws[index] for index in reversed(range(first, last))]

    def swing(self, begin: float, end: float) -> float:
        """Return by how much the draw differed at most between two times."""
        seen = self.between(begin, end)
        return max(seen) - min(seen)


class ReadingHistory:
    """The readings of one channel: which are measurements of their own, and how often it makes one."""

    def __init__(self, longest: float, unlearned: float = 0.0) -> None:
        """Start without a reading.

        Args:
            longest: the longest interval that is learned, in s.
            unlearned: the interval, in s, that a meter may have whose value has hardly changed yet.

        """
        self.last: Measurement | None = None
        self.measured_at = -inf
        self.value_since = -inf
        self._lively_since = inf
        self._woke_at = -inf
        self._reports: deque[float] = deque(maxlen=_KEPT)
        self._changes: deque[float] = deque(maxlen=_KEPT)
        self._longest = longest
        self._unlearned = unlearned

    @property
    def interval(self) -> float:
        """Return the usual time between two measurements, in s.

        A meter that is polled more often than it measures shows by its changes how often it does.
        """
        known = [_usual(self._reports, MAX_INTERVAL)]
        known.append(_usual(self._changes, self._longest))
        return max(
            (item for item in known if item is not None), default=DEFAULT_INTERVAL
        )

    @property
    def longest_interval(self) -> float:
        """Return the time within which it measures again, in s: a long one before its interval is known."""
        if len(self._changes) > _FEW_CHANGES:
            return self.interval
        return max(self.interval, self._unlearned)

    def is_lively(self, now: float) -> bool:
        """Return whether it has kept changing: one that is dead but for a moment does not."""
        moves = now - self.value_since <= _LIVELY_GAP
        return moves and now - self._lively_since >= _LIVELY_SECONDS

    def is_awake(self, now: float) -> bool:
        """Return whether it moves only since a moment ago, after it had stood: it jumps once more if it dies again."""
        return now - self._woke_at < _LIVELY_SECONDS

    def add(self, reading: Measurement, draws: DrawHistory, tolerance: float) -> bool:
        """Store a reading and return whether its value is another one."""
        last, self.last = self.last, reading
        changed = last is None or reading.value != last.value
        if changed:
            if reading.at - self.value_since > _LIVELY_GAP:
                self._lively_since = reading.at
                self._woke_at = -inf if last is None else reading.at
            self.measured_at = self.value_since = reading.at
            self._changes.append(reading.at)
        reported_at = reading.reported_at
        if last is None or reported_at > last.reported_at:
            self._reports.append(reported_at)
            since = max(self.value_since, reported_at - 2 * self.interval)
            if not changed and draws.swing(since, reported_at) < tolerance:
                self.measured_at = reported_at
        return changed


def _usual(times: Sequence[float], longest: float) -> float | None:
    """Return the usual gap between times: a short one, since a sensor that reports changes may have none for long."""
    gaps = sorted(after - before for before, after in pairwise(times))
    return min(gaps[len(gaps) // 4], longest) if gaps else None
