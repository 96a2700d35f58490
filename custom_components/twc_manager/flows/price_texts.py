"""Writes prices as texts and small charts, which an owner compares with the bill before they are saved."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from ..charging.planning.series import Piece, Series
from .texts import NOT_MEASURED, SILENT

_BARS: Final = "▁▂▃▄▅▆▇█"
_HOUR: Final = timedelta(hours=1)


def price_text(price: float | None, unit: str) -> str:
    """Return a price with its unit."""
    return SILENT if price is None else f"{price:.4f} {unit}"


def length_text(prices: Series, now: datetime) -> str:
    """Return how long the current or next price holds; a dash without one."""
    pieces = [piece for piece in prices.pieces if piece.end > now]
    if not pieces:
        return NOT_MEASURED
    minutes = (pieces[0].end - pieces[0].start) // timedelta(minutes=1)
    hours, rest = divmod(minutes, 60)
    return f"{minutes} min" if rest else f"{hours} h"


def curve_rows(prices: Series, days: Iterable[date], zone: tzinfo) -> str:
    """Return the rows of a Markdown table: each day with its curve by the hour, its lowest, mean and highest price."""
    return "\n".join(_row(prices, day, zone) for day in days)


def _row(prices: Series, day: date, zone: tzinfo) -> str:
    start, end = (
        datetime.combine(item, datetime.min.time(), zone).astimezone(UTC)
        for item in (day, day + timedelta(days=1))
    )
    pieces = [piece for piece in prices.pieces if start <= piece.start < end]
    if not pieces:
        return f"| {day} | {NOT_MEASURED} | {NOT_MEASURED} | {NOT_MEASURED} | {NOT_MEASURED} |"
    lowest = min(pieces, key=lambda piece: piece.value)
    highest = max(pieces, key=lambda piece: piece.value)
    hours = [start + number * _HOUR for number in range((end - start) // _HOUR)]
    bars = "".join(_bar(pieces, hour, lowest.value, highest.value) for hour in hours)
    return (
        f"| {day} | {bars} | {_at(lowest, zone)} | {_mean(pieces):.4f}"
        f" | {_at(highest, zone)} |"
    )


def _at(piece: Piece, zone: tzinfo) -> str:
    return f"{piece.value:.4f} ({piece.start.astimezone(zone):%H:%M})"


def _mean(pieces: Sequence[Piece]) -> float:
    seconds = sum((piece.end - piece.start).total_seconds() for piece in pieces)
    weighted = (
        piece.value * (piece.end - piece.start).total_seconds() for piece in pieces
    )
    return sum(weighted) / seconds


def _bar(pieces: Iterable[Piece], hour: datetime, low: float, high: float) -> str:
    """Return a bar as high as the mean price of an hour; a space if that is unknown."""
    inside = [
        piece for piece in pieces if piece.start < hour + _HOUR and piece.end > hour
    ]
    if not inside:
        return " "
    share = (_mean(inside) - low) / (high - low) if high > low else 0.0
    return _BARS[round(share * (len(_BARS) - 1))]
