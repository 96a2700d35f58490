"""What holds while Home Assistant is away, and what happened meanwhile: the data that it shares with the keeper.

Both sides read what comes from a network: every number is bounded, and anything else is refused as a whole.
Amps are in A, times in s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from .guard import MAX_CONNECTOR_AMPS, MAX_TOTAL_AMPS, WiringLimits
from .messages import PROTOCOL_1, PROTOCOL_2, format_id
from .state import KnownConnector

MAX_LEASE_SECONDS: Final = 24 * 3600.0
MAX_ABSENCE_SECONDS: Final = 366 * 86400.0
MAX_CONNECTORS: Final = 3
_HEX: Final = 16


def number_in(data: Mapping[str, Any], key: str, maximum: float) -> float:
    """Return a number from 0 to a maximum.

    Raises:
        ValueError: if it is missing or something else.

    """
    match data.get(key):
        case bool():
            pass
        case (int() | float()) as value if 0 <= value <= maximum:
            return float(value)
    raise ValueError(f"{key} is no number from 0 to {maximum:g}")


def flag_in(data: Mapping[str, Any], key: str) -> bool:
    """Return a truth value.

    Raises:
        ValueError: if it is missing or something else.

    """
    value = data.get(key)
    if isinstance(value, bool):
        return value
    raise ValueError(f"{key} is neither true nor false")


def id_in(data: Mapping[str, Any], key: str) -> int:
    """Return an id, given as four hex digits.

    Raises:
        ValueError: if it is missing or something else.

    """
    value = data.get(key)
    if not isinstance(value, str) or len(value) != 4 or not value.isalnum():
        raise ValueError(f"{key} is no id of four hex digits")
    return int(value, _HEX)


def known_in(data: Mapping[str, Any]) -> KnownConnector:
    """Return a connector's id, protocol and rating.

    Raises:
        ValueError: if they are missing or something else.

    """
    protocol = number_in(data, "protocol", PROTOCOL_2)
    if protocol not in {PROTOCOL_1, PROTOCOL_2}:
        raise ValueError("protocol is neither 1 nor 2")
    rating = number_in(data, "rating", MAX_CONNECTOR_AMPS)
    return KnownConnector(id_in(data, "id"), int(protocol), rating)


def known_as_dict(known: KnownConnector) -> dict[str, Any]:
    """Return a connector's id, protocol and rating as they are sent."""
    return {
        "id": format_id(known.connector_id),
        "protocol": known.protocol,
        "rating": known.rating,
    }


def items_in(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return a list of objects, one for each connector that a bus can have.

    Raises:
        ValueError: if it is missing, something else, or too long.

    """
    items = data.get(key)
    if not isinstance(items, list) or len(items) > MAX_CONNECTORS:
        raise ValueError(f"{key} is no list of up to {MAX_CONNECTORS}")
    if not all(isinstance(item, Mapping) for item in items):
        raise ValueError(f"{key} is no list of objects")
    return items


@dataclass(frozen=True, slots=True)
class LeasedConnector:
    """A connector, and the A that it may have while Home Assistant is away."""

    known: KnownConnector
    amps: float

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read one; raises ValueError if the data is something else."""
        return cls(known_in(data), number_in(data, "amps", MAX_CONNECTOR_AMPS))

    def as_dict(self) -> dict[str, Any]:
        """Return it as it is sent and stored."""
        return {**known_as_dict(self.known), "amps": self.amps}


@dataclass(frozen=True, slots=True)
class Lease:
    """What holds while Home Assistant is away.

    Attributes:
        master_id: its id as the master of the bus.
        seconds: for how long this holds without it.
        limits: what the wiring can carry.
        connectors: what each connector may have.

    """

    master_id: int
    seconds: float
    limits: WiringLimits
    connectors: tuple[LeasedConnector, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a lease.

        Raises:
            ValueError: if anything in it is missing or out of bounds.

        """
        limits = WiringLimits(
            number_in(data, "total", MAX_TOTAL_AMPS),
            number_in(data, "per_connector", MAX_CONNECTOR_AMPS),
        )
        return cls(
            master_id=id_in(data, "master"),
            seconds=number_in(data, "seconds", MAX_LEASE_SECONDS),
            limits=limits,
            connectors=tuple(
                LeasedConnector.from_dict(item) for item in items_in(data, "connectors")
            ),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the lease as it is sent and stored."""
        return {
            "master": format_id(self.master_id),
            "seconds": self.seconds,
            "total": self.limits.total,
            "per_connector": self.limits.per_connector,
            "connectors": [item.as_dict() for item in self.connectors],
        }

    def amps_for(self, connector_id: int) -> float | None:
        """Return what a connector may have; None if it is not part of the lease."""
        for item in self.connectors:
            if item.known.connector_id == connector_id:
                return item.amps
        return None


@dataclass(frozen=True, slots=True)
class KeptConnector:
    """A connector that answers Home Assistant's id.

    Attributes:
        known: the connector.
        amps: the offer that it has.
        ampere_hours: what its car has taken since Home Assistant's last frame, in Ah of one phase.

    """

    known: KnownConnector
    amps: float
    ampere_hours: float

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read one; raises ValueError if the data is something else."""
        return cls(
            known_in(data),
            number_in(data, "amps", MAX_CONNECTOR_AMPS),
            number_in(data, "ampere_hours", MAX_CONNECTOR_AMPS * MAX_ABSENCE_SECONDS),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it as it is sent."""
        return {
            **known_as_dict(self.known),
            "amps": self.amps,
            "ampere_hours": round(self.ampere_hours, 4),
        }


@dataclass(frozen=True, slots=True)
class KeeperReport:
    """What the keeper has seen.

    Attributes:
        master_id: the id of the master that it forwards, or goes on as.
        in_charge: whether it is the master at the moment.
        has_lease: whether a lease holds.
        complete: whether it has had the line without a gap since this master knew every connector: no other master can
            have offered any of them current since.
        absent_seconds: the time since Home Assistant's last frame.
        total: its own limit for all connectors together.
        dropped: how many frames it did not let through.
        connectors: those that answer.

    """

    master_id: int
    in_charge: bool
    has_lease: bool
    complete: bool
    absent_seconds: float
    total: float
    dropped: int
    connectors: tuple[KeptConnector, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a report.

        Raises:
            ValueError: if anything in it is missing or out of bounds.

        """
        return cls(
            master_id=id_in(data, "master"),
            in_charge=flag_in(data, "in_charge"),
            has_lease=flag_in(data, "has_lease"),
            complete=flag_in(data, "complete"),
            absent_seconds=number_in(data, "absent_seconds", MAX_ABSENCE_SECONDS),
            total=number_in(data, "total", MAX_TOTAL_AMPS),
            dropped=int(number_in(data, "dropped", 2**53)),
            connectors=tuple(
                KeptConnector.from_dict(item) for item in items_in(data, "connectors")
            ),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the report as it is sent."""
        return {
            "master": format_id(self.master_id),
            "in_charge": self.in_charge,
            "has_lease": self.has_lease,
            "complete": self.complete,
            "absent_seconds": round(self.absent_seconds, 1),
            "total": self.total,
            "dropped": self.dropped,
            "connectors": [item.as_dict() for item in self.connectors],
        }
