"""The port goes away and comes back, the peer dies without a word, and Home Assistant stalls."""

import asyncio
import logging
import time

import pytest

from custom_components.twc_manager.twc import BusError, BusErrorReason, BusStatus
from simulator import Car, WallConnector
from simulator.memory import Failure

from .scene import Scene, play

NETWORK = "socket://gateway:4000"


def connector(number: int = 1) -> WallConnector:
    return WallConnector(number, protocol=2, rating=80.0)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.message for record in caplog.records if record.levelno >= logging.INFO
    ]


@pytest.mark.parametrize("away", [5, 40, 500])
def test_port_that_was_pulled_comes_back_by_itself(
    away: int, caplog: pytest.LogCaptureFixture
) -> None:
    twcs = [connector(1), connector(2)]

    async def scenario(scene: Scene) -> None:
        twcs[0].plug_in(Car())
        await scene.linked()
        scene.offer({1: 16.0, 2: 10.0})
        await asyncio.sleep(20)
        scene.port.memory.unplug()
        assert await scene.until(lambda: scene.status is BusStatus.OFFLINE) < 0.2
        await asyncio.sleep(away)
        # Whatever is set meanwhile counts when the port is back.
        scene.offer({1: 20.0, 2: 10.0})
        scene.port.memory.replug()
        assert await scene.until(lambda: scene.status is BusStatus.RUNNING) < 15
        assert await scene.until(lambda: twcs[0].offered == 20.0) < 15
        assert await scene.until(lambda: scene.ids == {1, 2}) < 15
        await asyncio.sleep(60)

    play(scenario, *twcs)
    assert [line.partition(":")[0] for line in lines(caplog)] == [
        "Lost the port /dev/simulated",
        "The port /dev/simulated is back",
    ]


def test_short_absence_of_the_port_does_not_interrupt_the_car() -> None:
    twc = connector()

    async def scenario(scene: Scene) -> None:
        twc.plug_in(Car())
        await scene.linked()
        scene.offer({1: 16.0})
        await asyncio.sleep(20)
        scene.port.memory.unplug()
        await asyncio.sleep(10)
        scene.port.memory.replug()
        await asyncio.sleep(60)
        assert twc.car is not None
        assert twc.car.interruptions == 0
        assert twc.drawn == pytest.approx(15.2)

    play(scenario, twc)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        ("missing", BusErrorReason.MISSING),
        ("busy", BusErrorReason.BUSY),
        ("permission", BusErrorReason.NO_PERMISSION),
    ],
)
def test_start_without_a_usable_port_fails_and_leaves_nothing(
    failure: Failure, reason: BusErrorReason
) -> None:
    async def scenario(scene: Scene) -> None:
        await scene.master.stop()
        scene.port.memory.failure = failure
        with pytest.raises(BusError) as caught:
            await scene.master.start()
        assert caught.value.reason is reason
        assert not scene.master._timer.is_set
        assert asyncio.all_tasks() == {asyncio.current_task()}
        scene.port.memory.failure = None
        await scene.master.start()

    play(scenario)


def test_a_port_that_breaks_while_writing_is_a_lost_port() -> None:
    twc = connector()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        transport = scene.master._transport._transport
        assert transport is not None

        def broken(data: bytes) -> None:
            raise OSError(5, "Input/output error")

        transport.write = broken  # type: ignore[method-assign, assignment]
        await asyncio.sleep(10)
        scene.port.memory.unplug()
        scene.port.memory.replug()
        await asyncio.sleep(40)
        assert scene.ids == {twc.id}

    play(scenario, twc)


@pytest.mark.parametrize("seconds", [0.3, 3.0, 20.0, 40.0])
def test_a_stall_of_the_event_loop_is_survived(seconds: float) -> None:
    twcs = [connector(number) for number in (1, 2, 3)]

    async def scenario(scene: Scene) -> None:
        for twc in twcs:
            twc.plug_in(Car())
        await scene.linked()
        scene.offer({1: 12.0, 2: 12.0, 3: 12.0})
        await asyncio.sleep(20)
        late = scene.master.statistics.late_heartbeats
        # The connectors stand still too, but what matters is that all our timers are late.
        scene.bus.loop._jumping.now += seconds  # type: ignore[attr-defined]
        await asyncio.sleep(0.1)
        begin = scene.now
        await asyncio.sleep(120)
        assert scene.ids == {1, 2, 3}
        assert all(twc.car is not None and twc.car.interruptions == 0 for twc in twcs)
        assert [twc.offered for twc in twcs] == [12.0] * 3
        assert scene.master.statistics.late_heartbeats - late == (seconds > 1)
        # What was missed is not made up for.
        assert len(scene.heartbeats(twcs[0], begin)) < 125

    play(scenario, *twcs)


def test_a_network_port_that_says_nothing_any_more_is_opened_anew(
    caplog: pytest.LogCaptureFixture,
) -> None:
    twc = connector()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        # The connection is dead, and nothing reports it.
        handle = scene.port.memory._transport
        assert handle is not None
        handle._handle.detach()
        begin = scene.now
        await scene.until(lambda: len(scene.port.urls) == 2)
        assert 59 < scene.now - begin < 63
        await scene.linked()

    play(scenario, twc, url=NETWORK)
    assert lines(caplog) == []


def test_a_serial_port_is_not_opened_anew_because_of_silence() -> None:
    twc = connector()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        scene.bus.remove(twc)
        await asyncio.sleep(3600)
        assert len(scene.port.urls) == 1

    play(scenario, twc)


def test_a_network_port_without_connectors_is_not_opened_anew() -> None:
    async def scenario(scene: Scene) -> None:
        await asyncio.sleep(3600)
        assert len(scene.port.urls) == 1

    play(scenario, url=NETWORK)


def test_a_network_port_whose_connectors_are_off_is_opened_anew_ever_more_seldom(
    caplog: pytest.LogCaptureFixture,
) -> None:
    twc = connector()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        scene.bus.remove(twc)
        await asyncio.sleep(6 * 3600)
        assert len(scene.port.urls) < 30
        scene.bus.add(twc)
        await scene.until(lambda: scene.ids == {twc.id})

    play(scenario, twc, url=NETWORK)
    assert lines(caplog) == []


def test_hours_of_nothing_cost_next_to_nothing() -> None:
    """No timer runs faster than the heartbeat cycle while there is no connector."""

    async def scenario(scene: Scene) -> None:
        await asyncio.sleep(10)
        begin = time.process_time()
        await asyncio.sleep(3600)
        assert time.process_time() - begin < 3

    play(scenario)
