"""How often a car's cloud may be called: pace, back-off and the most in a day.

Times are in s of a monotonic clock; days are dates of the clock on the wall.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from math import isfinite
from typing import Any, Final, Self

BACKOFF_SECONDS: Final = 60.0
MAX_BACKOFF_SECONDS: Final = 600.0

MAX_CALLS_PER_DAY: Final = 40
"""The most calls in a day that show nothing in the measured amps."""

SOFT_LIMIT: Final = 24
SOFT_LIMIT_INTERVAL: Final = 4500.0
"""After so many there is one so seldom, which lasts until midnight."""

MAX_WAKES_PER_DAY: Final = 6
WAKE_SECONDS: Final = 1800.0
"""A car is not woken more often."""

_LATEST: Final = 1e12
"""No time since the epoch in s is as large, other than by mistake."""


class RateLimiter:
    """When something may be tried again: not too soon, and ever later while it fails."""

    def __init__(self, gap: float, ready_at: float | None = None) -> None:
        """Start; `gap` is the least time in s between two tries, `ready_at` when the first may be, if not now."""
        self._gap = gap
        self._failures = 0
        self._ready_at = ready_at

    @property
    def ready_at(self) -> float | None:
        """Return when it may be tried again; None if it may at any time."""
        return self._ready_at

    def tried(self, now: float) -> None:
        """Note a try."""
        self._ready_at = now + self._gap

    def failed(self, now: float, least: float = 0.0) -> None:
        """Note that a try failed; `least` is the least time in s to the next one."""
        wait = min(BACKOFF_SECONDS * 2.0**self._failures, MAX_BACKOFF_SECONDS)
        self._failures = min(self._failures + 1, 10)
        self._ready_at = max(self._ready_at or now, now + max(wait, least))

    def worked(self) -> None:
        """Note that a try worked: the least time between two is all that is left to wait for."""
        self._failures = 0

    def again_at(self, at: float) -> None:
        """Let it be tried at a time of its own."""
        self._ready_at = at


@dataclass(frozen=True, slots=True)
class DailyUsage:
    """What a car's calls came to on one day.

    Attributes:
        day: the day.
        calls: how many calls showed nothing in the measured amps, or not yet.
        wakes: how often it was woken.

    """

    day: date
    calls: int = 0
    wakes: int = 0

    def on(self, day: date) -> Self:
        """Return what counts on a day."""
        return self if self.day == day else type(self)(day)

    def as_dict(self) -> dict[str, Any]:
        """Return it in a form for JSON."""
        return asdict(self) | {"day": self.day.isoformat()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave; a KeyError, TypeError or ValueError says that it is something else."""
        return cls(
            date.fromisoformat(data["day"]), int(data["calls"]), int(data["wakes"])
        )


@dataclass(frozen=True, slots=True)
class StoredWaits:
    """How long a car's cloud is still to be left alone, for whoever commands the car next; None is not at all.

    Attributes:
        asked: when something was asked last.
        ready: from when on something may be told it again.
        woken: when the car was woken last.
        look: from when on it may be looked at again.

    """

    asked: float | None = None
    ready: float | None = None
    woken: float | None = None
    look: float | None = None

    def moved(self, seconds: float) -> Self:
        """Return the times by another clock, which shows so many s more."""
        times = (getattr(self, item.name) for item in fields(self))
        return type(self)(*(None if at is None else at + seconds for at in times))

    def as_of(self, now: float) -> Self:
        """Return what counts at a time: nothing if the clock was set back meanwhile."""
        return type(self)() if self.asked is not None and now < self.asked else self

    def as_dict(self) -> dict[str, Any]:
        """Return it in a form for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave; what is no time is passed over."""
        return cls(*(_time(data.get(item.name)) for item in fields(cls)))


def _time(item: Any) -> float | None:
    number = type(item) in {int, float} and isfinite(item) and abs(item) < _LATEST
    return float(item) if number else None
