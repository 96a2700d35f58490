"""The highest intervals so far, and the budget up to which another one costs nothing. Powers are in kW, days are local."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import isfinite
from typing import Any, Self

from .peak_tariff import PeakTariff, PeakWindow

_YEAR = timedelta(days=366)
_ABSURD_KW = 1000.0


@dataclass(frozen=True, slots=True)
class PeakRecords:
    """The highest averages of each day within the window.

    Attributes:
        days: for each day its highest averages, in falling order.

    """

    days: Mapping[date, tuple[float, ...]] = field(default_factory=dict)

    def within(self, tariff: PeakTariff, today: date) -> Self:
        """Return the records that still count."""
        kept = {
            day: values
            for day, values in self.days.items()
            if _is_within(tariff.window, day, today)
        }
        return self if len(kept) == len(self.days) else type(self)(kept)

    def noted(self, tariff: PeakTariff, day: date, kilowatts: float) -> Self:
        """Return the records with another interval."""
        kept = 1 if tariff.distinct_days else tariff.highest
        values = sorted((*self.days.get(day, ()), kilowatts), reverse=True)[:kept]
        return type(self)({**self.days, day: tuple(values)}).within(tariff, day)

    def tops(self, tariff: PeakTariff) -> tuple[float, ...]:
        """Return the highest averages, whose mean is billed, in falling order."""
        every = (value for values in self.days.values() for value in values)
        return tuple(sorted(every, reverse=True)[: tariff.highest])

    def paid(self, tariff: PeakTariff) -> float:
        """Return the mean that is billed so far, in kW; missing intervals count as 0."""
        return sum(self.tops(tariff)) / tariff.highest

    def budget(
        self, tariff: PeakTariff, today: date, wish_kw: float, known_kw: float = 0.0
    ) -> float:
        """Return the average in kW up to which an interval of today costs no more than the owner accepts.

        Args:
            tariff: the tariff.
            today: the day.
            wish_kw: the peak that the owner accepts.
            known_kw: the highest interval of the window by the meter; 0 if the meter does not report it.

        """
        tops = self.tops(tariff)
        if tariff.highest == 1 and known_kw:
            tops = (known_kw,)
        paid = sum(tops) / tariff.highest
        level = _level(tops, tariff.highest, tariff.target(wish_kw, paid))
        level = max(level, wish_kw, tariff.floor_kw)
        if not tariff.distinct_days:
            return level
        # The highest average of a day costs nothing more on the same day, if it counts.
        own = max(self.days.get(today, (0.0,)))
        return max(level, own) if own in tops else level

    def as_list(self) -> list[tuple[str, list[float]]]:
        """Return the records, fit for JSON."""
        return [(day.isoformat(), list(values)) for day, values in self.days.items()]

    @classmethod
    def from_list(cls, stored: Sequence[Sequence[Any]]) -> Self:
        """Return the records from `as_list`.

        Raises:
            TypeError, ValueError: if they are not valid.

        """
        return cls(
            {
                date.fromisoformat(day): tuple(map(_power, values))
                for day, values in stored
            }
        )


def _level(tops: Sequence[float], count: int, target: float) -> float:
    """Return the highest average that intervals may have so that the mean of the `count` highest stays at the target.

    The sum of the greater one of this and each of the highest so far is the sum that the target allows. If that is
    exceeded already, an interval costs nothing as long as it does not become one of the highest.
    """
    lowest = tops[count - 1] if len(tops) >= count else 0.0
    allowed = count * target
    for fixed in range(count):
        above = tops[:fixed]
        level = (allowed - sum(above)) / (count - fixed)
        if all(value >= level for value in above) and (
            fixed >= len(tops) or tops[fixed] <= level
        ):
            return max(level, lowest)
    return lowest


def _is_within(window: PeakWindow, day: date, today: date) -> bool:
    if window is PeakWindow.YEAR:
        return today - day < _YEAR
    return (day.year, day.month) == (today.year, today.month)


def _power(value: Any) -> float:
    number = float(value)
    if not isfinite(number) or not 0 <= number <= _ABSURD_KW:
        raise ValueError(f"peak records: {number} kW cannot be")
    return number
