"""Connectors to which nothing happens are addressed less often, and each time anything happens, in every cycle again."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
import itertools

import pytest

from custom_components.twc_manager.twc.heartbeat_cycle import CYCLE_SECONDS
from custom_components.twc_manager.twc.rhythm import (
    CALM_SECONDS,
    WHILE_CHARGING,
    WHILE_CHARGING_FOR_LONG,
    WHILE_WAITING,
    WITHOUT_VEHICLE,
)
from simulator import Car, SecondMaster, WallConnector

from .scene import Scene, play

A, B, C = 1, 2, 3
EVERY_CYCLE = CYCLE_SECONDS + 0.3
"""The longest time between two heartbeats of one that is in every cycle: a question to another one may come first."""
CALM = CALM_SECONDS + 10.0
"""After so many s of nothing, connectors are calm."""

PROTOCOLS = pytest.mark.parametrize("protocol", [1, 2])


def three(protocol: int = 2) -> list[WallConnector]:
    return [WallConnector(item, protocol=protocol, rating=80.0) for item in (A, B, C)]


def gaps(scene: Scene, twc: WallConnector, since: float) -> list[float]:
    """Return the times between heartbeats since then, and from the last one until now."""
    times = scene.heartbeats(twc, since)
    return [b - a for a, b in itertools.pairwise([*times, scene.now])]


LONG = 90.0
"""After so many s of nothing, connectors have been calm for long."""


async def calm(
    scene: Scene,
    *plugged_in: WallConnector,
    amps: float = 10.0,
    seconds: float = 60.0,
    car: Callable[[], Car] = Car,
) -> None:
    """Wait until nothing has happened for a while, with a car at some connectors."""
    await scene.linked()
    for twc in plugged_in:
        twc.plug_in(car())
    scene.offer(dict.fromkeys((A, B, C), amps))
    await asyncio.sleep(seconds)
    assert [twc for twc in scene.bus.connectors if twc.charging] == [*plugged_in]


@PROTOCOLS
@pytest.mark.parametrize("amps", [0.0, 10.0])
def test_connectors_without_a_car_take_turns(protocol: int, amps: float) -> None:
    """One of protocol 2 that is to have the 0 A that it has is sent no offer at all."""
    twcs = three(protocol)

    async def scenario(scene: Scene) -> None:
        await calm(scene, amps=amps)
        begin = scene.now
        await asyncio.sleep(60)
        for twc in twcs:
            expected = 60 / (WITHOUT_VEHICLE * CYCLE_SECONDS)
            assert len(scene.heartbeats(twc, begin)) == pytest.approx(expected, abs=1)
            assert max(gaps(scene, twc, begin)) < WITHOUT_VEHICLE * CYCLE_SECONDS + 0.3
        spoken = [time for time, _ in scene.sent("FB E0", since=begin)]
        assert all(b - a > 0.7 for a, b in itertools.pairwise(spoken))

    play(scenario, *twcs)


def assert_every(cycles: int, scene: Scene, *twcs: WallConnector, since: float) -> None:
    """See that connectors have been in every so-many-th cycle since then."""
    seconds = scene.now - since
    for twc in twcs:
        expected = seconds / (cycles * CYCLE_SECONDS)
        assert len(scene.heartbeats(twc, since)) == pytest.approx(expected, abs=2)
        assert max(gaps(scene, twc, since)) < cycles * CYCLE_SECONDS + 0.3


@PROTOCOLS
def test_a_car_that_charges_steadily_is_in_every_second_and_then_in_every_third_cycle(
    protocol: int,
) -> None:
    twcs = three(protocol)

    async def scenario(scene: Scene) -> None:
        await calm(scene, *twcs, seconds=30)
        begin = scene.now
        await asyncio.sleep(20)
        assert_every(WHILE_CHARGING, scene, *twcs, since=begin)
        await asyncio.sleep(LONG - 50)
        begin = scene.now
        await asyncio.sleep(60)
        assert_every(WHILE_CHARGING_FOR_LONG, scene, *twcs, since=begin)

    play(scenario, *twcs)


@pytest.mark.parametrize(
    "car",
    [partial(Car, onboard_limit=7.0), partial(Car, shortfall=-2.0)],
    ids=["less", "more"],
)
def test_a_car_that_draws_something_else_than_its_offer_is_never_in_every_third_cycle(
    car: Callable[[], Car],
) -> None:
    """One that draws less may begin to draw more at any time."""
    twcs = three()

    async def scenario(scene: Scene) -> None:
        await calm(scene, *twcs, seconds=2 * LONG, car=car)
        begin = scene.now
        await asyncio.sleep(60)
        assert all(
            max(gaps(scene, twc, begin)) < WHILE_CHARGING * CYCLE_SECONDS + 0.3
            for twc in twcs
        )

    play(scenario, *twcs)


@pytest.mark.parametrize(
    "car",
    [Car(soc=80.0, target=80.0), Car(not_before=1e9), Car(asleep=True, wake_s=1e9)],
    ids=["full", "waits", "asleep"],
)
def test_a_car_that_may_begin_at_any_time_is_in_every_cycle(car: Car) -> None:
    twc = three()[0]

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        twc.plug_in(car)
        scene.offer({A: 10.0})
        await asyncio.sleep(60)
        assert not twc.charging
        begin = scene.now
        await asyncio.sleep(30)
        assert max(gaps(scene, twc, begin)) < EVERY_CYCLE

    play(scenario, twc)


@PROTOCOLS
@pytest.mark.parametrize(
    "car", [Car, partial(Car, not_before=1e9)], ids=["asks", "waits"]
)
def test_a_car_that_waits_for_an_offer_is_in_every_second_cycle(
    car: Callable[[], Car], protocol: int
) -> None:
    twc = three(protocol)[0]

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        twc.plug_in(car())
        scene.offer({A: 0.0})
        await asyncio.sleep(60)
        begin = scene.now
        await asyncio.sleep(60)
        expected = 60 / (WHILE_WAITING * CYCLE_SECONDS)
        assert len(scene.heartbeats(twc, begin)) == pytest.approx(expected, abs=2)
        assert max(gaps(scene, twc, begin)) < WHILE_WAITING * CYCLE_SECONDS + 0.3

    play(scenario, twc)


@pytest.mark.parametrize("wait", [0.0, 1.0])
@PROTOCOLS
def test_what_happens_at_one_that_waits_is_followed(wait: float, protocol: int) -> None:
    """It fails, echoes an offer that it was not sent, or gets one: it is in every cycle from the next report on."""
    for disturb in (fail, echo_another_offer, change_offer):
        twcs = three(protocol)

        async def scenario(
            scene: Scene, twc: WallConnector = twcs[1], disturb: Disturb = disturb
        ) -> None:
            await scene.linked()
            twc.plug_in(Car())
            scene.offer({A: 0.0, B: 0.0, C: 0.0})
            await asyncio.sleep(60 + wait)
            await disturbed(scene, twc, disturb)

        play(scenario, *twcs)


def plug_in(scene: Scene, twc: WallConnector) -> None:
    twc.plug_in(Car(not_before=1e9))


def change_offer(scene: Scene, twc: WallConnector) -> None:
    scene.offer({A: 10.0, B: 9.0, C: 10.0})


def echo_another_offer(scene: Scene, twc: WallConnector) -> None:
    twc.supply.command(0x09 if twc.charging else 0x05, 8.0, scene.now)


def fail(scene: Scene, twc: WallConnector) -> None:
    twc.supply.fail(scene.now)


def draw_more(scene: Scene, twc: WallConnector) -> None:
    assert twc.car is not None
    twc.car.likes = 13.0
    twc.refresh()


def draw_less(scene: Scene, twc: WallConnector) -> None:
    assert twc.car is not None
    twc.car.onboard_limit = 7.0
    twc.refresh()


Disturb = Callable[[Scene, WallConnector], None]


async def disturbed(scene: Scene, twc: WallConnector, disturb: Disturb) -> None:
    """See that one is in every cycle for a while, from its first report after a disturbance on."""
    begin = scene.now
    disturb(scene, twc)
    await asyncio.sleep(5.5)
    first, *rest = gaps(scene, twc, begin)
    # The first heartbeat is the one whose answer shows it.
    assert max(first, *rest) < EVERY_CYCLE
    assert (
        scene.heartbeats(twc, begin)[0] - begin < WITHOUT_VEHICLE * CYCLE_SECONDS + 0.3
    )


@pytest.mark.parametrize("disturb", [plug_in, change_offer, echo_another_offer, fail])
@pytest.mark.parametrize("amps", [0.0, 10.0])
@pytest.mark.parametrize("wait", [0.0, 1.0, 2.0])
def test_what_happens_at_one_without_a_car_is_followed(
    disturb: Disturb, wait: float, amps: float
) -> None:
    twcs = three()

    async def scenario(scene: Scene) -> None:
        await calm(scene, amps=amps)
        await asyncio.sleep(wait)
        await disturbed(scene, twcs[1], disturb)

    play(scenario, *twcs)


@pytest.mark.parametrize(
    "disturb", [change_offer, echo_another_offer, draw_more, draw_less, fail]
)
@pytest.mark.parametrize("wait", [0.0, 1.0, LONG, LONG + 1.0, LONG + 2.0])
def test_what_happens_at_one_that_charges_is_followed(
    disturb: Disturb, wait: float
) -> None:
    twcs = three()

    async def scenario(scene: Scene) -> None:
        await calm(scene, *twcs)
        await asyncio.sleep(wait)
        await disturbed(scene, twcs[1], disturb)

    play(scenario, *twcs)


def has_offer(twc: WallConnector, amps: float) -> bool:
    return twc.offered == amps


@pytest.mark.parametrize("calm_for", [CALM, LONG])
@pytest.mark.parametrize("with_cars", [False, True])
def test_a_changed_offer_does_not_wait_for_a_cycle(
    with_cars: bool, calm_for: float
) -> None:
    twcs = three()

    async def scenario(scene: Scene) -> None:
        await calm(scene, *(twcs if with_cars else ()))
        for step in range(12):
            await asyncio.sleep(calm_for + step / 4)
            amps = 9.0 + step % 2
            scene.offer({A: 10.0, B: amps, C: 10.0})
            took = await scene.until(partial(has_offer, twcs[1], amps))
            assert took <= 0.2

    play(scenario, *twcs)


def test_a_plugged_in_car_is_shown_within_four_seconds() -> None:
    twcs = three()

    async def scenario(scene: Scene) -> None:
        await calm(scene, amps=0.0)
        for step in range(12):
            await asyncio.sleep(step / 4)
            twcs[1].plug_in(Car(not_before=1e9))
            shown = await scene.until(lambda: scene.state(twcs[1]).state == 4)
            assert shown < WITHOUT_VEHICLE * CYCLE_SECONDS + 0.3
            twcs[1].unplug()
            await asyncio.sleep(30)

    play(scenario, *twcs)


@pytest.mark.parametrize("with_cars", [False, True])
def test_a_lost_answer_is_not_waited_for(
    with_cars: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    twcs = three()

    async def scenario(scene: Scene) -> None:
        await calm(scene, *(twcs if with_cars else ()), seconds=LONG)
        begin = scene.now
        with monkeypatch.context() as patch:
            patch.setattr(WallConnector, "_say", lambda *_: None)
            await asyncio.sleep(12)
        for twc in twcs:
            first, *rest = gaps(scene, twc, begin)
            assert first < WITHOUT_VEHICLE * CYCLE_SECONDS + 0.3
            # The line is reserved for the answers of the others, too.
            assert max(rest) < EVERY_CYCLE + 0.6
        begin = scene.now
        await asyncio.sleep(4.5)
        # A single answer does not show that the line is well again.
        assert all(max(gaps(scene, twc, begin)) < EVERY_CYCLE for twc in twcs)

    play(scenario, *twcs)


async def second_master(scene: Scene) -> None:
    other = SecondMaster(0x035D)
    other.attach(scene.bus)
    await asyncio.sleep(10)
    other.detach()
    await asyncio.sleep(30)
    assert scene.status == "searching"


async def gone(scene: Scene) -> None:
    scene.bus.remove(scene.bus.connectors[2])
    await asyncio.sleep(30)


async def wait_for_room(scene: Scene) -> None:
    """One is to have what another one may still draw."""
    scene.offer({A: 30.0, B: 10.0, C: 0.0})
    await asyncio.sleep(0.5)
    assert scene.bus.connectors[0].offered < 30.0


@pytest.mark.parametrize(
    ("what", "seconds"), [(second_master, 15), (gone, 15), (wait_for_room, 5)]
)
def test_while_offers_cannot_grow_every_connector_is_in_every_cycle(
    what: Callable[[Scene], Awaitable[None]], seconds: float
) -> None:
    twcs = three()

    async def scenario(scene: Scene) -> None:
        await calm(scene)
        await what(scene)
        begin = scene.now
        await asyncio.sleep(seconds)
        assert all(max(gaps(scene, twc, begin)) < EVERY_CYCLE for twc in twcs[:2])

    play(scenario, *twcs, forgets=True)


def test_a_shutdown_lowers_cars_that_charge_steadily_in_time() -> None:
    twcs = three()

    async def scenario(scene: Scene) -> None:
        await calm(scene, *twcs, seconds=LONG)
        begin = scene.now
        await scene.master.lower(6.0)
        assert scene.now - begin < 1.5
        assert [twc.offered for twc in twcs] == [6.0, 6.0, 6.0]

    play(scenario, *twcs)


def test_a_held_up_program_addresses_all_at_once() -> None:
    twcs = three()

    async def scenario(scene: Scene) -> None:
        await calm(scene)
        scene.bus.loop._jumping.now += 20.0  # type: ignore[attr-defined]
        begin = scene.now
        await asyncio.sleep(1.5)
        assert all(scene.heartbeats(twc, begin) for twc in twcs)

    play(scenario, *twcs)
