"""A machine that stalls once, and one that stalls again and again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.twc_manager.issues import (
    HOUR_SECONDS,
    LATE_MINUTES,
    MINUTE_SECONDS,
    SlowHostDetector,
)
from custom_components.twc_manager.twc import BusStatus, Master, WiringLimits
from simulator import Bus, Car, HostLoop, MemoryPort, WallConnector, World

from .scene import NEW, Builder

LIMIT = 40.0
IDS = (0x032E, 0x1839, 0x2431)


class Host:
    """A master on a machine that may stall while the connectors continue."""

    def __init__(self, seed: int = 1) -> None:
        self.world = World()
        self.bus = Bus(self.world, seed)
        self.bus.safety.limit = LIMIT
        for connector_id, protocol in zip(IDS, (1, 2, 2), strict=True):
            twc = WallConnector(connector_id, protocol=protocol, jitter=0.0)
            self.bus.add(twc).plug_in(Car(tolerates=1000))
        self.port = MemoryPort(self.bus)
        self.loop = HostLoop(self.world)

    def play(self, scenario: Callable[[], Awaitable[None]]) -> None:
        async def connect(
            loop: asyncio.AbstractEventLoop,
            protocol_factory: Callable[[], asyncio.Protocol],
            url: str,
            *,
            baudrate: int,
        ) -> tuple[asyncio.Transport, Any]:
            return await self.port.connect(protocol_factory)

        async def main() -> None:
            self.master = Master(
                "/dev/simulated", 0x7777, WiringLimits(LIMIT, LIMIT), connect=connect
            )
            await self.master.start()
            try:
                await scenario()
            finally:
                await self.master.stop()

        self.bus.start()
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(main())
        self.bus.stop()
        assert self.bus.safety.possible_broken_s == 0
        assert self.bus.safety.forbidden_frames == []

    async def until(self, true: Callable[[], bool], seconds: float) -> float:
        began = self.world.time()
        while not true():
            assert self.world.time() - began < seconds, "it never came"
            await asyncio.sleep(0.1)
        return self.world.time() - began

    @property
    def shown(self) -> set[int]:
        return {item.connector_id for item in self.master.snapshot.connectors}

    def all_charge(self) -> bool:
        return all(twc.drawn > 5 for twc in self.bus.connectors)

    async def charging(self) -> None:
        await self.until(lambda: self.master.snapshot.status is BusStatus.RUNNING, 120)
        assert self.shown == set(IDS)
        self.master.set_offers(dict.fromkeys(IDS, 13.0))
        await self.until(self.all_charge, 60)


@pytest.mark.parametrize("seconds", [0.5, 2.0, 10.0])
def test_a_short_stall_keeps_every_link(seconds: float) -> None:
    host = Host()

    async def scenario() -> None:
        await host.charging()
        late = host.master.statistics.late_heartbeats
        host.loop.stall(seconds)
        # No connector has missed us for long enough to act.
        assert all(twc.linked and twc.charging for twc in host.bus.connectors)
        await asyncio.sleep(1)
        assert host.shown == set(IDS)
        assert host.master.snapshot.status is BusStatus.RUNNING
        counted = host.master.statistics.late_heartbeats - late
        assert counted == (0 if seconds < 1 else 1)
        await asyncio.sleep(30)
        assert host.all_charge()
        assert host.master.statistics.late_heartbeats - late == counted
        assert all(twc.car and not twc.car.interruptions for twc in host.bus.connectors)

    host.play(scenario)


@pytest.mark.parametrize("seed", range(3))
def test_after_40_s_the_links_are_lost_and_come_back(
    seed: int,
) -> None:
    host = Host(seed)

    async def scenario() -> None:
        await host.charging()
        before = host.master.statistics.late_heartbeats
        gone: list[float] = []
        began = host.world.time()

        def note() -> None:
            gone.extend(
                host.world.time() - began
                for twc in host.bus.connectors
                if not twc.linked
            )

        host.bus.change_listeners.append(note)
        host.loop.stall(40)
        # By the protocol: 26 s after our last word they take us for gone.
        assert 24 < gone[0] < 27
        assert not any(twc.linked for twc in host.bus.connectors)
        assert (
            await host.until(lambda: all(twc.linked for twc in host.bus.connectors), 30)
            < 5
        )
        assert host.master.statistics.late_heartbeats == before + 1
        await host.until(host.all_charge, 90)
        assert host.shown == set(IDS)

    host.play(scenario)


@pytest.mark.parametrize("seconds", [2.0, 10.0, 40.0])
def test_offers_that_change_between_stalls_break_no_limit(seconds: float) -> None:
    host = Host(seed=7)

    async def scenario() -> None:
        await host.charging()
        for turn in range(12):
            amps = [6.0, 6.0, 6.0]
            amps[turn % 3] = 28.0
            host.master.set_offers(dict(zip(IDS, amps, strict=True)))
            await asyncio.sleep((0.0, 0.3, 2.0, 8.0)[turn % 4])
            host.loop.stall(seconds)
            await asyncio.sleep(5)
        await host.until(lambda: all(twc.linked for twc in host.bus.connectors), 60)

    host.play(scenario)


def test_only_repeated_late_heartbeats_are_reported() -> None:
    watchdog = SlowHostDetector()
    count, now = 0, 1000.0
    for _ in range(200):
        # A bad minute or two, as with a backup, and then nothing.
        count, now = count + 1, now + 0.5
        assert not watchdog.is_slow(count, now)
    for _ in range(LATE_MINUTES - 3):
        count, now = count + 1, now + 300
        assert not watchdog.is_slow(count, now)
    count, now = count + 1, now + 300
    assert watchdog.is_slow(count, now)
    assert watchdog.is_slow(count, now + 1800)
    assert not watchdog.is_slow(count, now + 2800)


async def test_a_slow_host_is_reported_until_it_recovers(
    hass: HomeAssistant, set_up: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = "custom_components.twc_manager"
    scene = await set_up((NEW, None))
    assert scene.problem("slow_host") is None

    # Every beat comes late by the master's reckoning.
    monkeypatch.setattr(f"{prefix}.twc.heartbeat_cycle.LATE_SECONDS", -1.0)
    took = await scene.until(lambda: scene.problem("slow_host") is not None)
    assert took > (LATE_MINUTES - 1) * MINUTE_SECONDS
    monkeypatch.setattr(f"{prefix}.twc.heartbeat_cycle.LATE_SECONDS", 5.0)
    await scene.until(lambda: scene.problem("slow_host") is None, HOUR_SECONDS)
