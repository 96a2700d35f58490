"""Values over time: prices, the forecast of the sun, caps; made safe from what sources deliver."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from math import isfinite
from typing import Self

from .errors import PlanError


@dataclass(frozen=True, slots=True)
class Piece:
    """A value that holds from `start` to `end`, both in UTC; the end is not included."""

    start: datetime
    end: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """Pieces in their order that do not overlap; between them the value is unknown."""

    pieces: tuple[Piece, ...] = ()

    @classmethod
    def read(cls, pieces: Iterable[Piece], what: str = "prices") -> Self:
        """Return the series of pieces in any order.

        A piece that is there twice with one value counts once. Gaps stay unknown.

        Raises:
            PlanError: if a time has no zone, a piece does not end after it begins, a value is no finite number, or
                pieces overlap.

        """
        found = sorted(
            {_checked(piece, what) for piece in pieces}, key=lambda piece: piece.start
        )
        for before, after in pairwise(found):
            if after.start < before.end:
                raise PlanError(what, f"two of them hold at {after.start}")
        return cls(tuple(found))

    def at(self, instant: datetime) -> float | None:
        """Return the value at an instant; None if it is unknown."""
        index = bisect_right(self.pieces, instant, key=lambda piece: piece.start) - 1
        if index < 0 or instant >= self.pieces[index].end:
            return None
        return self.pieces[index].value

    def boundaries(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the times between two instants at which a piece begins or ends."""
        for piece in self.pieces:
            for instant in (piece.start, piece.end):
                if start < instant < end:
                    yield instant

    def values(self, start: datetime, end: datetime) -> Sequence[float]:
        """Return the values of the pieces that hold at a time between two instants."""
        return [
            piece.value
            for piece in self.pieces
            if piece.start < end and piece.end > start
        ]


def _checked(piece: Piece, what: str) -> Piece:
    """Return a piece in UTC."""
    if piece.start.tzinfo is None or piece.end.tzinfo is None:
        raise PlanError(what, "a time has no zone")
    if not isfinite(piece.value):
        raise PlanError(what, f"{piece.value} is no number")
    start, end = piece.start.astimezone(UTC), piece.end.astimezone(UTC)
    if end <= start:
        raise PlanError(what, f"one ends before it begins, at {start}")
    return Piece(start, end, float(piece.value))
