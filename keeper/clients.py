"""Who may be Home Assistant: one client at a time, on the port that serves the bus.

A new client wins from the same address, since a restarted Home Assistant leaves its old connection behind, and from any
other one only if the present client has been silent for long. Times are in s of the event loop's clock.
"""

import asyncio
from collections.abc import Callable
import logging
import socket
from typing import Final, override

from .addresses import AllowedAddresses

_LOGGER = logging.getLogger(__name__)

SILENT_CLIENT_SECONDS: Final = 10.0
MAX_WAITING_BYTES: Final = 4096
"""Bytes that may wait for a client: four seconds of the bus. One that takes no more is gone."""
_KEEPALIVE: Final = (
    ("TCP_KEEPIDLE", 10),
    ("TCP_KEEPINTVL", 5),
    ("TCP_KEEPCNT", 3),
    ("TCP_USER_TIMEOUT", 20_000),
)
"""A computer that was switched off is noticed after 25 s, even if nothing has to be sent to it."""


def watch_connection(transport: asyncio.Transport) -> None:
    """Have the system notice that the other end is gone, and send frames at once."""
    sock = transport.get_extra_info("socket")
    if sock is None or sock.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for name, value in _KEEPALIVE:
        if (option := getattr(socket, name, None)) is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)


def address_of(transport: asyncio.BaseTransport) -> str:
    """Return the address that a connection comes from."""
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""


class Client(asyncio.Protocol):
    """One connection to the bus."""

    def __init__(self, clients: "Clients") -> None:
        """Start without a connection."""
        self._clients = clients
        self.transport: asyncio.Transport | None = None
        self.address = ""
        self.heard_at = asyncio.get_running_loop().time()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Become the client, or be turned away."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.address = address_of(transport)
        if not self._clients.admit(self):
            transport.abort()
            return
        watch_connection(transport)

    @override
    def data_received(self, data: bytes) -> None:
        """Pass on what the client sends."""
        self.heard_at = asyncio.get_running_loop().time()
        self._clients.received(self, data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the client is gone."""
        self._clients.gone(self)


class Clients:
    """The server of the bus, and its one client.

    Attributes:
        rejected: how many clients were turned away.

    """

    def __init__(
        self,
        allowed: AllowedAddresses,
        *,
        is_open: Callable[[], bool],
        on_data: Callable[[bytes], None],
        on_change: Callable[[], None],
    ) -> None:
        """Prepare.

        Args:
            allowed: the addresses that clients may come from.
            is_open: returns whether there is a bus to serve.
            on_data: called with the bytes of the client.
            on_change: called when a client came or went.

        """
        self._allowed = allowed
        self._is_open = is_open
        self._on_data = on_data
        self._on_change = on_change
        self._client: Client | None = None
        self.rejected = 0

    @property
    def connected(self) -> bool:
        """Return whether there is a client."""
        return self._client is not None

    def protocol(self) -> Client:
        """Return the protocol of a new connection."""
        return Client(self)

    def admit(self, client: Client) -> bool:
        """Return whether a client is the one from now on."""
        if not self._is_open() or not self._may_be(client):
            self.rejected += 1
            _LOGGER.debug("Turned away a client from %s", client.address)
            return False
        before, self._client = self._client, client
        if before is not None and before.transport is not None:
            before.transport.abort()
        _LOGGER.info("A client from %s is connected", client.address)
        self._on_change()
        return True

    def _may_be(self, client: Client) -> bool:
        if not self._allowed.permits(client.address):
            return False
        present = self._client
        if present is None or present.address == client.address:
            return True
        return client.heard_at - present.heard_at >= SILENT_CLIENT_SECONDS

    def received(self, client: Client, data: bytes) -> None:
        """Take the bytes of a connection; only those of the client count."""
        if client is self._client:
            self._on_data(data)

    def gone(self, client: Client) -> None:
        """Note that a connection ended."""
        if client is self._client:
            self._client = None
            _LOGGER.info("The client from %s is gone", client.address)
            self._on_change()

    def send(self, data: bytes) -> None:
        """Send bytes of the bus to the client; one that takes them no more is disconnected."""
        client = self._client
        if client is None or client.transport is None:
            return
        if client.transport.get_write_buffer_size() > MAX_WAITING_BYTES:
            self.drop()
            return
        client.transport.write(data)

    def drop(self) -> None:
        """Disconnect the client."""
        if self._client is not None and self._client.transport is not None:
            self._client.transport.abort()
            self.gone(self._client)
