"""The transitions between the states of a connector's own energy counter.

A counter is followed while the integral of the power agrees with it. A counter that does not agree is on trial:
when it agrees with the integral for long enough, possibly in another unit, its further steps are followed from where
the lifetime energy then is. Only the first reading sets the base of the lifetime energy, since a leap later on would
count as energy in Home Assistant's statistics.

Times are seconds of a monotonic clock, energy is in kWh. Source: docs/protocol.md, "The energy counter".
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from .comparison import Comparison
from .counter_states import (
    Awaited,
    Confirming,
    CounterState,
    CounterTrust,
    Followed,
    LifetimeEnergy,
    OnTrial,
    Unexplained,
    followed_counter,
)

ABSURD_BASE: Final = 200_000
"""A first reading above this is not kWh since new: 20 years of 10,000 kWh."""
BASE_WAIT: Final = 120.0
"""How long the first reading of a new connector's counter is awaited before its energy starts at 0, in s."""
STUCK: Final = 2.0
"""Energy in kWh without a step after which a counter is not followed; also the length of a trial."""
TRIALS: Final = 3
"""Number of consecutive trials that must agree on its unit before a counter is followed (again)."""
CONFIRM: Final = 75.0
"""A leap after an absence must last this long (s): longer than the 60 s between two readings."""
CLOSE_ABSENCE: Final = 300.0
"""If the counter has not stepped this long (s) after an absence, no energy was missed in it."""
PERSIST: Final = 600.0
"""Unexplained readings that last this long (s) are not flipped bits: the counter is put on trial."""


class Event(Enum):
    """The events that transitions react to."""

    ABSENCE = auto()
    """An absence ended."""
    READING = auto()
    """The counter was read."""
    UPDATE = auto()
    """An update is complete, with or without a reading."""


@dataclass(frozen=True, slots=True)
class Situation:
    """The inputs of the conditions and actions of a transition; `count` is the reading, -1 without one."""

    energy: LifetimeEnergy
    now: float
    count: int = -1

    @property
    def comparison(self) -> Comparison:
        """Return the comparison of counter and integral."""
        return self.energy.comparison

    @property
    def followed(self) -> Followed:
        """Return how the counter is followed; only valid in the states that follow it."""
        followed = followed_counter(self.energy.counter)
        assert followed is not None
        return followed

    @property
    def awaited(self) -> Awaited:
        """Return the state of an awaited counter."""
        assert isinstance(self.energy.counter, Awaited)
        return self.energy.counter

    @property
    def confirming(self) -> Confirming:
        """Return the leap to be confirmed."""
        assert isinstance(self.energy.counter, Confirming)
        return self.energy.counter

    @property
    def unexplained(self) -> Unexplained:
        """Return the readings that nothing explains."""
        assert isinstance(self.energy.counter, Unexplained)
        return self.energy.counter

    @property
    def trial(self) -> OnTrial:
        """Return the trials so far."""
        assert isinstance(self.energy.counter, OnTrial)
        return self.energy.counter

    def with_counter(self, counter: CounterTrust) -> LifetimeEnergy:
        """Return the energy with another state of the counter."""
        return replace(self.energy, counter=counter)


# Conditions of a counter that is awaited


def _is_base(at: Situation) -> bool:
    return at.count <= ABSURD_BASE


def _is_first_update(at: Situation) -> bool:
    since = at.awaited.since
    return since is None or at.now < since


def _is_overdue(at: Situation) -> bool:
    since = at.awaited.since
    return since is not None and at.now - since >= BASE_WAIT


# Conditions of a counter that is followed: a reading stands, or is explained, possible or impossible.


def _stands(at: Situation) -> bool:
    return at.count == at.followed.count


def _stands_since_absence(at: Situation) -> bool:
    comparison = at.comparison
    is_over = at.now - comparison.resumed_at >= CLOSE_ABSENCE
    return comparison.missed > 0 and is_over and _stands(at)


def _ahead(at: Situation) -> float:
    return at.comparison.ahead(at.count, at.followed.unit)


def _is_explained(at: Situation) -> bool:
    return at.count > at.followed.count and _ahead(at) <= 0


def _is_possible(at: Situation) -> bool:
    return at.count > at.followed.count and 0 < _ahead(at) <= at.comparison.missed


def _is_impossible(at: Situation) -> bool:
    return at.count < at.followed.count or _ahead(at) > max(0, at.comparison.missed)


def _is_late(count: int, at: Situation) -> bool:
    """Return whether a step comes so late that the counter lacks energy."""
    unit = at.followed.unit
    comparison = at.comparison
    return comparison.is_full(count, unit) and comparison.is_behind(count, unit)


def _is_explained_late(at: Situation) -> bool:
    return _is_explained(at) and _is_late(at.count, at)


def _is_lower_leap(at: Situation) -> bool:
    return _is_possible(at) and at.count < at.confirming.count


def _is_confirmed(at: Situation) -> bool:
    return _is_possible(at) and at.now - at.confirming.since >= CONFIRM


def _is_confirmed_late(at: Situation) -> bool:
    return _is_confirmed(at) and _is_late(at.confirming.count, at)


def _stays_impossible(at: Situation) -> bool:
    return _is_impossible(at) and at.now - at.unexplained.since >= PERSIST


def _is_stuck(at: Situation) -> bool:
    followed, comparison = at.followed, at.comparison
    return comparison.low > STUCK and comparison.is_behind(
        followed.count, followed.unit
    )


# Conditions of a counter on trial


def _has_no_begin(at: Situation) -> bool:
    return at.comparison.mark is None or at.comparison.missed > 0


def _has_stepped(at: Situation) -> bool:
    return at.trial.count is not None and at.count != at.trial.count


def _is_complete(at: Situation) -> bool:
    energy = at.comparison.low
    return energy >= 2 * STUCK or (_has_stepped(at) and energy >= STUCK)


def _has_agreed(at: Situation) -> bool:
    result = _trial_result(at)
    return (
        _is_complete(at)
        and _has_stepped(at)
        and result.unit is not None
        and result.agreed >= TRIALS
    )


def _always(at: Situation) -> bool:
    return True


# Actions


def _start_at_count(at: Situation) -> LifetimeEnergy:
    return LifetimeEnergy(
        float(at.count), 0.0, Comparison(at.count), Followed(1.0, at.count, 0.0)
    )


def _wait(at: Situation) -> LifetimeEnergy:
    return at.with_counter(Awaited(at.now))


def _put_on_trial(at: Situation) -> LifetimeEnergy:
    return replace(at.energy, comparison=Comparison(), counter=OnTrial())


def _close_absence(at: Situation) -> LifetimeEnergy:
    comparison = replace(at.comparison, missed=0.0)
    return replace(at.energy, comparison=comparison, counter=at.followed)


def _follow_again(at: Situation) -> LifetimeEnergy:
    return at.with_counter(at.followed)


def _accept(count: int, at: Situation) -> LifetimeEnergy:
    """Follow a step: the lifetime energy is at least that of the counter."""
    followed, comparison = replace(at.followed, count=count), at.comparison
    if comparison.is_full(count, followed.unit):
        comparison = Comparison(count, aligned=comparison.missed == 0)
    kwh = max(at.energy.kwh, followed.energy)
    return LifetimeEnergy(kwh, 0.0, comparison, followed)


def _accept_reading(at: Situation) -> LifetimeEnergy:
    return _accept(at.count, at)


def _accept_leap(at: Situation) -> LifetimeEnergy:
    return _accept(at.confirming.count, at)


def _confirm(at: Situation) -> LifetimeEnergy:
    return at.with_counter(Confirming(at.followed, at.count, at.now))


def _wait_for_explanation(at: Situation) -> LifetimeEnergy:
    return at.with_counter(Unexplained(at.followed, at.now))


def _begin_trial(at: Situation) -> LifetimeEnergy:
    trial = replace(at.trial, count=at.count)
    return replace(at.energy, comparison=Comparison(at.count), counter=trial)


def _trial_result(at: Situation) -> OnTrial:
    unit = at.comparison.unit(at.count)
    agreed = at.trial.agreed + 1 if unit == at.trial.unit else 1
    return OnTrial(at.count, unit, agreed)


def _next_trial(at: Situation) -> LifetimeEnergy:
    comparison = Comparison(at.count, aligned=_has_stepped(at))
    return replace(at.energy, comparison=comparison, counter=_trial_result(at))


def _go_on_with_trial(at: Situation) -> LifetimeEnergy:
    return at.with_counter(replace(at.trial, count=at.count))


def _trust(at: Situation) -> LifetimeEnergy:
    """Follow the counter from the lifetime energy so far, or from its own base if that differs by a count at most."""
    unit = _trial_result(at).unit
    assert unit is not None
    counted, reached = at.count * unit, at.energy.kwh + at.energy.pending
    offset = 0.0 if abs(reached - counted) <= unit else reached - counted
    followed = Followed(unit, at.count, offset)
    return LifetimeEnergy(
        max(at.energy.kwh, followed.energy),
        0.0,
        Comparison(at.count, aligned=True),
        followed,
    )


@dataclass(frozen=True, slots=True)
class Transition:
    """On `event` in one of `sources`, `action` leads to `target` if `condition` holds."""

    sources: frozenset[CounterState]
    event: Event
    condition: Callable[[Situation], bool]
    target: CounterState
    action: Callable[[Situation], LifetimeEnergy]


_AWAITED: Final = frozenset({CounterState.AWAITED})
_FOLLOWED: Final = frozenset({CounterState.FOLLOWED})
_CONFIRMING: Final = frozenset({CounterState.CONFIRMING})
_UNEXPLAINED: Final = frozenset({CounterState.UNEXPLAINED})
_ANY_FOLLOWED: Final = _FOLLOWED | _CONFIRMING | _UNEXPLAINED
_ON_TRIAL: Final = frozenset({CounterState.ON_TRIAL})

# fmt: off
TRANSITIONS: tuple[Transition, ...] = (
    Transition(_AWAITED, Event.READING, _is_base, CounterState.FOLLOWED, _start_at_count),
    Transition(_AWAITED, Event.UPDATE, _is_first_update, CounterState.AWAITED, _wait),
    Transition(_AWAITED, Event.UPDATE, _is_overdue, CounterState.ON_TRIAL, _put_on_trial),

    Transition(_ANY_FOLLOWED, Event.READING, _stands_since_absence, CounterState.FOLLOWED, _close_absence),
    Transition(_CONFIRMING | _UNEXPLAINED, Event.READING, _stands, CounterState.FOLLOWED, _follow_again),
    Transition(_ANY_FOLLOWED, Event.READING, _is_explained_late, CounterState.ON_TRIAL, _put_on_trial),
    Transition(_ANY_FOLLOWED, Event.READING, _is_explained, CounterState.FOLLOWED, _accept_reading),
    Transition(_FOLLOWED | _UNEXPLAINED, Event.READING, _is_possible, CounterState.CONFIRMING, _confirm),
    Transition(_CONFIRMING, Event.READING, _is_lower_leap, CounterState.CONFIRMING, _confirm),
    Transition(_CONFIRMING, Event.READING, _is_confirmed_late, CounterState.ON_TRIAL, _put_on_trial),
    Transition(_CONFIRMING, Event.READING, _is_confirmed, CounterState.FOLLOWED, _accept_leap),
    Transition(_FOLLOWED | _CONFIRMING, Event.READING, _is_impossible, CounterState.UNEXPLAINED, _wait_for_explanation),
    Transition(_UNEXPLAINED, Event.READING, _stays_impossible, CounterState.ON_TRIAL, _put_on_trial),
    Transition(_CONFIRMING | _UNEXPLAINED, Event.ABSENCE, _always, CounterState.FOLLOWED, _follow_again),
    Transition(_ANY_FOLLOWED, Event.UPDATE, _is_stuck, CounterState.ON_TRIAL, _put_on_trial),

    Transition(_ON_TRIAL, Event.READING, _has_no_begin, CounterState.ON_TRIAL, _begin_trial),
    Transition(_ON_TRIAL, Event.READING, _has_agreed, CounterState.FOLLOWED, _trust),
    Transition(_ON_TRIAL, Event.READING, _is_complete, CounterState.ON_TRIAL, _next_trial),
    Transition(_ON_TRIAL, Event.READING, _has_stepped, CounterState.ON_TRIAL, _go_on_with_trial),
)
"""The first row whose condition holds is taken; where none holds, nothing changes."""
# fmt: on


def react(event: Event, at: Situation) -> LifetimeEnergy:
    """Return the lifetime energy after an event."""
    state = at.energy.counter.state
    for row in TRANSITIONS:
        if row.event is event and state in row.sources and row.condition(at):
            return row.action(at)
    return at.energy
