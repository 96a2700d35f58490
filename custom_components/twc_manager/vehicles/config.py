"""The cars and accounts of one bus as their owner added them."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..types import TwcConfigEntry
from .account_data import SUBENTRY_ACCOUNT, AccountData
from .vehicle_data import SUBENTRY_VEHICLE, VehicleData


@dataclass(frozen=True, slots=True)
class ConfiguredAccount:
    """An account as it was added; new tokens alone make it no other."""

    name: str
    data: AccountData


@dataclass(frozen=True, slots=True)
class ConfiguredVehicle:
    """A car as it was added. It is another if its account is; an account that is gone is None."""

    name: str
    data: VehicleData
    account: ConfiguredAccount | None


@dataclass(frozen=True, slots=True)
class VehicleConfig:
    """All of them by the ids of their subentries."""

    cars: Mapping[str, ConfiguredVehicle]
    accounts: Mapping[str, ConfiguredAccount]


def vehicle_config(entry: TwcConfigEntry) -> VehicleConfig:
    """Return the cars and accounts of a bus."""
    accounts = {
        subentry.subentry_id: ConfiguredAccount(
            subentry.title, AccountData.from_dict(subentry.data)
        )
        for subentry in entry.get_subentries_of_type(SUBENTRY_ACCOUNT)
    }
    cars = {}
    for subentry in entry.get_subentries_of_type(SUBENTRY_VEHICLE):
        data = VehicleData.from_dict(subentry.data)
        account = accounts.get(data.account or "")
        cars[subentry.subentry_id] = ConfiguredVehicle(subentry.title, data, account)
    return VehicleConfig(cars, accounts)
