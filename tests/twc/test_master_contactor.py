"""The contactor, for cars that nothing else stops, and the search that a restart must not cut short."""

import asyncio

import pytest

from custom_components.twc_manager.twc import BusStatus, Master
from simulator import Car, WallConnector

from .scene import MASTER_ID, Scene, play


@pytest.mark.parametrize("lose", [0.0, 0.2])
def test_contactor_is_opened_and_closed_again(lose: float) -> None:
    twc = WallConnector(1, firmware=(4, 5, 3, 0))

    async def scenario(scene: Scene) -> None:
        twc.plug_in(Car())
        await scene.linked()
        scene.offer({1: 20.0})
        await scene.until(lambda: twc.drawn > 15)
        scene.bus.faults.lose = lose
        scene.master.switch_contactor(1, closed=False)
        assert await scene.until(lambda: twc.drawn == 0) < 10
        await asyncio.sleep(5)
        scene.master.switch_contactor(1, closed=True)
        assert await scene.until(lambda: twc.drawn > 15) < 30

    play(scenario, twc)


def test_acknowledged_command_goes_out_once_and_an_ignored_one_three_times() -> None:
    new, old = WallConnector(1), WallConnector(2, firmware=(4, 0, 0, 0))

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        scene.master.switch_contactor(1, closed=False)
        scene.master.switch_contactor(2, closed=False)
        await asyncio.sleep(20)
        sent = [frame.receiver for _, frame in scene.sent("FC B2")]
        assert sorted(sent) == [1, 2, 2, 2]

    play(scenario, new, old)


def test_nothing_is_sent_to_one_that_is_not_linked() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.linked()
        scene.master.switch_contactor(9, closed=False)
        await asyncio.sleep(5)
        assert not scene.sent("FC B1", "FC B2")

    play(scenario, WallConnector(1))


def test_restart_during_the_search_searches_again() -> None:
    """The connectors known by then prove nothing about those that have not answered yet."""
    twc = WallConnector(1)

    async def scenario(scene: Scene) -> None:
        twc.plug_in(Car())
        scene.offer({1: 20.0})
        await scene.until(lambda: scene.ids == {1})
        await scene.master.stop()
        restarted = scene.now
        scene.master = Master(
            scene.url,
            MASTER_ID,
            scene.limits,
            known=scene.master.known,
            search=True,
            on_change=scene.changed,
            connect=scene.port,
        )
        await scene.master.start()
        scene.offer({1: 20.0})
        await scene.until(lambda: twc.offered == 20)
        assert scene.now - restarted >= 60
        assert scene.status is BusStatus.RUNNING

    play(scenario, twc)
