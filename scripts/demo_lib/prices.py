"""Made prices of the demo: low at night and at noon, high in the evening, in the shape of a well-known integration."""

from datetime import datetime, timedelta
from math import cos, pi
from typing import Any, Final

FEED_IN: Final = 0.05
"""What a kWh earns that is exported, in USD."""

_MEAN: Final = 0.24
_BY_DAY: Final = 0.06
_BY_HALF_DAY: Final = 0.10
_DEAREST_HOUR: Final = 19


def price_at(instant: datetime) -> float:
    """Return the price of the hour that an instant is in, in USD per kWh."""
    hour = instant.hour - _DEAREST_HOUR
    by_day, by_half_day = cos(2 * pi * hour / 24), cos(4 * pi * hour / 24)
    return round(_MEAN + _BY_DAY * by_day + _BY_HALF_DAY * by_half_day, 4)


def price_figures(now: datetime) -> dict[str, Any]:
    """Return the present price and those of today and tomorrow; `now` is local, with its zone."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "price": price_at(now),
        "prices_today": _day(midnight),
        "prices_tomorrow": _day(midnight + timedelta(days=1)),
    }


def _day(midnight: datetime) -> list[dict[str, Any]]:
    """Return the prices of a day by the hour."""
    hours = (midnight + timedelta(hours=hour) for hour in range(24))
    return [{"time": at.isoformat(), "price": price_at(at)} for at in hours]
