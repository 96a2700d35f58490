"""What the steps of a vehicle's draw have shown on each phase of the main fuse during one stay.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from math import inf
from statistics import fmean, median
from typing import Final

from .response import STEP_AMPS
from .response_readings import DrawHistory
from .response_votes import LEAD_SECONDS

LEAVING_VOTES: Final = 4
"""Number of agreeing steps after which a phase is left out."""

_LIVING_VOTES: Final = 4
"""Number of those that a sensor must have missed while it lived."""

_MAJORITY_OF: Final = 3
"""The number of steps that decide by a majority whether a phase has shown the vehicle."""

RESTING_AMPS: Final = 0.75
"""A draw that moves by less stands still: connectors report it with some jitter."""

_LONGEST_SECONDS: Final = 180.0
"""A draw that has not rested for longer is no step: other loads are switched meanwhile."""

_FINE_AMPS: Final = STEP_AMPS / 2
"""A sensor that has shown a change of so much at most would show a step: others report only changes above some size."""

KEPT_SECONDS: Final = 600.0

_ROUGH_VOTES: Final = 4
_ROUGH_SHARE: Final = 0.25
"""The number of steps, and the mean share of them that a phase has shown at most on which a vehicle does not charge."""

_SHOWN_SHARE: Final = 0.5
"""The share of a step from which on a phase may have shown it."""

_ROUGH_SHARES: Final = (-1.0, 1.6)
"""A phase that changes by another share of a step shows a load that is larger than the step, and hides the step."""

REGULATED_AMPS: Final = 2.0
"""Import below which a house battery or an inverter may keep a phase constant, or its sensor measures only noise."""

SWITCHED_AMPS: Final = 1.0
"""Movement of a phase that is no noise of its sensor: a load was switched."""

_SUSPECTED_SHARES: Final = (0.85, 1.15)
"""A load of such a share of a vehicle's draw that is switched on where it does not charge may be the vehicle."""

_SUSPECTED_STEPS: Final = 2
_SUSPECTED_SECONDS: Final = 600.0
"""The number of steps that show that, and the time for them, after which the next load counts: kettles may take as much."""


def is_loaded(values: DrawHistory, begin: float, end: float) -> bool:
    """Return whether a phase carried a load all the time between two times."""
    return min(values.between(begin, end)) > REGULATED_AMPS


def has_carried(values: DrawHistory, now: float, since: float = -inf) -> bool:
    """Return whether a phase has shown a load lately: a sensor that is not round its wire shows but noise.

    Args:
        values: what its sensor has shown.
        now: the time.
        since: when it began to be in question, in s.

    """
    recent = values.between(max(now - KEPT_SECONDS, since), now)
    return max(recent) > REGULATED_AMPS or max(recent) - min(recent) >= SWITCHED_AMPS


@dataclass(slots=True)
class PhaseVotes:
    """What the steps of a vehicle have shown on one phase.

    Attributes:
        still: how many in a row were not seen there.
        living: how many of them the sensor missed although it lived: it had moved since the one before.
        is_loaded: whether the phase carried a load at one of those.
        has_moved: whether its sensor has moved since the last of them.
        is_fine: whether it would show a step for certain.
        is_absent: whether the vehicle seems not to charge there: a sensor that lives has not shown enough steps.
        is_shown: whether one was seen there, at least in part.
        was_seen: whether one was seen there by its size.
        still_since: since when none was seen there.
        votes: whether the whole of each of the last ones was seen there, the newest last.

    """

    still: int = 0
    living: int = 0
    is_loaded: bool = False
    has_moved: bool = False
    is_fine: bool = False
    is_absent: bool = False
    is_shown: bool = False
    was_seen: bool = False
    still_since: float = inf
    votes: tuple[bool, ...] = ()

    @property
    def is_left_out(self) -> bool:
        """Return whether the vehicle does not charge on the phase."""
        return self._is_missed and self.is_loaded and self.is_fine

    @property
    def _is_missed(self) -> bool:
        """Return whether enough steps were missed there, and enough of them while the sensor lived."""
        return self.still >= LEAVING_VOTES and self.living >= _LIVING_VOTES

    def note_still(self, *, loaded: bool, credible: bool) -> None:
        """Note that a step was not seen there.

        A sensor that sends for a moment between two steps is no more alive than before: only a movement between each of
        them and the next shows that it lived all the time.

        Args:
            loaded: whether the phase carried a load meanwhile.
            credible: whether what moved there may be more than noise.

        """
        lived = credible and (self.has_moved or not self.still)
        self.still, self.living = self.still + 1, self.living + lived
        self.is_loaded |= loaded and self.has_moved
        self.has_moved = False

    def note_movement(self, finest: float) -> None:
        """Note that the sensor lives, for what it did not show before; `finest` is its smallest change so far."""
        if not self.still or finest >= STEP_AMPS:
            return
        self.has_moved = True
        self.is_fine = finest <= _FINE_AMPS
        self.is_absent |= self._is_missed and not self.follows

    def note_share(self) -> PhaseVotes:
        """Return what is known once a part of a step was seen there: another load may have been switched."""
        absent = self.is_absent and not self.follows
        return PhaseVotes(
            is_absent=absent, is_shown=True, was_seen=self.was_seen, votes=self.votes
        )

    @property
    def follows(self) -> bool:
        """Return whether most of the last steps were seen there: one may have been another load's."""
        return sum(self.votes) > len(self.votes) / 2


@dataclass(slots=True)
class RoughVotes:
    """What several steps of a vehicle have shown together on a phase that other loads change as well.

    Another load may hide a step, or look like one. Clouds and thermostats do not follow the vehicle: several steps in a
    row that leave nothing on the phase are not hidden by chance.

    Attributes:
        shares: the shares of the last steps that the phase has shown, between 0 and 1.
        has_moved: whether its sensor has changed since the last of them.
        since: when the first step began that has not been seen since, in s.
        is_absent: whether the vehicle seems not to charge there.

    """

    shares: tuple[float, ...] = ()
    has_moved: bool = False
    since: float = inf
    is_absent: bool = False

    def begin(self, began: float) -> float:
        """Take when a step began, and return when the first one began that has not been seen since."""
        self.since = min(self.since, began)
        return self.since

    def add(self, share: float, *, credible: bool) -> None:
        """Take the share of a step that the phase has shown.

        A sensor that has not changed since the last step proves nothing, and neither do the steps before: it may have
        lived for a moment only.

        Args:
            share: the share.
            credible: whether what changed there may be more than noise.

        """
        low, high = _ROUGH_SHARES
        if not low <= share <= high:
            return
        lived = credible and (self.has_moved or not self.shares)
        self.has_moved = False
        if share >= _SHOWN_SHARE:
            self.since = inf
        if not lived:
            self.shares = ()
            return
        self.shares = (*self.shares, min(max(share, 0.0), 1.0))[-_ROUGH_VOTES:]
        if self.is_absent:
            # One step that it has shown may be another load.
            self.is_absent = median(self.shares[-_MAJORITY_OF:]) < _SHOWN_SHARE
        elif len(self.shares) == _ROUGH_VOTES:
            self.is_absent = fmean(self.shares) <= _ROUGH_SHARE


@dataclass(frozen=True, slots=True)
class DrawStep:
    """A change of a draw between two rests: when it began, since when the draw rests again, in s, and the change."""

    began: float
    ended: float
    change: float


@dataclass(slots=True)
class VehicleVotes:
    """What is known of the vehicle at a connector during one stay.

    Attributes:
        session: the stay.
        unmetered: the number of phases that it uses by what is known without a meter; None if nothing is.
        draws: its draw over time.
        rested_amps: its draw when it last rested, in A; None before that.
        left_at: when its draw began to move, in s; None while it rests.
        judged: how many of its steps were judged.
        phases: what its steps have shown, by phase.
        too_many: the phases on which it was seen when they were more than `unmetered`; empty if they never were.
        suspected: the phase on which it may have begun to charge; None without one.
        suspected_at: when that was noticed, in s.
        tries_until: up to how many judged steps are made to find out.

    """

    session: Hashable
    unmetered: int | None = None
    draws: DrawHistory = field(default_factory=lambda: DrawHistory(KEPT_SECONDS))
    rested_amps: float | None = None
    left_at: float | None = None
    judged: int = 0
    phases: dict[int, PhaseVotes] = field(default_factory=dict)
    roughly: dict[int, RoughVotes] = field(default_factory=dict)
    too_many: frozenset[int] = frozenset()
    suspected: int | None = None
    suspected_at: float = -inf
    tries_until: int = 0

    def needs_step(self, now: float, quiet: float) -> bool:
        """Return whether it may have begun to charge on another phase, which a step shows after so many s of quiet."""
        is_open = self.suspected is not None and self.judged < self.tries_until
        return is_open and quiet <= now - self.suspected_at <= _SUSPECTED_SECONDS

    def _suspect(self, now: float, phase: int) -> None:
        """Note that it may have begun to charge on a phase; often that is another load instead."""
        if now - self.suspected_at > _SUSPECTED_SECONDS:
            self.suspected, self.suspected_at = phase, now
            self.tries_until = self.judged + _SUSPECTED_STEPS

    def note_rise(self, now: float, phase: int, rise: float, patience: float) -> None:
        """Take how far a phase has just risen, which may be the vehicle although its draw rests."""
        item, draw = self.phases.get(phase), self.draws.at(now)
        if item is None or item.follows or draw < STEP_AMPS:
            return
        low, high = _SUSPECTED_SHARES
        if (
            low <= rise / draw <= high
            and self.draws.swing(now - patience, now) < RESTING_AMPS
        ):
            self._suspect(now, phase)

    def vote(self, now: float, phase: int, *, seen: bool) -> PhaseVotes:
        """Take whether a step was seen on a phase, and return what is known of it.

        Once it has begun to charge there, it is not known any more on which others it does not.
        """
        item = self.phases.setdefault(phase, PhaseVotes())
        was_elsewhere = bool(item.votes) and not item.follows
        if self.suspected == phase:
            self.suspected = None
            # Seen, this is the second sign: what was before counts no more.
            before = () if seen else item.votes
        else:
            before = item.votes
            if seen and was_elsewhere:
                self._suspect(now, phase)
        item.votes = (*before, seen)[-_MAJORITY_OF:]
        item.was_seen |= seen
        if self.unmetered is not None and len(self.seen) > self.unmetered:
            self.too_many = self.seen
        if was_elsewhere and item.follows:
            self._void_absence()
        return item

    def _void_absence(self) -> None:
        """Forget on which phases it does not charge."""
        self.roughly.clear()
        for phase, item in self.phases.items():
            if not item.follows:
                self.phases[phase] = PhaseVotes()

    @property
    def left_out(self) -> frozenset[int]:
        """Return the phases that it does not charge on."""
        return frozenset(
            phase for phase, item in self.phases.items() if item.is_left_out
        )

    @property
    def unlikely(self) -> frozenset[int]:
        """Return the phases that it seems not to charge on."""
        absent = {phase for phase, item in self.phases.items() if item.is_absent}
        rough = {phase for phase, item in self.roughly.items() if item.is_absent}
        return frozenset(absent | (rough - self.seen))

    def forget(self, phase: int) -> None:
        """Forget what is known of a phase."""
        self.phases.pop(phase, None)
        self.roughly.pop(phase, None)

    @property
    def seen(self) -> frozenset[int]:
        """Return the phases on which most of its last steps were seen."""
        return frozenset(phase for phase, item in self.phases.items() if item.follows)

    @property
    def shown(self) -> frozenset[int] | None:
        """Return the phases that it has shown on, if they are `unmetered`; else None.

        The sensor of another phase need not be known to live: the vehicle is not there. One that was seen on more
        phases refutes their number, until the sensors of those where it is seen no more are known to live.
        """
        seen = self.seen
        is_refuted = not self.too_many <= seen | self.unlikely
        return seen if len(seen) == self.unmetered and not is_refuted else None

    def follow(self, now: float, amps: float, patience: float) -> DrawStep | None:
        """Take its draw, and return the step that the sensors have shown by now."""
        self.draws.add(now, amps)
        if self.draws.swing(now - patience, now) >= RESTING_AMPS:
            self.left_at = now if self.left_at is None else self.left_at
            return None
        before, left_at = self.rested_amps, self.left_at
        self.rested_amps, self.left_at = amps, None
        if before is None or left_at is None or now - left_at > _LONGEST_SECONDS:
            return None
        change = amps - before
        if abs(change) < STEP_AMPS - RESTING_AMPS:
            return None
        return DrawStep(left_at - LEAD_SECONDS, now - patience, change)
