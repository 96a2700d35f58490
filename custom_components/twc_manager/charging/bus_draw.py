"""The draw of one bus from what it shares with other buses. Currents are in A."""

from dataclasses import dataclass
from math import inf
from typing import Final

SMALLEST_AMPS: Final = 6
"""The lowest offer at which every vehicle charges."""


@dataclass(frozen=True, slots=True)
class BusVehicle:
    """One vehicle.

    Attributes:
        connector_id: its connector.
        taken: the A that it is offered, or its draw if that is more.
        bound: the A of these that no offer can take from it.
        overdraw: the A by which it draws more than its offer, and which keep others from starting.
        wanted: the A that it could use.
        minimum: the lowest offer that it charges at.
        priority: the higher, the earlier it is served.
        is_charging: whether it has an offer or draws.
        is_locked: whether another vehicle should wait rather than this one be stopped, since it has just started.

    """

    connector_id: int
    taken: float = 0.0
    bound: float = 0.0
    overdraw: float = 0.0
    wanted: float = 0.0
    minimum: int = SMALLEST_AMPS
    priority: int = 0
    is_charging: bool = False
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class BusDraw:
    """The draw of one bus.

    Attributes:
        vehicles: its vehicles.
        possible: the A that its connectors could be drawing together, by the records of the guard of its wiring.
        limit: the A that they may have together by limits of the bus itself.
        reserved: the A of connectors that do not answer, or of a bus that another master controls.
        is_searching: whether connectors may be drawing that have not been found yet.
        is_foreign: whether another master controls it.

    """

    vehicles: tuple[BusVehicle, ...] = ()
    possible: float = 0.0
    limit: float = inf
    reserved: float = 0.0
    is_searching: bool = False
    is_foreign: bool = False

    @property
    def taken(self) -> float:
        """Return the A that its connectors are offered, or draw if that is more."""
        return self.reserved + sum(item.taken for item in self.vehicles)

    @property
    def bound(self) -> float:
        """Return the A that no offer can take from it."""
        return self.reserved + sum(item.bound for item in self.vehicles)
