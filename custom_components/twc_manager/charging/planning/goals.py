"""What a plan has to reach: a vehicle, the energy it needs, and when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil, isfinite
from typing import Final

from .errors import PlanError

MIN_AMPS: Final = 6
_MAXIMUM_KWH: Final = 1000.0
"""No vehicle needs more; a number above is a mistake."""
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
    """As long as no more than `kwh_left` are needed, the vehicle takes at most `amps`."""

    kwh_left: float
    amps: int


@dataclass(frozen=True, slots=True)
class Goal:
    """What one vehicle needs.

    Attributes:
        connector_id: its connector.
        kwh: the energy it needs, at the connector.
        ready: when it shall be ready.
        max_amps: the maximum whole A that its rules can grant it.
        phases: the number of phases on which it charges.
        stoppable: whether it can be stopped; otherwise it draws the minimum as long as it is plugged in.
        running: whether it charges now.
        strategy: which slots are taken.
        keep: how long it is fed at the end, so that it is heated from the wall until it leaves.
        priority: those with a higher one come first where there is not enough for all.
        taper: what it takes near its goal; the steps with less left come last.
        closed: the times in which it may not charge, from the first instant to before the second.
        charged: the kWh that it has already charged towards this goal.

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
    closed: tuple[tuple[datetime, datetime], ...] = ()
    charged: float = 0.0

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            PlanError: if one of them is not usable.

        """
        if not isfinite(self.kwh) or not 0 <= self.kwh <= _MAXIMUM_KWH:
            raise PlanError("energy", f"{self.kwh} kWh cannot be charged")
        if self.ready.tzinfo is None:
            raise PlanError("ready", "it has no zone")
        if self.max_amps < MIN_AMPS:
            raise PlanError("current", f"{self.max_amps} A are less than a car can use")
        if not 1 <= self.phases <= 3:
            raise PlanError("phases", f"a car does not charge on {self.phases}")
        if self.keep < timedelta():
            raise PlanError("keep", "it is negative")

    def is_closed(self, instant: datetime) -> bool:
        """Return whether it may not charge at an instant."""
        return any(start <= instant < end for start, end in self.closed)

    def amp_seconds(self, voltage: float) -> int:
        """Return the A s on each phase that it needs; none for less than a Wh, which is no reason to start."""
        if self.kwh < _NOTHING_KWH:
            return 0
        return ceil(self.kwh * 3.6e6 / (voltage * self.phases) - 1e-6)

    def amps_at(self, kwh_left: float) -> int:
        """Return the maximum A that it takes while it still needs so much."""
        amps = [step.amps for step in self.taper if kwh_left <= step.kwh_left]
        return max(MIN_AMPS, min([self.max_amps, *amps]))

    def is_tapering(self, kwh_left: float) -> bool:
        """Return whether it takes less than it could while it still needs so much."""
        return any(kwh_left <= step.kwh_left for step in self.taper)

    def charging_seconds(self, voltage: float) -> float:
        """Return how long it charges at most, with what it takes near its goal."""
        unit = voltage * self.phases / 3.6e6
        marks = {min(self.kwh, step.kwh_left) for step in self.taper}
        seconds, below = 0.0, 0.0
        for kwh in sorted({*marks, self.kwh}):
            seconds += (kwh - below) / (unit * self.amps_at(kwh))
            below = kwh
        return seconds

    def reserve(self, voltage: float) -> timedelta:
        """Return how long before the deadline its plan ends; it stays the same while the vehicle charges."""
        seconds = self.charging_seconds(voltage)
        seconds += (
            max(0.0, self.charged) * 3.6e6 / (voltage * self.phases * self.max_amps)
        )
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
    check_capacity(capacity)
    check_percent("level", level)
    check_percent("target", target)
    if not isfinite(efficiency) or not 0.3 <= efficiency <= 1:
        raise PlanError("efficiency", f"{efficiency} is not possible")
    return max(0.0, capacity * (target - level) / 100 / efficiency)


def check_capacity(kwh: float) -> None:
    """Raise a PlanError if no battery has this capacity."""
    if not isfinite(kwh) or not 0 < kwh <= _MAXIMUM_KWH:
        raise PlanError("capacity", f"a battery does not have {kwh} kWh")


def check_percent(what: str, percent: float) -> None:
    """Raise a PlanError if a level or a target is not possible."""
    if not isfinite(percent) or not 0 <= percent <= 100:
        raise PlanError(what, f"{percent} % is not possible")
