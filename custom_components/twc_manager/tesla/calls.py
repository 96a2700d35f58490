"""The calls of a month and their cost, as Tesla bills them."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final, Self


class CallKind(StrEnum):
    """How Tesla bills a call."""

    COMMAND = "command"
    DATA = "data"
    WAKE = "wake"


PRICES: Final = {CallKind.COMMAND: 0.001, CallKind.DATA: 0.002, CallKind.WAKE: 0.02}
"""The price of one call in US dollars."""


class Calls:
    """Counts the calls of the current month; a new month begins at 0."""

    def __init__(self) -> None:
        """Begin with no calls."""
        self._month: str | None = None
        self._counts: Counter[CallKind] = Counter()

    def add(self, kind: CallKind, today: date) -> None:
        """Count a call."""
        self._turn_to(today)
        self._counts[kind] += 1

    def counts(self, today: date) -> Mapping[CallKind, int]:
        """Return how many calls of each kind there were in the month of `today`."""
        self._turn_to(today)
        return {kind: self._counts[kind] for kind in CallKind}

    def total(self, today: date) -> int:
        """Return how many calls there were in the month of `today`."""
        return sum(self.counts(today).values())

    def cost(self, today: date) -> float:
        """Return the estimated cost of the month of `today`, in US dollars."""
        return round(
            sum(PRICES[kind] * count for kind, count in self.counts(today).items()), 4
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what `from_dict` takes, fit for JSON."""
        return {
            "month": self._month,
            "counts": {kind.value: self._counts[kind] for kind in CallKind},
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `as_dict` returned.

        Raises:
            AttributeError, KeyError, TypeError, ValueError: it is not in that form.

        """
        calls = cls()
        calls._month = None if stored["month"] is None else str(stored["month"])
        for name, count in stored["counts"].items():
            calls._counts[CallKind(name)] = max(0, int(count))
        return calls

    def _turn_to(self, today: date) -> None:
        """Drop the counts of another month."""
        month = f"{today:%Y-%m}"
        if month != self._month:
            self._month = month
            self._counts.clear()
