"""What is known of each phase of the main fuse: what its meter measures there, and what the vehicles draw.

Phases are numbered 0, 1, 2 for L1, L2, L3 of the main fuse. Currents are in A per phase.
"""

from collections.abc import Hashable, Iterable
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


type VehicleKey = tuple[str, int]
"""The bus of a vehicle's connector, and the connector."""


@dataclass(frozen=True, slots=True)
class VehicleDraw:
    """The draw of one vehicle.

    Attributes:
        bus: the bus of its connector.
        connector_id: the connector.
        amps: A on each of the phases that it uses.
        count: the number of phases that it uses; None if it is not known.
        phases: the phases of the main fuse that it may charge on; None if that is not known, which is all of them.
        unmetered: the number of phases that it uses by what is known without a meter of the house; None if nothing is.
        shown: the phases on which it has shown, if they are as many as that; None if it may charge on another one whose
            sensor does not show it.
        seen: the phases on which most of its last steps were seen.
        unlikely: the phases that have not shown several of its steps although their sensors live.
        session: its stay at the connector: another value is another vehicle, or the same that was plugged in again.

    """

    bus: str
    connector_id: int
    amps: float
    count: int | None = None
    phases: frozenset[int] | None = None
    unmetered: int | None = None
    shown: frozenset[int] | None = None
    seen: frozenset[int] = frozenset()
    unlikely: frozenset[int] = frozenset()
    session: Hashable = None

    @property
    def key(self) -> VehicleKey:
        """Return which vehicle it is."""
        return self.bus, self.connector_id

    def may_use(self, phases: frozenset[int]) -> bool:
        """Return whether the vehicle may charge on one of these phases."""
        return self.phases is None or not self.phases.isdisjoint(phases)

    def may_hide(self, phases: frozenset[int]) -> bool:
        """Return whether the vehicle may charge on one of these phases, whether or not it has shown there.

        One that has shown on as many others as it uses does not, nor one that a sensor has not shown that lives.
        """
        shows_elsewhere = self.shown is not None and self.shown.isdisjoint(phases)
        is_elsewhere = shows_elsewhere or phases <= self.unlikely
        return self.may_use(phases) and not is_elsewhere

    @property
    def known_phases(self) -> int:
        """Return the number of phases that the vehicle uses at least."""
        return 1 if self.count is None else self.count


@dataclass(frozen=True, slots=True)
class FuseRoom:
    """What the vehicles on some phases of the main fuse may use.

    Attributes:
        amps: A for all of them together.
        phases: the phases; None if they are all.

    """

    amps: float
    phases: frozenset[int] | None = None


def total(draws: Iterable[VehicleDraw]) -> float:
    """Return the A of all vehicles on a phase that all of them use."""
    return sum(draw.amps for draw in draws)
