"""Records when charging was started and stopped; stored over restarts, since every start wears a relay and a vehicle.

Times are in s of a monotonic clock unless stated otherwise.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import inf, isfinite
from typing import Any, Final, Self

SWITCH_SECONDS: Final = 60.0
"""The minimum s from a start to a stop and back: more frequent switching wears relays and causes faults in vehicles."""

_HOUR: Final = 3600.0
DAYLIGHT_SECONDS: Final = 12 * _HOUR
"""The number of s after which a start belongs to another day."""
_LATEST: Final = 1e12
"""In s since the epoch: a later time is invalid."""

_STARTS_KEPT: Final = 60
"""More than fit into an hour, with a minute between each start and stop."""


class Starts:
    """The starts and stops of charging, and when the next ones are allowed."""

    __slots__ = ("_times", "per_hour", "stopped")

    def __init__(self, per_hour: int = _STARTS_KEPT) -> None:
        """Begin with no starts; `per_hour` is the maximum number of starts in an hour."""
        self.per_hour = per_hour
        self.stopped = -inf
        self._times: deque[float] = deque(maxlen=_STARTS_KEPT)

    @property
    def capped_until(self) -> float:
        """The time until which the maximum per hour forbids another start."""
        cap = min(max(self.per_hour, 1), _STARTS_KEPT)
        return self._times[-cap] + _HOUR if len(self._times) >= cap else -inf

    @property
    def earliest_start(self) -> float:
        """The time from which a start is allowed."""
        return max(self.stopped + SWITCH_SECONDS, self.capped_until)

    @property
    def earliest_stop(self) -> float:
        """The time from which a stop is allowed."""
        return self._times[-1] + SWITCH_SECONDS if self._times else -inf

    @property
    def times(self) -> tuple[float, ...]:
        """The times of the starts, the latest last."""
        return tuple(self._times)

    def recall(
        self, now: float, times: Iterable[float], stopped: float | None = None
    ) -> None:
        """Continue with times from before a restart; those of another day or in the future are ignored."""
        self._times.extend(
            sorted(at for at in times if 0 <= now - at < DAYLIGHT_SECONDS)
        )
        if stopped is not None and stopped <= now:
            self.stopped = stopped

    @property
    def going_on(self) -> bool:
        """Whether there was no stop after the last start."""
        return bool(self._times) and self._times[-1] > self.stopped

    def end(self) -> None:
        """Record that charging has ended after the last start, for any reason."""
        if self.going_on:
            self.stopped = self._times[-1]

    def start(self, now: float) -> None:
        """Record a start."""
        self._times.append(now)

    def today(self, now: float) -> int:
        """Return the number of starts on this day."""
        return sum(now - time < DAYLIGHT_SECONDS for time in self._times)


@dataclass(frozen=True, slots=True)
class StoredStarts:
    """The starts that are stored over a restart, which undoes no wear. Times are in s since the epoch.

    Attributes:
        green: when there was enough green energy to start.
        stopped: when there was last too little green energy to continue; None if there always was enough.
        vehicles: when green energy started a vehicle.

    """

    green: tuple[float, ...] = ()
    stopped: float | None = None
    vehicles: tuple[float, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return a dictionary that is fit for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Any) -> Self:
        """Return the starts from `as_dict`; invalid times are ignored, since one start more or less does no harm."""
        if not isinstance(data, Mapping):
            return cls()
        return cls(
            _times(data.get("green")),
            next(iter(_times([data.get("stopped")])), None),
            _times(data.get("vehicles")),
        )


def _times(items: Any) -> tuple[float, ...]:
    """Return the items that are valid times."""
    if not isinstance(items, list | tuple):
        return ()
    numbers = (item for item in items if type(item) in {int, float})
    return tuple(item for item in numbers if isfinite(item) and abs(item) < _LATEST)
