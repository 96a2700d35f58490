"""A house with naive masters, for the tests of the judge."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.independent import (
    CarSpec,
    ConnectorSpec,
    House,
    HouseSpec,
    HouseVerdict,
    LineSpec,
    MeterFault,
    MeterSpec,
    Reading,
    World,
)
from tests.independent.naive import NaiveMaster, run

FUSE_A = 32.0
ONE_PHASE = CarSpec(phases=1)


class Stage:
    """A house with a naive master for each line, and what its meter published."""

    def __init__(self, spec: HouseSpec, *lines: list[ConnectorSpec]) -> None:
        worlds = [
            World(seed, 64.0, specs, LineSpec()) for seed, specs in enumerate(lines)
        ]
        self.house = House(1, worlds, spec)
        self.masters = [NaiveMaster(16.0) for _ in worlds]
        self.readings: list[Reading] = []
        self.house.on_reading = self.readings.append

    async def begin(self, seconds: float = 180.0) -> None:
        """Switch it on and let the cars begin."""
        self.house.start()
        for world, master in zip(self.house.worlds, self.masters, strict=True):
            world.open_port(master)
        await asyncio.sleep(seconds)

    def offer(self, *amps: float) -> None:
        """Offer each line's connectors something else."""
        for master, offer_a in zip(self.masters, amps, strict=True):
            master.offer_a = offer_a


def fused(
    *specs: ConnectorSpec, faults: tuple[MeterFault, ...] = (), fuse_a: float = FUSE_A
) -> Stage:
    """One line behind a fuse; two sound cars that take 30 A together at first."""
    meter = MeterSpec(interval_s=5, lag_s=1.0, faults=faults)
    units = list(specs) or [ConnectorSpec(), ConnectorSpec()]
    return Stage(HouseSpec(fuse_a=fuse_a, meter=meter), units)


def after(stage: Stage, play: Callable[[Stage], Awaitable[None]]) -> HouseVerdict:
    """Return the verdict on what is played once the cars charge."""

    async def scenario() -> HouseVerdict:
        await stage.begin()
        assert not stage.house.verdict().faults
        await play(stage)
        stage.house.stop()
        return stage.house.verdict()

    return run(scenario())


def overloaded(
    stage: Stage, then_a: float, wait_s: float = 5.0, extra_a: float = 10.0
) -> HouseVerdict:
    """Return the verdict on a master that offers something else a while after a load on L1 came."""

    async def play(stage: Stage) -> None:
        stage.house.loads.extra_a = (extra_a, 0.0, 0.0)
        await asyncio.sleep(wait_s)
        stage.offer(then_a)
        await asyncio.sleep(200 - wait_s)

    return after(stage, play)
