"""The cars and accounts of one bus as their owner added them."""

from collections.abc import Mapping
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .account_data import SUBENTRY_ACCOUNT, AccountData
from .vehicle_data import SUBENTRY_VEHICLE, VehicleData


@dataclass(frozen=True, slots=True)
class PlannedAccount:
    """An account as it was added; new tokens alone make it no other."""

    name: str
    data: AccountData


@dataclass(frozen=True, slots=True)
class PlannedCar:
    """A car as it was added. It is another if its account is; an account that is gone is None."""

    name: str
    data: VehicleData
    account: PlannedAccount | None


@dataclass(frozen=True, slots=True)
class Plan:
    """All of them by the ids of their subentries."""

    cars: Mapping[str, PlannedCar]
    accounts: Mapping[str, PlannedAccount]


def plan_of(entry: ConfigEntry) -> Plan:
    """Return the cars and accounts of a bus."""
    accounts = {
        subentry.subentry_id: PlannedAccount(
            subentry.title, AccountData.from_dict(subentry.data)
        )
        for subentry in entry.get_subentries_of_type(SUBENTRY_ACCOUNT)
    }
    cars = {}
    for subentry in entry.get_subentries_of_type(SUBENTRY_VEHICLE):
        data = VehicleData.from_dict(subentry.data)
        account = accounts.get(data.account or "")
        cars[subentry.subentry_id] = PlannedCar(subentry.title, data, account)
    return Plan(cars, accounts)
