"""Made prices for tests of what energy cost."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.planning.tariff import Tariff

BEGIN: Final = datetime(2026, 11, 29, 22, tzinfo=UTC)
QUARTER: Final = timedelta(minutes=15)


def series(
    values: Sequence[float | None], start: datetime = BEGIN, step: timedelta = QUARTER
) -> Series:
    """Return values that each hold for a step; None is a gap."""
    return Series.read(
        Piece(start + at * step, start + (at + 1) * step, value)
        for at, value in enumerate(values)
        if value is not None
    )


def tariff(
    *prices: float | None,
    feed_in: Sequence[float | None] = (),
    currency: str = "EUR",
    source: str = "Nord Pool",
) -> Tariff:
    """Return prices by the quarter, from `BEGIN` on."""
    return Tariff(series(prices), series(feed_in), currency, source)


def flat(
    price: float, feed_in: float | None = None, currency: str = "EUR", hours: int = 96
) -> Tariff:
    """Return prices that stay the same from a day before `BEGIN` on."""
    start, step = BEGIN - timedelta(days=1), timedelta(hours=hours)
    earned = series([] if feed_in is None else [feed_in], start, step)
    return Tariff(series([price], start, step), earned, currency, "fixed")
