"""The 6 A recovery: some vehicles drop to 6 A when their offer is raised a little, and stay there.

The remedy by docs/protocol.md: a boost to 21 A (16 A at 32 A units) for some seconds, then the wanted value; if the
boost does not help within 10 s, easing off to 2 A less than the boost.

Time is an argument, in s of a monotonic clock; currents are in A.
"""

from collections import deque
from enum import Enum
from typing import Final

BOOST_AMPS: Final = 21
SMALL_BOOST_AMPS: Final = 16
SMALL_RATING: Final = 40.0
"""Units of 32 A take the small boost, those of 80 A the other."""

MIN_DRAW: Final = 2.0
"""A vehicle that draws less is not stuck: it only starts or stops."""

GAP_AMPS: Final = 2.0
STUCK_SECONDS: Final = 10.0
RISE_AMPS: Final = 0.5
"""A draw that rises by this is not stuck but still on its way."""

BOOST_SECONDS: Final = 7.0
"""The boost has to last 5 s or more, and is seen late in the reports."""

NO_HELP_SECONDS: Final = 11.0
EASE_OFF_AMPS: Final = 2
EASE_OFF_SECONDS: Final = 8.0
REACH_SECONDS: Final = 30.0
"""If the boost has not reached the connector within this time in s, there was no room for it after all."""

HELP_AMPS: Final = 1.5
"""A draw that rises by this during the boost was freed by it."""

MAX_BOOSTS_PER_HOUR: Final = 6
HOUR: Final = 3600.0
MAX_FAILURES: Final = 2
STUCK_DRAW: Final = 8.0
"""A vehicle that draws more than this and does not react to the boost has its own limit: it is not stuck."""


def boost_amps(rating: float) -> int:
    """Return the offer that frees a stuck vehicle at a unit of this rating."""
    return SMALL_BOOST_AMPS if rating < SMALL_RATING else BOOST_AMPS


class _Phase(Enum):
    WATCHING = 0
    BOOST = 1
    EASE_OFF = 2


class SixAmpRecovery:
    """Detects that the vehicle at one connector is stuck at 6 A, and frees it.

    Attributes:
        until: when the current step of the recovery ends, in s; None if unknown.

    """

    def __init__(self) -> None:
        """Start for an unknown vehicle."""
        self._phase = _Phase.WATCHING
        self._stuck_since: float | None = None
        self._lowest = 0.0
        self._before = 0.0
        self._began_at = 0.0
        self._reached_at: float | None = None
        self._helped = False
        self._boosts: deque[float] = deque(maxlen=MAX_BOOSTS_PER_HOUR)
        self._failures = 0
        self._not_before = 0.0
        self.until: float | None = None

    @property
    def active(self) -> bool:
        """Return whether the recovery is under way."""
        return self._phase is not _Phase.WATCHING

    def update(
        self, now: float, *, offered: float, drawn: float, boost: int
    ) -> int | None:
        """Take a report and return the offer that would help, in whole A; None if the usual offer is right."""
        if self._phase is _Phase.WATCHING:
            return boost if self._stuck(now, offered, drawn, boost) else None
        if drawn >= self._before + HELP_AMPS:
            self._helped = True
        if drawn < MIN_DRAW:
            self.cancel(now)
            return None
        if self._phase is _Phase.BOOST:
            return self._boosting(now, offered, boost)
        if self.until is not None and now < self.until:
            return boost - EASE_OFF_AMPS
        self._finish(now)
        return None

    def interrupt(self) -> None:
        """Forget since when the vehicle has been stuck: the connector is, or was, silent."""
        self._stuck_since = None

    def begin(self, now: float, drawn: float) -> None:
        """Note that the boost asked for is given."""
        if self.active:
            return
        self._phase, self._began_at, self._before = _Phase.BOOST, now, drawn
        self._reached_at, self._helped = None, False
        self.until = None
        self._boosts.append(now)

    def cancel(self, now: float) -> None:
        """Give up for now: there is no room for the boost (any more), or the vehicle stopped."""
        if self.active:
            self._not_before = now + HOUR / MAX_BOOSTS_PER_HOUR
        self._rest()

    def _rest(self) -> None:
        self._phase = _Phase.WATCHING
        self._stuck_since = None
        self.until = None

    def _stuck(self, now: float, offered: float, drawn: float, boost: int) -> bool:
        if not (MIN_DRAW < drawn < offered - GAP_AMPS and offered < boost):
            self._stuck_since = None
            return False
        if self._stuck_since is None or drawn > self._lowest + RISE_AMPS:
            self._stuck_since, self._lowest = now, drawn
        if now - self._stuck_since <= STUCK_SECONDS or now < self._not_before:
            return False
        often = (
            len(self._boosts) == MAX_BOOSTS_PER_HOUR and now - self._boosts[0] < HOUR
        )
        return not often and self._failures < MAX_FAILURES

    def _boosting(self, now: float, offered: float, boost: int) -> int | None:
        if self._reached_at is None:
            if offered >= boost:
                self._reached_at = now
            elif now - self._began_at >= REACH_SECONDS:
                self.cancel(now)
                return None
            return boost
        if self._helped and now - self._reached_at >= BOOST_SECONDS:
            self._finish(now)
            return None
        self.until = self._reached_at + (
            BOOST_SECONDS if self._helped else NO_HELP_SECONDS
        )
        if now - self._reached_at < NO_HELP_SECONDS:
            return boost
        self._phase = _Phase.EASE_OFF
        self.until = now + EASE_OFF_SECONDS
        return boost - EASE_OFF_AMPS

    def _finish(self, now: float) -> None:
        if not self._helped:
            self._failures += 1 if self._before <= STUCK_DRAW else MAX_FAILURES
            self._not_before = now + HOUR
        self._rest()
