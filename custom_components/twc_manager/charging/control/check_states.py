"""The states of a connector check, and the table of their transitions.

A check offers a few currents one after the other, then 0 A once, and then the first current again. Times are in s of a
monotonic clock, currents are whole A.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from ...twc.transitions import Transition, always

STEP_SECONDS: Final = 45.0
"""How long each current is offered while the vehicle draws: it may react after 5 s and rise by 0.5 A/s."""

STEADY_SECONDS: Final = 60.0
"""The minimum time from a start to a stop, and from a stop to a start."""

START_SECONDS: Final = 120.0
"""How long a vehicle may take to draw: it may have to wake up."""

STOP_SECONDS: Final = 30.0
"""How long a vehicle may take to stop."""


class CheckState(StrEnum):
    """The states of a check."""

    IDLE = "idle"
    """No check runs."""
    OFFERING = "offering"
    """A current is offered."""
    STOPPING = "stopping"
    """0 A are offered, and the vehicle still draws."""
    RESTING = "resting"
    """The vehicle has stopped, and must not be started yet."""
    RESUMING = "resuming"
    """The first current is offered again."""


class CheckEvent(StrEnum):
    """What changes the state of a check."""

    BEGIN = "begin"
    """The owner began it."""
    REPORT = "report"
    """The connector reported, or time has passed."""
    END = "end"
    """The owner ended it, or it cannot continue."""


class CheckOutcome(StrEnum):
    """How a check ended."""

    COMPLETE = "complete"
    CANCELLED = "cancelled"
    """The owner ended it."""
    SWITCHED_OFF = "switched_off"
    """The owner switched charging off."""
    UNPLUGGED = "unplugged"
    LOST = "lost"
    """The connector or the bus was lost."""
    LIMITED = "limited"
    """A limit did not leave the minimum current."""
    NOT_CHARGING = "not_charging"
    """The vehicle did not charge although it was offered current."""


@dataclass(frozen=True, slots=True)
class Idle:
    """No check runs."""

    state: ClassVar = CheckState.IDLE


@dataclass(frozen=True, slots=True)
class Offering:
    """A current is offered.

    Attributes:
        step: the index of the current among those of the check.
        since: since when the vehicle has drawn in this step, in s; None before it does.

    """

    state: ClassVar = CheckState.OFFERING
    step: int
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Stopping:
    """0 A are offered since a time in s."""

    state: ClassVar = CheckState.STOPPING
    since: float


@dataclass(frozen=True, slots=True)
class Resting:
    """The vehicle stopped at a time in s."""

    state: ClassVar = CheckState.RESTING
    since: float


@dataclass(frozen=True, slots=True)
class Resuming:
    """The first current is offered again since a time in s."""

    state: ClassVar = CheckState.RESUMING
    since: float


type Check = Idle | Offering | Stopping | Resting | Resuming


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """What the transitions depend on.

    Attributes:
        now: the time in s.
        check: the state before.
        next_step: the index of the next current that differs from the one being offered; None if none is left.
        drawing: whether the vehicle draws.
        drawing_since: since when it has drawn without a pause, as far as the check has seen; None if it does not.
        silent_since: since when it has not drawn; None if it does.
        quiet: whether it is proven not to draw.

    """

    now: float
    check: Check
    next_step: int | None = None
    drawing: bool = False
    drawing_since: float | None = None
    silent_since: float | None = None
    quiet: bool = False


# Conditions


def begins_to_draw(facts: CheckFacts) -> bool:
    """Return whether the vehicle draws for the first time in this step."""
    check = facts.check
    return isinstance(check, Offering) and check.since is None and facts.drawing


def step_is_over(facts: CheckFacts) -> bool:
    """Return whether the current was offered for long enough, and another one is left."""
    return _was_offered(facts) and facts.next_step is not None


def may_be_stopped(facts: CheckFacts) -> bool:
    """Return whether all currents were offered, and the vehicle has drawn for long enough to be stopped."""
    since = facts.drawing_since
    steady = since is not None and facts.now - since >= STEADY_SECONDS
    return _was_offered(facts) and facts.next_step is None and steady


def does_not_draw(facts: CheckFacts) -> bool:
    """Return whether the vehicle has had `START_SECONDS` to draw."""
    since = facts.silent_since
    return since is not None and facts.now - since >= START_SECONDS


def has_stopped(facts: CheckFacts) -> bool:
    """Return whether the vehicle is proven not to draw."""
    return facts.quiet


def stop_timed_out(facts: CheckFacts) -> bool:
    """Return whether 0 A were offered for `STOP_SECONDS`."""
    check = facts.check
    return isinstance(check, Stopping) and facts.now - check.since >= STOP_SECONDS


def rest_is_over(facts: CheckFacts) -> bool:
    """Return whether the vehicle may be started again."""
    check = facts.check
    return isinstance(check, Resting) and facts.now - check.since >= STEADY_SECONDS


def draws_again(facts: CheckFacts) -> bool:
    """Return whether the vehicle has drawn again for long enough to be measured."""
    check, since = facts.check, facts.drawing_since
    if not isinstance(check, Resuming) or since is None:
        return False
    return facts.now - max(since, check.since) >= STEP_SECONDS / 2


def _was_offered(facts: CheckFacts) -> bool:
    check = facts.check
    if not isinstance(check, Offering) or check.since is None:
        return False
    return facts.now - check.since >= STEP_SECONDS


# Actions


def _first_step(_: CheckFacts) -> Check:
    return Offering(0)


def _measure(facts: CheckFacts) -> Check:
    assert isinstance(facts.check, Offering)
    return Offering(facts.check.step, facts.now)


def _next_step(facts: CheckFacts) -> Check:
    assert facts.next_step is not None
    return Offering(facts.next_step, facts.now)


def _stop(facts: CheckFacts) -> Check:
    return Stopping(facts.now)


def _rest(facts: CheckFacts) -> Check:
    return Resting(facts.now)


def _resume(facts: CheckFacts) -> Check:
    return Resuming(facts.now)


def _idle(_: CheckFacts) -> Check:
    return Idle()


type _Row = Transition[
    CheckState, CheckEvent, CheckFacts, Callable[[CheckFacts], Check]
]

_S, _E = CheckState, CheckEvent
CHECK_TRANSITIONS: tuple[_Row, ...] = (
    Transition(_S.IDLE, _E.BEGIN, always, _S.OFFERING, _first_step),
    Transition(_S.OFFERING, _E.REPORT, does_not_draw, _S.IDLE, _idle),
    Transition(_S.OFFERING, _E.REPORT, begins_to_draw, _S.OFFERING, _measure),
    Transition(_S.OFFERING, _E.REPORT, step_is_over, _S.OFFERING, _next_step),
    Transition(_S.OFFERING, _E.REPORT, may_be_stopped, _S.STOPPING, _stop),
    Transition(_S.STOPPING, _E.REPORT, has_stopped, _S.RESTING, _rest),
    Transition(_S.STOPPING, _E.REPORT, stop_timed_out, _S.RESUMING, _resume),
    Transition(_S.RESTING, _E.REPORT, rest_is_over, _S.RESUMING, _resume),
    Transition(_S.RESUMING, _E.REPORT, does_not_draw, _S.IDLE, _idle),
    Transition(_S.RESUMING, _E.REPORT, draws_again, _S.IDLE, _idle),
    Transition(_S.OFFERING, _E.END, always, _S.IDLE, _idle),
    Transition(_S.STOPPING, _E.END, always, _S.IDLE, _idle),
    Transition(_S.RESTING, _E.END, always, _S.IDLE, _idle),
    Transition(_S.RESUMING, _E.END, always, _S.IDLE, _idle),
)
"""The first row that applies counts."""
