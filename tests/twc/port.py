"""Ports for tests that take the place of `serialx.create_serial_connection`."""

import asyncio
from collections.abc import Callable
from typing import Any

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
