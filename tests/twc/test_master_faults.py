"""A bad line: whatever is lost, split, doubled, late or garbled, the link holds and nothing unsafe happens."""

import asyncio
from dataclasses import replace

import pytest

from custom_components.twc_manager.twc import BusStatus, KnownConnector
from simulator import Car, Faults, WallConnector, make_vin

from .scene import Scene, play

FAULTS = {
    "lost": Faults(lose=0.1),
    "corrupt": Faults(corrupt=0.1),
    "split": Faults(split=0.1),
    "doubled": Faults(double=0.1),
    "late": Faults(late=0.1),
    "noise": Faults(noise=0.1, idle_noise=1.0),
    "garbage at the end": Faults(tail_garbage=0.1),
    "echo": Faults(echo=True, corrupt=0.05),
    "everything": Faults(
        lose=0.05,
        corrupt=0.05,
        split=0.1,
        double=0.05,
        late=0.05,
        noise=0.05,
        tail_garbage=0.05,
        echo=True,
        idle_noise=0.5,
    ),
}


def on(scene: Scene, faults: Faults) -> None:
    """Switch faults on."""
    scene.bus.faults = scene.bus.line._faults = replace(faults)


@pytest.mark.parametrize("protocol", [1, 2])
@pytest.mark.parametrize("name", FAULTS)
def test_link_holds_and_offers_get_through(name: str, protocol: int) -> None:
    twcs = [
        WallConnector(number, protocol=protocol, rating=80.0) for number in (1, 2, 3)
    ]
    for twc, tail in zip(twcs, (b"", b"\xf8", b"\xfe"), strict=True):
        twc.tail = tail

    async def scenario(scene: Scene) -> None:
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=48))
        await scene.linked()
        on(scene, FAULTS[name])
        begin = len(scene.snapshots)
        for wishes in (
            {1: 28.0, 2: 6.0, 3: 6.0},
            {1: 6.0, 2: 28.0, 3: 6.0},
            {1: 12.0, 2: 12.0, 3: 16.0},
            {1: 20.0, 2: 0.0, 3: 20.0},
        ):
            scene.offer(wishes)
            await asyncio.sleep(60)
            assert all(twc.linked for twc in twcs)
            settled = wishes if protocol == 1 or wishes[2] else {1: 17.0, 3: 17.0}
            for number, amps in settled.items():
                assert twcs[number - 1].offered == amps
        assert all(
            len(snapshot.connectors) == 3 for _, snapshot in scene.snapshots[begin:]
        )
        assert all(
            snapshot.status is BusStatus.RUNNING
            for _, snapshot in scene.snapshots[begin:]
        )

    scene = play(scenario, *twcs)
    assert scene.bus.safety.broken_s == 0
    if name not in {"late", "doubled", "everything"}:
        # Late answers are indistinguishable from missing ones until they come, and a connector that is asked twice
        # answers twice, both at once.
        assert scene.bus.safety.talked_over == []


@pytest.mark.parametrize("seed", range(5))
def test_single_frames_of_wrong_contents_and_right_checksum_do_no_harm(
    seed: int,
) -> None:
    twcs = [WallConnector(number, protocol=2, rating=80.0) for number in (1, 2)]

    async def scenario(scene: Scene) -> None:
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=48))
        await scene.linked()
        scene.bus.faults.forge = 0.01
        for _ in range(4):
            scene.offer({1: 34.0, 2: 6.0})
            await asyncio.sleep(45)
            scene.offer({1: 6.0, 2: 34.0})
            await asyncio.sleep(45)
        assert all(twc.linked for twc in twcs)

    play(scenario, *twcs, seed=seed)


def test_what_was_wrong_is_counted() -> None:
    twcs = [WallConnector(number, protocol=2, rating=80.0) for number in (1, 2)]

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        on(scene, FAULTS["everything"])
        await asyncio.sleep(300)
        counted = scene.master.statistics
        assert counted.bad_checksum > 0
        assert counted.bad_length > 0
        assert counted.repaired > 0
        assert counted.noise_bytes > 0
        assert counted.echoes > 0
        assert counted.missed_answers > 0
        assert counted.bad_frames >= counted.bad_checksum + counted.bad_length

    play(scenario, *twcs)


@pytest.mark.parametrize("name", ["lost", "everything"])
def test_connectors_are_found_on_a_bad_line(name: str) -> None:
    twcs = [WallConnector(number, protocol=2, rating=80.0) for number in (1, 2, 3)]

    async def scenario(scene: Scene) -> None:
        on(scene, FAULTS[name])
        assert await scene.until(lambda: scene.ids == {1, 2, 3}) < 60

    play(scenario, *twcs)


def test_restart_on_a_bad_line_keeps_the_cars_charging() -> None:
    twcs = [WallConnector(number, protocol=2, rating=80.0) for number in (1, 2)]

    async def scenario(scene: Scene) -> None:
        for twc in twcs:
            twc.plug_in(Car())
        await scene.linked()
        scene.offer({1: 20.0, 2: 20.0})
        await asyncio.sleep(30)
        on(scene, FAULTS["everything"])
        for _ in range(5):
            await scene.restart(after=5)
            await asyncio.sleep(30)
            assert scene.ids == {1, 2}
        for twc in twcs:
            assert twc.car is not None
            assert twc.car.interruptions == 0
            assert twc.offered == 20.0

    play(scenario, *twcs)


def test_a_ghost_does_not_hold_up_the_others_for_ever() -> None:
    """An id that noise made up, or that the store kept."""
    twc = WallConnector(1, protocol=2, rating=80.0)
    ghosts = [KnownConnector(number, 2, 80.0) for number in (8, 9)]

    async def scenario(scene: Scene) -> None:
        scene.offer({1: 30.0})
        assert await scene.until(lambda: twc.offered == 30.0) < 75

    play(scenario, twc, known=ghosts)


@pytest.mark.parametrize("protocol", [1, 2])
def test_answers_that_always_come_too_late_are_taken_all_the_same(
    protocol: int,
) -> None:
    """As behind a slow network: on the wire all is well, here every answer is late."""
    twcs = [WallConnector(number, protocol=protocol, rating=80.0) for number in (1, 2)]
    for twc in twcs:
        twc.answer_delay = (0.24, 0.26)

    async def scenario(scene: Scene) -> None:
        for twc in twcs:
            twc.plug_in(Car(vin=make_vin(twc.id)))
        await scene.linked()
        for wishes in ({1: 28.0, 2: 12.0}, {1: 12.0, 2: 28.0}):
            scene.offer(wishes)
            await asyncio.sleep(90)
            assert {twc.id: twc.offered for twc in twcs} == wishes
        assert scene.ids == {1, 2}
        if protocol == 2:
            assert {state.vin for state in scene.snapshot.connectors} == {
                make_vin(1),
                make_vin(2),
            }

    play(scenario, *twcs)


def test_on_a_line_that_is_never_quiet_nobody_is_taken_to_be_there_for_ever() -> None:
    """Something sends without a pause: we may not send, so the connectors lose us and stop their cars."""
    twcs = [WallConnector(number, protocol=2, rating=80.0) for number in (1, 2)]

    async def scenario(scene: Scene) -> None:
        for twc in twcs:
            twc.plug_in(Car())
        await scene.linked()
        scene.offer({1: 20.0, 2: 20.0})
        await asyncio.sleep(20)
        stranger = WallConnector(99)
        end = scene.now + 120
        while scene.now < end:
            scene.bus.transmit(stranger, b"\xc0" + bytes(15))
            await asyncio.sleep(0.016)
            if scene.now > end - 60:
                assert not scene.ids
        assert not any(twc.charging for twc in twcs)
        await scene.until(lambda: scene.ids == {1, 2}, 40)

    play(scenario, *twcs, forgets=True)
