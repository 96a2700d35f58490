"""The cars of an account and their data; missing and invalid values are None."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from ..untrusted import finite_number
from .answers import UNEXPECTED, AccountError

CHARGE_STATE: Final = "charge_state"
DRIVE_STATE: Final = "drive_state"
LOCATION_DATA: Final = "location_data"


@dataclass(frozen=True, slots=True)
class Location:
    """A place where a car was.

    Attributes:
        latitude, longitude: in degrees.
        at: when, in s since the epoch.

    """

    latitude: float = field(repr=False)
    longitude: float = field(repr=False)
    at: float


class TeslaVehicleState(StrEnum):
    """Whether the account can reach a car."""

    ONLINE = "online"
    ASLEEP = "asleep"
    OFFLINE = "offline"


class ChargingState(StrEnum):
    """The charging state that a car reports, in Tesla's own words."""

    DISCONNECTED = "Disconnected"
    NO_POWER = "NoPower"
    STARTING = "Starting"
    CHARGING = "Charging"
    STOPPED = "Stopped"
    COMPLETE = "Complete"
    CALIBRATING = "Calibrating"


@dataclass(frozen=True, slots=True)
class TeslaVehicle:
    """A car of an account.

    Attributes:
        vin: its vehicle identification number.
        name: its owner's name for it; empty if there is none.
        state: whether it can be reached; None if unknown.
        must_sign: whether it accepts signed commands only.

    """

    vin: str = field(repr=False)
    name: str = ""
    state: TeslaVehicleState | None = None
    must_sign: bool = False


@dataclass(frozen=True, slots=True)
class TeslaVehicleData:
    """The data of a car that is online.

    Attributes:
        charging: its charging state.
        battery_level: in %.
        charge_limit: the level at which it stops by itself, in %.
        scheduled: whether it waits for its own charging schedule or departure time.
        location: where it is; None if it was not asked for, not allowed or not reported.

    """

    charging: ChargingState | None = None
    battery_level: float | None = None
    charge_limit: float | None = None
    scheduled: bool = False
    location: Location | None = None


def read_vehicles(body: object) -> tuple[TeslaVehicle, ...]:
    """Return the cars in an account's list of products.

    Raises:
        AccountError: it is no such list.

    """
    products = _response(body)
    if not isinstance(products, list):
        raise AccountError(UNEXPECTED)
    return tuple(_vehicles(products))


def read_data(body: object) -> TeslaVehicleData:
    """Return the data of a car.

    Raises:
        AccountError: it is no car's data.

    """
    data = _response(body)
    if not isinstance(data, dict):
        raise AccountError(UNEXPECTED)
    charge = _part(data, CHARGE_STATE)
    return TeslaVehicleData(
        charging=_one_of(ChargingState, charge.get("charging_state")),
        battery_level=finite_number(charge.get("battery_level")),
        charge_limit=finite_number(charge.get("charge_limit_soc")),
        scheduled=charge.get("scheduled_charging_pending") is True,
        location=_location({**_part(data, LOCATION_DATA), **_part(data, DRIVE_STATE)}),
    )


def read_state(body: object) -> TeslaVehicleState | None:
    """Return the state in a car's summary, such as the answer to a wake."""
    data = _response(body)
    return (
        _one_of(TeslaVehicleState, data.get("state"))
        if isinstance(data, dict)
        else None
    )


def read_unpaired(body: object) -> frozenset[str]:
    """Return the VINs in a fleet status of the cars that do not know our key.

    Raises:
        AccountError: it is no fleet status.

    """
    data = _response(body)
    unpaired = data.get("unpaired_vins") if isinstance(data, dict) else None
    if not isinstance(unpaired, list):
        raise AccountError(UNEXPECTED)
    return frozenset(vin for vin in unpaired if isinstance(vin, str))


def _vehicles(products: list[Any]) -> Iterator[TeslaVehicle]:
    for product in products:
        if not isinstance(product, dict):
            continue
        vin = product.get("vin")
        if not isinstance(vin, str) or not vin:
            continue
        yield TeslaVehicle(
            vin=vin,
            name=str(product.get("display_name") or ""),
            state=_one_of(TeslaVehicleState, product.get("state")),
            must_sign=product.get("command_signing") == "required",
        )


def _location(drive: Mapping[str, Any]) -> Location | None:
    """Return where a car is; None for a location without a time."""
    latitude = finite_number(drive.get("latitude"))
    longitude = finite_number(drive.get("longitude"))
    at = finite_number(drive.get("gps_as_of"))
    if latitude is None or longitude is None or at is None:
        return None
    return Location(latitude, longitude, at)


def _response(body: object) -> Any:
    return body.get("response") if isinstance(body, dict) else None


def _part(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = data.get(name)
    return part if isinstance(part, dict) else {}


def _one_of[E: StrEnum](kind: type[E], value: object) -> E | None:
    try:
        return kind(str(value))
    except ValueError:
        return None
