"""Whether a connector reports: what it reported last shows nothing of the time in which it is silent.

Whatever learns from a state that lasts, such as a draw below the offer, has to begin anew after a silence.

Times are in s of a monotonic clock.
"""

from enum import Enum, auto
from math import inf
from typing import Final

SILENT_SECONDS: Final = 5.0
"""A connector that was heard longer ago than this is silent; it answers every three seconds or sooner."""

UNHEARD_SECONDS: Final = 12.0
"""Reports further apart than this have a silence between them; while a vehicle is plugged in they are looked at every
5 s."""


class Reporting(Enum):
    """Whether a connector reports."""

    HEARD = auto()
    """It reports as before."""
    SILENT = auto()
    """Its last report is old."""
    RESUMED = auto()
    """It reports for the first time after a silence."""


class ReportClock:
    """Follows when a connector was heard.

    Attributes:
        reporting: whether it reports, by the last update.
        heard_since: since when it has been heard without a silence, in s; inf while it is silent.

    """

    __slots__ = ("_heard_at", "heard_since", "reporting")

    def __init__(self) -> None:
        """Start for a connector that has always been heard."""
        self.reporting = Reporting.HEARD
        self.heard_since = -inf
        self._heard_at: float | None = None

    def update(self, now: float, heard_at: float | None) -> Reporting:
        """Take when the connector was heard last; None if that is unknown, which shows no silence."""
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
