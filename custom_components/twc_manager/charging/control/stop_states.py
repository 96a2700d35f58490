"""The states of stopping a vehicle, and the table of their transitions.

Times are in s of a monotonic clock.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Final, Self

from ...twc.transitions import Transition, always
from .stop_methods import StopCapabilities, StopMethod, next_method

METHOD_SECONDS: Final = 90.0
"""How long a method may take to show in the measured draw."""

HEARD_SECONDS: Final = 10.0
"""How many s a connector has to report again after a silence before a method counts as failed."""

RETRY_SECONDS: Final = 900.0
"""How long the vehicle is held before all methods are tried again."""


class StopState(StrEnum):
    """The states of stopping a vehicle."""

    IDLE = "idle"
    """No method is in use: the vehicle may charge, or does not draw."""
    STOPPING = "stopping"
    """A method is being tried."""
    HOLDING = "holding"
    """No method is left: the vehicle is held at the minimum offer."""
    STOPPED = "stopped"
    """A method worked; it stays known while the vehicle may not charge."""


class StopEvent(StrEnum):
    """What changes the state of stopping a vehicle."""

    STOP = "stop"
    """The vehicle is to be stopped, which is repeated while it may not charge."""
    ALLOW = "allow"
    """The vehicle may charge."""
    END_SESSION = "end_session"
    """The vehicle was unplugged."""


@dataclass(frozen=True, slots=True)
class Idle:
    """No method is in use."""

    state: ClassVar = StopState.IDLE
    method: ClassVar[StopMethod | None] = None


@dataclass(frozen=True, slots=True)
class Stopping:
    """A method is being tried.

    Attributes:
        method: the method.
        since: when it was begun, in s.
        tried: the methods tried so far, this one included.
        unheard: whether the connector was silent meanwhile, so that a failure of the method proves nothing.

    """

    state: ClassVar = StopState.STOPPING
    method: StopMethod
    since: float
    tried: tuple[StopMethod, ...]
    unheard: bool = False

    def interrupted(self, now: float) -> Self:
        """Return the state after a silence, with enough time left for the connector to show that the method worked."""
        since = max(self.since, now - METHOD_SECONDS + HEARD_SECONDS)
        return replace(self, since=since, unheard=True)


@dataclass(frozen=True, slots=True)
class Holding:
    """No method is left.

    Attributes:
        since: since when the vehicle is held, in s.
        tried: the methods that were tried.

    """

    state: ClassVar = StopState.HOLDING
    method: ClassVar[StopMethod | None] = StopMethod.HOLD
    since: float
    tried: tuple[StopMethod, ...]


@dataclass(frozen=True, slots=True)
class Stopped:
    """A method worked."""

    state: ClassVar = StopState.STOPPED
    method: StopMethod


type Stop = Idle | Stopping | Holding | Stopped


@dataclass(frozen=True, slots=True)
class StopFacts:
    """What the transitions depend on.

    Attributes:
        now: the time in s.
        stop: the state before.
        capabilities: what is available to stop the vehicle.
        interruptions: how often the contactor was opened in this plug-in session.
        quiet: whether the vehicle is proven not to draw.
        delay: until when the vehicle must not be stopped, in s; None if it may be stopped now.
        hurry: whether the next method is begun without waiting for the last one.

    """

    now: float
    stop: Stop
    capabilities: StopCapabilities
    interruptions: int
    quiet: bool
    delay: float | None
    hurry: bool = False

    @property
    def tried(self) -> tuple[StopMethod, ...]:
        """Return the methods that were tried; empty once all are to be tried again."""
        stop = self.stop
        if isinstance(stop, Idle | Stopped) or retry_is_due(self):
            return ()
        return stop.tried

    @property
    def method(self) -> StopMethod:
        """Return the method to try next."""
        return next_method(self.capabilities, self.interruptions, self.tried)


# Conditions


def is_quiet(facts: StopFacts) -> bool:
    """Return whether the vehicle is proven not to draw."""
    return facts.quiet


def retry_is_due(facts: StopFacts) -> bool:
    """Return whether the vehicle has been held long enough to try all methods again."""
    stop = facts.stop
    return isinstance(stop, Holding) and facts.now - stop.since >= RETRY_SECONDS


def may_begin(facts: StopFacts) -> bool:
    """Return whether a method is available and may be begun."""
    return _may_act(facts) and method_available(facts)


def may_only_hold(facts: StopFacts) -> bool:
    """Return whether the vehicle may be stopped, but no method is available."""
    return _may_act(facts) and not method_available(facts)


def method_available(facts: StopFacts) -> bool:
    """Return whether a method is available that was not tried, or may be tried again."""
    return facts.method is not StopMethod.HOLD


def failed_with_another_left(facts: StopFacts) -> bool:
    """Return whether the method had its time, or is not waited for, and another one is available."""
    over = facts.hurry or _method_timed_out(facts)
    return over and method_available(facts)


def failed_with_none_left(facts: StopFacts) -> bool:
    """Return whether the method had its time, and it was the last one."""
    return _method_timed_out(facts) and not method_available(facts)


def _may_act(facts: StopFacts) -> bool:
    return not facts.quiet and facts.delay is None


def _method_timed_out(facts: StopFacts) -> bool:
    stop = facts.stop
    return isinstance(stop, Stopping) and facts.now - stop.since >= METHOD_SECONDS


# Actions


def _become_idle(_: StopFacts) -> Stop:
    return Idle()


def _begin_method(facts: StopFacts) -> Stop:
    return Stopping(facts.method, facts.now, (*facts.tried, facts.method))


def _hold(facts: StopFacts) -> Stop:
    return Holding(facts.now, facts.tried)


def _confirm_stopped(facts: StopFacts) -> Stop:
    assert isinstance(facts.stop, Stopping)
    return Stopped(facts.stop.method)


type _Row = Transition[StopState, StopEvent, StopFacts, Callable[[StopFacts], Stop]]

_S, _E = StopState, StopEvent
STOP_TRANSITIONS: tuple[_Row, ...] = (
    Transition(_S.IDLE, _E.STOP, may_begin, _S.STOPPING, _begin_method),
    Transition(_S.IDLE, _E.STOP, may_only_hold, _S.HOLDING, _hold),
    Transition(_S.STOPPED, _E.STOP, may_begin, _S.STOPPING, _begin_method),
    Transition(_S.STOPPED, _E.STOP, may_only_hold, _S.HOLDING, _hold),
    Transition(_S.STOPPING, _E.STOP, is_quiet, _S.STOPPED, _confirm_stopped),
    Transition(
        _S.STOPPING, _E.STOP, failed_with_another_left, _S.STOPPING, _begin_method
    ),
    Transition(_S.STOPPING, _E.STOP, failed_with_none_left, _S.HOLDING, _hold),
    Transition(_S.HOLDING, _E.STOP, is_quiet, _S.IDLE, _become_idle),
    Transition(_S.HOLDING, _E.STOP, method_available, _S.STOPPING, _begin_method),
    Transition(_S.HOLDING, _E.STOP, retry_is_due, _S.HOLDING, _hold),
    Transition(_S.STOPPING, _E.ALLOW, always, _S.IDLE, _become_idle),
    Transition(_S.HOLDING, _E.ALLOW, always, _S.IDLE, _become_idle),
    Transition(_S.STOPPED, _E.ALLOW, always, _S.IDLE, _become_idle),
    Transition(_S.STOPPING, _E.END_SESSION, always, _S.IDLE, _become_idle),
    Transition(_S.HOLDING, _E.END_SESSION, always, _S.IDLE, _become_idle),
    Transition(_S.STOPPED, _E.END_SESSION, always, _S.IDLE, _become_idle),
)
"""The first row that applies counts."""
