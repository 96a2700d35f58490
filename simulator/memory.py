"""A port in memory: an asyncio transport to a simulated bus.

It simulates the transport of a master's protocol in tests, and the failures of a real port.
"""

import asyncio
from collections.abc import Callable
import errno
from typing import TYPE_CHECKING, Any, Literal, override

if TYPE_CHECKING:
    from .bus import Bus, PortHandle

Failure = Literal["missing", "busy", "permission"]


def _open_error(failure: Failure, path: str) -> OSError:
    if failure == "missing":
        return FileNotFoundError(errno.ENOENT, "No such file or directory", path)
    if failure == "permission":
        return PermissionError(errno.EACCES, "Permission denied", path)
    return OSError(errno.EBUSY, "Device or resource busy", path)


class MemoryTransport(asyncio.Transport):
    """The transport of an open port."""

    def __init__(self, port: MemoryPort, protocol: asyncio.Protocol) -> None:
        """Attach to the bus; `connection_made` follows at once."""
        super().__init__({"port": port})
        self._port = port
        self._protocol = protocol
        # Not the loop of the bus: the bus may run on a world, and this on a computer.
        self._loop = asyncio.get_running_loop()
        self._handle: PortHandle = port.bus.attach(self._take, port.path)
        self._closing = False
        self._paused = False
        self._unread = b""

    @override
    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        if not self._closing:
            self._handle.write(bytes(data))

    @override
    def is_closing(self) -> bool:
        return self._closing

    @override
    def close(self) -> None:
        self.lose(None)

    @override
    def abort(self) -> None:
        self.lose(None)

    @override
    def get_write_buffer_size(self) -> int:
        return 0

    @override
    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        """Do nothing: there is no buffer."""

    @override
    def can_write_eof(self) -> bool:
        return False

    @override
    def is_reading(self) -> bool:
        return not (self._paused or self._closing)

    @override
    def pause_reading(self) -> None:
        self._paused = True

    @override
    def resume_reading(self) -> None:
        self._paused = False
        data, self._unread = self._unread, b""
        if data:
            self._receive(data)

    @override
    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, asyncio.Protocol)
        self._protocol = protocol

    @override
    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._protocol

    def lose(self, error: Exception | None) -> None:
        """Close; the protocol is notified in the next round of the loop."""
        if self._closing:
            return
        self._closing = True
        self._handle.detach()
        self._port.forget(self)
        self._loop.call_soon(self._protocol.connection_lost, error)

    def _take(self, data: bytes) -> None:
        """Deliver bytes from the wire in the next round of the master's loop."""
        if self._loop is self._port.bus.loop:
            self._receive(data)
        elif not self._closing:
            self._loop.call_soon(self._receive, data)

    def _receive(self, data: bytes) -> None:
        if self._closing:
            return
        if self._paused:
            self._unread += data
        else:
            self._protocol.data_received(data)


class MemoryPort:
    """A serial port without the operating system."""

    def __init__(self, bus: Bus, path: str = "/dev/simulated") -> None:
        """Create a port that can be opened."""
        self.bus = bus
        self.path = path
        self.failure: Failure | None = None
        """The error when the port is opened; None if there is none."""
        self.opened = 0
        """The number of times it was opened."""
        self._transport: MemoryTransport | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self._transport is not None

    async def connect[P: asyncio.Protocol](
        self, protocol_factory: Callable[[], P]
    ) -> tuple[MemoryTransport, P]:
        """Open the port, like `create_serial_connection`; it can be open only once at a time."""
        await asyncio.sleep(0)
        failure = self.failure or ("busy" if self.is_open else None)
        if failure is not None:
            raise _open_error(failure, self.path)
        protocol = protocol_factory()
        self._transport = MemoryTransport(self, protocol)
        self.opened += 1
        protocol.connection_made(self._transport)
        return self._transport, protocol

    def unplug(self) -> None:
        """Unplug the adapter: the open port breaks and cannot be opened again."""
        self.failure = "missing"
        if self._transport is not None:
            self._transport.lose(OSError(errno.EIO, "Input/output error", self.path))

    def replug(self) -> None:
        """Plug the adapter in again."""
        self.failure = None

    def forget(self, transport: MemoryTransport) -> None:
        """Record that a transport was closed."""
        if self._transport is transport:
            self._transport = None
