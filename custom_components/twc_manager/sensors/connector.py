"""The sensors of a wall connector: what it measures, what limits it, and which vehicle is plugged in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, override

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
from homeassistant.helpers.typing import StateType

from ..charging.metering.status import Status
from ..charging.outcome import LimitReason, Rule
from ..charging.phase_knowledge import PhaseSource
from ..charging.statement import Statement
from ..coordinator import TwcCoordinator
from ..entity import TwcConnectorEntity, TwcConnectorSetting
from ..state.explanations import ConnectorExplanation
from ..state.meters import ConnectorReading
from .cost import cost_sensors
from .energy_source import source_sensors
from .statements import UNRECORDED, change_attributes, reason_attributes


@dataclass(frozen=True, kw_only=True)
class ConnectorSensorDescription(SensorEntityDescription):
    """Describe a sensor of a connector; `last_reset_fn` returns the beginning of a total that may also fall."""

    value_fn: Callable[[ConnectorReading], StateType | datetime]
    last_reset_fn: Callable[[ConnectorReading], datetime | None] | None = None


@dataclass(frozen=True, kw_only=True)
class ExplanationSensorDescription(SensorEntityDescription):
    """Describe a sensor of the rules' decision for a connector."""

    value_fn: Callable[[ConnectorExplanation], StateType | datetime]
    attributes_fn: Callable[[HomeAssistant, Statement], dict[str, Any]] | None = None


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
        # It is corrected once the number of phases that the vehicle uses is proven.
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        value_fn=lambda reading: reading.session.energy,
        last_reset_fn=lambda reading: reading.session.started,
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
        key="session_battery_share",
        translation_key="session_battery_share",
        native_unit_of_measurement=PERCENTAGE,
        entity_registry_enabled_default=False,
        value_fn=lambda reading: reading.session.battery_share,
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
        entity_category=EntityCategory.DIAGNOSTIC,
        # The recorder stores states: the VIN is in the database only if the owner enables the sensor.
        entity_registry_enabled_default=False,
        value_fn=lambda reading: reading.vehicle.vin,
    ),
    ConnectorSensorDescription(
        key="rating",
        translation_key="rating",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda reading: reading.rating,
    ),
    *(description for phase in (1, 2, 3) for description in _phase_descriptions(phase)),
)

PHASE_SENSORS: Final = (
    ConnectorSensorDescription(
        key="phases_in_use",
        translation_key="phases_in_use",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda reading: (
            None if reading.vehicle.phases is None else reading.vehicle.phases.count
        ),
    ),
    ConnectorSensorDescription(
        key="phases_source",
        translation_key="phases_source",
        device_class=SensorDeviceClass.ENUM,
        options=list(PhaseSource),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda reading: (
            None if reading.vehicle.phases is None else reading.vehicle.phases.source
        ),
    ),
)
"""The sensors of connectors with more than one phase."""

EXPLANATION_SENSORS: Final = (
    ExplanationSensorDescription(
        key="limited_by",
        translation_key="limited_by",
        device_class=SensorDeviceClass.ENUM,
        options=list(LimitReason),
        value_fn=lambda explanation: explanation.reason,
        attributes_fn=reason_attributes,
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
        entity_registry_enabled_default=False,
        value_fn=lambda explanation: explanation.next_change,
        attributes_fn=lambda _, statement: change_attributes(statement),
    ),
)

VEHICLE_SENSOR: Final = SensorEntityDescription(
    key="vehicle", translation_key="vehicle"
)

CHARGE_NOW_UNTIL_SENSOR: Final = SensorEntityDescription(
    key="charge_now_until",
    translation_key="charge_now_until",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)


def connector_sensors(
    coordinator: TwcCoordinator, connector_id: int
) -> Iterator[SensorEntity]:
    """Return all sensors of a connector."""
    for measured in CONNECTOR_SENSORS:
        yield ConnectorSensor(coordinator, measured, connector_id)
    if coordinator.wiring.phases > 1:
        for known in PHASE_SENSORS:
            yield ConnectorSensor(coordinator, known, connector_id)
    for explained in EXPLANATION_SENSORS:
        yield ExplanationSensor(coordinator, explained, connector_id)
    yield from cost_sensors(coordinator, connector_id)
    yield from source_sensors(coordinator, connector_id)
    yield ConnectorVehicleSensor(coordinator, VEHICLE_SENSOR, connector_id)
    yield ChargeNowUntilSensor(coordinator, CHARGE_NOW_UNTIL_SENSOR, connector_id)


class ConnectorSensor(TwcConnectorEntity, SensorEntity):
    """A sensor of a connector."""

    entity_description: ConnectorSensorDescription

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return the value."""
        return self.entity_description.value_fn(self.reading)

    @property
    @override
    def last_reset(self) -> datetime | None:
        """Return the beginning of a total; None for other sensors, and without a beginning."""
        read = self.entity_description.last_reset_fn
        return None if read is None else read(self.reading)

    @override
    def _shown(self) -> tuple[StateType, datetime | None]:
        """Return the state and when it began."""
        return self.state, self.last_reset


class ExplanationSensor(TwcConnectorEntity, SensorEntity):
    """A sensor of the rules' decision for a connector."""

    entity_description: ExplanationSensorDescription
    _unrecorded_attributes = UNRECORDED

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

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Return the parts of the explanation; None before the first decision."""
        read, explanation = self.entity_description.attributes_fn, self.explanation
        if read is None or explanation is None:
            return None
        return read(self.hass, explanation.statement)

    @override
    def _shown(self) -> tuple[StateType, dict[str, Any] | None]:
        """Return the state and its explanation."""
        return self.state, self.extra_state_attributes


class ConnectorVehicleSensor(TwcConnectorEntity, SensorEntity):
    """The name of the vehicle at a connector."""

    @property
    @override
    def native_value(self) -> StateType:
        """Return the name; None if the vehicle is unknown."""
        return self.coordinator.data.vehicles.vehicle_at(self.connector_id)


class ChargeNowUntilSensor(TwcConnectorSetting, SensorEntity):
    """When charge now ends at a connector."""

    @property
    @override
    def native_value(self) -> datetime | None:
        """Return the end; None without charge now."""
        user_settings = self.coordinator.data.user_settings
        charge_now = user_settings.charge_now_at(self.connector_id)
        return None if charge_now is None else charge_now.end.replace(microsecond=0)
