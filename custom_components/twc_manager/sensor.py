"""Sensors of TWC Manager."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .charging.metering.status import Status
from .charging.outcome import LimitReason, Rule
from .charging.wiring import Wiring
from .entity import TwcBusEntity, TwcConnectorEntity, add_for_each_connector
from .state.data import TwcData
from .state.explanations import ConnectorExplanation
from .state.meters import ConnectorReading
from .types import TwcConfigEntry
from .vehicle_sensor import (
    CONNECTOR_VEHICLE,
    ConnectorVehicleSensor,
    add_vehicles_and_accounts,
)

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ConnectorSensorDescription(SensorEntityDescription):
    """Describe a sensor of a connector."""

    value_fn: Callable[[ConnectorReading], StateType | datetime]


@dataclass(frozen=True, kw_only=True)
class ExplanationSensorDescription(SensorEntityDescription):
    """Describe a sensor of the rules' decision for a connector."""

    value_fn: Callable[[ConnectorExplanation], StateType | datetime]


@dataclass(frozen=True, kw_only=True)
class BusSensorDescription(SensorEntityDescription):
    """Describe a sensor of the bus."""

    value_fn: Callable[[TwcData, Wiring], StateType | datetime]


def _phase_descriptions(phase: int) -> tuple[ConnectorSensorDescription, ...]:
    return (
        ConnectorSensorDescription(
            key=f"voltage_l{phase}",
            translation_key="voltage_phase",
            translation_placeholders={"phase": str(phase)},
            device_class=SensorDeviceClass.VOLTAGE,
            state_class=SensorStateClass.MEASUREMENT,
            native_unit_of_measurement=UnitOfElectricPotential.VOLT,
            suggested_display_precision=0,
            entity_category=EntityCategory.DIAGNOSTIC,
            entity_registry_enabled_default=False,
            value_fn=lambda reading: reading.phases[phase - 1].voltage,
        ),
        ConnectorSensorDescription(
            key=f"current_l{phase}",
            translation_key="current_phase",
            translation_placeholders={"phase": str(phase)},
            device_class=SensorDeviceClass.CURRENT,
            state_class=SensorStateClass.MEASUREMENT,
            native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
            suggested_display_precision=1,
            entity_category=EntityCategory.DIAGNOSTIC,
            entity_registry_enabled_default=False,
            value_fn=lambda reading: reading.phases[phase - 1].current,
        ),
    )


CONNECTOR_SENSORS: Final = (
    ConnectorSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=list(Status),
        value_fn=lambda reading: reading.status,
    ),
    ConnectorSensorDescription(
        key="current",
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        value_fn=lambda reading: reading.current,
    ),
    ConnectorSensorDescription(
        key="offered_current",
        translation_key="offered_current",
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=0,
        value_fn=lambda reading: reading.offered_current,
    ),
    ConnectorSensorDescription(
        key="power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        value_fn=lambda reading: reading.power,
    ),
    ConnectorSensorDescription(
        key="lifetime_energy",
        translation_key="lifetime_energy",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        value_fn=lambda reading: reading.lifetime_energy,
    ),
    ConnectorSensorDescription(
        key="session_energy",
        translation_key="session_energy",
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=lambda reading: reading.session.energy,
    ),
    ConnectorSensorDescription(
        key="session_started",
        translation_key="session_started",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_registry_enabled_default=False,
        value_fn=lambda reading: reading.session.started,
    ),
    ConnectorSensorDescription(
        key="session_green_share",
        translation_key="session_green_share",
        native_unit_of_measurement=PERCENTAGE,
        entity_registry_enabled_default=False,
        value_fn=lambda reading: reading.session.green_share,
    ),
    ConnectorSensorDescription(
        key="session_grid_share",
        translation_key="session_grid_share",
        native_unit_of_measurement=PERCENTAGE,
        entity_registry_enabled_default=False,
        value_fn=lambda reading: reading.session.grid_share,
    ),
    ConnectorSensorDescription(
        key="session_charging_time",
        translation_key="session_charging_time",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        value_fn=lambda reading: reading.session.charging_minutes,
    ),
    ConnectorSensorDescription(
        key="session_peak_current",
        translation_key="session_peak_current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        entity_registry_enabled_default=False,
        value_fn=lambda reading: reading.session.peak_current,
    ),
    ConnectorSensorDescription(
        key="vehicle_vin",
        translation_key="vehicle_vin",
        value_fn=lambda reading: reading.vin,
    ),
    ConnectorSensorDescription(
        key="rating",
        translation_key="rating",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda reading: reading.rating,
    ),
    *(description for phase in (1, 2, 3) for description in _phase_descriptions(phase)),
)

EXPLANATION_SENSORS: Final = (
    ExplanationSensorDescription(
        key="limited_by",
        translation_key="limited_by",
        device_class=SensorDeviceClass.ENUM,
        options=list(LimitReason),
        value_fn=lambda explanation: explanation.reason,
    ),
    ExplanationSensorDescription(
        key="rule",
        translation_key="rule",
        device_class=SensorDeviceClass.ENUM,
        options=list(Rule),
        entity_registry_enabled_default=False,
        value_fn=lambda explanation: explanation.rule,
    ),
    ExplanationSensorDescription(
        key="next_change",
        translation_key="next_change",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda explanation: explanation.next_change,
    ),
)

BUS_SENSORS: Final = (
    BusSensorDescription(
        key="rule",
        translation_key="rule",
        device_class=SensorDeviceClass.ENUM,
        options=list(Rule),
        value_fn=lambda data, _: data.explanation.rule,
    ),
    BusSensorDescription(
        key="limited_by",
        translation_key="limited_by",
        device_class=SensorDeviceClass.ENUM,
        options=list(LimitReason),
        value_fn=lambda data, _: data.explanation.reason,
    ),
    BusSensorDescription(
        key="next_change",
        translation_key="next_change",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda data, _: data.explanation.next_change,
    ),
    BusSensorDescription(
        key="charge_now_until",
        translation_key="charge_now_until",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda data, _: (
            end.replace(microsecond=0)
            if (end := data.user_settings.charge_now_end) is not None
            else None
        ),
    ),
    BusSensorDescription(
        key="green_power",
        translation_key="green_power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        value_fn=lambda data, _: data.explanation.surplus_w,
    ),
    BusSensorDescription(
        key="green_current",
        translation_key="green_current",
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=0,
        value_fn=lambda data, _: data.explanation.green_amps,
    ),
    BusSensorDescription(
        key="available_power",
        translation_key="available_power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        value_fn=lambda data, wiring: wiring.watts(
            data.user_settings.available(wiring.max_current)
        ),
    ),
    BusSensorDescription(
        key="total_current",
        translation_key="total_current",
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        value_fn=lambda data, _: data.total_current,
    ),
    BusSensorDescription(
        key="total_power",
        translation_key="total_power",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.WATT,
        suggested_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        value_fn=lambda data, _: data.total_power,
    ),
    BusSensorDescription(
        key="bad_frames",
        translation_key="bad_frames",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda data, _: data.statistics.bad_frames,
    ),
    BusSensorDescription(
        key="missed_answers",
        translation_key="missed_answers",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda data, _: data.statistics.missed_answers,
    ),
    BusSensorDescription(
        key="late_heartbeats",
        translation_key="late_heartbeats",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda data, _: data.statistics.late_heartbeats,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: TwcConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors."""
    coordinator = entry.runtime_data
    async_add_entities(
        BusSensor(coordinator, description) for description in BUS_SENSORS
    )
    add_for_each_connector(
        entry,
        async_add_entities,
        lambda connector_id: [
            *(
                ConnectorSensor(coordinator, description, connector_id)
                for description in CONNECTOR_SENSORS
            ),
            *(
                ExplanationSensor(coordinator, description, connector_id)
                for description in EXPLANATION_SENSORS
            ),
            ConnectorVehicleSensor(coordinator, CONNECTOR_VEHICLE, connector_id),
        ],
    )
    add_vehicles_and_accounts(entry, async_add_entities)


class BusSensor(TwcBusEntity, SensorEntity):
    """A sensor of the bus."""

    entity_description: BusSensorDescription

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the value."""
        coordinator = self.coordinator
        return self.entity_description.value_fn(coordinator.data, coordinator.wiring)


class ConnectorSensor(TwcConnectorEntity, SensorEntity):
    """A sensor of a connector."""

    entity_description: ConnectorSensorDescription

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the value."""
        return self.entity_description.value_fn(self.reading)


class ExplanationSensor(TwcConnectorEntity, SensorEntity):
    """A sensor of the rules' decision for a connector."""

    entity_description: ExplanationSensorDescription

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the value; None before the first decision."""
        explanation = self.explanation
        return (
            None
            if explanation is None
            else self.entity_description.value_fn(explanation)
        )
