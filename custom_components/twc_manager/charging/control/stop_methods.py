"""The methods that stop a vehicle, with their requirements, their stored data and their reports."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, Self

from ...twc import PROTOCOL_1
from ..outcome import LimitReason
from .zero_stop import ZeroStop

MAX_INTERRUPTIONS: Final = 3
"""Contactor interruptions a vehicle tolerates in one plug-in session."""


class VehicleRequest(StrEnum):
    """What the rules request of the vehicle itself."""

    CHARGE = "charge"
    STOP = "stop"


class StopMethod(StrEnum):
    """A method to stop a vehicle, in the order they are tried."""

    ZERO_AMPS = "zero_amps"
    """An offer of 0 A, where that is believed to stop a vehicle: see `zero_stop`."""
    VEHICLE = "vehicle"
    """A command to the vehicle itself."""
    CONTACTOR = "contactor"
    """The contactor of the connector is opened."""
    HOLD = "hold"
    """No method is left: the vehicle continues at the minimum offer."""


@dataclass(frozen=True, slots=True)
class OpenContactor:
    """Open a connector's contactor (FC B2)."""

    connector_id: int


@dataclass(frozen=True, slots=True)
class CloseContactor:
    """Close a connector's contactor (FC B1)."""

    connector_id: int


type ContactorCommand = OpenContactor | CloseContactor


@dataclass(frozen=True, slots=True)
class StopCapabilities:
    """What is available to stop the vehicle at a connector.

    Attributes:
        protocol: the protocol version of the connector.
        vehicle: whether the vehicle can be commanded: it is identified, and its commands have not failed permanently.
        contactor: whether the owner allowed to open the contactor of this connector.
        declined_charging: whether the vehicle has reported that it will not charge, for example because it is full.
        zero: what offers of 0 A have shown at the connector.

    """

    protocol: int
    vehicle: bool = False
    contactor: bool = False
    declined_charging: bool = False
    zero: ZeroStop = ZeroStop()

    @property
    def zero_amps(self) -> bool:
        """Return whether an offer of 0 A is believed to stop the vehicle."""
        return self.zero.is_believed(self.protocol)

    @property
    def gentle(self) -> bool:
        """Return whether the vehicle can be stopped without cutting its power."""
        return self.zero_amps or self.vehicle


@dataclass(frozen=True, slots=True)
class StopStep:
    """The progress of stopping a vehicle.

    Attributes:
        hold: whether the connector has to keep the minimum offer meanwhile.
        reason: why the vehicle still draws; None if it does not.
        until: when the next step is due, in s; None without one.
        commands: contactor commands to send now, once.

    """

    hold: bool
    reason: LimitReason | None = None
    until: float | None = None
    commands: tuple[ContactorCommand, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredStop:
    """The data stored over a restart, so that a vehicle that was stopped here is started here again.

    Attributes:
        stop_command_sent: whether the vehicle was commanded to stop.
        contactor_open: whether the contactor was opened.
        interruptions: how often the contactor was opened in this plug-in session.
        zero: what offers of 0 A have shown at the connector.

    """

    stop_command_sent: bool = False
    contactor_open: bool = False
    interruptions: int = 0
    zero: ZeroStop = ZeroStop()

    @property
    def needs_start(self) -> bool:
        """Return whether the vehicle was stopped here and has to be started here."""
        return self.stop_command_sent or self.contactor_open

    def as_dict(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the data from `as_dict`; raises ValueError or TypeError if a number is not valid."""
        return cls(
            stop_command_sent=data.get("stop_command_sent") is True,
            contactor_open=data.get("contactor_open") is True,
            interruptions=int(data.get("interruptions", 0)),
            zero=ZeroStop.from_dict(data.get("zero")),
        )


def next_method(
    capabilities: StopCapabilities,
    interruptions: int,
    tried: Collection[StopMethod] = (),
) -> StopMethod:
    """Return the first available method that was not tried; HOLD if none is left.

    Args:
        capabilities: what is available at the connector.
        interruptions: how often its contactor was opened in this plug-in session.
        tried: the methods that were tried already.

    """
    available = {
        StopMethod.ZERO_AMPS: capabilities.zero_amps,
        StopMethod.VEHICLE: capabilities.vehicle,
        StopMethod.CONTACTOR: capabilities.contactor
        and capabilities.protocol != PROTOCOL_1
        and interruptions < MAX_INTERRUPTIONS,
    }
    return next(
        (
            method
            for method, is_on in available.items()
            if is_on and method not in tried
        ),
        StopMethod.HOLD,
    )
