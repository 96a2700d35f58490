"""A connector for which there is no place yet."""

import asyncio

import pytest

from custom_components.twc_manager.twc.roster import ESTABLISHED_SECONDS
from simulator import WallConnector

from .scene import Scene, play


def test_it_is_linked_as_soon_as_a_silent_one_is_given_up() -> None:
    """One that picks a new id in between leaves its old one behind, silent for 26 s."""
    twcs = [WallConnector(number, protocol=2, rating=80.0) for number in (1, 2, 3)]

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        await asyncio.sleep(10)
        for seconds in (0.0, 3.0, 6.0, 9.0):
            await asyncio.sleep(seconds)
            twc = scene.bus.connectors[0]
            scene.bus.remove(twc)
            newcomer = scene.bus.add(
                WallConnector(twc.id + 0x100, protocol=2, rating=80.0)
            )
            came = scene.now
            await scene.until(lambda twc=newcomer: twc.linked and twc.id in scene.ids)  # type: ignore[misc]
            # One announcement may be lost, and it is a device once it has answered for some seconds.
            assert scene.now - came < 29 + 5 + ESTABLISHED_SECONDS

    play(scenario, *twcs, forgets=True)


@pytest.mark.parametrize("seed", range(3))
def test_announcements_every_ten_seconds_do_not_always_meet_the_same_answer(
    seed: int,
) -> None:
    """Both clocks are of quartz: what collides once would collide for minutes."""
    twcs = [WallConnector(number, protocol=2, rating=80.0) for number in (1, 2, 3)]

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        for _ in range(12):
            twc = scene.bus.connectors[0]
            scene.bus.remove(twc)
            await scene.until(lambda: len(scene.ids) == 2)
            await asyncio.sleep(1)
            scene.bus.add(twc)
            came = scene.now
            await scene.until(lambda twc=twc: twc.linked and twc.id in scene.ids)  # type: ignore[misc]
            assert scene.now - came < 30

    play(scenario, *twcs, forgets=True, seed=seed)
