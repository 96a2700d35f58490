"""What the cars beside a raised one did since the meter took its reading counts for and against the master."""

import asyncio

import pytest

from tests.independent import CarSpec, ConnectorSpec, HouseSpec, MeterSpec
from tests.independent.audit import Reports
from tests.independent.car import Car
from tests.independent.drawn import Drawn
from tests.independent.naive import NaiveMaster
from tests.independent.stage import Stage, after

CARS = {32.0: 12.0, 31.0: 9.0, 30.0: 6.0}  # offers by rating; 1 A less is drawn
LOWERED = CARS | {32.0: 9.0, 31.0: 6.0}
THIRD_RAISED = {30.0: 11.0}


def three_cars(interval_s: int, lag_s: float, spikes: float = 0.0) -> Stage:
    """Three cars that draw 24 A behind a fuse of 35 A."""
    units = [ConnectorSpec(rating_a=rating, spikes=spikes) for rating in CARS]
    meter = MeterSpec(interval_s, lag_s)
    stage = Stage(HouseSpec(fuse_a=35.0, meter=meter), units)
    stage.masters = [NaiveMaster(offers=CARS)]
    return stage


async def full(stage: Stage) -> NaiveMaster:
    """Fill L3 with a load to 34 A, and wait until the meter has shown it."""
    stage.house.loads.extra_a = (0.0, 0.0, 9.0)
    await asyncio.sleep(20)
    assert stage.readings[-1].amps[2] == pytest.approx(34, abs=0.9)
    return stage.masters[0]


@pytest.mark.parametrize("spikes", [0.0, 0.6])
@pytest.mark.parametrize(("wait_s", "raised"), [(1, 1), (2, 1), (6, 0)])
def test_a_raise_into_what_reports_show_the_others_left_is_none(
    wait_s: int, raised: int, spikes: float
) -> None:
    async def play(stage: Stage) -> None:
        master = await full(stage)
        master.offers = LOWERED
        await asyncio.sleep(wait_s)
        assert stage.readings[-1].amps[2] == pytest.approx(34, abs=0.9)
        master.offers = LOWERED | THIRD_RAISED
        await asyncio.sleep(40)

    verdict = after(three_cars(1, 8.0, spikes), play)
    assert verdict.raised_on_full == raised
    assert verdict.raised_on_full_worst_a == pytest.approx(4.0 * raised, abs=0.9)


def test_a_fall_that_no_report_has_shown_is_no_room() -> None:
    async def play(stage: Stage) -> None:
        master = await full(stage)
        master.offers = LOWERED
        for unit in stage.house.worlds[0].connectors[:2]:
            unit.trouble.mute_until = asyncio.get_running_loop().time() + 10
        await asyncio.sleep(6)
        master.offers = LOWERED | THIRD_RAISED
        await asyncio.sleep(40)

    assert after(three_cars(1, 8.0), play).raised_on_full == 1


def test_what_was_offered_again_is_no_room() -> None:
    async def play(stage: Stage) -> None:
        master = await full(stage)
        master.offers = LOWERED
        await asyncio.sleep(5)
        master.offers = CARS
        await asyncio.sleep(1.5)
        master.offers = CARS | THIRD_RAISED
        await asyncio.sleep(3)
        master.offers = CARS
        await asyncio.sleep(40)

    assert after(three_cars(1, 8.0), play).raised_on_full == 1


@pytest.mark.parametrize(
    ("lag_s", "first_s", "third_s", "raised"),
    [
        (1.0, 3, 13, 1),
        (1.0, 3, 4, 0),  # No report has shown the first raise in time.
        (8.0, 23, 36, 0),  # The meter took its reading before, and delivered it after.
        (8.0, 3, 13, 1),
    ],
)
def test_what_the_others_rose_since_is_not_there_twice(
    lag_s: float, first_s: int, third_s: int, raised: int
) -> None:
    async def play(stage: Stage) -> None:
        stage.house.loads.extra_a = (0.0, 0.0, 2.0)
        await asyncio.sleep(40)
        seen = len(stage.readings)
        while len(stage.readings) == seen:
            await asyncio.sleep(0.5)
        master = stage.masters[0]
        await asyncio.sleep(first_s)
        master.offers = CARS | {32.0: 17.0}
        await asyncio.sleep(third_s - first_s)
        master.offers = CARS | {32.0: 17.0} | THIRD_RAISED
        await asyncio.sleep(3)
        master.offers = CARS
        await asyncio.sleep(40)

    assert after(three_cars(30, lag_s), play).raised_on_full == raised


@pytest.mark.parametrize(
    ("reported_at", "change_a"), [(99.9, 0.0), (100.1, 0.0), (100.9, -5.0)]
)
def test_a_report_that_was_on_its_way_is_older_than_the_reading(
    reported_at: float, change_a: float
) -> None:
    unit = three_cars(1, 0.0).house.worlds[0].connectors[0]
    unit.car = Car(CarSpec())
    unit.car.draw_a = unit.offer.told_a = 11.0
    drawn = Drawn(unit, Reports())
    drawn.tick(11.0, 100.0)
    for see in unit.saw:
        see(reported_at, 6.0, 11.0)
    assert drawn.change_a(0, (100.0, 100.0), 11.0, 101.0) == change_a


def test_a_report_counts_until_the_next_sound_one_but_not_after_a_restart() -> None:
    unit = three_cars(1, 0.0).house.worlds[0].connectors[0]
    unit.car = Car(CarSpec())
    unit.car.draw_a = 11.0
    reports = Reports()
    drawn = Drawn(unit, reports)
    drawn.tick(11.0, 100.0)
    for at, amps in ((101.0, 6.0), (103.0, 300.0), (106.0, 300.0)):
        for see in unit.saw:
            see(at, amps, 11.0)
    assert drawn.change_a(0, (100.0, 100.0), 11.0, 110.0) == -5.0
    reports.begin(110.0)
    assert drawn.change_a(0, (100.0, 100.0), 11.0, 110.0) == 0.0
