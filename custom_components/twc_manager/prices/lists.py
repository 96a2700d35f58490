"""Validates lists of prices: by instants, without duplicates, in the steps in which electricity is sold. Pure.

Sources that index by position or by the local clock are wrong on days of 23 and 25 hours: some repeat an hour, some
leave one out. So positions do not count here. Contradictory and missing prices are unknown.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from math import isclose, isfinite
from statistics import median
from typing import Final

from ..charging.planning.series import Piece, Series
from .errors import PriceError, Problem
from .units import PriceUnit

STEPS: Final = frozenset(timedelta(minutes=minutes) for minutes in (5, 15, 30, 60))
"""How long a price can last."""

_CONTRADICTIONS: Final = timedelta(hours=2)
"""How much time may have several prices: an hour that a clock change repeats, and one more."""

_SHIFTS: Final = tuple(timedelta(hours=hours) for hours in (-2, -1, 1, 2))
"""By how much a list is shifted if it repeats or leaves out the hour of a clock change, or is in another zone."""

_AROUND: Final = tuple(timedelta(minutes=minutes) for minutes in (-2, 0, 2))
"""A change of a price may be written a little before or after it."""

_ZERO: Final = timedelta(hours=16)
"""Prices of exactly 0 for this long are a failure of the source: even on the sunniest days they do not last so long."""

_MAXIMUM_MEDIAN: Final[Mapping[str, float]] = {
    **dict.fromkeys(("EUR", "GBP", "USD", "CHF", "AUD", "NZD", "CAD", "SGD"), 3.0),
    **dict.fromkeys(("SEK", "NOK", "DKK", "PLN", "CZK", "RON"), 30.0),
}
"""The maximum median of a plausible list of prices per kWh, by currency."""

_MAXIMUM_MEDIAN_ELSEWHERE: Final = 10_000.0

_MAXIMUM_PEAK: Final = 20.0
"""How many times the maximum median a single price may be; on markets with the highest limits it is some six times."""


@dataclass(frozen=True, slots=True)
class Row:
    """A price as its source returns it; without an end it holds until the next one."""

    start: datetime
    end: datetime | None
    value: float


def read_list(rows: Iterable[Row], unit: PriceUnit) -> Series:
    """Return the series of a list in any order, in the main unit of the currency per kWh; empty without rows.

    Raises:
        PriceError: if the list is not plausible.

    """
    values = _by_start(rows)
    if not values:
        return Series()
    lengths = _lengths(values)
    _check_contradictions(values, lengths)
    pieces = [
        Piece(start, start + lengths[start], row.value * unit.scale)
        for start, row in values.items()
        if row is not None
    ]
    pieces = list(_without_failures(pieces))
    if not pieces:
        raise PriceError(Problem.ZERO)
    values_per_kwh = [abs(piece.value) for piece in pieces]
    maximum = _MAXIMUM_MEDIAN.get(unit.currency, _MAXIMUM_MEDIAN_ELSEWHERE)
    for value, limit in (
        (median(values_per_kwh), maximum),
        (max(values_per_kwh), _MAXIMUM_PEAK * maximum),
    ):
        if value > limit:
            raise PriceError(Problem.IMPLAUSIBLE, f"{value:g} {unit.currency}/kWh")
    return Series(tuple(pieces))


def _by_start(rows: Iterable[Row]) -> dict[datetime, Row | None]:
    """Return the rows by instant, in order; None for an instant with several prices."""
    found: dict[datetime, Row | None] = {}
    for row in rows:
        if row.start.tzinfo is None or not isfinite(row.value):
            raise PriceError(Problem.SHAPE, str(row))
        # Amber's intervals begin a second late.
        start = row.start.astimezone(UTC).replace(second=0, microsecond=0)
        known = found.setdefault(start, row)
        if known is not None and known.value != row.value:
            found[start] = None
    return dict(sorted(found.items()))


def _lengths(values: Mapping[datetime, Row | None]) -> dict[datetime, timedelta]:
    """Return how long each price holds, by its start.

    That is until its end if that is a possible step, otherwise as long as most prices, and no longer than until the
    next one.
    """
    starts = list(values)
    following = dict(pairwise(starts))
    typical = _typical_step(values)
    lengths = {}
    for start, row in values.items():
        length = typical
        if row is not None and row.end is not None:
            own = row.end.astimezone(UTC).replace(second=0, microsecond=0) - start
            length = own if own in STEPS else typical
        if (after := following.get(start)) is not None:
            length = min(length, after - start)
        if length not in STEPS or start.minute % 5:
            raise PriceError(Problem.STEP, f"{length} from {start}")
        lengths[start] = length
    return lengths


def _typical_step(values: Mapping[datetime, Row | None]) -> timedelta:
    """Return the most frequent time between two prices; for a single price, how long it holds."""
    steps = Counter(after - before for before, after in pairwise(values))
    if not steps:
        (start, row), *_ = values.items()
        if row is None or row.end is None:
            raise PriceError(Problem.STEP, "a single price without an end")
        return row.end.astimezone(UTC).replace(second=0, microsecond=0) - start
    return max(steps, key=lambda step: (steps[step], -step))


def _check_contradictions(
    values: Mapping[datetime, Row | None], lengths: Mapping[datetime, timedelta]
) -> None:
    doubled = (lengths[start] for start, row in values.items() if row is None)
    if sum(doubled, timedelta()) > _CONTRADICTIONS:
        raise PriceError(Problem.DOUBLED)


def _without_failures(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Yield the prices except those that are exactly 0 for too long; nothing if all are 0."""
    if not any(piece.value for piece in pieces):
        return
    for zero, group in groupby(pieces, key=lambda piece: piece.value == 0):
        run = list(group)
        if not zero or run[-1].end - run[0].start < _ZERO:
            yield from run


def is_shifted(prices: Series, price: float, at: datetime) -> bool:
    """Return whether a list is hours off: it has the price that held at `at` only at another time."""

    def has(shift: timedelta) -> bool:
        found = prices.at(at + shift)
        return found is not None and isclose(found, price, rel_tol=1e-6)

    if prices.at(at) is None or any(map(has, _AROUND)):
        return False
    return any(map(has, _SHIFTS))


def merged(old: Series, new: Series, since: datetime) -> Series:
    """Return the prices of both series, the new ones where both have one, without those that ended before `since`."""
    starts = {piece.start for piece in new.pieces}
    kept = [
        piece
        for piece in old.pieces
        if piece.end > since
        and piece.start not in starts
        and not new.values(piece.start, piece.end)
    ]
    pieces = sorted([*kept, *new.pieces], key=lambda piece: piece.start)
    return Series(tuple(piece for piece in pieces if piece.end > since))


def is_complete(prices: Series, start: datetime, end: datetime) -> bool:
    """Return whether prices cover the whole time between two instants."""
    at = start
    for piece in prices.pieces:
        if piece.start <= at < piece.end:
            at = piece.end
    return at >= end
