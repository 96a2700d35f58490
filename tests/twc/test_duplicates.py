"""Two units with one id that were linked, and so announce nothing: what their answers prove, and what proves nothing."""

import asyncio
from collections.abc import Iterable

import pytest

from custom_components.twc_manager.twc import BusProblem
from custom_components.twc_manager.twc.duplicates import AnswerWatch
from custom_components.twc_manager.twc.messages import Heartbeat, Meter, SerialNumber
from simulator import Car, Faults, WallConnector

from .scene import Scene, play

ID = 0x1839


def serial_number(text: str) -> SerialNumber:
    return SerialNumber(ID, text)


def meter(counter: int) -> Meter:
    return Meter(ID, counter, (230, 0, 0), None)


def draw(amps: float) -> Heartbeat:
    return Heartbeat(ID, 0x7777, 1, 20.0, amps)


def watch(
    answers: Iterable[SerialNumber | Meter | Heartbeat], every: float = 1.0
) -> bool:
    watch = AnswerWatch()
    for number, answer in enumerate(answers):
        watch.received(answer, number * every)
    return watch.is_duplicate


@pytest.mark.parametrize(
    ("answers", "every"),
    [
        (map(serial_number, ("A", "B", "A", "B")), 60),
        (map(serial_number, ("A", "A", "B", "B", "A", "B")), 30),
        (map(meter, (924, 11554, 924, 11554)), 60),
        (map(meter, (924, 11554, 925, 11555)), 60),
        (map(draw, (16.1, 0.0, 16.0, 0.2, 0.0, 16.2, 0.0)), 3),
    ],
)
def test_answers_that_alternate_are_of_two_units(
    answers: Iterable[SerialNumber], every: float
) -> None:
    assert watch(answers, every)


@pytest.mark.parametrize(
    ("answers", "every"),
    [
        (map(serial_number, ("A",) * 9), 15),
        # Noise with a valid checksum, which never repeats itself.
        (map(serial_number, ("A", "B", "A", "C", "A", "D", "A")), 15),
        (map(serial_number, ("A", "B", "A")), 15),
        (map(serial_number, ("A", "B", "A", "B")), 101),
        (map(serial_number, ("", "A", "", "A", "", "A")), 15),
        (map(meter, (924, 925, 926, 926, 927, 928)), 10),
        (map(meter, (924, 4194484, 924, 8732946, 924)), 10),
        # A car that starts, stops and starts again; one that ramps; one that jitters; one that pulses slowly.
        (map(draw, (0.0, 16.0, 0.0, 16.0)), 1),
        (map(draw, (0.0, 4.0, 8.0, 12.0, 16.0, 12.0, 8.0, 4.0, 0.0)), 1),
        (map(draw, (15.0, 16.5, 15.0, 16.5, 15.0, 16.5, 15.0)), 1),
        (map(draw, (0.0, 16.0) * 5), 7),
    ],
)
def test_other_answers_are_of_one_unit(
    answers: Iterable[SerialNumber], every: float
) -> None:
    assert not watch(answers, every)


def test_a_car_that_follows_offers_that_alternate_is_one() -> None:
    watch = AnswerWatch()
    for number in range(20):
        offer = 20.0 if number % 2 else 6.0
        watch.heartbeat_sent(offer)
        watch.received(draw(offer), float(number))
    assert not watch.is_duplicate


# On the bus


def twins(**kwargs: tuple[float, float]) -> tuple[WallConnector, WallConnector]:
    first, second = (
        WallConnector(ID, rating=32.0, serial=serial, initial_kwh=kwh, **kwargs)
        for serial, kwh in (("A16K0000001", 924.0), ("B17K0000002", 11554.0))
    )
    return first, second


def assert_refused(scene: Scene, *units: WallConnector) -> None:
    assert BusProblem.DUPLICATE_ID in scene.snapshot.problems
    assert ID not in scene.ids
    assert all(unit.drawn == 0.0 for unit in units)


@pytest.mark.parametrize("seed", range(6))
def test_both_from_the_start_are_offered_nothing(seed: int) -> None:
    """The first heartbeat linked both, and 62.4 A were drawn on 32 A."""
    first, second = twins()
    second.serial = first.serial

    async def scenario(scene: Scene) -> None:
        scene.offer({ID: 32.0})
        await asyncio.sleep(90)
        first.plug_in(Car(onboard_limit=32))
        second.plug_in(Car(onboard_limit=32))
        await asyncio.sleep(90)
        assert_refused(scene, first, second)

    play(scenario, first, second, limit=32.0, seed=seed)


@pytest.mark.parametrize("seed", range(4))
def test_one_that_is_switched_on_later_is_found_while_the_other_charges(
    seed: int,
) -> None:
    """It hears the heartbeats for the first one, and is linked without a word."""
    first, second = twins()

    async def scenario(scene: Scene) -> None:
        scene.offer({ID: 32.0})
        first.plug_in(Car(onboard_limit=32))
        await asyncio.sleep(90)
        scene.bus.add(second)
        await scene.until(
            lambda: BusProblem.DUPLICATE_ID in scene.snapshot.problems, 120
        )
        await asyncio.sleep(60)
        second.plug_in(Car(onboard_limit=32))
        await asyncio.sleep(120)
        assert_refused(scene, first, second)
        assert scene.bus.safety.drawn.amps < 32

    play_unequal(scenario, first, seed=seed)


def test_one_whose_answers_always_collide_is_found() -> None:
    """No answer comes through any more, and both lose their link."""
    first, second = twins(answer_delay=(0.02, 0.02))

    async def scenario(scene: Scene) -> None:
        scene.offer({ID: 32.0})
        await asyncio.sleep(90)
        scene.bus.add(second)
        first.plug_in(Car(onboard_limit=32))
        await asyncio.sleep(180)
        second.plug_in(Car(onboard_limit=32))
        await asyncio.sleep(60)
        assert_refused(scene, first, second)
        assert scene.bus.safety.drawn.amps < 32

    play_unequal(scenario, first)


def play_unequal(scenario: object, first: WallConnector, seed: int = 1) -> None:
    """Play, although the second unit has what the first one is sent until it is found: only draws count here."""

    async def only_draws(scene: Scene) -> None:
        await scenario(scene)  # type: ignore[operator]
        assert scene.bus.safety.broken_s == 0
        scene.bus.safety.reset()

    play(only_draws, first, limit=32.0, seed=seed, forgets=True)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))]
)
@pytest.mark.long
def test_bad_lines_make_no_second_unit(seed: int) -> None:
    """An hour of lost, doubled, late and false answers."""
    units = [WallConnector(number, protocol=2, rating=80.0) for number in (1, 2, 3)]

    async def scenario(scene: Scene) -> None:
        for unit in units:
            unit.plug_in(Car(onboard_limit=16))
        scene.offer(dict.fromkeys((1, 2, 3), 13.0))
        await scene.linked()
        scene.bus.faults = scene.bus.line._faults = Faults(
            lose=0.1, corrupt=0.1, forge=0.05, double=0.1, late=0.1, noise=0.1
        )
        for _ in range(360):
            await asyncio.sleep(10)
            assert BusProblem.DUPLICATE_ID not in scene.snapshot.problems

    play(scenario, *units, seed=seed, forgets=True)
