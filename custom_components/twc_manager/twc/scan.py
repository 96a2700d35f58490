"""The scan: finds the connectors and masters on a bus without transmitting.

Another master may own the bus and charge cars on it, so nothing is transmitted. Listening is enough: a
connector without a master announces itself, and a master transmits all the time.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from .errors import BusError, BusErrorReason
from .frame import CONNECTOR_LENGTHS, Decoder
from .messages import (
    IdleNotice,
    LinkReady,
    MasterHeartbeat,
    MasterLinkReady,
    MasterQuery,
    Message,
    Unknown,
    parse,
)
from .state import KnownConnector
from .transport import BusTransport, Connect

LISTEN_SECONDS: Final = 12.0
"""A connector without a master announces itself about every 10 s."""

MAX_LISTEN_SECONDS: Final = 30.0
"""A connector that had a master until a moment ago waits 26 s for it before it announces itself."""

_MASTER_FRAMES_NEEDED: Final = 2
"""One frame may be noise that passed the checksum."""

_NOISE_BYTES_NEEDED: Final = CONNECTOR_LENGTHS[0]
"""An adapter may deliver a stray byte or two when it is opened; less than a frame is no evidence."""


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What was received on a bus.

    Attributes:
        connectors: connectors that announced themselves, in the order of their ids.
        linked: ids of connectors that only answered a master, so that their rating is unknown.
        answering: ids of all connectors that answered a master, whether they announced themselves or not.
        masters: ids of masters. An idle notice carries none.
        master_frames: how many frames came from masters.
        not_hearing: ids of connectors that do not receive us; a scan alone only listens and finds none.
        frames: how many good frames came in from any sender.
        bytes_received: how many bytes came in, valid or not.

    """

    connectors: tuple[KnownConnector, ...] = ()
    linked: tuple[int, ...] = ()
    answering: tuple[int, ...] = ()
    masters: tuple[int, ...] = ()
    master_frames: int = 0
    not_hearing: frozenset[int] = frozenset()
    frames: int = 0
    bytes_received: int = 0

    @property
    def second_master(self) -> bool:
        """Return whether another master is present."""
        return self.master_frames >= _MASTER_FRAMES_NEEDED

    @property
    def only_noise(self) -> bool:
        """Return whether bytes came in and none of them made a frame, as with swapped wires."""
        return not self.frames and self.bytes_received >= _NOISE_BYTES_NEEDED

    @property
    def ids(self) -> frozenset[int]:
        """Return all ids in use on the bus."""
        announced = (connector.connector_id for connector in self.connectors)
        return frozenset((*announced, *self.linked, *self.masters))


async def scan(
    url: str,
    *,
    connect: Connect | None = None,
    on_found: Callable[[KnownConnector], None] = lambda _: None,
) -> ScanResult:
    """Open a port, listen for a while, and return what was received.

    Takes `LISTEN_SECONDS`, since two more connectors may follow the first, or `MAX_LISTEN_SECONDS` if there is
    no result by then. The port is always free again afterwards.

    Args:
        url: device path or URL of the port.
        connect: how the port is opened.
        on_found: called once with each connector that announces itself.

    Raises:
        BusError: if the port cannot be opened or is lost meanwhile.

    """
    listener = _Listener(on_found)
    lost = asyncio.Event()
    transport = BusTransport(
        url,
        on_data=listener.feed,
        on_change=lambda is_open: None if is_open else lost.set(),
        connect=connect,
    )
    try:
        await transport.open()
        await _wait(LISTEN_SECONDS, lost)
        if not listener.has_result:
            await _wait(MAX_LISTEN_SECONDS - LISTEN_SECONDS, lost)
    finally:
        await transport.close()
    return listener.result()


async def probe(url: str, *, connect: Connect | None = None) -> None:
    """Open a port and close it again; nothing is sent.

    Args:
        url: device path or URL of the port.
        connect: how the port is opened.

    Raises:
        BusError: if the port cannot be opened.

    """
    transport = BusTransport(
        url, on_data=lambda *_: None, on_change=lambda _: None, connect=connect
    )
    try:
        await transport.open()
    finally:
        await transport.close()


async def _wait(seconds: float, lost: asyncio.Event) -> None:
    """Wait on the loop's clock.

    Raises:
        BusError: if the port is lost meanwhile.

    """
    with suppress(TimeoutError):
        await asyncio.wait_for(lost.wait(), seconds)
        raise BusError(BusErrorReason.FAILED, "The port was lost while listening")


class _Listener:
    """Takes the bytes of the bus and keeps their senders."""

    def __init__(self, on_found: Callable[[KnownConnector], None]) -> None:
        """Start with nothing received."""
        self._on_found = on_found
        self._decoder = Decoder()
        self._connectors: dict[int, KnownConnector] = {}
        self._answering: set[int] = set()
        self._masters: set[int] = set()
        self._master_frames = 0
        self._bytes_received = 0

    @property
    def has_result(self) -> bool:
        """Return whether there is anything to report so far."""
        return bool(self._connectors) or self.result().second_master

    def feed(self, data: bytes) -> None:
        """Take bytes as they come."""
        self._bytes_received += len(data)
        for body in self._decoder.feed(data):
            self._take(parse(body))

    def result(self) -> ScanResult:
        """Return what was received so far."""
        return ScanResult(
            connectors=tuple(
                connector for _, connector in sorted(self._connectors.items())
            ),
            linked=tuple(sorted(self._answering - self._connectors.keys())),
            answering=tuple(sorted(self._answering)),
            masters=tuple(sorted(self._masters)),
            master_frames=self._master_frames,
            frames=self._decoder.counts.frames,
            bytes_received=self._bytes_received,
        )

    def _take(self, message: Message) -> None:
        match message:
            case LinkReady():
                self._take_link_ready(message)
            case MasterLinkReady() | MasterHeartbeat() | MasterQuery():
                self._master_frames += 1
                self._masters.add(message.sender)
            case IdleNotice():
                self._master_frames += 1
            case Unknown():
                pass
            case _:
                self._answering.add(message.sender)

    def _take_link_ready(self, message: LinkReady) -> None:
        connector_id = message.sender
        is_new = connector_id not in self._connectors
        connector = KnownConnector(connector_id, message.protocol, message.rating)
        self._connectors[connector_id] = connector
        if is_new:
            self._on_found(connector)
