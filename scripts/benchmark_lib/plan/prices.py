"""Made prices: days of several shapes, in quarters of an hour of local days with 92, 96 or 100 of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from math import cos, exp, tau
from random import Random
from typing import Final

QUARTER: Final = timedelta(minutes=15)
FEED_IN: Final = 0.08
"""What a kWh of sun would earn if it were exported, in EUR."""


class Shape(StrEnum):
    """The shapes of a day's prices."""

    QUARTERS = "quarters"
    """Day-ahead prices of quarters, which rise or fall within each hour."""
    HOURLY = "hourly"
    NEGATIVE = "negative"
    """Prices of quarters that fall below zero in the night and at noon."""
    FLAT = "flat"
    TARIFF = "tariff"
    """Two fixed prices by the time of day."""


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a quarter: its start in UTC, and EUR/kWh."""

    start: datetime
    price: float


def day_start(day: date, zone: tzinfo) -> datetime:
    """Return when a local day begins, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def make_day(
    shape: Shape, day: date, zone: tzinfo, seed: str, scale: float
) -> tuple[Price, ...]:
    """Return the prices of a local day; the same seed gives days that resemble each other."""
    end = day_start(day + timedelta(days=1), zone)
    start = day_start(day, zone)
    profile = _Profile(shape, Random(seed), scale)
    noise = Random(f"{seed} {day}")
    return tuple(
        Price(at, profile.price(at.astimezone(zone), noise))
        for at in _quarters(start, end)
    )


def _quarters(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += QUARTER


class _Profile:
    """The prices of a day by the local time."""

    def __init__(self, shape: Shape, dice: Random, scale: float) -> None:
        self._shape = shape
        self._scale = scale
        self._base = dice.uniform(0.2, 0.3)
        self._morning = dice.uniform(0.04, 0.12)
        self._evening = dice.uniform(0.06, 0.2)
        self._zigzag = dice.uniform(0.01, 0.04)
        self._trough = dice.uniform(1.5, 4.0)
        self._depth = dice.uniform(0.3, 0.45)
        self._cheap_from = dice.choice((22, 23, 0))

    def price(self, local: datetime, noise: Random) -> float:
        """Return the price of the quarter that begins at a local time."""
        if self._shape is Shape.FLAT:
            return 0.3
        if self._shape is Shape.TARIFF:
            return 0.19 if (local.hour - self._cheap_from) % 24 < 7 else 0.33
        within = local.minute if self._shape is not Shape.HOURLY else 30
        # The noise of an hour is the same for its quarters where prices are hourly.
        if self._shape is Shape.HOURLY:
            noise = Random(f"{self._base} {local.date()} {local.hour}")
        return round(
            self._scale * self._curve(local.hour + within / 60)
            + self._slope(local)
            + noise.gauss(0, 0.008),
            4,
        )

    def _slope(self, local: datetime) -> float:
        """Return the rise within an hour: upward before a peak, downward after it."""
        if self._shape is Shape.HOURLY:
            return 0.0
        rising = local.hour in {4, 5, 6, 14, 15, 16, 17}
        return self._zigzag * (local.minute - 22.5) / 22.5 * (1 if rising else -1)

    def _curve(self, hour: float) -> float:
        value = self._base + 0.02 * cos(tau * (hour - 20) / 24)
        value += self._morning * _hill(hour - 8, 1.5)
        value += self._evening * _hill(hour - 19, 2)
        if self._shape is Shape.NEGATIVE:
            value -= self._depth * _hill(hour - self._trough, 2)
            value -= self._depth * _hill(hour - 13, 2)
        return value


def _hill(hours: float, width: float) -> float:
    return exp(-((hours / width) ** 2))
