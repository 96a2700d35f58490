"""What a vehicle needs while it charges: from the steps of its level, the connector's meter, and what it has shown.

Vehicles report their level in whole %. Between two steps the energy that the connector has measured counts; the steps
also show the efficiency. Near full a vehicle takes less and less: what it takes of an offer shows from where on.
"""

from dataclasses import dataclass
from math import isfinite
from typing import Final

from .errors import PlanError
from .goals import MIN_AMPS, TaperStep, check_capacity, check_percent, energy_needed

EFFICIENCY: Final = 0.88
"""What is usual: kWh in the battery for a kWh at the connector."""
CAUTIOUS_EFFICIENCY: Final = 0.85
"""What counts until a vehicle has shown its own, so that hardly any is late by it."""
_LEARNED_FROM: Final = 10
"""The % by which the level must have risen before the efficiency is taken from it."""
_POSSIBLE: Final = (0.6, 1.0)
_MINIMUM_PERCENT: Final = 0.5
"""A vehicle that has not reported its target needs at least so many %."""
_KNEE: Final = 80.0
"""Above this % a vehicle is expected to take less and less, until it has shown otherwise."""
_FULL: Final = 100.0
_STEP: Final = 2
_SHOWN_AMPS: Final = 1.0
"""A current that differs by less from what was expected shows nothing new."""


@dataclass(frozen=True, slots=True)
class Draw:
    """What a vehicle takes, for long enough to have followed its offer; in A on each phase.

    Attributes:
        amps: what it takes.
        offered: what it is offered.
        maximum: the maximum that it is ever offered.

    """

    amps: float
    offered: float
    maximum: float


@dataclass(slots=True)
class LevelTracker:
    """The level of a vehicle since it was plugged in.

    Attributes:
        capacity: kWh of its battery.
        level: the reported level, in %.
        efficiency: kWh in the battery for a kWh at the connector.

    """

    capacity: float
    level: float
    efficiency: float = CAUTIOUS_EFFICIENCY
    at_kwh: float | None = None
    """What the connector had measured at the last step of the level; None before the first."""
    first: tuple[float, float] | None = None
    """The first level that was reached, and what had been measured then."""
    knee: float = _KNEE
    """The level from which on it is expected to take less and less, down to the minimum when it is full."""
    knee_amps: float | None = None
    """What it takes at that level; None for the maximum that it is offered."""

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            PlanError: if the capacity or the level is not possible.

        """
        check_capacity(self.capacity)
        check_percent("level", self.level)

    def update(
        self, level: float, charged_kwh: float, draw: Draw | None = None
    ) -> None:
        """Take a report.

        Args:
            level: the reported level, in %.
            charged_kwh: what the connector has measured since the vehicle was plugged in.
            draw: what it takes; None if that is not known.

        Raises:
            PlanError: if a value is not possible; nothing has changed then.

        """
        check_percent("level", level)
        if not isfinite(charged_kwh):
            raise PlanError("energy", f"{charged_kwh} kWh were not measured")
        if level != self.level:
            self.level, self.at_kwh = level, charged_kwh
            self._learn(level, charged_kwh)
        if draw is not None and draw.amps > 0 and level >= _KNEE:
            self._show(level, draw)

    def _learn(self, level: float, charged_kwh: float) -> None:
        """Take the efficiency from the energy between two steps of the level."""
        if self.first is None or level < self.first[0]:
            self.first = level, charged_kwh
        first, kwh = self.first
        if level - first >= _LEARNED_FROM and charged_kwh > kwh:
            learned = self.capacity * (level - first) / 100 / (charged_kwh - kwh)
            low, high = _POSSIBLE
            self.efficiency = round(min(high, max(low, learned)), 3)

    def _show(self, level: float, draw: Draw) -> None:
        """Note what it takes at a level: all of an offer, which may be less than it could, or less."""
        above = draw.amps - self.expected_amps(level, draw.maximum)
        is_limited = draw.offered >= MIN_AMPS and draw.amps <= draw.offered - 1
        if draw.amps > draw.maximum - _SHOWN_AMPS:
            self.knee, self.knee_amps = level, None
        elif above >= _SHOWN_AMPS or (is_limited and above <= -_SHOWN_AMPS):
            self.knee, self.knee_amps = level, draw.amps

    def expected_amps(self, level: float, maximum: float) -> float:
        """Return the A that it is expected to take at a level of the maximum that it is ever offered."""
        shown = maximum if self.knee_amps is None else min(maximum, self.knee_amps)
        amps = max(float(MIN_AMPS), shown)
        if level <= self.knee:
            return amps
        return amps - (amps - MIN_AMPS) * (level - self.knee) / (_FULL - self.knee)

    def needed(self, target: float, charged_kwh: float) -> float:
        """Return the kWh at the connector up to a target in %; 0 only if the vehicle reports that it is reached.

        Raises:
            PlanError: if the target is not possible.

        """
        if self.level >= target:
            return 0.0
        since = 0.0 if self.at_kwh is None else charged_kwh - self.at_kwh
        risen = max(0.0, 100 * since * self.efficiency / self.capacity)
        level = min(self.level + min(risen, 1.0), target - _MINIMUM_PERCENT)
        return energy_needed(
            self.capacity, max(self.level, level), target, self.efficiency
        )

    def taper(self, target: float, max_amps: int) -> tuple[TaperStep, ...]:
        """Return what it is expected to take near a target.

        Raises:
            PlanError: if the target is not possible.

        """
        steps = []
        level = self.knee
        while level < target:
            middle = min(level + _STEP / 2, target)
            amps = max(MIN_AMPS, int(self.expected_amps(middle, max_amps)))
            kwh = energy_needed(self.capacity, level, target, self.efficiency)
            if amps < max_amps:
                steps.append(TaperStep(round(kwh, 1), amps))
            level += _STEP
        return tuple(steps)
