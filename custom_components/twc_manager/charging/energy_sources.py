"""The sources of the vehicles' power: the house's own production, the house battery, or the grid.

The house itself counts first, the vehicles get the rest. Powers are in W.
"""

from dataclasses import dataclass
from math import isfinite
from typing import Final, Self


@dataclass(frozen=True, slots=True)
class SourceShares:
    """The shares of the sources in a power or an energy, from 0 to 1; the rest is from the grid."""

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
    """The power for the vehicles besides the grid.

    Attributes:
        green_w: the house's own production less its consumption; negative if the house takes more.
        battery_w: the discharge of the house battery.

    """

    green_w: float
    battery_w: float = 0.0

    @classmethod
    def measured(
        cls, free_w: float, into_battery_w: float, *, contains_battery: bool
    ) -> Self:
        """Return the sources from the power that the vehicles could take without an import.

        Charging the battery counts before the vehicles: as long as there is enough for both, nothing is imported.

        Args:
            free_w: the power that the vehicles could take without a house battery.
            into_battery_w: the charging power of the house battery; negative for discharging.
            contains_battery: whether the discharge of the battery is part of `free_w`, as with a meter at the grid.

        """
        given, taken = max(-into_battery_w, 0.0), max(into_battery_w, 0.0)
        return cls(free_w - (given if contains_battery else taken), given)

    def shares(self, charging_w: float) -> SourceShares | None:
        """Return the shares of the sources in the vehicles' power; None if a number is not finite."""
        if not all(map(isfinite, (self.green_w, self.battery_w, charging_w))):
            return None
        if charging_w <= 0:
            return ALL_GREEN
        green = min(max(self.green_w, 0.0), charging_w)
        battery = min(max(self.battery_w, 0.0), charging_w - green)
        return SourceShares(green / charging_w, battery / charging_w)


ALL_GREEN: Final = SourceShares(green=1.0)
"""The shares that count without power."""
