"""The listener: an open port on which nothing is transmitted."""

import asyncio
from collections.abc import AsyncIterator, Callable
import signal
from types import TracebackType
from typing import Final, Self

from custom_components.twc_manager.twc import BusError, Connect
from custom_components.twc_manager.twc.transport import BusTransport

from .errors import port_error

_END_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Listener:
    """Returns the bytes that come in, in order, until the time is over or Ctrl-C is pressed.

    A port that is lost meanwhile is reopened as soon as it is back.
    """

    def __init__(
        self,
        url: str,
        *,
        on_note: Callable[[str], None],
        connect: Connect | None = None,
    ) -> None:
        """Prepare; `on_note` is called with a sentence when the port is lost and when it is back."""
        self._url = url
        self._on_note = on_note
        self._loop = asyncio.get_running_loop()
        self._transport = BusTransport(
            url, on_data=self._take, on_change=self._port_changed, connect=connect
        )
        self._heard: asyncio.Queue[tuple[float, bytes] | None] = asyncio.Queue()
        self._started: float | None = None

    @property
    def seconds(self) -> float:
        """Return the time in s since the port was opened."""
        return 0.0 if self._started is None else self._loop.time() - self._started

    async def __aenter__(self) -> Self:
        """Open the port.

        Raises:
            ToolError: if it cannot be opened.

        """
        try:
            await self._transport.open()
        except BusError as err:
            await self._transport.close()
            raise port_error(self._url, err) from err
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        err: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Release the port."""
        await self._transport.close()

    async def portions(
        self, seconds: float | None
    ) -> AsyncIterator[tuple[float, bytes]]:
        """Return the time in s and the bytes of each portion, for `seconds` or until a signal ends it."""
        for number in _END_SIGNALS:
            self._loop.add_signal_handler(number, self._end)
        timer = None if seconds is None else self._loop.call_later(seconds, self._end)
        try:
            while (portion := await self._heard.get()) is not None:
                yield portion
        finally:
            if timer is not None:
                timer.cancel()
            for number in _END_SIGNALS:
                self._loop.remove_signal_handler(number)

    def _end(self) -> None:
        self._heard.put_nowait(None)

    def _take(self, data: bytes) -> None:
        self._heard.put_nowait((self.seconds, data))

    def _port_changed(self, is_open: bool) -> None:
        if not is_open:
            self._on_note("The port was lost; waiting for it to come back.")
        elif self._started is None:
            self._started = self._loop.time()
        else:
            self._on_note("The port is back.")
