"""The vehicles and accounts of one bus as their owner added them."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..types import TwcConfigEntry
from .account_data import SUBENTRY_ACCOUNT, AccountData
from .vehicle_data import SUBENTRY_VEHICLE, VehicleData


@dataclass(frozen=True, slots=True)
class ConfiguredAccount:
    """An account as it was added; two are equal if only their tokens differ."""

    name: str
    data: AccountData


@dataclass(frozen=True, slots=True)
class ConfiguredVehicle:
    """A vehicle as it was added, with its account; None without an account, or if that was removed."""

    name: str
    data: VehicleData
    account: ConfiguredAccount | None


@dataclass(frozen=True, slots=True)
class VehicleConfig:
    """All vehicles and accounts by the ids of their subentries."""

    vehicles: Mapping[str, ConfiguredVehicle]
    accounts: Mapping[str, ConfiguredAccount]


def vehicle_config(entry: TwcConfigEntry) -> VehicleConfig:
    """Return the vehicles and accounts of a bus."""
    accounts = {
        subentry.subentry_id: ConfiguredAccount(
            subentry.title, AccountData.from_dict(subentry.data)
        )
        for subentry in entry.get_subentries_of_type(SUBENTRY_ACCOUNT)
    }
    vehicles = {}
    for subentry in entry.get_subentries_of_type(SUBENTRY_VEHICLE):
        data = VehicleData.from_dict(subentry.data)
        account = accounts.get(data.account or "")
        vehicles[subentry.subentry_id] = ConfiguredVehicle(
            subentry.title, data, account
        )
    return VehicleConfig(vehicles, accounts)
