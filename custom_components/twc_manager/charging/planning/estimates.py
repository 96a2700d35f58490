"""Estimates of prices that are not known yet: those of the same quarter of recent days."""

from datetime import UTC, datetime, timedelta, tzinfo
from statistics import fmean
from typing import Final

from .series import Piece, Series

DAYS: Final = 3
"""How many of the last days an estimate is the mean of."""
_QUARTER: Final = timedelta(minutes=15)


def estimate(
    prices: Series, start: datetime, end: datetime, zone: tzinfo, days: int = DAYS
) -> Series:
    """Return estimates for the quarters between two instants that have no price; none where no recent day has one."""
    pieces = []
    start = start.astimezone(UTC)
    at = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)
    while at < end:
        recent = _recent(prices, at, zone, days)
        if prices.at(at) is None and recent:
            pieces.append(Piece(at, at + _QUARTER, fmean(recent)))
        at += _QUARTER
    return Series(tuple(pieces))


def _recent(prices: Series, at: datetime, zone: tzinfo, days: int) -> list[float]:
    """Return the prices at the same local time of the days before."""
    local = at.astimezone(zone)
    found = []
    for back in range(1, days + 2):
        price = prices.at((local - timedelta(days=back)).astimezone(UTC))
        if price is not None:
            found.append(price)
    return found[:days]
