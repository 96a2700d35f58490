"""The main fuse holds in every mode."""

from itertools import pairwise
from math import inf, nan

import pytest

from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.outcome import ActiveRule, LimitReason, Rule
from custom_components.twc_manager.charging.supply.fuse_reading import (
    FuseConfig,
    FuseReading,
)
from custom_components.twc_manager.charging.supply.main_fuse import FuseGuard
from custom_components.twc_manager.charging.supply.phases import VehicleDraw
from custom_components.twc_manager.charging.wiring import Wiring
from tests.charging.supply.guard import allow
from tests.charging.world import ONE, TWO, Twc, World

CONFIG = FuseConfig(63, voltage=230, max_age=30)


class House:
    """A house with a meter that reads every `every` s and is `lag` s behind."""

    def __init__(self, *twcs: Twc, every: int = 2, lag: int = 1) -> None:
        wiring = Wiring(48, 40, 6, 240, 1)
        engine = Engine(wiring, CONFIG)
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
                self.world.fuse = reading
            self.world.tick()


def _house(protocol: int = 1, **kwargs: int) -> House:
    house = House(Twc(ONE, protocol), **kwargs)
    house.world.twcs[ONE].plug()
    house.run(60)
    return house


def test_an_overload_lowers_the_offers_within_5_s_in_the_fixed_mode() -> None:
    house = _house()
    assert house.world.twcs[ONE].drawn > 35
    house.load = 40
    house.run(5)
    assert house.world.offers[ONE] <= 23
    assert house.world.reason(ONE) == LimitReason.MAIN_FUSE
    house.run(3)
    assert house.total[-1] < 63


@pytest.mark.parametrize("lag", [0, 1])
@pytest.mark.parametrize("load", [50.0, 53.0, 58.0])
@pytest.mark.parametrize("gap", range(1, 10))
def test_a_second_overload_lowers_the_offers_as_fast_as_the_first(
    gap: int, load: float, lag: int
) -> None:
    """The draw before the first reading does not discredit the second one for long."""
    house = _house(every=1, lag=lag)
    house.run(60)
    house.load = 40
    house.run(gap)
    house.load = load
    house.run(5)
    assert house.world.offers[ONE] + load <= 63 or not house.world.offers[ONE]


@pytest.mark.parametrize("lag", [3, 5, 8])
def test_what_a_late_meter_shows_of_a_slow_fall_lowers_no_further(lag: int) -> None:
    """The car was lowered once more by what it had fallen already."""
    house = House(Twc(ONE, 1, rises=0.2, falls=1.0), every=1, lag=lag)
    house.world.twcs[ONE].plug()
    house.run(240)
    assert house.world.twcs[ONE].drawn > 35
    house.load = 45.0
    for _ in range(60):
        house.run(1)
        assert house.world.offers[ONE] >= 12
    assert house.world.offers[ONE] <= 17


def test_an_overload_lowers_the_offers_of_charge_now_too() -> None:
    house = _house()
    house.world.set(active_rules={ONE: ActiveRule(Rule.CHARGE_NOW)})
    house.load = 50
    house.run(8)
    assert house.total[-1] < 63


def test_the_fuse_stops_a_car_within_its_first_minute() -> None:
    house = House(Twc(ONE, 1))
    house.world.twcs[ONE].plug()
    house.run(20)
    house.load = 60
    house.run(5)
    assert house.world.offers[ONE] == 0


def test_it_recovers_in_steps_that_the_meter_confirms() -> None:
    house = _house()
    house.load = 50
    house.run(20)
    low = house.world.offers[ONE]
    assert 10 <= low <= 12
    house.load = 10
    house.run(6)
    assert house.world.offers[ONE] == low
    offers = [low]
    for _ in range(120):
        house.run(1)
        offers.append(house.world.offers[ONE])
    steps = [b - a for a, b in pairwise(offers)]
    assert min(steps) == 0
    assert max(steps) <= 3
    assert offers[-1] == 40


@pytest.mark.parametrize("lag", [0, 1, 3])
def test_an_oven_does_not_make_the_offer_oscillate(lag: int) -> None:
    house = _house(lag=lag)
    house.run(60)
    for pulse in range(60):
        house.load = 40
        house.run(20)
        house.load = 25
        house.run(20)
        if pulse == 1:
            # It was lowered, raised in the first pause, and lowered again.
            house.world.changes = 0
    assert house.world.changes == 0
    over = [total for total in house.total[200:] if total > 63]
    assert len(over) == 0


def test_a_silent_sensor_leaves_no_room_until_it_reports_again() -> None:
    house = _house()
    house.silent = True
    house.run(29)
    assert house.world.offers[ONE] > 0
    house.run(5)
    assert house.world.offers[ONE] == 0
    house.run(10)
    assert house.world.reason(ONE) == LimitReason.SENSOR_STALE
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
        FuseReading(1000.0, (5.0, 200.0)),
        FuseReading(1000.0, (5.0, -200.0)),
        FuseReading(1000.0, power_w=-200.0 * 230),
        FuseReading(1000.0, (5.0, 6.0), times=(1000.0, 900.0)),
        FuseReading(1000.0, (5.0, 6.0), times=(1000.0, nan)),
        FuseReading(1000.0, (5.0, 6.0), times=(1000.0,)),
        FuseReading(nan, (5.0,)),
        FuseReading(900.0, (5.0,)),
        FuseReading(inf, power_w=100.0),
        FuseReading(1000.0, power_w=nan),
    ],
)
def test_an_implausible_reading_leaves_no_room(reading: FuseReading | None) -> None:
    guard = FuseGuard(CONFIG)
    amps = allow(guard, 1000.0, reading, drawn=0, changed_at=0, minimum=6)
    assert amps == 0
    assert guard.silent


def test_a_power_sensor_is_enough() -> None:
    guard = FuseGuard(FuseConfig(63, voltage=230, phases=3))
    draws = [VehicleDraw("bus", ONE, 10, count=3)]
    for now in (1000.0, 1001.0):
        reading = FuseReading(now, power_w=13_800.0)
        amps = allow(guard, now, reading, drawn=draws, changed_at=0, minimum=6)
    # Of the 30 A of the house a tenth may be on one phase alone.
    assert amps == 63 - 1 - 3 - 9


def test_readings_older_than_the_last_change_raise_nothing() -> None:
    guard = FuseGuard(CONFIG)
    for now in (999.0, 1000.0):
        allow(guard, now, FuseReading(now, (60.0,)), drawn=10, changed_at=0, minimum=6)
    for now in range(1001, 1100):
        reading = FuseReading(float(now), (20.0,))
        amps = allow(guard, now, reading, drawn=10, changed_at=now - 2, minimum=6)
        assert amps == 12


@pytest.mark.long
def test_a_sensor_that_reports_only_changes_may_be_silent_for_longer() -> None:
    guard = FuseGuard(FuseConfig(63, max_age=600))
    reading = _phases((20.0, 0.0), (0.0, 0.0), (0.0, 0.0))

    def allowed(now: float) -> int:
        return allow(guard, now, reading, drawn=0, changed_at=-99, minimum=6)

    # The first readings may be wrong until they have been confirmed for a while.
    assert {allowed(now) for now in range(30)} == {0}
    assert {allowed(now) for now in range(30, 600)} == {42}
    assert guard.wake_at == pytest.approx(600.1)
    assert allowed(601) == 0
    assert guard.silent
    assert guard.wake_at is None


@pytest.mark.parametrize("absurd", [nan, inf, 1e6, -200.0])
def test_one_absurd_number_is_ignored_for_less_than_5_s(absurd: float) -> None:
    guard = _calm_guard()

    def allowed(now: float, amps: float) -> int:
        reading = _phases((amps, now), (5.0, now), (6.0, now))
        return allow(guard, now, reading, drawn=20, changed_at=0, minimum=6)

    assert allowed(1010, absurd) == 38
    assert not guard.silent
    assert guard.wake_at == 1014.5
    assert allowed(1014, absurd) == 38
    assert allowed(1014.2, 44.0) == 38
    # Each absurd reading is ignored separately, and the valid ones in between count.
    assert allowed(1016, absurd) == 38
    assert allowed(1017, 70.0) == 12
    assert allowed(1018, absurd) == 12
    assert (allowed(1022.5, absurd), guard.silent) == (0, True)
    assert allowed(1023, 44.0) == 0


def test_an_absurd_number_hides_no_overload_of_another_phase() -> None:
    guard = _calm_guard()
    for reading, allowed in (
        (_phases((nan, 1002.0), (5.0, 1002.0), (6.0, 1002.0)), 38),
        (_phases((nan, 1002.0), (75.0, 1003.0), (6.0, 1003.0)), 7),
        (_phases((nan, 1002.0), (5.0, 1004.0), (6.0, 1004.0)), 7),
    ):
        now = max(reading.times)
        assert allow(guard, now, reading, drawn=20, changed_at=0, minimum=6) == allowed


@pytest.mark.parametrize("reading", [None, FuseReading(0.0, (1e6,))])
def test_charging_continues_for_a_while_after_a_start_without_a_reading(
    reading: FuseReading | None,
) -> None:
    guard = FuseGuard(CONFIG)
    # No car draws more for it, and a car that ramps up or is lowered does not change the sum.
    for now, drawn in ((0, 0.0), (1, 9.5), (2, 16.4), (29, 15.0), (30, 15.0), (31, 0)):
        allowed = allow(
            guard, 1000.0 + now, reading, drawn=drawn, changed_at=0, minimum=6
        )
        assert allowed == {0: 0, 1: 9, 2: 16, 29: 16, 30: 0, 31: 0}[now]
        assert guard.silent


def test_the_grace_after_a_start_is_short_however_long_sensors_may_be_silent() -> None:
    guard = FuseGuard(FuseConfig(63, max_age=3600))
    for now, allowed in ((0.0, 16), (59.0, 16), (60.0, 0)):
        assert allow(guard, now, None, drawn=16, changed_at=0, minimum=6) == allowed


def test_cars_that_draw_slightly_less_than_the_minimum_continue_after_a_start() -> None:
    wiring = Wiring(24, 40, 12, 240, 1)
    world = World(Twc(ONE, 1), Twc(TWO, 1), wiring=wiring)
    for twc in world.twcs.values():
        twc.plug()
    world.run(30)
    assert world.offers == {ONE: 12, TWO: 12}
    assert all(twc.drawn < 12 for twc in world.twcs.values())

    world.engine = Engine(wiring, CONFIG)
    world.run(29)
    assert world.offers == {ONE: 12, TWO: 12}
    world.run(5)
    assert world.offers == {ONE: 0, TWO: 0}


def test_which_sensors_are_silent() -> None:
    reading = FuseReading(
        900.0, (5.0, 1e6, nan, 7.0), times=(999.0, 1000.0, 1000.0, 900.0)
    )
    assert reading.silent(CONFIG, 1000.0) == (1, 2, 3)
    assert FuseReading(970.0, power_w=100.0).silent(CONFIG, 1000.0) == ()
    assert FuseReading(969.0, power_w=100.0).silent(CONFIG, 1000.0) == (0,)


def _phases(*phases: tuple[float, float]) -> FuseReading:
    """Return a reading of phases that reported at different times."""
    times = tuple(at for _, at in phases)
    return FuseReading(min(times), tuple(amps for amps, _ in phases), times=times)


def _calm_guard() -> FuseGuard:
    """Return a guard that allows 38 A at 1000 s, with a draw of 20 A."""
    guard = FuseGuard(CONFIG)
    for now in (990.0, 1000.0):
        reading = _phases((44.0, now), (5.0, now), (6.0, now))
        amps = allow(guard, now, reading, drawn=20, changed_at=0, minimum=6)
    assert amps == 38
    return guard


def test_an_overload_of_one_phase_does_not_wait_for_the_others() -> None:
    guard = _calm_guard()
    reading = _phases((100.0, 1002.0), (5.0, 1000.0), (6.0, 1000.0))
    assert allow(guard, 1002.0, reading, drawn=20, changed_at=0, minimum=6) == 0
    assert not guard.silent


def test_an_overload_counts_even_if_its_time_stamp_did_not_change() -> None:
    guard = _calm_guard()
    reading = _phases((70.0, 1000.0), (5.0, 1000.0), (6.0, 1000.0))
    assert allow(guard, 1001.0, reading, drawn=20, changed_at=0, minimum=6) == 12


def test_an_old_overload_is_not_counted_again_when_another_phase_reports() -> None:
    guard = _calm_guard()
    reading = _phases((70.0, 1001.0), (5.0, 1000.0), (6.0, 1000.0))
    assert allow(guard, 1001.0, reading, drawn=20, changed_at=0, minimum=6) == 12
    for second in range(1002, 1020):
        reading = _phases((70.0, 1001.0), (5.0, second), (6.0, second))
        assert allow(guard, second, reading, drawn=12, changed_at=1001, minimum=6) == 12


def test_an_old_reading_of_one_phase_leaves_no_more_than_it_did() -> None:
    guard = _calm_guard()

    def allowed(now: int, second_phase_at: int) -> int:
        l2 = 40.0 if second_phase_at < 1029 else 5.0
        reading = _phases((10.0, now), (l2, second_phase_at), (6.0, now))
        return allow(guard, now, reading, drawn=20, changed_at=1000)

    assert {allowed(now, min(now, 1028)) for now in range(1001, 1055)} == {38, 41, 42}
    assert allowed(1055, 1055) == 42
    assert {allowed(now, now) for now in range(1056, 1063)} == {42}
    assert allowed(1063, 1063) == 45


def test_the_phase_with_the_oldest_report_decides_when_all_are_silent() -> None:
    guard = _calm_guard()
    reading = _phases((44.0, 1031.0), (5.0, 1000.0), (6.0, 1031.0))
    assert allow(guard, 1031.0, reading, drawn=20, changed_at=0, minimum=6) == 0
    assert guard.silent


@pytest.mark.parametrize("first", [-900.0, -70.0, -25.0])
def test_an_absurd_first_reading_leaves_no_room(first: float) -> None:
    guard = FuseGuard(FuseConfig(25))
    allowed = [
        allow(
            guard, now, FuseReading(now, (amps,)), drawn=0, changed_at=-1000, minimum=6
        )
        for now, amps in ((0.0, first), (1.0, 12.0), (2.0, 12.0))
    ]
    assert allowed[0] == 0
    assert max(allowed) <= 12
    assert allowed[-1] == 12


def test_the_first_room_needs_every_phase_twice() -> None:
    guard = FuseGuard(CONFIG)
    allowed = [
        allow(guard, now, _phases((l1, t1), (l2, t2)), drawn=0, changed_at=0, minimum=6)
        for now, l1, t1, l2, t2 in (
            (10.0, -60.0, 10.0, 5.0, 9.0),
            (11.0, -60.0, 10.0, 6.0, 11.0),
            (12.0, -60.0, 10.0, 5.0, 12.0),
            (13.0, 42.0, 13.0, 5.0, 12.0),
        )
    ]
    assert allowed == [0, 0, 0, 20]


def test_the_first_reading_stops_no_car_that_charges() -> None:
    guard = FuseGuard(CONFIG)
    reading = FuseReading(1000.0, (40.0,))
    assert allow(guard, 1000.0, reading, drawn=16.4, changed_at=0, minimum=6) == 16
    reading = FuseReading(1001.0, (70.0,))
    assert allow(guard, 1001.0, reading, drawn=16.4, changed_at=0, minimum=6) == 8


def test_a_continued_offer_does_not_shrink_before_the_second_reading() -> None:
    guard = FuseGuard(CONFIG)
    reading = FuseReading(1000.0, (40.0,))
    allowed = [
        allow(guard, 1000.0 + i, reading, drawn=drawn, changed_at=0, minimum=6)
        for i, drawn in enumerate((0.0, 16.1, 15.8, 15.2))
    ]
    assert allowed == [0, 16, 16, 16]


def test_an_overload_is_not_forgotten_over_a_short_silence() -> None:
    guard = FuseGuard(CONFIG)
    reading = FuseReading(1000.0, (70.0,))
    for given, allowed in ((reading, 8), (None, 8), (reading, 8)):
        assert allow(guard, 1000.0, given, drawn=16, changed_at=0, minimum=6) == allowed


def test_room_counts_from_the_time_of_its_reading() -> None:
    """Not from the oldest report of a phase, which preceded the overload."""
    guard = _calm_guard()

    def allowed(now: int, amps: float, second_phase_at: int) -> int:
        reading = _phases((amps, now), (5.0, second_phase_at), (6.0, now))
        return allow(guard, now, reading, drawn=20, changed_at=1000)

    assert allowed(1020, 70.0, 1000) == 12
    assert {allowed(now, 10.0, 1000) for now in range(1021, 1029)} == {12}
    assert allowed(1029, 10.0, 1000) == 15


def test_silence_before_the_first_room_restarts_the_wait() -> None:
    guard = FuseGuard(CONFIG)
    for at, now, allowed in ((0.0, 0.0, 0), (0.0, 31.0, 0), (32, 32, 0), (33, 33, 52)):
        reading = FuseReading(at, (10.0,))
        assert allow(guard, now, reading, drawn=0, changed_at=-99, minimum=6) == allowed


def test_a_car_at_protocol_2_is_held_and_the_other_is_lowered() -> None:
    house = House(Twc(ONE), Twc(TWO))
    for twc in house.world.twcs.values():
        twc.plug()
    house.run(100)
    house.load = 50
    house.run(10)
    assert house.world.offers == {ONE: 6, TWO: 6}
    assert house.total[-1] < 63


def test_an_unchanged_value_holds_offers_while_its_device_reports_but_raises_none() -> (
    None
):
    """The time of the measurement and the last report of the device are different."""
    guard = FuseGuard(FuseConfig(size=25, phases=3))
    allowed = []
    for now in range(1000, 1300):
        # The third phase has not changed since the start, while the first one is read every second.
        reading = FuseReading(
            1000.0,
            currents=(10.0, 10.0, 20.0),
            times=(float(now), float(now), 1000.0),
            alive=(float(now),) * 3,
        )
        # The draw rises meanwhile, which the reading of the third phase does not contain.
        drawn = 0 if now < 1020 else 16
        allowed.append(
            allow(guard, now, reading, drawn=drawn, changed_at=0, minimum=6, held=0)
        )
        assert now == 1000 or not guard.silent
    assert max(allowed) == allowed[-1] == 4
    assert guard.wake_at == 1299 + 60 + 0.1
    assert allow(guard, 1361, reading, drawn=16, changed_at=0, minimum=6, held=0) == 0
    assert guard.silent


def test_the_draw_is_not_subtracted_from_a_value_older_than_the_first_decision() -> (
    None
):
    guard = FuseGuard(FuseConfig(size=25, phases=3))
    allowed = []
    for now in range(5000, 5060):
        # The cars have drawn since the first decision, but their draw at the reading of the third phase is unknown.
        reading = FuseReading(
            1000.0,
            currents=(18.0, 18.0, 20.0),
            times=(float(now), float(now), 1000.0),
            alive=(float(now),) * 3,
        )
        allowed.append(
            allow(guard, now, reading, drawn=16, changed_at=0, minimum=6, held=16)
        )
    assert max(allowed) == 4
