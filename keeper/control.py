"""The control connection: Home Assistant sends its lease, and requests what happened while it was away."""

import asyncio
from collections.abc import Mapping
import logging
from typing import Any, Final, override

from custom_components.twc_manager.twc import lease_link as link
from custom_components.twc_manager.twc.lease import Lease

from .addresses import AllowedAddresses
from .clients import address_of, watch_connection
from .keeper import Keeper

_LOGGER = logging.getLogger(__name__)

MAX_CONNECTIONS: Final = 4
SILENT_SECONDS: Final = 180.0
"""Home Assistant sends a request every minute."""
PROVE_SECONDS: Final = 10.0
_MAX_WAITING_BYTES: Final = 4 * link.MAX_LINE


class Control:
    """Answers control connections."""

    def __init__(self, keeper: Keeper, allowed: AllowedAddresses, key: str) -> None:
        """Prepare.

        Args:
            keeper: the keeper that they control.
            allowed: the addresses that they may come from.
            key: the key that both sides share.

        """
        self._keeper = keeper
        self._allowed = allowed
        self.key: Final = key
        self._connections: dict[_Connection, None] = {}

    @property
    def total(self) -> float:
        """Return the keeper's own limit for all connectors together, in A."""
        return self._keeper.total

    def protocol(self) -> "_Connection":
        """Return the protocol of a new connection."""
        return _Connection(self)

    def admit(self, connection: "_Connection", address: str) -> bool:
        """Return whether a connection may stay; it takes the place of one that has proven nothing yet."""
        if not self._allowed.permits(address):
            return False
        if len(self._connections) >= MAX_CONNECTIONS:
            unproven = (item for item in self._connections if not item.is_proven)
            if (oldest := next(unproven, None)) is None:
                return False
            oldest.end()
            self.gone(oldest)
        self._connections[connection] = None
        return True

    def gone(self, connection: "_Connection") -> None:
        """Forget a connection."""
        self._connections.pop(connection, None)

    def close(self) -> None:
        """End all connections."""
        for connection in tuple(self._connections):
            connection.end()

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answer to a request of a client that has the key."""
        try:
            self._handle(request)
        except ValueError as err:
            _LOGGER.debug("Refused: %s", err)
            return {"type": link.REFUSED}
        return {"type": link.REPORT, **self._keeper.report().as_dict()}

    def _handle(self, request: Mapping[str, Any]) -> None:
        match request.get("type"):
            case link.LEASE:
                self._keeper.take_lease(Lease.from_dict(request))
            case link.END:
                self._keeper.end_lease()
            case link.ASK | link.HELLO:
                pass
            case unknown:
                raise ValueError(f"{unknown!r} is no request")


class _Connection(asyncio.Protocol):
    """One connection."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._transport: asyncio.Transport | None = None
        self._nonce = link.draw_nonce()
        self._lines: link.SignedLines | None = None
        self._received = b""
        self._timeout: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not self._control.admit(self, address_of(transport)):
            transport.abort()
            return
        watch_connection(transport)
        self._expire_after(PROVE_SECONDS)
        greeting = link.Greeting(self._nonce, self._control.total)
        transport.write(link.greeting_line(greeting))

    @override
    def data_received(self, data: bytes) -> None:
        self._received += data
        *lines, self._received = self._received.split(b"\n")
        if len(self._received) > link.MAX_LINE:
            self.end()
            return
        for line in lines:
            if self._transport is not None and not self._transport.is_closing():
                self._take(line)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._timeout is not None:
            self._timeout.cancel()
        self._control.gone(self)

    @property
    def is_proven(self) -> bool:
        """Return whether the other side has proven that it has the key."""
        return self._lines is not None

    def end(self) -> None:
        """End it."""
        if self._transport is not None:
            self._transport.abort()

    def _take(self, line: bytes) -> None:
        try:
            lines = self._lines or self._lines_from(line)
            request = lines.decode(line)
        except (ValueError, RecursionError):
            self.end()
            return
        is_hello = request.get("type") == link.HELLO
        if is_hello is not (self._lines is None):
            self.end()
            return
        self._lines = lines
        self._expire_after(SILENT_SECONDS)
        self._send(lines.encode(self._control.answer(request)))

    def _lines_from(self, hello: bytes) -> link.SignedLines:
        """Return the signed lines that begin with a line of Home Assistant; it still has to prove itself."""
        home = link.nonce_in(link.decode_line(hello))
        nonces = link.Nonces(self._nonce, home)
        return link.SignedLines(self._control.key, link.Side.KEEPER, nonces)

    def _send(self, line: bytes) -> None:
        assert self._transport is not None
        if self._transport.get_write_buffer_size() > _MAX_WAITING_BYTES:
            self.end()
            return
        self._transport.write(line)

    def _expire_after(self, seconds: float) -> None:
        if self._timeout is not None:
            self._timeout.cancel()
        loop = asyncio.get_running_loop()
        self._timeout = loop.call_later(seconds, self.end)
