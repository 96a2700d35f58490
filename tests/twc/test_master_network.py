"""Network adapters: answers that come late are no fault of the wires."""

import asyncio

import pytest

from simulator import Car, Faults, WallConnector

from .port import Network
from .scene import Scene, play

FAST = Network(0.005, 0.005, pack_s=0.02)
SLOW = {
    "a quarter of a second": Network(0.12, 0.12, pack_s=0.05),
    "a good half of a second": Network(0.3, 0.3, pack_s=0.1, jitter_s=0.1),
    "one and a half seconds": Network(0.7, 0.7, pack_s=0.1, jitter_s=0.1),
}


def connectors() -> list[WallConnector]:
    return [
        WallConnector(connector_id, protocol=2, rating=32.0)
        for connector_id in (0x032E, 0x1839)
    ]


@pytest.mark.parametrize("name", SLOW)
def test_answers_that_come_late_count_as_late_not_as_missed(name: str) -> None:
    twcs = connectors()

    async def scenario(scene: Scene) -> None:
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=32))
        await scene.linked()
        scene.offer({twc.id: 16.0 for twc in twcs})
        await asyncio.sleep(150)
        assert all(twc.drawn > 14 for twc in twcs)
        statistics = scene.master.statistics
        assert statistics.missed_answers <= 1
        assert statistics.late_answers > 100

    play(scenario, *twcs, network=SLOW[name])


def test_a_fast_network_is_neither_late_nor_does_it_miss() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.linked()
        before = scene.master.statistics
        await asyncio.sleep(150)
        after = scene.master.statistics
        assert after.missed_answers == before.missed_answers
        assert after.late_answers == before.late_answers

    play(scenario, *connectors(), network=FAST)


@pytest.mark.parametrize("network", [None, SLOW["a good half of a second"]])
def test_answers_that_are_lost_count_as_missed(network: Network | None) -> None:
    twcs = connectors()

    async def scenario(scene: Scene) -> None:
        for twc in twcs:
            twc.plug_in(Car(not_before=1e9))
        await scene.linked()
        before = scene.master.statistics
        scene.bus.faults = scene.bus.line._faults = Faults(lose=0.1)
        await asyncio.sleep(300)
        after = scene.master.statistics
        # Of 580 heartbeats a tenth is lost on the way, and of their answers another tenth.
        assert after.missed_answers - before.missed_answers == pytest.approx(
            110, abs=35
        )
        if network is None:
            assert after.late_answers == before.late_answers

    play(scenario, *twcs, network=network)


def test_no_answer_is_missed_because_the_port_was_lost() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.linked()
        before = scene.master.statistics.missed_answers
        scene.port.memory.unplug()
        await asyncio.sleep(20)
        scene.port.memory.replug()
        await scene.linked()
        await asyncio.sleep(10)
        assert scene.master.statistics.missed_answers - before <= 2

    play(scenario, *connectors())
