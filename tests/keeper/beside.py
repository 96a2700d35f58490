"""A keeper beside the bus that Home Assistant's integration is to use, in memory."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from keeper.addresses import AllowedAddresses
from keeper.control import Control
from keeper.keeper import Keeper, Setting
from keeper.lease_holder import LeaseFile, LeaseHolder
from keeper.offers import SentOffers
from keeper.terms import Fallback
from simulator import Bus
from tests.twc.port import SimulatedPort

from .network import USER_TIMEOUT_S, Network
from .scene import HOME_ADDRESS

URL = "socket://keeper.local:9600"
KEY = "0123456789abcdef"


class BesideBus:
    """A keeper with its two ports of the network, which a test may cut.

    Attributes:
        network: what the bytes of the bus take.
        second: what the control connection takes.

    """

    def __init__(
        self, bus: Bus, folder: Path, limit: float = 48.0, key: str = KEY
    ) -> None:
        holder = LeaseHolder(LeaseFile(folder), bus.loop.time(), 6.0)
        self.keeper = Keeper(
            Setting("/dev/bus", Fallback(limit, 6.0), AllowedAddresses()),
            holder,
            SimulatedPort(bus),
        )
        self.control = Control(self.keeper, AllowedAddresses(), key)
        self.network = Network(self.keeper.clients.protocol)
        self.second = Network(self.control.protocol)

    def limit_to(self, amps: float) -> None:
        """Have it started with another limit."""
        keeper = self.keeper
        keeper._setting = replace(keeper._setting, fallback=Fallback(amps, 6.0))
        keeper.port.gate._records = SentOffers(amps)

    async def connect(
        self, protocol_factory: Callable[[], asyncio.Protocol]
    ) -> tuple[asyncio.Transport, Any]:
        """Open the port of the bus, as `tests.adapters.MemoryPorts` does."""
        opened: tuple[asyncio.Transport, Any] = await self.network.connector(
            HOME_ADDRESS
        )(asyncio.get_running_loop(), protocol_factory, URL, baudrate=9600)
        return opened

    async def open_connection(
        self, host: str, port: int, *, limit: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open the control connection (replaces asyncio.open_connection)."""
        assert (host, port) == ("keeper.local", 9601)
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=limit, loop=loop)
        transport, protocol = await self.second.connector(HOME_ADDRESS)(
            loop, lambda: asyncio.StreamReaderProtocol(reader), "", baudrate=0
        )
        return reader, asyncio.StreamWriter(transport, protocol, reader, loop)

    async def close(self) -> None:
        self.control.close()
        await self.keeper.close()
        # What is still on its way in the network has to arrive.
        await asyncio.sleep(USER_TIMEOUT_S + 1)
