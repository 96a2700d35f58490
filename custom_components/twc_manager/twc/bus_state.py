"""The states of the master on its bus, and the one table of the transitions between them.

Each state is a frozen dataclass that holds what belongs to that state alone; its `status` is what a snapshot
shows. Times are in s of a monotonic clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar, Final

from .guard import FALLBACK_SECONDS
from .state import BusStatus

SEARCH_SECONDS: Final = FALLBACK_SECONDS
"""A connector that an earlier master fed announces itself after about 26 s without that master, but its first
announcements may collide with other frames, and its car keeps drawing meanwhile. Only when such a connector
must have stopped its car is every connector accounted for."""


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
    """What the master goes on with when the port is open."""


@dataclass(frozen=True, slots=True)
class Searching:
    """Connectors of an earlier master may still be drawing unseen: no offer grows before `until`."""

    status: ClassVar = BusStatus.SEARCHING
    until: float


@dataclass(frozen=True, slots=True)
class Running:
    """Every connector that may be drawing is accounted for."""

    status: ClassVar = BusStatus.RUNNING


@dataclass(frozen=True, slots=True)
class Listening:
    """Another master is present: nothing is transmitted."""

    status: ClassVar = BusStatus.SECOND_MASTER


type BusState = Offline | Searching | Running | Listening


@dataclass(frozen=True, slots=True)
class Observation:
    """What the conditions of the transitions depend on, beside the state.

    Attributes:
        now: the time.
        other_master: whether another master is taken to be present.
        knows_connectors: whether any connector is known that can be addressed at once.

    """

    now: float
    other_master: bool
    knows_connectors: bool


@dataclass(frozen=True, slots=True)
class Transition:
    """A row of the table.

    Attributes:
        source: the status that the row applies to.
        events: any of these triggers it.
        condition: whether the row applies.
        target: returns the next state.
        takes_over: whether the master then links the known connectors and sends its linkready sequence.
        warning: the warning in the log, if any.

    """

    source: BusStatus
    events: tuple[BusEvent, ...]
    condition: Callable[[BusState, Observation], bool]
    target: Callable[[BusState, Observation], BusState]
    takes_over: bool = False
    warning: str | None = None


def _always(_: BusState, __: Observation) -> bool:
    return True


def _resumes_listening(state: BusState, _: Observation) -> bool:
    return isinstance(state, Offline) and state.resumes is BusStatus.SECOND_MASTER


def _must_search(state: BusState, seen: Observation) -> bool:
    # An interrupted search starts over: nothing was seen of the bus meanwhile.
    interrupted = isinstance(state, Offline) and state.resumes is BusStatus.SEARCHING
    return interrupted or not seen.knows_connectors


def _other_master(_: BusState, seen: Observation) -> bool:
    return seen.other_master


def _no_other_master(_: BusState, seen: Observation) -> bool:
    return not seen.other_master


def _search_is_over(state: BusState, seen: Observation) -> bool:
    return isinstance(state, Searching) and seen.now >= state.until


def _offline(state: BusState, _: Observation) -> BusState:
    return Offline(resumes=state.status)


def _searching(_: BusState, seen: Observation) -> BusState:
    return Searching(until=seen.now + SEARCH_SECONDS)


def _running(_: BusState, __: Observation) -> BusState:
    return Running()


def _listening(_: BusState, __: Observation) -> BusState:
    return Listening()


_OTHER_CAME: Final = "Another master speaks on the bus; listening only until it is gone"
_OTHER_WENT: Final = "The other master is gone; taking over again"
_OPENED: Final = (BusEvent.OPENED,)
_CLOSED: Final = (BusEvent.CLOSED,)
_RECEIVED: Final = (BusEvent.RECEIVED,)
_CYCLE: Final = (BusEvent.CYCLE,)
_RECEIVED_OR_CYCLE: Final = (BusEvent.RECEIVED, BusEvent.CYCLE)

OFFLINE: Final = BusStatus.OFFLINE
SEARCHING: Final = BusStatus.SEARCHING
RUNNING: Final = BusStatus.RUNNING
LISTENING: Final = BusStatus.SECOND_MASTER

# The first row that applies counts. While the port is away another master may have gone, too; the heartbeat cycle
# that begins with the port decides that.
TRANSITIONS: tuple[Transition, ...] = (
    Transition(OFFLINE, _OPENED, _resumes_listening, _listening, takes_over=True),
    Transition(OFFLINE, _OPENED, _must_search, _searching, takes_over=True),
    Transition(OFFLINE, _OPENED, _always, _running, takes_over=True),
    Transition(SEARCHING, _CLOSED, _always, _offline),
    Transition(RUNNING, _CLOSED, _always, _offline),
    Transition(LISTENING, _CLOSED, _always, _offline),
    Transition(SEARCHING, _RECEIVED, _other_master, _listening, warning=_OTHER_CAME),
    Transition(RUNNING, _RECEIVED, _other_master, _listening, warning=_OTHER_CAME),
    Transition(SEARCHING, _RECEIVED_OR_CYCLE, _search_is_over, _running),
    Transition(
        LISTENING,
        _CYCLE,
        _no_other_master,
        _searching,
        takes_over=True,
        warning=_OTHER_WENT,
    ),
)


def find_transition(
    state: BusState, event: BusEvent, seen: Observation
) -> Transition | None:
    """Return the row that applies to an event; None if the state stays."""
    for row in TRANSITIONS:
        if (
            row.source is state.status
            and event in row.events
            and row.condition(state, seen)
        ):
            return row
    return None
