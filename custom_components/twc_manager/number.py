"""Numbers of TWC Manager: current limits, priorities, a price, and the settings of charging with green energy."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from typing import Any, Final, override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import (
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfPower,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .charging.modes.user_settings import GreenUserSettings
from .const import DOMAIN
from .entity import (
    TwcBusSetting,
    TwcConnectorSetting,
    add_for_each_connector,
    add_for_each_subentry,
    require_finite,
)
from .house_numbers import house_numbers
from .types import TwcConfigEntry
from .vehicle_numbers import vehicle_numbers
from .vehicles.vehicle_data import SUBENTRY_VEHICLE, vehicles_of

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class GreenNumberDescription(NumberEntityDescription):
    """Describe a number for charging with green energy."""

    value_fn: Callable[[GreenUserSettings], float]
    set_fn: Callable[[GreenUserSettings, float], GreenUserSettings]


TOTAL_CURRENT_LIMIT: Final = NumberEntityDescription(
    key="total_current_limit",
    translation_key="total_current_limit",
    device_class=NumberDeviceClass.CURRENT,
    native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
    native_min_value=0,
    native_step=1,
    mode=NumberMode.SLIDER,
)

CHARGE_LIMIT: Final = NumberEntityDescription(
    key="charge_limit",
    translation_key="charge_limit",
    device_class=NumberDeviceClass.CURRENT,
    native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
    native_min_value=0,
    native_step=1,
    mode=NumberMode.SLIDER,
)

PRIORITY: Final = NumberEntityDescription(
    key="priority",
    translation_key="priority",
    entity_category=EntityCategory.CONFIG,
    native_min_value=0,
    native_max_value=10,
    native_step=1,
    mode=NumberMode.BOX,
)

GREEN_NUMBERS: Final = (
    GreenNumberDescription(
        key="reserved_power",
        translation_key="reserved_power",
        device_class=NumberDeviceClass.POWER,
        entity_category=EntityCategory.CONFIG,
        native_unit_of_measurement=UnitOfPower.WATT,
        native_min_value=-10_000,
        native_max_value=10_000,
        native_step=50,
        mode=NumberMode.BOX,
        value_fn=lambda green: green.reserved_w,
        set_fn=lambda green, value: replace(green, reserved_w=value),
    ),
    GreenNumberDescription(
        key="grid_share",
        translation_key="grid_share",
        device_class=NumberDeviceClass.POWER,
        entity_category=EntityCategory.CONFIG,
        native_unit_of_measurement=UnitOfPower.WATT,
        native_min_value=0,
        native_max_value=10_000,
        native_step=50,
        mode=NumberMode.BOX,
        value_fn=lambda green: green.grid_share_w,
        set_fn=lambda green, value: replace(green, grid_share_w=value),
    ),
    GreenNumberDescription(
        key="start_delay",
        translation_key="start_delay",
        device_class=NumberDeviceClass.DURATION,
        entity_category=EntityCategory.CONFIG,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        native_min_value=0,
        native_max_value=60,
        native_step=0.5,
        mode=NumberMode.BOX,
        value_fn=lambda green: green.start_delay / 60,
        set_fn=lambda green, value: replace(green, start_delay=60 * value),
    ),
    GreenNumberDescription(
        key="stop_delay",
        translation_key="stop_delay",
        device_class=NumberDeviceClass.DURATION,
        entity_category=EntityCategory.CONFIG,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        native_min_value=0,
        native_max_value=60,
        native_step=0.5,
        mode=NumberMode.BOX,
        value_fn=lambda green: green.stop_delay / 60,
        set_fn=lambda green, value: replace(green, stop_delay=60 * value),
    ),
)

CHARGE_BELOW_PRICE: Final = NumberEntityDescription(
    key="charge_below_price",
    translation_key="charge_below_price",
    native_min_value=-100,
    native_max_value=10_000,
    native_step=0.001,
    mode=NumberMode.BOX,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: TwcConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers."""
    coordinator = entry.runtime_data
    async_add_entities([TotalCurrentLimitNumber(coordinator, TOTAL_CURRENT_LIMIT)])
    if coordinator.inputs.options.green is not None:
        async_add_entities(
            GreenNumber(coordinator, description) for description in GREEN_NUMBERS
        )
    if coordinator.inputs.options.prices is not None:
        async_add_entities([ChargeBelowPriceNumber(coordinator, CHARGE_BELOW_PRICE)])
    async_add_entities(house_numbers(entry))
    add_for_each_subentry(
        entry,
        async_add_entities,
        SUBENTRY_VEHICLE,
        lambda vehicle_id: vehicle_numbers(
            coordinator,
            vehicle_id,
            reports_level=vehicles_of(entry)[vehicle_id].reports_level,
        ),
    )
    add_for_each_connector(
        entry,
        async_add_entities,
        lambda connector_id: [
            ChargeLimitNumber(coordinator, CHARGE_LIMIT, connector_id),
            PriorityNumber(coordinator, PRIORITY, connector_id),
        ],
    )


def _whole_amps(value: float, minimum: int, maximum: int) -> int:
    """Return the whole A that the user entered.

    Raises:
        ServiceValidationError: if they are below the minimum that a vehicle charges with, but not 0.

    """
    amps = round(require_finite(value))
    lowest = min(minimum, maximum)
    if 0 < amps < lowest:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="current_below_minimum",
            translation_placeholders={"value": str(amps), "minimum": str(lowest)},
        )
    return amps


class TotalCurrentLimitNumber(TwcBusSetting, NumberEntity):
    """The limit of the current of all connectors together."""

    @property
    @override
    def native_max_value(self) -> float:
        """Return the limit of the wiring, in A."""
        return self.coordinator.wiring.max_current

    @property
    @override
    def native_value(self) -> float:
        """Return the limit in force, in A."""
        coordinator = self.coordinator
        return coordinator.data.user_settings.available(coordinator.wiring.max_current)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the limit."""
        coordinator = self.coordinator
        wiring = coordinator.wiring
        amps = _whole_amps(value, wiring.min_current, wiring.max_current)
        coordinator.async_update_user_settings(
            replace(coordinator.user_settings, current=amps), self._context
        )


class GreenNumber(TwcBusSetting, NumberEntity):
    """A setting of charging with green energy."""

    entity_description: GreenNumberDescription

    @property
    @override
    def native_value(self) -> float:
        """Return the setting."""
        return self.entity_description.value_fn(
            self.coordinator.data.user_settings.green
        )

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Change the setting."""
        user_settings = self.coordinator.user_settings
        green = self.entity_description.set_fn(
            user_settings.green, require_finite(value)
        )
        self.coordinator.async_update_user_settings(replace(user_settings, green=green))


class ChargeBelowPriceNumber(TwcBusSetting, NumberEntity):
    """The price below which more than green energy is charged; unknown until it is set."""

    @property
    @override
    def native_unit_of_measurement(self) -> str:
        """Return the unit, with the currency of the prices."""
        return f"{self.coordinator.inputs.prices.currency}/kWh"

    @property
    @override
    def native_value(self) -> float | None:
        """Return the price."""
        return self.coordinator.data.user_settings.house.cheap_below

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the price."""
        coordinator = self.coordinator
        coordinator.async_update_user_settings(
            coordinator.user_settings.with_house(cheap_below=require_finite(value)),
            self._context,
        )

    @override
    def _shown(self) -> Any:
        return self.state, self.native_unit_of_measurement


class ChargeLimitNumber(TwcConnectorSetting, NumberEntity):
    """The maximum current of a connector; 0 while it is switched off."""

    @property
    @override
    def native_max_value(self) -> float:
        """Return the limit of the connector and its wiring, in A."""
        stored = self.coordinator.persistence.connectors.get(self.connector_id)
        # A connector that was just removed is asked once more, for its state as unavailable.
        rating = inf if stored is None else stored.known.rating
        return self.coordinator.wiring.connector_maximum(rating)

    @property
    @override
    def native_value(self) -> float:
        """Return the limit in force, in A."""
        return self.settings.ceiling(int(self.native_max_value))

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the limit; 0 switches charging off and keeps the limit for later."""
        minimum = self.coordinator.wiring.min_current
        amps = _whole_amps(value, minimum, int(self.native_max_value))
        self.change_settings(
            replace(self.settings, limit=amps or self.settings.limit, enabled=amps > 0)
        )

    @override
    def _shown(self) -> Any:
        return self.state, self.native_max_value


class PriorityNumber(TwcConnectorSetting, NumberEntity):
    """The priority of a connector when there is too little current for all; a higher one is served first."""

    @property
    @override
    def native_value(self) -> float:
        """Return the priority."""
        return self.settings.priority

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the priority."""
        self.change_settings(
            replace(self.settings, priority=round(require_finite(value)))
        )
