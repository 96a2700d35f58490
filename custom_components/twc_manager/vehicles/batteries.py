"""Which vehicles are at the connectors, and what is known of their batteries, for the plans."""

from collections.abc import Mapping

from ..charging.plans.battery import BatteryState
from .matches import VehicleMatches


def vehicles_at(matches: VehicleMatches) -> Mapping[int, str]:
    """Return the ids of the vehicles by the connectors that they are matched to."""
    return {
        connector_id: found.vehicle_id
        for connector_id, found in matches.found.items()
        if found.vehicle_id is not None
    }


def batteries_at(matches: VehicleMatches) -> Mapping[int, BatteryState]:
    """Return what is known of the batteries of the vehicles at the connectors."""
    return {
        connector_id: BatteryState(level=vehicle.battery, target=vehicle.charge_limit)
        for connector_id, vehicle_id in vehicles_at(matches).items()
        if (vehicle := matches.vehicles.get(vehicle_id)) is not None
    }
