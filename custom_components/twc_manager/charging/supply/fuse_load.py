"""What the vehicles of one bus do to the main fuse, or those of all buses behind it.

Currents are in A, times in s of a monotonic clock.
"""

from collections.abc import Callable, Container, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from math import inf

from ...twc import DRAWING_AMPS
from ..bus_draw import BusDraw, BusVehicle
from .phases import VehicleDraw, VehicleKey
from .response import STEP_AMPS


@dataclass(frozen=True, slots=True)
class VehicleLoad:
    """One vehicle behind the fuse.

    Attributes:
        draw: its draw.
        held: A that it needs so as to go on, of what it has; 0 if it draws nothing.
        offered: A that it is offered, as far as it uses them; 0 if it draws nothing.
        kept: `offered`, the minimum at least, if it has an offer; 0 otherwise.
        is_served: whether it has an offer.
        is_waiting: whether it wants power and draws none.
        taken: A that it has, or may take at any time by what it is offered.
        sharing: what it takes and could use as one of several buses that share what the fuse leaves.

    """

    draw: VehicleDraw
    held: float = 0.0
    offered: float = 0.0
    kept: float = 0.0
    is_served: bool = False
    is_waiting: bool = False
    taken: float = 0.0
    sharing: BusVehicle = BusVehicle(0)


@dataclass(frozen=True, slots=True)
class FuseLoad:
    """The vehicles behind the fuse.

    Attributes:
        vehicles: each of them.
        changed_at: when an offer was last raised or lowered.
        minimum: the lowest offer that a vehicle charges at.

    """

    vehicles: tuple[VehicleLoad, ...] = ()
    changed_at: float = -inf
    minimum: int = 6

    @property
    def draws(self) -> tuple[VehicleDraw, ...]:
        """Return the draw of each."""
        return tuple(item.draw for item in self.vehicles)

    @property
    def drawn(self) -> float:
        """Return the A that they draw together on a phase that all of them use."""
        return sum(item.draw.amps for item in self.vehicles)

    @property
    def held(self) -> float:
        """Return the A that those that draw need so as to go on, of what they have."""
        return sum(item.held for item in self.vehicles)

    @property
    def offered(self) -> float:
        """Return the A that those that draw are offered, as far as they use them."""
        return sum(item.offered for item in self.vehicles)

    @property
    def slack(self) -> float:
        """Return the A by which those that draw stay below what they are offered, as far as they use it.

        One that is still on its way up uses the next whole A: its draw must not move what it is offered.
        """
        return sum(
            1.0
            if item.taken > item.offered
            else max(item.offered - item.draw.amps, 0.0)
            for item in self.vehicles
            if item.offered > 0
        )

    @property
    def kept(self) -> float:
        """Return the A that those with an offer use of it, each the minimum at least."""
        return sum(item.kept for item in self.vehicles)

    @property
    def count(self) -> int:
        """Return how many have an offer."""
        return sum(item.is_served for item in self.vehicles)

    @property
    def is_waiting(self) -> bool:
        """Return whether one wants power and draws none."""
        return any(item.is_waiting for item in self.vehicles)

    @property
    def taken(self) -> float:
        """Return the A that they have, or may take at any time by what they are offered."""
        return sum(item.taken for item in self.vehicles)

    @property
    def sharing(self) -> BusDraw:
        """Return what they take and could use as one of several buses that share what the fuse leaves."""
        return BusDraw(tuple(item.sharing for item in self.vehicles))

    @property
    def lowest(self) -> float:
        """Return the A that they need together so that none of them stops."""
        return float(self.minimum * max(self.count, 1))

    @property
    def is_proof_needed(self) -> bool:
        """Return whether they are offered more than one step above the minimum, which needs no proof."""
        return self.offered > self.lowest + STEP_AMPS

    @property
    def are_known(self) -> bool:
        """Return whether it is known of each of them on which phases it may charge."""
        return all(item.draw.phases is not None for item in self.vehicles)

    @property
    def shows_on_several(self) -> bool:
        """Return whether one of them was seen on more than one phase."""
        return any(len(item.seen) > 1 for item in self.draws)

    @property
    def stays(self) -> frozenset[Hashable]:
        """Return the vehicles that draw, each with its stay."""
        return frozenset(
            (item.key, item.session) for item in self.draws if item.amps >= DRAWING_AMPS
        )

    def bound(self) -> FuseLoad:
        """Return the vehicles as those from which no offer takes anything of what they have."""
        return replace(
            self,
            vehicles=tuple(
                replace(item, sharing=replace(item.sharing, bound=item.taken))
                for item in self.vehicles
            ),
        )

    def lost(self) -> FuseLoad:
        """Return those of the vehicles that may go on although their connectors are lost: nothing can offer them more."""
        return replace(
            self,
            vehicles=tuple(
                replace(
                    item,
                    is_waiting=False,
                    sharing=replace(item.sharing, bound=item.taken, wanted=item.taken),
                )
                for item in self.vehicles
                if item.taken >= DRAWING_AMPS
            ),
        )

    def committed(self, taken: Mapping[int, float]) -> FuseLoad:
        """Return the vehicles with the A that they have, or may take at any time, by other offers."""
        return replace(
            self,
            vehicles=tuple(
                replace(item, taken=taken.get(item.draw.connector_id, item.taken))
                for item in self.vehicles
            ),
        )

    @property
    def connectors(self) -> frozenset[int]:
        """Return the connectors that the vehicles of a bus are at."""
        return frozenset(item.draw.connector_id for item in self.vehicles)

    def at(self, connectors: Container[int]) -> FuseLoad:
        """Return the vehicles of a bus that are at one of these connectors."""
        return self._those(lambda draw: draw.connector_id in connectors)

    def without(self, connectors: Container[int]) -> FuseLoad:
        """Return the vehicles of a bus that are at none of these connectors."""
        return self._those(lambda draw: draw.connector_id not in connectors)

    def left_out(self, phases: frozenset[int]) -> frozenset[VehicleKey]:
        """Return those vehicles that are known to charge on none of these phases."""
        return frozenset(item.key for item in self.draws if not item.may_use(phases))

    def taken_by(self, keys: Container[VehicleKey]) -> float:
        """Return the A that these vehicles have, or may take at any time."""
        return sum(item.taken for item in self.vehicles if item.draw.key in keys)

    def on(self, phases: frozenset[int]) -> FuseLoad:
        """Return those vehicles that may charge on one of these phases."""
        return self._those(lambda draw: draw.may_use(phases))

    def hiding_on(self, phases: frozenset[int]) -> FuseLoad:
        """Return those of `on` that may charge there unseen: they have not shown on as many other phases as they use."""
        return self._those(lambda draw: draw.may_hide(phases))

    def tested_on(self, phases: frozenset[int], *, each_shows: bool) -> FuseLoad:
        """Return those vehicles of which the sensor of a phase has to show a step, as far as is known.

        Args:
            phases: the phase.
            each_shows: whether a vehicle may charge on each of the phases; otherwise it charges where it was seen.

        """
        return self._those(
            lambda draw: draw.may_hide(phases) and (each_shows or phases <= draw.seen)
        )

    def _those(self, belongs: Callable[[VehicleDraw], bool]) -> FuseLoad:
        there = tuple(item for item in self.vehicles if belongs(item.draw))
        if len(there) == len(self.vehicles):
            return self
        return replace(self, vehicles=there)


def combined(loads: Iterable[FuseLoad]) -> FuseLoad:
    """Return the vehicles of several buses together.

    Raises:
        TypeError: if there are no loads.

    """
    return reduce(_both, loads)


def _both(one: FuseLoad, other: FuseLoad) -> FuseLoad:
    return FuseLoad(
        vehicles=one.vehicles + other.vehicles,
        changed_at=max(one.changed_at, other.changed_at),
        minimum=max(one.minimum, other.minimum),
    )
