"""The sensors of the energy that a connector delivered from each source."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfEnergy

from ..charging.supply.surplus import Source
from ..coordinator import TwcCoordinator
from ..entity import TwcConnectorSetting
from ..state.costs import EnergyBySource


@dataclass(frozen=True, kw_only=True)
class SourceSensorDescription(SensorEntityDescription):
    """Describe a sensor of the energy from a source, which may need a sensor of the house."""

    value_fn: Callable[[EnergyBySource], float]
    measured_by: Source | None = None


def _energy(
    key: str,
    value_fn: Callable[[EnergyBySource], float],
    measured_by: Source | None = None,
) -> SourceSensorDescription:
    return SourceSensorDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.ENERGY,
        # It is corrected once the number of phases that the vehicle uses is proven.
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        entity_registry_enabled_default=False,
        value_fn=value_fn,
        measured_by=measured_by,
    )


SOURCE_SENSORS: Final = (
    _energy("energy_green", lambda energy: energy.green),
    _energy("energy_battery", lambda energy: energy.battery, Source.BATTERY_POWER),
    _energy("energy_grid", lambda energy: energy.grid),
)


def source_sensors(
    coordinator: TwcCoordinator, connector_id: int
) -> Iterator[SensorEntity]:
    """Yield the sensors of a connector for the sources that the sensors of green energy can distinguish."""
    if (green := coordinator.inputs.options.green) is not None:
        for description in SOURCE_SENSORS:
            source = description.measured_by
            if source is None or source in green.sensors:
                yield SourceSensor(coordinator, description, connector_id)


class SourceSensor(TwcConnectorSetting, SensorEntity):
    """The energy that a connector delivered from one source; also known while the connector does not answer."""

    entity_description: SourceSensorDescription

    @property
    @override
    def native_value(self) -> float | None:
        """Return the energy; None before the first decision."""
        energy = self.coordinator.data.costs.energy.get(self.connector_id)
        return None if energy is None else self.entity_description.value_fn(energy)
