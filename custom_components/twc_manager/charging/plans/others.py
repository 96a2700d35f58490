"""What vehicles without a plan take, beside those that are planned."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from math import ceil
from typing import Final

from ...twc import DRAWING_AMPS
from ..planning.caps import less, lowest
from ..planning.series import Piece, Series
from .situation import ConnectorSituation

_STEP: Final = 8
"""What they take counts in steps of so many A, so that a plan does not follow every change."""


class Others:
    """The vehicles without a plan.

    Attributes:
        taken: the whole A that those take that charge now; for how long is not known.

    """

    def __init__(
        self, others: Sequence[ConnectorSituation], planned: int, limit: int
    ) -> None:
        """Take what is known of them.

        Args:
            others: the connectors at which they are plugged in.
            planned: the number of vehicles with a plan, which have their share.
            limit: the whole A of the wiring.

        """
        charging = [item.drawn for item in others if item.drawn >= DRAWING_AMPS]
        self._coming = [
            item for item in others if item.drawn < DRAWING_AMPS and item.given
        ]
        self._limit = limit
        self._share = limit // max(1, planned + len(charging) + len(self._coming))
        self.taken = sum(
            min(self._share, _STEP * ceil(amps / _STEP)) for amps in charging
        )

    def leave(self, caps: Series, start: datetime, end: datetime) -> Series:
        """Return what they leave of what limits all vehicles, in A, until a time.

        Args:
            caps: the A for all vehicles together, unknown where only the wiring limits them.
            start: the present time.
            end: the time.

        """
        start = start.astimezone(UTC)
        taken = self.taken_until(start, end)
        if not taken.pieces:
            return caps
        if self._coming:
            # Then there is a limit wherever they charge.
            caps = lowest([caps, Series((Piece(start, end, self._limit),))])
        return less(caps, taken)

    def taken_until(self, start: datetime, end: datetime) -> Series:
        """Return the A that they take until a time; unknown if they take nothing."""
        taken = tuple(self._taken_over_time(start.astimezone(UTC), end))
        return Series(taken if any(piece.value for piece in taken) else ())

    def _taken_over_time(self, start: datetime, end: datetime) -> Iterator[Piece]:
        """Yield what they take until a time: those that charge, and those that a schedule will let charge."""
        cuts = {start, end}
        for item in self._coming:
            for begins, ends, _ in item.given:
                cuts |= {at for at in (begins, ends) if start < at < end}
        for begin, stop in pairwise(sorted(cuts)):
            yield Piece(begin, stop, self.taken + self._taken_at(begin))

    def _taken_at(self, instant: datetime) -> int:
        """Return the whole A that those take at a time that a schedule lets charge then."""
        return sum(
            min(self._share, item.usable, amps)
            for item in self._coming
            for begins, ends, amps in item.given
            if begins <= instant < ends
        )
