"""The answers of a wall connector to queries.

The layout of every answer except the heartbeat, and which firmware answers which query.
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import Final

from .car import Car
from .codec import (
    ANSWER,
    CONTACTOR_CLOSE,
    CONTACTOR_OPEN,
    FIRMWARE,
    METER,
    OLD_FIRMWARE,
    PLUG,
    SERIAL,
    VIN_PARTS,
    compose,
)
from .identity import Identity

# "Firmware 4.5.3 and later" for the contactor. The document names no version for the plug state.
CONTACTOR_FIRMWARE: Final = (4, 5, 3)
_VIN_SLICES: Final = dict(
    zip(VIN_PARTS, (slice(0, 7), slice(7, 14), slice(14, 17)), strict=True)
)
_UNPLUGGED, _PLUG_CHARGING, _PLUGGED = 0, 1, 3
_SHORT: Final = 16
_LONG: Final = 20


class Answering(Identity):
    """The properties of a connector that its answers contain."""

    @property
    @abstractmethod
    def car(self) -> Car | None:
        """The car on its cable."""

    @property
    @abstractmethod
    def drawn(self) -> float:
        """The draw of the car on each of its phases, in A."""

    @property
    @abstractmethod
    def phase_amps(self) -> tuple[float, ...]:
        """The draw on each of the three phases, in A."""

    @property
    @abstractmethod
    def reported_kwh(self) -> int:
        """The reading of its energy meter, in its unit."""


def answer(twc: Answering, command: int) -> bytes | None:
    """Return the body of the answer to a query or contactor command; None for no answer."""
    if not twc.answers_queries or command in twc.mute:
        return None
    make = _ANSWERS.get(command)
    return None if make is None else make(twc, command)


def _meter(twc: Answering, command: int) -> bytes:
    """Return lifetime kWh, volts (2 bytes each), amps (1 byte each, 0.5 A)."""
    payload = (twc.reported_kwh & 0xFFFFFFFF).to_bytes(4)
    volts = twc.voltages if twc.meter_volts else (0.0, 0.0, 0.0)
    payload += b"".join(round(phase).to_bytes(2) for phase in volts)
    if not twc.extended:
        return compose(ANSWER, command, twc.id, payload=payload, length=_SHORT)
    if twc.meter_amps:
        payload += bytes(min(255, round(amps * 2)) for amps in twc.phase_amps)
    return compose(ANSWER, command, twc.id, payload=payload, length=_LONG)


def _firmware(twc: Answering, command: int) -> bytes:
    """Return major, minor, revision, extended."""
    return compose(ANSWER, command, twc.id, payload=bytes(twc.firmware), length=_SHORT)


def _old_firmware(twc: Answering, command: int) -> bytes:
    """Return major, minor, revision."""
    return compose(
        ANSWER, command, twc.id, payload=bytes(twc.firmware[:3]), length=_SHORT
    )


def _serial(twc: Answering, command: int) -> bytes | None:
    """Return ASCII, zero padded."""
    if not twc.extended:
        return None
    return compose(
        ANSWER, command, twc.id, payload=twc.serial.encode()[:15], length=_LONG
    )


def _vin(twc: Answering, command: int) -> bytes | None:
    """Return a part of the VIN; all zero if there is none."""
    if not twc.extended:
        return None
    car = twc.car
    known = car is not None and car.can_enabled and twc.can_enabled
    vin = car.vin if car is not None and known else ""
    payload = vin[_VIN_SLICES[command]].encode()
    return compose(ANSWER, command, twc.id, payload=payload, length=_LONG)


def _plug(twc: Answering, command: int) -> bytes | None:
    """Return whether a car is plugged in and charges."""
    if not twc.answers_plug:
        return None
    plugged = _PLUG_CHARGING if twc.drawn > 0 else _PLUGGED
    state = _UNPLUGGED if twc.car is None else plugged
    return compose(ANSWER, command, twc.id, payload=bytes((state,)), length=_SHORT)


def _contactor(twc: Answering, command: int) -> bytes | None:
    """Confirm a contactor command."""
    if twc.firmware[:3] < CONTACTOR_FIRMWARE:
        return None
    return compose(ANSWER, command, twc.id, length=_SHORT)


_ANSWERS: Final[dict[int, Callable[[Answering, int], bytes | None]]] = {
    METER: _meter,
    FIRMWARE: _firmware,
    OLD_FIRMWARE: _old_firmware,
    SERIAL: _serial,
    **dict.fromkeys(VIN_PARTS, _vin),
    PLUG: _plug,
    CONTACTOR_CLOSE: _contactor,
    CONTACTOR_OPEN: _contactor,
}
