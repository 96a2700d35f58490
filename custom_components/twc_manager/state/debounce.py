"""Reasons and times that are held back while they alternate: each change is a row in the recorder's database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ..charging.outcome import LimitReason

DEBOUNCE_SECONDS: Final = 10.0
"""How many s an alternating reason must hold before it is shown: with a meter that jitters, every reading decides anew
whether there is room for one more ampere."""

_ALTERNATING: Final = frozenset({LimitReason.GREEN_ENERGY, LimitReason.SETTLING})

_TOLERANCE: Final = timedelta(seconds=2)
"""The maximum difference of a time that is calculated again at every update."""


@dataclass(slots=True)
class DebouncedReason:
    """The reason to show.

    Attributes:
        reason: the reason shown.
        other_since: since when another reason holds, in s of a monotonic clock; None if none does.

    """

    reason: LimitReason
    other_since: float | None = None

    def update(self, reason: LimitReason, now: float) -> LimitReason:
        """Take the reason that holds now, and return the one to show."""
        if reason is self.reason or not {reason, self.reason} <= _ALTERNATING:
            return self._show(reason)
        if self.other_since is None:
            self.other_since = now
        if now - self.other_since >= DEBOUNCE_SECONDS:
            return self._show(reason)
        return self.reason

    def _show(self, reason: LimitReason) -> LimitReason:
        self.reason, self.other_since = reason, None
        return reason


@dataclass(slots=True)
class DebouncedTime:
    """The time to show, to the second; None without one."""

    time: datetime | None = None

    def update(self, times: Iterable[datetime | None]) -> datetime | None:
        """Take the times that hold now, and return the first of them as it is to be shown."""
        first = min((item for item in times if item is not None), default=None)
        if first is None:
            self.time = None
        elif self.time is None or abs(first - self.time) > _TOLERANCE:
            self.time = first.replace(microsecond=0)
        return self.time
