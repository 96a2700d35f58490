"""The benchmark of the main fuse: its judge, and a short form of it (scripts/benchmark fuse)."""

import ast
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import isnan
from pathlib import Path
from random import Random

import pytest

from scripts.benchmark_lib import fuse as benchmark
from scripts.benchmark_lib.fuse import broken
from scripts.benchmark_lib.fuse.breakers import Device, Protection, breaker, fuse
from scripts.benchmark_lib.fuse.cases import (
    ON_CHANGE,
    CarPlan,
    Case,
    all_cases,
    short_cases,
)
from scripts.benchmark_lib.fuse.clairvoyant import Clairvoyant, held
from scripts.benchmark_lib.fuse.ideal import Ideal
from scripts.benchmark_lib.fuse.loads import House, make_house
from scripts.benchmark_lib.fuse.meters import Kind, Lie, Meter, Report
from scripts.benchmark_lib.fuse.rules import Connector
from scripts.benchmark_lib.fuse.world import Row, World, run_case

HALF_HOUR = 1800
HONEST = [case for case in short_cases() if case.lie is None]
BREAKERS = [
    pytest.param(size, early, id=f"{size:g} A, {'early' if early else 'typical'}")
    for size in (25.0, 35.0, 63.0)
    for early in (False, True)
]


@pytest.mark.parametrize("case", HONEST, ids=lambda case: case.name)
def test_no_fuse_trips_with_an_honest_meter(case: Case) -> None:
    row = run_case(case, 0, HALF_HOUR)

    assert row.trip is None
    assert row.reported_after_s is None
    assert row.energy_kwh > 0.5
    assert 1 - row.caught - 0.001 <= sum(row.lost.values()) < 0.5
    assert row.caught_of_possible is not None
    assert row.caught < row.caught_of_possible < 1.02


def test_a_silent_meter_is_reported() -> None:
    (case,) = [case for case in short_cases() if case.lie is Lie.SILENT]

    row = run_case(case, 0, HALF_HOUR)

    assert row.trip is None
    assert row.reported_after_s is not None and row.reported_after_s < 60


@pytest.mark.long
def test_the_same_seed_makes_the_same_row() -> None:
    case = HONEST[0]

    assert run_case(case, 3, HALF_HOUR) == run_case(case, 3, HALF_HOUR)
    assert run_case(case, 3, HALF_HOUR) != run_case(case, 4, HALF_HOUR)


class Blind:
    """Rules that never look at the meter."""

    def __init__(self) -> None:
        self.connectors = [Connector()]

    def decide(self, now: float, report: Report) -> bool:
        self.connectors[0].offer = 32
        return False

    def lose_port(self, *, is_lost: bool) -> None:
        raise AssertionError


def blind(case: Case) -> Row:
    house = make_house(Random(1), case.size, case.phases, HALF_HOUR)
    return World(case, house, Meter(case.kind, case.every, case.lag), [Blind()]).run()


def test_rules_that_do_not_look_trip_the_fuse_and_the_judge_says_so() -> None:
    case = HONEST[0]

    row = blind(case)

    assert row.trip is not None and row.seconds_above > 600 and row.worst_ratio > 1.3
    assert f"{row.trip} trips" in list(broken(case, row))


@pytest.mark.parametrize("size", [25.0, 35.0, 63.0])
@pytest.mark.parametrize("phases", [1, 3])
@pytest.mark.parametrize("seed", range(5))
def test_a_house_without_charging_trips_nothing(
    size: float, phases: int, seed: int
) -> None:
    house = make_house(Random(seed), size, phases, 3600, sun=True)
    protection = Protection(size, phases)

    for second in range(3600):
        start = house.starts.get(second)
        for phase, series in enumerate(house.net):
            assert series[second] <= 0.85 * size
            if start:
                protection.carry(phase, series[second] + start.amps, start.seconds)
            protection.carry(phase, series[second])
    assert protection.early_trip is None
    assert max(map(max, house.net)) > 8


def operates_after(device: Device, ratio: float) -> float:
    """Return when a cold device operates at a multiple of its rating, in s."""
    passed = 0.0
    while not device.operated and passed < 3700:
        step = 0.01 if passed < 1 else 0.1
        device.carry(ratio * device.size, step)
        passed += step
    return passed


@pytest.mark.parametrize(("size", "early"), BREAKERS)
def test_a_breaker_conforms_to_its_standard(size: float, early: bool) -> None:
    assert operates_after(breaker(size, early=early), 1.13) > 3600
    assert operates_after(breaker(size, early=early), 1.45) < 3600
    assert (
        1
        < operates_after(breaker(size, early=early), 2.55)
        < (60 if size <= 32 else 120)
    )
    assert operates_after(breaker(size, early=early), 2.95) > 0.1
    assert operates_after(breaker(size, early=early), 5) < 0.1


@pytest.mark.parametrize(
    ("size", "gates"),
    [
        (25.0, (52, 110, 150, 260)),
        (35.0, (82, 166, 222, 387)),
        (63.0, (160, 320, 450, 820)),
    ],
)
@pytest.mark.parametrize("early", [False, True])
def test_a_fuse_conforms_to_its_standard(
    size: float, gates: Sequence[float], early: bool
) -> None:
    ten, five, fast, fastest = (amps / size for amps in gates)

    assert operates_after(fuse(size, early=early), 1.25) > 3600
    assert operates_after(fuse(size, early=early), 1.6) < 3600
    assert operates_after(fuse(size, early=early), ten * 0.99) > 10
    assert operates_after(fuse(size, early=early), five) < 5
    assert operates_after(fuse(size, early=early), fast * 0.98) > 0.1
    assert operates_after(fuse(size, early=early), fastest) < 0.1


@pytest.mark.parametrize("make", [fuse, breaker])
def test_a_hot_device_operates_sooner_than_a_cold_one(
    make: Callable[[float], Device],
) -> None:
    hot = make(25.0)
    for _ in range(3600):
        hot.carry(25.0, 1.0)

    assert not hot.operated
    assert operates_after(hot, 1.8) < 0.6 * operates_after(make(25.0), 1.8)


def reports(meter: Meter, amps: Sequence[float]) -> list[tuple[float, float]]:
    """Return the first value and the stamp that a meter shows after each second."""
    shown = []
    for second, value in enumerate(amps):
        meter.measure(second, (value, 1.0, 1.0))
        assert meter.report is not None
        shown.append((meter.report.values[0], meter.report.at))
    return shown


RISING = (2.0, 4.0, 6.0, 8.0, 10.0, 12.0)


def test_a_meter_reports_late_and_now_and_then() -> None:
    assert reports(Meter(Kind.AMPS, 2, 1), RISING) == [
        (2, 0), (2, 0), (4, 2), (4, 2), (8, 4), (8, 4),
    ]  # fmt: skip
    assert reports(Meter(Kind.POWER, 1, 0), RISING)[1] == (1380, 1)


def test_a_meter_on_change_repeats_itself_while_its_device_speaks() -> None:
    steady = [5.0, *[5.2] * 11, 5.6]

    shown = reports(Meter(Kind.AMPS, ON_CHANGE, 0), steady)

    assert shown[9:] == [(5.0, 0), (5.0, 10), (5.0, 10), (5.6, 12)]


def test_meters_lie_from_their_moment_on() -> None:
    def lies(lie: Lie) -> list[tuple[float, float]]:
        return reports(Meter(Kind.AMPS, 1, 0, lie=lie, lie_at=2), RISING)[:4]

    assert lies(Lie.FROZEN) == [(2, 0), (4, 1), (4, 1), (4, 1)]
    assert lies(Lie.RESTAMPED) == [(2, 0), (4, 1), (4, 2), (4, 3)]
    assert lies(Lie.DEAD) == [(2, 0), (4, 1), (0, 2), (0, 3)]
    assert lies(Lie.SIGN)[0] == (-2, 0)
    (_, _, (value, at), _) = lies(Lie.SILENT)
    assert isnan(value) and at == 1


def test_unsigned_amps_show_export_as_load() -> None:
    assert reports(Meter(Kind.AMPS, 1, 0, lie=Lie.UNSIGNED), (3.0, -7.0)) == [
        (3, 0), (7, 1),
    ]  # fmt: skip


def test_an_offer_has_to_be_held_for_a_while() -> None:
    room = [10.0] * 5 + [2.0] * 2 + [10.0] * 3 + [4.0] * 5

    assert held(room, 4) == [10.0] * 5 + [2.0] * 2 + [4.0] * 8


def test_the_clairvoyant_keeps_the_minimum_and_shares() -> None:
    three, one = CarPlan(3, 3, shortfall=0.0), CarPlan(1, 3, first=1, shortfall=0.0)

    both = Clairvoyant([three, one], 6, 32, [32])

    assert both.draw((20.9, 14.0, 20.0)) == 7 * 3 + 7
    assert both.draw((20.0, 11.0, 20.0)) == 11 * 3
    assert both.draw((3.0, 11.0, 20.0)) == 11
    assert both.draw((3.0, 5.9, 20.0)) == 0
    assert both.draw((90.0, 90.0, 90.0)) == 16 * 3 + 16


def ideal_offers(
    cars: Sequence[CarPlan], rooms: Sequence[Sequence[float]], every: int, lag: int
) -> list[list[int]]:
    """Return the offers of the ideal for each second; the cars draw at once what they are offered."""
    case = Case(35.0, len(rooms), Kind.AMPS, every, lag, tuple(cars))
    ideal = Ideal(case, 6, Clairvoyant(cars, 6, 32, [32]), rooms)
    offers = []
    for second in range(len(rooms[0])):
        for item, car in zip(ideal.connectors, cars, strict=True):
            item.plugged = True
            item.drawn = max(item.offer - car.shortfall, 0.0)
        report = Report((0.0,) * len(rooms), second // every * every)
        ideal.decide(float(second), report)
        offers.append([item.offer for item in ideal.connectors])
    return offers


def test_the_ideal_waits_until_the_meter_has_shown_each_step() -> None:
    offers = ideal_offers([CarPlan(1, 1)], [[24.0] * 80], every=10, lag=3)

    # It is offered something after a report, which is shown 3 s later at the earliest: by the next one.
    assert [offers[second] for second in (0, 9, 10, 19, 20, 30, 60, 79)] == [
        [6], [6], [9], [9], [12], [15], [24], [24],
    ]  # fmt: skip


def test_the_ideal_uses_what_was_confirmed_shortly_before() -> None:
    room = [24.0] * 60 + [10.0] * 20 + [24.0] * 20 + [10.0] * 40 + [24.0] * 20

    offers = ideal_offers([CarPlan(1, 1)], [room], every=1, lag=0)

    assert [offers[second][0] for second in (59, 60, 80, 100, 139)] == [
        24, 10, 24, 10, 10,
    ]  # fmt: skip
    assert offers[140] == [13]


def test_the_ideal_stops_without_room_and_waits_before_it_starts_again() -> None:
    room = [10.0] * 30 + [5.0] * 10 + [10.0] * 100

    offers = ideal_offers([CarPlan(1, 1)], [room], every=1, lag=0)

    assert offers[29:31] == [[10], [0]]
    starts = next(second for second in range(31, 140) if offers[second] != [0])
    assert starts == 39 + 60


def test_the_ideal_raises_the_cars_on_a_phase_by_one_step_together() -> None:
    cars = [CarPlan(1, 3, shortfall=0.0), CarPlan(3, 3, shortfall=0.0)]

    offers = ideal_offers(cars, [[30.0] * 60] * 3, every=10, lag=0)

    sums = [sum(pair) for pair in offers]
    assert offers[0] == [6, 0] and offers[59] == [14, 10]
    assert max(after - before for before, after in pairwise(sums)) == 6
    assert all(after - before <= 3 for before, after in pairwise(sums) if before >= 12)


def test_the_short_cases_and_all_cases_have_names_of_their_own() -> None:
    for cases in (all_cases(), short_cases()):
        names = [case.name for case in cases]
        assert len(set(names)) == len(names)
    assert {case.lie for case in all_cases()} == {None, *Lie}
    assert {case.size for case in all_cases()} == {25, 35, 63}


def row(**changes: object) -> Row:
    good: dict[str, object] = {
        "case": "made up", "seconds_above": 0, "worst_ratio": 0.9, "trip": None,
        "early_trip": None, "reported_after_s": None, "step_after_s": None, "caught": 0.95,
        "energy_kwh": 5.0, "lost": {},
    }  # fmt: skip
    return Row(**(good | changes))  # type: ignore[arg-type]


def test_what_is_required_is_judged() -> None:
    car = (CarPlan(1, 3),)
    honest = Case(25.0, 3, Kind.AMPS, 10, 0, car)
    slow = Case(25.0, 3, Kind.AMPS, 30, 0, car)
    frozen = Case(25.0, 3, Kind.AMPS, 1, 0, car, Lie.RESTAMPED, 900)

    assert list(broken(honest, row())) == []
    assert list(broken(honest, row(caught=0.89))) == ["caught 89%"]
    assert list(broken(honest, row(reported_after_s=4))) == ["false alarm"]
    assert list(broken(slow, row(caught=0.5))) == []
    assert list(broken(frozen, row())) == ["never reported"]
    assert list(broken(frozen, row(reported_after_s=420))) == []
    assert list(broken(frozen, row(reported_after_s=421))) == ["reported late"]
    assert list(broken(frozen, row(reported_after_s=131, step_after_s=10))) == [
        "reported late"
    ]


def test_a_part_of_the_cases_can_be_run() -> None:
    parts = [
        benchmark.chosen(all_cases(), parts)
        for parts in ([], ["2 buses"], ["2 buses", "honest, amps 1 s"], ["no such"])
    ]

    assert [len(part) for part in parts] == [170, 16, 23, 0]


def test_only_one_file_knows_the_rules() -> None:
    folder = Path(benchmark.__file__).parent

    knowing = {
        file.name
        for file in folder.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("custom_components")
    }

    assert knowing == {"rules.py"}


def test_a_house_adds_only_what_fits() -> None:
    house = House(25.0, [[10.0] * 10])

    assert not house.add((0,), 2, [12.0] * 3)
    assert house.add((0,), 8, [11.0] * 3)
    assert house.net[0] == [10.0] * 8 + [21.0] * 2
