"""What is left for the vehicles beside the house battery. Powers are in W."""

from enum import Enum, auto
from typing import Final

BATTERY_RESIDUAL_W: Final = 230.0
"""What is kept back, in W, while the house battery comes first: 1 A. As long as no more than that is exported, the
battery may take less than it can, since it only takes what the vehicles leave."""

BATTERY_SHARE: Final = 0.5
"""The part of the vehicles where they have a share beside the house battery."""


class BatteryTurn(Enum):
    """When the house battery charges."""

    FIRST = auto()
    """It gets what it can take, and the vehicles what it leaves."""
    SHARED = auto()
    """The vehicles get a share beside it."""
    LAST = auto()
    """It gets what the vehicles leave."""


def beside_battery(
    free: float, power: float, turn: BatteryTurn, *, contains_battery: bool
) -> float:
    """Return what is left for the vehicles beside the house battery.

    Args:
        free: what the connectors could take if there were no battery, by the sensors without its own.
        power: what the battery takes up; negative if it gives.
        turn: when it charges.
        contains_battery: whether what it gives is part of `free`.

    """
    together = free + power if contains_battery else free
    if turn is BatteryTurn.LAST:
        return together
    given = -power if contains_battery else 0.0
    left = together - max(power, 0.0) - max(BATTERY_RESIDUAL_W - max(given, 0.0), 0.0)
    if turn is BatteryTurn.FIRST:
        return left
    return max(left, min(together, together * BATTERY_SHARE))
