"""Taking over connectors that another master fed until a moment ago."""

import asyncio
from collections.abc import Callable

import pytest

from custom_components.twc_manager.twc import BusStatus, KnownConnector, Master
from custom_components.twc_manager.twc.bus_state import ABSENCE_SECONDS, SEARCH_SECONDS
from simulator import Car, WallConnector

from .port import SimulatedPort
from .scene import Scene, play

LIMIT = 80.0


@pytest.mark.parametrize("lose", [0.0, 0.3])
@pytest.mark.parametrize("known", [0, 2])
@pytest.mark.parametrize("seed", range(3))
def test_cars_that_draw_on_unseen_are_reckoned_with(
    seed: int, known: int, lose: float
) -> None:
    """Their first announcements may collide, and their cars draw on for half a minute after them."""
    twcs = [WallConnector(number) for number in (1, 2, 3)]

    async def scenario(scene: Scene) -> None:
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=48))
        await scene.linked()
        scene.offer({1: 16.0, 2: 16.0, 3: 48.0})
        await asyncio.sleep(40)
        await scene.master.stop()
        scene.bus.faults.lose = lose
        scene.offers = dict.fromkeys((1, 2, 3), 40.0)
        scene.master = Master(
            scene.url,
            0x1234,
            scene.limits,
            known=[KnownConnector(twc.id, 2, twc.rating) for twc in twcs[:known]],
            search=True,
            on_change=scene.changed,
            connect=scene.port,
        )
        await scene.master.start()
        await asyncio.sleep(100)
        assert scene.bus.safety.broken_s == 0

    play(scenario, *twcs, limit=LIMIT, seed=seed, forgets=True)


def moved_port(scene: Scene) -> Callable[[], None]:
    """Take our port from the bus; return what brings it back."""
    scene.port.memory.unplug()
    return scene.port.memory.replug


def moved_wires(scene: Scene) -> Callable[[], None]:
    """Take the wires from our port, which stays open; return what brings them back."""
    (port,) = scene.bus.line.ports
    scene.bus.line.ports.remove(port)
    write, port.write = port.write, lambda _: None  # type: ignore[method-assign]

    def come_back() -> None:
        port.write = write  # type: ignore[method-assign]
        scene.bus.line.ports.append(port)

    return come_back


async def come_from_another_master(
    scene: Scene, come_back: Callable[[], None], away: float
) -> None:
    """Let another master feed two cars for a while, return to ours, and see that it raises nothing yet."""
    scene.bus.safety.limit = LIMIT
    scene.bus.add(WallConnector(2)).plug_in(Car(onboard_limit=80))
    other = Master("/dev/other", 0x1234, scene.limits, connect=SimulatedPort(scene.bus))
    await other.start()
    await asyncio.sleep(away)
    other.set_offers({1: 40.0, 2: 40.0})
    await asyncio.sleep(30)
    assert min(twc.drawn for twc in scene.bus.connectors) > 38
    await other.stop()
    come_back()
    scene.offer({1: 80.0, 2: 40.0})
    await scene.until(lambda: scene.status is BusStatus.SEARCHING, 60)
    await scene.linked()
    await asyncio.sleep(30)
    assert scene.bus.safety.broken_s == 0


@pytest.mark.parametrize("move", [moved_port, moved_wires])
@pytest.mark.parametrize("seed", range(3))
def test_a_bus_that_was_at_another_master_for_long_is_searched(
    move: Callable[[Scene], Callable[[], None]], seed: int
) -> None:
    """58 A on 40 A for 19 s: what that master fed announces itself later than what we know is raised."""
    twc = WallConnector(1)

    async def scenario(scene: Scene) -> None:
        twc.plug_in(Car(onboard_limit=80))
        await scene.linked()
        await come_from_another_master(scene, move(scene), ABSENCE_SECONDS)

    play(scenario, twc, limit=LIMIT, seed=seed, forgets=True)


@pytest.mark.parametrize("seed", range(3))
def test_wires_that_come_after_the_search_are_searched(seed: int) -> None:
    """An owner sets the bus up first, and then moves the wires from the old master to the adapter."""
    twc = WallConnector(1)

    async def scenario(scene: Scene) -> None:
        twc.plug_in(Car(onboard_limit=80))
        await come_from_another_master(scene, moved_wires(scene), 2 * SEARCH_SECONDS)

    play(scenario, twc, limit=LIMIT, seed=seed, forgets=True)


def test_a_listener_that_fails_neither_silences_the_bus_nor_loses_the_port() -> None:
    twc = WallConnector(1)

    async def scenario(scene: Scene) -> None:
        twc.plug_in(Car(not_before=1e9))
        await scene.linked()

        def fail(_: object) -> None:
            raise RuntimeError("a mistake above")

        known = scene.master.known
        await scene.master.stop()
        scene.master = Master(
            scene.url,
            0x7777,
            scene.limits,
            known=known,
            on_change=fail,
            connect=scene.port,
        )
        await scene.master.start()
        await asyncio.sleep(5)
        scene.port.memory.unplug()
        await asyncio.sleep(5)
        scene.port.memory.replug()
        await asyncio.sleep(15)
        since = scene.now
        await asyncio.sleep(5)
        assert len(scene.heartbeats(twc, since)) >= 2

    play(scenario, twc)
