"""How much of our draw one channel of a meter has shown.

Draws and readings are in the same unit, in A or in W. Time is an argument, in s of a monotonic clock.
"""

from collections import deque
from dataclasses import dataclass
from math import inf
from typing import Final

from .response_votes import LEAD_SECONDS

_FOLLOWS: Final = 0.5
"""The share of a raise that a reading has to rise by to show it."""

_LARGEST_SHARE: Final = 1.6
"""A reading that rises by more shows another load, with the raise or without it."""

_OPPOSITE: Final = (-1.6, -0.5)
"""A reading that moves by such a share of a raise may count the other way round."""


@dataclass(frozen=True, slots=True)
class LastRaise:
    """What one channel has shown of the last raise.

    Attributes:
        raised_at: since when it has not shown our draw, in s; None if it has.
        shown_at: when it last showed a raise by its size and all at once after it had stood for long, in s.
        is_lively: whether its value changes all the time.

    """

    raised_at: float | None
    shown_at: float
    is_lively: bool


class Confirmation:
    """The highest draw of ours that one channel of a meter has shown.

    `shown_at` is when it last showed a raise by its size and all at once after it had stood for long.
    """

    def __init__(self, size: float) -> None:
        """Start without knowledge; `size` is that of a step."""
        self.level: float | None = None
        self.raised_at: float | None = None
        self.shown_at = -inf
        self._vouched_at = -inf
        self._small = size / 3
        self._before: deque[tuple[float, float]] = deque()
        self._peak = 0.0
        self._value = 0.0
        self._lowest = inf
        self._has_fallen = False

    def update(
        self,
        now: float,
        recent: list[float],
        value: float,
        patience: float,
        proven: float,
        *,
        any_after: float | None = None,
        pause: float = 0.0,
        is_awake: bool = False,
    ) -> None:
        """Compare the newest reading with the draw.

        Args:
            now: the time.
            recent: our draws for as long as a confirmed one counts, the newest first.
            value: the newest reading.
            patience: s within which the meter shows a change.
            proven: the highest draw that any channel has shown.
            any_after: s after which any movement shows a raise; None if never.
            pause: s between two raises for which another movement shows that the vehicle may not be on this phase; inf
                if none does.
            is_awake: whether the meter moves only since a moment ago: it jumps when it lives again, and when it dies.

        """
        last, self._value = self._value, value
        draw, highest = recent[0], max(recent)
        if self.level is None or highest < self.level:
            self.level = highest
        if draw <= self.level + self._small:
            self._note(now, value)
            return
        age = now - self._note_raise(now, draw, value)
        share = (value - self._before[0][1]) / (draw - self.level)
        if age < patience:
            is_shown = self._shows(now, draw, value, last, is_awake=is_awake)
        elif any_after is not None:
            is_shown = _moved_late(share) or (age >= any_after and share != 0)
        else:
            elsewhere = draw <= proven + self._small
            is_shown = self._vouches(now, share, pause if elsewhere else inf)
        if is_shown:
            self.level = draw
            self._note(now, value)

    def _shows(
        self, now: float, draw: float, value: float, last: float, *, is_awake: bool
    ) -> bool:
        """Return whether a reading shows a raise in time; `last` is the reading before."""
        assert self.level is not None
        needed = _FOLLOWS * (draw - self.level)
        if not is_awake:
            # A load that was switched off meanwhile does not hide the raise.
            return value - self._lowest >= needed
        is_of_size = self._is_of_size(draw, value)
        if is_of_size and value - last >= needed:
            self.shown_at = now
        return is_of_size

    def _note_raise(self, now: float, draw: float, value: float) -> float:
        """Note and return since when our draw is one that has not been shown, in s."""
        if self.raised_at is None:
            # Nothing may have been taken for long before the raise.
            self._forget_before(now)
            self._lowest = min(value for _, value in self._before)
            self._has_fallen = False
        elif draw < self._peak - self._small:
            # What moves up now may be the fall, at a meter that counts the other way round.
            self._lowest, self._has_fallen = self._before[0][1], True
        if self.raised_at is None or abs(draw - self._peak) > self._small:
            self.raised_at, self._peak = now, draw
        if not self._has_fallen:
            self._lowest = min(self._lowest, value)
        return self.raised_at

    def _is_of_size(self, draw: float, value: float) -> bool:
        """Return whether a reading rose by as much as the draw, since a moment that may have been before the raise."""
        assert self.level is not None
        raised = draw - self.level
        return any(
            _FOLLOWS <= (value - before) / raised <= _LARGEST_SHARE
            for _, before in self._before
        )

    def _vouches(self, now: float, share: float, pause: float) -> bool:
        """Return whether a movement that is not the raise shows that it may be believed nevertheless.

        A start cannot be repeated by a test. Else the vehicle may not be on this phase if another has shown the raise,
        which counts once in `pause` s.
        """
        assert self.level is not None
        is_start = self.level < self._small
        is_due = pause < inf and now - self._vouched_at >= pause
        if not (is_start or is_due) or not _moved_late(share):
            return False
        self._vouched_at = now
        return True

    def _note(self, now: float, value: float) -> None:
        """Note what the meter shows at the confirmed draw; it may show a raise before its connector reports it."""
        self.raised_at = None
        self._before.append((now, value))
        self._forget_before(now)

    def _forget_before(self, now: float) -> None:
        """Keep what the meter showed when it may have begun to show a raise that is reported now."""
        while len(self._before) > 1 and self._before[1][0] <= now - LEAD_SECONDS:
            self._before.popleft()


def _moved_late(share: float) -> bool:
    """Return whether a reading that moved by such a share of a raise may show it: what comes late may be another load."""
    return share != 0 and not _OPPOSITE[0] <= share <= _OPPOSITE[1]
