"""Numbers of vehicles: the battery levels up to which they charge, and a level to type in for one that reports none."""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import PERCENTAGE, EntityCategory
from homeassistant.helpers.device_registry import DeviceInfo

from .charging.plans.level_rules import NEVER_AT_ONCE, NEVER_STOP, LevelLimits
from .const import DOMAIN
from .coordinator import TwcCoordinator
from .entity import TwcEntity, require_finite
from .state.identifiers import member_key
from .vehicles.battery_book import BatteryBook


@dataclass(frozen=True, kw_only=True)
class LevelNumberDescription(NumberEntityDescription):
    """Describe a level that an owner sets for a vehicle."""

    value_fn: Callable[[LevelLimits], int]
    set_fn: Callable[[LevelLimits, int], LevelLimits]


LEVELS: Final = (
    LevelNumberDescription(
        key="at_once_to",
        translation_key="at_once_to",
        entity_category=EntityCategory.CONFIG,
        native_unit_of_measurement=PERCENTAGE,
        native_min_value=NEVER_AT_ONCE,
        native_max_value=100,
        native_step=1,
        mode=NumberMode.BOX,
        value_fn=lambda limits: limits.at_once,
        set_fn=lambda limits, value: replace(limits, at_once=value),
    ),
    LevelNumberDescription(
        key="stop_at",
        translation_key="stop_at",
        entity_category=EntityCategory.CONFIG,
        native_unit_of_measurement=PERCENTAGE,
        native_min_value=1,
        native_max_value=NEVER_STOP,
        native_step=1,
        mode=NumberMode.BOX,
        value_fn=lambda limits: limits.stop_at,
        set_fn=lambda limits, value: replace(limits, stop_at=value),
    ),
)
TYPED_LEVEL: Final = NumberEntityDescription(
    key="typed_level",
    translation_key="typed_level",
    device_class=NumberDeviceClass.BATTERY,
    native_unit_of_measurement=PERCENTAGE,
    native_min_value=0,
    native_max_value=100,
    native_step=1,
    mode=NumberMode.BOX,
)


def vehicle_numbers(
    coordinator: TwcCoordinator, vehicle_id: str, *, reports_level: bool
) -> Iterator[NumberEntity]:
    """Yield the numbers of a vehicle, with one to type in its level if it does not report it."""
    for description in LEVELS:
        yield LevelNumber(coordinator, description, vehicle_id)
    if not reports_level:
        yield TypedLevelNumber(coordinator, TYPED_LEVEL, vehicle_id)


class _VehicleNumber(TwcEntity, NumberEntity):
    """A number on the device of a vehicle."""

    def __init__(
        self,
        coordinator: TwcCoordinator,
        description: NumberEntityDescription,
        vehicle_id: str,
    ) -> None:
        """Put the number on the device of its vehicle."""
        super().__init__(coordinator, description)
        entry = coordinator.config_entry
        key = member_key(entry.entry_id, vehicle_id)
        self._vehicle_id = vehicle_id
        self._attr_unique_id = f"{key}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, key)}, name=entry.subentries[vehicle_id].title
        )

    @property
    def _book(self) -> BatteryBook:
        return self.coordinator.vehicles.battery_book

    @property
    @override
    def available(self) -> bool:
        """Return whether the vehicle still exists; it can be changed while the port is gone."""
        return self._vehicle_id in self.coordinator.config_entry.subentries

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Store the number that the owner has entered.

        Raises:
            ServiceValidationError: if it is NaN or infinite, which the limits of the entity let pass.

        """
        self._set(require_finite(value))
        self.coordinator.async_update_listeners()

    @abstractmethod
    def _set(self, value: float) -> None:
        """Store a finite number."""


class LevelNumber(_VehicleNumber):
    """A level up to which a vehicle charges, at once or at all."""

    entity_description: LevelNumberDescription

    @property
    @override
    def native_value(self) -> int:
        """Return the level in %."""
        return self.entity_description.value_fn(self._book.limits(self._vehicle_id))

    @override
    def _set(self, value: float) -> None:
        limits = self._book.limits(self._vehicle_id)
        self._book.set_limits(
            self._vehicle_id, self.entity_description.set_fn(limits, round(value))
        )


class TypedLevelNumber(_VehicleNumber):
    """The level of a vehicle that reports none, typed in by its owner; it rises with the energy that is charged."""

    @property
    @override
    def native_value(self) -> float | None:
        """Return the level now in whole %; None once the vehicle was unplugged."""
        level = self._book.typed_level(self._vehicle_id)
        return None if level is None else round(level)

    @override
    def _set(self, value: float) -> None:
        self._book.type_level(self._vehicle_id, value)
