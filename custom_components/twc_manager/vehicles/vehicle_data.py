"""What is kept of a car that the owner added."""

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
CONF_CONNECTOR: Final = "connector"
CONF_OVERRIDE_SCHEDULE: Final = "override_schedule"


class VehicleKind(StrEnum):
    """How a car is told to start and to stop."""

    ENTITIES = "entities"
    """By a switch of Home Assistant's."""
    ACCOUNT = "account"
    """By a Tesla account."""


@dataclass(frozen=True, slots=True)
class VehicleData:
    """What is kept of a car in its subentry.

    Attributes:
        kind: how it is told to start and to stop.
        vin: its vehicle identification number; always there for a car of an account.
        account: the id of the account's subentry.
        switch: the entity that starts and stops charging.
        cable: the entity that tells whether it is plugged in.
        charging_state: the entity that tells what it says of its charging.
        location: the entity that tells where it is.
        battery: the entity that tells its battery's level in %.
        connector: the id of the connector it always charges at; None: to be found out.
        override_schedule: whether it may be charged against its own schedule.

    """

    kind: VehicleKind
    vin: str | None = field(default=None, repr=False)
    account: str | None = None
    switch: str | None = None
    cable: str | None = None
    charging_state: str | None = None
    location: str | None = None
    battery: str | None = None
    connector: int | None = None
    override_schedule: bool = False

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what a subentry holds."""
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
            connector=None if connector is None else int(connector, 16),
            override_schedule=data[CONF_OVERRIDE_SCHEDULE],
        )


def vehicles_of(entry: TwcConfigEntry) -> dict[str, VehicleData]:
    """Return the cars of a bus by the ids of their subentries."""
    return {
        subentry.subentry_id: VehicleData.from_dict(subentry.data)
        for subentry in entry.get_subentries_of_type(SUBENTRY_VEHICLE)
    }
