"""A port behind TCP, like a serial device server in raw mode (`socket://host:port`).

It accepts one client at a time.
"""

import asyncio
from typing import TYPE_CHECKING, override

if TYPE_CHECKING:
    from .bus import Bus, PortHandle


class _Client(asyncio.Protocol):
    """A master connected by TCP."""

    def __init__(self, port: TcpPort) -> None:
        self._port = port
        self._handle: PortHandle | None = None
        self.transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if not self._port.accept(self):
            transport.abort()
            return
        self._handle = self._port.bus.attach(self._send_out, "tcp")

    @override
    def data_received(self, data: bytes) -> None:
        if self._handle is not None:
            self._handle.write(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._handle is not None:
            self._handle.detach()
        self._port.gone(self)

    def _send_out(self, data: bytes) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        for piece in self._port.chop(data):
            self.transport.write(piece)


class TcpPort:
    """A port on TCP; a second client is rejected."""

    def __init__(
        self, bus: Bus, host: str = "127.0.0.1", port: int = 0, *, chopped: bool = False
    ) -> None:
        """Create the port; 0 takes any free one. `chopped` sends the bytes in small pieces."""
        self.bus = bus
        self.host = host
        self.port = port
        self.chopped = chopped
        self._server: asyncio.Server | None = None
        self._client: _Client | None = None

    @property
    def url(self) -> str:
        """The address as serial libraries expect it."""
        return f"socket://{self.host}:{self.port}"

    @property
    def is_open(self) -> bool:
        """Whether a client is connected."""
        return self._client is not None

    async def start(self) -> None:
        """Listen."""
        if self._server is None:
            self._server = await self.bus.loop.create_server(
                lambda: _Client(self), self.host, self.port, reuse_address=True
            )
            self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and drop the client."""
        self.drop()
        if self._server is not None:
            self._server.close()
            self._server = None
        # A dropped connection is closed in the next round of the loop.
        await asyncio.sleep(0)

    async def unplug(self) -> None:
        """Disconnect the device server from the network; its port number stays the same."""
        await self.stop()

    async def replug(self) -> None:
        """Connect it again."""
        await self.start()

    def drop(self) -> None:
        """Cut the client's connection."""
        if self._client is not None and self._client.transport is not None:
            self._client.transport.abort()

    def accept(self, client: _Client) -> bool:
        """Accept a client if there is none."""
        if self._client is not None:
            return False
        self._client = client
        return True

    def gone(self, client: _Client) -> None:
        """Record that the client is gone."""
        if self._client is client:
            self._client = None

    def chop(self, data: bytes) -> list[bytes]:
        """Return the bytes, in pieces of one to five if `chopped`."""
        if not self.chopped:
            return [data]
        pieces = []
        while data:
            size = self.bus.dice.randint(1, 5)
            pieces.append(data[:size])
            data = data[size:]
        return pieces
