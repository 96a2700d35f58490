"""The data that the entities of one bus show, as one value compared by content, so that only changes are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..charging.modes.user_settings import UserSettings
from ..charging.outcome import LimitReason
from ..charging.plans.settings import PlanSettings
from ..charging.plans.status import PlanStatus
from ..charging.rules import RulesResult
from ..twc import BusStatus, Statistics
from ..vehicles.readings import VehicleReadings
from .costs import Costs
from .explanations import BusExplanation, ConnectorExplanation
from .meters import ConnectorReading


@dataclass(frozen=True, slots=True)
class TwcData:
    """The data that the entities of one bus show; connectors that are unavailable are missing."""

    status: BusStatus
    connectors: Mapping[int, ConnectorReading]
    explanations: Mapping[int, ConnectorExplanation]
    explanation: BusExplanation
    user_settings: UserSettings
    statistics: Statistics
    schedules: Mapping[str, str]
    """The names of the schedules by their ids."""
    vehicles: VehicleReadings = field(default_factory=VehicleReadings)
    """The readings of the vehicles and Tesla accounts."""
    plans: Mapping[str, PlanStatus] = field(default_factory=dict)
    """How the plans are doing, by their ids."""
    plan_settings: PlanSettings = PlanSettings()
    price: float | None = None
    """The current price of a kWh with all surcharges; None if it is unknown."""
    costs: Costs = Costs()
    """What charging cost, and where the energy came from."""

    @property
    def total_current(self) -> float:
        """Return the sum of the measured currents in A."""
        return round(sum((item.current for item in self.connectors.values()), 0.0), 1)

    @property
    def total_power(self) -> int:
        """Return the power of all connectors in W."""
        return sum(item.power for item in self.connectors.values())


def is_paused(result: RulesResult, connector_id: int) -> bool:
    """Return whether the rules keep a vehicle at a connector from charging.

    That includes a vehicle that is being stopped, and one that was stopped and is being started again: neither stopped
    by itself.
    """
    decision = result.decision.connectors.get(connector_id)
    declined_charging = {
        LimitReason.VEHICLE_FULL,
        LimitReason.VEHICLE_LIMIT,
        LimitReason.NO_VEHICLE,
    }
    if decision is None:
        return False
    if decision.stop_method is not None or decision.request is not None:
        return True
    return not decision.offer and decision.reason not in declined_charging
