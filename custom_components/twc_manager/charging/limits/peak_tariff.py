"""Peak tariffs as data: the length of an interval, which intervals count, and how the peak is calculated from them.

Powers are in kW. Times of day are local.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final

EVERY_MONTH: Final = frozenset(range(1, 13))
EVERY_DAY: Final = frozenset(range(7))
WORKING_DAYS: Final = frozenset(range(5))
WINTER: Final = frozenset({11, 12, 1, 2, 3})


DEFAULT_WISH_KW: Final = 5.0
"""The peak that is accepted by default if the tariff has no floor, in kW."""


class PeakWindow(StrEnum):
    """The period over which the highest intervals are determined."""

    MONTH = "month"
    YEAR = "year"
    """The last twelve months."""


@dataclass(frozen=True, slots=True)
class PeakTariff:
    """A tariff on the average import of intervals.

    Attributes:
        minutes: length of an interval, 15 or 60 min by the clock.
        months: the months that count, from 1.
        weekdays: the days that count, from 0 for Monday.
        start: when the hours that count begin.
        end: when they end; the same as `start` if all hours count.
        highest: the number of highest intervals whose mean is the peak.
        distinct_days: whether these are on different days.
        window: the period over which they are determined.
        floor_kw: the minimum peak that is billed, in kW.
        steps: upper ends in kW of the steps of the price, in order; empty if each kW costs the same.

    """

    minutes: int = 15
    months: frozenset[int] = EVERY_MONTH
    weekdays: frozenset[int] = EVERY_DAY
    start: time = time()
    end: time = time()
    highest: int = 1
    distinct_days: bool = False
    window: PeakWindow = PeakWindow.MONTH
    floor_kw: float = 0.0
    steps: tuple[float, ...] = ()

    @property
    def default_wish_kw(self) -> float:
        """Return the peak that is accepted if the owner has not set one, in kW."""
        return self.floor_kw or DEFAULT_WISH_KW

    @property
    def seconds(self) -> float:
        """Return the length of an interval in s."""
        return 60.0 * self.minutes

    def begin_of(self, local: datetime) -> datetime:
        """Return when the interval of a local time began, in UTC, since a local hour may occur twice."""
        beyond = timedelta(
            minutes=local.minute % self.minutes,
            seconds=local.second,
            microseconds=local.microsecond,
        )
        return local.astimezone(UTC) - beyond

    def counts(self, local: datetime) -> bool:
        """Return whether the interval of a local time counts."""
        return (
            local.month in self.months
            and local.weekday() in self.weekdays
            and self._is_in_hours(local.time())
        )

    def _is_in_hours(self, clock: time) -> bool:
        if self.start <= self.end:
            return self.start == self.end or self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def target(self, wish_kw: float, paid_kw: float) -> float:
        """Return the mean that must not be exceeded, in kW.

        Args:
            wish_kw: the peak that the owner accepts.
            paid_kw: the mean of the highest intervals so far.

        """
        target = max(wish_kw, self.floor_kw)
        if not self.steps:
            return target
        reached = max(target, paid_kw)
        return next((step for step in self.steps if step >= reached), reached)


class PeakPreset(StrEnum):
    """The common forms of the tariffs of some countries."""

    FLANDERS = "flanders"
    NORWAY = "norway"
    SWEDEN = "sweden"


PRESETS: Final[Mapping[PeakPreset, PeakTariff]] = {
    PeakPreset.FLANDERS: PeakTariff(floor_kw=2.5),
    PeakPreset.NORWAY: PeakTariff(
        minutes=60,
        highest=3,
        distinct_days=True,
        steps=(2.0, 5.0, 10.0, 15.0, 20.0, 25.0),
    ),
    PeakPreset.SWEDEN: PeakTariff(
        minutes=60,
        months=WINTER,
        weekdays=WORKING_DAYS,
        start=time(6),
        end=time(20),
        highest=3,
        distinct_days=True,
    ),
}
