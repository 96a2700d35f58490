"""What the vehicles of one bus do to the main fuse, or those of all buses behind it.

Currents are in A, times in s of a monotonic clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from math import inf

from .phases import VehicleDraw


@dataclass(frozen=True, slots=True)
class FuseLoad:
    """The vehicles behind the fuse.

    Attributes:
        draws: the draw of each.
        changed_at: when an offer was last raised or lowered.
        minimum: the lowest offer that a vehicle charges at.
        held: A that those that draw need so as to go on, of what they have.
        offered: A that those that draw are offered, as far as they use them.
        kept: the same for all that have an offer, each with the minimum at least.
        count: how many have an offer.
        waiting: how many want power and draw none.
        taken: A that they have, or may take at any time by what they are offered.
        wanted: A that they could use.

    """

    draws: tuple[VehicleDraw, ...] = ()
    changed_at: float = -inf
    minimum: int = 6
    held: float = 0.0
    offered: float = 0.0
    kept: float = 0.0
    count: int = 0
    waiting: int = 0
    taken: float = 0.0
    wanted: float = 0.0


def combined(loads: Iterable[FuseLoad]) -> FuseLoad:
    """Return the vehicles of several buses together.

    Raises:
        TypeError: if there is none.

    """
    return reduce(_both, loads)


def _both(one: FuseLoad, other: FuseLoad) -> FuseLoad:
    return FuseLoad(
        draws=one.draws + other.draws,
        changed_at=max(one.changed_at, other.changed_at),
        minimum=max(one.minimum, other.minimum),
        held=one.held + other.held,
        offered=one.offered + other.offered,
        kept=one.kept + other.kept,
        count=one.count + other.count,
        waiting=one.waiting + other.waiting,
        taken=one.taken + other.taken,
        wanted=one.wanted + other.wanted,
    )
