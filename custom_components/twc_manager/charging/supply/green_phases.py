"""On how many phases the vehicles at the connectors charge, and how many W one A is there."""

from collections.abc import Container, Sequence
from dataclasses import replace

from ...twc import DRAWING_AMPS, ConnectorState, PlugState, Snapshot
from ..phase_knowledge import (
    PhaseEvidence,
    PhaseHints,
    PhaseKnowledge,
    PhaseSource,
    phase_knowledge,
)
from ..wiring import Wiring, live_volts, phases_in_use, power
from .surplus_meter import MeteredPower
from .vehicle_phases import ConnectorDraw, VehiclePhases


class GreenPhases:
    """The phases of the vehicles: measured by their connectors, learned, set by the owner, or assumed.

    While following green energy, a vehicle of which nothing is known is taken to use one phase, so that it starts as
    soon as there is enough for one. It stays at the minimum until the meter has shown how many it uses. Without a meter
    that can show it, and after a trial in vain, it is taken to use all phases of its connector.
    """

    __slots__ = ("_hints", "_measured", "_metered", "_vehicles", "_wiring")

    def __init__(self, wiring: Wiring) -> None:
        """Start without knowledge."""
        self._wiring = wiring
        self._vehicles = VehiclePhases()
        self._measured: dict[int, int] = {}
        self._hints = PhaseHints()
        self._metered = False

    def observe(
        self, snapshot: Snapshot, hints: PhaseHints, present: Container[int]
    ) -> None:
        """Take what the connectors measure and what other sources know.

        Args:
            snapshot: the connectors.
            hints: what other sources know.
            present: the connectors that a vehicle is plugged into; the others' is forgotten.

        """
        self._hints = hints
        for item in snapshot.connectors:
            connector_id = item.connector_id
            is_gone = item.plug is PlugState.UNPLUGGED or connector_id not in present
            if is_gone and item.drawn < DRAWING_AMPS:
                self._vehicles.forget(connector_id)
                self._measured.pop(connector_id, None)
            elif (measured := phases_in_use(item)) is not None:
                self._measured[connector_id] = len(measured)

    def update(
        self,
        now: float,
        snapshot: Snapshot,
        meter: MeteredPower | None,
        *,
        contains_vehicles: bool,
    ) -> None:
        """Take what the vehicles draw and what the meter of the house shows.

        Args:
            now: the time in s.
            snapshot: the connectors.
            meter: the newest measurement of the meter; None without one.
            contains_vehicles: whether there is a meter that contains the connectors.

        """
        self._metered = contains_vehicles
        draws = {}
        for item in snapshot.connectors:
            volts = live_volts(item, self._wiring)
            draws[item.connector_id] = ConnectorDraw(
                item.drawn, sum(volts) / len(volts), len(volts)
            )
        self._vehicles.update(now, draws, meter)

    def knowledge(self, connector: ConnectorState) -> PhaseKnowledge:
        """Return what is known of the vehicle at a connector."""
        key = connector.connector_id
        metered, votes = self._vehicles.votes(key)
        evidence = PhaseEvidence(
            measured=self._measured.get(key),
            metered=metered,
            metered_votes=votes,
            counted=self._hints.counted.get(key),
            remembered=self._hints.remembered.get(key),
            owner=self._hints.owner.get(key),
        )
        return phase_knowledge(len(live_volts(connector, self._wiring)), evidence)

    def all_known(self, snapshot: Snapshot) -> dict[int, PhaseKnowledge]:
        """Return what is known of the vehicles, by connector."""
        return {item.connector_id: self.knowledge(item) for item in snapshot.connectors}

    def is_on_trial(self, connector: ConnectorState) -> bool:
        """Return whether the phases of a vehicle are not known, but will show as soon as it draws."""
        return (
            self._metered
            and self.knowledge(connector).source is PhaseSource.ASSUMED
            and self._vehicles.may_show(connector.connector_id)
        )

    def power(self, connector: ConnectorState) -> float:
        """Return the power in W that a connector delivers, by the phases known or assumed."""
        on_trial = self.is_on_trial(connector)
        phases = 1 if on_trial else self.knowledge(connector).count
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
