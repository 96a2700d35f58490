"""Descriptions of messages: as text for a person, and as plain values for a program."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, Final

from .messages import (
    CONTACTOR_CLOSE,
    CONTACTOR_OPEN,
    Command,
    ContactorReport,
    Firmware,
    Heartbeat,
    IdleNotice,
    LinkReady,
    MasterHeartbeat,
    MasterLinkReady,
    MasterQuery,
    Message,
    Meter,
    PlugReport,
    PlugState,
    Query,
    SerialNumber,
    State,
    Unknown,
    VinPart,
    format_id,
)

DANGEROUS: Final = {
    (0xFC, 0x19): "writes an id to flash: can disable a connector permanently",
    (0xFC, 0x1A): "writes a model to flash: can disable a connector permanently",
    (0xFB, 0xE8): "makes a connector crash: can disable it permanently",
}
"""First two bytes of frames that must never be sent, and what they do. Source: docs/protocol.md."""

KINDS: Final[dict[type, str]] = {
    MasterLinkReady: "master_link_ready",
    MasterHeartbeat: "master_heartbeat",
    MasterQuery: "master_query",
    IdleNotice: "idle_notice",
    LinkReady: "link_ready",
    Heartbeat: "heartbeat",
    Meter: "meter",
    Firmware: "firmware",
    SerialNumber: "serial_number",
    VinPart: "vin_part",
    PlugReport: "plug_report",
    ContactorReport: "contactor_report",
    Unknown: "unknown",
}
"""Names of the messages for programs."""

STATES: Final[dict[int, str]] = {
    State.READY: "ready",
    State.CHARGING: "charging",
    State.ERROR: "error, or without its master",
    State.NOT_CHARGING: "plugged in, not charging",
    State.WANTS_POWER: "plugged in, wants power",
    State.BUSY: "busy",
    State.RAISING: "raising",
    State.LOWERING: "lowering",
    State.STARTING: "starting to charge",
    State.LIMITING: "limiting",
    State.ADJUSTED: "adjusted",
    State.UNKNOWN: "state 0F",
}
PLUG_STATES: Final[dict[int, str]] = {
    PlugState.UNPLUGGED: "unplugged",
    PlugState.CHARGING: "charging",
    PlugState.UNDETERMINED: "in a state of unknown meaning",
    PlugState.PLUGGED_IN: "plugged in, not charging",
}
_COMMANDS: Final[dict[int, str]] = {
    Command.NO_CHANGE: "go on as you are",
    Command.ERROR: "stop: error {code:02X}",
    Command.LIMIT: "take {amps:g} A at most",
    Command.RAISE: "take 2 A more for a while",
    Command.LOWER: "take 2 A less for a while",
    Command.STOP_ACKNOWLEDGED: "I see that the car stopped",
    Command.LIMIT_WHILE_CHARGING: "take {amps:g} A at most, also while charging",
}
_QUERIES: Final[dict[int, str]] = {
    Query.FIRMWARE_OLD: "which firmware (older form)?",
    Query.PLUG_STATE: "is a car plugged in?",
    Query.METER: "what does your meter say?",
    Query.FIRMWARE: "which firmware?",
    Query.SERIAL_NUMBER: "which serial number?",
    Query.VIN_START: "which VIN, characters 1 to 7?",
    Query.VIN_MIDDLE: "which VIN, characters 8 to 14?",
    Query.VIN_END: "which VIN, characters 15 to 17?",
    CONTACTOR_CLOSE: "close the contactor",
    CONTACTOR_OPEN: "open the contactor",
}
_VIN_PARTS: Final = {
    Query.VIN_START: "characters 1 to 7",
    Query.VIN_MIDDLE: "characters 8 to 14",
    Query.VIN_END: "characters 15 to 17",
}


def describe(message: Message) -> str:
    """Return a message in words."""
    match message:
        case MasterLinkReady():
            form = "second" if message.second else "first"
            return f"I am the master ({form} announcement)"
        case MasterHeartbeat():
            return _describe_command(message)
        case MasterQuery():
            return _QUERIES[message.command]
        case IdleNotice():
            return "a wall connector set to be the master: nobody to talk to"
        case Unknown():
            return _describe_unknown(message.body)
        case Firmware() | SerialNumber() | VinPart():
            return _describe_identity(message)
    return _describe_report(message)


def _describe_identity(message: Firmware | SerialNumber | VinPart) -> str:
    match message:
        case Firmware():
            return f"firmware {message.version}"
        case SerialNumber():
            return f"serial number {message.serial_number or 'none'}"
        case VinPart():
            return f"VIN, {_VIN_PARTS[message.part]}: {message.text or 'none'}"


def _describe_report(
    message: LinkReady | Heartbeat | Meter | PlugReport | ContactorReport,
) -> str:
    match message:
        case LinkReady():
            return f"waiting for a master; {message.rating:g} A, protocol {message.protocol}"
        case Heartbeat():
            state = STATES.get(message.state, f"state {message.state:02X}")
            return (
                f"{state}; may take {message.offered:g} A, takes {message.drawn:.2f} A"
            )
        case Meter():
            return _describe_meter(message)
        case PlugReport():
            state = PLUG_STATES.get(message.state, f"in state {message.state:02X}")
            return f"the plug is {state}"
        case ContactorReport():
            return f"contactor {'closes' if message.closed else 'opens'}"


def _describe_command(message: MasterHeartbeat) -> str:
    words = _COMMANDS.get(message.command, "command {command:02X}, {amps:g} A")
    # The bits of the error are in the place of the amps.
    code = round(message.amps * 100) >> 8
    return words.format(amps=message.amps, code=code, command=message.command)


def _describe_meter(meter: Meter) -> str:
    text = f"meter {meter.counter} (kWh, if that can be), {_joined(meter.volts)} V"
    return text if meter.amps is None else f"{text}, {_joined(meter.amps)} A"


def _joined(values: Iterable[float]) -> str:
    return "/".join(f"{value:g}" for value in values)


def _describe_unknown(body: bytes) -> str:
    return DANGEROUS.get((body[0], body[1]), "of unknown meaning")


def sender_of(message: Message) -> str:
    """Return the sender as four hex digits; empty if the message has none."""
    sender = getattr(message, "sender", None)
    return "" if sender is None else format_id(sender)


def receiver_of(message: Message) -> str:
    """Return the receiver as four hex digits; empty if it is for all."""
    receiver = getattr(message, "receiver", None)
    return "" if receiver is None else format_id(receiver)


def as_dict(message: Message) -> dict[str, Any]:
    """Return a message as plain values, its ids as four hex digits."""
    values: dict[str, Any] = {"type": KINDS[type(message)]}
    for field in fields(message):
        value = getattr(message, field.name)
        if field.name in ("sender", "receiver"):
            value = format_id(value)
        if field.name == "body":
            continue
        values[field.name] = value
    return values
