"""The data of a vehicle in its subentry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Self

from ..types import TwcConfigEntry

SUBENTRY_VEHICLE: Final = "vehicle"

CONF_KIND: Final = "kind"
CONF_VIN: Final = "vin"
CONF_ACCOUNT: Final = "account"
CONF_SWITCH: Final = "switch"
CONF_CABLE: Final = "cable"
CONF_CHARGING_STATE: Final = "charging_state"
CONF_LOCATION: Final = "location"
CONF_BATTERY: Final = "battery"
CONF_CHARGE_LIMIT: Final = "charge_limit"
CONF_ENERGY_LEFT: Final = "energy_left"
CONF_CAPACITY: Final = "capacity"
CONF_CHARGE_CURRENT: Final = "charge_current"
CONF_THROUGH_VEHICLE: Final = "through_vehicle"
CONF_CONNECTOR: Final = "connector"
CONF_OVERRIDE_SCHEDULE: Final = "override_schedule"


class VehicleKind(StrEnum):
    """The means by which a vehicle is commanded."""

    ENTITIES = "entities"
    """Its entities in Home Assistant."""
    ACCOUNT = "account"
    """A Tesla account."""


@dataclass(frozen=True, slots=True)
class BatteryData:
    """The owner's input about a vehicle's battery, besides the entity of its level; None where nothing was entered.

    Attributes:
        charge_limit: the entity that reports the level at which the vehicle stops by itself, in %.
        energy_left: the entity that reports the energy in the battery, in kWh.
        capacity_kwh: its capacity.

    """

    charge_limit: str | None = None
    energy_left: str | None = None
    capacity_kwh: float | None = None


@dataclass(frozen=True, slots=True)
class VehicleData:
    """The data of a vehicle in its subentry.

    Attributes:
        kind: the means by which it is commanded.
        vin: its vehicle identification number; never None for a vehicle of an account.
        account: the id of the account's subentry.
        switch: the entity that starts and stops charging.
        cable: the entity that reports whether it is plugged in.
        charging_state: the entity that reports its charging state.
        location: the entity that reports its location.
        battery: the entity that reports its battery level in %.
        pack: further input about its battery.
        connector: the id of the connector it always charges at; None to match it automatically.
        override_schedule: whether it may be charged against its own schedule.
        charge_current: the entity through which it is asked for less than its connector can offer; None if it is not
            asked.

    """

    kind: VehicleKind
    vin: str | None = field(default=None, repr=False)
    account: str | None = None
    switch: str | None = None
    cable: str | None = None
    charging_state: str | None = None
    location: str | None = None
    battery: str | None = None
    pack: BatteryData = BatteryData()
    connector: int | None = None
    override_schedule: bool = False
    charge_current: str | None = None

    @property
    def reports_level(self) -> bool:
        """Return whether its battery level is reported."""
        return self.battery is not None or self.account is not None

    @property
    def can_know_level(self) -> bool:
        """Return whether its level can be known: reported, or typed in and continued by its capacity."""
        return self.reports_level or self.pack.capacity_kwh is not None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the data of a subentry."""
        connector = data[CONF_CONNECTOR]
        return cls(
            kind=VehicleKind(data[CONF_KIND]),
            vin=data[CONF_VIN],
            account=data[CONF_ACCOUNT],
            switch=data[CONF_SWITCH],
            cable=data[CONF_CABLE],
            charging_state=data[CONF_CHARGING_STATE],
            location=data[CONF_LOCATION],
            battery=data[CONF_BATTERY],
            pack=BatteryData(
                data.get(CONF_CHARGE_LIMIT),
                data.get(CONF_ENERGY_LEFT),
                data.get(CONF_CAPACITY),
            ),
            connector=None if connector is None else int(connector, 16),
            override_schedule=data[CONF_OVERRIDE_SCHEDULE],
            charge_current=data.get(CONF_CHARGE_CURRENT)
            if data.get(CONF_THROUGH_VEHICLE)
            else None,
        )


def vehicles_of(entry: TwcConfigEntry) -> dict[str, VehicleData]:
    """Return the vehicles of a bus by the ids of their subentries."""
    return {
        subentry.subentry_id: VehicleData.from_dict(subentry.data)
        for subentry in entry.get_subentries_of_type(SUBENTRY_VEHICLE)
    }


def short_vin(vin: str) -> str:
    """Return the end of a VIN, which distinguishes the vehicles of a house without identifying one."""
    return f"…{vin[-4:]}"


def name_of(
    entry: TwcConfigEntry, vehicle_id: str | None, vin: str | None = None
) -> str | None:
    """Return the name of a vehicle of a bus by its id, otherwise by its VIN.

    For a vehicle that was not added, return the end of its VIN; without a VIN, None.
    """
    vehicles = entry.get_subentries_of_type(SUBENTRY_VEHICLE)
    names = [item.title for item in vehicles if item.subentry_id == vehicle_id]
    if vin is None:
        return next(iter(names), None)
    names += [item.title for item in vehicles if item.data[CONF_VIN] == vin]
    return next(iter(names), short_vin(vin))
