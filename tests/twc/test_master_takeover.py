"""Taking over connectors that another master fed until a moment ago."""

import asyncio

import pytest

from custom_components.twc_manager.twc import KnownConnector, Master
from simulator import Car, WallConnector

from .scene import Scene, play

LIMIT = 80.0


@pytest.mark.parametrize("lose", [0.0, 0.3])
@pytest.mark.parametrize("known", [0, 2])
@pytest.mark.parametrize("seed", range(3))
def test_cars_that_draw_on_unseen_are_reckoned_with(
    seed: int, known: int, lose: float
) -> None:
    """Their first announcements may collide, and their cars draw on for half a minute after them."""
    twcs = [WallConnector(number) for number in (1, 2, 3)]

    async def scenario(scene: Scene) -> None:
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=48))
        await scene.linked()
        scene.offer({1: 16.0, 2: 16.0, 3: 48.0})
        await asyncio.sleep(40)
        await scene.master.stop()
        scene.bus.faults.lose = lose
        scene.offers = dict.fromkeys((1, 2, 3), 40.0)
        scene.master = Master(
            scene.url,
            0x1234,
            scene.limits,
            known=[KnownConnector(twc.id, 2, twc.rating) for twc in twcs[:known]],
            search=True,
            on_change=scene.changed,
            connect=scene.port,
        )
        await scene.master.start()
        await asyncio.sleep(100)
        assert scene.bus.safety.broken_s == 0

    play(scenario, *twcs, limit=LIMIT, seed=seed, forgets=True)


def test_a_listener_that_fails_neither_silences_the_bus_nor_loses_the_port() -> None:
    twc = WallConnector(1)

    async def scenario(scene: Scene) -> None:
        await scene.linked()

        def fail(_: object) -> None:
            raise RuntimeError("a mistake above")

        known = scene.master.known
        await scene.master.stop()
        scene.master = Master(
            scene.url,
            0x7777,
            scene.limits,
            known=known,
            on_change=fail,
            connect=scene.port,
        )
        await scene.master.start()
        await asyncio.sleep(5)
        scene.port.memory.unplug()
        await asyncio.sleep(5)
        scene.port.memory.replug()
        await asyncio.sleep(15)
        since = scene.now
        await asyncio.sleep(5)
        assert len(scene.heartbeats(twc, since)) >= 4

    play(scenario, twc)
