"""Ports for tests that take the place of `serialx.create_serial_connection`."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, override

from simulator import Bus, MemoryPort


class SimulatedPort:
    """The simulator's port in memory, opened as serialx opens ports."""

    def __init__(self, bus: Bus) -> None:
        self.memory = MemoryPort(bus)
        self.urls: list[str] = []

    async def __call__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], asyncio.Protocol],
        url: str,
        *,
        baudrate: int,
    ) -> tuple[asyncio.Transport, Any]:
        assert baudrate == 9600
        self.urls.append(url)
        return await self.memory.connect(protocol_factory)


@dataclass(slots=True)
class Network:
    """What a network adapter does to the bytes.

    Attributes:
        out_s: delay of what is sent.
        back_s: delay of what is received.
        pack_s: time for which received bytes are collected before they are passed on together.
        jitter_s: maximum of the random part of each delay.
        sends: whether anything that is sent gets to the wires.

    """

    out_s: float = 0.0
    back_s: float = 0.0
    pack_s: float = 0.0
    jitter_s: float = 0.0
    sends: bool = True
    dice: Random = field(default_factory=lambda: Random(3))

    def delay(self, seconds: float) -> float:
        return seconds + self.dice.uniform(0.0, self.jitter_s)


class NetworkPort(SimulatedPort):
    """The simulated port behind a network, which keeps the order of the bytes."""

    def __init__(self, bus: Bus, network: Network) -> None:
        super().__init__(bus)
        self.network = network

    @override
    async def __call__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], asyncio.Protocol],
        url: str,
        *,
        baudrate: int,
    ) -> tuple[asyncio.Transport, Any]:
        return await super().__call__(
            loop,
            lambda: _Delayed(protocol_factory(), self.network, loop),
            url,
            baudrate=baudrate,
        )


class _Delayed(asyncio.Protocol):
    """Delays what one connection receives."""

    def __init__(
        self, inner: asyncio.Protocol, network: Network, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._inner = inner
        self._network = network
        self._loop = loop
        self._packed = b""
        self._arrives = 0.0
        self._timers: list[asyncio.TimerHandle] = []

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        send = transport.write
        arrives = 0.0

        def write(data: Any) -> None:
            nonlocal arrives
            if self._network.sends:
                delay = self._network.delay(self._network.out_s)
                arrives = max(arrives, self._loop.time() + delay)
                self._at(arrives, send, bytes(data))

        transport.write = write  # type: ignore[method-assign]
        self._inner.connection_made(transport)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        for timer in self._timers:
            timer.cancel()
        self._inner.connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        if not self._packed:
            self._at(self._loop.time() + self._network.pack_s, self._pass_on)
        self._packed += data

    def _pass_on(self) -> None:
        data, self._packed = self._packed, b""
        delay = self._network.delay(self._network.back_s)
        self._arrives = max(self._arrives, self._loop.time() + delay)
        self._at(self._arrives, self._inner.data_received, data)

    def _at(self, when: float, callback: Callable[..., None], *args: bytes) -> None:
        now = self._loop.time()
        self._timers = [timer for timer in self._timers if timer.when() >= now]
        self._timers.append(self._loop.call_at(when, callback, *args))
