"""The start of a vehicle that was stopped here, and how long the vehicle counts as about to charge.

Times are in s of a monotonic clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from ...twc.transitions import Transition, always, find_transition

START_SECONDS: Final = 360.0
"""How long the start of a vehicle may take before it counts as refused."""

REFUSED_SECONDS: Final = 900.0
"""How many s after a refused start the vehicle does not count as about to charge."""


class StartState(StrEnum):
    """The states of a start."""

    IDLE = "idle"
    """No start is under way."""
    STARTING = "starting"
    """The vehicle is being started."""
    REFUSED = "refused"
    """The vehicle did not start in time; the request continues."""


class StartEvent(StrEnum):
    """What changes the state of a start."""

    START = "start"
    """The vehicle is to be started, which is repeated until it draws."""
    STOP = "stop"
    """The vehicle is to be stopped."""
    RESET = "reset"
    """The vehicle is stopped by a new command, or its plug-in session ended."""


@dataclass(frozen=True, slots=True)
class NotStarting:
    """No start is under way."""

    state: ClassVar = StartState.IDLE


@dataclass(frozen=True, slots=True)
class Starting:
    """A start is under way since a time in s."""

    state: ClassVar = StartState.STARTING
    since: float


@dataclass(frozen=True, slots=True)
class Refused:
    """The start was refused, which counts until a time in s."""

    state: ClassVar = StartState.REFUSED
    until: float


type Start = NotStarting | Starting | Refused


@dataclass(frozen=True, slots=True)
class StartFacts:
    """What the transitions depend on."""

    now: float
    start: Start


def start_timed_out(facts: StartFacts) -> bool:
    """Return whether the vehicle has had `START_SECONDS` to start."""
    start = facts.start
    return isinstance(start, Starting) and facts.now - start.since >= START_SECONDS


def refusal_is_over(facts: StartFacts) -> bool:
    """Return whether the vehicle may be expected to start again."""
    return not is_refused(facts.start, facts.now)


def _idle(_: StartFacts) -> Start:
    return NotStarting()


def _starting(facts: StartFacts) -> Start:
    return Starting(facts.now)


def _refused(facts: StartFacts) -> Start:
    return Refused(facts.now + REFUSED_SECONDS)


type _Row = Transition[
    StartState, StartEvent, StartFacts, Callable[[StartFacts], Start]
]

_S, _E = StartState, StartEvent
START_TRANSITIONS: tuple[_Row, ...] = (
    Transition(_S.IDLE, _E.START, always, _S.STARTING, _starting),
    Transition(_S.STARTING, _E.START, start_timed_out, _S.REFUSED, _refused),
    Transition(_S.REFUSED, _E.START, refusal_is_over, _S.STARTING, _starting),
    Transition(_S.STARTING, _E.STOP, always, _S.IDLE, _idle),
    Transition(_S.STARTING, _E.RESET, always, _S.IDLE, _idle),
    Transition(_S.REFUSED, _E.RESET, always, _S.IDLE, _idle),
)
"""A refused start is not forgotten at a stop: the vehicle refused it, whatever the rules request next."""


def next_start(start: Start, event: StartEvent, now: float) -> Start:
    """Return the start after an event."""
    facts = StartFacts(now, start)
    row = find_transition(START_TRANSITIONS, start.state, event, facts)
    return start if row is None else row.action(facts)


def is_refused(start: Start, now: float) -> bool:
    """Return whether the vehicle refused to start, and that still counts."""
    return isinstance(start, Refused) and now < start.until
