"""On which phases cars charge, and how much of their draw a meter at the main fuse has in its reading.

Phases are numbered 0, 1, 2 for L1, L2, L3. Currents are in A per phase.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CarDraw:
    """The draw of one car.

    Attributes:
        bus: the bus of its connector.
        connector_id: the connector.
        amps: A on each of the phases that it uses.
        phases: the phases that it uses; None if they are not known.

    """

    bus: str
    connector_id: int
    amps: float
    phases: frozenset[int] | None = None

    def may_be_on(self, phase: int) -> bool:
        """Return whether the car may use a phase."""
        return self.phases is None or phase in self.phases

    @property
    def known_phases(self) -> int:
        """Return the number of phases that the car uses at least."""
        return 1 if self.phases is None else len(self.phases)


def total(draws: Iterable[CarDraw]) -> float:
    """Return the A of all cars on a phase that all of them use."""
    return sum(draw.amps for draw in draws)


def even_share(draws: Iterable[CarDraw], phases: int) -> float:
    """Return the A of all cars in the even share of a meter that sums up so many phases.

    A car on n of them adds n times its draw to the sum. Where n is not known it counts as 1: more credit would
    take a part of the car's own draw for a load of the house that ends with it.
    """
    return sum(draw.amps * min(draw.known_phases, phases) for draw in draws) / phases
