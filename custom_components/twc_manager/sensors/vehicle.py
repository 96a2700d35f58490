"""The sensors of vehicles and of Tesla accounts, each of which is a device of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfElectricCurrent
from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from ..charging.control.commands import CommandOutcome, VehicleCommand
from ..charging.control.matching import MatchReason
from ..const import DOMAIN
from ..coordinator import TwcCoordinator
from ..entity import TwcEntity
from ..state.costs import CostReading
from ..state.identifiers import member_key
from ..twc import format_id
from ..types import TwcConfigEntry
from ..vehicles.make import VehicleMake, make_of
from ..vehicles.readings import (
    NOT_HERE,
    AccountReading,
    CurrentReading,
    CurrentRequest,
    VehicleReading,
    VehicleReadings,
)
from ..vehicles.vehicle_data import VehicleData
from .cost import COST_SENSORS, CostSensor

NO_PROBLEM: Final = "none"

_PROBLEMS: Final = (
    CommandOutcome.UNREACHABLE,
    CommandOutcome.RATE_LIMITED,
    CommandOutcome.REFUSED,
    CommandOutcome.TRANSIENT,
    CommandOutcome.REAUTH,
    CommandOutcome.NOT_ALLOWED,
)
"""The possible values of `VehicleCommander.problem`."""


@dataclass(frozen=True, kw_only=True)
class VehicleSensorDescription(SensorEntityDescription):
    """Describe a sensor of a vehicle."""

    value_fn: Callable[[VehicleReading], StateType]


@dataclass(frozen=True, kw_only=True)
class RequestSensorDescription(SensorEntityDescription):
    """Describe a sensor of the current that a vehicle is asked for through its number."""

    request_fn: Callable[[CurrentReading], StateType]


@dataclass(frozen=True, kw_only=True)
class AccountSensorDescription(SensorEntityDescription):
    """Describe a sensor of a Tesla account."""

    value_fn: Callable[[AccountReading], StateType]


VEHICLE_SENSORS: Final = (
    VehicleSensorDescription(
        key="battery",
        device_class=SensorDeviceClass.BATTERY,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        value_fn=lambda vehicle: vehicle.battery,
    ),
    VehicleSensorDescription(
        key="connector",
        translation_key="vehicle_connector",
        value_fn=lambda vehicle: (
            None if vehicle.connector_id is None else format_id(vehicle.connector_id)
        ),
    ),
    VehicleSensorDescription(
        key="control",
        translation_key="vehicle_control",
        device_class=SensorDeviceClass.ENUM,
        options=[*MatchReason, NOT_HERE],
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda vehicle: vehicle.control,
    ),
    VehicleSensorDescription(
        key="last_command",
        translation_key="vehicle_last_command",
        device_class=SensorDeviceClass.ENUM,
        options=[item for item in VehicleCommand if item is not VehicleCommand.NOTHING],
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda vehicle: vehicle.last_command,
    ),
    VehicleSensorDescription(
        key="last_result",
        translation_key="vehicle_last_result",
        device_class=SensorDeviceClass.ENUM,
        options=list(CommandOutcome),
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda vehicle: vehicle.last_result,
    ),
    VehicleSensorDescription(
        key="problem",
        translation_key="vehicle_problem",
        device_class=SensorDeviceClass.ENUM,
        options=[*_PROBLEMS, NO_PROBLEM],
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda vehicle: vehicle.problem or NO_PROBLEM,
    ),
)

REQUEST_SENSORS: Final = (
    RequestSensorDescription(
        key="charge_request",
        translation_key="vehicle_charge_request",
        device_class=SensorDeviceClass.ENUM,
        options=list(CurrentRequest),
        entity_category=EntityCategory.DIAGNOSTIC,
        request_fn=lambda current: current.request,
    ),
    RequestSensorDescription(
        key="requested_current",
        translation_key="vehicle_requested_current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        request_fn=lambda current: current.amps,
    ),
    RequestSensorDescription(
        key="request_calls",
        translation_key="vehicle_request_calls",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        request_fn=lambda current: current.calls,
    ),
    RequestSensorDescription(
        key="request_cost",
        translation_key="vehicle_request_cost",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement="USD",
        suggested_display_precision=2,
        entity_category=EntityCategory.DIAGNOSTIC,
        request_fn=lambda current: current.cost,
    ),
)
"""The sensors of a vehicle that is asked for less current through its number."""

ACCOUNT_SENSORS: Final = (
    AccountSensorDescription(
        key="calls",
        translation_key="account_calls",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda account: account.calls,
    ),
    AccountSensorDescription(
        key="cost",
        translation_key="account_cost",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement="USD",
        suggested_display_precision=2,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda account: account.cost,
    ),
)


@callback
def add_vehicles_and_accounts(
    entry: TwcConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of all vehicles and accounts, now and whenever more are added.

    Home Assistant removes them together with their subentry.
    """
    coordinator = entry.runtime_data
    added: set[str] = set()
    with_requests: set[str] = set()

    @callback
    def add_new() -> None:
        vehicles = coordinator.data.vehicles
        known = vehicles.vehicles.keys() | vehicles.accounts.keys()
        added.intersection_update(known)
        for member_id in sorted(known - added):
            added.add(member_id)
            async_add_entities(
                _sensors_of(coordinator, vehicles, member_id),
                config_subentry_id=member_id,
            )
        asked = {key for key, item in vehicles.vehicles.items() if item.current}
        for member_id in sorted(asked - with_requests):
            async_add_entities(
                _request_sensors_of(
                    coordinator, vehicles.vehicles[member_id], member_id
                ),
                config_subentry_id=member_id,
            )
        with_requests.clear()
        with_requests.update(asked)

    add_new()
    entry.async_on_unload(coordinator.async_add_listener(add_new))


def _sensors_of(
    coordinator: TwcCoordinator, vehicles: VehicleReadings, member_id: str
) -> Iterable[SensorEntity]:
    if vehicle := vehicles.vehicles.get(member_id):
        subentry = coordinator.config_entry.subentries[member_id]
        make = make_of(coordinator.hass, VehicleData.from_dict(subentry.data))
        sensors: list[SensorEntity] = [
            VehicleSensor(coordinator, description, member_id, vehicle.name, make)
            for description in VEHICLE_SENSORS
        ]
        if coordinator.inputs.options.prices is not None:
            sensors += [
                VehicleCostSensor(coordinator, cost, member_id, vehicle.name, make)
                for cost in COST_SENSORS
            ]
        return sensors
    name = vehicles.accounts[member_id].name
    return [
        AccountSensor(coordinator, description, member_id, name)
        for description in ACCOUNT_SENSORS
    ]


def _request_sensors_of(
    coordinator: TwcCoordinator, vehicle: VehicleReading, member_id: str
) -> list[RequestSensor]:
    """Return the sensors of a vehicle that is asked for less current through its number."""
    subentry = coordinator.config_entry.subentries[member_id]
    make = make_of(coordinator.hass, VehicleData.from_dict(subentry.data))
    has_cost = vehicle.current is not None and vehicle.current.cost is not None
    return [
        RequestSensor(coordinator, description, member_id, vehicle.name, make)
        for description in REQUEST_SENSORS
        if description.key != "request_cost" or has_cost
    ]


class _MemberSensor(TwcEntity, SensorEntity):
    """A sensor on the device of a vehicle or an account, which has a subentry of its own."""

    _entry_type: DeviceEntryType | None = None

    def __init__(
        self,
        coordinator: TwcCoordinator,
        description: SensorEntityDescription,
        member_id: str,
        name: str,
        make: VehicleMake | None = None,
    ) -> None:
        """Put the sensor on the device of its subentry."""
        super().__init__(coordinator, description)
        key = member_key(coordinator.config_entry.entry_id, member_id)
        self._member_id = member_id
        self._attr_unique_id = f"{key}_{description.key}"
        make = make or VehicleMake()
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, key)},
            name=name,
            manufacturer=make.maker,
            model=make.model,
            entry_type=self._entry_type,
        )


class VehicleSensor(_MemberSensor):
    """A sensor of a vehicle."""

    entity_description: VehicleSensorDescription

    @property
    @override
    def available(self) -> bool:
        """Return whether the vehicle still exists."""
        return self._member_id in self.coordinator.data.vehicles.vehicles

    @property
    @override
    def native_value(self) -> StateType:
        """Return the value."""
        vehicle = self.coordinator.data.vehicles.vehicles[self._member_id]
        return self.entity_description.value_fn(vehicle)


class RequestSensor(_MemberSensor):
    """A sensor of the current that a vehicle is asked for through its number."""

    entity_description: RequestSensorDescription

    @property
    @override
    def available(self) -> bool:
        """Return whether the vehicle still exists, and still has such a number."""
        return self._current is not None

    @property
    @override
    def native_value(self) -> StateType:
        """Return the value."""
        current = self._current
        return None if current is None else self.entity_description.request_fn(current)

    @property
    def _current(self) -> CurrentReading | None:
        vehicle = self.coordinator.data.vehicles.vehicles.get(self._member_id)
        return None if vehicle is None else vehicle.current


class VehicleCostSensor(CostSensor, _MemberSensor):
    """What charging a vehicle cost, at any connector of the bus."""

    @property
    @override
    def available(self) -> bool:
        """Return whether the vehicle still exists."""
        return self._member_id in self.coordinator.data.vehicles.vehicles

    @property
    @override
    def _costs(self) -> CostReading | None:
        return self.coordinator.data.costs.vehicles.get(self._member_id)


class AccountSensor(_MemberSensor):
    """A sensor of a Tesla account."""

    entity_description: AccountSensorDescription
    _entry_type = DeviceEntryType.SERVICE

    @property
    @override
    def available(self) -> bool:
        """Return whether the account still exists."""
        return self._member_id in self.coordinator.data.vehicles.accounts

    @property
    @override
    def native_value(self) -> StateType:
        """Return the value."""
        account = self.coordinator.data.vehicles.accounts[self._member_id]
        return self.entity_description.value_fn(account)
