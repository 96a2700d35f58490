"""How much more than its offers a connector draws, learned from draws that stay the same for some seconds.

A meter is never exact and a car never fast, so one sample proves nothing: an excess is learned from two that agree.
What is learned only lowers what may be offered. Amps are in A, times in s of a monotonic clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import ClassVar, Final

from .transitions import Transition, always, find_transition

OVERDRAW_TOLERANCE: Final = 0.5
"""A measured draw no further than this above the offer, in A, is an error of the meter."""

MEAN_ERROR: Final = 0.2
"""What the mean of several measurements may be wrong by, in A: no offer is lowered for that."""

STEADY_SECONDS: Final = 10.0
SETTLED_SECONDS: Final = 7.0
"""A draw that was steady for so long before a new offer counts as well: no car takes so long to follow the one before."""
PASSING_SECONDS: Final = 3.0
"""A draw that was steady for less than this was on its way: it replaces no sample."""
STEADY_AMPS: Final = 0.7
"""A draw that stays within this for that long is steady. Meters jitter by 0.3 A up and down."""

FULL_AMPS: Final = 2.0
"""A draw further than this below the offer does not show what the car makes of it: it may be full, or cold."""

AGREEING_AMPS: Final = 0.5
"""How close two samples have to be to agree."""


def small_excess(offer: float) -> float:
    """Return the excess in A that a connector may have without disobeying an offer."""
    return max(1.0, 0.05 * offer)


@dataclass(frozen=True, slots=True)
class Sample:
    """By how much the draw was above an offer, in A; negative if it was below."""

    offer: float
    excess: float


class LearningState(StrEnum):
    """How much is known of the excess."""

    UNKNOWN = "unknown"
    """There is no sample."""
    SAMPLED = "sampled"
    """There is one sample; none that agrees with it has shown an excess."""
    LEARNED = "learned"
    """Two samples have shown an excess."""


class SampleEvent(StrEnum):
    """What gives a sample."""

    STEADY = "steady"
    """The draw was steady for long enough to be the car's answer to the offer."""
    REPLACED = "replaced"
    """The offer was replaced while the draw was above it, before it had been steady for so long."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """There is no sample."""

    state: ClassVar = LearningState.UNKNOWN
    excess: ClassVar = 0.0
    sample: ClassVar[Sample | None] = None


@dataclass(frozen=True, slots=True)
class Sampled:
    """The latest sample; no excess has been learned."""

    state: ClassVar = LearningState.SAMPLED
    excess: ClassVar = 0.0
    sample: Sample


@dataclass(frozen=True, slots=True)
class Learned:
    """The excess in A, and the latest sample; None if the connector was not received since it was learned."""

    state: ClassVar = LearningState.LEARNED
    excess: float
    sample: Sample | None


type Learning = Unknown | Sampled | Learned


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """The inputs of the transitions.

    Attributes:
        learning: what is known so far.
        sample: the new sample.
        seconds: for how long the draw had been steady.

    """

    learning: Learning
    sample: Sample
    seconds: float

    @property
    def agrees(self) -> bool:
        """Return whether the sample agrees with the one before."""
        before = self.learning.sample
        return (
            before is not None
            and abs(before.excess - self.sample.excess) <= AGREEING_AMPS
        )


# Conditions


def shows_excess(facts: SampleFacts) -> bool:
    """Return whether the draw shows what the car makes of its offer, however much that is."""
    return facts.sample.excess >= -FULL_AMPS


def shows_none_again(facts: SampleFacts) -> bool:
    """Return whether two samples agree that the car draws no more than it is offered."""
    return facts.agrees and -FULL_AMPS <= facts.sample.excess <= OVERDRAW_TOLERANCE


def shows_excess_again(facts: SampleFacts) -> bool:
    """Return whether two samples agree on an excess.

    A small one may be under one offer; a large one has to be under two offers, which the draw has followed then.
    """
    before, sample = facts.learning.sample, facts.sample
    small = small_excess(sample.offer) + MEAN_ERROR
    followed = before is not None and before.offer != sample.offer
    is_excess = sample.excess > OVERDRAW_TOLERANCE
    return facts.agrees and is_excess and (sample.excess <= small or followed)


def shows_another_again(facts: SampleFacts) -> bool:
    """Return whether two samples agree on an excess other than the one learned: its samples differ a little."""
    differs = abs(facts.sample.excess - facts.learning.excess) > AGREEING_AMPS
    return differs and shows_excess_again(facts)


def has_lasted(facts: SampleFacts) -> bool:
    """Return whether the draw was not just on its way."""
    return facts.seconds >= PASSING_SECONDS


def has_lasted_or_is_first(facts: SampleFacts) -> bool:
    """Return whether the draw was not just on its way, or there is no better sample."""
    return facts.learning.sample is None or has_lasted(facts)


# Actions


def _keep_first(facts: SampleFacts) -> Learning:
    return Sampled(facts.sample)


def _keep_sample(facts: SampleFacts) -> Learning:
    return Learned(facts.learning.excess, facts.sample)


def _learn(facts: SampleFacts) -> Learning:
    return Learned(rounded_excess(facts.sample.excess), facts.sample)


def rounded_excess(excess: float) -> float:
    """Return a measured excess in steps of 0.5 A, without the error of its mean."""
    return ceil(2 * (excess - MEAN_ERROR)) / 2


type _Row = Transition[
    LearningState, SampleEvent, SampleFacts, Callable[[SampleFacts], Learning]
]

_S, _E = LearningState, SampleEvent
EXCESS_TRANSITIONS: tuple[_Row, ...] = (
    Transition(_S.UNKNOWN, _E.STEADY, shows_excess, _S.SAMPLED, _keep_first),
    Transition(_S.UNKNOWN, _E.REPLACED, always, _S.SAMPLED, _keep_first),
    Transition(_S.SAMPLED, _E.STEADY, shows_excess_again, _S.LEARNED, _learn),
    Transition(_S.SAMPLED, _E.STEADY, shows_excess, _S.SAMPLED, _keep_first),
    Transition(_S.SAMPLED, _E.REPLACED, has_lasted, _S.SAMPLED, _keep_first),
    Transition(_S.LEARNED, _E.STEADY, shows_none_again, _S.SAMPLED, _keep_first),
    Transition(_S.LEARNED, _E.STEADY, shows_another_again, _S.LEARNED, _learn),
    Transition(_S.LEARNED, _E.STEADY, shows_excess, _S.LEARNED, _keep_sample),
    Transition(
        _S.LEARNED, _E.REPLACED, has_lasted_or_is_first, _S.LEARNED, _keep_sample
    ),
)
"""The first row that applies counts."""


@dataclass(slots=True)
class _Steady:
    """A draw that has stayed about the same under one offer."""

    offer: float
    since: float
    low: float
    high: float
    total: float = 0.0
    count: int = 0

    def holds(self, offer: float, drawn: float) -> bool:
        """Return whether one more report keeps it steady, and count the report."""
        self.low = min(self.low, drawn)
        self.high = max(self.high, drawn)
        self.total += drawn
        self.count += 1
        return offer == self.offer and self.high - self.low <= STEADY_AMPS

    @property
    def sample(self) -> Sample:
        """Return the mean of the draw as a sample."""
        return Sample(self.offer, self.total / self.count - self.offer)


class ExcessLearner:
    """Learns the excess of one connector from its reports.

    Attributes:
        beyond: the excess of its last steady draw in A while that is not learned: it may not follow at all.

    """

    __slots__ = ("_last", "_learning", "_steady", "_was_within", "beyond")

    def __init__(self, excess: float = 0.0) -> None:
        """Start with what was learned before a time without reports of the connector, in A."""
        self.beyond = 0.0
        self._learning: Learning = Learned(excess, None) if excess else Unknown()
        self._steady: _Steady | None = None
        # Whether it was within the offer before it drew more: else it may only not have followed yet.
        self._was_within = True
        self._last = (0.0, 0.0)

    @property
    def excess(self) -> float:
        """Return by how much the connector draws more than it is offered, in A."""
        return self._learning.excess

    def reported(self, offer: float, drawn: float, now: float) -> None:
        """Take a draw, and a sample of it when it has been steady for long enough, and before a new offer."""
        (last_offer, last_drawn), self._last = self._last, (offer, drawn)
        if last_offer != offer:
            self._offer_replaced(last_offer, last_drawn, now)
            self._was_within = self._was_within and not offer < last_drawn
        if drawn <= offer + OVERDRAW_TOLERANCE:
            self._was_within = True
        steady = self._steady
        if steady is None or not steady.holds(offer, drawn) or not offer:
            self._steady = _Steady(offer, now, drawn, drawn, drawn, 1)
        elif now - steady.since >= STEADY_SECONDS:
            self._take(SampleEvent.STEADY, steady.sample, now - steady.since)
            self._steady = None

    def _offer_replaced(self, offer: float, drawn: float, now: float) -> None:
        """Take a sample of what was drawn beyond an offer that has just been replaced."""
        if drawn <= offer + OVERDRAW_TOLERANCE:
            return
        steady = self._steady
        seconds = 0.0 if steady is None else now - steady.since
        if steady is not None and seconds >= SETTLED_SECONDS:
            self._take(SampleEvent.STEADY, steady.sample, seconds)
        else:
            self._take(SampleEvent.REPLACED, Sample(offer, drawn - offer), seconds)

    def _take(self, event: SampleEvent, sample: Sample, seconds: float) -> None:
        before = self._learning
        facts = SampleFacts(before, sample, seconds)
        row = find_transition(EXCESS_TRANSITIONS, before.state, event, facts)
        if row is not None:
            self._learning = row.action(facts)
        if self.excess and self.excess != before.excess:
            self.beyond = 0.0
        elif event is SampleEvent.STEADY and self._was_within:
            if sample.excess > self.excess + OVERDRAW_TOLERANCE:
                self.beyond = rounded_excess(sample.excess)
