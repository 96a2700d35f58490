"""The circumstances under which the energy of a bus is counted, for all its connectors. Powers are in W."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..energy_sources import PowerSources, SourceShares
from ..planning.tariff import EMPTY, Tariff
from .sample import Chance


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The circumstances under which energy is counted.

    Attributes:
        sources: the power that the house has besides the grid; None if unknown.
        charging_w: the power of all vehicles together.
        tariff: the prices.
        amps: the current that each connector could have, in A.
        vehicles: the id of the vehicle at each connector, where it is known.

    """

    sources: PowerSources | None = None
    charging_w: float = 0.0
    tariff: Tariff = EMPTY
    amps: Mapping[int, float] = field(default_factory=dict)
    vehicles: Mapping[int, str] = field(default_factory=dict)

    @property
    def shares(self) -> SourceShares | None:
        """Return the shares of the sources in the power of the vehicles; None if unknown."""
        return None if self.sources is None else self.sources.shares(self.charging_w)

    def chance(self, connector_id: int, drawn: float, watts_per_amp: float) -> Chance:
        """Return what a vehicle could have.

        Args:
            connector_id: the id of its connector.
            drawn: its draw in A, which is the minimum of the result.
            watts_per_amp: the power of an ampere.

        """
        amps = max(self.amps.get(connector_id, 0.0), drawn)
        watts = amps * watts_per_amp
        others_w = max(self.charging_w - drawn * watts_per_amp, 0.0)
        shares = None if self.sources is None else self.sources.shares(others_w + watts)
        return Chance(
            amps, watts_per_amp, 0.0 if shares is None else watts * shares.own
        )
