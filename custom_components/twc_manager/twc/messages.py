"""Messages of the load-sharing bus: the meaning of checked bodies.

``parse`` turns a body of ``frame`` into one of the types below and never raises; a body of unknown meaning
becomes ``Unknown``. The ``encode_*`` functions build the bodies that a master sends, without checksum.
Currents are in A, voltages in V, energy in kWh, ids are ints shown as four hex digits.
Source: docs/protocol.md.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from .frame import FROM_CONNECTOR

HEARTBEAT: Final = 0xE0
CONTACTOR_CLOSE: Final = 0xB1
CONTACTOR_OPEN: Final = 0xB2
PROTOCOL_1: Final = 1
PROTOCOL_2: Final = 2
BODY_LENGTH: Final = {PROTOCOL_1: 13, PROTOCOL_2: 15}
"""Length of what a master sends, without the checksum, by protocol."""
_PROTOCOL_1_LENGTH: Final = 14


class Command(IntEnum):
    """What a connector is to do with the amps in a master's heartbeat."""

    NO_CHANGE = 0x00
    ERROR = 0x02  # stops the connector until it is reset: never sent
    LIMIT = 0x05
    RAISE = 0x06
    LOWER = 0x07
    STOP_ACKNOWLEDGED = 0x08
    LIMIT_WHILE_CHARGING = 0x09


class State(IntEnum):
    """What a connector reports to be doing."""

    READY = 0x00
    CHARGING = 0x01
    ERROR = 0x02
    NOT_CHARGING = 0x03
    WANTS_POWER = 0x04
    BUSY = 0x05
    RAISING = 0x06
    LOWERING = 0x07
    STARTING = 0x08
    LIMITING = 0x09
    ADJUSTED = 0x0A
    UNKNOWN = 0x0F


class PlugState(IntEnum):
    """What a connector reports about its plug."""

    UNPLUGGED = 0
    CHARGING = 1
    UNDETERMINED = 2
    PLUGGED_IN = 3


class Query(IntEnum):
    """The queries of a master beside the heartbeat, by their command byte."""

    FIRMWARE_OLD = 0x1B
    PLUG_STATE = 0xB4
    METER = 0xEB
    FIRMWARE = 0xEC
    SERIAL_NUMBER = 0xED
    VIN_START = 0xEE
    VIN_MIDDLE = 0xEF
    VIN_END = 0xF1


VIN_PARTS: Final = {Query.VIN_START: 7, Query.VIN_MIDDLE: 7, Query.VIN_END: 3}


@dataclass(frozen=True, slots=True)
class MasterLinkReady:
    """A master announces itself (first or second form)."""

    sender: int
    second: bool
    sign: int


@dataclass(frozen=True, slots=True)
class MasterHeartbeat:
    """A master addresses one connector."""

    sender: int
    receiver: int
    command: int
    amps: float


@dataclass(frozen=True, slots=True)
class MasterQuery:
    """A master queries a connector, or commands its contactor."""

    sender: int
    receiver: int
    command: int


@dataclass(frozen=True, slots=True)
class IdleNotice:
    """A wall connector that is set to be master has no connectors."""


@dataclass(frozen=True, slots=True)
class LinkReady:
    """A connector that is not linked announces itself and its rating in A."""

    sender: int
    sign: int
    rating: float
    protocol: int


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A connector's answer: the amps it echoes as allowed and the amps the car draws."""

    sender: int
    receiver: int
    state: int
    offered: float
    drawn: float


@dataclass(frozen=True, slots=True)
class Meter:
    """Counter (nominally kWh), volts per phase and, where the answer has them, amps per phase."""

    sender: int
    counter: int
    volts: tuple[int, int, int]
    amps: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class Firmware:
    """Firmware version in its usual form, such as 4.5.3."""

    sender: int
    version: str


@dataclass(frozen=True, slots=True)
class SerialNumber:
    """Serial number of the connector; empty if it reports none."""

    sender: int
    serial_number: str


@dataclass(frozen=True, slots=True)
class VinPart:
    """A part of the VIN of the plugged-in car; empty means no car, or one that does not report it."""

    sender: int
    part: Query
    text: str


@dataclass(frozen=True, slots=True)
class PlugReport:
    """The state of the plug."""

    sender: int
    state: int


@dataclass(frozen=True, slots=True)
class ContactorReport:
    """A connector acknowledges a command to its contactor."""

    sender: int
    closed: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """A good frame of unknown meaning, kept as it is."""

    body: bytes


type FromMaster = MasterLinkReady | MasterHeartbeat | MasterQuery | IdleNotice
type FromConnector = (
    LinkReady
    | Heartbeat
    | Meter
    | Firmware
    | SerialNumber
    | VinPart
    | PlugReport
    | ContactorReport
)
type Message = FromMaster | FromConnector | Unknown


def format_id(unit_id: int) -> str:
    """Return an id in its usual form: four hex digits."""
    return f"{unit_id:04X}"


def is_serial_character(byte: int) -> bool:
    """Return whether a byte may be part of a serial number or VIN: printable ASCII."""
    return 0x21 <= byte <= 0x7E


def carries_identity(body: bytes) -> bool:
    """Return whether a body, with its checksum or without, contains a serial number or a part of a VIN.

    The checksum does not cover the first byte, so an answer may look as if a master had sent it; a query of a
    master has only zeros after the ids.
    """
    if body[1] not in VIN_PARTS and body[1] != Query.SERIAL_NUMBER:
        return False
    return body[0] == FROM_CONNECTOR or any(body[6:-1])


def body_as_text(body: bytes) -> str:
    """Return a body as readable text, without the contents of answers that identify a car or a connector."""
    if carries_identity(body):
        return f"{body[:4].hex(' ')} (redacted)"
    return body.hex(" ")


def parse(body: bytes) -> Message:
    """Return the message in a checked body (with its checksum); ``Unknown`` if its meaning is unknown."""
    sender = int.from_bytes(body[2:4])
    if body[0] != FROM_CONNECTOR:
        return _parse_master(sender, body)
    if body[1] == HEARTBEAT:
        return Heartbeat(
            sender,
            receiver=int.from_bytes(body[4:6]),
            state=body[6],
            offered=int.from_bytes(body[7:9]) / 100,
            drawn=int.from_bytes(body[9:11]) / 100,
        )
    return _parse_answer(sender, body[1], body)


def _parse_master(sender: int, body: bytes) -> Message:
    receiver = int.from_bytes(body[4:6])
    match body[0], body[1]:
        case 0xFC, 0xE1:
            return MasterLinkReady(sender, second=False, sign=body[4])
        case 0xFB, 0xE2:
            return MasterLinkReady(sender, second=True, sign=body[4])
        case 0xFB, 0xE0:
            amps = int.from_bytes(body[7:9]) / 100
            return MasterHeartbeat(sender, receiver, command=body[6], amps=amps)
        case 0xFC, 0x1D:
            return IdleNotice()
        case 0xFB, command if command in Query:
            return MasterQuery(sender, receiver, command)
        case 0xFC, (0xB1 | 0xB2) as command:
            return MasterQuery(sender, receiver, command)
    # The checksum does not cover the first byte, so an answer of a connector may come in as FC with one bit flipped:
    # only the known frames of a master are evidence of one.
    return Unknown(body)


def _parse_link_ready(sender: int, body: bytes) -> LinkReady:
    protocol = PROTOCOL_1 if len(body) == _PROTOCOL_1_LENGTH else PROTOCOL_2
    return LinkReady(sender, body[4], int.from_bytes(body[5:7]) / 100, protocol)


def _parse_answer(sender: int, command: int, body: bytes) -> Message:
    payload = body[4:-1]
    match command:
        case 0xE2:
            return _parse_link_ready(sender, body)
        case Query.METER:
            return _parse_meter(sender, payload)
        case Query.FIRMWARE | Query.FIRMWARE_OLD:
            return Firmware(sender, ".".join(str(number) for number in payload[:3]))
        case Query.SERIAL_NUMBER:
            return _parse_serial_number(sender, body)
        case Query.VIN_START | Query.VIN_MIDDLE | Query.VIN_END:
            return _parse_vin_part(sender, Query(command), body)
        case Query.PLUG_STATE:
            return PlugReport(sender, payload[0])
        case 0xB1:
            return ContactorReport(sender, closed=True)
        case 0xB2:
            return ContactorReport(sender, closed=False)
    return Unknown(body)


def _parse_meter(sender: int, payload: bytes) -> Meter:
    volts = tuple(int.from_bytes(payload[at : at + 2]) for at in (4, 6, 8))
    # The answers of 14 and 16 bytes have no room for the amps.
    amps = tuple(half / 2 for half in payload[10:13]) if len(payload) >= 13 else None
    return Meter(sender, int.from_bytes(payload[:4]), volts, amps)  # type: ignore[arg-type]


def _ascii(payload: bytes) -> str | None:
    """Return the text in zero padded ASCII; None if it is not ASCII."""
    text = payload.rstrip(b"\0")
    if not all(is_serial_character(byte) for byte in text):
        return None
    return text.decode("ascii")


def _parse_serial_number(sender: int, body: bytes) -> SerialNumber | Unknown:
    text = _ascii(body[4:-1])
    return Unknown(body) if text is None else SerialNumber(sender, text)


def _parse_vin_part(sender: int, part: Query, body: bytes) -> VinPart | Unknown:
    text = _ascii(body[4 : 4 + VIN_PARTS[part]])
    if text is None or (text and not text.isalnum()):
        return Unknown(body)
    return VinPart(sender, part, text)


def _padded(start: bytes, protocol: int) -> bytes:
    return start.ljust(BODY_LENGTH[protocol], b"\0")


def encode_link_ready(master_id: int, sign: int, *, second: bool) -> bytes:
    """Return the body with which a master announces itself (14 bytes on the line)."""
    start = b"\xfb\xe2" if second else b"\xfc\xe1"
    return _padded(start + master_id.to_bytes(2) + bytes([sign]), PROTOCOL_1)


def encode_heartbeat(
    master_id: int, receiver: int, command: Command, amps: float, protocol: int
) -> bytes:
    """Return the body of a master's heartbeat. The amps go out in steps of 0.01 A."""
    payload = bytes([command]) + round(amps * 100).to_bytes(2)
    start = b"\xfb\xe0" + master_id.to_bytes(2) + receiver.to_bytes(2)
    return _padded(start + payload, protocol)


def encode_query(master_id: int, receiver: int, query: Query, protocol: int) -> bytes:
    """Return the body of a query to a connector."""
    start = bytes([0xFB, query]) + master_id.to_bytes(2) + receiver.to_bytes(2)
    return _padded(start, protocol)


def encode_contactor(
    master_id: int, receiver: int, *, close: bool, protocol: int
) -> bytes:
    """Return the body that closes (start) or opens (stop) the contactor of firmware 4.5.3 and later."""
    start = b"\xfc\xb1" if close else b"\xfc\xb2"
    return _padded(start + master_id.to_bytes(2) + receiver.to_bytes(2), protocol)


_VIN_VALUES: Final = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
        [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)],
        strict=True,
    )
)
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VIN_LENGTH: Final = len(_VIN_WEIGHTS)


def is_valid_vin(vin: str) -> bool:
    """Return whether a VIN has 17 allowed characters and a matching check digit (ISO 3779)."""
    if len(vin) != VIN_LENGTH or any(char not in _VIN_VALUES for char in vin):
        return False
    total = sum(
        _VIN_VALUES[char] * weight
        for char, weight in zip(vin, _VIN_WEIGHTS, strict=True)
    )
    return vin[8] == "0123456789X"[total % 11]
