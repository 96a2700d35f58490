"""A virtual clock, and a naive master that sends fixed offers; both for the tests of the judge."""

import asyncio
from collections.abc import Coroutine
import selectors
from typing import override

from tests.independent.specs import Verdict
from tests.independent.wire import (
    ANNOUNCE_1,
    ANNOUNCE_2,
    HEARTBEAT,
    LINKREADY,
    amps,
    complete,
    enclose,
    sound,
    take,
)
from tests.independent.world import World

MASTER_ID = b"\x11\x22"


class _Jump(selectors.SelectSelector):
    """Returns at once and moves the clock to the next timer."""

    now = 1000.0

    @override
    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop that never waits."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)

    @override
    def time(self) -> float:
        return self._jump.now


def run[T](scenario: Coroutine[object, object, T]) -> T:
    """Run a scenario in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(scenario)


class NaiveMaster(asyncio.Protocol):
    """Sends every connector that it has heard what `offers` has for its rating, nothing at None, or `offer_a`."""

    def __init__(
        self, offer_a: float = 0.0, offers: dict[float, float | None] | None = None
    ) -> None:
        self.offer_a = offer_a
        self.offers = offers or {}
        self.port: asyncio.WriteTransport
        self.received: list[bytes] = []
        self.lost: list[Exception | None] = []
        self.silent = False
        self._buffer = bytearray()
        self._units: dict[bytes, tuple[int, float]] = {}

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.port = transport
        loop = asyncio.get_running_loop()
        for index in range(10):
            kind = ANNOUNCE_1 if index < 5 else ANNOUNCE_2
            loop.call_later(
                0.1 * index, self.send, complete(kind + MASTER_ID + b"\x55", 14)
            )
        loop.call_later(1.5, self._beat)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.append(exc)

    @override
    def data_received(self, data: bytes) -> None:
        self.received.append(data)
        self._buffer += data
        for body, _ in take(self._buffer):
            if sound(body) and body[:2] == LINKREADY:
                self._units[body[2:4]] = (len(body), int.from_bytes(body[5:7]) / 100)

    def send(self, body: bytes) -> None:
        """Write a frame."""
        self.port.write(enclose(body))

    def _beat(self) -> None:
        if self.lost:
            return
        loop = asyncio.get_running_loop()
        for index, (unit, (length, rating)) in enumerate(self._units.items()):
            command = b"\x05" if length == 14 else b"\x09"
            offer = self.offers.get(rating, self.offer_a)
            if not self.silent and offer is not None:
                head = HEARTBEAT + MASTER_ID + unit + command + amps(offer)
                body = complete(head, length)
                loop.call_later(0.3 * index, self.send, body)
        loop.call_later(1.0, self._beat)


async def begun(world: World, master: NaiveMaster, seconds: float) -> None:
    """Let a master begin."""
    world.start()
    world.open_port(master)
    await asyncio.sleep(seconds)


async def judged(world: World, master: NaiveMaster, hours: float) -> Verdict:
    """Return the verdict on a master."""
    await begun(world, master, hours * 3600)
    world.stop()
    return world.verdict()
