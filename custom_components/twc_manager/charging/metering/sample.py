"""A report of a connector, as sessions count it."""

from dataclasses import dataclass
from typing import Final

from ...twc import DRAWING_AMPS
from ..energy_sources import SourceShares

_ABSURD_AMPS: Final = 100.0
_ABSURD_KWH: Final = 10.0
"""More kWh than a vehicle can take between two samples."""


@dataclass(frozen=True, slots=True)
class Chance:
    """What a vehicle could have at a moment.

    Attributes:
        amps: the current per phase that the wiring, the settings and the other vehicles leave it, in A.
        watts_per_amp: the power of one A of it, in W.
        own_w: the part of that power that would come from the house itself and not from the grid, in W.

    """

    amps: float
    watts_per_amp: float
    own_w: float = 0.0


@dataclass(frozen=True, slots=True)
class Sample:
    """A report of a connector.

    Attributes:
        plugged_in: whether a vehicle is plugged in.
        drawn: current per phase that it draws, in A.
        offer: current per phase that it is offered, in A.
        energy_kwh: energy since the last sample.
        shares: the sources of its power; None if unknown.
        vin: VIN of the vehicle; None while unknown.
        vehicle_id: id of the vehicle among those that the owner added; None while unknown.
        chance: what it could have; None if that is not needed.

    """

    plugged_in: bool
    drawn: float = 0.0
    offer: float = 0.0
    energy_kwh: float = 0.0
    shares: SourceShares | None = None
    vin: str | None = None
    vehicle_id: str | None = None
    chance: Chance | None = None

    @property
    def has_vehicle(self) -> bool:
        """Return whether a vehicle is present, by its plug or by its current."""
        return self.plugged_in or self.drawn >= DRAWING_AMPS

    @property
    def amps(self) -> float:
        """Return the current that it draws; 0 for an impossible number."""
        return _within(self.drawn, _ABSURD_AMPS)

    @property
    def charges(self) -> bool:
        """Return whether it draws current."""
        return self.amps >= DRAWING_AMPS

    @property
    def kwh(self) -> float:
        """Return the energy since the last sample; 0 for an impossible number."""
        return _within(self.energy_kwh, _ABSURD_KWH)


def _within(value: float, maximum: float) -> float:
    """Return a number from 0 to a maximum; 0 for any other."""
    return value if 0 <= value <= maximum else 0.0
