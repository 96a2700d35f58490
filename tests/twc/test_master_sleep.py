"""The master sleeps until the next heartbeat cycle when it has nothing to say: nothing that is due may wait for that."""

import asyncio
from collections.abc import Callable

import pytest

from custom_components.twc_manager.twc.heartbeat_cycle import CYCLE_SECONDS
from custom_components.twc_manager.twc.queries import PLUG_WHILE_UNPLUGGED
from custom_components.twc_manager.twc.wake_timer import WakeTimer
from simulator import Car, Frame, WallConnector

from .scene import Scene, play

PLUG_STATE = 0xB4


def three() -> list[WallConnector]:
    return [WallConnector(number, rating=80.0) for number in (1, 2, 3)]


async def after_the_last_answer_of_a_cycle(
    scene: Scene, act: Callable[[], None], delay: float
) -> float:
    """Do something `delay` s after the last connector has answered, when the master has gone to sleep; return when."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[float] = loop.create_future()
    last = scene.bus.connectors[-1]

    def do() -> None:
        if not done.done():
            act()
            done.set_result(scene.now)

    def listen(frame: Frame) -> None:
        if frame.body.startswith(b"\xfd\xe0") and frame.sender == last.id:
            loop.call_later(delay, do)

    scene.bus.frame_listeners.append(listen)
    at = await done
    scene.bus.frame_listeners.remove(listen)
    return at


@pytest.mark.parametrize("delay", [0.0, 0.002, 0.01, 0.1])
def test_a_lower_offer_does_not_wait_for_the_cycle(delay: float) -> None:
    twcs = three()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        high, low = {1: 12.0, 2: 12.0, 3: 12.0}, {1: 12.0, 2: 6.0, 3: 12.0}
        for step in range(20):
            scene.offer(high)
            await scene.until(lambda: twcs[1].offered == 12)
            # Questions are asked now and again: let them be at other places in the cycle.
            await asyncio.sleep(6 + step / 10)
            at = await after_the_last_answer_of_a_cycle(
                scene, lambda: scene.offer(low), delay
            )
            await asyncio.sleep(0.35)
            assert [amps for _, amps in scene.limits_sent(twcs[1], at)] == [6.0]

    play(scenario, *twcs)


@pytest.mark.parametrize("delay", [0.0, 0.002, 0.01, 0.1])
def test_a_command_to_a_contactor_does_not_wait_for_the_cycle(delay: float) -> None:
    twcs = [WallConnector(1, rating=80.0)]

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        await asyncio.sleep(10)
        at = await after_the_last_answer_of_a_cycle(
            scene, lambda: scene.master.switch_contactor(1, closed=False), delay
        )
        await asyncio.sleep(0.4)
        assert len(scene.sent("FC B2", since=at)) == 1

    play(scenario, *twcs)


def test_questions_are_asked_when_they_are_due() -> None:
    twcs = three()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        await asyncio.sleep(20)
        begin = scene.now
        await asyncio.sleep(120)
        for twc in twcs:
            asked = scene.queries(twc, PLUG_STATE, since=begin)
            # When they are due, and after the heartbeats of a cycle and the questions to the others.
            assert len(asked) >= 120 / (PLUG_WHILE_UNPLUGGED + 2 * CYCLE_SECONDS)

    play(scenario, *twcs)


def test_the_master_wakes_up_only_to_speak(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wakes = 0
    wake = WakeTimer._wake

    def counted(timer: WakeTimer) -> None:
        nonlocal wakes
        wakes += 1
        wake(timer)

    monkeypatch.setattr(WakeTimer, "_wake", counted)
    twcs = three()

    async def scenario(scene: Scene) -> None:
        nonlocal wakes
        await scene.linked()
        for twc in twcs:
            twc.plug_in(Car())
        scene.offer({1: 12.0, 2: 12.0, 3: 12.0})
        await asyncio.sleep(30)
        begin, wakes = scene.now, 0
        await asyncio.sleep(60)
        spoken = len(scene.sent(since=begin))
        # Once for each frame of ours, the first of a cycle with the cycle, and never only to find the line free.
        assert wakes <= 1.05 * spoken

    play(scenario, *twcs)
