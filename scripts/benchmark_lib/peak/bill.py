"""What a grid operator writes down: the average import of each interval, and which of them are too high.

Written from the tariffs alone. It knows nothing of how a budget is kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

WEEKEND: Final = (5, 6)


@dataclass(frozen=True, slots=True)
class Contract:
    """A tariff as its customer reads it.

    Attributes:
        minutes: length of an interval.
        of_days: of how many days the highest intervals are averaged; 0 if only the single highest one of the month counts.
        winter_working_hours: whether only November to March, Monday to Friday, 6 to 20 count.
        floor_kw: what is paid for at least.
        steps: the ends of the steps of the price, in kW.

    """

    minutes: int
    of_days: int = 0
    winter_working_hours: bool = False
    floor_kw: float = 0.0
    steps: tuple[float, ...] = ()

    def charges_for(self, local: datetime) -> bool:
        """Return whether an interval that begins then counts."""
        if not self.winter_working_hours:
            return True
        in_winter = local.month >= 11 or local.month <= 3
        return in_winter and local.weekday() not in WEEKEND and 6 <= local.hour < 20


CONTRACTS: Final = {
    "flanders": Contract(15, floor_kw=2.5),
    "norway": Contract(60, of_days=3, steps=(2, 5, 10, 15, 20, 25)),
    "sweden": Contract(60, of_days=3, winter_working_hours=True),
}


@dataclass(slots=True)
class Bill:
    """The months of a year.

    Attributes:
        intervals: how many counted.
        too_high_by_charging: how many were higher than what was wished or already paid for, although the house alone was not.
        too_high_alone: how many the house alone raised too high.
        month_peaks: what is paid for, month by month, in kW.

    """

    contract: Contract
    wish_kw: float
    intervals: int = 0
    too_high_by_charging: int = 0
    too_high_alone: int = 0
    month_peaks: list[float] = field(default_factory=list)
    worst_kw: float = 0.0
    _month: int = 0
    _highest: dict[date, float] = field(default_factory=dict)

    def write(self, local: datetime, with_us_kw: float, alone_kw: float) -> None:
        """Write down an interval that began then."""
        if not self.contract.charges_for(local):
            return
        if local.month != self._month:
            self.close()
            self._month = local.month
        self.intervals += 1
        free = self._free(local.date())
        if alone_kw > free:
            self.too_high_alone += 1
        elif with_us_kw > free:
            self.too_high_by_charging += 1
            self.worst_kw = max(self.worst_kw, with_us_kw - free)
        today = self._highest.get(local.date(), 0.0)
        self._highest[local.date()] = max(today, with_us_kw)

    def close(self) -> None:
        """Close the month."""
        if self._highest:
            self.month_peaks.append(max(self._paid(), self.contract.floor_kw))
        self._highest = {}

    def _paid(self) -> float:
        return _mean(self._days(), max(self.contract.of_days, 1))

    def _days(self) -> list[float]:
        """Return what is averaged, in falling order."""
        days = sorted(self._highest.values(), reverse=True)
        return days[: max(self.contract.of_days, 1)]

    def _free(self, today: date) -> float:
        """Return up to what average an interval of today costs no more than wished."""
        contract = self.contract
        wish = max(self.wish_kw, contract.floor_kw)
        if contract.steps:
            reached = max(wish, self._paid())
            wish = min(step for step in contract.steps if step >= reached)
        days, count = self._days(), max(contract.of_days, 1)
        lowest = days[-1] if len(days) == count else 0.0
        own = self._highest.get(today, 0.0)
        return max(wish, lowest, own if own in days else 0.0)


def _mean(values: Iterable[float], count: int) -> float:
    return sum(values) / count
