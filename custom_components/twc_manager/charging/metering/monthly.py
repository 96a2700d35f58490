"""The sums of energy and cost by month, connector, vehicle and currency."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any, Self

from .amounts import Amounts, total
from .sessions import MonthAmounts, Session


@dataclass(frozen=True, slots=True, order=True)
class MonthKey:
    """A month, like "2026-11", of a connector and a vehicle by its id; an empty id stands for unknown vehicles."""

    month: str
    connector_id: int
    vehicle_id: str


@dataclass(frozen=True, slots=True)
class MonthlyTotals:
    """The energy and the cost of sessions by month, connector and vehicle.

    Attributes:
        rows: the sums; one key has several if prices had more than one currency.

    """

    rows: tuple[tuple[MonthKey, Amounts], ...] = ()

    def with_sessions(self, sessions: Iterable[Session]) -> Self:
        """Return the totals with further sessions."""
        return self.with_rows(
            (
                MonthKey(item.month, session.connector_id, session.vehicle_id or ""),
                item.amounts,
            )
            for session in sessions
            for item in session.months
        )

    def with_rows(self, rows: Iterable[tuple[MonthKey, Amounts]]) -> Self:
        """Return the totals with further rows."""
        sums: dict[MonthKey, dict[str, Amounts]] = {}
        for key, amounts in chain(self.rows, rows):
            _add(sums.setdefault(key, {}), amounts)
        return type(self)(
            tuple(
                (key, amounts)
                for key, by_currency in sorted(sums.items(), key=itemgetter(0))
                for _, amounts in sorted(by_currency.items(), key=itemgetter(0))
            )
        )

    def of(
        self,
        period: str = "",
        *,
        currency: str = "",
        connector_id: int | None = None,
        vehicle_id: str | None = None,
    ) -> Amounts:
        """Return the sum of a month, like "2026-11", of a year, like "2026", or of all times; its cost in a currency."""
        return total(
            amounts.in_currency(currency)
            for key, amounts in self.rows
            if key.month.startswith(period)
            and connector_id in {None, key.connector_id}
            and vehicle_id in {None, key.vehicle_id}
        )

    @property
    def stored(self) -> list[dict[str, Any]]:
        """Return the totals as JSON values."""
        return [
            {
                "connector_id": key.connector_id,
                "vehicle_id": key.vehicle_id,
                **MonthAmounts(key.month, amounts).as_dict(),
            }
            for key, amounts in self.rows
        ]

    @classmethod
    def read(cls, stored: Iterable[object]) -> Self:
        """Return the totals from `stored`, without rows that cannot be read."""
        return cls().with_rows(_readable(stored))


def _add(sums: dict[str, Amounts], amounts: Amounts) -> None:
    """Add amounts to the sums of a key by currency; amounts without a price join those of any currency."""
    currency = amounts.currency
    if not currency and sums:
        currency = next(reversed(sums))
    elif currency and "" in sums:
        amounts = sums.pop("") + amounts
    sums[currency] = sums.get(currency, Amounts()) + amounts


def _readable(stored: Iterable[object]) -> Iterator[tuple[MonthKey, Amounts]]:
    for item in stored:
        try:
            if isinstance(item, Mapping):
                yield _row(item)
        except AttributeError, KeyError, OverflowError, TypeError, ValueError:
            continue


def _row(item: Mapping[str, Any]) -> tuple[MonthKey, Amounts]:
    month = MonthAmounts.from_dict(item)
    key = MonthKey(month.month, int(item["connector_id"]), str(item["vehicle_id"]))
    return key, month.amounts
