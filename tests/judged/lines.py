"""What is between one bus of Home Assistant and its line: an adapter, or a keeper behind a network."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Final, Protocol

from custom_components.twc_manager.keeper_link.leasing import lease_of
from custom_components.twc_manager.twc import KnownConnector, WiringLimits
from keeper.addresses import AllowedAddresses
from keeper.clock import Moment
from keeper.keeper import Keeper, Setting
from keeper.lease_holder import LeaseFile, LeaseHolder
from keeper.terms import Fallback
from tests.independent import World
from tests.keeper.network import Network

from .product import MASTER_ID, Product

_HOME: Final = "192.168.1.10"
_MINIMUM_A: Final = 6.0
_TALK_S: Final = 1.0
"""How often the control connection to the keeper is used."""
_RETRY_S: Final = 5.0


class Line(Protocol):
    """What one bus of Home Assistant opens."""

    async def open_port(self, factory: Callable[[], asyncio.Protocol]) -> Any:
        """Open the serial port."""

    async def start(self) -> None:
        """Start what is between the bus and its line."""

    async def stop(self) -> None:
        """End it."""

    def home_starts(self) -> None:
        """Note that Home Assistant starts with no knowledge of what was on the line before."""

    def found(self) -> tuple[tuple[KnownConnector, ...], bool]:
        """Return the connectors that are known when Home Assistant starts, and whether there can be no others."""

    async def kill_home(self, product: Product) -> None:
        """End Home Assistant at once; nothing more is written."""

    async def trouble(self, seconds: float) -> None:
        """Disturb what is in between for a time in s."""


class DirectLine:
    """An adapter."""

    def __init__(self, world: World) -> None:
        """Prepare."""
        self._world = world

    async def open_port(self, factory: Callable[[], asyncio.Protocol]) -> Any:
        """Open the serial port."""
        protocol = factory()
        return self._world.open_port(protocol), protocol

    async def start(self) -> None:
        """Do nothing: an adapter is always there."""

    async def stop(self) -> None:
        """Do nothing."""

    def home_starts(self) -> None:
        """Do nothing: the port that is opened shows it."""

    def found(self) -> tuple[tuple[KnownConnector, ...], bool]:
        """Return nothing: an adapter knows no connectors."""
        return (), False

    async def kill_home(self, product: Product) -> None:
        """End Home Assistant at once; nothing more is written."""
        self._world.drop_port()
        await product.kill()

    async def trouble(self, seconds: float) -> None:
        """Stall the adapter."""
        self._world.stall_port(seconds)
        await asyncio.sleep(seconds)


class KeptLine:
    """A keeper beside the line, behind a network."""

    def __init__(self, world: World, limit: float, seed: int) -> None:
        """Prepare; the keeper has the same limit as the wiring, in A."""
        self._world = world
        self._limit = limit
        self._dice = Random(f"keeper {seed}")
        self._folder = TemporaryDirectory()
        self._network = Network()
        self._keeper: Keeper | None = None
        self._product: Product | None = None
        self._talk: asyncio.Task[None] | None = None

    def follow(self, product: Product) -> None:
        """Leave the leases of this bus with the keeper from now on."""
        self._product = product

    async def open_port(self, factory: Callable[[], asyncio.Protocol]) -> Any:
        """Open the serial port."""
        loop = asyncio.get_running_loop()
        return await self._network.connector(_HOME)(loop, factory, "", baudrate=9600)

    async def start(self) -> None:
        """Start the keeper."""
        await self._start_keeper()
        self._talk = asyncio.create_task(self._leave_leases())

    async def stop(self) -> None:
        """End the keeper."""
        if self._talk is not None:
            self._talk.cancel()
        await self._end_keeper()
        self._folder.cleanup()

    def home_starts(self) -> None:
        """Note it in the world, which sees no port opened."""
        self._world.master_started()

    def found(self) -> tuple[tuple[KnownConnector, ...], bool]:
        """Return the connectors that the keeper kept linked, and whether no other master can have fed one."""
        if self._keeper is None or not self._is_reached:
            return (), False
        report = self._keeper.report()
        if report.master_id != MASTER_ID:
            return (), False
        return tuple(item.known for item in report.connectors), report.complete

    async def kill_home(self, product: Product) -> None:
        """End Home Assistant at once; the network closes the keeper's connection or leaves it open."""
        if self._dice.random() < 0.5:
            self._network.reset_all()
        else:
            self._network.cut()
        await product.kill()
        self._network.mend()

    async def trouble(self, seconds: float) -> None:
        """Cut the network in one direction or both, stall the adapter, or end the keeper for a while."""
        match self._dice.randrange(5):
            case 0:
                self._world.stall_port(seconds)
                await asyncio.sleep(seconds)
            case 1:
                self._world.drop_port()
            case 2:
                await self._end_keeper()
                await asyncio.sleep(seconds)
                await self._start_keeper()
            case direction:
                self._network.cut(to_keeper=direction == 3, to_client=direction == 4)
                await asyncio.sleep(seconds)
                self._network.mend()

    @property
    def _is_reached(self) -> bool:
        return self._network.to_keeper and self._network.to_client

    async def _start_keeper(self) -> None:
        loop = asyncio.get_running_loop()
        file = LeaseFile(
            Path(self._folder.name), lambda: Moment(loop.time(), "boot", loop.time())
        )
        keeper = Keeper(
            Setting("judged", Fallback(self._limit, _MINIMUM_A), AllowedAddresses()),
            LeaseHolder(file, loop.time(), _MINIMUM_A),
            self._connect,  # type: ignore[arg-type]
        )
        await keeper.port.open()
        self._keeper, self._network.accept = keeper, keeper.clients.protocol

    async def _end_keeper(self) -> None:
        keeper, self._keeper, self._network.accept = self._keeper, None, None
        if keeper is not None:
            await keeper.close()
        self._network.reset_all()

    async def _connect(
        self,
        _loop: asyncio.AbstractEventLoop,
        factory: Callable[[], asyncio.Protocol],
        _url: str,
        *,
        baudrate: int,
    ) -> Any:
        assert baudrate == 9600
        protocol = factory()
        return self._world.open_port(protocol), protocol

    async def _leave_leases(self) -> None:
        """Send leases and read the reports of the keeper, as the control connection does."""
        while True:
            await asyncio.sleep(_TALK_S)
            master = None if self._product is None else self._product.master
            if master is None or self._keeper is None or not self._is_reached:
                continue
            limits = WiringLimits(self._limit, min(self._limit, 80.0))
            lease = lease_of(master.snapshot, MASTER_ID, limits, limits.per_connector)
            if lease is not None:
                self._keeper.take_lease(lease)
            master.expect(item.known for item in self._keeper.report().connectors)
