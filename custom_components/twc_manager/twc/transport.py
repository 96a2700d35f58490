"""The port: opens it, keeps it open for ever, and is the only place that writes to it.

Every kind of port that serialx knows will do: a device path, ``socket://``, ``rfc2217://``,
``esphome://``. Whatever goes wrong below comes out as ``BusError`` with a reason.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from enum import StrEnum
import errno
import logging
from traceback import format_exception
from typing import Any, Final, Protocol, override
from urllib.parse import parse_qsl

from serialx import UnsupportedSetting, create_serial_connection
from serialx.common import UnknownUriScheme

from .frame import encode
from .messages import Command, Query

_LOGGER = logging.getLogger(__name__)

BAUD_RATE: Final = 9600
CONNECT_TIMEOUT: Final = 15.0
CLOSE_TIMEOUT: Final = 5.0
MIN_RETRY_SECONDS: Final = 1.0
MAX_RETRY_SECONDS: Final = 8.0
STABLE_SECONDS: Final = 3.0
"""A port that is lost sooner after it was opened has not come back: some gateways accept and hang up."""
MAX_WAITING_BYTES: Final = 256
"""Bytes that may wait to be written. A port that takes no more is stuck, and what waits gets stale."""

ALLOWED_FRAMES: Final = frozenset(
    {(0xFC, 0xE1), (0xFB, 0xE2), (0xFB, 0xE0), (0xFC, 0xB1), (0xFC, 0xB2)}
    | {(0xFB, int(query)) for query in Query}
)
"""First two bytes of the frames that may be transmitted. FC 19, FC 1A and FB E8 disable a connector for good."""

_ALLOWED_COMMANDS: Final = frozenset(Command) - {Command.ERROR}
# Without the checksum: we send 14 bytes to protocol 1 and 16 to protocol 2.
_BODY_LENGTHS: Final = (13, 15)


class BusErrorReason(StrEnum):
    """Why the port cannot be used, as far as a person can do something about it."""

    MISSING = "port_missing"
    BUSY = "port_busy"
    NO_PERMISSION = "port_no_permission"
    INVALID = "port_invalid"
    FAILED = "cannot_connect"


class BusError(Exception):
    """The port could not be opened or was lost."""

    def __init__(self, reason: BusErrorReason, detail: str) -> None:
        """Keep the reason for translation and the detail for the log."""
        super().__init__(detail)
        self.reason = reason


class ForbiddenFrameError(Exception):
    """Something asked for a frame that must never be transmitted."""


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
_MIN_SECRET_LENGTH: Final = 4
"""Shorter than this, nobody could tell it from any number or word in an error."""
_INVALID: Final = (ValueError, ImportError, UnknownUriScheme, UnsupportedSetting)


def public_name(url: str) -> str:
    """Return a port's path or URL without what may be secret: a user and password, and keys in the query."""
    scheme, separator, rest = url.partition("?")[0].rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def _has_secret(text: str, url: str) -> bool:
    """Return whether a text repeats a user, a password, or what the query of a URL holds."""
    place, _, query = url.partition("://")[2].partition("?")
    values = [*place.rpartition("@")[0].split(":"), *dict(parse_qsl(query)).values()]
    return any(value in text for value in values if len(value) >= _MIN_SECRET_LENGTH)


def _error_text(err: Exception, url: str) -> str:
    """Return what an error tells that came with a port of this URL; nothing of it that is secret."""
    text = str(err).replace(url, public_name(url))
    return type(err).__name__ if not text or _has_secret(text, url) else text


def _bus_error(err: Exception, what: str, url: str) -> BusError:
    detail = f"{what}: {_error_text(err, url)}"
    if isinstance(err, _INVALID):
        return BusError(BusErrorReason.INVALID, detail)
    number = err.errno if isinstance(err, OSError) else None
    return BusError(_REASON_BY_ERRNO.get(number, BusErrorReason.FAILED), detail)


def check_allowed(body: bytes) -> None:
    """Let only frames of the allow-list pass.

    Raises:
        ForbiddenFrameError: for anything else, whatever asked for it.

    """
    if tuple(body[:2]) not in ALLOWED_FRAMES:
        raise ForbiddenFrameError(f"Frame {body[:2].hex(' ')} is not to be sent")
    if len(body) not in _BODY_LENGTHS:
        raise ForbiddenFrameError(f"A frame of {len(body)} bytes is not to be sent")
    if body[:2] == b"\xfb\xe0" and body[6] not in _ALLOWED_COMMANDS:
        raise ForbiddenFrameError(f"Heartbeat command {body[6]:02X} is not to be sent")


class BusTransport(asyncio.Protocol):
    """An open port to the bus that comes back by itself after it was lost."""

    def __init__(
        self,
        url: str,
        *,
        on_data: Callable[[bytes], None],
        on_change: Callable[[bool], None],
        connect: Connect | None = None,
    ) -> None:
        """Prepare; nothing is opened yet.

        Args:
            url: device path or URL of the port.
            on_data: called with the bytes as they come.
            on_change: called with True when the port is open, with False when it was lost.
            connect: how the port is opened.

        """
        self._url = url
        self._on_data = on_data
        self._on_change = on_change
        self._connect: Connect = connect or create_serial_connection
        self._transport: asyncio.Transport | None = None
        self._opening: asyncio.Task[None] | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._stable: asyncio.TimerHandle | None = None
        self._retry_delay = MIN_RETRY_SECONDS
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
        """Return whether the port is reached over a network, where a dead peer gives no error."""
        return "://" in self._url

    async def open(self) -> None:
        """Open the port; from then on it is kept open until `close`.

        Raises:
            BusError: if it cannot be opened, or is closed meanwhile. Nothing goes on in the background then.

        """
        self._wanted = True
        self._restarting = False
        self._loss_logged = False
        self._retry_delay = MIN_RETRY_SECONDS
        opening = self._start_opening(self._open_once())
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
        """Close the port for good and wait until it is free for others."""
        self._wanted = False
        self._cancel_timers()
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
        """Open a port anew that seems to be dead, which is not yet worth a line in the log."""
        if self._transport is not None:
            self._restarting = True
            self._transport.abort()

    def send(self, body: bytes) -> int:
        """Write the frame with this body (without checksum) and return how many bytes it has on the line.

        Raises:
            ForbiddenFrameError: if the frame is not on the allow-list.
            BusError: if the port is not open or takes nothing.

        """
        check_allowed(body)
        if self._transport is None:
            raise BusError(BusErrorReason.FAILED, f"{self._name} is not open")
        if self._transport.get_write_buffer_size() > MAX_WAITING_BYTES:
            raise BusError(BusErrorReason.FAILED, f"{self._name} takes nothing")
        frame = encode(body)
        try:
            self._transport.write(frame)
        except Exception as err:
            # The stacks below serialx have errors of their own.
            raise _bus_error(err, f"Cannot write to {self._name}", self._url) from err
        return len(frame)

    @property
    def _name(self) -> str:
        return public_name(self._url)

    def _start_opening(self, opening: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        loop = asyncio.get_running_loop()
        task = loop.create_task(opening, name=f"open {self._name}")
        self._opening = task
        task.add_done_callback(self._opening_done)
        return task

    def _opening_done(self, task: asyncio.Task[None]) -> None:
        if self._opening is task:
            self._opening = None

    async def _open_once(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await self._connect(loop, lambda: self, self._url, baudrate=BAUD_RATE)
        except TimeoutError as err:
            raise BusError(
                BusErrorReason.FAILED, f"{self._name} did not open in time"
            ) from err
        except Exception as err:
            # A device path, a socket and an ESPHome device fail with errors of different families,
            # some of which derive from nothing but Exception.
            error = _bus_error(err, f"Cannot open {self._name}", self._url)
            if _has_secret("".join(format_exception(err)), self._url):
                # Who logs ours would also log what it came of.
                raise error from None
            raise error from err

    def _abandon(self) -> None:
        """Leave nothing behind after an attempt to open that failed."""
        self._wanted = False
        self._cancel_timers()
        if self._transport is not None:
            self._transport.abort()

    def _cancel_timers(self) -> None:
        for timer in (self._retry, self._stable):
            if timer is not None:
                timer.cancel()
        self._retry = self._stable = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the port that has just been opened."""
        assert isinstance(transport, asyncio.Transport)
        self._closed.clear()
        self._transport = transport
        if not self._wanted:
            transport.close()
            return
        loop = asyncio.get_running_loop()
        self._stable = loop.call_later(STABLE_SECONDS, self._has_come_back)
        self._on_change(True)

    @override
    def data_received(self, data: bytes) -> None:
        """Pass on what the bus says."""
        if self._wanted:
            self._on_data(data)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the port is gone and, unless that was wanted, get it back."""
        self._transport = None
        self._closed.set()
        self._cancel_timers()
        if not self._wanted:
            return
        if not self._restarting:
            self._log_loss("closed" if exc is None else _error_text(exc, self._url))
        self._restarting = False
        # First of all: nothing that listens may keep the port from coming back.
        self._schedule_retry()
        self._on_change(False)

    def _has_come_back(self) -> None:
        self._stable = None
        self._retry_delay = MIN_RETRY_SECONDS
        if self._loss_logged:
            _LOGGER.warning("The port %s is back", self._name)
        self._loss_logged = False

    def _log_loss(self, text: str) -> None:
        if not self._loss_logged:
            _LOGGER.warning("Lost the port %s: %s", self._name, text)
        self._loss_logged = True

    def _schedule_retry(self) -> None:
        if self._retry is not None or not self._wanted:
            return
        loop = asyncio.get_running_loop()
        self._retry = loop.call_later(self._retry_delay, self._start_retry)
        self._retry_delay = min(self._retry_delay * 2, MAX_RETRY_SECONDS)

    def _start_retry(self) -> None:
        self._retry = None
        self._start_opening(self._reopen())

    async def _reopen(self) -> None:
        try:
            await self._open_once()
        except BusError as err:
            _LOGGER.debug("%s", err)
            self._log_loss(str(err))
            if self._transport is not None:
                self._transport.abort()
            self._schedule_retry()


def _is_being_cancelled() -> bool:
    """Return whether somebody wants the running task to end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
