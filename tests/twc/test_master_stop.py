"""What a master leaves behind when it stops."""

import asyncio

import pytest

from simulator import Car

from .scene import Scene, play
from .test_master import three


@pytest.mark.parametrize("seed", range(1, 9))
def test_cars_are_left_at_what_is_said_and_no_lower_offer_is_raised(seed: int) -> None:
    """Also if a connector begins to charge between two heartbeats, and ignores the one that comes too late."""
    connectors = three()

    async def scenario(scene: Scene) -> None:
        for connector in connectors[:2]:
            connector.plug_in(Car())
        await scene.linked()
        scene.offer({1: 20.0, 2: 14.0, 3: 0.0})
        await scene.until(lambda: connectors[0].offered == 20.0)
        begin = scene.now

        await scene.master.lower(12.0)
        await scene.master.stop()

        assert scene.now - begin < 3
        assert [item.offered for item in connectors] == [12.0, 12.0, 0.0]

    play(scenario, *connectors, seed=seed)


def test_nothing_is_waited_for_where_nothing_is_to_be_lowered() -> None:
    connectors = three()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        scene.offer({1: 6.0, 2: 6.0, 3: 6.0})
        await asyncio.sleep(10)
        begin = scene.now
        await scene.master.lower(12.0)
        assert scene.now == begin
        await scene.master.stop()
        await scene.master.lower(0.0)
        assert scene.now == begin

    play(scenario, *connectors)
