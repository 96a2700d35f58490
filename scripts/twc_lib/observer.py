"""The observer: turns bytes of the bus into events and a summary of them."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from custom_components.twc_manager.twc.announcements import NOT_HEARING_HEARTBEATS
from custom_components.twc_manager.twc.describe import DANGEROUS, KINDS
from custom_components.twc_manager.twc.frame import Decoder, DecoderCounts
from custom_components.twc_manager.twc.messages import (
    Firmware,
    Heartbeat,
    IdleNotice,
    LinkReady,
    MasterHeartbeat,
    MasterLinkReady,
    MasterQuery,
    Message,
    SerialNumber,
    Unknown,
    parse,
)

from .privacy import hide_identity

_RAW_KEPT: Final = 8192
"""Bytes that are kept of a line without frames, to find out why: many seconds of it."""


@dataclass(frozen=True, slots=True)
class ReceivedFrame:
    """A good frame: when (s since the start, None if unknown), its body with checksum, and its meaning."""

    time: float | None
    body: bytes
    message: Message


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes that came in and were not right.

    Why frames were dropped, how many bytes were noise between frames, and how many frames had a garbage byte
    at their end and were accepted after repair.
    """

    time: float | None
    reasons: tuple[str, ...]
    noise_bytes: int
    repaired: int


type Event = ReceivedFrame | Garbage


@dataclass(slots=True)
class SeenConnector:
    """What a connector reported, and how it answers. Rating in A, protocol 1 or 2; None for what it has not reported."""

    rating: float | None = None
    protocol: int | None = None
    firmware: str | None = None
    serial_number: str | None = None
    masters: set[int] = field(default_factory=set)
    """Ids of the masters it answers."""
    announced: int = 0
    """How often it has announced itself since its last answer."""
    unanswered: int = 0
    """How many heartbeats it has been sent since its first announcement after its last answer."""
    is_not_hearing: bool = False
    """Whether it goes on announcing itself although it has been sent many heartbeats."""

    def take_link_ready(self, message: LinkReady) -> None:
        """Take an announcement."""
        self.rating, self.protocol = message.rating, message.protocol
        self.announced += 1
        if self.unanswered >= NOT_HEARING_HEARTBEATS:
            self.is_not_hearing = True

    def take_heartbeat_to_it(self) -> None:
        """Take a heartbeat that a master sent to it: one that is linked or off owes no answer to it."""
        if self.announced:
            self.unanswered += 1

    def take_answer(self) -> None:
        """Take a message that only a connector sends that receives a master."""
        self.announced = self.unanswered = 0
        self.is_not_hearing = False


@dataclass(slots=True)
class Summary:
    """What was received so far."""

    counts: DecoderCounts
    bytes_received: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    connectors: dict[int, SeenConnector] = field(default_factory=dict)
    masters: Counter[int] = field(default_factory=Counter)
    """How many frames came from each master."""
    idle_notices: int = 0
    dangerous: int = 0
    """Frames that must never be sent."""
    raw: bytearray = field(default_factory=bytearray)
    """The first bytes that came in, as long as none of them were a frame."""

    def take(self, message: Message) -> None:
        """Count a message."""
        self.kinds[KINDS[type(message)]] += 1
        match message:
            case MasterLinkReady() | MasterHeartbeat() | MasterQuery():
                self.masters[message.sender] += 1
                if isinstance(message, MasterHeartbeat):
                    self._take_heartbeat_to(message.receiver)
            case IdleNotice():
                self.idle_notices += 1
            case Unknown():
                self.dangerous += (message.body[0], message.body[1]) in DANGEROUS
            case _:
                self._take_connector(message, message.sender)

    def _take_heartbeat_to(self, connector_id: int) -> None:
        if (seen := self.connectors.get(connector_id)) is not None:
            seen.take_heartbeat_to_it()

    def _take_connector(self, message: Message, sender: int) -> None:
        seen = self.connectors.setdefault(sender, SeenConnector())
        if isinstance(message, LinkReady):
            seen.take_link_ready(message)
            return
        seen.take_answer()
        match message:
            case Heartbeat():
                seen.masters.add(message.receiver)
            case Firmware():
                seen.firmware = message.version
            case SerialNumber():
                seen.serial_number = message.serial_number or None


class Observer:
    """Decodes bytes as they come in and keeps the summary."""

    def __init__(self, *, show_identity: bool = False) -> None:
        """Start with nothing received. Without `show_identity` serial numbers and VINs are replaced by X."""
        self._decoder = Decoder()
        self._show_identity = show_identity
        self.summary: Final = Summary(self._decoder.counts)

    def feed(self, data: bytes, time: float | None) -> list[Event]:
        """Take bytes as they come in and return their events."""
        summary = self.summary
        counts = self._decoder.counts
        noise, repaired = counts.noise_bytes, counts.repaired
        dropped = dict(counts.dropped)
        summary.bytes_received += len(data)
        events: list[Event] = []
        for body in self._decoder.feed(data):
            shown = body if self._show_identity else hide_identity(body)
            message = parse(shown)
            summary.take(message)
            events.append(ReceivedFrame(time, shown, message))
        if counts.frames:
            summary.raw.clear()
        else:
            summary.raw += data[: _RAW_KEPT - len(summary.raw)]
        reasons = tuple(
            reason.value
            for reason, count in counts.dropped.items()
            for _ in range(count - dropped[reason])
        )
        noise, repaired = counts.noise_bytes - noise, counts.repaired - repaired
        if reasons or noise or repaired:
            events.append(Garbage(time, reasons, noise, repaired))
        return events
