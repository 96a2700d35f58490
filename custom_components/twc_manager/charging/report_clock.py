"""Tracks whether a connector reports, since its last report proves nothing about a time of silence.

Everything that is learned from a lasting state, such as a draw below the offer, has to start anew after a silence.

Times are in s of a monotonic clock.
"""

from enum import Enum, auto
from math import inf
from typing import Final

SILENT_SECONDS: Final = 5.0
"""A connector whose last report is older than this number of s is silent; it answers at least every three seconds."""

UNHEARD_SECONDS: Final = 12.0
"""Reports further apart than this number of s have a silence between them; while a vehicle is plugged in, they are
checked every 7 s at least."""


class Reporting(Enum):
    """Whether a connector reports."""

    HEARD = auto()
    """It reports as before."""
    SILENT = auto()
    """Its last report is old."""
    RESUMED = auto()
    """It reports for the first time after a silence."""


class ReportClock:
    """Follows the reports of a connector.

    Attributes:
        reporting: whether it reports, by the last update.
        heard_since: since when it has reported without a silence, in s; inf while it is silent.

    """

    __slots__ = ("_heard_at", "heard_since", "reporting")

    def __init__(self) -> None:
        """Start for a connector without a silence."""
        self.reporting = Reporting.HEARD
        self.heard_since = -inf
        self._heard_at: float | None = None

    def update(self, now: float, heard_at: float | None) -> Reporting:
        """Take the time of the last report; None if unknown, which does not count as a silence."""
        if heard_at is None:
            return self.reporting
        self.reporting = self._reporting(now, heard_at)
        self._heard_at = heard_at
        if self.reporting is Reporting.SILENT:
            self.heard_since = inf
        elif self.reporting is Reporting.RESUMED:
            self.heard_since = now
        return self.reporting

    def _reporting(self, now: float, heard_at: float) -> Reporting:
        if now - heard_at > SILENT_SECONDS:
            return Reporting.SILENT
        before = self._heard_at
        missed = before is not None and heard_at - before > UNHEARD_SECONDS
        if missed or self.reporting is Reporting.SILENT:
            return Reporting.RESUMED
        return Reporting.HEARD
