"""The cars of the benchmark of plans: what they need, when they are there, and how much they take."""

from dataclasses import dataclass
from math import ceil
from typing import Final

MIN_AMPS: Final = 6
VOLTS: Final = 230
_TAPERED: Final = 0.9
"""The share of its current that a car has lost when it is full."""


@dataclass(frozen=True, slots=True)
class CarSpec:
    """A car and its goal.

    Attributes:
        capacity: kWh of its battery.
        efficiency: kWh in the battery for a kWh at the connector; no planner knows it.
        level: % when it arrives.
        target: % that it shall have.
        knee: % above which it takes less and less; 100 if it does not.
        phases: on how many phases it charges.
        max_amps: A of its charger on each phase, and of its connector.
        protocol: the protocol of its connector, 1 or 2.
        stoppable: whether it can be stopped; otherwise it draws 6 A as long as it is plugged in and not full.
        arrives: when it is plugged in, in min of the night.
        ready: when it shall be ready, in min of the night.
        leaves: when it is unplugged, in min of the night; no planner knows it.

    """

    capacity: float
    efficiency: float
    level: float
    target: int
    knee: float
    phases: int
    max_amps: int
    protocol: int
    stoppable: bool
    arrives: int
    ready: int
    leaves: int

    @property
    def judged_at(self) -> int:
        """Return when its goal is judged, in min of the night."""
        return min(self.ready, self.leaves)

    @property
    def kwh_per_amp_minute(self) -> float:
        """Return the kWh of 1 A for a minute, at the connector."""
        return self.phases * VOLTS / 60_000

    def need_kwh(self, level: float) -> float:
        """Return the kWh at the connector from a level up to the target."""
        return max(0.0, self.capacity * (self.target - level) / 100 / self.efficiency)

    def level_after(self, kwh: float) -> float:
        """Return its level when so many kWh have come from the connector."""
        return self.level + 100 * kwh * self.efficiency / self.capacity

    def cap(self, level: float) -> int:
        """Return the whole A that it takes at a level."""
        if level >= 100:
            return 0
        if level <= self.knee:
            return self.max_amps
        left = 1 - _TAPERED * (level - self.knee) / (100 - self.knee)
        return max(MIN_AMPS, round(self.max_amps * left))

    @property
    def reserve_minutes(self) -> int:
        """Return the time before the deadline that plans keep free: a quarter, and 10 % of the charging time."""
        minutes = self.need_kwh(self.level) / self.kwh_per_amp_minute / self.max_amps
        return 15 + ceil(0.1 * minutes)
