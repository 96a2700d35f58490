"""What a master in a house is not blamed for: what it could not reach, could not know, or is no raise."""

import asyncio

import pytest

from tests.independent import CarSpec, ConnectorSpec, FaultKind, MeterFault
from tests.independent.audit import Reports
from tests.independent.car import Car
from tests.independent.drawn import Drawn
from tests.independent.naive import NaiveMaster
from tests.independent.stage import Stage, after, fused
from tests.independent.wire import amps


def test_a_master_that_starts_has_the_whole_time_to_find_the_meter_silent() -> None:
    async def play(stage: Stage) -> None:
        world = stage.house.worlds[0]
        await asyncio.sleep(60)
        world.drop_port()
        world.open_port(NaiveMaster(16.0))
        await asyncio.sleep(100)

    stage = fused(ConnectorSpec(), faults=(MeterFault(FaultKind.ABSENT, 180.0),))
    assert 28 <= after(stage, play).silent_broken_s / 3 <= 36


def test_a_connector_that_hears_again_has_to_come_down_in_time() -> None:
    async def play(stage: Stage) -> None:
        unit = stage.house.worlds[0].connectors[0]
        stage.house.loads.extra_a = (36.0, 0.0, 0.0)
        unit.trouble.deaf_until = asyncio.get_running_loop().time() + 15
        await asyncio.sleep(60)

    verdict = after(fused(ConnectorSpec()), play)
    assert 20 <= verdict.fuse_broken_s <= 28
    assert verdict.excused_s > 10


def test_a_meter_that_comes_back_gives_the_master_its_time() -> None:
    async def play(stage: Stage) -> None:
        stage.house.loads.extra_a = (10.0, 0.0, 0.0)
        await asyncio.sleep(47)
        stage.offer(11.0)
        await asyncio.sleep(60)

    fault = MeterFault(FaultKind.UNKNOWN, 180.0, 40.0, (0,))
    verdict = after(fused(faults=(fault,)), play)
    assert verdict.above_s[0] > 40
    assert not verdict.faults


def test_the_minimum_of_a_car_that_goes_on_at_0_a_is_no_raise() -> None:
    async def play(stage: Stage) -> None:
        stage.offer(0.0)
        await asyncio.sleep(20)
        stage.house.loads.extra_a = (40.0, 0.0, 0.0)
        await asyncio.sleep(10)
        stage.offer(6.0)
        await asyncio.sleep(20)

    assert not after(fused(ConnectorSpec()), play).faults


def test_a_car_may_begin_at_its_minimum_beside_a_frozen_meter() -> None:
    async def play(stage: Stage) -> None:
        stage.offer(0.0)
        await asyncio.sleep(60)
        stage.offer(6.0)
        await asyncio.sleep(110)

    fault = MeterFault(FaultKind.FROZEN, 230.0)
    assert not after(fused(ConnectorSpec(protocol=1), faults=(fault,)), play).faults


def test_a_freeze_ends_with_the_first_value_that_moves() -> None:
    async def play(stage: Stage) -> None:
        await asyncio.sleep(80)
        stage.offer(25.0)
        await asyncio.sleep(60)

    fault = MeterFault(FaultKind.FROZEN, 180.0, 60.0)
    assert not after(fused(faults=(fault,), fuse_a=63.0), play).faults


@pytest.mark.parametrize(("reported_s", "raised"), [(0.0, 0), (2.0, 1)])
def test_the_minimum_of_a_car_whose_stop_no_report_has_shown_is_no_raise(
    reported_s: float, raised: int
) -> None:
    async def play(stage: Stage) -> None:
        unit = stage.house.worlds[0].connectors[0]
        stage.house.loads.extra_a = (40.0, 0.0, 0.0)
        await asyncio.sleep(10)
        stage.offer(0.0)
        await asyncio.sleep(5)
        assert unit.car
        unit.car.draw_a = 0.0
        unit.trouble.opened = True
        await asyncio.sleep(reported_s)
        stage.offer(6.0)
        await asyncio.sleep(20)

    spec = ConnectorSpec((CarSpec(phases=1),), stops_at_zero=False)
    assert after(fused(spec), play).raised_on_full == raised


@pytest.mark.parametrize(("own_a", "guilty"), [(6.0, False), (32.0, True)])
def test_a_fuse_that_trips_by_the_offers_of_a_second_master(
    own_a: float, guilty: bool
) -> None:
    async def play(stage: Stage) -> None:
        world, now = stage.house.worlds[0], asyncio.get_running_loop().time()
        stage.offer(own_a)
        await asyncio.sleep(5)
        stage.masters[0].silent = True
        intruders = world._intruders
        intruders._announce()
        intruders._offers = [amps(32.0)]
        intruders.foreign_until = now + 90
        stage.house.loads.extra_a = (60.0, 0.0, 0.0)
        await asyncio.sleep(80)

    verdict = after(fused(ConnectorSpec((CarSpec(phases=1),)), fuse_a=35.0), play)
    assert verdict.trips > 0
    assert (verdict.guilty_trips > 0) is guilty


def test_a_draw_is_shown_until_a_report_without_it_or_a_restart() -> None:
    unit = fused(ConnectorSpec()).house.worlds[0].connectors[0]
    unit.car = Car(CarSpec())
    reports = Reports()
    drawn = Drawn(unit, reports)
    for reported_a in (0.25, 11.0, 300.0):
        for see in unit.saw:
            see(100.0 + reported_a / 1000, reported_a, 0.0)
    assert drawn.shows_draw(101.0)
    assert not drawn.shows_draw(106.0)
    for see in unit.saw:
        see(101.0, 0.25, 0.0)
    assert not drawn.shows_draw(101.0)
    for see in unit.saw:
        see(102.0, 11.0, 0.0)
    assert drawn.shows_draw(102.5)
    reports.begin(102.2)
    assert not drawn.shows_draw(102.5)
