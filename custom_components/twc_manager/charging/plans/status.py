"""How a plan is doing, as it is shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..planning.result import PlannedSlot


class PlanState(StrEnum):
    """What a plan does."""

    WAITING = "waiting"
    """For its next slot, for its vehicle, or for another plan that comes first."""
    CHARGING = "charging"
    REACHED = "reached"
    UNREACHABLE = "unreachable"
    """It will not be reached in time; it charges at once, and goes on afterwards."""
    FAILED = "failed"
    """There is an error in it, so that it is not followed."""
    OFF = "off"
    """It is switched off, or all plans are paused."""


class PlanDoubt(StrEnum):
    """What a plan had to assume, as it is not known."""

    LEVEL_UNKNOWN = "level_unknown"
    """The level of the battery: half full is assumed."""
    LEVEL_OLD = "level_old"
    """The level is old, or does not move: the energy since then counts."""
    CAPACITY_UNKNOWN = "capacity_unknown"
    PRICES_UNKNOWN = "prices_unknown"
    """There is no price for some of the time: estimates count, or the latest time."""
    NOT_STOPPABLE = "not_stoppable"
    """The vehicle cannot be stopped, so that it goes on at the minimum above its goal."""
    PLANNER_FAILED = "planner_failed"
    """No plan could be made: the last one goes on, or it charges at once."""


@dataclass(frozen=True, slots=True)
class PlanStatus:
    """How a plan is doing.

    Attributes:
        plan_id: its id.
        state: what it does.
        connector_id: the connector at which it is in force, or would be; None while that is not known.
        ready: when it shall be ready next, in UTC; None if it never is again.
        cost: what is left of its plan costs, with its starts; None without a price.
        cost_at_once: what that would cost with full power from now on; None without a price.
        currency: the currency of the costs, such as "EUR"; empty if it is not known.
        next_start: when the slot begins that is charged in next, or that it charges in; None without one.
        next_end: when that slot ends.
        next_price: what a kWh costs in it on average; None if that is not known.
        next_has_sun: whether sun makes it cheaper than the grid.
        missing_kwh: what it will not have when it shall be ready.
        possible_percent: the level that can be reached by then, in %, if that is less than the goal.
        possible_kwh: the energy that can be charged by then, if that is less than the goal.
        slots: when it charges.
        doubts: what it had to assume.

    """

    plan_id: str
    state: PlanState
    connector_id: int | None = None
    ready: datetime | None = None
    cost: float | None = None
    cost_at_once: float | None = None
    currency: str = ""
    next_start: datetime | None = None
    next_end: datetime | None = None
    next_price: float | None = None
    next_has_sun: bool = False
    missing_kwh: float = 0.0
    possible_percent: float | None = None
    possible_kwh: float | None = None
    slots: tuple[PlannedSlot, ...] = ()
    doubts: frozenset[PlanDoubt] = frozenset()
