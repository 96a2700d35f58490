"""The keeper goes on while Home Assistant is away, and only then."""

import asyncio

import pytest

from keeper.states import SILENCE_SECONDS

from .scene import Scene, play, three


@pytest.mark.long
@pytest.mark.parametrize("protocol", [1, 2])
def test_cars_charge_on_while_home_assistant_is_away(protocol: int) -> None:
    async def scenario(scene: Scene) -> None:
        await scene.charging()
        assert not scene.in_charge
        await scene.home.stop()
        since = scene.now
        await asyncio.sleep(900)
        assert scene.in_charge
        assert scene.interruptions == 0
        assert all(item.drawn > 14 for item in scene.connectors)
        assert scene.longest_gap(since) < SILENCE_SECONDS + 1.1
        own = [item for item in scene.written if item.by_keeper]
        first = own[: len(scene.connectors)]
        if protocol == 1:
            # Command 05 with what it had: 00 in between would make its relay click.
            assert {item.offer for item in own if item.is_heartbeat} == {16.0}
        else:
            assert all(item.is_heartbeat and item.body[6] == 0 for item in first)
        await scene.home.start()
        await asyncio.sleep(60)
        assert not scene.in_charge
        assert scene.interruptions == 0

    scene = play(scenario, *three(protocol))
    assert not scene.bus.safety.forbidden_frames
    assert scene.bus.safety.broken_s == 0
    assert not scene.bus.safety.talked_over
    assert {item.body[2:4] for item in scene.written} == {b"\x77\x77"}
