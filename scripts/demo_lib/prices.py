"""Made prices of the demo: low at night and at noon, high in the evening, in the shape of a well-known integration."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import cos, pi
from typing import Any, Final

FEED_IN: Final = 0.05
"""What a kWh earns that is exported, in USD."""
PIECE: Final = timedelta(minutes=5)
"""The shortest time that a price lasts."""

_MEAN: Final = 0.24
_BY_DAY: Final = 0.06
_BY_HALF_DAY: Final = 0.10
_DEAREST_HOUR: Final = 19
_CHEAP: Final = 0.01
_HOUR: Final = timedelta(hours=1)


class Prices:
    """The prices by the hour, and a piece of an hour in which electricity is very cheap if one was made."""

    def __init__(self) -> None:
        """Start without a cheap piece."""
        self._cheap: datetime | None = None

    def make_cheap(self, start: datetime) -> None:
        """Make electricity cheap for a piece that begins at a time of the clock that is a multiple of it."""
        self._cheap = start

    def at(self, instant: datetime) -> float:
        """Return the price at an instant, in USD per kWh."""
        if self._cheap is not None and self._cheap <= instant < self._cheap + PIECE:
            return _CHEAP
        hour = instant.hour - _DEAREST_HOUR
        by_day, by_half_day = cos(2 * pi * hour / 24), cos(4 * pi * hour / 24)
        return round(_MEAN + _BY_DAY * by_day + _BY_HALF_DAY * by_half_day, 4)

    def figures(self, now: datetime) -> dict[str, Any]:
        """Return the present price and those of today and tomorrow; `now` is local, with its zone."""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        hours = (midnight + hour * _HOUR for hour in range(48))
        return {
            "price": self.at(now),
            "prices": [row for start in hours for row in self._rows(start)],
        }

    def _rows(self, hour: datetime) -> Iterator[dict[str, Any]]:
        """Yield the prices of an hour: one, or that of each piece where one is cheap."""
        step = _HOUR
        if self._cheap is not None and hour <= self._cheap < hour + _HOUR:
            step = PIECE
        start = hour
        while start < hour + _HOUR:
            yield {
                "start_time": start.isoformat(),
                "end_time": (start + step).isoformat(),
                "price_per_kwh": self.at(start),
            }
            start += step
