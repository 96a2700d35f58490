"""Statements about a connector or a bus: what happens, what limits it, and what comes next.

A statement has the parts of a sentence without its words, which `state/sentence` adds. Amps are whole A, powers are in
W.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from .outcome import LimitReason, Rule


class Activity(StrEnum):
    """The activity of a connector, or of a bus."""

    CHARGING = "charging"
    STARTING = "starting"
    """The offer is on its way to the connector."""
    OFFERING = "offering"
    """The vehicle could charge, but has not begun."""
    STOPPING = "stopping"
    """The vehicle still draws, although it is offered nothing."""
    PAUSED = "paused"
    DECLINED = "declined"
    """The vehicle itself does not charge, regardless of the offer."""
    FREE = "free"


class ChangeKind(StrEnum):
    """What changes at a time."""

    SCHEDULE_BEGINS = "schedule_begins"
    SCHEDULE_ENDS = "schedule_ends"
    CHARGE_NOW_ENDS = "charge_now_ends"
    MODE_CHANGES = "mode_changes"
    LIMIT_ENDS = "limit_ends"
    """A temporary limit ends."""
    START = "start"
    STOP = "stop"
    TURN = "turn"
    CHECK_ENDS = "check_ends"
    PASSING = "passing"
    """A step that takes seconds."""


PASSING: Final = frozenset({ChangeKind.PASSING})
"""The changes that are over too soon to be shown."""


@dataclass(frozen=True, slots=True)
class NextChange:
    """What changes at a time.

    Attributes:
        kind: what changes.
        at: when.
        rule: the rule in force after a change of the rule; None for other changes.
        schedule: the schedule that begins or ends.
        amps: what the schedule that begins allows, 0 for no charging; None for no limit of its own.
        green: whether the schedule that begins allows green energy only.

    """

    kind: ChangeKind
    at: datetime
    rule: Rule | None = None
    schedule: str | None = None
    amps: int | None = None
    green: bool = False


@dataclass(frozen=True, slots=True)
class Cause:
    """What limits a connector or a bus, with values; None for a value that is unknown or does not apply.

    Attributes:
        reason: the reason.
        limit: the limit that applies, in A.
        vehicles: how many vehicles share it.
        drawn: what the vehicle draws, in A.
        surplus_w: green power for charging; never negative.
        needed_w: the minimum green power for charging, if there is less.
        schedule: the schedule that limits.
        from_grid: whether a vehicle that should charge from green energy takes all of its power from the grid.

    """

    reason: LimitReason
    limit: int | None = None
    vehicles: int | None = None
    drawn: int | None = None
    surplus_w: float | None = None
    needed_w: float | None = None
    schedule: str | None = None
    from_grid: bool = False


class PlanOutcome(StrEnum):
    """Whether a plan will be reached."""

    REACHABLE = "reachable"
    UNREACHABLE = "unreachable"
    REACHED = "reached"
    UNKNOWN = "unknown"
    """The level of the battery is unknown."""


class PlanUnit(StrEnum):
    """The unit of the goal of a plan: %, kWh or h."""

    PERCENT = "percent"
    ENERGY = "energy"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class PlanStatement:
    """The statement about the plan in force.

    Attributes:
        name: its name.
        amount: the amount of its goal.
        unit: the unit of the amount.
        ready: when the goal has to be reached.
        outcome: whether it will be reached.
        start: when it charges next, or began to charge; None if it does not charge.
        end: when that ends.
        price: the price of a kWh in that time; None if unknown.
        currency: the currency of the price.
        has_sun: whether solar energy makes it cheaper than the grid.

    """

    name: str
    amount: float
    unit: PlanUnit
    ready: datetime
    outcome: PlanOutcome
    start: datetime | None = None
    end: datetime | None = None
    price: float | None = None
    currency: str = ""
    has_sun: bool = False

    def next_change(self, local: datetime) -> NextChange | None:
        """Return when the plan starts or stops charging next; None if it does not."""
        if self.start is None or self.end is None:
            return None
        if self.start > local:
            return NextChange(ChangeKind.START, self.start)
        return NextChange(ChangeKind.STOP, self.end)


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement about a connector or a bus.

    Attributes:
        activity: what happens.
        cause: what limits it; None without a limit to show.
        amps: the offer, in A; 0 without one.
        changes: the next changes, the earliest first.
        plan: the plan in force; None without one.

    """

    activity: Activity = Activity.FREE
    cause: Cause | None = None
    amps: int = 0
    changes: tuple[NextChange, ...] = ()
    plan: PlanStatement | None = None

    @property
    def next_change(self) -> NextChange | None:
        """Return the next change of any kind; None if time alone changes nothing."""
        return next(iter(self.changes), None)

    @property
    def next_shown(self) -> NextChange | None:
        """Return the next change that is worth showing; None without one."""
        changes = (item for item in self.changes if item.kind not in PASSING)
        return next(changes, None)
