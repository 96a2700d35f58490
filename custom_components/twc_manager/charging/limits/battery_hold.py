"""Whether the house battery should hold its charge, so that it is not emptied into a vehicle that charges from the grid.

What the battery gives does not count as energy that is left over, so holding it changes nothing of what this follows from.
Times are in s of a monotonic clock.
"""

from dataclasses import dataclass
from typing import Final

from ..settings import BOOST_DOWN_TO

RELEASE_SECONDS: Final = 60.0
"""For how long no vehicle has to take energy from the grid before the battery is released: an inverter is not switched to
and fro."""


@dataclass(frozen=True, slots=True)
class BatteryBoost:
    """What the owner allows the battery to give to vehicles.

    Attributes:
        is_on: whether it may.
        down_to: the level in % at which that ends by itself.

    """

    is_on: bool = False
    down_to: float = BOOST_DOWN_TO

    def is_ended_by(self, level: float | None) -> bool:
        """Return whether it ends at this level of the battery."""
        return self.is_on and level is not None and level <= self.down_to


@dataclass(frozen=True, slots=True)
class BatteryStatus:
    """What is wished of the house battery.

    Attributes:
        hold: whether it should give nothing.
        is_boost_over: whether the level has been reached at which a boost ends.

    """

    hold: bool = False
    is_boost_over: bool = False


class BatteryHold:
    """Whether a battery should hold, with a delay before it is released."""

    def __init__(self) -> None:
        """Start with a battery that does not have to."""
        self._hold = False
        self._released_at: float | None = None

    def update(
        self, now: float, boost: BatteryBoost, level: float | None, *, from_grid: bool
    ) -> BatteryStatus:
        """Return what is wished now.

        Args:
            now: the time.
            boost: what the owner allows.
            level: the level of the battery in %; None if it is not known.
            from_grid: whether a vehicle takes energy from the grid, or would without the battery.

        """
        is_over = boost.is_ended_by(level)
        if boost.is_on and level is not None and not is_over:
            self._hold, self._released_at = False, None
        elif from_grid or not self._hold:
            self._hold, self._released_at = from_grid, None
        elif self._released_at is None:
            self._released_at = now + RELEASE_SECONDS
        elif now >= self._released_at:
            self._hold, self._released_at = False, None
        return BatteryStatus(self._hold, is_over)
