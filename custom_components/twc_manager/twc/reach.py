"""The check of the other direction: whether the connectors that a scan found receive what is sent to them.

A scan only listens, so it cannot show that the line works in one direction only. This check transmits, which is only
done on a line without a master. Times are in s of the event loop's clock.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
import random
from typing import Final

from .announcements import Announcements
from .errors import BusError
from .frame import Decoder
from .gate import WriteGate
from .heartbeat_cycle import CYCLE_SECONDS
from .line import QUERY_SECONDS
from .messages import (
    Command,
    Heartbeat,
    IdleNotice,
    LinkReady,
    MasterHeartbeat,
    MasterLinkReady,
    MasterQuery,
    Message,
    Unknown,
    encode_heartbeat,
    encode_link_ready,
    parse,
)
from .scan import ScanResult
from .scheduler import LINK_READY_REPEATS, LINK_READY_SECONDS
from .state import KnownConnector
from .transport import BusTransport, Connect

BURST_SECONDS: Final = 2.5
BURST_COUNT: Final = 2
"""A connector that receives our linkready sequence announces itself five times within 1.5 s, otherwise every 10 s."""

CHECK_SECONDS: Final = 30.0
"""How long a connector is sent heartbeats that did not answer the sequence: some older ones may not."""


async def check_reach(
    url: str, found: ScanResult, *, connect: Connect | None = None
) -> ScanResult:
    """Return the result of a scan with the connectors that do not receive us.

    Takes about 4 s, or up to `CHECK_SECONDS` more if one does not. Nothing is transmitted if the scan found any sign of
    a master, and nothing more as soon as there is one. No frame carries amps. A port that is lost meanwhile proves
    nothing.
    """
    if found.masters or found.master_frames or found.answering or not found.connectors:
        return found
    check = _ReachCheck(url, found, connect)
    with suppress(BusError):
        await check.run()
    return replace(found, not_hearing=check.not_hearing)


class _ReachCheck:
    """Sends to the connectors and notes which of them answer."""

    def __init__(self, url: str, found: ScanResult, connect: Connect | None) -> None:
        """Start with nothing sent."""
        self._loop = asyncio.get_running_loop()
        self._master_id = free_id(found.ids)
        self._transport = BusTransport(
            url,
            on_data=self._received,
            on_change=self._port_changed,
            connect=connect,
            gate=WriteGate(master_id=self._master_id),
        )
        self._decoder = Decoder()
        self._silent: dict[int, KnownConnector] = {
            connector.connector_id: connector for connector in found.connectors
        }
        self._announcements = Announcements()
        self._in_burst: Counter[int] | None = Counter()
        self._is_disturbed = False
        self._ended = asyncio.Event()

    @property
    def not_hearing(self) -> frozenset[int]:
        """Return the ids of the connectors that are received, but do not receive us."""
        if self._is_disturbed:
            return frozenset()
        return frozenset(self._announcements.not_hearing(self._loop.time()))

    async def run(self) -> None:
        """Send until every connector has answered, or it is certain that it does not.

        Raises:
            BusError: if the port cannot be opened.

        """
        await self._transport.open()
        try:
            async with asyncio.timeout(BURST_SECONDS + CHECK_SECONDS):
                await self._announce()
                while not self._ended.is_set():
                    await self._address()
        except TimeoutError:
            pass
        finally:
            await self._transport.close()

    async def _announce(self) -> None:
        """Send the linkready sequence, and wait for the burst of announcements that answers it."""
        now, sign = self._loop.time(), random.randrange(1, 0xFF)
        for connector_id in self._silent:
            # The scan received its announcement.
            self._announcements.received(connector_id, 0, now)
        for number in range(2 * LINK_READY_REPEATS):
            second = number >= LINK_READY_REPEATS
            self._send(encode_link_ready(self._master_id, sign, second=second))
            await self._wait(LINK_READY_SECONDS)
        await self._wait(BURST_SECONDS)
        self._in_burst = None

    async def _address(self) -> None:
        """Send one heartbeat without amps to each connector that has not answered."""
        begin = self._loop.time()
        for connector in tuple(self._silent.values()):
            self._send(
                encode_heartbeat(
                    self._master_id,
                    connector.connector_id,
                    Command.NO_CHANGE,
                    0.0,
                    connector.protocol,
                )
            )
            self._announcements.addressed(connector.connector_id, self._loop.time())
            await self._wait(QUERY_SECONDS)
        await self._wait(begin + CYCLE_SECONDS - self._loop.time())

    def _send(self, body: bytes) -> None:
        if not self._ended.is_set():
            self._transport.send(body)

    async def _wait(self, seconds: float) -> None:
        """Wait, but no longer than until the end of the check."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)

    def _port_changed(self, is_open: bool) -> None:
        if not is_open:
            self._disturbed()

    def _disturbed(self) -> None:
        """End the check without a result."""
        self._is_disturbed = True
        self._ended.set()

    def _received(self, data: bytes) -> None:
        for body in self._decoder.feed(data):
            self._take(parse(body))

    def _take(self, message: Message) -> None:
        match message:
            case MasterLinkReady() | MasterHeartbeat() | MasterQuery():
                if message.sender != self._master_id:
                    self._disturbed()
            case IdleNotice():
                self._disturbed()
            case Unknown():
                pass
            case Heartbeat() if message.receiver != self._master_id:
                self._disturbed()
            case LinkReady():
                self._take_link_ready(message)
            case _:
                self._heard(message.sender)

    def _take_link_ready(self, message: LinkReady) -> None:
        self._announcements.received(message.sender, message.sign, self._loop.time())
        if self._in_burst is not None:
            self._in_burst[message.sender] += 1
            if self._in_burst[message.sender] >= BURST_COUNT:
                self._heard(message.sender)
        elif self._silent.keys() <= self.not_hearing:
            self._ended.set()

    def _heard(self, connector_id: int) -> None:
        """Note that a connector receives us."""
        self._announcements.answered(connector_id)
        self._silent.pop(connector_id, None)
        if not self._silent:
            self._ended.set()


def free_id(taken: Iterable[int]) -> int:
    """Return a random id that no unit on the bus uses."""
    ids = set(taken)
    while (master_id := random.randint(0x0001, 0xFFFF)) in ids:
        pass
    return master_id
