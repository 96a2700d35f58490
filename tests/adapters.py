"""USB adapters for tests: ports in memory that the integration opens by a path, as it opens real ones."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from simulator import Bus, MemoryPort


class Adapter(Protocol):
    """A USB adapter on a bus: in memory, or `simulator.PtyPort` in real time."""

    @property
    def path(self) -> Path: ...
    @property
    def plugged(self) -> bool: ...
    @property
    def is_open(self) -> bool: ...
    def unplug(self) -> None: ...
    def replug(self) -> None: ...
    def close(self) -> None: ...


class Port(Protocol):
    """A port in memory."""

    async def connect(
        self, protocol_factory: Callable[[], asyncio.Protocol], /
    ) -> tuple[asyncio.Transport, Any]: ...


class MemoryPorts:
    """The serial ports in memory, by path."""

    def __init__(self, open_real_port: Callable[..., Any]) -> None:
        self._open_real_port: Final = open_real_port
        self._by_path: Final[dict[str, Port]] = {}

    def add(self, path: Path | str, port: Port) -> None:
        self._by_path[str(path)] = port

    async def connect(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], asyncio.Protocol],
        url: str,
        **kwargs: Any,
    ) -> tuple[asyncio.Transport, Any]:
        """Open a port in memory, or else a real one (replaces serialx.create_serial_connection)."""
        if (port := self._by_path.get(url)) is not None:
            return await port.connect(protocol_factory)
        connection: tuple[asyncio.Transport, Any] = await self._open_real_port(
            loop, protocol_factory, url, **kwargs
        )
        return connection


class MemoryAdapter:
    """An adapter in memory."""

    def __init__(self, bus: Bus, ports: MemoryPorts, path: Path) -> None:
        self._port = MemoryPort(bus, str(path))
        self._path: Final = path
        ports.add(path, self._port)

    @property
    def path(self) -> Path:
        return self._path

    @property
    def plugged(self) -> bool:
        return self._port.failure is None

    @property
    def is_open(self) -> bool:
        return self._port.is_open

    def unplug(self) -> None:
        self._port.unplug()

    def replug(self) -> None:
        self._port.replug()

    def close(self) -> None:
        self._port.unplug()
