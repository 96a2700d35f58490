"""The problems of connectors that draw more than they are offered, for the repair issues."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ..charging.outcome import LimitReason
from ..charging.rules import RulesResult
from ..twc import BusProblem, ConnectorState, Obedience, Snapshot, format_id

DOES_NOT_OBEY: Final = "does_not_obey"
"""A connector draws more than its offer and does not follow it."""

STEP_AMPS: Final = 2.0
"""How many A a draw has to differ from the reported one to be reported again."""

_STOPPED: Final = frozenset(
    {LimitReason.DISOBEYS, LimitReason.STOPPING, LimitReason.CANNOT_STOP}
)
"""The reasons of a connector that is kept from charging because it did not obey."""


@dataclass(frozen=True, slots=True)
class _Row:
    """The numbers of one connector, in A."""

    connector_id: int
    drawn: float
    offered: float

    def __str__(self) -> str:
        """Return a row of a Markdown table; its head is in the translation."""
        return f"| {format_id(self.connector_id)} | {self.drawn:.1f} A | {self.offered:g} A |"

    @property
    def is_too_much(self) -> bool:
        """Return whether it draws more than it is offered."""
        return self.drawn > max(self.offered, STEP_AMPS)

    def is_like(self, other: _Row) -> bool:
        """Return whether the numbers are close to others."""
        same = self.connector_id == other.connector_id and self.offered == other.offered
        return same and abs(self.drawn - other.drawn) < STEP_AMPS


type _Rows = tuple[_Row, ...]


class OverdrawReport:
    """The problems of connectors that draw too much, with numbers that change only when they matter."""

    def __init__(self, limit: float) -> None:
        """Start with no problem; `limit` is the wiring's for all connectors together, in A."""
        self._limit = limit
        self._disobeying: _Rows = ()
        self._all: _Rows = ()

    def problems(
        self, snapshot: Snapshot, result: RulesResult
    ) -> dict[str, Mapping[str, str]]:
        """Return the problems with the placeholders of their texts."""
        self._disobeying = _settled(
            self._disobeying, self._find_disobeying(snapshot, result)
        )
        over = BusProblem.OVER_LIMIT in snapshot.problems
        self._all = _settled(self._all, map(_row, snapshot.connectors if over else ()))
        problems: dict[str, Mapping[str, str]] = {}
        if self._disobeying:
            problems[DOES_NOT_OBEY] = self._placeholders(self._disobeying)
        if over:
            problems[BusProblem.OVER_LIMIT] = self._placeholders(self._all)
        return problems

    def _find_disobeying(self, snapshot: Snapshot, result: RulesResult) -> list[_Row]:
        """Return the connectors that do not obey, and those that are kept from charging for that."""
        reported = {row.connector_id: row for row in self._disobeying}
        decisions = result.decision.connectors
        rows: list[_Row] = []
        for connector in snapshot.connectors:
            row = _row(connector)
            before = reported.get(connector.connector_id)
            decision = decisions.get(connector.connector_id)
            if connector.obedience is Obedience.DISOBEYS:
                # A stopped one draws nothing: its draw before the stop is reported.
                rows.append(row if before is None or row.is_too_much else before)
            elif before is not None and decision and decision.reason in _STOPPED:
                rows.append(before)
        return rows

    def _placeholders(self, rows: _Rows) -> dict[str, str]:
        return {
            "connectors": "\n".join(map(str, rows)),
            "limit": f"{self._limit:g}",
            "total": f"{sum(row.drawn for row in rows):.1f}",
        }


def _row(connector: ConnectorState) -> _Row:
    sent = connector.offered if connector.sent is None else connector.sent
    return _Row(connector.connector_id, connector.drawn, sent)


def _settled(before: _Rows, after: Iterable[_Row]) -> _Rows:
    """Return the previous rows while none of them differs much."""
    rows = tuple(after)
    same = len(before) == len(rows) and all(map(_Row.is_like, before, rows))
    return before if same else rows
