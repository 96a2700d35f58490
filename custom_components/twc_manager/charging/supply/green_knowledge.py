"""Whether the surplus is known, and how long charging goes on while it is not: a sensor may be slow, or dead.

Times are in s of a monotonic clock.
"""

from enum import StrEnum
from typing import Final

from ..settings import GreenSettings

AWAITED_SECONDS: Final = 300.0
"""Time for which a first value of the sensors is awaited after a start, in s."""


class Knowledge(StrEnum):
    """What is known of the surplus."""

    KNOWN = "known"
    AWAITED = "awaited"
    """It has not been known since the start: what charges already keeps the minimum, and nothing starts."""
    LOST = "lost"
    """It was known until a moment ago: what charges goes on."""
    STALE = "stale"
    """It has not been known for too long: what charges keeps the minimum."""
    NONE = "none"
    """It has not been known for so long that there is no green energy."""


class SurplusKnowledge:
    """Follows for how long the surplus has not been known."""

    __slots__ = ("_began_at", "_lost_at", "_stale_at", "_was_known")

    def __init__(self) -> None:
        """Start without knowledge."""
        self._began_at: float | None = None
        self._lost_at: float | None = None
        self._stale_at: float | None = None
        self._was_known = False

    def update(
        self, now: float, settings: GreenSettings, *, known: bool, stale: bool
    ) -> Knowledge:
        """Return what is known.

        Args:
            now: the time.
            settings: how long charging goes on without knowledge.
            known: whether the surplus is known.
            stale: whether it is not known because a sensor has been silent for too long already.

        """
        if self._began_at is None:
            self._began_at = now
        if known:
            self._was_known, self._lost_at, self._stale_at = True, None, None
            return Knowledge.KNOWN
        if self._lost_at is None:
            self._lost_at = now
        if self._stale_at is None and (
            stale or now - self._lost_at >= settings.stale_after
        ):
            self._stale_at = now
        return self._while_unknown(now, settings)

    def _while_unknown(self, now: float, settings: GreenSettings) -> Knowledge:
        until = self.until(settings)
        if until is None:
            return Knowledge.LOST
        if now >= until:
            return Knowledge.NONE
        return Knowledge.STALE if self._was_known else Knowledge.AWAITED

    def until(self, settings: GreenSettings) -> float | None:
        """Return when there will be no green energy unless the surplus is known again; None if that is open."""
        if not self._was_known and self._began_at is not None:
            return self._began_at + AWAITED_SECONDS
        stale_at = self._stale_at
        return None if stale_at is None else stale_at + settings.hold_when_stale
