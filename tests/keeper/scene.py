"""A keeper on a simulated bus, with Home Assistant's master behind a network, on the virtual clock."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from custom_components.twc_manager.twc import (
    KnownConnector,
    Master,
    Snapshot,
    WiringLimits,
)
from custom_components.twc_manager.twc.lease import Lease, LeasedConnector
from keeper.addresses import AllowedAddresses
from keeper.clock import Moment
from keeper.keeper import Keeper, Setting
from keeper.lease_holder import LeaseFile, LeaseHolder
from keeper.states import KeeperState
from keeper.terms import Fallback
from simulator import Bus, Car, Frame, WallConnector, run_virtual
from tests.twc.port import SimulatedPort

from .network import Network

HOME_ID = 0x7777
HOME_ADDRESS = "192.168.1.10"
LIMIT = 48.0


@dataclass(slots=True)
class Written:
    """A frame that the keeper wrote.

    Attributes:
        at: when.
        body: without the checksum.
        by_keeper: whether it is the keeper's own, and not Home Assistant's.

    """

    at: float
    body: bytes
    by_keeper: bool

    @property
    def receiver(self) -> int:
        return int.from_bytes(self.body[4:6])

    @property
    def is_heartbeat(self) -> bool:
        return self.body[:2] == b"\xfb\xe0"

    @property
    def offer(self) -> float | None:
        """Return the A of a limit."""
        if not self.is_heartbeat or self.body[6] not in {0x05, 0x09}:
            return None
        return int.from_bytes(self.body[7:9]) / 100


class Home:
    """Home Assistant: a master with what it knows, and the offers of its rules."""

    def __init__(self, scene: Scene, address: str, master_id: int) -> None:
        self.scene = scene
        self.address = address
        self.master_id = master_id
        self.offers: dict[int, float] = {}
        self.known: tuple[KnownConnector, ...] = ()
        self.master: Master | None = None

    async def start(self, *, search: bool = False) -> None:
        self.master = Master(
            "socket://keeper:9600",
            self.master_id,
            WiringLimits(self.scene.limit, min(self.scene.limit, 80)),
            known=self.known,
            search=search if self.known else None,
            on_change=self.changed,
            connect=self.scene.network.connector(self.address),
        )
        try:
            await self.master.start()
        except Exception:
            self.master = None
            raise
        self.ask()

    def ask(self) -> None:
        """Ask the keeper what it has kept, as the control connection does, and again in a while."""
        if self.master is None:
            return
        network = self.scene.network
        if self.scene.keeper is not None and network.to_client and network.to_keeper:
            kept = self.scene.keeper.report().connectors
            self.master.expect(item.known for item in kept)
        asyncio.get_running_loop().call_later(5, self.ask)

    def changed(self, snapshot: Snapshot) -> None:
        assert self.master is not None
        self.master.set_offers(self.offers)

    def offer(self, offers: dict[int, float]) -> None:
        self.offers = offers
        if self.master is not None:
            self.master.set_offers(offers)

    async def stop(self) -> None:
        if self.master is not None:
            self.known = self.master.known or self.known
            await self.master.stop()
            self.master = None


class Scene:
    """The bus, the keeper and Home Assistant."""

    def __init__(
        self,
        folder: Path,
        *connectors: WallConnector,
        limit: float = LIMIT,
        fallback: Fallback | None = None,
        seed: int = 1,
    ) -> None:
        self.folder = folder
        self.limit = limit
        self.fallback = fallback or Fallback(limit, 6.0)
        self.bus = Bus(seed=seed)
        for connector in connectors:
            self.bus.add(connector)
        self.bus.safety.limit = limit
        self.port = SimulatedPort(self.bus)
        self.network = Network()
        self.wire: list[tuple[float, Frame]] = []
        self.written: list[Written] = []
        self.home_frames: list[float] = []
        self.talks_of_home: set[float] = set()
        self.bus.frame_listeners.append(
            lambda frame: self.wire.append((self.now, frame))
        )
        self.bus.start()
        self.keeper: Keeper | None = None
        self.boot = "first"
        self.wall_is_late = 0.0
        self.home = Home(self, HOME_ADDRESS, HOME_ID)

    @property
    def now(self) -> float:
        return self.bus.now

    @property
    def connectors(self) -> list[WallConnector]:
        return self.bus.connectors

    @property
    def running(self) -> Keeper:
        assert self.keeper is not None
        return self.keeper

    @property
    def in_charge(self) -> bool:
        return self.running.state is KeeperState.IN_CHARGE

    @property
    def lease_file(self) -> LeaseFile:
        """The keeper's lease on the disk of its computer."""
        return LeaseFile(
            self.folder,
            lambda: Moment(self.now - self.wall_is_late, self.boot, self.now),
        )

    async def start_keeper(self) -> None:
        holder = LeaseHolder(self.lease_file, self.now, self.fallback.amps)
        allowed = AllowedAddresses()
        keeper = Keeper(Setting("/dev/bus", self.fallback, allowed), holder, self.port)
        self._record(keeper)
        await keeper.port.open()
        self.keeper, self.network.accept = keeper, keeper.clients.protocol

    def _record(self, keeper: Keeper) -> None:
        """Record what the keeper writes, and whether each frame is its own."""
        send = keeper.port.send

        def recorded(body: bytes):  # type: ignore[no-untyped-def]
            sent = send(body)
            by_keeper = keeper.state is KeeperState.IN_CHARGE
            self.written.append(Written(self.now, sent.body, by_keeper))
            if not by_keeper:
                self.talks_of_home.add(self.now)
            return sent

        keeper.port.send = recorded  # type: ignore[method-assign]
        take = keeper.clients._on_data

        def heard(data: bytes) -> bool:
            # A frame and its tail byte come at once in this network.
            if data.startswith(b"\xc0") and data.endswith(b"\xc0"):
                self.home_frames.append(self.now)
            return take(data)

        keeper.clients._on_data = heard

    async def stop_keeper(self) -> None:
        """End the keeper in order."""
        keeper, self.keeper, self.network.accept = self.running, None, None
        await keeper.close()
        self.network.reset_all()

    async def kill_keeper(self) -> None:
        """End the keeper as the kernel does; on the bus that looks the same, nothing is written at its end."""
        await self.stop_keeper()

    def lease(self, amps: dict[int, float], seconds: float = 12 * 3600.0) -> None:
        """Leave a lease, as the control connection does."""
        self.running.take_lease(
            Lease(
                HOME_ID,
                seconds,
                WiringLimits(self.limit, min(self.limit, 80)),
                tuple(
                    LeasedConnector(self.known(connector_id), offer)
                    for connector_id, offer in amps.items()
                ),
            )
        )

    def known(self, connector_id: int) -> KnownConnector:
        """Return a connector as Home Assistant remembers it; it need not be there any more."""
        for item in self.connectors:
            if item.id == connector_id:
                return KnownConnector(item.id, item.protocol, item.rating)
        return KnownConnector(connector_id, 2, 80.0)

    async def charging(self, amps: float = 16.0) -> None:
        """Plug cars in everywhere and wait until all charge with so many A; the lease says the same."""
        for connector in self.connectors:
            connector.plug_in(Car(onboard_limit=48))
        offers = {connector.id: amps for connector in self.connectors}
        self.home.offer(offers)
        if self.home.master is None:
            await self.home.start()
        await self.until(
            lambda: all(item.drawn > amps - 2 for item in self.connectors), 240
        )
        self.lease(offers)

    async def until(
        self, condition: Callable[[], bool], maximum: float = 120.0
    ) -> float:
        begin = self.now
        while not condition():
            assert self.now - begin < maximum, "it never came"
            await asyncio.sleep(0.05)
        return self.now - begin

    def heartbeats(self, connector: WallConnector, since: float = 0.0) -> list[float]:
        """Return when a connector was sent heartbeats that passed on the wire."""
        return [
            at
            for at, frame in self.wire
            if at >= since
            and frame.body[:2] == b"\xfb\xe0"
            and frame.receiver == connector.id
        ]

    def longest_gap(self, since: float) -> float:
        """Return the longest time since then in which any connector was without a heartbeat."""
        longest = 0.0
        for item in self.connectors:
            times = [since, *self.heartbeats(item, since), self.now]
            longest = max(
                longest, *(after - before for before, after in pairwise(times))
            )
        return longest

    @property
    def interruptions(self) -> int:
        return sum(
            item.car.interruptions for item in self.connectors if item.car is not None
        )


def play(
    scenario: Callable[[Scene], Awaitable[None]],
    *connectors: WallConnector,
    **setting: object,
) -> Scene:
    """Run a scenario with a keeper and Home Assistant, and return the scene."""

    async def main(folder: Path) -> Scene:
        scene = Scene(folder, *connectors, **setting)  # type: ignore[arg-type]
        try:
            await scene.start_keeper()
            await scenario(scene)
        finally:
            await scene.home.stop()
            if scene.keeper is not None:
                await scene.stop_keeper()
            scene.bus.stop()
        return scene

    with TemporaryDirectory() as folder:
        return run_virtual(main(Path(folder)))


def three(protocol: int = 2) -> Iterable[WallConnector]:
    return [WallConnector(number, protocol=protocol) for number in (1, 2, 3)]
