"""The keeper with its port and its two servers."""

import asyncio
import logging
from typing import Final

from custom_components.twc_manager.twc import BusError

from .control import Control
from .keeper import Keeper

_LOGGER = logging.getLogger(__name__)

RETRY_SECONDS: Final = 2.0


class Server:
    """Opens what a keeper needs: the serial port, with retries until it is there, and the two TCP ports."""

    def __init__(self, keeper: Keeper, control: Control) -> None:
        """Prepare."""
        self._keeper = keeper
        self._control = control
        self._servers: list[asyncio.Server] = []
        self._opening: asyncio.Task[None] | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._error = ""

    async def start(self, host: str | None, port: int) -> None:
        """Serve the bus on a port, and control connections on the next one.

        Raises:
            OSError: if one of them cannot be used.

        """
        loop = asyncio.get_running_loop()
        for number, factory in (
            (port, self._keeper.clients.protocol),
            (port + 1, self._control.protocol),
        ):
            self._servers.append(
                await loop.create_server(factory, host, number, reuse_address=True)
            )
        self.open_port()

    def open_port(self) -> None:
        """Open the serial port, again and again until it is there; it is kept open from then on."""
        self._retry = None
        self._opening = asyncio.get_running_loop().create_task(self._open())

    async def stop(self) -> None:
        """Stop serving, and release the port."""
        for server in self._servers:
            server.close()
        if self._retry is not None:
            self._retry.cancel()
        self._control.close()
        await self._keeper.close()
        if self._opening is not None:
            await asyncio.gather(self._opening, return_exceptions=True)

    async def _open(self) -> None:
        try:
            await self._keeper.port.open()
        except BusError as err:
            if str(err) != self._error:
                _LOGGER.warning("%s; trying again", err)
            self._error = str(err)
            loop = asyncio.get_running_loop()
            self._retry = loop.call_later(RETRY_SECONDS, self.open_port)
