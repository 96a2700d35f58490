"""What the plans of a bus follow from, besides the bus itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..planning.series import Series
from ..planning.tariff import EMPTY, Tariff
from .battery import BatteryState
from .failures import blamed_on
from .request import PlanRequest
from .settings import PlanSettings
from .together import Shared


@dataclass(frozen=True, slots=True)
class PluggedIn:
    """What a vehicle has charged since it was plugged in.

    Attributes:
        energy_kwh: the energy, measured at the connector.
        charging_s: how long it charged.
        vin: its VIN; None if it is not known.

    """

    energy_kwh: float = 0.0
    charging_s: float = 0.0
    vin: str | None = None


@dataclass(frozen=True, slots=True)
class PlanInputsOfBus:
    """What the plans of a bus follow from.

    Attributes:
        requests: the plans; those by actions come first.
        settings: what the owner set of them.
        tariff: the prices.
        sun: the W that the house is expected to leave of the sun.
        caps: the A for all vehicles together, where something besides the wiring limits them: the lowest limit.
        shared: what the bus shares with others; with the vehicles of some of them it is planned together.
        shortfalls: the A that were left for them in the last hours, where these were fewer than expected.
        levels: the batteries of the vehicles, by connector.
        away: the batteries of the vehicles with a plan that are at no connector, by their ids.
        vehicles: the ids of the vehicles, by the connector that they are matched to.
        plugged_in: the vehicles that are plugged in, by connector.
        failed: the ids of the plans that cannot be followed, as there is an error in them.

    """

    requests: tuple[PlanRequest, ...] = ()
    settings: PlanSettings = PlanSettings()
    tariff: Tariff = EMPTY
    sun: Series = field(default_factory=Series)
    caps: Series = field(default_factory=Series)
    shared: Shared = Shared()
    shortfalls: Series = field(default_factory=Series)
    levels: Mapping[int, BatteryState] = field(default_factory=dict)
    away: Mapping[str, BatteryState] = field(default_factory=dict)
    vehicles: Mapping[int, str] = field(default_factory=dict)
    plugged_in: Mapping[int, PluggedIn] = field(default_factory=dict)
    failed: frozenset[str] = frozenset()

    @property
    def left(self) -> Series:
        """Return the A that are left by limits and by what the buses have planned that are planned with this one."""
        return self.shared.left if self.shared.partners else self.caps

    def coming(self, connector_id: int, local: datetime) -> PlanRequest | None:
        """Return the plan for any vehicle that is plugged in at a connector; None without one."""
        for request in self.to_come(local):
            if request.connector_id == connector_id and request.vehicle_id is None:
                return request
        return None

    def possible(self, connector_id: int, local: datetime) -> PlanRequest | None:
        """Return a plan for the vehicle at a connector, of which it is not known which one it is; None without one."""
        elsewhere = set(self.vehicles.values())
        for request in self.to_come(local):
            is_possible = request.vehicle_id not in {None, *elsewhere}
            if is_possible and request.connector_id in {None, connector_id}:
                return request
        return None

    def to_come(self, local: datetime) -> Iterator[PlanRequest]:
        """Yield the plans that would be followed."""
        if self.settings.paused:
            return
        for request in self.requests:
            with blamed_on(request.plan_id):
                is_to_come = self._is_to_come(request, local)
            if is_to_come:
                yield request

    def _is_to_come(self, request: PlanRequest, local: datetime) -> bool:
        return (
            request.enabled
            and request.plan_id not in self.failed
            and not self.settings.is_skipped(request.plan_id, local)
            and not request.is_over(local)
        )
