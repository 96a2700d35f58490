"""Surcharges on prices, and fixed prices, by the local hours of a day. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from ..charging.planning.series import Piece, Series
from ..inputs.prices import HourPrice


def with_additions(
    prices: Series,
    factor: float,
    addition: float,
    fees: Sequence[HourPrice],
    zone: tzinfo,
) -> Series:
    """Return prices with all surcharges, cut where a fee begins or ends; the fees are in the zone's local time."""
    return Series(
        tuple(
            Piece(
                part.start,
                part.end,
                part.value * factor + addition + price_at(fees, part.start, zone),
            )
            for piece in prices.pieces
            for part in _cut(piece, fees, zone)
        )
    )


def fixed_prices(
    base: float,
    hours: Sequence[HourPrice],
    days: Iterable[date],
    zone: tzinfo,
) -> Series:
    """Return fixed prices for consecutive days."""
    pieces = []
    for day in days:
        start, end = (_midnight(item, zone) for item in (day, day + timedelta(days=1)))
        for part in _cut(Piece(start, end, base), hours, zone):
            value = price_at(hours, part.start, zone, base)
            pieces.append(Piece(part.start, part.end, value))
    return Series(tuple(pieces))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)


def price_at(
    hours: Iterable[HourPrice], instant: datetime, zone: tzinfo, otherwise: float = 0.0
) -> float:
    """Return the first of the prices that holds at the local hour of an instant; `otherwise` if none holds."""
    local = instant.astimezone(zone)
    weekday, clock = local.weekday(), local.time()
    found = (item.value for item in hours if item.holds(weekday, clock))
    return next(found, otherwise)


def _cut(piece: Piece, hours: Sequence[HourPrice], zone: tzinfo) -> Iterator[Piece]:
    """Yield the parts of a piece between the times at which prices by hours begin or end."""
    found = _times(piece, hours, zone)
    times = sorted({*(at for at in found if piece.start < at < piece.end), piece.end})
    start = piece.start
    for end in times:
        yield Piece(start, end, piece.value)
        start = end


def _times(
    piece: Piece, hours: Sequence[HourPrice], zone: tzinfo
) -> Iterator[datetime]:
    """Yield when prices by hours begin or end on the local days of a piece, and midnight, since a day ends there."""
    first = piece.start.astimezone(zone).date()
    last = piece.end.astimezone(zone).date()
    for back in range((last - first).days + 1):
        day = first + timedelta(days=back)
        yield _midnight(day, zone)
        for item in hours:
            for clock in (item.start, item.end):
                for fold in (0, 1):
                    local = datetime.combine(day, clock, zone).replace(fold=fold)
                    yield local.astimezone(UTC)
