"""Testing the meter at the main fuse: the offers are lowered by a step, and raised again.

That shows whether it is alive, and on which phases a vehicle charges. A vehicle at the minimum, which cannot be
lowered, is raised by a step for a moment instead, a few times at most.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from math import inf
from typing import ClassVar, Final

from ...twc.transitions import Transition, find_transition
from .probe_target import ProbeTarget
from .response import STEP_AMPS

IDENTICAL_SECONDS: Final = 300.0
"""Time after which a constant reading is tested while a vehicle charges."""

PAUSE_SECONDS: Final = 60.0
"""The time between two tests of a meter that shows nothing of a raise, or of the phases of a vehicle."""

VAIN_SECONDS: Final = 3600.0
"""The time between two tests by a stop of the same vehicles that one of them went on after."""

_RAMP_SECONDS: Final = 8.0
"""Time that a vehicle takes to follow a lowered offer and to settle."""


_SLOW_SECONDS: Final = 30.0
"""How much longer a vehicle is waited for that is still on its way."""


class ProbeState(StrEnum):
    """What is being done to see whether the meter is alive."""

    WAITING = "waiting"
    RAISED = "raised"
    """The offers are higher by a step than the meter has proven."""
    LOWERED = "lowered"
    """The offers are lower by a step."""
    RESTORED = "restored"
    """The offers are back: the meter has to show that too."""


class ProbeEvent(Enum):
    """What moves a test on."""

    UPDATE = auto()
    """The readings and the draws were taken anew."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """There is no test.

    Attributes:
        since: when the last one ended, in s.
        unstopped: the vehicles that went on although the last one was a stop, each with its stay.

    """

    state: ClassVar = ProbeState.WAITING
    until: ClassVar[float | None] = None
    is_late: ClassVar[bool] = False
    ceiling: ClassVar[float] = inf
    since: float = -inf
    unstopped: frozenset[Hashable] = frozenset()


@dataclass(frozen=True, slots=True)
class Raised:
    """The offers may rise to `ceiling` A until a time, and are then lowered to `base` A again."""

    state: ClassVar = ProbeState.RAISED
    until: float
    ceiling: float
    base: float
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Lowered:
    """The offers are lowered to `ceiling` A until a time: those that one sensor has to show, or all."""

    state: ClassVar = ProbeState.LOWERED
    until: float
    ceiling: float
    place: int | None = None
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Restored:
    """The offers may go back since a time, which is to be seen until another; `unstopped` is as of `Waiting`."""

    state: ClassVar = ProbeState.RESTORED
    ceiling: ClassVar[float] = inf
    until: float
    since: float
    is_late: bool = False
    unstopped: frozenset[Hashable] = frozenset()


type Probe = Waiting | Raised | Lowered | Restored
"""`is_late` is whether a vehicle that is still on its way is waited for, up to `until`."""


@dataclass(frozen=True, slots=True)
class ProbeFacts:
    """What the transitions depend on.

    Attributes:
        now: the time.
        probe: the state before.
        changed_at: when an offer changed last.
        patience: s within which the meter shows a change.
        target: what is lowered.
        worth: whether there is something to lower, and a value to be tested.
        doubted: whether the meter did not show the last step.
        is_unclear: whether it shows the same for long, or has not shown all of a change.
        urgent: whether it has shown nothing of a raise within its time, or whether a step would show more about the
            phases of a vehicle, or about an implausible reading.
        rests: whether the draw has rested for long enough to be shown.
        again: whether it has not shown a step that proves nothing yet, so that a larger one follows.
        base: A that the offers may be raised from, so that a step shows on which phases a vehicle charges; None if they
            may not be.

    """

    now: float
    probe: Probe
    changed_at: float
    patience: float
    target: ProbeTarget
    worth: bool
    doubted: bool
    is_unclear: bool
    urgent: bool
    rests: bool = True
    again: bool = False
    base: float | None = None

    @property
    def ceiling(self) -> float:
        """Return the A that the offers are lowered to."""
        return self.target.ceiling or 0.0


def is_due(facts: ProbeFacts) -> bool:
    """Return whether the meter has to be tested: it shows the same for long, or did not show a raise."""
    probe = facts.probe
    if not facts.worth or not isinstance(probe, Waiting):
        return False
    if facts.now - facts.changed_at < facts.patience + _RAMP_SECONDS:
        # The meter shows the last change first.
        return False
    rested = facts.now - probe.since
    if rested < VAIN_SECONDS and is_in_vain(facts, probe):
        return False
    return (
        facts.doubted
        or (rested >= PAUSE_SECONDS and facts.urgent)
        or (rested >= IDENTICAL_SECONDS and facts.is_unclear)
    )


def is_in_vain(facts: ProbeFacts, probe: Waiting) -> bool:
    """Return whether the test would be a stop of a vehicle that has gone on after the last one."""
    return not facts.ceiling and not probe.unstopped.isdisjoint(facts.target.load.stays)


def is_stuck(facts: ProbeFacts) -> bool:
    """Return whether the offers are raised for a moment, since there is nothing to lower."""
    probe = facts.probe
    return (
        facts.base is not None
        and isinstance(probe, Waiting)
        and facts.now - facts.changed_at >= facts.patience + _RAMP_SECONDS
        and facts.now - probe.since >= PAUSE_SECONDS
    )


def is_over(facts: ProbeFacts) -> bool:
    """Return whether the meter has had the time to show what was done."""
    probe = facts.probe
    if probe.until is None:
        return False
    return facts.now >= probe.until or (probe.is_late and facts.rests)


def _waits_for_vehicle(facts: ProbeFacts) -> bool:
    """Return whether the time is over, but a vehicle has only now begun to be waited for."""
    return is_over(facts) and not facts.rests and not facts.probe.is_late


def has_failed(facts: ProbeFacts) -> bool:
    """Return whether the meter has not shown a step that proves nothing yet: it is worth a lower offer, or a stop."""
    return is_over(facts) and facts.again and facts.probe.ceiling > facts.ceiling


def is_without_effect(facts: ProbeFacts) -> bool:
    """Return whether nothing was raised that a meter in doubt could show: the value that stands may leave no room."""
    probe = facts.probe
    return (
        isinstance(probe, Restored)
        and facts.doubted
        and facts.changed_at < probe.since
        and facts.now - probe.since >= _RAMP_SECONDS
    )


def _lower(facts: ProbeFacts) -> Probe:
    until = facts.now + facts.patience + _RAMP_SECONDS
    return Lowered(until, facts.ceiling, place=facts.target.place)


def _raise(facts: ProbeFacts) -> Probe:
    assert facts.base is not None
    until = facts.now + facts.patience + _RAMP_SECONDS
    return Raised(until, facts.base + STEP_AMPS, facts.base)


def _fall(facts: ProbeFacts) -> Probe:
    probe = facts.probe
    assert isinstance(probe, Raised)
    return Lowered(facts.now + facts.patience + _RAMP_SECONDS, probe.base)


def _restore(facts: ProbeFacts) -> Probe:
    was_stop = not facts.probe.ceiling
    return Restored(
        facts.now + facts.patience + _RAMP_SECONDS,
        since=facts.now,
        unstopped=facts.target.load.stays if was_stop else frozenset(),
    )


def _wait(facts: ProbeFacts) -> Probe:
    probe = facts.probe
    assert isinstance(probe, Restored)
    return Waiting(facts.now, probe.unstopped)


type Row = Transition[ProbeState, ProbeEvent, ProbeFacts, Callable[[ProbeFacts], Probe]]

WAITING: Final = ProbeState.WAITING
RAISED: Final = ProbeState.RAISED
LOWERED: Final = ProbeState.LOWERED
RESTORED: Final = ProbeState.RESTORED

TRANSITIONS: tuple[Row, ...] = (
    Transition(WAITING, ProbeEvent.UPDATE, is_due, LOWERED, _lower),
    Transition(WAITING, ProbeEvent.UPDATE, is_stuck, RAISED, _raise),
    Transition(RAISED, ProbeEvent.UPDATE, is_over, LOWERED, _fall),
    Transition(LOWERED, ProbeEvent.UPDATE, has_failed, LOWERED, _lower),
    Transition(LOWERED, ProbeEvent.UPDATE, is_over, RESTORED, _restore),
    Transition(RESTORED, ProbeEvent.UPDATE, is_over, WAITING, _wait),
    Transition(RESTORED, ProbeEvent.UPDATE, is_without_effect, WAITING, _wait),
)


def next_probe(facts: ProbeFacts) -> Probe:
    """Return the state of the test after an update."""
    probe = facts.probe
    if not isinstance(probe, Waiting) and _waits_for_vehicle(facts):
        return replace(probe, until=probe.until + _SLOW_SECONDS, is_late=True)
    row = find_transition(TRANSITIONS, facts.probe.state, ProbeEvent.UPDATE, facts)
    return facts.probe if row is None else row.action(facts)
