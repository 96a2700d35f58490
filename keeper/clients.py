"""The port that serves the bus: which connection counts as Home Assistant, one at a time.

A restarted Home Assistant may leave its old connection behind, which is silent then: a new client from the same address
waits until it has been for some time. If a frame comes in on the old connection meanwhile, the new client is another
Home Assistant, and is turned away: two behind one address would take turns on the bus otherwise. From any other address
the silence has to be over when a client comes. Times are in s of the event loop's clock.
"""

import asyncio
from collections.abc import Callable
import logging
import socket
from typing import Final, override

from .addresses import AllowedAddresses

_LOGGER = logging.getLogger(__name__)

SILENT_CLIENT_SECONDS: Final = 10.0
"""After so long without a frame another address wins."""
LEFT_BEHIND_SECONDS: Final = 5.0
"""After so long without a frame the same address wins: Home Assistant sends one in 3 s or more often."""
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
    """One connection to the bus.

    Attributes:
        transport: the connection, once it stands.
        address: where it comes from.
        received_at: when its last frame came in; the start of the connection before the first one.

    """

    def __init__(self, clients: "Clients") -> None:
        """Start without a connection."""
        self._clients = clients
        self.transport: asyncio.Transport | None = None
        self.address = ""
        self.received_at = asyncio.get_running_loop().time()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Become the client, wait to be it, or be turned away."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.address = address_of(transport)
        watch_connection(transport)
        self._clients.admit(self)

    @override
    def data_received(self, data: bytes) -> None:
        """Pass on what the client sends."""
        self._clients.received(self, data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the client is gone."""
        self._clients.gone(self)

    def end(self) -> None:
        """Disconnect it."""
        if self.transport is not None:
            self.transport.abort()


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
        on_data: Callable[[bytes], bool],
        on_change: Callable[[], None],
    ) -> None:
        """Prepare.

        Args:
            allowed: the addresses that clients may come from.
            is_open: returns whether there is a bus to serve.
            on_data: called with the bytes of the client; returns whether they complete a frame.
            on_change: called when a client came or went.

        """
        self._allowed = allowed
        self._is_open = is_open
        self._on_data = on_data
        self._on_change = on_change
        self._client: Client | None = None
        self._waiting: Client | None = None
        self._wait: asyncio.TimerHandle | None = None
        self.rejected = 0

    @property
    def connected(self) -> bool:
        """Return whether there is a client."""
        return self._client is not None

    def protocol(self) -> Client:
        """Return the protocol of a new connection."""
        return Client(self)

    def admit(self, client: Client) -> None:
        """Take a client at once, have it wait, or turn it away."""
        if not self._is_open() or not self._allowed.permits(client.address):
            self._turn_away(client)
            return
        present = self._client
        now = asyncio.get_running_loop().time()
        if present is None or now - present.received_at >= SILENT_CLIENT_SECONDS:
            self._take(client)
        elif present.address == client.address:
            self._have_wait(client, present.received_at + LEFT_BEHIND_SECONDS)
        else:
            self._turn_away(client)

    def received(self, client: Client, data: bytes) -> None:
        """Take the bytes of a connection; only those of the client count."""
        if client is self._client and self._on_data(data):
            client.received_at = asyncio.get_running_loop().time()
            self._refuse_waiting()

    def gone(self, client: Client) -> None:
        """Note that a connection ended."""
        if client is self._waiting:
            self._end_wait()
        elif client is self._client:
            self._client = None
            _LOGGER.info("The client from %s is gone", client.address)
            self._on_change()
            if (waiting := self._end_wait()) is not None:
                self._take(waiting)

    def send(self, data: bytes) -> None:
        """Send bytes of the bus to the client; one that takes them no more is disconnected."""
        client = self._client
        if client is None or client.transport is None:
            return
        if client.transport.get_write_buffer_size() > MAX_WAITING_BYTES:
            client.end()
            self.gone(client)
            return
        client.transport.write(data)

    def drop(self) -> None:
        """Disconnect the client, and the connection that waits to be the client."""
        self._refuse_waiting()
        if (client := self._client) is not None:
            client.end()
            self.gone(client)

    def _take(self, client: Client) -> None:
        """Make a connection the client from now on."""
        before, self._client = self._client, client
        if before is not None:
            before.end()
        self._refuse_waiting()
        _LOGGER.info("A client from %s is connected", client.address)
        self._on_change()

    def _have_wait(self, client: Client, until: float) -> None:
        """Have a client wait, which is taken then."""
        self._refuse_waiting()
        self._waiting = client
        loop = asyncio.get_running_loop()
        self._wait = loop.call_at(until, self._wait_is_over)

    def _wait_is_over(self) -> None:
        if (waiting := self._end_wait()) is not None:
            self._take(waiting)

    def _end_wait(self) -> Client | None:
        """End the wait; return the connection that waited, None if there was none."""
        if self._wait is not None:
            self._wait.cancel()
        waiting, self._waiting, self._wait = self._waiting, None, None
        return waiting

    def _refuse_waiting(self) -> None:
        if (waiting := self._end_wait()) is not None:
            self._turn_away(waiting)

    def _turn_away(self, client: Client) -> None:
        self.rejected += 1
        _LOGGER.debug("Turned away a client from %s", client.address)
        client.end()
