"""The main fuse holds in every mode."""

from itertools import pairwise
from math import inf, nan

import pytest

from custom_components.twc_manager.charging.decision import EngineConfig
from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.fuse import (
    FuseConfig,
    FuseGuard,
    FuseReading,
)
from custom_components.twc_manager.charging.outcome import Order, Reason, Rule
from custom_components.twc_manager.charging.wiring import Wiring

from .world import ONE, TWO, Twc, World

CONFIG = FuseConfig(63)


class House:
    """A house with a meter that reads every `every` s and is `lag` s behind."""

    def __init__(self, *twcs: Twc, every: int = 2, lag: int = 1) -> None:
        wiring = Wiring(48, 40, 6, 240, 1)
        engine = Engine(wiring, EngineConfig(CONFIG))
        self.world = World(*twcs, wiring=wiring, engine=engine)
        self.load = 10.0
        self.every = every
        self.lag = lag
        self.silent = False
        self.total: list[float] = []

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            drawn = sum(twc.drawn for twc in self.world.twcs.values())
            self.total.append(self.load + drawn)
            if not self.silent and len(self.total) % self.every == 0:
                seen = self.total[-1 - min(self.lag, len(self.total) - 1)]
                reading = FuseReading(self.world.now, (seen, 3.0, -2.0))
                self.world.set(fuse=reading)
            self.world.tick()


def _house(protocol: int = 1, **kwargs: int) -> House:
    house = House(Twc(ONE, protocol), **kwargs)
    house.world.twcs[ONE].plug()
    house.run(60)
    return house


def test_an_overload_is_answered_within_5_s_in_the_fixed_mode() -> None:
    house = _house()
    assert house.world.twcs[ONE].drawn > 35
    house.load = 40
    house.run(5)
    assert house.world.offers[ONE] <= 23
    assert house.world.reason(ONE) == Reason.MAIN_FUSE
    house.run(3)
    assert house.total[-1] < 63


def test_it_holds_for_charge_now_too() -> None:
    house = _house()
    house.world.set(orders={ONE: Order(Rule.CHARGE_NOW)})
    house.load = 50
    house.run(8)
    assert house.total[-1] < 63


def test_a_car_that_just_started_is_stopped_for_the_fuse() -> None:
    house = House(Twc(ONE, 1))
    house.world.twcs[ONE].plug()
    house.run(20)
    house.load = 60
    house.run(5)
    assert house.world.offers[ONE] == 0


def test_it_recovers_slowly_in_small_steps() -> None:
    house = _house()
    house.load = 50
    house.run(20)
    low = house.world.offers[ONE]
    assert 10 <= low <= 12
    house.load = 10
    house.run(25)
    assert house.world.offers[ONE] == low
    offers = [low]
    for _ in range(300):
        house.run(1)
        offers.append(house.world.offers[ONE])
    steps = [b - a for a, b in pairwise(offers)]
    assert min(steps) == 0
    assert max(steps) == 2
    assert offers[-1] == 40


@pytest.mark.parametrize("lag", [0, 1, 3])
def test_an_oven_does_not_whip_the_offer_about(lag: int) -> None:
    house = _house(lag=lag)
    house.run(60)
    house.world.changes = 0
    for _ in range(60):
        house.load = 40
        house.run(20)
        house.load = 25
        house.run(20)
    assert house.world.changes <= 4
    over = [total for total in house.total[200:] if total > 63]
    assert len(over) == 0


def test_a_silent_sensor_is_no_room_and_it_recovers_by_itself() -> None:
    house = _house()
    house.silent = True
    house.run(29)
    assert house.world.offers[ONE] > 0
    house.run(5)
    assert house.world.offers[ONE] == 0
    house.run(10)
    assert house.world.reason(ONE) == Reason.SENSOR_STALE
    house.silent = False
    house.run(30)
    assert house.world.offers[ONE] == 0
    house.run(120)
    assert house.world.offers[ONE] >= 6


@pytest.mark.parametrize(
    "reading",
    [
        None,
        FuseReading(1000.0),
        FuseReading(1000.0, (nan,)),
        FuseReading(1000.0, (5.0, inf)),
        FuseReading(1000.0, (5.0, 1e6)),
        FuseReading(nan, (5.0,)),
        FuseReading(900.0, (5.0,)),
        FuseReading(1000.0, power_w=nan),
    ],
)
def test_no_believable_reading_is_no_room(reading: FuseReading | None) -> None:
    guard = FuseGuard(CONFIG)
    amps = guard.update(1000.0, reading, drawn=0, changed_at=0, least=6)
    assert amps == 0
    assert guard.silent


def test_a_power_sensor_will_do() -> None:
    guard = FuseGuard(FuseConfig(63, voltage=230, phases=3))
    reading = FuseReading(1000.0, power_w=13_800.0)
    amps = guard.update(1000.0, reading, drawn=10, changed_at=0, least=6)
    assert amps == 63 - 1 - 20 + 10


def test_readings_older_than_the_last_change_raise_nothing() -> None:
    guard = FuseGuard(CONFIG)
    guard.update(1000.0, FuseReading(1000.0, (60.0,)), drawn=10, changed_at=0, least=6)
    for now in range(1001, 1100):
        reading = FuseReading(float(now), (20.0,))
        amps = guard.update(now, reading, drawn=10, changed_at=now - 2, least=6)
        assert amps == 12


def test_a_car_at_protocol_2_is_held_and_the_other_gives_way() -> None:
    house = House(Twc(ONE), Twc(TWO))
    for twc in house.world.twcs.values():
        twc.plug()
    house.run(100)
    house.load = 50
    house.run(10)
    assert house.world.offers == {ONE: 6, TWO: 6}
    assert house.total[-1] < 63
