"""The states of writing the data of a bus, and the one table of the transitions between them.

Times are in s of the loop's clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from math import inf
from typing import ClassVar, Final

from ..twc.transitions import Transition, always

SAVE_SECONDS: Final = 1.0
"""How long a write waits for further changes after each change, in s."""

MAX_SAVE_SECONDS: Final = 5.0
"""How long further changes can postpone a write, in s."""

RETRY_SECONDS: Final = 15.0
"""How long after a failed write the next one is tried, in s; Home Assistant logs each failure with a traceback."""


class WriteStatus(Enum):
    """The states of writing."""

    IDLE = auto()
    """All is on the disk."""
    WAITING = auto()
    """Something has to be written, at a certain time."""
    WRITING = auto()
    """A write is in progress."""
    CLOSED = auto()
    """The last write was begun."""


class WriteEvent(Enum):
    """What can change the state."""

    CHANGED = auto()
    """The data changed, or have to be written anyway."""
    DUE = auto()
    """The time of a write has come."""
    WRITTEN = auto()
    """The write in progress succeeded."""
    FAILED = auto()
    """The write in progress did not succeed."""
    CLOSE = auto()
    """Everything has to be written a last time."""


@dataclass(frozen=True, slots=True)
class Idle:
    """All is on the disk."""

    status: ClassVar = WriteStatus.IDLE


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something has to be written.

    Attributes:
        due: when it will be written.
        latest: until when further changes can postpone the write.
        earliest: before this time no write is tried, as the last one failed.

    """

    status: ClassVar = WriteStatus.WAITING
    due: float
    latest: float
    earliest: float = -inf


@dataclass(frozen=True, slots=True)
class Writing:
    """A write is in progress.

    Attributes:
        again_at: when changes since its beginning have to be written; None without changes.

    """

    status: ClassVar = WriteStatus.WRITING
    again_at: float | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """The last write was begun."""

    status: ClassVar = WriteStatus.CLOSED


type WriteState = Idle | Waiting | Writing | Closed


@dataclass(frozen=True, slots=True)
class Facts:
    """What the transitions depend on.

    Attributes:
        now: the time.
        state: the state before.
        urgent: whether what changed cannot wait for further changes.

    """

    now: float
    state: WriteState
    urgent: bool = False


def _again_at(facts: Facts) -> float | None:
    return facts.state.again_at if isinstance(facts.state, Writing) else None


def has_changed_since(facts: Facts) -> bool:
    """Return whether the write in progress does not contain the last changes."""
    return _again_at(facts) is not None


def _wait(facts: Facts) -> WriteState:
    """Wait for further changes, which postpone the write, but not beyond what the first ones allowed."""
    earliest, latest = -inf, facts.now + (0.0 if facts.urgent else MAX_SAVE_SECONDS)
    if isinstance(facts.state, Waiting):
        earliest, latest = facts.state.earliest, min(latest, facts.state.latest)
    due = min(facts.now + SAVE_SECONDS, latest)
    return Waiting(max(due, earliest), latest, earliest)


def _write(_: Facts) -> WriteState:
    return Writing()


def _note_change(facts: Facts) -> WriteState:
    if facts.urgent:
        return Writing(again_at=facts.now)
    if has_changed_since(facts):
        return facts.state
    return Writing(again_at=facts.now + MAX_SAVE_SECONDS)


def _write_again(facts: Facts) -> WriteState:
    again_at = _again_at(facts) or facts.now
    return Waiting(due=again_at, latest=again_at)


def _rest(_: Facts) -> WriteState:
    return Idle()


def _retry(facts: Facts) -> WriteState:
    retry_at = facts.now + RETRY_SECONDS
    return Waiting(due=retry_at, latest=retry_at, earliest=retry_at)


def _close(_: Facts) -> WriteState:
    return Closed()


IDLE: Final = WriteStatus.IDLE
WAITING: Final = WriteStatus.WAITING
WRITING: Final = WriteStatus.WRITING
CLOSED: Final = WriteStatus.CLOSED

type Row = Transition[WriteStatus, WriteEvent, Facts, Callable[[Facts], WriteState]]

# A write in progress may end after the close: that changes nothing.
_E = WriteEvent
TRANSITIONS: tuple[Row, ...] = (
    Transition(IDLE, _E.CHANGED, always, WAITING, _wait),
    Transition(WAITING, _E.CHANGED, always, WAITING, _wait),
    Transition(WRITING, _E.CHANGED, always, WRITING, _note_change),
    Transition(WAITING, _E.DUE, always, WRITING, _write),
    Transition(WRITING, _E.WRITTEN, has_changed_since, WAITING, _write_again),
    Transition(WRITING, _E.WRITTEN, always, IDLE, _rest),
    Transition(WRITING, _E.FAILED, always, WAITING, _retry),
    Transition(IDLE, _E.CLOSE, always, CLOSED, _close),
    Transition(WAITING, _E.CLOSE, always, CLOSED, _close),
    Transition(WRITING, _E.CLOSE, always, CLOSED, _close),
)
