"""The sensors for the whole house: those of the peak budget."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfPower

from ..entity import TwcHouseEntity
from ..state.peak_reading import PeakReading


@dataclass(frozen=True, kw_only=True)
class PeakSensorDescription(SensorEntityDescription):
    """Describe a sensor of the peak budget."""

    value_fn: Callable[[PeakReading], float | None]


PEAK_SENSORS: Final = (
    PeakSensorDescription(
        key="peak_budget",
        translation_key="peak_budget",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        value_fn=lambda peak: peak.budget_kw,
    ),
    PeakSensorDescription(
        key="peak_expected",
        translation_key="peak_expected",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=1,
        value_fn=lambda peak: peak.expected_kw,
    ),
    PeakSensorDescription(
        key="peak_paid",
        translation_key="peak_paid",
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        value_fn=lambda peak: peak.paid_kw,
    ),
)


class PeakSensor(TwcHouseEntity, SensorEntity):
    """A sensor of the peak budget."""

    entity_description: PeakSensorDescription

    @property
    @override
    def native_value(self) -> float | None:
        """Return the value; None while it is unknown, or while the tariff does not count."""
        peak = self.coordinator.data.explanation.peak
        return None if peak is None else self.entity_description.value_fn(peak)
