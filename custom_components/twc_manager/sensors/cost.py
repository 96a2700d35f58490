"""The sensors of what charging cost."""

from abc import abstractmethod
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

from ..coordinator import TwcCoordinator
from ..entity import TwcConnectorSetting, TwcEntity
from ..state.costs import CostReading, PeriodCost


@dataclass(frozen=True, kw_only=True)
class CostSensorDescription(SensorEntityDescription):
    """Describe a sensor of what charging cost in a period."""

    cost_fn: Callable[[CostReading], PeriodCost]


def _cost(
    key: str, cost_fn: Callable[[CostReading], PeriodCost], *, enabled: bool = True
) -> CostSensorDescription:
    return CostSensorDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        entity_registry_enabled_default=enabled,
        cost_fn=cost_fn,
    )


COST_SENSORS: Final = (
    _cost("session_cost", lambda reading: reading.session),
    _cost("month_cost", lambda reading: reading.month),
    # The long-term statistics of the month's cost contain the years as well.
    _cost("year_cost", lambda reading: reading.year, enabled=False),
)


def cost_sensors(
    coordinator: TwcCoordinator, connector_id: int
) -> Iterator[SensorEntity]:
    """Yield the sensors of what charging cost at a connector, if prices are set up."""
    if coordinator.inputs.options.prices is not None:
        for description in COST_SENSORS:
            yield ConnectorCostSensor(coordinator, description, connector_id)


class CostSensor(TwcEntity, SensorEntity):
    """What charging cost in a period, in the currency of the prices."""

    entity_description: CostSensorDescription

    @property
    @abstractmethod
    def _costs(self) -> CostReading | None:
        """Return the costs; None if they are unknown."""

    @property
    def _period(self) -> PeriodCost:
        reading = self._costs
        if reading is None:
            return PeriodCost()
        return self.entity_description.cost_fn(reading)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the currency; None if no price has been known yet."""
        return self._period.currency or self.coordinator.inputs.prices.currency or None

    @property
    @override
    def native_value(self) -> float | None:
        """Return the money; None if no price was known."""
        return None if self.native_unit_of_measurement is None else self._period.amount

    @property
    @override
    def last_reset(self) -> datetime | None:
        """Return the beginning of the period."""
        return self._period.started

    @override
    def _shown(self) -> Any:
        return self.state, self.last_reset, self.native_unit_of_measurement


class ConnectorCostSensor(CostSensor, TwcConnectorSetting):
    """What charging cost at a connector; also known while the connector does not answer."""

    @property
    @override
    def _costs(self) -> CostReading | None:
        return self.coordinator.data.costs.connectors.get(self.connector_id)
