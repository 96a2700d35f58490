"""The control connection to a keeper: it greets, both sides prove their key, and it reports on each request."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from ..twc import lease_link as link
from ..twc.lease import KeeperReport, Lease

ANSWER_SECONDS: Final = 5.0
_SCHEME: Final = "socket"
_ERRORS: Final = (
    OSError,
    EOFError,
    ValueError,
    RecursionError,
    asyncio.LimitOverrunError,
)


class KeeperError(Exception):
    """The keeper does not answer, or what answers is not a keeper."""


class KeyRefusedError(KeeperError):
    """The keeper has another key: it does not accept ours, or does not prove that it has the same."""


class Address(NamedTuple):
    """The address of the control connection of a keeper."""

    host: str
    port: int


def keeper_address(device: str) -> Address | None:
    """Return the address at which the keeper of a port would be; None if a keeper cannot serve the port."""
    with suppress(ValueError):
        url = urlsplit(device)
        if url.scheme == _SCHEME and url.hostname and url.port:
            return Address(url.hostname, url.port + 1)
    return None


class KeeperClient:
    """A control connection to a keeper.

    Attributes:
        report: its last report; None before the first.

    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Begin with an open connection."""
        self._reader = reader
        self._writer = writer
        self._lines: link.SignedLines | None = None
        self.report: KeeperReport | None = None

    async def greeting(self) -> link.Greeting:
        """Return the keeper's greeting.

        Raises:
            ValueError: if the line is not a greeting.
            OSError, EOFError: if no line is received.

        """
        return link.read_greeting(await self._read())

    async def authenticate(self, key: str) -> KeeperReport:
        """Prove our key, check that the keeper proves it as well, and return its report.

        Raises:
            KeyRefusedError: if it has another key.
            KeeperError: if this is not a keeper.

        """
        try:
            greeting = await self.greeting()
        except _ERRORS as err:
            raise KeeperError(str(err)) from err
        nonces = link.Nonces(greeting.nonce, link.draw_nonce())
        self._lines = link.SignedLines(key, link.Side.HOME, nonces)
        try:
            return await self._exchange({"type": link.HELLO, "nonce": nonces.home})
        except TimeoutError as err:
            raise KeeperError("it does not answer") from err
        except (OSError, EOFError, link.UnprovenError) as err:
            # A keeper closes the connection to a client with another key.
            raise KeyRefusedError from err
        except _ERRORS as err:
            raise KeeperError(str(err)) from err

    async def send_lease(self, lease: Lease) -> KeeperReport:
        """Send a lease, and return the keeper's report.

        Raises:
            KeeperError: if the keeper did not accept it.

        """
        return await self._request({"type": link.LEASE, **lease.as_dict()})

    async def end_lease(self) -> KeeperReport:
        """End the lease, and return the keeper's report.

        Raises:
            KeeperError: if it did not answer.

        """
        return await self._request({"type": link.END})

    async def request_report(self) -> KeeperReport:
        """Return the keeper's report.

        Raises:
            KeeperError: if it did not answer.

        """
        return await self._request({"type": link.ASK})

    async def _request(self, request: Mapping[str, Any]) -> KeeperReport:
        """Send a request and return the report that answers it.

        Raises:
            KeeperError: if no report is received.

        """
        try:
            return await self._exchange(request)
        except _ERRORS as err:
            raise KeeperError(str(err)) from err

    async def _exchange(self, request: Mapping[str, Any]) -> KeeperReport:
        assert self._lines is not None
        self._writer.write(self._lines.encode(request))
        await self._writer.drain()
        answer = self._lines.decode(await self._read())
        self.report = KeeperReport.from_dict(answer)
        return self.report

    async def _read(self) -> bytes:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await self._reader.readuntil(b"\n")


@asynccontextmanager
async def connect_to(address: Address) -> AsyncIterator[KeeperClient]:
    """Open a control connection to a keeper, and close it at the end.

    Raises:
        KeeperError: if it cannot be reached.

    """
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(
                *address, limit=link.MAX_LINE
            )
    except OSError as err:
        raise KeeperError(str(err)) from err
    try:
        yield KeeperClient(reader, writer)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def greeted_limit(address: Address) -> float | None:
    """Return the limit in A in the greeting of a keeper, which is not authenticated; None without a keeper."""
    try:
        async with connect_to(address) as client:
            return (await client.greeting()).total
    except (KeeperError, *_ERRORS):
        return None


async def read_report(address: Address, key: str) -> KeeperReport:
    """Connect to a keeper, and return its report.

    Raises:
        KeeperError: if it does not report.

    """
    async with connect_to(address) as client:
        return await client.authenticate(key)
