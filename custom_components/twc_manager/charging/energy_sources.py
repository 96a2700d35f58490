"""Where the power of the vehicles comes from: the house's own production, the house battery, or the grid.

The house itself is served first, the vehicles get what is left. Powers are in W.
"""

from dataclasses import dataclass
from math import isfinite
from typing import Final, Self


@dataclass(frozen=True, slots=True)
class SourceShares:
    """The parts of a power or an energy by its source, from 0 to 1; what is left of them is from the grid."""

    green: float = 0.0
    battery: float = 0.0

    @property
    def own(self) -> float:
        """Return the part that is not from the grid."""
        return self.green + self.battery

    @property
    def grid(self) -> float:
        """Return the part that is from the grid."""
        return max(0.0, 1.0 - self.own)


@dataclass(frozen=True, slots=True)
class PowerSources:
    """What the house has for the vehicles besides the grid.

    Attributes:
        green_w: what the house's own production leaves after the house; negative if the house takes more.
        battery_w: what the house battery gives.

    """

    green_w: float
    battery_w: float = 0.0

    @classmethod
    def measured(
        cls, free_w: float, into_battery_w: float, *, contains_battery: bool
    ) -> Self:
        """Return the sources from what the vehicles could take without importing.

        What the battery takes up comes before the vehicles: as long as both are served, nothing is imported.

        Args:
            free_w: what the vehicles could take if there were no house battery.
            into_battery_w: what the house battery takes up; negative if it gives.
            contains_battery: whether what the battery gives is part of `free_w`, as it is by a meter at the grid.

        """
        given, taken = max(-into_battery_w, 0.0), max(into_battery_w, 0.0)
        return cls(free_w - (given if contains_battery else taken), given)

    def shares(self, charging_w: float) -> SourceShares | None:
        """Return the sources of so much power of the vehicles; None if they cannot be known."""
        if not all(map(isfinite, (self.green_w, self.battery_w, charging_w))):
            return None
        if charging_w <= 0:
            return ALL_GREEN
        green = min(max(self.green_w, 0.0), charging_w)
        battery = min(max(self.battery_w, 0.0), charging_w - green)
        return SourceShares(green / charging_w, battery / charging_w)


ALL_GREEN: Final = SourceShares(green=1.0)
"""The sources of no power at all."""
