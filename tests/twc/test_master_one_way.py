"""A line that works in one direction only: the connector is received and does not receive us."""

import asyncio
from typing import Final

import pytest

from custom_components.twc_manager.twc import BusProblem, KnownConnector, State
from simulator import Car, SecondMaster, WallConnector

from .port import Network
from .scene import Scene, play

ID: Final = 0x2510


def connector() -> WallConnector:
    return WallConnector(ID, protocol=2, rating=32.0)


def is_reported(scene: Scene) -> bool:
    """Return whether the problem is there, with the connector that it is about."""
    reported = BusProblem.NOT_HEARING in scene.snapshot.problems
    assert scene.snapshot.not_hearing == ({ID} if reported else set())
    return reported


async def never_reported(scene: Scene, seconds: int) -> None:
    for _ in range(seconds):
        await asyncio.sleep(1)
        assert not is_reported(scene)


@pytest.mark.parametrize(
    "known", [(), (KnownConnector(ID, 2, 32.0),)], ids=["new", "known"]
)
def test_nothing_that_is_sent_arrives(known: tuple[KnownConnector, ...]) -> None:
    network = Network(sends=False)
    twc = connector()

    async def scenario(scene: Scene) -> None:
        assert await scene.until(lambda: is_reported(scene), 60) < 55
        for _ in range(120):
            await asyncio.sleep(1)
            assert is_reported(scene)
        assert scene.ids == set()
        network.sends = True
        assert await scene.until(lambda: scene.ids == {ID}, 60) < 30
        await never_reported(scene, 60)

    play(scenario, twc, network=network, known=known)


def test_the_line_breaks_in_one_direction_while_a_car_charges() -> None:
    network = Network()
    twc = connector()

    async def scenario(scene: Scene) -> None:
        twc.plug_in(Car(onboard_limit=32))
        await scene.linked()
        scene.offer({ID: 16.0})
        await scene.until(lambda: twc.drawn > 14)
        network.sends = False
        # It announces itself again when it has missed us for 26 s.
        assert await scene.until(lambda: is_reported(scene), 90) < 60
        network.sends = True
        await scene.until(lambda: not is_reported(scene), 60)
        await scene.until(lambda: twc.drawn > 14)
        await never_reported(scene, 60)

    play(scenario, twc, network=network, forgets=True)


def test_one_that_is_switched_off_is_no_longer_reported() -> None:
    twc = connector()

    async def scenario(scene: Scene) -> None:
        await scene.until(lambda: is_reported(scene), 60)
        twc.power_down()
        assert await scene.until(lambda: not is_reported(scene), 60) < 40

    play(scenario, twc, network=Network(sends=False))


# What must not cause it


@pytest.mark.parametrize("seconds", [0.12, 0.5, 1.2, 2.0])
def test_a_slow_network(seconds: float) -> None:
    twc = connector()

    async def scenario(scene: Scene) -> None:
        await never_reported(scene, 90)
        assert scene.ids == {ID}
        # Also while it misses us and comes back.
        twc.power_cycle()
        await never_reported(scene, 90)

    network = Network(seconds, seconds, pack_s=0.1, jitter_s=0.2)
    play(scenario, twc, network=network, forgets=True)


def test_another_master() -> None:
    """Its frames may collide with ours for as long as it takes to notice it."""
    twc = connector()

    async def scenario(scene: Scene) -> None:
        other = SecondMaster(0x1234)
        other.attach(scene.bus)
        await never_reported(scene, 120)
        other.detach()
        await never_reported(scene, 120)
        assert scene.ids == {ID}

    play(scenario, twc, forgets=True)


def test_another_master_ends_it() -> None:
    twc = connector()

    async def scenario(scene: Scene) -> None:
        await scene.until(lambda: is_reported(scene), 60)
        SecondMaster(0x1234).attach(scene.bus)
        await scene.until(
            lambda: BusProblem.SECOND_MASTER in scene.snapshot.problems, 60
        )
        await never_reported(scene, 120)

    play(scenario, twc, network=Network(sends=False), forgets=True)


def test_connectors_that_are_switched_off_and_on() -> None:
    twc = connector()

    async def scenario(scene: Scene) -> None:
        twc.plug_in(Car(onboard_limit=32))
        await scene.linked()
        scene.offer({ID: 16.0})
        for seconds in (1, 5, 12, 20, 25, 28, 33, 45, 70):
            twc.power_down()
            await never_reported(scene, seconds)
            twc.power_up()
            await never_reported(scene, 45)
            assert scene.state(twc).state is not State.ERROR

    play(scenario, twc, forgets=True)


@pytest.mark.parametrize("seconds", [5, 15, 24, 30, 60])
def test_a_short_outage_of_the_port(seconds: int) -> None:
    twc = connector()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        scene.port.memory.unplug()
        await never_reported(scene, seconds)
        scene.port.memory.replug()
        await never_reported(scene, 90)
        assert scene.ids == {ID}

    play(scenario, twc, forgets=True)


def test_a_short_time_in_which_nothing_that_is_sent_arrives() -> None:
    network = Network()
    twc = connector()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        for seconds in (3, 10, 20, 30):
            network.sends = False
            await never_reported(scene, seconds)
            network.sends = True
            await never_reported(scene, 60)

    play(scenario, twc, network=network, forgets=True)
