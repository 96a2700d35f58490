"""Decides whether the house battery should hold its charge, so that a vehicle that charges from the grid does not empty it.

The discharge of the battery does not count as surplus, so holding it does not change the inputs of this decision. Times
are in s of a monotonic clock.
"""

from dataclasses import dataclass
from typing import Final

from ..settings import BOOST_DOWN_TO

RELEASE_SECONDS: Final = 60.0
"""How many s no vehicle has to take energy from the grid before the battery is released, so that its inverter does not
switch back and forth."""


@dataclass(frozen=True, slots=True)
class BatteryBoost:
    """The owner's permission for the battery to supply vehicles.

    Attributes:
        is_on: whether it may supply them.
        down_to: the level in % at which the permission ends by itself.

    """

    is_on: bool = False
    down_to: float = BOOST_DOWN_TO

    def is_ended_by(self, level: float | None) -> bool:
        """Return whether the boost ends at this level of the battery."""
        return self.is_on and level is not None and level <= self.down_to


@dataclass(frozen=True, slots=True)
class BatteryStatus:
    """The decision for the house battery.

    Attributes:
        hold: whether it should not discharge.
        is_boost_over: whether the level at which a boost ends has been reached.

    """

    hold: bool = False
    is_boost_over: bool = False


class BatteryHold:
    """Decides whether a battery should hold, with a delay before its release."""

    def __init__(self) -> None:
        """Start with a battery that does not have to hold."""
        self._hold = False
        self._released_at: float | None = None

    def update(
        self, now: float, boost: BatteryBoost, level: float | None, *, from_grid: bool
    ) -> BatteryStatus:
        """Return the decision for now.

        Args:
            now: the time.
            boost: the owner's permission.
            level: the level of the battery in %; None if unknown.
            from_grid: whether a vehicle takes energy from the grid, or would take it without the battery.

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
