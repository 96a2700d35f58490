"""When charging was started and stopped: kept over restarts, as every start wears a relay and a car.

Times are in s of a monotonic clock where nothing else is said.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import inf, isfinite
from typing import Any, Final, Self

SWITCH_SECONDS: Final = 60.0
"""Minimum time from a start to a stop and from a stop to a start: relays wear, and cars fault meanwhile."""

_HOUR: Final = 3600.0
DAY: Final = 12 * _HOUR
"""As long as the sun shines at most; earlier starts were another day's."""
_LATEST: Final = 1e12
"""A larger time since the epoch, in s, can only be a mistake."""

_STARTS_KEPT: Final = 60
"""No more starts of one car fit into an hour, a minute apart from the stops between them."""


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

    @property
    def times(self) -> tuple[float, ...]:
        """Return when charging was started, the latest last."""
        return tuple(self._times)

    def recall(
        self, now: float, times: Iterable[float], stopped: float | None = None
    ) -> None:
        """Go on from what was noted before a restart; another day's, and what is yet to come, is passed over."""
        self._times.extend(sorted(at for at in times if 0 <= now - at < DAY))
        if stopped is not None and stopped <= now:
            self.stopped = stopped

    @property
    def going_on(self) -> bool:
        """Return whether the last start was followed by no stop."""
        return bool(self._times) and self._times[-1] > self.stopped

    def end(self) -> None:
        """Note that the last start is over, whatever ended it."""
        if self.going_on:
            self.stopped = self._times[-1]

    def start(self, now: float) -> None:
        """Note a start."""
        self._times.append(now)

    def today(self, now: float) -> int:
        """Return how many starts the day has seen."""
        return sum(now - time < DAY for time in self._times)


@dataclass(frozen=True, slots=True)
class StoredStarts:
    """What is kept of starts over a restart: relays do not recover by it. Times are in s since the epoch.

    Attributes:
        green: when green energy was found to be enough to start.
        stopped: when it was last found to be too little to go on; None if it never was.
        cars: when it started a car.

    """

    green: tuple[float, ...] = ()
    stopped: float | None = None
    cars: tuple[float, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it in a form for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Read what `as_dict` gave; what is no time is passed over, as a start more or less does no harm."""
        if not isinstance(data, Mapping):
            return cls()
        return cls(
            _times(data.get("green")),
            next(iter(_times([data.get("stopped")])), None),
            _times(data.get("cars")),
        )


def _times(items: Any) -> tuple[float, ...]:
    """Return those of some items that can be times."""
    if not isinstance(items, list | tuple):
        return ()
    numbers = (item for item in items if type(item) in {int, float})
    return tuple(item for item in numbers if isfinite(item) and abs(item) < _LATEST)
