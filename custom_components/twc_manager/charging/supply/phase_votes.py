"""What the steps of a vehicle's draw have shown on each phase of the main fuse during one stay.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from math import inf
from typing import Final

from .response import STEP_AMPS
from .response_readings import DrawHistory
from .response_votes import LEAD_SECONDS

LEAVING_VOTES: Final = 4
"""Number of agreeing steps after which a phase is left out."""

_MAJORITY_OF: Final = 3
"""The number of steps that decide by a majority whether a phase has shown the vehicle."""

RESTING_AMPS: Final = 0.75
"""A draw that moves by less stands still: connectors report it with some jitter."""

_LONGEST_SECONDS: Final = 180.0
"""A draw that has not rested for longer is no step: other loads are switched meanwhile."""

KEPT_SECONDS: Final = 600.0


@dataclass(slots=True)
class PhaseVotes:
    """What the steps of a vehicle have shown on one phase.

    Attributes:
        still: how many in a row were not seen there.
        since: when the first of them was judged.
        is_loaded: whether the phase carried a load at one of them, and its sensor has moved since the first.
        is_shown: whether one was seen there, at least in part.
        votes: whether the whole of each of the last ones was seen there, the newest last.

    """

    still: int = 0
    since: float = inf
    is_loaded: bool = False
    is_shown: bool = False
    votes: tuple[bool, ...] = ()

    @property
    def is_left_out(self) -> bool:
        """Return whether the vehicle does not charge on the phase."""
        return self.still >= LEAVING_VOTES and self.is_loaded

    @property
    def follows(self) -> bool:
        """Return whether most of the last steps were seen there: one may have been another load's."""
        return sum(self.votes) > len(self.votes) / 2

    def with_vote(self, *, seen: bool) -> tuple[bool, ...]:
        """Return the last votes with one more."""
        return (*self.votes, seen)[-_MAJORITY_OF:]


@dataclass(frozen=True, slots=True)
class DrawStep:
    """A change of a draw between two rests: when it began, since when the draw rests again, in s, and the change."""

    began: float
    ended: float
    change: float


@dataclass(slots=True)
class VehicleVotes:
    """What is known of the vehicle at a connector during one stay."""

    session: Hashable
    unmetered: int | None = None
    draws: DrawHistory = field(default_factory=lambda: DrawHistory(KEPT_SECONDS))
    rested_at: float | None = None
    left_at: float | None = None
    judged: int = 0
    phases: dict[int, PhaseVotes] = field(default_factory=dict)

    @property
    def left_out(self) -> frozenset[int]:
        """Return the phases that it does not charge on."""
        return frozenset(
            phase for phase, item in self.phases.items() if item.is_left_out
        )

    @property
    def shown(self) -> frozenset[int] | None:
        """Return the phases that it has shown on, if they are as many as it uses by what no meter tells.

        The sensor of another phase need not be known to live: the vehicle is not there.
        """
        follows = frozenset(
            phase for phase, item in self.phases.items() if item.follows
        )
        return follows if len(follows) == self.unmetered else None

    def follow(self, now: float, amps: float, patience: float) -> DrawStep | None:
        """Take its draw, and return the step that the sensors have shown by now."""
        self.draws.add(now, amps)
        if self.draws.swing(now - patience, now) >= RESTING_AMPS:
            self.left_at = now if self.left_at is None else self.left_at
            return None
        before, left_at = self.rested_at, self.left_at
        self.rested_at, self.left_at = amps, None
        if before is None or left_at is None or now - left_at > _LONGEST_SECONDS:
            return None
        change = amps - before
        if abs(change) < STEP_AMPS - RESTING_AMPS:
            return None
        return DrawStep(left_at - LEAD_SECONDS, now - patience, change)
