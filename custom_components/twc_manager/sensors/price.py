"""The sensor of the current price."""

from typing import Any, Final, override

from homeassistant.components.sensor import (
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)

from ..entity import TwcBusEntity

PRICE: Final = SensorEntityDescription(
    key="price",
    translation_key="price",
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=3,
)


class PriceSensor(TwcBusEntity, SensorEntity):
    """The current price of a kWh, with the surcharges of the options."""

    entity_description: SensorEntityDescription

    @property
    @override
    def available(self) -> bool:
        """Return whether the price is known, also while the port is gone."""
        return self.coordinator.data.price is not None

    @property
    @override
    def native_value(self) -> float | None:
        """Return the price."""
        price = self.coordinator.data.price
        return None if price is None else round(price, 5)

    @property
    @override
    def native_unit_of_measurement(self) -> str:
        """Return the unit, with the currency of the source."""
        return f"{self.coordinator.inputs.prices.currency}/kWh"

    @override
    def _shown(self) -> Any:
        return self.state, self.native_unit_of_measurement
