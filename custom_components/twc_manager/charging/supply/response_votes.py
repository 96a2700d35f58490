"""Votes on a meter: one for each step of our own draw, and what several of them say together.

Time is an argument, in s of a monotonic clock.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from math import inf
from statistics import median
from typing import Final

STEP_SECONDS: Final = 30.0
"""The time within which the draw changes by a step."""

VOTES: Final = 5
AGREEING_VOTES: Final = 4
"""Of the last votes so many have to agree before the direction of a meter is believed."""

FLAT_VOTES: Final = 2
"""So many steps in a row without any movement prove a frozen meter."""

ABSENT_VOTES: Final = 2
"""So many steps in a row that a meter did not show although it moved otherwise: it does not contain the vehicle."""

ABSENT_SECONDS: Final = 300.0
"""Time after which another step tests whether the meter contains the vehicle again."""

DEFAULT_LAG: Final = 8.0
"""The lag of a meter whose lag has not been measured, in s: the longest of the usual ones."""

LEAD_SECONDS: Final = 2.0
"""A meter may show a change before the connector reports its draw."""

_SETTLED_SECONDS: Final = 3.0
_SETTLED_SHARE: Final = 1 / 6
"""A draw that moves by less than this share of a step has settled (0.5 A)."""

_QUIET_SECONDS: Final = 10.0
_ABSENT_SHARE: Final = 0.25
"""Maximum share of our step by which a reading moves that has not shown it."""

_SHARES: Final = (0.5, 0.6)
"""The lowest share of our step that a reading moves by if our step moved it, and how far it exceeds the highest."""


VOTE_SECONDS: Final = 24 * 3600.0
"""Time for which a vote counts: a meter that its owner has repaired is tried again."""

LAST_SECONDS: Final = 3.0

type Sample = tuple[float, float]
"""The time of a reading, in s, and its value."""


class Vote(StrEnum):
    """How a meter moved after one step of ours."""

    FOLLOWED = "followed"
    INVERTED = "inverted"


class Flat(Enum):
    """What it means for a meter that its readings stay identical after a step of ours."""

    NOTHING = auto()
    """A house battery or an inverter may regulate what it measures."""
    DOUBT = auto()
    """It may be frozen; several such steps in a row prove it."""
    PROOF = auto()
    """It is frozen."""


class MeterState(StrEnum):
    """What is known of a meter."""

    UNKNOWN = "unknown"
    FOLLOWS = "follows"
    INVERTED = "inverted"
    """It counts the other way round than it was set up."""
    FROZEN = "frozen"
    """It repeats its last value."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of our draw: when it began and ended, in s, and by how much the draw changed."""

    began: float
    ended: float
    change: float


class StepDetector:
    """Finds the steps in our draw."""

    def __init__(self, size: float) -> None:
        """Start without a draw; `size` is that of a step."""
        self._size = size
        self._tolerance = size * _SETTLED_SHARE
        self._level: float | None = None
        self._left_at: float | None = None
        self._resting: tuple[float, float] = (0.0, 0.0)

    def update(self, now: float, draw: float) -> Step | None:
        """Take the draw and return the step that has just ended."""
        if self._level is None:
            self._level, self._resting = draw, (now, draw)
            return None
        if abs(draw - self._resting[1]) > self._tolerance:
            self._resting = now, draw
        if abs(draw - self._level) <= self._tolerance:
            self._left_at = None
            return None
        if self._left_at is None:
            self._left_at = now
        if now - self._resting[0] < _SETTLED_SECONDS:
            return None
        began = self._left_at - LEAD_SECONDS
        change, ended = draw - self._level, self._resting[0]
        self._level, self._left_at = draw, None
        if abs(change) < self._size - self._tolerance or ended - began > STEP_SECONDS:
            return None
        return Step(began, ended, change)


class ExpectedStep:
    """The step of our draw that a meter, or one of its sensors, has yet to show."""

    def __init__(self, size: float) -> None:
        """Start without a draw; `size` is that of a step."""
        self.step: Step | None = None
        self._minimum = size * 2 / 3
        self._detector = StepDetector(size)

    def update(self, now: float, draw: float) -> None:
        """Take the draw."""
        step, before = self._detector.update(now, draw), self.step
        if step is None:
            return
        if before is not None:
            # It has not shown the one before: what it will show is both together.
            step = Step(before.began, step.ended, before.change + step.change)
        self.step = step if abs(step.change) >= self._minimum else None

    def take(self, now: float, patience: float) -> Step | None:
        """Return, once, the step that must have been shown by now; None without one."""
        if self.step is None or now < self.step.ended + patience:
            return None
        step, self.step = self.step, None
        return step


class Votes:
    """The last votes on one meter, and how late it showed the steps that it followed."""

    def __init__(self, size: float, largest: int = 1) -> None:
        """Start without a vote.

        Args:
            size: the size of a step.
            largest: how many times our draw the meter may have of it.

        """
        self._still = size / 3
        self._largest = largest
        self._votes: deque[tuple[float, Vote]] = deque(maxlen=VOTES)
        self._sizes: deque[float] = deque(maxlen=VOTES)
        self._lags: deque[float] = deque(maxlen=VOTES)
        self._flat = 0
        self._stood_still = False
        self._absent: deque[float] = deque(maxlen=ABSENT_VOTES)

    @property
    def state(self) -> MeterState:
        """Return what the votes say."""
        if self._flat >= FLAT_VOTES:
            return MeterState.FROZEN
        votes = [vote for _, vote in self._votes]
        if votes.count(Vote.INVERTED) >= AGREEING_VOTES:
            return MeterState.INVERTED
        if votes.count(Vote.FOLLOWED) >= AGREEING_VOTES:
            return MeterState.FOLLOWS
        return MeterState.UNKNOWN

    @property
    def is_contradicted(self) -> bool:
        """Return whether it moved the other way more often than it followed."""
        votes = [vote for _, vote in self._votes]
        return votes.count(Vote.INVERTED) > votes.count(Vote.FOLLOWED)

    @property
    def absent(self) -> int:
        """Return how many of the last steps the meter did not show although it moved; `ABSENT_VOTES` at most."""
        return len(self._absent)

    @property
    def followed_at(self) -> float:
        """Return when the last step ended that the meter followed, in s."""
        times = (at for at, vote in self._votes if vote is Vote.FOLLOWED)
        return max(times, default=-inf)

    @property
    def is_doubted(self) -> bool:
        """Return whether the meter did not move at the last step."""
        return 0 < self._flat < FLAT_VOTES

    @property
    def stood_still(self) -> bool:
        """Return whether the meter has not moved since a step of ours, whatever that says."""
        return self._stood_still

    @property
    def was_inverted(self) -> bool:
        """Return whether the meter moved the other way at the last step that it showed."""
        return bool(self._votes) and self._votes[-1][1] is Vote.INVERTED

    @property
    def lag(self) -> float:
        """Return the maximum lag with which the meter shows a step, in s."""
        return max(self._lags, default=DEFAULT_LAG)

    @property
    def minimum_lag(self) -> float | None:
        """Return the minimum lag with which the meter shows a step, in s: the rest is the time until it measures again.

        None as long as it followed fewer than two steps.
        """
        return min(self._lags) if len(self._lags) > 1 else None

    @property
    def size(self) -> float | None:
        """Return by how much the meter moves per unit of our draw; None if it is not known."""
        if self.state is not MeterState.FOLLOWS:
            return None
        return median(self._sizes)

    def add(self, at: float, vote: Vote) -> None:
        """Take the vote on a step that ended at a time."""
        self.note_movement()
        self._absent.clear()
        self._votes.append((at, vote))

    def add_flat(self, meaning: Flat) -> None:
        """Note that the readings stayed identical after a step."""
        self._stood_still = True
        if meaning is Flat.DOUBT:
            self._flat += 1
        elif meaning is Flat.PROOF:
            self._flat = FLAT_VOTES

    def expire(self, now: float) -> None:
        """Forget the votes that no longer count."""
        while self._votes and self._votes[0][0] < now - VOTE_SECONDS:
            self._votes.popleft()
        if self.absent == ABSENT_VOTES and self._absent[-1] < now - ABSENT_SECONDS:
            self._absent.popleft()

    def judge(
        self,
        step: Step,
        before: Sequence[Sample],
        after: Sequence[Sample],
        interval: float,
        *,
        loaded: bool = False,
    ) -> None:
        """Take the vote on a step, if the meter has moved since it began.

        There is none where the rest of the house switched loads around the step. They have to have been quiet since the
        measurement before the last one: our own steps often follow a change.

        Args:
            step: the step.
            before: times and values of the readings before it.
            after: times and values of the readings since it began.
            interval: the usual time between two measurements, in s.
            loaded: whether a reading that does not show the step proves something.

        """
        quiet = max(_QUIET_SECONDS, interval + LEAD_SECONDS)
        old = _values(before, step.began - quiet)
        if max(old) - min(old) > self._still:
            return
        share = _share(step, median(old), after)
        low, high = _SHARES[0], self._largest + _SHARES[1]
        if share is None:
            return
        if loaded and abs(share) <= _ABSENT_SHARE:
            self._absent.append(step.ended)
        if not low <= abs(share) <= high:
            return
        vote = Vote.FOLLOWED if share > 0 else Vote.INVERTED
        self.add(step.ended, vote)
        if vote is Vote.FOLLOWED:
            self._sizes.append(share)
            self._learn_lag(step, before[-1][1] + step.change * share / 2, after)

    def note_movement(self) -> None:
        """Note that the value moved: whatever it did not show before, the meter is not frozen."""
        self._flat = 0
        self._stood_still = False

    def _learn_lag(self, step: Step, half: float, after: Sequence[Sample]) -> None:
        """Note how late the meter was half-way."""
        middle = (step.began + LEAD_SECONDS + step.ended) / 2
        times = (at for at, value in after if (value - half) * step.change >= 0)
        lag = next(times, middle) - middle
        self._lags.append(min(max(lag, 0.0), 2 * DEFAULT_LAG))


def _share(step: Step, first: float, after: Sequence[Sample]) -> float | None:
    """Return how many times the step a meter moved; None where other loads were switched after it."""
    new = [value for at, value in after if at >= after[-1][0] - LAST_SECONDS]
    slack = abs(step.change) / 3
    if max(new) - min(new) > slack:
        return None
    last = median(new)
    low, high = min(first, last) - slack, max(first, last) + slack
    if any(not low <= value <= high for _, value in after):
        return None
    return (last - first) / step.change


def _values(items: Sequence[Sample], since: float) -> list[float]:
    """Return the values since a time, with the one that stood at its beginning."""
    earlier = sum(at < since for at, _ in items)
    return [value for _, value in items[max(earlier - 1, 0) :]]
