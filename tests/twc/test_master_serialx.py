"""The same master through the real serial library: a pseudo terminal and a TCP socket."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from custom_components.twc_manager.twc import (
    BusError,
    BusErrorReason,
    BusStatus,
    Master,
    WiringLimits,
)
from simulator import Bus, Car, PtyPort, TcpPort, WallConnector, run_virtual

from .scene import leftovers

LIMITS = WiringLimits(40.0, 40.0)


async def until(condition: Callable[[], bool], maximum: float = 65.0) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + maximum
    while not condition():
        assert loop.time() < end, "it never came"
        await asyncio.sleep(0.05)


async def charge(bus: Bus, master: Master, away: Callable[[], Awaitable[None]]) -> None:
    """Let a car charge, take the port away and bring it back, and let it charge on."""
    twc = bus.connectors[0]
    twc.plug_in(Car())
    await until(lambda: master.snapshot.status is BusStatus.RUNNING)
    for amps in (16.0, 24.0):
        master.set_offers({twc.id: amps})
        await until(lambda amps=amps: twc.offered == amps, maximum=3)  # type: ignore[misc]
        await until(lambda amps=amps: twc.drawn == amps - 0.8, maximum=20)  # type: ignore[misc]
        await away()
        await until(lambda: master.snapshot.status is BusStatus.RUNNING)
        await until(lambda: len(master.snapshot.connectors) == 1)
    assert twc.car is not None
    assert twc.car.interruptions == 0


def test_a_car_charges_over_a_real_pseudo_terminal(tmp_path: Path) -> None:
    async def main() -> None:
        bus = Bus(seed=1)
        bus.add(WallConnector(0x032E, protocol=2, rating=80.0))
        port = PtyPort(bus, tmp_path / "adapter")
        bus.start()
        master = Master(str(port.path), 0x7777, LIMITS)

        async def away() -> None:
            port.unplug()
            await until(lambda: master.snapshot.status is BusStatus.OFFLINE)
            port.replug()

        await master.start()
        with pytest.raises(BusError) as caught:
            await Master(str(port.path), 0x7777, LIMITS).start()
        assert caught.value.reason is BusErrorReason.BUSY
        await charge(bus, master, away)
        await master.stop()
        bus.stop()
        port.close()
        bus.safety.assert_clean(40.0)
        assert leftovers() == []

    run_virtual(main())


@pytest.mark.usefixtures("socket_enabled")
def test_a_car_charges_over_a_tcp_socket() -> None:
    async def main() -> None:
        bus = Bus(seed=1)
        bus.add(WallConnector(0x032E, protocol=2, rating=80.0))
        port = TcpPort(bus, chopped=True)
        bus.start()
        await port.start()
        master = Master(port.url, 0x7777, LIMITS)

        async def away() -> None:
            await port.unplug()
            await until(lambda: master.snapshot.status is BusStatus.OFFLINE)
            await asyncio.sleep(5)
            await port.replug()

        await master.start()
        await charge(bus, master, away)
        await master.stop()
        bus.stop()
        await port.stop()
        bus.safety.assert_clean(40.0)

    run_virtual(main())
