"""What a car needs while it charges: from the steps of its level, the connector's meter, and what it has shown.

Cars report their level in whole %. Between two steps the energy that the connector has measured counts; the steps also
show the efficiency. A car that took less than it was offered takes no more from that level on.
"""

from dataclasses import dataclass
from typing import Final

from .goals import MIN_AMPS, TaperStep, energy_needed

EFFICIENCY: Final = 0.88
"""kWh in the battery for a kWh at the connector, until the car has shown its own."""
_LEARNED_FROM: Final = 10
"""The % by which the level must have risen before the efficiency is taken from it."""
_POSSIBLE: Final = (0.6, 1.0)
_LEAST_PERCENT: Final = 0.5
"""A car that has not reported its target needs at least so many %."""
_KNEE: Final = 80
"""Above this % a car is expected to take less and less, until it has shown otherwise."""
_LOST: Final = 0.75
"""The share of its current that is expected to be lost when it is full."""
_STEP: Final = 4


@dataclass(slots=True)
class LevelTracker:
    """The level of a car since it was plugged in.

    Attributes:
        capacity: kWh of its battery.
        level: the reported level, in %.
        efficiency: kWh in the battery for a kWh at the connector.

    """

    capacity: float
    level: float
    efficiency: float = EFFICIENCY
    at_kwh: float | None = None
    """What the connector had measured at the last step of the level; None before the first."""
    first: tuple[float, float] | None = None
    """The first level that was reached, and what had been measured then."""
    full_current_at: float = 0.0
    """The highest level at which it took all that it was offered."""

    def update(self, level: float, charged_kwh: float, *, full_current: bool) -> None:
        """Take a report.

        Args:
            level: the reported level, in %.
            charged_kwh: what the connector has measured since the car was plugged in.
            full_current: whether it takes the most that it is ever offered.

        """
        if level != self.level:
            self.level, self.at_kwh = level, charged_kwh
            self._learn(level, charged_kwh)
        if full_current:
            self.full_current_at = max(self.full_current_at, level)

    def _learn(self, level: float, charged_kwh: float) -> None:
        """Take the efficiency from the energy between two steps of the level."""
        if self.first is None or level < self.first[0]:
            self.first = level, charged_kwh
        first, kwh = self.first
        if level - first >= _LEARNED_FROM and charged_kwh > kwh:
            learned = self.capacity * (level - first) / 100 / (charged_kwh - kwh)
            low, high = _POSSIBLE
            self.efficiency = round(min(high, max(low, learned)), 3)

    def needed(self, target: float, charged_kwh: float) -> float:
        """Return the kWh at the connector up to a target in %; 0 only if the car reports that it is reached.

        Raises:
            PlanError: if the capacity or a level is not possible.

        """
        if self.level >= target:
            return 0.0
        since = 0.0 if self.at_kwh is None else charged_kwh - self.at_kwh
        risen = max(0.0, 100 * since * self.efficiency / self.capacity)
        level = min(self.level + min(risen, 1.0), target - _LEAST_PERCENT)
        return energy_needed(
            self.capacity, max(self.level, level), target, self.efficiency
        )

    def taper(self, target: float, max_amps: int) -> tuple[TaperStep, ...]:
        """Return what the car is expected to take near a target.

        Raises:
            PlanError: if the capacity or a level is not possible.

        """
        knee = max(_KNEE, self.full_current_at)
        steps = []
        for level in range(_KNEE, int(target), _STEP):
            if level >= knee and knee < 100:
                share = 1 - _LOST * (level - knee) / (100 - knee)
                kwh = energy_needed(self.capacity, level, target, self.efficiency)
                amps = max(MIN_AMPS, int(max_amps * share))
                steps.append(TaperStep(round(kwh, 1), amps))
        return tuple(steps)
