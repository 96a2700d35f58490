"""A minimal master, written for these tests from the protocol document."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import override

from simulator import (
    Bus,
    Command,
    Decoder,
    Frame,
    Led,
    MemoryPort,
    State,
    WallConnector,
    run_virtual,
)
from simulator.codec import (
    ANNOUNCE,
    ANSWER,
    ASK,
    HEARTBEAT,
    LINKREADY_1,
    LINKREADY_2,
    centiamps,
    compose,
    wrap,
)

MASTER = 0x7777


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The content of a connector's heartbeat."""

    state: int
    allowed: float
    drawn: float


class Master(asyncio.Protocol):
    """Writes the frames of a test and records the frames that it receives; it waits `patience` s for an answer."""

    def __init__(self, patience: float = 0.3) -> None:
        self._patience = patience
        self.decoder = Decoder()
        self.frames: list[tuple[float, Frame]] = []
        self.chunks: list[bytes] = []
        self.lost: list[Exception | None] = []
        self.transport: asyncio.WriteTransport | None = None
        self._waiting: list[tuple[Callable[[Frame], bool], asyncio.Future[Frame]]] = []

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport

    @override
    def data_received(self, data: bytes) -> None:
        now = asyncio.get_running_loop().time()
        self.chunks.append(data)
        for frame in self.decoder.feed(data):
            self.frames.append((now, frame))
            for wanted, future in self._waiting:
                if not future.done() and wanted(frame):
                    future.set_result(frame)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.append(exc)

    def write(self, body: bytes) -> None:
        assert self.transport is not None
        self.transport.write(wrap(body))

    async def linkready(self, master_id: int = MASTER) -> None:
        """Send the sequence of a master that powers up."""
        for kind, command in [(ANNOUNCE, LINKREADY_1)] * 5 + [(ASK, LINKREADY_2)] * 5:
            self.write(compose(kind, command, master_id, payload=b"\x77"))
            await asyncio.sleep(0.1)

    async def ask(
        self, twc: WallConnector, command: int, kind: int = ASK
    ) -> Frame | None:
        """Send a query and wait for its answer."""
        length = 14 if twc.protocol == 1 else 16
        body = compose(kind, command, MASTER, twc.id, length=length)
        return await self.exchange(body, (ANSWER, command))

    async def exchange(self, body: bytes, key: tuple[int, int]) -> Frame | None:
        """Write, then wait for an answer of a kind."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((lambda frame: frame.key == key, future))
        self.write(body)
        try:
            async with asyncio.timeout(self._patience):
                frame: Frame = await future
        except TimeoutError:
            return None
        finally:
            self._waiting.pop()
        # The byte after the closing marker is still on the wire.
        await asyncio.sleep(0.005)
        return frame

    async def heartbeat(
        self,
        twc: WallConnector,
        command: int = Command.NOTHING,
        amps: float = 0.0,
    ) -> Heartbeat | None:
        """Send one heartbeat and return the answer of the connector."""
        body = compose(
            ASK,
            HEARTBEAT,
            MASTER,
            twc.id,
            payload=bytes((command,)) + centiamps(amps),
            length=14 if twc.protocol == 1 else 16,
        )
        frame = await self.exchange(body, (ANSWER, HEARTBEAT))
        if frame is None:
            return None
        return Heartbeat(frame.body[6], frame.amps(7), frame.amps(9))

    async def heartbeats(
        self,
        seconds: float,
        *twcs: WallConnector,
        command: int = Command.NOTHING,
        amps: float = 0.0,
    ) -> list[Heartbeat | None]:
        """Send each connector a heartbeat per second for a time in s."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        answers = []
        while (begin := loop.time()) < end - 0.001:
            answers = [await self.heartbeat(twc, command, amps) for twc in twcs]
            await asyncio.sleep(max(0.0, begin + 1.0 - loop.time()))
        return answers

    def heard(self, kind: int, command: int) -> list[tuple[float, Frame]]:
        """Return the received frames of a kind with their times."""
        return [item for item in self.frames if item[1].key == (kind, command)]


@dataclass(slots=True)
class Rig:
    """A running bus with a master on a port in memory."""

    bus: Bus
    port: MemoryPort
    master: Master
    twcs: list[WallConnector] = field(default_factory=list)

    @property
    def twc(self) -> WallConnector:
        return self.twcs[0]

    def led(self) -> Led:
        """Return the light of the first connector; a method, so that mypy does not assume it is constant."""
        return self.twc.led

    def linked(self) -> bool:
        return self.twc.linked

    def state(self) -> State:
        return self.twc.state

    async def charge(self, amps: float = 20.0) -> None:
        """Link all connectors and let their cars charge with a current in A."""
        for _ in range(3):
            for twc in self.twcs:
                await self.master.heartbeat(twc)
        for twc in self.twcs:
            await self.master.heartbeat(twc, Command.LIMIT, amps)
        await self.master.heartbeats(15, *self.twcs)


def with_rig(
    scenario: Callable[[Rig], Coroutine[None, None, None]],
    *twcs: WallConnector,
    seed: int = 1,
) -> Rig:
    """Run a scenario on virtual time, with a bus of these connectors."""

    async def main() -> Rig:
        bus = Bus(seed=seed)
        for twc in twcs:
            bus.add(twc)
        bus.start()
        port = MemoryPort(bus)
        transport, master = await port.connect(Master)
        rig = Rig(bus, port, master, list(twcs))
        try:
            await scenario(rig)
        finally:
            transport.close()
            bus.stop()
        return rig

    return run_virtual(main())
