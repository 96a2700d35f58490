"""What the connectors report is published at once if it is news; a draw that jitters waits for the next cycle."""

import asyncio

import pytest

from custom_components.twc_manager.twc.heartbeat_cycle import CYCLE_SECONDS
from custom_components.twc_manager.twc.state import JITTER_AMPS
from simulator import Car, WallConnector

from .scene import Scene, play

A, B, C = 1, 2, 3


def three(jitter: float) -> list[WallConnector]:
    return [WallConnector(item, rating=80.0, jitter=jitter) for item in (A, B, C)]


async def charging(scene: Scene) -> None:
    await scene.linked()
    for twc in scene.bus.connectors:
        twc.plug_in(Car())
    scene.offer(dict.fromkeys((A, B, C), 10.0))
    await asyncio.sleep(60)


def test_jitter_is_published_once_a_cycle_at_most() -> None:
    twcs = three(jitter=JITTER_AMPS / 2)

    async def scenario(scene: Scene) -> None:
        await charging(scene)
        begin = scene.now
        await asyncio.sleep(60)
        times = [at for at, _ in scene.snapshots if at >= begin]
        meters = len(scene.sent("FB EB", since=begin))
        assert 20 < len(times) <= 60 / CYCLE_SECONDS + meters + 1

    play(scenario, *twcs)


def test_who_asks_sees_the_latest_report() -> None:
    twcs = three(jitter=JITTER_AMPS / 2)

    async def scenario(scene: Scene) -> None:
        await charging(scene)
        unpublished = 0
        for _ in range(40):
            await asyncio.sleep(0.37)
            reports = [
                (time, frame)
                for time, frame in scene.wire
                if frame.body.startswith(b"\xfd\xe0") and frame.sender == A
            ]
            at, last = reports[-1]
            if scene.now - at < 0.05:
                # Its last bytes may still be on their way.
                continue
            state = scene.state(twcs[0])
            assert state.drawn == last.amps(9)
            shown = scene.snapshots[-1][1].connector(A)
            assert shown is not None
            unpublished += shown.drawn != state.drawn
        assert unpublished

    play(scenario, *twcs)


@pytest.mark.parametrize("step", [0.5, 2.0])
def test_a_draw_that_moves_is_published_with_its_report(step: float) -> None:
    twcs = three(jitter=0.0)

    async def scenario(scene: Scene) -> None:
        await charging(scene)
        car = twcs[1].car
        assert car is not None
        before = scene.state(twcs[1]).drawn
        begin = scene.now
        car.onboard_limit = before - step
        twcs[1].refresh()
        await scene.until(lambda: scene.state(twcs[1]).drawn < before - JITTER_AMPS)
        reported = [
            time
            for time, frame in scene.wire
            if time > begin
            and frame.body.startswith(b"\xfd\xe0")
            and frame.sender == B
            and frame.amps(9) < before - JITTER_AMPS
        ]
        published = [at for at, _ in scene.snapshots if at > begin]
        assert min(abs(at - reported[0]) for at in published) < 0.05

    play(scenario, *twcs)


def test_an_answer_that_says_something_else_is_published_when_it_comes() -> None:
    twcs = three(jitter=0.0)

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        await asyncio.sleep(30)
        begin = scene.now
        twcs[1].serial = "A16K0009999"

        def is_published() -> bool:
            shown = scene.snapshots[-1][1].connector(B)
            return shown is not None and shown.serial_number == twcs[1].serial

        await scene.until(is_published)
        answered = [
            time
            for time, frame in scene.wire
            if time > begin and frame.body.startswith(b"\xfd\xed") and frame.sender == B
        ]
        assert scene.snapshots[-1][0] - answered[0] < 0.05

    play(scenario, *twcs)


def test_nothing_is_published_while_nothing_changes() -> None:
    twcs = three(jitter=0.0)

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        await asyncio.sleep(30)
        published = len(scene.snapshots)
        heard = scene.state(twcs[0]).heard_at
        await asyncio.sleep(30)
        assert len(scene.snapshots) == published
        latest = scene.state(twcs[0]).heard_at
        assert heard is not None and latest is not None
        assert latest > heard + 25

    play(scenario, *twcs)
