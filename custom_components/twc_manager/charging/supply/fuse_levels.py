"""How many A the vehicles on the phases of one sensor at the main fuse may use: the states of that level.

An overload lowers it at once, a slight one after a moment. It rises by steps, once there has been room for longer
than the pauses of a load that is switched on and off.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from math import floor, inf, isfinite
from typing import ClassVar, Final

from ...twc.transitions import Transition, find_transition

SLIGHT: Final = 1.05
"""An overload of less than this multiple of the fuse is borne for a moment by every fuse and circuit breaker."""

SLIGHT_SECONDS: Final = 5.0
"""Time for which a slight overload lowers no vehicle."""

RISE_AMPS: Final = 3
"""How far the level rises at a time."""

SPARE_AMPS: Final = 1.5
"""How much more room than the level there has to be for a rise: a smaller difference comes and goes by itself."""

RESUME_AFTER: Final = 60.0
"""Time for which there must be room for the minimum offer before stopped vehicles are started again."""


class LevelState(StrEnum):
    """What a level does."""

    STEADY = "steady"
    OVER = "over"
    """The phase carries slightly too much."""
    ROOM = "room"
    """The phase could carry more."""


class LevelEvent(Enum):
    """What can change a level."""

    READING = auto()
    """The sensor reported anew."""
    TIME = auto()
    """Time passed without a new report."""


@dataclass(frozen=True, slots=True)
class Steady:
    """The level holds.

    Attributes:
        allowed: A that may be used.
        since: when the room began that the level rose into last.

    """

    state: ClassVar = LevelState.STEADY
    allowed: float
    since: float = -inf


@dataclass(frozen=True, slots=True)
class Over:
    """The phase has carried slightly too much since a time, with a level of `allowed` A."""

    state: ClassVar = LevelState.OVER
    allowed: float
    since: float


@dataclass(frozen=True, slots=True)
class Room:
    """The phase could have carried more since a time.

    Attributes:
        allowed: A that may be used.
        since: since when there is room.
        raised: whether the level rose since then.

    """

    state: ClassVar = LevelState.ROOM
    allowed: float
    since: float
    raised: bool = False


type Level = Steady | Over | Room


@dataclass(frozen=True, slots=True)
class LevelFacts:
    """What the transitions depend on.

    Attributes:
        now: the time.
        at: when the reading was taken.
        level: the level before.
        carried: A that the phase carries, as a multiple of the fuse.
        bearable: A that may be used, as an overload is judged.
        room: A that may be used, as room for more is judged.
        calm_at: readings from before this time do not show the last change of the offers.
        wait: how long there must have been room.
        minimum: the lowest useful offer.

    """

    now: float
    at: float
    level: Level
    carried: float
    bearable: float
    room: float
    calm_at: float
    wait: float
    minimum: int

    @property
    def next_step(self) -> float:
        """Return the A to rise to."""
        step = floor(self.level.allowed) + RISE_AMPS
        return min(max(step, self.minimum), self.room)


# Conditions


def is_over(facts: LevelFacts) -> bool:
    """Return whether less may be used than is allowed."""
    return max(facts.bearable, 0.0) < floor(facts.level.allowed)


def is_overload(facts: LevelFacts) -> bool:
    """Return whether the phase carries so much that less must be used at once."""
    return is_over(facts) and facts.carried > SLIGHT


def is_within(facts: LevelFacts) -> bool:
    """Return whether what is allowed may be used."""
    return not is_over(facts)


def lasts(facts: LevelFacts) -> bool:
    """Return whether a slight overload has lasted for too long."""
    level = facts.level
    return (
        isinstance(level, Over)
        and is_over(facts)
        and facts.now - level.since >= SLIGHT_SECONDS
    )


def has_room(facts: LevelFacts) -> bool:
    """Return whether a rise is worthwhile: by more than a whole A, and to the lowest useful offer at least."""
    needed = max(floor(facts.level.allowed) + SPARE_AMPS, facts.minimum)
    return facts.room >= needed


def has_no_room(facts: LevelFacts) -> bool:
    """Return whether a rise is not worthwhile."""
    return not has_room(facts)


def may_rise(facts: LevelFacts) -> bool:
    """Return whether there has been room for long enough, by a reading that shows the last change."""
    level = facts.level
    wait = RESUME_AFTER if level.allowed < facts.minimum else facts.wait
    return (
        isinstance(level, Room)
        and has_room(facts)
        and facts.at >= facts.calm_at
        and facts.at - level.since >= wait
    )


# Actions


def _lower(facts: LevelFacts) -> Level:
    return Steady(max(facts.bearable, 0.0))


def _begin_over(facts: LevelFacts) -> Level:
    return Over(facts.level.allowed, facts.now)


def _begin_room(facts: LevelFacts) -> Level:
    level = facts.level
    assert isinstance(level, Steady)
    if isfinite(level.since):
        # Nothing has taken the room since the level began to rise into it.
        return Room(level.allowed, level.since, raised=True)
    return Room(level.allowed, facts.at)


def _rise(facts: LevelFacts) -> Level:
    level = facts.level
    assert isinstance(level, Room)
    return Room(facts.next_step, level.since, raised=True)


def _rest(facts: LevelFacts) -> Level:
    return Steady(facts.level.allowed)


def _used(facts: LevelFacts) -> Level:
    """Return the level whose room is used, or was gone before that."""
    level = facts.level
    assert isinstance(level, Room)
    return Steady(level.allowed, level.since if level.raised else -inf)


type Row = Transition[LevelState, LevelEvent, LevelFacts, Callable[[LevelFacts], Level]]

STEADY: Final = LevelState.STEADY
OVER: Final = LevelState.OVER
ROOM: Final = LevelState.ROOM

_E = LevelEvent
TRANSITIONS: tuple[Row, ...] = (
    Transition(STEADY, _E.READING, is_overload, STEADY, _lower),
    Transition(STEADY, _E.READING, is_over, OVER, _begin_over),
    Transition(STEADY, _E.READING, has_room, ROOM, _begin_room),
    Transition(OVER, _E.READING, is_overload, STEADY, _lower),
    Transition(OVER, _E.READING, lasts, STEADY, _lower),
    Transition(OVER, _E.READING, is_within, STEADY, _rest),
    Transition(OVER, _E.TIME, lasts, STEADY, _lower),
    Transition(ROOM, _E.READING, is_overload, STEADY, _lower),
    Transition(ROOM, _E.READING, is_over, OVER, _begin_over),
    Transition(ROOM, _E.READING, may_rise, ROOM, _rise),
    Transition(ROOM, _E.READING, has_no_room, STEADY, _used),
)


def next_level(facts: LevelFacts, event: LevelEvent) -> Level:
    """Return the level after an event."""
    row = find_transition(TRANSITIONS, facts.level.state, event, facts)
    return facts.level if row is None else row.action(facts)
