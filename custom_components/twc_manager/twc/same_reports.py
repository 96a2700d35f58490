"""Counts the reports of a connector that show that nothing happens to it."""

from typing import Final

from .excess import STEADY_AMPS
from .messages import Heartbeat

LONG_REPORTS: Final = 30
"""So many same reports in a row take a connector that charges some 45 s, and one without a car 80 s."""


class SameReports:
    """Counts the reports in a row with the same contents, the jitter of the draw aside.

    Attributes:
        count: how many, the last one included; none after a heartbeat that was not answered in time.

    """

    __slots__ = ("_first", "count")

    def __init__(self) -> None:
        """Start without a report."""
        self.count = 0
        self._first: Heartbeat | None = None

    @property
    def last_long(self) -> bool:
        """Return whether the reports have been the same for long, without a heartbeat that was not answered."""
        return self.count >= LONG_REPORTS

    def interrupt(self) -> None:
        """Begin anew."""
        self._first, self.count = None, 0

    def received(self, report: Heartbeat) -> None:
        """Take a report. It is compared with the first one, so that a draw that falls slowly differs in the end."""
        first = self._first
        if (
            first is not None
            and (report.state, report.offered) == (first.state, first.offered)
            and abs(report.drawn - first.drawn) <= STEADY_AMPS
        ):
            self.count += 1
        else:
            self._first, self.count = report, 1
