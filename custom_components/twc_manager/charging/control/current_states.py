"""The states of asking a vehicle for less current than the minimum of its connector, through its own number.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum
from math import ceil, floor, isfinite
from typing import Any, ClassVar, Final, Self

LOWEST_AMPS: Final = 2.0
"""The minimum A to ask a vehicle for: a connector does not show a lower draw."""

TOLERANCE_AMPS: Final = 0.8
"""By how many A the measured draw may exceed the request: a connector measures in steps of about 0.5 A."""

EQUAL_AMPS: Final = 0.01
"""The difference in A up to which two values of the number count as equal."""

ROUNDING_AMPS: Final = 0.5
"""By how many A a number may differ from the value that was set: vehicles and their clouds round it."""

ANSWER_AMPS: Final = 6.0
"""The maximum A that a vehicle makes of a request if it does not go as low."""


class CurrentState(StrEnum):
    """The states of the number of a vehicle."""

    OWN = "own"
    """The number has the owner's value."""
    ASKED = "asked"
    """The vehicle is asked for less, which the measured draw has not shown yet."""
    FOLLOWED = "followed"
    """The vehicle is asked for less, and takes no more than that."""
    RESTORING = "restoring"
    """The owner's value has to be restored, or is not known to be restored yet."""
    LEFT = "left"
    """The owner has changed the number: the vehicle is not asked until it is unplugged, or charges by another rule."""


class CurrentEvent(StrEnum):
    """What changes the state."""

    UPDATE = "update"
    """The connector or the number reports, or time passes."""
    DONE = "done"
    """A call has returned without an error."""
    FAILED = "failed"
    """A call has failed, or took too long."""


@dataclass(frozen=True, slots=True)
class NumberReading:
    """What the number of a vehicle reports.

    Attributes:
        value: its value; None while it is unavailable or unknown.
        minimum: its minimum.
        maximum: its maximum.
        step: the step between its values.

    """

    value: float | None
    minimum: float = 0.0
    maximum: float = 48.0
    step: float = 1.0

    @property
    def lowest(self) -> float | None:
        """Return the minimum A to ask a vehicle for; None if the number has no useful value."""
        if not self._is_sane:
            return None
        steps = ceil((LOWEST_AMPS - self.minimum) / self.step - EQUAL_AMPS)
        value = self.minimum + max(steps, 0) * self.step
        return value if value <= self.maximum else None

    def at_most(self, amps: float) -> float | None:
        """Return the largest value of the number that is not above `amps`; None without one."""
        if not self._is_sane:
            return None
        amps = min(amps, self.maximum)
        steps = floor((amps - self.minimum) / self.step + EQUAL_AMPS)
        value = self.minimum + steps * self.step
        return value if steps >= 0 and value >= LOWEST_AMPS else None

    @property
    def _is_sane(self) -> bool:
        numbers = (self.minimum, self.maximum, self.step)
        sane = all(map(isfinite, numbers))
        return sane and self.step > 0 and 0 <= self.minimum <= self.maximum


@dataclass(frozen=True, slots=True)
class Given:
    """The value that was set in the number, and the owner's value to restore.

    Attributes:
        owner: the value that its owner had set.
        amps: the last request.
        before: the request before that, which the number may still report for a while; None without one.
        shown: the value that the vehicle made of the request, by its number; None if it is the same.
        is_seen: whether the number has reported one of these requests.

    """

    owner: float
    amps: float
    before: float | None = None
    shown: float | None = None
    is_seen: bool = False

    def is_ours(self, value: float) -> bool:
        """Return whether a value of the number is a request, or what the vehicle made of it."""
        return any(
            own is not None and abs(value - own) <= ROUNDING_AMPS
            for own in (self.amps, self.before, self.shown)
        )

    def is_owners(self, value: float) -> bool:
        """Return whether a value of the number is the owner's value."""
        return abs(value - self.owner) <= EQUAL_AMPS

    def asked(self, amps: float) -> Given:
        """Return the values after another request."""
        return replace(self, amps=amps, before=self.amps)


@dataclass(frozen=True, slots=True)
class Own:
    """The number has its owner's value."""

    state: ClassVar = CurrentState.OWN


@dataclass(frozen=True, slots=True)
class Asked:
    """The vehicle is asked for less.

    Attributes:
        given: the values of the number.
        since: when the call was made, or returned.
        was_drawing: whether the vehicle was charging then.

    """

    state: ClassVar = CurrentState.ASKED
    given: Given
    since: float
    was_drawing: bool


@dataclass(frozen=True, slots=True)
class Followed:
    """The vehicle takes what it is asked for."""

    state: ClassVar = CurrentState.FOLLOWED
    given: Given


@dataclass(frozen=True, slots=True)
class Restoring:
    """The owner's value has to be restored.

    Attributes:
        given: the values of the number.
        tries: how many calls have been made to restore it.
        next_at: when the next call may be made; None for at once.
        done_at: when a call returned without an error; None before that.

    """

    state: ClassVar = CurrentState.RESTORING
    given: Given
    tries: int = 0
    next_at: float | None = None
    done_at: float | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """The vehicle is not asked."""

    state: ClassVar = CurrentState.LEFT


type Asking = Own | Asked | Followed | Restoring | Left


def with_given(asking: Asking, given: Given) -> Asking:
    """Return the same state with other values of the number."""
    return asking if isinstance(asking, Own | Left) else replace(asking, given=given)


def given_of(asking: Asking) -> Given | None:
    """Return the values of the number; None if it has no value of ours."""
    return None if isinstance(asking, Own | Left) else asking.given


@dataclass(frozen=True, slots=True)
class AskingDay:
    """What happened on one day.

    Attributes:
        day: the day.
        asks: how often the vehicle was asked for less.
        ignored: how often it took more anyway, or stopped.
        lowest: the minimum A that it accepts; None if it has not shown a minimum of its own.

    """

    day: date
    asks: int = 0
    ignored: int = 0
    lowest: float | None = None

    def on(self, day: date) -> Self:
        """Return the record of a day, an empty one for another day."""
        return self if self.day == day else type(self)(day)


@dataclass(frozen=True, slots=True)
class CallsOfMonth:
    """The calls of a month.

    Attributes:
        month: the month, as year and number.
        calls: how many calls were made.
        failed: how many of them failed.

    """

    month: str = ""
    calls: int = 0
    failed: int = 0

    def on(self, day: date) -> Self:
        """Return the calls of the month of a day, 0 for another month."""
        month = f"{day:%Y-%m}"
        return self if self.month == month else type(self)(month)


@dataclass(frozen=True, slots=True)
class StoredCurrent:
    """The data that are stored over a restart.

    Attributes:
        given: the values that the number may still have; None if it has no value of ours.
        proven: the minimum A that the vehicle has followed; None before that.
        day: the record of today.
        calls: the calls of the month.

    """

    given: Given | None = None
    proven: float | None = None
    day: AskingDay = field(default_factory=lambda: AskingDay(date.min))
    calls: CallsOfMonth = CallsOfMonth()

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return asdict(self) | {
            "day": asdict(self.day) | {"day": self.day.day.isoformat()}
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the data from `as_dict`; raises KeyError, TypeError or ValueError if they are not valid."""
        given, proven, day = data["given"], data["proven"], data["day"]
        calls = data["calls"]
        return cls(
            None if given is None else _given(given),
            None if proven is None else float(proven),
            AskingDay(
                date.fromisoformat(day["day"]),
                int(day["asks"]),
                int(day["ignored"]),
                None if day["lowest"] is None else float(day["lowest"]),
            ),
            CallsOfMonth(
                str(calls["month"]), int(calls["calls"]), int(calls["failed"])
            ),
        )


def _given(data: Mapping[str, Any]) -> Given:
    before, shown = data["before"], data["shown"]
    given = Given(
        float(data["owner"]),
        float(data["amps"]),
        None if before is None else float(before),
        None if shown is None else float(shown),
        bool(data["is_seen"]),
    )
    if not (isfinite(given.owner) and isfinite(given.amps)):
        raise ValueError("a current is no number")
    return given


@dataclass(frozen=True, slots=True)
class CurrentWish:
    """What the rules want of a vehicle, and what its connector reports.

    Attributes:
        amps: the maximum A that it should take; None for no limit.
        is_here: whether it is plugged in, and charges by a rule that sets such limits.
        is_enough: whether it may take all that its connector offers.
        offered: the offer of its connector.
        drawn: its draw.

    """

    amps: float | None = None
    is_here: bool = False
    is_enough: bool = False
    offered: float = 0.0
    drawn: float = 0.0


@dataclass(frozen=True, slots=True)
class CurrentFacts:
    """What the transitions depend on.

    Attributes:
        now: the time.
        wish: what the rules want of the vehicle, and what its connector reports.
        number: what its number reports.
        asking: the state before.
        target: the A to ask it for now; None for no change.
        unwanted: how many s no limit has been wanted.
        enough: how many s the vehicle could have taken all that its connector offers.
        beyond: how many s it has drawn more than the request.
        within: how many s it has drawn, and no more than the request.

    """

    now: float
    wish: CurrentWish
    number: NumberReading
    asking: Asking = Own()
    target: float | None = None
    unwanted: float = 0.0
    enough: float = 0.0
    beyond: float = 0.0
    within: float = 0.0

    @property
    def given(self) -> Given:
        """Return the values of the number; only valid in states in which it may have a value of ours."""
        given = given_of(self.asking)
        assert given is not None
        return given


class CurrentNews(StrEnum):
    """News about a request."""

    FOLLOWED = "followed"
    """The vehicle takes what it is asked for."""
    LIMITED = "limited"
    """It reduces its current, but not as far."""
    IGNORED = "ignored"
    """It takes more, or stops."""
    FAILED = "failed"
    """A call failed."""
    CHANGED = "changed"
    """Its owner has changed the number."""
    RESTORED = "restored"
    """Its owner's value is restored."""


@dataclass(frozen=True, slots=True)
class CurrentStep:
    """The result of a transition.

    Attributes:
        asking: the new state.
        amps: the value to set in the number; None without a call.
        news: the news; None without any.

    """

    asking: Asking
    amps: float | None = None
    news: CurrentNews | None = None
