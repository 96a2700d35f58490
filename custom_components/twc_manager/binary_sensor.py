"""Binary sensors of TWC Manager."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import (
    TwcBusEntity,
    TwcConnectorEntity,
    TwcHouseEntity,
    add_for_each_connector,
)
from .state.meters import ConnectorReading
from .twc import BusStatus
from .types import TwcConfigEntry

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ConnectorBinarySensorDescription(BinarySensorEntityDescription):
    """Describe a binary sensor of a connector."""

    is_on_fn: Callable[[ConnectorReading], bool | None]


CONNECTOR_BINARY_SENSORS: Final = (
    ConnectorBinarySensorDescription(
        key="cable",
        translation_key="cable",
        device_class=BinarySensorDeviceClass.PLUG,
        is_on_fn=lambda reading: reading.plugged_in,
    ),
    ConnectorBinarySensorDescription(
        key="charging",
        translation_key="charging",
        device_class=BinarySensorDeviceClass.BATTERY_CHARGING,
        is_on_fn=lambda reading: reading.charging,
    ),
    ConnectorBinarySensorDescription(
        key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on_fn=lambda reading: reading.problem,
    ),
)

CONNECTION: Final = BinarySensorEntityDescription(
    key="connection",
    translation_key="connection",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


HOLD_BATTERY: Final = BinarySensorEntityDescription(
    key="hold_battery", translation_key="hold_battery"
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: TwcConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors."""
    coordinator = entry.runtime_data
    async_add_entities([ConnectionBinarySensor(coordinator, CONNECTION)])
    if coordinator.inputs.options.has_battery:
        async_add_entities([HoldBatteryBinarySensor(coordinator, HOLD_BATTERY)])
    add_for_each_connector(
        entry,
        async_add_entities,
        lambda connector_id: [
            ConnectorBinarySensor(coordinator, description, connector_id)
            for description in CONNECTOR_BINARY_SENSORS
        ],
    )


class ConnectionBinarySensor(TwcBusEntity, BinarySensorEntity):
    """Whether this master controls the bus and a connector is linked."""

    @property
    @override
    def available(self) -> bool:
        """Return True, since a closed port is a state of the connection as well."""
        return True

    @property
    @override
    def is_on(self) -> bool:
        """Return whether a connector is linked to this master."""
        data = self.coordinator.data
        ours = data.status in {BusStatus.RUNNING, BusStatus.SEARCHING}
        return ours and bool(data.connectors)


class HoldBatteryBinarySensor(TwcHouseEntity, BinarySensorEntity):
    """Whether the house battery should hold, since a vehicle charges from the grid."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether the house battery should hold; None before anything is known."""
        return self.coordinator.data.explanation.hold_battery


class ConnectorBinarySensor(TwcConnectorEntity, BinarySensorEntity):
    """A binary sensor of a connector."""

    entity_description: ConnectorBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return the value."""
        return self.entity_description.is_on_fn(self.reading)
