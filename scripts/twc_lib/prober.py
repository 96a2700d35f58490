"""The prober: queries the identity of connectors that wait for a master, and tests the adapter for an echo.

This is the only part of the tool that transmits: queries, and linkready frames for the test. It stops at the
first sign of a master, since two of them would corrupt the bus on which cars may be charging.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
import random
from typing import Final

from custom_components.twc_manager.twc import Connect, KnownConnector
from custom_components.twc_manager.twc.frame import Decoder
from custom_components.twc_manager.twc.line import (
    ANSWER_SECONDS,
    BYTE_SECONDS,
    Echoes,
    Line,
)
from custom_components.twc_manager.twc.messages import (
    PROTOCOL_1,
    Firmware,
    Heartbeat,
    IdleNotice,
    MasterHeartbeat,
    MasterLinkReady,
    MasterQuery,
    Message,
    Query,
    SerialNumber,
    encode_link_ready,
    encode_query,
    parse,
)
from custom_components.twc_manager.twc.queries import MAX_TRIES
from custom_components.twc_manager.twc.transport import BusTransport

from .doctor import Echo

_MAX_WAIT_SECONDS: Final = 1.0
"""A line that is in use for so long is noisy: the frame is sent all the same."""
_ECHO_TEST_FRAMES: Final = 3
_MAX_ID: Final = 0xFFFF


class MasterPresentError(Exception):
    """A master is present on the bus, so nothing may be transmitted."""


class PortLostError(Exception):
    """The port was lost while it was needed."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity of a connector; None for what it does not report."""

    known: KnownConnector
    firmware: str | None
    serial_number: str | None


class Prober:
    """An open port through which connectors are queried."""

    def __init__(
        self, url: str, taken: Iterable[int], *, connect: Connect | None = None
    ) -> None:
        """Prepare to transmit with an id that is not `taken`."""
        self._loop = asyncio.get_running_loop()
        self.transport: Final = BusTransport(
            url, on_data=self._take, on_change=self._port_changed, connect=connect
        )
        ids = set(taken)
        while (master_id := random.randint(0x0001, _MAX_ID)) in ids:
            pass
        self._id = master_id
        self._line = Line()
        self._decoder = Decoder()
        self._sent = Echoes()
        self._answers: list[Message] = []
        self._news = asyncio.Event()
        self._master_present = False
        self._lost = False
        self.echoes = 0

    async def identify(self, connector: KnownConnector) -> Identity:
        """Query the firmware and the serial number of a connector.

        Raises:
            MasterPresentError: if a master is present; nothing more is transmitted then.
            PortLostError: if the port is lost.

        """
        firmware = await self._ask(connector, Query.FIRMWARE, Firmware)
        if firmware is None:
            firmware = await self._ask(connector, Query.FIRMWARE_OLD, Firmware)
        serial = await self._ask(connector, Query.SERIAL_NUMBER, SerialNumber)
        return Identity(
            connector,
            firmware.version if firmware else None,
            serial.serial_number or None if serial else None,
        )

    async def test_echo(self) -> Echo:
        """Send a few linkready frames of a master and return whether they come back.

        Raises:
            MasterPresentError: if a master is present; nothing more is transmitted then.
            PortLostError: if the port is lost.

        """
        sign = random.randrange(1, 0xFF)
        for _ in range(_ECHO_TEST_FRAMES):
            await self._transmit(encode_link_ready(self._id, sign, second=False))
            await asyncio.sleep(ANSWER_SECONDS)
            self._check()
        return Echo.YES if self.echoes else Echo.NO

    async def _ask[T: Firmware | SerialNumber](
        self, connector: KnownConnector, query: Query, kind: type[T]
    ) -> T | None:
        """Return the answer to a query; None if there is none after some tries."""
        body = encode_query(
            self._id, connector.connector_id, query, connector.protocol or PROTOCOL_1
        )
        for _ in range(MAX_TRIES):
            self._answers.clear()
            length = await self._transmit(body)
            until = self._loop.time() + length * BYTE_SECONDS + ANSWER_SECONDS
            while self._loop.time() < until:
                await self._wait_for_news(until)
                for answer in self._answers:
                    if isinstance(answer, kind) and (
                        answer.sender == connector.connector_id
                    ):
                        return answer
        return None

    async def _wait_for_news(self, until: float) -> None:
        """Wait for a frame, until the given time."""
        self._news.clear()
        try:
            async with asyncio.timeout_at(until):
                await self._news.wait()
        except TimeoutError:
            pass
        self._check()

    async def _transmit(self, body: bytes) -> int:
        """Transmit as soon as the line is free and return the length in bytes on the line."""
        latest = self._loop.time() + _MAX_WAIT_SECONDS
        while (now := self._loop.time()) < latest:
            self._check()
            free = self._line.free_at(now, inside_frame=self._decoder.inside_frame)
            if free <= now:
                break
            await asyncio.sleep(free - now)
        self._check()
        length = self.transport.send(body).length
        now = self._loop.time()
        self._sent.sent(body)
        self._line.transmitted(length, now, expects_answer=False)
        return length

    def _check(self) -> None:
        if self._lost:
            raise PortLostError
        if self._master_present:
            raise MasterPresentError

    def _port_changed(self, is_open: bool) -> None:
        self._lost = self._lost or not is_open
        self._news.set()

    def _take(self, data: bytes) -> None:
        self._line.received(self._loop.time())
        for body in self._decoder.feed(data):
            message = parse(body)
            if self._is_own(message, body):
                self.echoes += 1
                continue
            self._master_present = self._master_present or is_sign_of_master(message)
            self._answers.append(message)
            self._news.set()

    def _is_own(self, message: Message, body: bytes) -> bool:
        own = getattr(message, "sender", None) == self._id
        return own and self._sent.is_echo(body[:-1])


def is_sign_of_master(message: Message) -> bool:
    """Return whether a message shows that a master is present: its own, or an answer to its heartbeat."""
    return isinstance(
        message,
        MasterLinkReady | MasterHeartbeat | MasterQuery | IdleNotice | Heartbeat,
    )
