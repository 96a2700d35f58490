"""The plan: when each vehicle charges with how much, what it costs, and whether it will be ready."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Prospect(StrEnum):
    """Whether a vehicle will be ready in time."""

    IN_TIME = "in_time"
    WITHOUT_RESERVE = "without_reserve"
    """It will be, but only with the time that is kept free before the deadline."""
    LATE = "late"
    """It will not be: it charges at once, and goes on after the deadline."""


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """A time in which a vehicle charges.

    Attributes:
        start, end: when, in UTC; the end is not included.
        amps: with how many whole A at most.
        kwh: the energy; near its goal a vehicle is expected to take less than it is offered.
        cost: what it costs.
        known: whether its price is known, and not an estimate.

    """

    start: datetime
    end: datetime
    amps: int
    kwh: float
    cost: float
    known: bool = True

    @property
    def watts(self) -> float:
        """Return the W that the vehicle is expected to take."""
        return self.kwh * 3.6e6 / (self.end - self.start).total_seconds()


@dataclass(frozen=True, slots=True)
class VehiclePlan:
    """The plan of one vehicle.

    Attributes:
        connector_id: its connector.
        slots: when it charges, in their order; for a vehicle that cannot be stopped also what it draws anyway.
        prospect: whether it will be ready in time.
        done: when it has what it needs; None if there is no such time within the plan, or if it needs nothing.
        missing_kwh: what it will not have at the deadline.
        cost: what its energy and its starts cost.
        cost_at_once: what they would cost if it charged alone, with full power from now on.
        starts: how often it starts.
        keep_from: from when on it is fed until the deadline; None if that is not asked for.

    """

    connector_id: int
    slots: tuple[PlannedSlot, ...]
    prospect: Prospect
    done: datetime | None
    missing_kwh: float
    cost: float
    cost_at_once: float
    starts: int
    keep_from: datetime | None = None

    def slot_at(self, instant: datetime) -> PlannedSlot | None:
        """Return the slot at an instant; None if the vehicle waits."""
        return next((s for s in self.slots if s.start <= instant < s.end), None)

    @property
    def kwh(self) -> float:
        """Return the energy of all slots."""
        return sum(slot.kwh for slot in self.slots)


@dataclass(frozen=True, slots=True)
class Plan:
    """The plans of all vehicles.

    Attributes:
        made: when they were made.
        vehicles: the plan of each vehicle, by its connector.
        cost: what they cost together.
        bound: no plan that ends as early costs less.

    """

    made: datetime
    vehicles: Mapping[int, VehiclePlan] = field(default_factory=dict)
    cost: float = 0.0
    bound: float = 0.0

    @property
    def gap(self) -> float:
        """Return by how much the cost is above the proven minimum."""
        return max(0.0, self.cost - self.bound)

    @property
    def missing_kwh(self) -> float:
        """Return what will be missing at the deadlines of all vehicles."""
        return sum(vehicle.missing_kwh for vehicle in self.vehicles.values())

    def amps_at(
        self, instant: datetime, connectors: Container[int] | None = None
    ) -> int:
        """Return the whole A of all vehicles at an instant, or of those at some connectors."""
        slots = (
            vehicle.slot_at(instant)
            for connector_id, vehicle in self.vehicles.items()
            if connectors is None or connector_id in connectors
        )
        return sum(slot.amps for slot in slots if slot is not None)

    def next_change(self, instant: datetime) -> datetime | None:
        """Return when a slot begins or ends next; None if none does."""
        times = [
            time
            for vehicle in self.vehicles.values()
            for slot in vehicle.slots
            for time in (slot.start, slot.end)
            if time > instant
        ]
        return min(times, default=None)
