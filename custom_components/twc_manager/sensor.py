"""Sensors of TWC Manager; each file of `sensors/` describes those of one kind of device."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import add_for_each_connector, add_for_each_subentry
from .inputs.plans import SUBENTRY_PLAN
from .sensors.bus import BUS_SENSORS, GREEN_SENSORS, BusSensor
from .sensors.connector import connector_sensors
from .sensors.house import PEAK_SENSORS, PeakSensor
from .sensors.keeper import KeeperSensor
from .sensors.plan import plan_sensors
from .sensors.price import PRICE, PriceSensor
from .sensors.vehicle import add_vehicles_and_accounts
from .types import TwcConfigEntry

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: TwcConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors."""
    coordinator = entry.runtime_data
    async_add_entities(
        BusSensor(coordinator, description) for description in BUS_SENSORS
    )
    if coordinator.inputs.options.green is not None:
        async_add_entities(
            BusSensor(coordinator, description) for description in GREEN_SENSORS
        )
    if coordinator.keeper is not None:
        async_add_entities([KeeperSensor(coordinator, coordinator.keeper)])
    if coordinator.inputs.options.limits.peak is not None:
        async_add_entities(
            PeakSensor(coordinator, description) for description in PEAK_SENSORS
        )
    if coordinator.inputs.options.prices is not None:
        async_add_entities([PriceSensor(coordinator, PRICE)])
    add_for_each_connector(
        entry,
        async_add_entities,
        lambda connector_id: connector_sensors(coordinator, connector_id),
    )
    add_vehicles_and_accounts(entry, async_add_entities)
    add_for_each_subentry(
        entry,
        async_add_entities,
        SUBENTRY_PLAN,
        lambda plan_id: plan_sensors(coordinator, plan_id),
    )
