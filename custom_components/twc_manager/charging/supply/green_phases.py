"""How many W an ampere is at the connectors that follow green energy, by the phases that their cars use."""

from collections.abc import Sequence
from dataclasses import replace

from ...twc import DRAWING_AMPS, ConnectorState, PlugState, Snapshot
from ..wiring import Wiring, live_volts, phases_in_use, power
from .surplus_meter import MeteredPower
from .vehicle_phases import ConnectorDraw, VehiclePhases


class GreenPhases:
    """The phases of the cars: measured by their connectors, learned from the house's meter, or assumed.

    A car that is not known yet is taken to use one phase, so that it starts as soon as there is enough for one. It
    stays at the minimum until the meter has shown how many it uses. Without a meter that can show it, and after a
    trial in vain, a car is taken to use all phases of its connector.
    """

    __slots__ = ("_metered", "_vehicles", "_wiring")

    def __init__(self, wiring: Wiring) -> None:
        """Start without knowledge."""
        self._wiring = wiring
        self._vehicles = VehiclePhases()
        self._metered = False

    def update(
        self,
        now: float,
        snapshot: Snapshot,
        meter: MeteredPower | None,
        *,
        contains_vehicles: bool,
    ) -> None:
        """Take what the cars draw and what the meter shows.

        Args:
            now: the time in s.
            snapshot: the connectors.
            meter: the newest measurement of the meter; None if there is none.
            contains_vehicles: whether there is a meter that contains the connectors.

        """
        self._metered = contains_vehicles
        draws = {}
        for item in snapshot.connectors:
            if item.plug is PlugState.UNPLUGGED:
                self._vehicles.forget(item.connector_id)
            volts = live_volts(item, self._wiring)
            draws[item.connector_id] = ConnectorDraw(
                item.drawn, sum(volts) / len(volts), len(volts)
            )
        self._vehicles.update(now, draws, meter)

    def learned(self, connector: ConnectorState) -> int | None:
        """Return the phases that a car is known to use; None if they are assumed."""
        measured = phases_in_use(connector)
        if measured is not None:
            return len(measured)
        return self._vehicles.learned(connector.connector_id)

    def all_learned(self, snapshot: Snapshot) -> dict[int, int]:
        """Return the phases that cars are known to use, by connector."""
        learned = (
            (item.connector_id, self.learned(item)) for item in snapshot.connectors
        )
        return {key: phases for key, phases in learned if phases is not None}

    def is_on_trial(self, connector: ConnectorState) -> bool:
        """Return whether the phases of a car are not known, but will show as soon as it draws."""
        return (
            self._metered
            and len(live_volts(connector, self._wiring)) > 1
            and self.learned(connector) is None
            and self._vehicles.may_show(connector.connector_id)
        )

    def power(self, connector: ConnectorState) -> float:
        """Return the power in W that a connector delivers, by the phases known or assumed."""
        phases = self._vehicles.learned(connector.connector_id)
        if self.is_on_trial(connector):
            phases = 1
        return power(connector, self._wiring, phases)

    def watts_per_amp(self, connectors: Sequence[ConnectorState]) -> float:
        """Return the W per A at these connectors."""
        if not connectors:
            return self._wiring.watts(1)
        each = [
            self.power(item) / item.drawn
            if item.drawn >= DRAWING_AMPS
            else self.power(replace(item, drawn=1.0, phase_amps=None))
            for item in connectors
        ]
        return sum(each) / len(each)
