"""Calculates what a session would have cost if the vehicle had charged at once after plugging in, at the same prices.

While the session runs, each quarter of an hour is noted with the current that the vehicle could have had. At its end,
the energy is assigned to the first quarters. The maximum current of the vehicle itself is only known then: if it once
drew clearly less than it was offered, it could not have drawn more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf, isfinite
from typing import Any, Final, Self

from ..planning.tariff import Tariff
from .amounts import Amounts
from .pricing import own_price
from .sample import Sample

_QUARTER_SECONDS: Final = 900
MAX_QUARTERS: Final = 192
"""The maximum number of noted quarters, two days: at 6 A on one phase a vehicle takes 66 kWh in them."""

_SHORTFALL: Final = 1.8
"""A vehicle whose highest draw is at most this many A below its highest offer may use all that it is offered."""

_TOLERANCE: Final = 0.02
"""The part of the energy that the quarters may lack, as volts change within them."""

_JOULES_PER_KWH: Final = 3.6e6
_ABSURD: Final = 1e9


@dataclass(frozen=True, slots=True)
class Quarter:
    """The part of a quarter of an hour in which the vehicle was plugged in, with averages.

    Attributes:
        number: the number of quarters since 1970.
        seconds: how long it lasted for the vehicle, in s.
        amps: the current that it could have had, in A.
        own_w: the power that would not have come from the grid, in W.
        price: the price of a kWh from the grid; None if unknown.
        own_price: the price of a kWh from the house; None if unknown.

    """

    number: int
    seconds: float
    amps: float
    own_w: float
    price: float | None
    own_price: float | None

    def __add__(self, other: Quarter) -> Quarter:
        """Return two parts of one quarter together; a price that is known for one of them counts for both."""
        seconds = self.seconds + other.seconds
        share = other.seconds / seconds
        return Quarter(
            self.number,
            seconds,
            _mean(self.amps, other.amps, share),
            _mean(self.own_w, other.own_w, share),
            _mean_price(self.price, other.price, share),
            _mean_price(self.own_price, other.own_price, share),
        )

    def cost(self, kwh: float, watts: float) -> float | None:
        """Return the cost of energy that is taken with a power in W; None if unknown."""
        own = min(self.own_w / watts, 1.0)
        cost = 0.0
        for share, price in ((own, self.own_price), (1 - own, self.price)):
            if share > 0 and price is None:
                return None
            cost += kwh * share * (price or 0.0)
        return cost


@dataclass(frozen=True, slots=True)
class AtOnce:
    """The notes of a running session, or the result of a finished one.

    Attributes:
        total: what the energy would have cost; None while the session runs, or if unknown.
        quarters: the quarters since the vehicle was plugged in, at most `MAX_QUARTERS`.
        peak_offer: the highest current that it was offered while it charged, in A.
        watts_per_amp: the power of an ampere per phase when it last charged, in W; 0 before.
        currency: the currency of the prices; empty while none is known.

    """

    total: float | None = None
    quarters: tuple[Quarter, ...] = ()
    peak_offer: float = 0.0
    watts_per_amp: float = 0.0
    currency: str = ""

    def with_moment(
        self, at: datetime, seconds: float, sample: Sample, tariff: Tariff
    ) -> Self:
        """Return the notes with the last `seconds` until `at`; prices of another currency count as unknown."""
        if (chance := sample.chance) is None:
            return self
        noted = self
        if tariff.is_known and not self.currency:
            noted = replace(noted, currency=tariff.currency)
        if sample.charges:
            noted = replace(
                noted,
                watts_per_amp=chance.watts_per_amp,
                peak_offer=max(self.peak_offer, sample.offer),
            )
        if seconds <= 0:
            return noted
        is_same = tariff.currency == noted.currency
        at -= timedelta(seconds=seconds / 2)
        moment = Quarter(
            int(at.timestamp()) // _QUARTER_SECONDS,
            seconds,
            max(chance.amps, sample.amps),
            max(chance.own_w, 0.0),
            tariff.prices.at(at) if is_same else None,
            own_price(tariff, at) if is_same else None,
        )
        return replace(noted, quarters=_with_moment(self.quarters, moment))

    def with_phases(self, factor: float) -> Self:
        """Return the notes with another number of phases; `factor` is the ratio to the number before."""
        return replace(self, watts_per_amp=self.watts_per_amp * factor)

    def settled(self, amounts: Amounts, peak_amps: float) -> Self:
        """Return the result for a finished session, without the notes.

        Its total is None if a price of that time is unknown, if a part of the energy itself has no price, so that the
        two could not be compared, or if the quarters are too few for all of the energy.

        Args:
            amounts: the energy of the session.
            peak_amps: the highest current that the vehicle drew.

        """
        cost, share = amounts.cost, amounts.priced_share
        if cost is None or share is None or share < 1 - _TOLERANCE:
            return type(self)()
        if cost.currency != self.currency or self.watts_per_amp <= 0:
            return type(self)()
        is_limited = peak_amps + _SHORTFALL < self.peak_offer
        limit = peak_amps if is_limited else inf
        return type(self)(self._charged(amounts.energy_kwh, limit))

    def _charged(self, energy: float, limit: float) -> float | None:
        """Return the cost of energy that is taken from the first quarter on; `limit` is in A."""
        left, cost = energy, 0.0
        for quarter in self.quarters:
            watts = min(quarter.amps, limit) * self.watts_per_amp
            if watts <= 0 or left <= 0:
                continue
            kwh = min(watts * quarter.seconds / _JOULES_PER_KWH, left)
            if (part := quarter.cost(kwh, watts)) is None:
                return None
            left, cost = left - kwh, cost + part
        if left > energy * _TOLERANCE:
            return None
        return cost * energy / (energy - left) if left > 0 else cost

    def as_dict(self) -> dict[str, Any]:
        """Return the notes or the result as JSON values; the quarters are lists, as there may be many."""
        result = {"total": _rounded(self.total)}
        if not self.quarters:
            return result
        return {
            **result,
            "quarters": [
                [
                    quarter.number,
                    round(quarter.seconds),
                    round(quarter.amps, 1),
                    round(quarter.own_w),
                    _rounded(quarter.price),
                    _rounded(quarter.own_price),
                ]
                for quarter in self.quarters
            ],
            "peak_offer": round(self.peak_offer, 1),
            "watts_per_amp": round(self.watts_per_amp, 1),
            "currency": self.currency,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the notes or the result from `as_dict`.

        Raises:
            KeyError: if a value is missing.
            OverflowError: if a number is too large.
            TypeError: if a value is of another type.
            ValueError: if a value is not possible.

        """
        if "quarters" not in data:
            return cls(_price(data["total"]))
        quarters = tuple(_quarter(item) for item in data["quarters"])
        return cls(
            _price(data["total"]),
            quarters[:MAX_QUARTERS],
            _number(data["peak_offer"]),
            _number(data["watts_per_amp"]),
            str(data["currency"]),
        )


def _with_moment(quarters: tuple[Quarter, ...], moment: Quarter) -> tuple[Quarter, ...]:
    """Return the quarters with another moment, unless there are too many or the first one has no price."""
    if not quarters:
        return (moment,)
    if quarters[-1].number == moment.number:
        return (*quarters[:-1], quarters[-1] + moment)
    if len(quarters) >= MAX_QUARTERS or quarters[0].price is None:
        return quarters
    return (*quarters, moment)


def _mean(one: float, other: float, share: float) -> float:
    return one + (other - one) * share


def _mean_price(one: float | None, other: float | None, share: float) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return _mean(one, other, share)


def _rounded(price: float | None) -> float | None:
    return None if price is None else round(price, 5)


def _quarter(item: Sequence[Any]) -> Quarter:
    number, seconds, amps, own_w, price, own = item
    return Quarter(
        int(_number(number)),
        _number(seconds),
        _number(amps),
        _number(own_w),
        _price(price),
        _price(own),
    )


def _number(value: float) -> float:
    if not 0 <= (number := float(value)) < _ABSURD:
        raise ValueError(f"charging at once: {number} cannot be")
    return number


def _price(value: float | None) -> float | None:
    if value is None:
        return None
    if not isfinite(price := float(value)):
        raise ValueError(f"charging at once: {price} is no price")
    return price
