"""The sensors of plans, each of which is a device of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.helpers.typing import StateType

from ..charging.plans.status import PlanState, PlanStatus
from ..coordinator import TwcCoordinator
from ..entity import TwcPlanEntity
from ..state.plan_cost import HeldCost
from ..state.plan_slots import slots_in_short
from ..twc import BusStatus

ATTR_SLOTS: Final = "slots"


@dataclass(frozen=True, kw_only=True)
class PlanSensorDescription(SensorEntityDescription):
    """Describe a sensor of a plan."""

    value_fn: Callable[[PlanStatus], StateType | datetime]


PLAN_SENSORS: Final = (
    PlanSensorDescription(
        key="state",
        translation_key="plan_state",
        device_class=SensorDeviceClass.ENUM,
        options=[*PlanState],
        value_fn=lambda plan: plan.state,
    ),
    PlanSensorDescription(
        key="ready",
        translation_key="plan_ready",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda plan: plan.ready,
    ),
)
NEXT_SLOT: Final = PlanSensorDescription(
    key="next_slot",
    translation_key="plan_next_slot",
    device_class=SensorDeviceClass.TIMESTAMP,
    value_fn=lambda plan: plan.next_start,
)
PLANNED_COST: Final = PlanSensorDescription(
    key="cost",
    translation_key="plan_cost",
    device_class=SensorDeviceClass.MONETARY,
    suggested_display_precision=2,
    value_fn=lambda plan: plan.cost,
)


def plan_sensors(coordinator: TwcCoordinator, plan_id: str) -> Iterable[SensorEntity]:
    """Return the sensors of a plan."""
    yield from (
        PlanSensor(coordinator, description, plan_id) for description in PLAN_SENSORS
    )
    yield NextSlotSensor(coordinator, NEXT_SLOT, plan_id)
    yield PlannedCostSensor(coordinator, PLANNED_COST, plan_id)


class PlanSensor(TwcPlanEntity, SensorEntity):
    """A sensor of a plan."""

    entity_description: PlanSensorDescription

    @property
    def status(self) -> PlanStatus:
        """Return the status of the plan; only valid while it is available."""
        return self.coordinator.data.plans[self.plan_id]

    @property
    @override
    def available(self) -> bool:
        """Return whether the status of the plan is known."""
        data = self.coordinator.data
        return data.status is not BusStatus.OFFLINE and self.plan_id in data.plans

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the value."""
        return self.entity_description.value_fn(self.status)


class NextSlotSensor(PlanSensor):
    """When a plan charges next, or began to charge; its slots are an attribute."""

    _unrecorded_attributes = frozenset({ATTR_SLOTS})

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return the times in which the plan charges without a break."""
        return {ATTR_SLOTS: slots_in_short(self.status.slots)}

    @override
    def _shown(self) -> Any:
        return self.state, self.extra_state_attributes


class PlannedCostSensor(PlanSensor):
    """What the rest of a plan costs, in the currency of the prices."""

    def __init__(
        self,
        coordinator: TwcCoordinator,
        description: PlanSensorDescription,
        plan_id: str,
    ) -> None:
        """Start without a cost."""
        super().__init__(coordinator, description, plan_id)
        self._held = HeldCost()

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the currency."""
        return self.status.currency or None if self.available else None

    @property
    @override
    def native_value(self) -> StateType:
        """Return the cost, held back while it only changes a little."""
        return self._held.update(self.status, self.hass.loop.time())

    @override
    def _shown(self) -> Any:
        return self.state, self.native_unit_of_measurement
