"""What limits all vehicles together over time besides the wiring, as far as it is known ahead: the main fuse, a budget.

Each limit is a series of A, unknown where it limits nothing. A plan stays within the lowest one at each time. None of
them ever gives a vehicle more: the rules decide what it receives when the time has come.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from .series import Piece, Series


class CapSource(StrEnum):
    """What limits all vehicles together over time."""

    MAIN_FUSE = "main_fuse"
    """What the house usually leaves of the main fuse."""
    PEAK = "peak"
    """What it usually leaves of the peak budget."""


def lowest(caps: Iterable[Series]) -> Series:
    """Return the lowest of several limits at each time, in A; unknown where none of them is known."""
    known = [cap for cap in caps if cap.pieces]
    if len(known) < 2:
        return known[0] if known else Series()
    pieces = []
    for start, end in pairwise(_edges(known)):
        found = [amps for cap in known if (amps := cap.at(start)) is not None]
        if found:
            pieces.append(Piece(start, end, min(found)))
    return Series(tuple(pieces))


def _edges(caps: Iterable[Series]) -> list[datetime]:
    """Return the times at which a piece begins or ends, in their order."""
    return sorted(
        {at for cap in caps for piece in cap.pieces for at in (piece.start, piece.end)}
    )


def less(cap: Series, taken: Series) -> Series:
    """Return what is left of a limit, in A; the same where nothing is taken."""
    if not taken.pieces:
        return cap
    pieces = []
    for start, end in pairwise(_edges([cap, taken])):
        if (amps := cap.at(start)) is not None:
            left = max(0.0, amps - (taken.at(start) or 0.0))
            pieces.append(Piece(start, end, left))
    return Series(tuple(pieces))


def left_by_house(size: float, house_w: Series, watts_per_amp: float) -> Series:
    """Return the A that the house leaves of the main fuse.

    What it takes is spread evenly over the phases, since it is not known ahead on which of them it will be. The sun is
    not counted on.

    Args:
        size: the size of the fuse, in A of each phase.
        house_w: what the house takes without the vehicles, in W.
        watts_per_amp: the W of 1 A on all phases.

    """
    return Series(
        tuple(
            Piece(
                piece.start,
                piece.end,
                max(0.0, size - max(0.0, piece.value) / watts_per_amp),
            )
            for piece in house_w.pieces
        )
    )
