"""Which readings of a meter are measurements of their own.

Integrations poll a cloud or a logger more often than it measures, and give the old value a new time stamp. Such a
value contains what the connectors took when it was measured, not what they take at its time stamp. So a value that
repeats after our own draw has moved is no new measurement, whatever its time stamp is. A sensor that really measures
the same value again, as at a grid that an inverter regulates, is believed after twice its usual interval.

Times are in s of a monotonic clock, powers in W.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from math import inf, isfinite
from typing import Final

MAX_INTERVAL: Final = 900.0
"""The longest interval between two measurements that is learned."""
_DEFAULT_INTERVAL: Final = 10.0
_UNLEARNED_SECONDS: Final = 600.0
"""How long a meter whose changes have hardly been seen may take to show a change of the connectors."""
_FEW_CHANGES: Final = 3
_SHORTEST_SECONDS: Final = 30.0
"""The least time that a meter has to show a change: meters lag by up to 8 s, and cars ramp."""
_KEPT: Final = 13

_REPORT_SECONDS: Final = 5.0
"""How long after a meter the connectors' own reports show the same change: each reports once a second."""

_REST_SECONDS: Final = 60.0
"""A meter whose values have not changed for so long is at rest."""


class PowerHistory:
    """What the connectors took, and when."""

    __slots__ = ("_times", "_watts")

    def __init__(self) -> None:
        """Start without knowledge."""
        self._times: deque[float] = deque()
        self._watts: deque[float] = deque()

    @property
    def updated_at(self) -> float:
        """Return the time of the last change."""
        return self._times[-1] if self._times else -inf

    def clear(self) -> None:
        """Forget everything."""
        self._times.clear()
        self._watts.clear()

    def add(self, now: float, watts: float, seconds: float) -> None:
        """Store the power from now on; forget what is more than `seconds` old."""
        power = watts if isfinite(watts) and watts > 0 else 0.0
        if now == self.updated_at:
            self._watts[-1] = power
        elif not self._watts or self._watts[-1] != power:
            self._times.append(now)
            self._watts.append(power)
        while len(self._times) > 1 and self._times[1] < now - seconds:
            self._times.popleft()
            self._watts.popleft()

    def at(self, at: float) -> float:
        """Return the power at a time; the first known where that is not known."""
        if not self._watts:
            return 0.0
        return self._watts[max(bisect_right(self._times, at) - 1, 0)]

    def swing(self, begin: float, end: float) -> float:
        """Return by how much the power differed at most between two times."""
        low, high = self.bounds(begin, end)
        return high - low

    def bounds(self, begin: float, end: float) -> tuple[float, float]:
        """Return the lowest and the highest power between two times."""
        if not self._watts:
            return 0.0, 0.0
        first = max(bisect_right(self._times, begin) - 1, 0)
        last = max(bisect_right(self._times, end), first + 1)
        seen = [self._watts[index] for index in range(first, last)]
        return min(seen), max(seen)


class Measurements:
    """Tells measurements from repeats, by the values of all sensors that show what the connectors take."""

    __slots__ = (
        "_changed_at",
        "_changes",
        "_is_frozen",
        "_measured_at",
        "_reported_at",
        "_reports",
        "_values",
    )

    def __init__(self) -> None:
        """Start without a measurement."""
        self._values: tuple[float | None, ...] = ()
        self._changed_at = self._measured_at = self._reported_at = -inf
        self._is_frozen = False
        self._reports: deque[float] = deque(maxlen=_KEPT)
        self._changes: deque[float] = deque(maxlen=_KEPT)

    @property
    def interval(self) -> float:
        """Return the usual time between two measurements; a sensor that is polled more often shows it by changes."""
        known = max(_usual(self._reports), _usual(self._changes))
        return min(known or _DEFAULT_INTERVAL, MAX_INTERVAL)

    def unconfirmed_w(self, now: float, draws: PowerHistory) -> float | None:
        """Return by how much the connectors' power is above what a meter at rest has shown.

        None if the meter moved lately.
        """
        if now - self._changed_at < max(2 * self.interval, _REST_SECONDS):
            return None
        _, shown = self._shown(draws)
        return draws.at(now) - shown

    def _shown(self, draws: PowerHistory) -> tuple[float, float]:
        """Return the lowest and the highest power that the newest value may contain.

        A fast meter shows a change of the connectors before they report it.
        """
        return draws.bounds(self._changed_at, self._changed_at + _REPORT_SECONDS)

    def is_frozen(self, now: float, draws: PowerHistory, step_w: float) -> bool:
        """Return whether the values have stood still although the connectors' power has moved by `step_w`.

        They have to differ for as long as the meter needs to show it. Once frozen, it is so until a value changes.
        """
        if len(self._changes) < _FEW_CHANGES:
            patience = _UNLEARNED_SECONDS
        else:
            patience = max(2 * self.interval, _SHORTEST_SECONDS)
        if self._reported_at - self._changed_at > patience:
            lowest, highest = self._shown(draws)
            low, high = draws.bounds(now - patience, now)
            if low >= highest + step_w or high <= lowest - step_w:
                self._is_frozen = True
        return self._is_frozen

    def measured_at(
        self,
        values: Sequence[float | None],
        at: float,
        spoke_at: float,
        draws: PowerHistory,
        moved_w: float,
    ) -> float:
        """Return when the newest measurement was taken.

        Args:
            values: the readings of the sensors; None for one that is no number.
            at: the time stamp of the oldest of those that contain the connectors.
            spoke_at: when that sensor or its device last spoke: Home Assistant stores no repeat of some sensors.
            draws: what the connectors took.
            moved_w: the change of their power from which on a repeat is no measurement.

        """
        is_new = self._has_changed(values)
        if is_new:
            self._changed_at = at
            self._is_frozen = False
            self._changes.append(at)
            self._measured_at = at
        if spoke_at > self._reported_at:
            self._reports.append(spoke_at)
            self._reported_at = spoke_at
            since = max(self._changed_at, spoke_at - 2 * self.interval)
            if not is_new and draws.swing(since, spoke_at) < moved_w:
                self._measured_at = spoke_at
        return self._measured_at

    def _has_changed(self, values: Sequence[float | None]) -> bool:
        """Store the readings and return whether any is another one than before."""
        before = self._values or (None,) * len(values)
        self._values = tuple(
            last if value is None else value
            for last, value in zip(before, values, strict=True)
        )
        return self._values != before


def _usual(times: Sequence[float]) -> float:
    """Return the usual gap between times: a short one, as a sensor at rest has long ones; 0 if there is none."""
    gaps = sorted(after - before for before, after in pairwise(times))
    return gaps[len(gaps) // 4] if gaps else 0.0
