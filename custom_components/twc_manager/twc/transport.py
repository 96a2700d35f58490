"""The port: opens it, keeps it open permanently, and is the only place that writes to it.

Any port that serialx supports can be used: a device path, ``socket://``, ``rfc2217://``, ``esphome://``.
Every failure below is raised as ``BusError`` with a reason.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
import errno
import logging
from traceback import format_exception
from typing import Any, Final, Protocol, override

from serialx import UnsupportedSetting, create_serial_connection
from serialx.common import UnknownUriScheme

from .errors import BusError, BusErrorReason, error_text, has_secret, public_name
from .frame import encode
from .gate import WriteGate

_LOGGER = logging.getLogger(__name__)

BAUD_RATE: Final = 9600
CONNECT_TIMEOUT: Final = 15.0
CLOSE_TIMEOUT: Final = 5.0
MIN_RETRY_SECONDS: Final = 1.0
MAX_RETRY_SECONDS: Final = 8.0
STABLE_SECONDS: Final = 3.0
"""A port that is lost within this time of being opened is not stable: some gateways accept a connection and close it."""
MAX_WAITING_BYTES: Final = 256
"""Bytes that may wait to be written. A port that accepts no more is stuck, and its waiting frames become outdated."""


class Connect(Protocol):
    """How a port is opened; `serialx.create_serial_connection` unless a test brings its own."""

    def __call__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], asyncio.Protocol],
        url: str,
        *,
        baudrate: int,
    ) -> Awaitable[tuple[asyncio.Transport, Any]]:
        """Open the port."""


_REASON_BY_ERRNO: Final[dict[int | None, BusErrorReason]] = {
    errno.ENOENT: BusErrorReason.MISSING,
    errno.ENODEV: BusErrorReason.MISSING,
    errno.ENXIO: BusErrorReason.MISSING,
    errno.ENOTDIR: BusErrorReason.MISSING,
    errno.EBUSY: BusErrorReason.BUSY,
    errno.EAGAIN: BusErrorReason.BUSY,
    errno.EACCES: BusErrorReason.NO_PERMISSION,
    errno.EPERM: BusErrorReason.NO_PERMISSION,
    errno.ENOTTY: BusErrorReason.INVALID,
    errno.EISDIR: BusErrorReason.INVALID,
}
_INVALID: Final = (ValueError, ImportError, UnknownUriScheme, UnsupportedSetting)


@dataclass(frozen=True, slots=True)
class SentFrame:
    """A frame as it was written: the body without its checksum, and the number of bytes on the line."""

    body: bytes
    length: int


@dataclass(frozen=True, slots=True)
class _Port:
    """Where the port is, and how it is opened."""

    url: str
    connect: Connect

    @property
    def name(self) -> str:
        """Return the port without anything secret."""
        return public_name(self.url)

    async def open(self, protocol: asyncio.Protocol) -> None:
        """Open the port for a protocol.

        Raises:
            BusError: if it cannot be opened.

        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await self.connect(loop, lambda: protocol, self.url, baudrate=BAUD_RATE)
        except TimeoutError as err:
            raise BusError(
                BusErrorReason.FAILED, f"{self.name} did not open in time"
            ) from err
        except Exception as err:
            # A device path, a socket and an ESPHome device fail with errors of different families,
            # some of which derive from nothing but Exception.
            error = self.error(err, f"Cannot open {self.name}")
            if has_secret("".join(format_exception(err)), self.url):
                # Logging the error would also log its cause.
                raise error from None
            raise error from err

    def error(self, err: Exception, what: str) -> BusError:
        """Return the error of this port for one that was raised below."""
        detail = f"{what}: {error_text(err, self.url)}"
        if isinstance(err, _INVALID):
            return BusError(BusErrorReason.INVALID, detail)
        number = err.errno if isinstance(err, OSError) else None
        return BusError(_REASON_BY_ERRNO.get(number, BusErrorReason.FAILED), detail)


class _Retry:
    """When a lost port is opened again, with increasing delays until it has stayed open for a while."""

    __slots__ = ("_delay", "_retry", "_stable")

    def __init__(self) -> None:
        """Start with nothing scheduled."""
        self._retry: asyncio.TimerHandle | None = None
        self._stable: asyncio.TimerHandle | None = None
        self._delay = MIN_RETRY_SECONDS

    def reset(self) -> None:
        """Begin with the shortest delay."""
        self._delay = MIN_RETRY_SECONDS

    def schedule(self, on_retry: Callable[[], None]) -> None:
        """Schedule the next attempt, unless there is one."""
        if self._retry is None:
            self._retry = self._call_later(self._delay, self._run, on_retry)
            self._delay = min(self._delay * 2, MAX_RETRY_SECONDS)

    def opened(self, on_stable: Callable[[], None]) -> None:
        """Call back when the port has stayed open for a while; the delay is the shortest again then."""
        self._stable = self._call_later(STABLE_SECONDS, self._stayed_open, on_stable)

    def cancel(self) -> None:
        """Cancel what is scheduled."""
        for timer in (self._retry, self._stable):
            if timer is not None:
                timer.cancel()
        self._retry = self._stable = None

    def _run(self, on_retry: Callable[[], None]) -> None:
        self._retry = None
        on_retry()

    def _stayed_open(self, on_stable: Callable[[], None]) -> None:
        self._stable = None
        self.reset()
        on_stable()

    @staticmethod
    def _call_later[*Ts](
        delay: float, callback: Callable[[*Ts], None], *args: *Ts
    ) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(delay, callback, *args)


class BusTransport(asyncio.Protocol):
    """An open port to the bus that is reopened by itself after it was lost.

    Attributes:
        gate: the check of every frame that is written.

    """

    def __init__(
        self,
        url: str,
        *,
        on_data: Callable[[bytes], None],
        on_change: Callable[[bool], None],
        connect: Connect | None = None,
        gate: WriteGate | None = None,
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            url: device path or URL of the port.
            on_data: called with the bytes as they come in.
            on_change: called with True when the port was opened, with False when it was lost.
            connect: how the port is opened.
            gate: the check of every frame; without one only frames without amps are written.

        """
        self.gate: Final = gate or WriteGate()
        self._port = _Port(url, connect or create_serial_connection)
        self._on_data = on_data
        self._on_change = on_change
        self._transport: asyncio.Transport | None = None
        self._opening: asyncio.Task[None] | None = None
        self._retry: Final = _Retry()
        self._closed = asyncio.Event()
        self._closed.set()
        self._wanted = False
        self._loss_logged = False
        self._restarting = False

    @property
    def is_open(self) -> bool:
        """Return whether frames can be sent now."""
        return self._transport is not None

    @property
    def is_network(self) -> bool:
        """Return whether the port is reached over a network, where a dead peer causes no error."""
        return "://" in self._port.url

    async def open(self) -> None:
        """Open the port and keep it open until `close`.

        Raises:
            BusError: if it cannot be opened, or is closed meanwhile. Nothing keeps running in the background then.

        """
        self._wanted = True
        self._restarting = False
        self._loss_logged = False
        self._retry.reset()
        opening = self._start_opening(self._port.open(self))
        try:
            await opening
        except BaseException as err:
            self._abandon()
            closed_meanwhile = opening.cancelled() and not _is_being_cancelled()
            if isinstance(err, asyncio.CancelledError) and closed_meanwhile:
                raise BusError(
                    BusErrorReason.FAILED, f"{self._name} was closed meanwhile"
                ) from err
            raise

    async def close(self) -> None:
        """Close the port permanently and wait until it is free for others."""
        self._wanted = False
        self._retry.cancel()
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.gather(self._opening, return_exceptions=True)
        if self._transport is not None:
            self._transport.close()
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._closed.wait()
        except TimeoutError:
            _LOGGER.warning("The port %s did not close in time", self._name)
            if self._transport is not None:
                self._transport.abort()

    def restart(self) -> None:
        """Reopen a port that seems to be dead; the log mentions it only if that fails."""
        if self._transport is not None:
            self._restarting = True
            self._transport.abort()

    def send(self, body: bytes) -> SentFrame:
        """Write the frame with this body (without checksum), or the one that the gate puts in its place.

        Raises:
            ForbiddenFrameError: if the gate lets neither through.
            BusError: if the port is not open or accepts no more bytes.

        """
        if self._transport is None:
            raise BusError(BusErrorReason.FAILED, f"{self._name} is not open")
        if self._transport.get_write_buffer_size() > MAX_WAITING_BYTES:
            raise BusError(BusErrorReason.FAILED, f"{self._name} takes nothing")
        body = self.gate.check(body, asyncio.get_running_loop().time())
        frame = encode(body)
        try:
            self._transport.write(frame)
        except Exception as err:
            # The libraries below serialx raise errors of their own.
            raise self._port.error(err, f"Cannot write to {self._name}") from err
        return SentFrame(body, len(frame))

    @property
    def _name(self) -> str:
        return self._port.name

    def _start_opening(self, opening: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        loop = asyncio.get_running_loop()
        task = loop.create_task(opening, name=f"open {self._name}")
        self._opening = task
        task.add_done_callback(self._opening_done)
        return task

    def _opening_done(self, task: asyncio.Task[None]) -> None:
        if self._opening is task:
            self._opening = None

    def _abandon(self) -> None:
        """Clean up after a failed attempt to open."""
        self._wanted = False
        self._retry.cancel()
        if self._transport is not None:
            self._transport.abort()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Use the port that has just been opened."""
        assert isinstance(transport, asyncio.Transport)
        self._closed.clear()
        self._transport = transport
        if not self._wanted:
            transport.close()
            return
        self._retry.opened(self._stayed_open)
        self._on_change(True)

    @override
    def data_received(self, data: bytes) -> None:
        """Pass on bytes from the bus."""
        if self._wanted:
            self._on_data(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the port is gone and reopen it, unless it was closed on purpose."""
        self._transport = None
        self._closed.set()
        self._retry.cancel()
        if not self._wanted:
            return
        if not self._restarting:
            self._log_loss("closed" if exc is None else error_text(exc, self._port.url))
        self._restarting = False
        # First of all: a failing listener must not keep the port from being reopened.
        self._schedule_retry()
        self._on_change(False)

    def _stayed_open(self) -> None:
        if self._loss_logged:
            _LOGGER.warning("The port %s is back", self._name)
        self._loss_logged = False

    def _log_loss(self, text: str) -> None:
        if not self._loss_logged:
            _LOGGER.warning("Lost the port %s: %s", self._name, text)
        self._loss_logged = True

    def _schedule_retry(self) -> None:
        if self._wanted:
            self._retry.schedule(self._start_retry)

    def _start_retry(self) -> None:
        self._start_opening(self._reopen())

    async def _reopen(self) -> None:
        try:
            await self._port.open(self)
        except BusError as err:
            _LOGGER.debug("%s", err)
            self._log_loss(str(err))
            if self._transport is not None:
                self._transport.abort()
            self._schedule_retry()


def _is_being_cancelled() -> bool:
    """Return whether the running task is to be cancelled."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
