"""Energy by its source, and its cost. Energy is in kWh, money in the currency's main unit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Final, Self

_DECIMALS: Final = 4
_ABSURD: Final = 1e9


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of energy.

    Attributes:
        amount: the money; may be negative with negative prices.
        kwh: the energy whose price was known; the amount is for this energy.
        currency: the currency, such as "EUR".
        source: the name of the source of the prices, for people.

    """

    amount: float = 0.0
    kwh: float = 0.0
    currency: str = ""
    source: str = ""

    @property
    def average(self) -> float | None:
        """Return the average price of a kWh; None without energy."""
        return self.amount / self.kwh if self.kwh > 0 else None

    def __add__(self, other: Cost) -> Cost:
        """Return the sum; of two currencies only the later cost remains, as they cannot be added."""
        if self.currency != other.currency:
            return other
        return replace(
            other, amount=self.amount + other.amount, kwh=self.kwh + other.kwh
        )

    def scaled(self, factor: float) -> Self:
        """Return the cost of the energy times a factor."""
        return replace(self, amount=self.amount * factor, kwh=self.kwh * factor)

    def as_dict(self) -> dict[str, Any]:
        """Return the cost as JSON values."""
        return {
            "amount": round(self.amount, _DECIMALS),
            "kwh": round(self.kwh, _DECIMALS),
            "currency": self.currency,
            "source": self.source,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the cost from `as_dict`.

        Raises:
            KeyError: if a value is missing.
            OverflowError: if a number is too large.
            TypeError: if a value is of another type.
            ValueError: if a value is not possible.

        """
        amount, kwh = float(data["amount"]), float(data["kwh"])
        if not isfinite(amount) or abs(amount) > _ABSURD or not 0 <= kwh < _ABSURD:
            raise ValueError(f"cost: {amount} for {kwh} kWh cannot be")
        currency, source = data["currency"], data["source"]
        if not isinstance(currency, str) or not isinstance(source, str):
            raise TypeError("cost: a name is no text")
        return cls(amount, kwh, currency, source)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Energy and its cost.

    Attributes:
        energy_kwh: the energy.
        green_kwh: the part from the house's own production.
        battery_kwh: the part from the house battery.
        grid_kwh: the part from the grid. The rest was taken while the sources were unknown.
        cost: its cost; None if no price was known.

    """

    energy_kwh: float = 0.0
    green_kwh: float = 0.0
    battery_kwh: float = 0.0
    grid_kwh: float = 0.0
    cost: Cost | None = None

    @property
    def known_kwh(self) -> float:
        """Return the energy whose source is known."""
        return self.green_kwh + self.battery_kwh + self.grid_kwh

    @property
    def unknown_kwh(self) -> float:
        """Return the energy that was taken while the sources were unknown."""
        return max(0.0, self.energy_kwh - self.known_kwh)

    @property
    def green_share(self) -> float | None:
        """Return the green part of the energy whose source is known, from 0 to 1; None without such energy."""
        return self.green_kwh / self.known_kwh if self.known_kwh > 0 else None

    @property
    def currency(self) -> str:
        """Return the currency of the cost; empty if no price was known."""
        return "" if self.cost is None else self.cost.currency

    def in_currency(self, currency: str) -> Amounts:
        """Return the amounts without a cost in another currency."""
        if self.currency == currency:
            return self
        return replace(self, cost=None)

    @property
    def paid(self) -> float | None:
        """Return the known cost; None if energy was taken but no price was known."""
        if self.cost is None or (self.cost.kwh <= 0 < self.energy_kwh):
            return None
        return self.cost.amount

    @property
    def priced_share(self) -> float | None:
        """Return the part of the energy whose price was known, from 0 to 1; None without energy."""
        if self.energy_kwh <= 0:
            return None
        priced = 0.0 if self.cost is None else self.cost.kwh
        return min(priced / self.energy_kwh, 1.0)

    def __add__(self, other: Amounts) -> Amounts:
        """Return the sum."""
        return Amounts(
            self.energy_kwh + other.energy_kwh,
            self.green_kwh + other.green_kwh,
            self.battery_kwh + other.battery_kwh,
            self.grid_kwh + other.grid_kwh,
            _sum(self.cost, other.cost),
        )

    def scaled(self, factor: float) -> Amounts:
        """Return the energy times a factor, at the same prices and from the same sources."""
        return Amounts(
            self.energy_kwh * factor,
            self.green_kwh * factor,
            self.battery_kwh * factor,
            self.grid_kwh * factor,
            None if self.cost is None else self.cost.scaled(factor),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the amounts as JSON values."""
        return {
            "energy_kwh": round(self.energy_kwh, _DECIMALS),
            "green_kwh": round(self.green_kwh, _DECIMALS),
            "battery_kwh": round(self.battery_kwh, _DECIMALS),
            "grid_kwh": round(self.grid_kwh, _DECIMALS),
            "cost": None if self.cost is None else self.cost.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the amounts from `as_dict`.

        Raises:
            KeyError: if a value is missing.
            OverflowError: if a number is too large.
            TypeError: if a value is of another type.
            ValueError: if a value is not possible.

        """
        numbers = {
            key: float(data[key])
            for key in ("energy_kwh", "green_kwh", "battery_kwh", "grid_kwh")
        }
        if not all(0 <= number < _ABSURD for number in numbers.values()):
            raise ValueError(f"amounts: numbers that cannot be: {numbers}")
        cost = data["cost"]
        return cls(cost=None if cost is None else Cost.from_dict(cost), **numbers)


def _sum(one: Cost | None, other: Cost | None) -> Cost | None:
    if one is None or other is None:
        return one or other
    return one + other


def total(amounts: Iterable[Amounts]) -> Amounts:
    """Return the sum of amounts, in the order of their times."""
    items = list(amounts)
    # Mostly it is one: a session is rarely in two months.
    return sum(items[1:], items[0]) if items else Amounts()
