"""Limits the calls to a vehicle's cloud: their rate, back-off and daily maximum.

Times are in s of a monotonic clock; days are dates of the local calendar.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from math import isfinite
from typing import Any, Final, Self

BACKOFF_SECONDS: Final = 60.0
MAX_BACKOFF_SECONDS: Final = 600.0

MAX_CALLS_PER_DAY: Final = 40
"""The maximum number of calls a day without an effect on the measured draw."""

SOFT_LIMIT: Final = 24
"""From this many calls in a day on, the rest is spread over the day."""

SOFT_LIMIT_INTERVAL: Final = 4500.0
"""The minimum number of s between two calls beyond the soft limit, so that the rest lasts until midnight."""

MAX_WAKES_PER_DAY: Final = 6
"""How often a vehicle may be woken in a day."""

WAKE_SECONDS: Final = 1800.0
"""Minimum time between two attempts to wake a vehicle."""

_MAX_TIME: Final = 1e12
"""The maximum of a valid stored time, in s."""


class RateLimiter:
    """Limits tries to a minimum interval, which grows while they fail."""

    def __init__(self, interval: float, ready_at: float | None = None) -> None:
        """Start with a minimum interval in s; `ready_at` is when the first try may be made, None for at once."""
        self._interval = interval
        self._failures = 0
        self._ready_at = ready_at

    @property
    def ready_at(self) -> float | None:
        """Return when the next try may be made; None if at any time."""
        return self._ready_at

    def tried(self, now: float) -> None:
        """Record a try."""
        self._ready_at = now + self._interval

    def failed(self, now: float, minimum: float = 0.0) -> None:
        """Record that a try failed; `minimum` is the minimum time in s to the next one."""
        wait = min(BACKOFF_SECONDS * 2.0**self._failures, MAX_BACKOFF_SECONDS)
        self._failures = min(self._failures + 1, 10)
        self._ready_at = max(self._ready_at or now, now + max(wait, minimum))

    def worked(self) -> None:
        """Record that a try worked, which resets the back-off."""
        self._failures = 0

    def again_at(self, at: float) -> None:
        """Set when the next try may be made."""
        self._ready_at = at


@dataclass(frozen=True, slots=True)
class DailyUsage:
    """The calls to a vehicle's cloud on one day.

    Attributes:
        day: the day.
        calls: how many calls did not show in the measured draw, or not yet.
        wakes: how often the vehicle was woken.

    """

    day: date
    calls: int = 0
    wakes: int = 0

    def on(self, day: date) -> Self:
        """Return the usage of a day, an empty one for another day."""
        return self if self.day == day else type(self)(day)

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return asdict(self) | {"day": self.day.isoformat()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the usage from `as_dict`; raises KeyError, TypeError or ValueError if it is not valid."""
        return cls(
            date.fromisoformat(data["day"]), int(data["calls"]), int(data["wakes"])
        )


@dataclass(frozen=True, slots=True)
class StoredWaits:
    """The times that the next commander of a vehicle has to respect; None where there is nothing to wait for.

    Attributes:
        last_call_at: when a call was made last.
        command_ready_at: when the vehicle may be commanded again.
        last_wake_at: when the vehicle was last commanded to wake up.
        read_ready_at: when its state may be read again.

    """

    last_call_at: float | None = None
    command_ready_at: float | None = None
    last_wake_at: float | None = None
    read_ready_at: float | None = None

    def moved(self, seconds: float) -> Self:
        """Return the times on another clock, which is ahead by a number of s."""
        times = (getattr(self, item.name) for item in fields(self))
        return type(self)(*(None if at is None else at + seconds for at in times))

    def as_of(self, now: float) -> Self:
        """Return the times that count now; empty if the clock was set back."""
        return (
            type(self)()
            if self.last_call_at is not None and now < self.last_call_at
            else self
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the times from `as_dict`, without invalid ones."""
        return cls(*(_time(data.get(item.name)) for item in fields(cls)))


def _time(item: Any) -> float | None:
    number = type(item) in {int, float} and isfinite(item) and abs(item) < _MAX_TIME
    return float(item) if number else None
