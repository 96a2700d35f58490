"""Divides A among the vehicles of several buses: by priority, in turns, then evenly.

Currents are in A, times in s of a monotonic clock.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Final

from .bus_draw import BusDraw, BusVehicle

TURN_SECONDS: Final = 900.0
"""The length of a turn when there is too little for all, in s."""

type VehicleKey = tuple[str, int]
"""A bus, and a connector of it."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """The place of a vehicle in the turns: whether it is served or waits, and since when."""

    is_served: bool
    since: float


class Turns:
    """Keeps the turns of vehicles; a turn only ends if another vehicle waits for it."""

    def __init__(self, seconds: float = TURN_SECONDS) -> None:
        """Start without a vehicle."""
        self.seconds = seconds
        self._turns: dict[VehicleKey, _Turn] = {}

    def order(
        self, now: float, vehicles: Mapping[VehicleKey, BusVehicle]
    ) -> list[VehicleKey]:
        """Return the vehicles in the order of their right."""
        self._turns = {
            key: self._turns.get(key) or _Turn(item.is_charging, now)
            for key, item in vehicles.items()
        }
        return sorted(vehicles, key=lambda key: self._rank(now, key, vehicles[key]))

    def record(self, now: float, served: Mapping[VehicleKey, int]) -> None:
        """Note which vehicles get A now."""
        is_scarce = not all(served.values())
        for key, amps in served.items():
            turn = self._turns[key]
            if bool(amps) is not turn.is_served or (amps and not is_scarce):
                self._turns[key] = _Turn(bool(amps), now)

    def next_at(self) -> float | None:
        """Return when the next turn ends, in s; None while no vehicle waits."""
        turns = self._turns.values()
        if all(turn.is_served for turn in turns):
            return None
        ends = [turn.since + self.seconds for turn in turns if turn.is_served]
        return min(ends, default=None)

    def _rank(
        self, now: float, key: VehicleKey, vehicle: BusVehicle
    ) -> tuple[bool, int, int, float, VehicleKey]:
        turn = self._turns[key]
        if not turn.is_served:
            group = 1
        else:
            group = 0 if now - turn.since < self.seconds else 2
        return not vehicle.is_locked, -vehicle.priority, group, turn.since, key


def fair_shares(
    now: float, amps: float, draws: Mapping[str, BusDraw], turns: Turns
) -> dict[str, float]:
    """Return the A for each bus: what no offer can take from it, and what its vehicles get of the rest.

    As many vehicles as possible get their minimum, in the order of their right; the rest is spread evenly.
    """
    left = floor(max(amps - sum(item.bound for item in draws.values()), 0.0))
    wanting = {
        (bus, item.connector_id): item
        for bus, draw in draws.items()
        for item in draw.vehicles
        if max(item.wanted - item.bound, 0.0) >= 1
    }
    limits = {bus: max(draw.limit - draw.bound, 0.0) for bus, draw in draws.items()}
    over = _overdraw(wanting.values())
    given = _divided(left, over, limits, wanting, turns.order(now, wanting))
    turns.record(now, given)
    return {
        bus: draw.bound
        + sum(amps for (owner, _), amps in given.items() if owner == bus)
        for bus, draw in draws.items()
    }


def _overdraw(wanting: Collection[BusVehicle]) -> int:
    """Return the whole A that the draws above offers keep from vehicles that wait for their minimum."""
    if all(item.is_charging for item in wanting):
        return 0
    return ceil(sum(item.overdraw for item in wanting))


def _divided(
    left: int,
    over: int,
    limits: Mapping[str, float],
    vehicles: Mapping[VehicleKey, BusVehicle],
    order: Sequence[VehicleKey],
) -> dict[VehicleKey, int]:
    """Return whole A for each vehicle; the vehicles of a bus together get no more than its limit.

    What vehicles draw above their offers is left for none of their minimums, so that they take turns.
    """
    given = dict.fromkeys(order, 0)
    limits = dict(limits)

    def give(key: VehicleKey, amps: int) -> bool:
        """Give a vehicle more A if it can use them and they are left; return whether it got them."""
        fits = amps <= min(
            left - over, limits[key[0]], _usable(vehicles[key]) - given[key]
        )
        if fits:
            given[key] += amps
            limits[key[0]] -= amps
        return fits

    for key in order:
        needed = max(vehicles[key].minimum - floor(vehicles[key].bound), 1)
        left -= needed * give(key, needed)
    over = 0
    growing = [key for key in order if given[key]]
    while growing:
        lowest = min(growing, key=lambda key: (given[key], key))
        if give(lowest, 1):
            left -= 1
        else:
            growing.remove(lowest)
    return given


def _usable(vehicle: BusVehicle) -> int:
    """Return the whole A that a vehicle could use beyond what no offer can take from it."""
    return floor(vehicle.wanted - vehicle.bound)
