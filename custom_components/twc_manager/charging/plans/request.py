"""What an owner asks of a plan: a goal for a connector or a vehicle, and when it shall be ready."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import isfinite
from typing import Final

from ..planning.deadlines import ALL_DAYS, next_ready
from ..planning.errors import PlanError
from ..planning.goals import Strategy

MAXIMUM_KWH: Final = 1000.0
MAXIMUM_HOURS: Final = 7 * 24.0
MAXIMUM_KEEP: Final = timedelta(hours=3)
"""No vehicle needs to be heated for longer before leaving."""


def _check(what: str, value: float, maximum: float) -> None:
    """Raise a PlanError if a value is not above 0 and up to a maximum."""
    if not isfinite(value) or not 0 < value <= maximum:
        raise PlanError(what, f"{value} is not possible")


@dataclass(frozen=True, slots=True)
class PercentGoal:
    """A level of the battery, in %."""

    target: float

    def __post_init__(self) -> None:
        """Check the value.

        Raises:
            PlanError: if it is not usable.

        """
        _check("target", self.target, 100)


@dataclass(frozen=True, slots=True)
class EnergyGoal:
    """Energy since plugging in, in kWh at the connector."""

    kwh: float

    def __post_init__(self) -> None:
        """Check the value.

        Raises:
            PlanError: if it is not usable.

        """
        _check("energy", self.kwh, MAXIMUM_KWH)


@dataclass(frozen=True, slots=True)
class DurationGoal:
    """Hours of charging since plugging in."""

    hours: float

    def __post_init__(self) -> None:
        """Check the value.

        Raises:
            PlanError: if it is not usable.

        """
        _check("hours", self.hours, MAXIMUM_HOURS)


type PlanGoal = PercentGoal | EnergyGoal | DurationGoal


@dataclass(frozen=True, slots=True)
class WeeklyTime:
    """A local time of day on days of the week; 0 is Monday."""

    at: time
    days: frozenset[int] = ALL_DAYS

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            PlanError: if no day is chosen, or one that does not exist.

        """
        if not self.days or not self.days <= ALL_DAYS:
            raise PlanError("days", f"{sorted(self.days)} are no days of the week")


@dataclass(frozen=True, slots=True)
class OnceTime:
    """A moment, in UTC."""

    at: datetime

    def __post_init__(self) -> None:
        """Check the value.

        Raises:
            PlanError: if it has no zone.

        """
        if self.at.tzinfo is None:
            raise PlanError("ready", "it has no zone")
        object.__setattr__(self, "at", self.at.astimezone(UTC))


type ReadyTime = WeeklyTime | OnceTime


def next_ready_of(ready: ReadyTime, local: datetime) -> datetime | None:
    """Return when a plan shall be ready next after a local time, in UTC; None if that is over.

    Raises:
        PlanError: if the local time has no zone.

    """
    match ready:
        case WeeklyTime(at, days):
            if local.tzinfo is None:
                raise PlanError("now", "it has no zone")
            return next_ready(local, at, local.tzinfo, days)
        case OnceTime(at):
            return at if at > local else None


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """A plan that an owner has added, or that an action has set.

    Attributes:
        plan_id: its unique id.
        name: its name.
        connector_id: its connector; None for the one at which the vehicle is.
        vehicle_id: its vehicle, wherever it is plugged in; None for whichever is at the connector.
        goal: what is to be reached.
        ready: when.
        strategy: which slots are taken.
        keep: how long before it leaves the vehicle is fed from the wall.
        enabled: whether it is switched on.

    """

    plan_id: str
    name: str
    connector_id: int | None
    vehicle_id: str | None
    goal: PlanGoal
    ready: ReadyTime
    strategy: Strategy = Strategy.CHEAPEST
    keep: timedelta = timedelta()
    enabled: bool = True

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            PlanError: if they cannot be followed.

        """
        if self.connector_id is None and self.vehicle_id is None:
            raise PlanError("connector", "neither a connector nor a vehicle is chosen")
        if not timedelta() <= self.keep <= MAXIMUM_KEEP:
            raise PlanError("keep", f"{self.keep} is not possible")

    @property
    def is_once(self) -> bool:
        """Return whether it is for a single time."""
        return isinstance(self.ready, OnceTime)

    def is_over(self, local: datetime) -> bool:
        """Return whether it shall never be ready again."""
        return next_ready_of(self.ready, local) is None
