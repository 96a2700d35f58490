"""Numbers of TWC Manager: the amps an owner sets, and how green energy is followed."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite
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
from .entity import TwcBusEntity, TwcConnectorEntity, add_for_each_connector
from .types import TwcConfigEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class GreenNumberDescription(NumberEntityDescription):
    """Describe a number of how green energy is followed."""

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


async def async_setup_entry(
    hass: HomeAssistant,
    entry: TwcConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers."""
    coordinator = entry.runtime_data
    async_add_entities([TotalCurrentLimitNumber(coordinator, TOTAL_CURRENT_LIMIT)])
    async_add_entities(
        GreenNumber(coordinator, description) for description in GREEN_NUMBERS
    )
    add_for_each_connector(
        entry,
        async_add_entities,
        lambda connector_id: [
            ChargeLimitNumber(coordinator, CHARGE_LIMIT, connector_id),
            PriorityNumber(coordinator, PRIORITY, connector_id),
        ],
    )


def _number(value: float) -> float:
    """Return a number that an owner asked for, which no limit keeps from being none.

    Raises:
        ServiceValidationError: if it is none.

    """
    if not isfinite(value):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_number",
            translation_placeholders={"value": str(value)},
        )
    return value


def _whole_amps(value: float, minimum: int, maximum: int) -> int:
    """Return the amps an owner asked for.

    Raises:
        ServiceValidationError: if a car could do nothing with them.

    """
    amps = round(_number(value))
    least = min(minimum, maximum)
    if 0 < amps < least:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="current_below_minimum",
            translation_placeholders={"value": str(amps), "minimum": str(least)},
        )
    return amps


class TotalCurrentLimitNumber(TwcBusEntity, NumberEntity):
    """The amps for all connectors together."""

    @property
    @override
    def native_max_value(self) -> float:
        """Return what the wiring bears."""
        return self.coordinator.wiring.max_current

    @property
    @override
    def native_value(self) -> float:
        """Return the amps that may be shared out."""
        coordinator = self.coordinator
        return coordinator.data.user_settings.available(coordinator.wiring.max_current)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the amps that may be shared out."""
        coordinator = self.coordinator
        wiring = coordinator.wiring
        amps = _whole_amps(value, wiring.min_current, wiring.max_current)
        coordinator.async_choose(replace(coordinator.user_settings, current=amps))


class GreenNumber(TwcBusEntity, NumberEntity):
    """One of the settings of how green energy is followed."""

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
        green = self.entity_description.set_fn(user_settings.green, _number(value))
        self.coordinator.async_choose(replace(user_settings, green=green))


class ChargeLimitNumber(TwcConnectorEntity, NumberEntity):
    """The most amps one connector may be offered; 0 while it is switched off."""

    @property
    @override
    def native_max_value(self) -> float:
        """Return what the connector and its wiring bear."""
        stored = self.coordinator.persistence.connectors[self.connector_id]
        return self.coordinator.wiring.connector_maximum(stored.known.rating)

    @property
    @override
    def native_value(self) -> float:
        """Return the limit in force."""
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


class PriorityNumber(TwcConnectorEntity, NumberEntity):
    """Who is served first when there is too little for all; the higher the earlier."""

    @property
    @override
    def native_value(self) -> float:
        """Return the priority."""
        return self.settings.priority

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the priority."""
        self.change_settings(replace(self.settings, priority=round(_number(value))))
