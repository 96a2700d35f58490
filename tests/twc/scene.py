"""A master on a simulated bus, on the virtual clock, with a record of all that passed on the wire."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from custom_components.twc_manager.twc import (
    BusStatus,
    ConnectorState,
    KnownConnector,
    Master,
    Snapshot,
    WiringLimits,
)
from simulator import Bus, Frame, Peak, WallConnector, run_virtual

from .port import Network, NetworkPort, SimulatedPort

MASTER_ID = 0x7777


class Scene:
    """A bus with a master whose offers a test sets."""

    def __init__(
        self,
        *connectors: WallConnector,
        limit: float = 40.0,
        per_connector: float | None = None,
        known: Iterable[KnownConnector] = (),
        url: str = "/dev/simulated",
        seed: int = 1,
        network: Network | None = None,
    ) -> None:
        self.bus = Bus(seed=seed)
        for connector in connectors:
            self.bus.add(connector)
        self.limit = limit
        self.limits = WiringLimits(
            limit, limit if per_connector is None else per_connector
        )
        self.port = (
            SimulatedPort(self.bus)
            if network is None
            else NetworkPort(self.bus, network)
        )
        self.url = url
        self.snapshots: list[tuple[float, Snapshot]] = []
        self.wire: list[tuple[float, Frame]] = []
        self.offers: Mapping[int, float] = {}
        self.bus.frame_listeners.append(
            lambda frame: self.wire.append((self.bus.now, frame))
        )
        self.bus.start()
        self.master = self.new_master(known)

    def new_master(self, known: Iterable[KnownConnector] = ()) -> Master:
        """Make the master of a first start, or of a restart with what was kept."""
        self._published: Snapshot | None = None
        return Master(
            self.url,
            MASTER_ID,
            self.limits,
            known=known,
            on_change=self.changed,
            connect=self.port,
        )

    def changed(self, snapshot: Snapshot) -> None:
        """Take a new snapshot, and repeat the offers as the rules above the master do."""
        assert snapshot != self._published
        self._published = snapshot
        self.snapshots.append((self.bus.now, snapshot))
        self.master.set_offers(self.offers)

    def offer(self, offers: Mapping[int, float]) -> None:
        self.offers = offers
        self.master.set_offers(offers)

    async def restart(self, *, after: float = 0.0) -> None:
        """Stop the master and start another one with what the first one knew."""
        await self.master.stop()
        known = self.master.known
        await asyncio.sleep(after)
        self.master = self.new_master(known)
        await self.master.start()

    @property
    def now(self) -> float:
        return self.bus.now

    @property
    def snapshot(self) -> Snapshot:
        return self.master.snapshot

    @property
    def status(self) -> BusStatus:
        return self.master.snapshot.status

    @property
    def ids(self) -> set[int]:
        """Return the ids of the connectors that the master shows."""
        return {state.connector_id for state in self.snapshot.connectors}

    def state(self, connector: WallConnector) -> ConnectorState:
        state = self.snapshot.connector(connector.id)
        assert state is not None
        return state

    async def until(
        self, condition: Callable[[], bool], maximum: float = 120.0
    ) -> float:
        """Wait until something is so and return how long that took."""
        begin = self.now
        while not condition():
            assert self.now - begin < maximum, "it never came"
            await asyncio.sleep(0.05)
        return self.now - begin

    async def linked(self) -> None:
        """Wait until all connectors are there and offers may grow."""
        all_ids = {connector.id for connector in self.bus.connectors}
        await self.until(
            lambda: self.ids == all_ids and self.status is BusStatus.RUNNING
        )

    def sent(self, *starts: str, since: float = 0.0) -> list[tuple[float, Frame]]:
        """Return the frames of masters that passed on the wire and begin with one of these bytes."""
        codes = [bytes.fromhex(start) for start in starts] or [b"\xfb", b"\xfc"]
        return [
            (time, frame)
            for time, frame in self.wire
            if time >= since and any(frame.body.startswith(code) for code in codes)
        ]

    def heartbeats(self, connector: WallConnector, since: float = 0.0) -> list[float]:
        """Return when this connector was sent heartbeats."""
        return [
            time
            for time, frame in self.sent("FB E0", since=since)
            if frame.receiver == connector.id
        ]

    def limits_sent(
        self, connector: WallConnector, since: float = 0.0
    ) -> list[tuple[float, float]]:
        """Return when this connector was sent a limit, and which."""
        return [
            (time, frame.amps(7))
            for time, frame in self.sent("FB E0", since=since)
            if frame.receiver == connector.id and frame.body[6] in {0x05, 0x09}
        ]

    def queries(
        self, connector: WallConnector, code: int, since: float = 0.0
    ) -> list[float]:
        """Return when this connector was asked something."""
        start = bytes([0xFB, code]).hex()
        return [
            time
            for time, frame in self.sent(start, since=since)
            if frame.receiver == connector.id
        ]


type Scenario = Callable[[Scene], Awaitable[None]]


def play(
    scenario: Scenario,
    *connectors: WallConnector,
    forgets: bool = False,
    **setting: Any,
) -> Scene:
    """Run a scenario with a started master, and see that nothing bad came of it and nothing is left.

    Where either side `forgets` in between, the limit that a connector was sent once does not show what it has.
    """

    async def main() -> Scene:
        scene = Scene(*connectors, **setting)
        try:
            await scene.master.start()
            await scenario(scene)
        finally:
            await scene.master.stop()
            scene.bus.stop()
        assert leftovers() == []
        return scene

    scene = run_virtual(main())
    safety = scene.bus.safety
    if forgets:
        safety.sent = Peak()
    safety.assert_clean(scene.limit)
    assert not scene.port.memory.is_open
    return scene


def leftovers() -> list[object]:
    """Return what the loop still has to do, the running task aside."""
    loop = asyncio.get_running_loop()
    scheduled = loop._scheduled  # type: ignore[attr-defined]
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    return [*(timer for timer in scheduled if not timer.cancelled()), *tasks]
