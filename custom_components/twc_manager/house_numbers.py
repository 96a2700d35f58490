"""Numbers for the whole house: the limit from outside, the accepted peak of the import, and where a boost ends."""

from collections.abc import Iterator
from math import ceil
from typing import Final, override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfPower

from .const import DOMAIN
from .entity import TwcHouseEntity, require_finite
from .inputs.wiring import wiring_of
from .types import TwcConfigEntry

OUTSIDE_LIMIT: Final = NumberEntityDescription(
    key="outside_limit",
    translation_key="outside_limit",
    device_class=NumberDeviceClass.POWER,
    entity_category=EntityCategory.CONFIG,
    native_unit_of_measurement=UnitOfPower.WATT,
    native_min_value=0,
    native_step=10,
    mode=NumberMode.BOX,
)

PEAK_TARGET: Final = NumberEntityDescription(
    key="peak_target",
    translation_key="peak_target",
    device_class=NumberDeviceClass.POWER,
    entity_category=EntityCategory.CONFIG,
    native_unit_of_measurement=UnitOfPower.KILO_WATT,
    native_min_value=0,
    native_max_value=100,
    native_step=0.1,
    mode=NumberMode.BOX,
)


BOOST_DOWN_TO: Final = NumberEntityDescription(
    key="boost_down_to",
    translation_key="boost_down_to",
    entity_category=EntityCategory.CONFIG,
    native_unit_of_measurement=PERCENTAGE,
    native_min_value=0,
    native_max_value=100,
    native_step=1,
    mode=NumberMode.BOX,
)


def house_numbers(entry: TwcConfigEntry) -> Iterator[NumberEntity]:
    """Yield the numbers of the features that are set up for the whole house."""
    coordinator = entry.runtime_data
    options = coordinator.inputs.options
    limits = options.limits
    if options.has_battery:
        yield BoostDownToNumber(coordinator, BOOST_DOWN_TO)
    if limits.peak is not None:
        yield PeakTargetNumber(coordinator, PEAK_TARGET)
    if limits.outside is not None and limits.outside.has_number:
        yield OutsideLimitNumber(coordinator, OUTSIDE_LIMIT)


class OutsideLimitNumber(TwcHouseEntity, NumberEntity):
    """The limit from outside for all charging together; the number's maximum means no limit."""

    @property
    @override
    def native_max_value(self) -> float:
        """Return the power of the wiring of all buses, in W, rounded up to a whole step."""
        wirings = map(wiring_of, self.hass.config_entries.async_entries(DOMAIN))
        return ceil(sum(item.watts(item.max_current) for item in wirings) / 10) * 10

    @property
    @override
    def native_value(self) -> float:
        """Return the limit, in W."""
        watts = self.coordinator.data.user_settings.house.outside_w
        maximum = self.native_max_value
        return maximum if watts is None else min(watts, maximum)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the limit."""
        watts = None if require_finite(value) >= self.native_max_value else value
        self.coordinator.async_update_user_settings(
            self.coordinator.user_settings.with_house(outside_w=watts), self._context
        )


class PeakTargetNumber(TwcHouseEntity, NumberEntity):
    """The peak of the import that the owner accepts."""

    @property
    @override
    def native_value(self) -> float | None:
        """Return the peak in kW: as set, or else the one that the tariff bills in any case."""
        coordinator = self.coordinator
        kilowatts = coordinator.data.user_settings.house.peak_target_kw
        peak = coordinator.inputs.options.limits.peak
        if kilowatts is None and peak is not None:
            return peak.tariff.default_wish_kw
        return kilowatts

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the peak."""
        self.coordinator.async_update_user_settings(
            self.coordinator.user_settings.with_house(
                peak_target_kw=require_finite(value)
            ),
            self._context,
        )


class BoostDownToNumber(TwcHouseEntity, NumberEntity):
    """The level of the house battery at which a boost ends."""

    @property
    @override
    def native_value(self) -> float:
        """Return the level in %."""
        return self.coordinator.data.user_settings.house.boost_down_to

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the level."""
        self.coordinator.async_update_user_settings(
            self.coordinator.user_settings.with_house(
                boost_down_to=require_finite(value)
            ),
            self._context,
        )
