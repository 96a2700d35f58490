"""What a plan has to reach: a car, the energy it needs, and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil, isfinite
from typing import Final

from .errors import PlanError

MIN_AMPS: Final = 6
_MOST_KWH: Final = 1000.0
"""No car needs more; a number above is a mistake."""
_NOTHING_KWH: Final = 0.001
RESERVE: Final = timedelta(minutes=15)
RESERVE_SHARE: Final = 0.1
"""A plan ends a quarter of an hour, and this share of the charging time, before the deadline."""


class Strategy(StrEnum):
    """Which slots are taken."""

    CHEAPEST = "cheapest"
    ONE_BLOCK = "one_block"
    LATEST = "latest"
    AT_ONCE = "at_once"


@dataclass(frozen=True, slots=True)
class TaperStep:
    """As long as no more than `kwh_left` are needed, the car takes at most `amps`."""

    kwh_left: float
    amps: int


@dataclass(frozen=True, slots=True)
class Goal:
    """What one car needs.

    Attributes:
        connector_id: its connector.
        kwh: the energy it needs, at the connector.
        ready: when it shall be ready.
        max_amps: the most whole A that its rules can grant it.
        phases: the number of phases on which it charges.
        stoppable: whether it can be stopped; otherwise it draws the minimum as long as it is plugged in.
        running: whether it charges now.
        strategy: which slots are taken.
        keep: how long it is fed at the end, so that it is heated from the wall until it leaves.
        priority: those with a higher one come first where there is not enough for all.
        taper: what it takes near its goal; the steps with less left come last.

    """

    connector_id: int
    kwh: float
    ready: datetime
    max_amps: int
    phases: int = 3
    stoppable: bool = True
    running: bool = False
    strategy: Strategy = Strategy.CHEAPEST
    keep: timedelta = timedelta()
    priority: int = 0
    taper: tuple[TaperStep, ...] = ()

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            PlanError: if one of them is not usable.

        """
        if not isfinite(self.kwh) or not 0 <= self.kwh <= _MOST_KWH:
            raise PlanError("energy", f"{self.kwh} kWh cannot be charged")
        if self.ready.tzinfo is None:
            raise PlanError("ready", "it has no zone")
        if self.max_amps < MIN_AMPS:
            raise PlanError("current", f"{self.max_amps} A are less than a car can use")
        if not 1 <= self.phases <= 3:
            raise PlanError("phases", f"a car does not charge on {self.phases}")
        if self.keep < timedelta():
            raise PlanError("keep", "it is negative")

    def amp_seconds(self, voltage: float) -> int:
        """Return the A s on each phase that it needs; none for less than a Wh, which is no reason to start."""
        if self.kwh < _NOTHING_KWH:
            return 0
        return ceil(self.kwh * 3.6e6 / (voltage * self.phases) - 1e-6)

    def reserve(self, voltage: float) -> timedelta:
        """Return how long before the deadline its plan ends."""
        seconds = self.amp_seconds(voltage) / self.max_amps
        return RESERVE + timedelta(seconds=ceil(RESERVE_SHARE * seconds))


def energy_needed(
    capacity: float, level: float, target: float, efficiency: float
) -> float:
    """Return the kWh at the connector from one level in % to another; 0 if it is reached.

    Args:
        capacity: kWh of the battery.
        level: % it has.
        target: % it shall have.
        efficiency: kWh in the battery for a kWh at the connector.

    Raises:
        PlanError: if a number is not possible. An unknown level is not an empty battery.

    """
    if not isfinite(capacity) or not 0 < capacity <= _MOST_KWH:
        raise PlanError("capacity", f"a battery does not have {capacity} kWh")
    for what, percent in (("level", level), ("target", target)):
        if not isfinite(percent) or not 0 <= percent <= 100:
            raise PlanError(what, f"{percent} % is not possible")
    if not isfinite(efficiency) or not 0.3 <= efficiency <= 1:
        raise PlanError("efficiency", f"{efficiency} is not possible")
    return max(0.0, capacity * (target - level) / 100 / efficiency)
