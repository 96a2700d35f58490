"""A meter at the main fuse that repeats its last value with new time stamps, or counts the other way round."""

from dataclasses import dataclass, field
from random import Random

import pytest

from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.outcome import LimitReason
from custom_components.twc_manager.charging.supply.fuse_evidence import FuseEvidence
from custom_components.twc_manager.charging.supply.fuse_load import (
    FuseLoad,
    VehicleLoad,
)
from custom_components.twc_manager.charging.supply.fuse_reading import (
    FuseConfig,
    FuseReading,
)
from custom_components.twc_manager.charging.supply.phases import VehicleDraw
from custom_components.twc_manager.charging.supply.response_votes import MeterState
from custom_components.twc_manager.charging.wiring import Wiring
from tests.charging.world import ONE, TWO, Twc, World

SIZE = 25.0


@dataclass(slots=True)
class House:
    """A three-phase house with a meter that is read every `every` s."""

    count: int = 1
    every: int = 5
    load: float = 4.0
    sign: float = 1.0
    frozen: bool = False
    coarse: bool = False
    """Whether the meter reports whole amps."""
    world: World = field(init=False)
    totals: list[float] = field(default_factory=list)
    silent_at: float | None = None

    def __post_init__(self) -> None:
        wiring = Wiring(32, 32, 6, 230, 3)
        twcs = [Twc(key, 1) for key in (ONE, TWO)[: self.count]]
        self.world = World(
            *twcs, wiring=wiring, engine=Engine(wiring, FuseConfig(SIZE, 230, 3))
        )
        for twc in twcs:
            twc.plug()

    @property
    def drawn(self) -> float:
        return sum(twc.drawn for twc in self.world.twcs.values())

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            truth = self.load + self.drawn
            self.totals.append(truth)
            now = self.world.now
            if now % self.every == 0:
                before = self.world.fuse
                amps = (self.sign * (truth + now % 7 / 50),) * 3
                if self.coarse:
                    amps = (float(round(truth)),) * 3
                if self.frozen and before is not None:
                    amps = before.currents
                self.world.fuse = FuseReading(now, amps, times=(now,) * 3)
            self.world.tick()
            if (
                self.silent_at is None
                and self.world.reason(ONE) == LimitReason.SENSOR_STALE
                and now > 1100
            ):
                self.silent_at = now


@pytest.mark.parametrize("every", [1, 5, 10, 30])
@pytest.mark.long
def test_a_frozen_meter_raises_one_step_and_counts_as_silent(every: int) -> None:
    """It freezes at 16 A, then the owner raises the limit and the house draws 8 A more: without the test, 43 A for 20 minutes."""
    house = House(every=every)
    house.world.settings(current=12)
    house.run(600)
    assert house.world.offers[ONE] == 12
    house.frozen = True
    house.run(40)
    house.world.settings(current=None)
    began = house.world.now
    house.run(60)
    house.load = 12.0
    house.run(1740)
    assert max(house.totals) <= 12 + 12 + 3
    assert house.silent_at is not None
    assert house.silent_at - began <= 120
    assert house.world.offers[ONE] == 0
    house.frozen = False
    house.load = 4.0
    house.run(600)
    assert house.world.offers[ONE] >= 18


def test_a_meter_that_freezes_under_a_constant_draw_is_tested() -> None:
    house = House()
    house.run(600)
    assert house.world.offers[ONE] == 19
    house.frozen = True
    frozen_at = house.world.now
    house.run(300 + 120)
    assert house.silent_at is not None
    assert house.silent_at - frozen_at >= 300
    assert house.world.offers[ONE] == 0


@pytest.mark.parametrize("every", [10, 20])
def test_a_test_whose_end_raises_nothing_is_repeated_at_once(every: int) -> None:
    """The value that stands leaves no room for what was lowered, so that its end is no step."""
    house = House(every=every)
    house.run(600)
    house.frozen = True
    frozen_at = house.world.now
    house.run(300 + 120)
    assert house.silent_at is not None
    assert house.silent_at - frozen_at <= 300 + 100


def test_a_meter_that_freezes_while_a_car_has_little_more_than_the_minimum_is_tested() -> (
    None
):
    """A step of 3 A would stop the car: it falls to the minimum first, and is stopped only if the meter misses that."""
    house = House(load=15.5)
    house.run(600)
    assert house.world.offers[ONE] == 8
    house.frozen = True
    frozen_at = house.world.now
    house.run(300 + 120)
    assert house.silent_at is not None
    assert house.silent_at - frozen_at >= 300
    assert house.world.offers[ONE] == 0


def test_a_coarse_meter_stops_no_car_that_has_little_more_than_the_minimum() -> None:
    house = House(load=15.5, coarse=True)
    house.run(600)
    assert house.world.offers[ONE] == 8
    house.run(3600)
    assert house.world.twcs[ONE].ended == []
    assert house.silent_at is None


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("every", [1, 5, 10])
@pytest.mark.long
def test_an_honest_meter_keeps_the_cars_charging(every: int, count: int) -> None:
    house = House(count, every)
    house.run(300)
    assert sum(house.world.offers.values()) == 19
    house.world.changes = 0
    house.run(3600)
    assert sum(house.world.offers.values()) == 19
    assert house.world.changes == 0
    assert house.silent_at is None


def test_a_meter_of_reversed_sign_raises_nothing() -> None:
    """Without this, the fuse of 25 A carried 41.2 A."""
    house = House(load=10.0)
    house.world.settings(current=10)
    house.run(300)
    assert house.world.offers[ONE] == 10
    house.sign = -1.0
    house.world.settings(current=None)
    house.run(900)
    # At most one step too high until its votes are counted.
    assert max(house.totals) <= SIZE
    assert house.silent_at is not None


def test_a_meter_of_reversed_sign_from_the_start_allows_only_the_minimum() -> None:
    house = House(load=10.0, sign=-1.0)
    house.run(1800)
    assert max(house.totals) <= 10 + 6


def test_a_vehicle_that_no_stop_stops_is_not_stopped_again_at_once() -> None:
    """Reason and issue changed every half minute, for as long as it was there."""
    house = House(load=10.0, sign=-1.0)
    vehicle = house.world.twcs[ONE]
    vehicle.protocol, vehicle.obeys = 2, False
    house.run(1)
    reasons = [house.world.reason(ONE)]
    for _ in range(3000):
        house.run(1)
        if house.world.reason(ONE) != reasons[-1]:
            reasons.append(house.world.reason(ONE))
    assert reasons.count(LimitReason.CANNOT_STOP) == 1
    assert vehicle.drawn <= 6
    vehicle.unplug()
    house.run(60)
    vehicle.plug()
    vehicle.protocol, vehicle.obeys = 1, True
    house.run(600)
    # Another vehicle is.
    assert vehicle.ended


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.long
def test_other_loads_do_not_confirm_a_meter_of_reversed_sign(
    seed: int,
) -> None:
    """A load that ended after a raise was counted as the raise: twice the size of the fuse, for an hour."""
    dice = Random(seed)
    house = House(every=1, load=4.0, sign=-1.0)
    for _ in range(180):
        house.load = dice.choice((2.0, 4.0, 8.0, 12.0))
        house.run(20)
    # A breaker of IEC 60898 carries 1.13 times its size permanently, and 1.45 times for minutes.
    assert max(house.totals) < 1.45 * SIZE
    assert sum(total > 1.13 * SIZE for total in house.totals) <= 120
    assert house.silent_at is not None


def test_a_rise_that_the_meter_confirms_in_time_is_not_held_back_by_the_fuse() -> None:
    house = House(load=-10.0)
    house.run(10)
    reasons = set()
    while house.world.offers[ONE] != 32:
        reasons.add(house.world.reason(ONE))
        house.run(1)
        assert house.world.now < 1300
    assert LimitReason.MAIN_FUSE not in reasons
    assert LimitReason.SETTLING in reasons


@pytest.mark.parametrize("draw", [11.2, 14.2, 14.5])
def test_a_fall_by_exactly_two_steps_is_one_whatever_the_decimals(draw: float) -> None:
    """The value of an overload stands from the start, and lowers the car by 2 A each 20 s until it stops."""
    evidence = FuseEvidence(FuseConfig(SIZE, 230, 1))
    silent_at = None
    for now in range(400):
        fallen = 2.0 * min(max(now - 180, 0) // 20, 3)
        amps = round(draw - fallen, 2) if now < 260 else 0.0
        vehicle = VehicleLoad(
            VehicleDraw("", ONE, amps),
            offered=amps,
            kept=amps and max(amps, 6.0),
            is_served=amps > 0,
        )
        reading = FuseReading(now, (25.5,), times=(now,))
        evidence.update(now, reading, FuseLoad((vehicle,), 180 + 20 * (fallen // 2)))
        if silent_at is None and evidence.state is MeterState.FROZEN:
            silent_at = now
    # It has fallen by two steps at 240.
    assert silent_at is not None
    assert silent_at <= 240 + 91
