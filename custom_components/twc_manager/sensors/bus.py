"""The sensors of a bus."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfElectricCurrent, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import StateType

from ..charging.outcome import LimitReason, Rule
from ..entity import TwcBusEntity
from ..state.data import TwcData
from ..state.explanations import BusExplanation
from .statements import ATTR_DEFICIT, UNRECORDED, change_attributes, reason_attributes


@dataclass(frozen=True, kw_only=True)
class BusSensorDescription(SensorEntityDescription):
    """Describe a sensor of the bus."""

    value_fn: Callable[[TwcData], StateType | datetime]
    attributes_fn: Callable[[HomeAssistant, BusExplanation], dict[str, Any]] | None = (
        None
    )


def _deficit(_: HomeAssistant, explanation: BusExplanation) -> dict[str, Any]:
    """Return how much green power is missing; nothing while it is unknown."""
    if explanation.surplus_w is None:
        return {}
    return {ATTR_DEFICIT: explanation.deficit_w}


BUS_SENSORS: Final = (
    BusSensorDescription(
        key="rule",
        translation_key="rule",
        device_class=SensorDeviceClass.ENUM,
        options=list(Rule),
        value_fn=lambda data: data.explanation.rule,
    ),
    BusSensorDescription(
        key="limited_by",
        translation_key="limited_by",
        device_class=SensorDeviceClass.ENUM,
        options=list(LimitReason),
        value_fn=lambda data: data.explanation.reason,
        attributes_fn=lambda hass, explanation: reason_attributes(
            hass, explanation.statement
        ),
    ),
    BusSensorDescription(
        key="next_change",
        translation_key="next_change",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda data: data.explanation.next_change,
        attributes_fn=lambda _, explanation: change_attributes(explanation.statement),
    ),
    BusSensorDescription(
        key="charge_now_until",
        translation_key="charge_now_until",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda data: (
            end.replace(microsecond=0)
            if (end := data.user_settings.charge_now_end) is not None
            else None
        ),
    ),
    BusSensorDescription(
        key="total_current",
        translation_key="total_current",
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        value_fn=lambda data: data.total_current,
    ),
    BusSensorDescription(
        key="total_power",
        translation_key="total_power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        value_fn=lambda data: data.total_power,
    ),
    BusSensorDescription(
        key="bad_frames",
        translation_key="bad_frames",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda data: data.statistics.bad_frames,
    ),
    BusSensorDescription(
        key="missed_answers",
        translation_key="missed_answers",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda data: data.statistics.missed_answers,
    ),
    BusSensorDescription(
        key="late_answers",
        translation_key="late_answers",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda data: data.statistics.late_answers,
    ),
    BusSensorDescription(
        key="late_heartbeats",
        translation_key="late_heartbeats",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda data: data.statistics.late_heartbeats,
    ),
)


GREEN_SENSORS: Final = (
    BusSensorDescription(
        key="green_power",
        translation_key="green_power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        value_fn=lambda data: data.explanation.surplus_w,
        attributes_fn=_deficit,
    ),
    BusSensorDescription(
        key="green_current",
        translation_key="green_current",
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        value_fn=lambda data: data.explanation.green_amps,
    ),
)
"""The sensors of a bus with green energy."""


class BusSensor(TwcBusEntity, SensorEntity):
    """A sensor of the bus."""

    entity_description: BusSensorDescription
    _unrecorded_attributes = UNRECORDED

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the value."""
        return self.entity_description.value_fn(self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Return the parts of the explanation, where the sensor has one."""
        read = self.entity_description.attributes_fn
        if read is None:
            return None
        return read(self.hass, self.coordinator.data.explanation)

    @override
    def _shown(self) -> tuple[StateType, dict[str, Any] | None]:
        """Return the state and its explanation."""
        return self.state, self.extra_state_attributes
