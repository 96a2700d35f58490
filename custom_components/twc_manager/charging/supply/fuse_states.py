"""The states of the watch over the main fuse, and the one table of the transitions between them.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from math import inf
from typing import ClassVar, Final

from ...twc.transitions import Transition, always, find_transition

HOLD_SECONDS: Final = 4.5
"""Time for which the room stays as it is while a sensor reports an impossible value."""

STANDING_SECONDS: Final = 30.0
"""Time after which a first value counts like one that was reported twice."""

GRACE_SECONDS: Final = 60.0
"""Time after a start for which vehicles that charge already may go on while sensors are still starting; nothing else may
start. Shorter where sensors may be silent for less."""


class FuseState(StrEnum):
    """What is known of the load of the main fuse."""

    STARTING = "starting"
    """Not enough yet: vehicles that charge already go on."""
    WATCHING = "watching"
    """Every sensor reports."""
    DOUBTED = "doubted"
    """A sensor reports an impossible value: for a moment nothing rises."""
    BLIND = "blind"
    """Nothing is known: no room is assumed."""


class FuseEvent(Enum):
    """What the sensors report."""

    READ = auto()
    """All can be believed."""
    ABSURD = auto()
    """One reports an impossible value, or nothing at all."""
    SILENT = auto()
    """One has not been known to be alive for too long."""


@dataclass(frozen=True, slots=True)
class Starting:
    """Not enough is known yet.

    Attributes:
        began: when the watch began.
        going_on: A that the vehicles drew, or need so as to go on, which is left to them.
        first: the minimum room that each sensor has shown so far.
        times: when each sensor's first value was taken; None before there is one.
        since: since when there have been first values.

    """

    state: ClassVar = FuseState.STARTING
    began: float
    going_on: float = 0.0
    first: tuple[float, ...] = ()
    times: tuple[float, ...] | None = None
    since: float = inf


@dataclass(frozen=True, slots=True)
class Watching:
    """Every sensor reports."""

    state: ClassVar = FuseState.WATCHING


@dataclass(frozen=True, slots=True)
class Doubted:
    """A sensor has reported impossible values since a time."""

    state: ClassVar = FuseState.DOUBTED
    since: float


@dataclass(frozen=True, slots=True)
class Blind:
    """Nothing is known."""

    state: ClassVar = FuseState.BLIND


type FuseWatch = Starting | Watching | Doubted | Blind


@dataclass(frozen=True, slots=True)
class FuseFacts:
    """What the transitions depend on.

    Attributes:
        now: the time.
        watch: the state before.
        grace: for how long what charges goes on without a reading, in s.
        drawn: A that the vehicles draw, or need so as to go on.
        rooms: A that may be used by each sensor; empty unless all can be believed.
        times: when the reading of each sensor was taken.

    """

    now: float
    watch: FuseWatch
    grace: float
    drawn: float
    rooms: tuple[float, ...] = ()
    times: tuple[float, ...] = ()

    @property
    def starting(self) -> Starting:
        """Return the state of a watch that has just begun."""
        assert isinstance(self.watch, Starting)
        return self.watch


# Conditions


def first_is_known(facts: FuseFacts) -> bool:
    """Return whether each sensor has reported twice since the start, or has shown the same for a while."""
    watch = facts.starting
    if watch.times is None or len(watch.times) != len(facts.times):
        return False
    stood = facts.now - watch.since >= STANDING_SECONDS
    return stood or all(
        at > first for at, first in zip(facts.times, watch.times, strict=True)
    )


def grace_is_over(facts: FuseFacts) -> bool:
    """Return whether the sensors have had the time to come up."""
    return facts.now - facts.starting.began >= facts.grace


def doubt_lasts(facts: FuseFacts) -> bool:
    """Return whether a sensor has reported impossible values for too long."""
    watch = facts.watch
    return isinstance(watch, Doubted) and facts.now - watch.since >= HOLD_SECONDS


# Actions


def _note_first(facts: FuseFacts) -> FuseWatch:
    watch = facts.starting
    if len(watch.first) != len(facts.rooms):
        watch = replace(watch, first=facts.rooms, times=facts.times, since=facts.now)
    first = tuple(map(min, watch.first, facts.rooms))
    return replace(watch, first=first, going_on=max(watch.going_on, facts.drawn))


def _await(facts: FuseFacts) -> FuseWatch:
    watch = facts.starting
    return replace(watch, going_on=max(watch.going_on, facts.drawn))


def _begin_anew(facts: FuseFacts) -> FuseWatch:
    return Starting(facts.starting.began)


def _watch(_: FuseFacts) -> FuseWatch:
    return Watching()


def _doubt(facts: FuseFacts) -> FuseWatch:
    return Doubted(facts.now)


def _blind(_: FuseFacts) -> FuseWatch:
    return Blind()


STARTING: Final = FuseState.STARTING
WATCHING: Final = FuseState.WATCHING
DOUBTED: Final = FuseState.DOUBTED
BLIND: Final = FuseState.BLIND

type Row = Transition[FuseState, FuseEvent, FuseFacts, Callable[[FuseFacts], FuseWatch]]

_E = FuseEvent
TRANSITIONS: tuple[Row, ...] = (
    Transition(STARTING, _E.READ, first_is_known, WATCHING, _watch),
    Transition(STARTING, _E.READ, always, STARTING, _note_first),
    Transition(STARTING, _E.ABSURD, grace_is_over, STARTING, _begin_anew),
    Transition(STARTING, _E.ABSURD, always, STARTING, _await),
    Transition(STARTING, _E.SILENT, always, STARTING, _begin_anew),
    Transition(WATCHING, _E.ABSURD, always, DOUBTED, _doubt),
    Transition(WATCHING, _E.SILENT, always, BLIND, _blind),
    Transition(DOUBTED, _E.READ, always, WATCHING, _watch),
    Transition(DOUBTED, _E.ABSURD, doubt_lasts, BLIND, _blind),
    Transition(DOUBTED, _E.SILENT, always, BLIND, _blind),
    Transition(BLIND, _E.READ, always, WATCHING, _watch),
)


def next_watch(facts: FuseFacts, event: FuseEvent) -> FuseWatch:
    """Return the state after an event."""
    row = find_transition(TRANSITIONS, facts.watch.state, event, facts)
    return facts.watch if row is None else row.action(facts)
