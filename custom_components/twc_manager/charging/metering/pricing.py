"""Prices energy with the prices of the time at which it was taken.

Energy from the grid costs the price of its time. Energy from the house's own production costs the feed-in price that it
would have earned. So does energy from the house battery, which was charged with energy that could have been fed in.
Energy of an unknown source counts as from the grid.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from ..energy_sources import SourceShares
from ..planning.tariff import Tariff
from .amounts import Amounts, Cost

_UNKNOWN = SourceShares()


def priced(
    kwh: float,
    shares: SourceShares | None,
    start: datetime,
    end: datetime,
    tariff: Tariff,
) -> Amounts:
    """Return the amounts of energy that was taken evenly between two instants.

    Args:
        kwh: the energy.
        shares: the shares of its sources; None if unknown.
        start: the beginning.
        end: the end; if it is not after the beginning, the energy is of a single moment.
        tariff: the prices. A time without a price costs nothing, and its energy does not count as priced.

    """
    cost = _cost(kwh, shares or _UNKNOWN, start, end, tariff)
    if shares is None:
        return Amounts(kwh, cost=cost)
    grid = max(kwh - kwh * shares.own, 0.0)
    return Amounts(kwh, kwh * shares.green, kwh * shares.battery, grid, cost)


def own_price(tariff: Tariff, instant: datetime) -> float | None:
    """Return the price of a kWh from the house; None if unknown, 0 if exported energy earns nothing."""
    return tariff.feed_in.at(instant) if tariff.feed_in.pieces else 0.0


def _cost(
    kwh: float, shares: SourceShares, start: datetime, end: datetime, tariff: Tariff
) -> Cost | None:
    """Return the cost of energy; None if no price is known at all."""
    if not tariff.is_known:
        return None
    amount = known = 0.0
    for instant, part in _parts(start, end, tariff):
        for share, price in (
            (shares.own, own_price(tariff, instant)),
            (shares.grid, tariff.prices.at(instant)),
        ):
            if price is not None:
                amount += kwh * part * share * price
                known += kwh * part * share
    return Cost(amount, known, tariff.currency, tariff.source)


def _parts(
    start: datetime, end: datetime, tariff: Tariff
) -> Iterator[tuple[datetime, float]]:
    """Yield the times in which no price changes, by their begin, and their shares of the whole time."""
    if end <= start:
        yield start, 1.0
        return
    inner = {
        instant
        for series in (tariff.prices, tariff.feed_in)
        for instant in series.boundaries(start, end)
    }
    for begin, finish in pairwise(sorted({start, end, *inner})):
        yield begin, (finish - begin) / (end - start)
