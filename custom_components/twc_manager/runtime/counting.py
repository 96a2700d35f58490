"""Collects the circumstances under which energy is counted: its source, its price and its vehicle."""

from ..charging.metering.circumstances import Circumstances
from ..charging.modes.user_settings import UserSettings
from ..charging.planning.tariff import EMPTY, Tariff
from ..charging.rules import RulesResult
from ..charging.wiring import Wiring, power
from ..twc import Snapshot
from ..vehicles.readings import VehicleReadings


def circumstances_of(
    snapshot: Snapshot,
    result: RulesResult,
    wiring: Wiring,
    user_settings: UserSettings,
    *,
    vehicles: VehicleReadings,
    tariff: Tariff = EMPTY,
) -> Circumstances:
    """Return the circumstances for all energy that is counted now.

    Args:
        snapshot: the bus.
        result: the decision of the rules on it.
        wiring: the wiring.
        user_settings: the owner's settings.
        vehicles: the vehicles, with the connectors that they are matched to.
        tariff: the prices.

    """
    drawn = sum(item.drawn for item in snapshot.connectors)
    maximum = wiring.max_current
    if user_settings.current is not None:
        maximum = min(maximum, user_settings.current)
    amps = {}
    for item in snapshot.connectors:
        own = wiring.connector_maximum(item.rating)
        limit = user_settings.connector(item.connector_id).limit
        possible = own if limit is None else min(own, limit)
        amps[item.connector_id] = max(min(possible, maximum - drawn + item.drawn), 0.0)
    return Circumstances(
        sources=None if result.surplus is None else result.surplus.sources,
        charging_w=sum(
            power(item, wiring, result.phases[item.connector_id].count)
            for item in snapshot.connectors
        ),
        tariff=tariff,
        amps=amps,
        vehicles=vehicles.by_connector,
    )
