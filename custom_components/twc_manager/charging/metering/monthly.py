"""The energy and the cost of months, by connector and vehicle."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Self

from .amounts import Amounts, total
from .sessions import MonthAmounts, Session


@dataclass(frozen=True, slots=True, order=True)
class MonthKey:
    """A month, like "2026-11", of a connector, and of a vehicle by its id; an empty id stands for all other vehicles."""

    month: str
    connector_id: int
    vehicle_id: str


@dataclass(frozen=True, slots=True)
class MonthlyTotals:
    """The energy and the cost of sessions by month, connector and vehicle."""

    rows: tuple[tuple[MonthKey, Amounts], ...] = ()

    def with_sessions(self, sessions: Iterable[Session]) -> Self:
        """Return the totals with further sessions."""
        rows = dict(self.rows)
        for session in sessions:
            for item in session.months:
                key = MonthKey(
                    item.month, session.connector_id, session.vehicle_id or ""
                )
                rows[key] = rows.get(key, Amounts()) + item.amounts
        return type(self)(tuple(sorted(rows.items(), key=itemgetter(0))))

    def of(
        self,
        period: str = "",
        *,
        connector_id: int | None = None,
        vehicle_id: str | None = None,
    ) -> Amounts:
        """Return the sum of a month, like "2026-11", of a year, like "2026", or of all times."""
        return total(
            amounts
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
        """Return the totals that `stored` returned; rows that cannot be read are dropped."""
        return cls(tuple(sorted(dict(_readable(stored)).items(), key=itemgetter(0))))


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
