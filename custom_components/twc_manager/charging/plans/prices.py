"""The prices that plans follow: those of the source, those it delivered before, and estimates for the rest.

Prices stay when the source delivers nothing more, and so does the plan.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Final

from ..planning.estimates import DAYS, estimate
from ..planning.series import Series
from ..planning.tariff import EMPTY, Tariff

_KEPT: Final = timedelta(days=DAYS + 1)
"""How long prices are kept that are over: for estimates."""
_STEP: Final = timedelta(days=1)
"""Estimates are made for whole days more, so that they are not made anew for each deadline."""


@dataclass(frozen=True, slots=True)
class Estimates:
    """Estimates of prices, and what they were made from.

    Attributes:
        known: the prices.
        end: until when they are estimated.
        values: the estimates.

    """

    known: Series = field(default_factory=Series)
    end: datetime = datetime.min.replace(tzinfo=UTC)
    values: Series = field(default_factory=Series)


class Prices:
    """The prices that are known."""

    def __init__(self, tariff: Tariff = EMPTY) -> None:
        """Go on with what was known before a restart."""
        self.tariff = tariff
        self._source: Tariff | None = None
        self._estimates = Estimates()

    def update(self, tariff: Tariff, now: datetime) -> None:
        """Take what the source delivers now."""
        if tariff == self._source or not tariff.is_known:
            return
        self._source = tariff
        known = self.tariff
        if known.currency == tariff.currency:
            prices = _merged(known.prices, tariff.prices, now)
            feed_in = _merged(known.feed_in, tariff.feed_in, now)
            tariff = replace(tariff, prices=prices, feed_in=feed_in)
        if tariff != known:
            self.tariff = tariff

    def estimates(self, local: datetime, end: datetime) -> Series:
        """Return estimates for what is not known up to a time."""
        made = self._estimates
        if made.known is not self.tariff.prices or made.end < end:
            end += _STEP
            zone = local.tzinfo or UTC
            values = estimate(self.tariff.prices, local, end, zone)
            made = self._estimates = Estimates(self.tariff.prices, end, values)
        return made.values

    def feed_in(self, now: datetime) -> float:
        """Return what a kWh of sun earns within the next day; 0 if that is not known."""
        values = self.tariff.feed_in.values(now, now + timedelta(days=1))
        return median(values) if values else 0.0

    def are_known(self, start: datetime, end: datetime) -> bool:
        """Return whether all prices between two instants are known."""
        for piece in self.tariff.prices.pieces:
            if piece.start <= start < piece.end:
                start = piece.end
        return start >= end


def _merged(before: Series, new: Series, now: datetime) -> Series:
    """Return new values, with those from before where there is no new one; old ones are dropped."""
    if not new.pieces:
        return before
    start, end = new.pieces[0].start, new.pieces[-1].end
    kept = [
        piece
        for piece in before.pieces
        if piece.end > now - _KEPT and (piece.end <= start or piece.start >= end)
    ]
    merged = Series.read((*kept, *new.pieces))
    return before if merged == before else merged
