"""What a vehicle still needs for its goal, by what is known of its battery.

An unknown level never means an empty battery: half full is assumed. A level that is old or does not move is continued
by the energy that the connector has measured since.
"""

from dataclasses import dataclass
from math import inf, isfinite
from typing import Final

from ..planning.goals import TaperStep, energy_needed
from ..planning.levels import CAUTIOUS_EFFICIENCY, EFFICIENCY, Draw, LevelTracker
from .battery import BatteryState
from .request import MAXIMUM_KWH, DurationGoal, EnergyGoal, PercentGoal, PlanGoal
from .status import PlanDoubt

ASSUMED_CAPACITY: Final = 75.0
"""In kWh, for a battery whose capacity is not known; the level shows when the goal is reached."""
ASSUMED_LEVEL: Final = 50.0
"""In %, for a battery whose level is not known."""
_MINIMUM_ASSUMED: Final = 10.0
"""A vehicle of unknown level is charged by so many % at least."""
OLD_SECONDS: Final = 900.0
"""A level that was reported longer ago does not contain the energy charged since."""
_FROZEN_PERCENT: Final = 5.0
"""A level that has not moved while so much was charged does not show what is charged here."""
ENOUGH_KWH: Final = 0.02
"""Less than this is no reason to charge."""
_EFFICIENCIES: Final = (0.3, 1.0)
_CAPACITIES: Final = (1.0, 1000.0)
_PERCENT: Final = (0.0, 100.0)


@dataclass(frozen=True, slots=True)
class Charged:
    """What a vehicle has charged: since it was plugged in, and since its plan began.

    Attributes:
        total_kwh: the energy since it was plugged in.
        kwh: the energy since its plan began.
        hours: how long it charged since its plan began.

    """

    total_kwh: float = 0.0
    kwh: float = 0.0
    hours: float = 0.0


@dataclass(frozen=True, slots=True)
class EnergyNeed:
    """What a vehicle still needs.

    Attributes:
        kwh: the energy, at the connector.
        taper: what it takes near its goal.
        doubts: what had to be assumed.
        maximum_percent: the level at which it stops by itself, in %, if that is below its goal.

    """

    kwh: float
    taper: tuple[TaperStep, ...] = ()
    doubts: frozenset[PlanDoubt] = frozenset()
    maximum_percent: float | None = None

    @property
    def is_enough(self) -> bool:
        """Return whether it needs nothing more."""
        return self.kwh < ENOUGH_KWH

    @property
    def is_known(self) -> bool:
        """Return whether it is known how far the goal is."""
        return PlanDoubt.LEVEL_UNKNOWN not in self.doubts


class Battery:
    """The battery of the vehicle that is plugged in at a connector."""

    def __init__(
        self, tracker: LevelTracker | None = None, level_at_kwh: float = 0.0
    ) -> None:
        """Start without a level, or with what was known before a restart."""
        self.tracker = tracker
        self.level_at_kwh = level_at_kwh
        self._age = inf
        self._maximum_percent: float | None = None
        self._is_capacity_known = False

    def update(
        self, state: BatteryState, charged_kwh: float, draw: Draw | None = None
    ) -> None:
        """Take a report.

        Args:
            state: the report; impossible values count as unknown.
            charged_kwh: what the connector has measured since the vehicle was plugged in.
            draw: what it takes; None if that is not known.

        """
        level = _possible(state.level, _PERCENT)
        capacity = _possible(state.capacity_kwh, _CAPACITIES)
        self._maximum_percent = _possible(state.target, _PERCENT)
        self._is_capacity_known = capacity is not None
        self._age = inf if level is None else _possible(state.age, (0.0, inf)) or 0.0
        if level is not None:
            self._take(level, charged_kwh, state.efficiency, draw)
        if self.tracker is not None and capacity is not None:
            self.tracker.capacity = capacity

    def lose(self) -> None:
        """Note that nothing is reported any more; what is known is continued."""
        self._age = inf

    def _take(
        self,
        level: float,
        charged_kwh: float,
        efficiency: float | None,
        draw: Draw | None,
    ) -> None:
        if self.tracker is None:
            known = _possible(efficiency, _EFFICIENCIES)
            self.tracker = LevelTracker(
                ASSUMED_CAPACITY, level, known or CAUTIOUS_EFFICIENCY
            )
            self.level_at_kwh = charged_kwh
        if level != self.tracker.level:
            self.level_at_kwh = charged_kwh
        self.tracker.update(level, charged_kwh, draw)

    def need(self, goal: PercentGoal, charged: Charged, max_amps: int) -> EnergyNeed:
        """Return what it needs for a level; `max_amps` is the maximum whole A that it can be given."""
        if (tracker := self.tracker) is None:
            return _assumed(goal, charged)
        target = (
            goal.target
            if self._maximum_percent is None
            else min(goal.target, self._maximum_percent)
        )
        doubts = set()
        if not self._is_capacity_known:
            doubts.add(PlanDoubt.CAPACITY_UNKNOWN)
        since = max(0.0, charged.total_kwh - self.level_at_kwh)
        risen = 100 * since * tracker.efficiency / tracker.capacity
        if risen > 1 and (self._age > OLD_SECONDS or risen > _FROZEN_PERCENT):
            doubts.add(PlanDoubt.LEVEL_OLD)
            level = min(100.0, tracker.level + risen)
            kwh = energy_needed(tracker.capacity, level, target, tracker.efficiency)
        else:
            kwh = tracker.needed(target, charged.total_kwh)
        return EnergyNeed(
            kwh,
            tracker.taper(target, max_amps),
            frozenset(doubts),
            target if target < goal.target else None,
        )

    def level_after(self, kwh: float, charged_kwh: float) -> float | None:
        """Return the level after so many kWh more, in %; None if it is not known."""
        if self.tracker is None:
            return None
        kwh += max(0.0, charged_kwh - self.level_at_kwh)
        percent = 100 * kwh * self.tracker.efficiency / self.tracker.capacity
        return min(100.0, self.tracker.level + percent)


def _assumed(goal: PercentGoal, charged: Charged) -> EnergyNeed:
    """Return what a vehicle of unknown level is taken to need."""
    target = max(goal.target, ASSUMED_LEVEL + _MINIMUM_ASSUMED)
    kwh = energy_needed(ASSUMED_CAPACITY, ASSUMED_LEVEL, target, EFFICIENCY)
    doubts = {PlanDoubt.LEVEL_UNKNOWN, PlanDoubt.CAPACITY_UNKNOWN}
    return EnergyNeed(max(0.0, kwh - charged.kwh), doubts=frozenset(doubts))


def need_of(
    goal: PlanGoal, battery: Battery, charged: Charged, max_amps: int, kilowatts: float
) -> EnergyNeed:
    """Return what a vehicle still needs; `kilowatts` is what it charges with at the maximum A that it can be given."""
    match goal:
        case PercentGoal():
            return battery.need(goal, charged, max_amps)
        case EnergyGoal(kwh):
            return EnergyNeed(max(0.0, kwh - charged.kwh))
        case DurationGoal(hours):
            # More than this is nothing to plan with: there is time for it in no case.
            return EnergyNeed(
                min(MAXIMUM_KWH, max(0.0, hours - charged.hours) * kilowatts)
            )


def _possible(value: float | None, limits: tuple[float, float]) -> float | None:
    """Return a value within limits; None for any other."""
    if value is None or not limits[0] <= value <= limits[1]:
        return None
    return value if isfinite(value) else None
