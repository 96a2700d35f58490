"""What is known of each phase of the main fuse: what its meter measures there, and which cars charge on it.

Phases are numbered 0, 1, 2 for L1, L2, L3 of the main fuse. Currents are in A per phase.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhaseReading:
    """What one sensor at the main fuse measures: one phase, or several that it sums up.

    Attributes:
        amps: A drawn from the grid on each of the phases, negative when fed in; None if it cannot be believed.
        at: when it was measured, in s of a monotonic clock.
        alive_at: when its sensor is known to have lived: a value that stands may have been measured long before.
        phases: the phases that it measures; of several, `amps` is the even share, while one of them may have more.

    """

    amps: float | None
    at: float
    alive_at: float
    phases: frozenset[int]


@dataclass(frozen=True, slots=True)
class VehicleDraw:
    """The draw of one car.

    Attributes:
        bus: the bus of its connector.
        connector_id: the connector.
        amps: A on each of the phases that it uses.
        phases: the phases of the main fuse that it may use; None if any. The numbers that a connector gives its
            phases prove nothing: it may be wired to the others in any order.
        count: the number of phases that it uses; None if it is not known.

    """

    bus: str
    connector_id: int
    amps: float
    phases: frozenset[int] | None = None
    count: int | None = None

    def may_be_on(self, phase: int) -> bool:
        """Return whether the car may use a phase."""
        return self.phases is None or phase in self.phases

    @property
    def known_phases(self) -> int:
        """Return the number of phases that the car uses at least."""
        return 1 if self.count is None else self.count


def total(draws: Iterable[VehicleDraw]) -> float:
    """Return the A of all cars on a phase that all of them use."""
    return sum(draw.amps for draw in draws)


def even_share(draws: Iterable[VehicleDraw], phases: int) -> float:
    """Return the A of all cars in the even share of a meter that sums up so many phases.

    A car on n of them adds n times its draw to the sum. Where n is not known it counts as 1: more credit would
    take a part of the car's own draw for a load of the house that ends with it.
    """
    return sum(draw.amps * min(draw.known_phases, phases) for draw in draws) / phases
