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
"""The least that a vehicle is asked for: of less, a connector does not show whether anything is drawn."""

TOLERANCE_AMPS: Final = 0.8
"""By how much the measured draw may be above what was asked for: a connector measures in steps of 0.5 A or so."""

EQUAL_AMPS: Final = 0.01
"""Two values of the number that are closer are the same one."""

ROUNDING_AMPS: Final = 0.5
"""By how much a number may show something else than what was set: vehicles and their clouds round it."""

ANSWER_AMPS: Final = 6.0
"""The most that a vehicle makes of what it was asked for, if it does not go down as far."""


class CurrentState(StrEnum):
    """What is in the number of a vehicle, and what is to become of it."""

    OWN = "own"
    """What its owner has set."""
    ASKED = "asked"
    """Less, which the measured draw has not shown yet."""
    FOLLOWED = "followed"
    """Less, and the vehicle takes no more than that."""
    RESTORING = "restoring"
    """What its owner had set is to be there again, and it is not known to be."""
    LEFT = "left"
    """What its owner has set meanwhile: the vehicle is left alone until it is unplugged, or charges by another rule."""


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
        minimum: the least that it takes.
        maximum: the most that it takes.
        step: the distance of the values that it takes.

    """

    value: float | None
    minimum: float = 0.0
    maximum: float = 48.0
    step: float = 1.0

    @property
    def lowest(self) -> float | None:
        """Return the least that a vehicle may be asked for; None if the number takes nothing of use."""
        if not self._is_sane:
            return None
        steps = ceil((LOWEST_AMPS - self.minimum) / self.step - EQUAL_AMPS)
        value = self.minimum + max(steps, 0) * self.step
        return value if value <= self.maximum else None

    def at_most(self, amps: float) -> float | None:
        """Return the largest value that it takes and that is no more than some A; None if there is none."""
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
    """What was set in the number, and what is to be set there again.

    Attributes:
        owner: the value that its owner had set.
        amps: what the vehicle was asked for last.
        before: what it was asked for before that, which the number may go on to report for a while.
        shown: what the vehicle made of it, as the number showed; None if that was nothing else.
        is_seen: whether the number has reported any of these.

    """

    owner: float
    amps: float
    before: float | None = None
    shown: float | None = None
    is_seen: bool = False

    def is_ours(self, value: float) -> bool:
        """Return whether a value of the number is one that was asked for, or what became of it."""
        return any(
            own is not None and abs(value - own) <= ROUNDING_AMPS
            for own in (self.amps, self.before, self.shown)
        )

    def is_owners(self, value: float) -> bool:
        """Return whether a value of the number is what its owner had set."""
        return abs(value - self.owner) <= EQUAL_AMPS

    def asked(self, amps: float) -> Given:
        """Return what is set once the vehicle is asked for something else."""
        return replace(self, amps=amps, before=self.amps)


@dataclass(frozen=True, slots=True)
class Own:
    """The number is as its owner has set it."""

    state: ClassVar = CurrentState.OWN


@dataclass(frozen=True, slots=True)
class Asked:
    """The vehicle is asked for less.

    Attributes:
        given: what is in the number.
        since: when the call was made, or returned.
        was_drawing: whether the vehicle charged when it was asked.

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
    """What the owner had set is to be there again.

    Attributes:
        given: what is in the number.
        tries: how many calls have been made for it.
        next_at: when the next call may be made; None for at once.
        done_at: when a call has returned without an error; None if none has.

    """

    state: ClassVar = CurrentState.RESTORING
    given: Given
    tries: int = 0
    next_at: float | None = None
    done_at: float | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """The vehicle is left alone."""

    state: ClassVar = CurrentState.LEFT


type Asking = Own | Asked | Followed | Restoring | Left


def with_given(asking: Asking, given: Given) -> Asking:
    """Return the same state with something else in the number."""
    return asking if isinstance(asking, Own | Left) else replace(asking, given=given)


def given_of(asking: Asking) -> Given | None:
    """Return what is in the number of ours; None if nothing is."""
    return None if isinstance(asking, Own | Left) else asking.given


@dataclass(frozen=True, slots=True)
class AskingDay:
    """What happened on one day.

    Attributes:
        day: the day.
        asks: how often the vehicle was asked for less.
        ignored: how often it took more all the same, or stopped.
        lowest: the least that it goes down to; None if it has shown no limit of its own.

    """

    day: date
    asks: int = 0
    ignored: int = 0
    lowest: float | None = None

    def on(self, day: date) -> Self:
        """Return the record of a day, which begins with nothing."""
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
        """Return the calls of the month of a day, which begins with none."""
        month = f"{day:%Y-%m}"
        return self if self.month == month else type(self)(month)


@dataclass(frozen=True, slots=True)
class StoredCurrent:
    """What has to be known after a restart.

    Attributes:
        given: what may still be in the number of ours; None if nothing is.
        proven: the least that the vehicle has followed; None if it has followed nothing.
        day: what happened today.
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
        """Read what `as_dict` returned; raises KeyError, TypeError or ValueError for anything else."""
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
        amps: the A that it should take at most; None if there is no such wish.
        is_here: whether it is plugged in, and charges by the rule that has such wishes.
        is_enough: whether it may take all that its connector offers.
        offered: what its connector offers.
        drawn: what it draws.

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
        wish: what is wanted of the vehicle, and what its connector reports.
        number: what its number reports.
        asking: the state before.
        target: what it is to be asked for now; None if it is not to be asked for anything else.
        unwanted: for how many s nothing less has been wanted.
        enough: for how many s the vehicle might have taken all that its connector offers.
        beyond: for how many s it has drawn more than it is asked for.
        within: for how many s it has drawn, and no more than that.

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
        """Return what is in the number; only where something of ours may be."""
        given = given_of(self.asking)
        assert given is not None
        return given


class CurrentNews(StrEnum):
    """What became known."""

    FOLLOWED = "followed"
    """The vehicle takes what it is asked for."""
    LIMITED = "limited"
    """It goes down, but not as far."""
    IGNORED = "ignored"
    """It takes more, or stops."""
    FAILED = "failed"
    """A call failed."""
    CHANGED = "changed"
    """Its owner has set the number meanwhile."""
    RESTORED = "restored"
    """What its owner had set is there again."""


@dataclass(frozen=True, slots=True)
class CurrentStep:
    """What follows from an event.

    Attributes:
        asking: the new state.
        amps: the value to set in the number; None if there is nothing to be set.
        news: what became known.

    """

    asking: Asking
    amps: float | None = None
    news: CurrentNews | None = None
