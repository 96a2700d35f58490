"""The states of a connector's own energy counter: whether the lifetime energy follows it.

Times are seconds of a monotonic clock, energy is in kWh.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar

from .comparison import Comparison


class CounterState(Enum):
    """The states of the connector's own counter."""

    AWAITED = auto()
    """The counter of a new connector has not been read yet."""
    FOLLOWED = auto()
    """The counter sets the bounds of the lifetime energy."""
    CONFIRMING = auto()
    """A leap that an absence may explain waits for confirmation."""
    UNEXPLAINED = auto()
    """The readings are too high or too low, possibly by a flipped bit."""
    ON_TRIAL = auto()
    """The integral alone counts, and the counter is compared with it."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """The counter has not been read yet; `since` is the first update, None before it."""

    state: ClassVar = CounterState.AWAITED
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """The counter is followed.

    Attributes:
        unit: kWh per count.
        count: last count accepted.
        offset: lifetime energy at count 0.

    """

    state: ClassVar = CounterState.FOLLOWED
    unit: float
    count: int
    offset: float

    @property
    def energy(self) -> float:
        """Return the lifetime energy at the last count."""
        return self.offset + self.count * self.unit

    @property
    def ceiling(self) -> float:
        """Return the lifetime energy just below the next count."""
        return self.offset + (self.count + 0.999) * self.unit


@dataclass(frozen=True, slots=True)
class Confirming:
    """The lowest count read since a leap, and the time of its first reading."""

    state: ClassVar = CounterState.CONFIRMING
    followed: Followed
    count: int
    since: float


@dataclass(frozen=True, slots=True)
class Unexplained:
    """The time since which nothing explains the readings."""

    state: ClassVar = CounterState.UNEXPLAINED
    followed: Followed
    since: float


@dataclass(frozen=True, slots=True)
class OnTrial:
    """The trials of a counter that is not followed.

    Attributes:
        count: last count read; None before the first.
        unit: kWh per count by the last trial; None if it found none.
        agreed: number of consecutive trials that found this unit.

    """

    state: ClassVar = CounterState.ON_TRIAL
    count: int | None = None
    unit: float | None = None
    agreed: int = 0


type CounterTrust = Awaited | Followed | Confirming | Unexplained | OnTrial


def followed_counter(counter: CounterTrust) -> Followed | None:
    """Return how the counter is followed; None if it is not followed."""
    match counter:
        case Followed():
            return counter
        case Confirming() | Unexplained():
            return counter.followed
    return None


@dataclass(frozen=True, slots=True)
class LifetimeEnergy:
    """The lifetime energy of a connector with all data from which it is derived.

    Attributes:
        kwh: lifetime energy, as shown.
        pending: energy integrated that the next step of the counter confirms.
        comparison: counter and integral since the last step, or since the trial began.
        counter: whether and how the counter is followed.

    """

    kwh: float = 0.0
    pending: float = 0.0
    comparison: Comparison = Comparison()
    counter: CounterTrust = Awaited()
