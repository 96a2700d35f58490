"""Keeps which vehicle is matched to which connector, and the evidence that has refuted matches."""

from collections.abc import Collection, Mapping, Sequence

from ..charging.control.commands import CommandContext
from ..charging.control.match_evidence import MatchEvidence
from ..charging.control.matching import Match, MatchReason, drop_outdated_locations
from ..charging.control.stop_effect import (
    StopConfirmed,
    StopEffect,
    StopRefuted,
    stop_to_undo,
)
from ..charging.control.stop_methods import VehicleRequest
from ..charging.control.vehicle_facts import Vehicle
from ..charging.decision import Decision
from .chosen import ChosenVehicles


class VehicleMatches:
    """The matches of the vehicles of one bus.

    Attributes:
        vehicles: what is known of each vehicle.
        found: the match of each connector.
        chosen: the vehicles that the owner has chosen.

    """

    def __init__(self, chosen: ChosenVehicles) -> None:
        """Start without vehicles; `chosen` are the owner's choices."""
        self.chosen = chosen
        self.vehicles: Mapping[str, Vehicle] = {}
        self.found: Mapping[int, Match] = {}
        self._evidence = MatchEvidence()

    @property
    def at_connectors(self) -> dict[int, str]:
        """Return the ids of the vehicles by the connectors that they are matched to."""
        return {
            connector_id: found.vehicle_id
            for connector_id, found in self.found.items()
            if found.vehicle_id is not None
        }

    def connector_of(self, vehicle_id: str) -> int | None:
        """Return the connector that a vehicle is matched to; None without a match."""
        matched = self.found.items()
        at = (key for key, found in matched if found.vehicle_id == vehicle_id)
        return next(at, None)

    def clear(self) -> None:
        """Forget the matches until the next update, since vehicles were added or removed."""
        self.vehicles, self.found = {}, {}

    def update(
        self,
        now: float,
        decision: Decision,
        assignments: Mapping[int, str],
        vehicles: Sequence[Vehicle],
    ) -> None:
        """Match the vehicles anew; `now` is in s of the clock of the decision."""
        connectors = [item.facts for item in decision.connectors.values() if item.facts]
        self.chosen.update(now, connectors)
        assignments = self.chosen.assignments(assignments)
        known = drop_outdated_locations(now, connectors, vehicles)
        self.vehicles = {item.vehicle_id: item for item in known}
        self.found = self._evidence.match(
            now, connectors, assignments, known, self.chosen.guests
        )

    def note_effect(self, vehicle_id: str, found: Match, effect: StopEffect) -> bool:
        """Take what a stop of a vehicle has shown about its match; return whether the match is refuted."""
        match effect:
            case StopConfirmed(plug_in):
                self._evidence.confirm(plug_in, vehicle_id)
            case StopRefuted(plug_in) if not found.proven_here:
                self._evidence.refute(plug_in, vehicle_id)
                return True
        return False

    def unmatched(self, vehicle_ids: Collection[str]) -> set[str]:
        """Return the vehicles that are not matched to a connector."""
        return {*vehicle_ids} - {found.vehicle_id for found in self.found.values()}

    def undo_context(
        self, vehicle_id: str, effect: StopEffect, decision: Decision
    ) -> CommandContext | None:
        """Return the context for undoing the stop of an unmatched vehicle; None if there is nothing to undo."""
        if (stopped_at := stop_to_undo(effect)) is None:
            return None
        connector_id = stopped_at.connector_id
        at = decision.connectors.get(connector_id)
        if at is None or at.facts is None:
            return None
        reason = self.found[connector_id].reason
        if (connector_id, vehicle_id) in self._evidence.refuted:
            reason = MatchReason.CHARGES_ELSEWHERE
        return CommandContext(
            VehicleRequest.CHARGE,
            at.facts,
            self.vehicles[vehicle_id],
            Match(None, reason),
        )

    def elsewhere(self) -> dict[int, frozenset[str]]:
        """Return the vehicles that were matched to a connector and are elsewhere, by connector."""
        refuted = self._evidence.refuted
        return {
            connector_id: frozenset(
                vehicle_id for at, vehicle_id in refuted if at == connector_id
            )
            for connector_id in self.found.keys() & {at for at, _ in refuted}
        }

    def is_elsewhere(self, vehicle_id: str) -> bool:
        """Return whether a vehicle was matched to a connector and is elsewhere."""
        return any(
            vehicle_id in vehicle_ids for vehicle_ids in self.elsewhere().values()
        )
