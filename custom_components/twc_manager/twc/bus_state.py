"""The states of the master on its bus, and the one table of the transitions between them.

Each state is a frozen dataclass that holds what belongs to that state alone; its `status` is what a snapshot
shows. Times are in s of a monotonic clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from math import inf
from typing import ClassVar, Final, NamedTuple

from .contact import FALLBACK_SECONDS
from .state import BusStatus
from .transitions import Transition, always

SEARCH_SECONDS: Final = FALLBACK_SECONDS
"""A connector that an earlier master fed announces itself after about 26 s without that master, but its first
announcements may collide with other frames, and its car keeps drawing meanwhile. Only when such a connector
must have stopped its car is every connector accounted for."""

ABSENCE_SECONDS: Final = 600.0
"""In a silence of the bus shorter than this, no other master can have been connected and removed again."""


class BusEvent(Enum):
    """What can change the state."""

    OPENED = auto()
    """The port was opened."""
    CLOSED = auto()
    """The port was lost or is being closed."""
    RECEIVED = auto()
    """Frames were received."""
    CYCLE = auto()
    """A heartbeat cycle begins."""


@dataclass(frozen=True, slots=True)
class Offline:
    """The port is not open."""

    status: ClassVar = BusStatus.OFFLINE
    resumes: BusStatus
    """The state with which the master continues when the port is open."""
    since: float


@dataclass(frozen=True, slots=True)
class Searching:
    """Connectors of an earlier master may still be drawing unseen: no offer grows before `until`."""

    status: ClassVar = BusStatus.SEARCHING
    until: float


@dataclass(frozen=True, slots=True)
class Running:
    """Every connector that may be drawing is accounted for.

    Attributes:
        since: since when known connectors account for them; -inf if a search has.

    """

    status: ClassVar = BusStatus.RUNNING
    since: float


@dataclass(frozen=True, slots=True)
class Listening:
    """Another master is present: nothing is transmitted."""

    status: ClassVar = BusStatus.SECOND_MASTER


type BusState = Offline | Searching | Running | Listening


class Observation(NamedTuple):
    """The inputs of the transitions.

    Attributes:
        now: the time.
        state: the state before.
        other_master: whether another master is assumed to be present.
        knows_connectors: whether any connector is known that can be addressed at once.
        silence: the time without any frame of a connector before the present one; 0 if there is none now.

    """

    now: float
    state: BusState
    other_master: bool
    knows_connectors: bool
    silence: float


@dataclass(frozen=True, slots=True)
class Entry:
    """How a state is entered.

    Attributes:
        state: returns it.
        takes_over: whether the master then links the known connectors and sends its linkready sequence.
        warning: the warning in the log, if any.

    """

    state: Callable[[Observation], BusState]
    takes_over: bool = False
    warning: str | None = None


def resumes_listening(seen: Observation) -> bool:
    """Return whether another master was present when the port was lost."""
    state = seen.state
    return isinstance(state, Offline) and state.resumes is BusStatus.SECOND_MASTER


def must_search(seen: Observation) -> bool:
    """Return whether connectors may be drawing unseen."""
    # An interrupted search starts over: the bus was not received meanwhile.
    state = seen.state
    interrupted = isinstance(state, Offline) and state.resumes is BusStatus.SEARCHING
    return interrupted or not seen.knows_connectors or was_closed_for_long(seen)


def was_closed_for_long(seen: Observation) -> bool:
    """Return whether the port may have been at another master, whose connectors continue with its offers."""
    state = seen.state
    return isinstance(state, Offline) and seen.now - state.since >= ABSENCE_SECONDS


def was_silent_for_long(seen: Observation) -> bool:
    """Return whether the wires may have been at another master.

    A search during which no connector was received accounts for none: the wires may be connected only now.
    """
    state = seen.state
    if not isinstance(state, Running):
        return False
    return min(seen.silence, seen.now - state.since) >= ABSENCE_SECONDS


def other_master(seen: Observation) -> bool:
    """Return whether another master sends."""
    return seen.other_master


def no_other_master(seen: Observation) -> bool:
    """Return whether no other master sends any more."""
    return not seen.other_master


def search_is_over(seen: Observation) -> bool:
    """Return whether every connector of an earlier master is accounted for."""
    return isinstance(seen.state, Searching) and seen.now >= seen.state.until


def _offline(seen: Observation) -> BusState:
    return Offline(resumes=seen.state.status, since=seen.now)


def _searching(seen: Observation) -> BusState:
    return Searching(until=seen.now + SEARCH_SECONDS)


def _running(seen: Observation) -> BusState:
    return Running(since=seen.now)


def _searched(_: Observation) -> BusState:
    return Running(since=-inf)


def _listening(_: Observation) -> BusState:
    return Listening()


_GO_OFFLINE: Final = Entry(_offline)
_SEARCH: Final = Entry(_searching)
_RUN: Final = Entry(_searched)
_OPEN_SEARCHING: Final = Entry(_searching, takes_over=True)
_OPEN_RUNNING: Final = Entry(_running, takes_over=True)
_OPEN_LISTENING: Final = Entry(_listening, takes_over=True)
_LISTEN: Final = Entry(
    _listening,
    warning="Another master sends on the bus; listening only until it is gone",
)
_TAKE_OVER: Final = Entry(
    _searching,
    takes_over=True,
    warning="The other master is gone; taking over again",
)

OFFLINE: Final = BusStatus.OFFLINE
SEARCHING: Final = BusStatus.SEARCHING
RUNNING: Final = BusStatus.RUNNING
LISTENING: Final = BusStatus.SECOND_MASTER

type Row = Transition[BusStatus, BusEvent, Observation, Entry]

# The first row that applies counts. While the port is away another master may have gone, too; the heartbeat cycle
# that begins with the port decides that.
_E = BusEvent
TRANSITIONS: tuple[Row, ...] = (
    Transition(OFFLINE, _E.OPENED, resumes_listening, LISTENING, _OPEN_LISTENING),
    Transition(OFFLINE, _E.OPENED, must_search, SEARCHING, _OPEN_SEARCHING),
    Transition(OFFLINE, _E.OPENED, always, RUNNING, _OPEN_RUNNING),
    Transition(SEARCHING, _E.CLOSED, always, OFFLINE, _GO_OFFLINE),
    Transition(RUNNING, _E.CLOSED, always, OFFLINE, _GO_OFFLINE),
    Transition(LISTENING, _E.CLOSED, always, OFFLINE, _GO_OFFLINE),
    Transition(SEARCHING, _E.RECEIVED, other_master, LISTENING, _LISTEN),
    Transition(RUNNING, _E.RECEIVED, other_master, LISTENING, _LISTEN),
    Transition(RUNNING, _E.RECEIVED, was_silent_for_long, SEARCHING, _SEARCH),
    Transition(SEARCHING, _E.CYCLE, search_is_over, RUNNING, _RUN),
    Transition(LISTENING, _E.CYCLE, no_other_master, SEARCHING, _TAKE_OVER),
)
