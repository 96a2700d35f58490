"""The benchmark of plans: its nights, its other ways of planning, its optimum, and its judge."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
import json
from pathlib import Path
from random import Random

import pytest

from scripts.benchmark_lib import plan as benchmark
from scripts.benchmark_lib.plan.cars import CarSpec
from scripts.benchmark_lib.plan.evcc import Evcc
from scripts.benchmark_lib.plan.loop import Loop, Outcome, energy_cost, shared
from scripts.benchmark_lib.plan.nights import KINDS, Event, Night, make_night
from scripts.benchmark_lib.plan.optimum import find_optimum, plan_optimum
from scripts.benchmark_lib.plan.prices import QUARTER, Price, Shape
from scripts.benchmark_lib.plan.reach import Reachable
from scripts.benchmark_lib.plan.rows import (
    LINES,
    Row,
    broken,
    broken_on_two_lines,
    judged,
    make_row,
    run_lines_night,
    run_night,
    summed,
)
from scripts.benchmark_lib.plan.smart_charging import SmartCharging
from scripts.benchmark_lib.plan.view import Planner

ORIGIN = datetime(2026, 11, 10, 20, tzinfo=UTC)
# Needs 8 h at 16 A on one phase.
CAR = CarSpec(
    capacity=50, efficiency=0.9, level=20, target=73, knee=100, phases=1, max_amps=16,
    protocol=1, stoppable=True, arrives=0, ready=720, leaves=780,
)  # fmt: skip


def night(
    prices: Sequence[float], *cars: CarSpec, limit: int = 32, known: int = 10**6
) -> Night:
    """Return a night with the prices of quarters from its start on."""
    made = tuple(Price(ORIGIN + at * QUARTER, price) for at, price in enumerate(prices))
    return Night(
        number=0, shape=Shape.QUARTERS, event=Event.USUAL, origin=ORIGIN, prices=made, first=0,
        known=min(known, len(made)), published=0 if known >= len(made) else None, cars=cars,
        limit=limit, room=(limit,) * len(made), sun_w=(0.0,) * len(made),
        forecast_w=(0.0,) * len(made), green=False,
    )  # fmt: skip


# The nights


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_a_night_is_made_by_its_number_and_seed(number: int) -> None:
    made = make_night(number, 3)

    assert made == make_night(number, 3)
    assert made != make_night(number, 4)
    assert (made.shape, made.event) == KINDS[number]
    assert 1 <= len(made.cars) <= 3 and 20 <= made.limit <= 80
    for car in made.cars:
        assert 0 <= car.level < car.target <= 100
        assert car.arrives < car.judged_at <= made.minutes
    assert 15 * len(made.room) >= made.minutes
    starts = [item.start for item in made.prices]
    assert starts == [starts[0] + at * QUARTER for at in range(len(starts))]
    assert starts[made.first] == made.origin


@pytest.mark.parametrize(("event", "quarters"), [(Event.SPRING, 92), (Event.AUTUMN, 100)])  # fmt: skip
def test_a_change_of_the_clock_makes_a_day_of_other_length(
    event: Event, quarters: int
) -> None:
    made = make_night(KINDS.index((Shape.QUARTERS, event)), 0)

    assert len(made.prices) - made.known == quarters


def test_prices_come_when_they_are_published() -> None:
    late = make_night(KINDS.index((Shape.HOURLY, Event.LATE_PRICES)), 0)
    never = make_night(KINDS.index((Shape.HOURLY, Event.UNPUBLISHED)), 0)

    assert late.published is not None and late.published > 360
    assert len(late.published_prices(late.published - 1)) == late.known
    assert late.published_prices(late.published) == late.prices
    assert len(never.published_prices(never.minutes)) == never.known


def test_prices_have_their_shapes() -> None:
    def prices(shape: Shape) -> list[float]:
        made = make_night(KINDS.index((shape, Event.USUAL)), 0)
        return [item.price for item in made.prices]

    assert len(set(prices(Shape.FLAT))) == 1
    assert len(set(prices(Shape.TARIFF))) == 2
    assert min(prices(Shape.NEGATIVE)) < 0
    hourly = prices(Shape.HOURLY)
    assert all(len(set(hourly[at : at + 4])) == 1 for at in range(0, len(hourly), 4))


# The loop


def test_the_wiring_is_shared_with_the_minimum_first() -> None:
    assert shared([32, 32, 0], [0, 0, 0], 40) == [20, 20, 0]
    assert shared([32, 32], [0, 10], 11) == [0, 11]
    assert shared([16, 32], [0, 0], 80) == [16, 32]
    assert shared([32, 32, 32], [6, 6, 6], 20) == [7, 7, 6]


def test_sun_is_used_before_the_grid() -> None:
    made = replace(night([0.3] * 4, CAR), sun_w=(2000.0,) * 4)

    assert energy_cost(made, 0, 0.4, 15) == pytest.approx(0.4 * 0.08)
    assert energy_cost(made, 0, 0.7, 15) == pytest.approx(0.5 * 0.08 + 0.2 * 0.3)


class Always:
    """Wants all it can get, at once."""

    replans = 0

    def wanted(self, view: object) -> dict[int, int]:
        return {0: 32}


def test_the_energy_and_the_starts_are_counted_until_the_goal_is_judged() -> None:
    car = replace(CAR, ready=60, leaves=120)

    came = Loop(night([0.3] * 8, car), Always()).run()

    assert came.energy_cost == pytest.approx(16 * 0.23 * 0.3)
    assert came.starts == 1
    assert came.missing_kwh[0] == pytest.approx(car.need_kwh(car.level) - 16 * 0.23)


def test_a_car_that_cannot_be_stopped_draws_its_minimum() -> None:
    car = replace(CAR, stoppable=False, protocol=2, ready=60)

    class Never(Always):
        def wanted(self, view: object) -> dict[int, int]:
            return {}

    came = Loop(night([0.3] * 8, car), Never()).run()

    assert came.energy_cost == pytest.approx(6 * 0.23 * 0.3)


def test_a_car_takes_less_and_less_above_its_knee() -> None:
    car = replace(CAR, knee=80, max_amps=32)

    assert [car.cap(level) for level in (20, 80, 90, 99, 100)] == [32, 32, 18, 6, 0]


# evcc's way


def drawn(planner: Planner, made: Night) -> tuple[Outcome, list[int]]:
    """Return the outcome, and the minutes of each quarter in which the planner wants to charge."""
    minutes = [0] * len(made.prices)

    class Watched:
        replans = 0

        def wanted(self, view: object) -> dict[int, int]:
            result = dict(planner.wanted(view))  # type: ignore[arg-type]
            at = (view.now - ORIGIN) // QUARTER  # type: ignore[attr-defined]
            minutes[at] += bool(result)
            return result

    return Loop(made, Watched()).run(), minutes


def test_evcc_takes_the_cheapest_and_the_late_ones_first() -> None:
    car = replace(CAR, level=60, target=70, ready=240)
    prices = [0.4] * 8 + [0.1] * 2 + [0.3] * 6

    came, minutes = drawn(Evcc(), night(prices, car))

    assert came.missing_kwh == (0.0,)
    assert minutes[8:10] == [15, 15] and minutes[:8] == [0] * 8
    # 94 min are needed with the assumed efficiency: the last four quarters, and a part of the one before.
    assert minutes[12:15] == [15, 15, 15] and minutes[10] == 0


def test_evcc_charges_at_once_when_time_is_short() -> None:
    car = replace(CAR, ready=400)

    _, minutes = drawn(Evcc(), night([0.4] * 8 + [0.1] * 24, car))

    assert minutes[:20] == [15] * 20


def test_evcc_leaves_to_the_time_after_the_known_prices_what_fits_there() -> None:
    car = replace(CAR, level=60, target=70, ready=720)

    _, minutes = drawn(Evcc(), night([0.1] * 8 + [0.4] * 44, car, known=16))

    assert sum(minutes[:16]) == 0


# ev_smart_charging's way


def test_smart_charging_takes_whole_cheap_quarters() -> None:
    car = replace(CAR, level=60, target=70, ready=240)

    came, minutes = drawn(
        SmartCharging(), night([0.4] * 8 + [0.1] * 2 + [0.3] * 6, car)
    )

    assert came.missing_kwh == (0.0,)
    # 10 % at 6.3 % an hour.
    assert minutes[8:10] == [15, 15] and sum(map(bool, minutes)) == 7


def test_smart_charging_plans_nothing_until_the_prices_are_known() -> None:
    car = replace(CAR, level=60, target=70, ready=720)

    came, minutes = drawn(SmartCharging(), night([0.1] * 52, car, known=16))

    assert sum(minutes) == 0 and came.missing_kwh[0] > 5


# The optimum


def tiny(dice: Random, count: int) -> Night:
    """Return a night of four or five quarters in which the reserve suffices."""
    quarters = dice.choice((4, 5))
    cars = [
        replace(
            CAR, level=70 - dice.choice((0.4, 0.8, 1.2)), target=70, capacity=10, max_amps=3,
            ready=15 * quarters, leaves=15 * quarters, arrives=0,
        )
        for _ in range(count)
    ]  # fmt: skip
    prices = [dice.choice((-0.1, 0.1, 0.2, 0.3)) for _ in range(quarters)]
    return night([*prices, 0.4], *cars, limit=dice.choice((4, 6)))


def brute_force(made: Night) -> float:
    """Return the least cost over all plans that end a quarter and 10 % before the deadline."""
    car = made.cars[0]
    quarters = car.ready // 15
    unit = 15 * car.kwh_per_amp_minute
    choices = [
        [
            amps
            for amps in product(range(4), repeat=quarters)
            if sum(amps) == -int(-(item.need_kwh(item.level) / unit) // 1)
            # In the last quarter before the reserve there is time for a part only.
            and all(
                a <= part for a, part in zip(amps, _parts(item, quarters), strict=True)
            )  # fmt: skip
        ]
        for item in made.cars
    ]
    return min(
        sum(_cost(made, amps, unit) for amps in chosen)
        for chosen in product(*choices)
        if all(sum(now) <= made.limit for now in zip(*chosen, strict=True))
    )


def _parts(car: CarSpec, quarters: int) -> list[int]:
    end = car.ready - car.reserve_minutes
    return [3 * max(0, min(15, end - 15 * at)) // 15 for at in range(quarters)]


def _cost(made: Night, amps: Sequence[int], unit: float) -> float:
    energy = sum(
        energy_cost(made, at, now * unit, 15) for at, now in enumerate(amps) if now
    )
    starts = sum(
        now > 0 == before for before, now in zip((0, *amps), amps, strict=False)
    )
    return energy + starts * made.start_cost


@pytest.mark.parametrize("seed", range(40))
def test_the_optimum_of_a_car_is_that_of_all_plans(seed: int) -> None:
    made = tiny(Random(seed), 1)

    assert find_optimum(made).cost(made) == pytest.approx(brute_force(made))


def test_the_optimum_of_two_cars_is_hardly_ever_above_that_of_all_plans() -> None:
    made = [tiny(Random(seed), 2) for seed in range(60)]
    above = [find_optimum(item).cost(item) - brute_force(item) for item in made]

    assert min(above) > -1e-9
    assert sum(excess > 1e-9 for excess in above) <= 3


def test_the_optimum_of_a_car_that_waits_for_its_first_offer_begins_when_it_is_cheap() -> (
    None
):
    """It needs an hour at 16 A and cannot be stopped: once it has begun it draws its minimum until it is judged."""
    car = replace(
        CAR, stoppable=False, protocol=2, ready=240, leaves=240, target=26, level=20,
        efficiency=1,
    )  # fmt: skip
    made = night([0.4] * 8 + [0.1] * 8, car)
    always, waiting = plan_optimum(made)[0], plan_optimum(made, waits=True)[0]

    assert set(always.amps[:8]) == {6}
    assert set(waiting.amps[:8]) == {0} and sum(waiting.amps) * 0.0575 >= 3
    begins = next(at for at, amps in enumerate(waiting.amps) if amps)
    assert min(waiting.amps[begins:]) >= 6
    assert waiting.missing_kwh == 0
    # Nothing changes for one that can be stopped.
    usual = night([0.4] * 8 + [0.1] * 8, replace(car, stoppable=True))
    assert plan_optimum(usual) == plan_optimum(usual, waits=True)


def test_a_car_that_waits_begins_only_where_it_can_go_on() -> None:
    car = replace(
        CAR, stoppable=False, protocol=2, ready=240, leaves=240, target=26, level=20,
        efficiency=1,
    )  # fmt: skip
    made = night([0.1] * 4 + [0.4] * 12, car, limit=16)
    made = replace(made, room=(*made.room[:4], 0, *made.room[5:]))

    assert set(plan_optimum(made, waits=True)[0].amps[:5]) == {0}


@pytest.mark.parametrize("number", [3, 12, 27])
@pytest.mark.long
def test_nobody_who_reaches_the_goals_is_cheaper_than_the_optimum_and_its_reserve(
    number: int,
) -> None:
    made = make_night(number, 1)
    best = find_optimum(made)

    for row in run_night(number, 1):
        assert row.optimum == pytest.approx(best.cost(made), abs=0.001)
        if not row.goal_missed:
            assert row.cost >= 0.97 * row.optimum - 0.1


# The judge


def test_only_goals_count_that_can_be_reached() -> None:
    early = replace(CAR, leaves=CAR.ready - CAR.reserve_minutes - 1)
    made = night([0.3] * 60, CAR, early, replace(CAR, leaves=CAR.ready - 5))

    assert judged(made) == [0, 2]
    reached, best = Outcome(1.0, 3, (0.0, 0.0, 2.0)), Outcome(1.0, 3, (2.0, 0.0, 0.0))
    for can, goals, missed, unreachable in (
        # As many as the optimum reaches, whichever these are.
        (Reachable(2), 1, 0, 0),
        (Reachable(2, 1), 1, 0, 1),
        (Reachable(2, 2), 0, 0, 2),
    ):
        row = make_row(made, "x", reached, best, can)
        assert (row.goals, row.goal_missed, row.unreachable) == (goals, missed, unreachable)  # fmt: skip
    row = make_row(made, "x", best, Outcome(1.0, 3, (0.0,) * 3), Reachable(2))
    assert (row.goals, row.goal_missed) == (2, 1)


def test_what_is_missing_costs_more_than_charging_it() -> None:
    made = night([0.1, 0.2, 0.4, 0.1], CAR)

    row = make_row(
        made, "x", Outcome(1.0, 2, (2.0,), 5), Outcome(1.5, 1, (0.0,)), Reachable(1)
    )

    assert (row.goal_missed, row.goals, row.replans) == (1, 1, 5)
    assert row.cost == pytest.approx(1 + 2 * 0.2 * 0.15 + 2 * 0.6)
    total = summed([row, replace(row, predictable=False)])
    assert total["goal_missed"] == 2 and total["starts_per_car"] == 2
    assert total["above_optimum_predictable"] == pytest.approx(
        row.cost / row.optimum - 1, abs=0.0001
    )


@pytest.mark.long
def test_the_command_prints_rows_and_totals(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run_nights(count: int, seed: int) -> list[Row]:
        assert count >= 200
        return [row for number in (3, 5) for row in run_night(number, seed)]

    monkeypatch.setattr(benchmark, "run_nights", run_nights)

    assert benchmark.main(["--json", "--seed", "5"]) in {0, 1}

    printed = json.loads(capsys.readouterr().out)
    assert {row["planner"] for row in printed["rows"]} == set(printed["total"])
    assert all(item["nights"] == 2 for item in printed["total"].values())
    assert 0 < printed["total"]["ours"]["plan_ms_192_slots"] < 2000


# Our way


@pytest.mark.long
def test_the_planner_of_the_benchmark_reaches_the_goals_of_a_usual_night() -> None:
    made = make_night(KINDS.index((Shape.HOURLY, Event.USUAL)), 2)

    rows = {row.planner: row for row in run_night(made.number, 2)}

    assert rows["ours"].goal_missed == 0
    assert rows["ours"].cost <= 1.03 * rows["ours"].optimum + 0.1
    assert rows["ours"].plan_ms is not None and rows["evcc"].plan_ms is None


def test_only_the_files_for_it_know_the_integration() -> None:
    folder = Path(benchmark.__file__).parent

    knowing = {
        file.name
        for file in folder.glob("*.py")
        if "custom_components" in file.read_text("utf-8")
    }

    assert knowing == {"closed.py", "closed_cars.py", "lines.py", "ours.py"}


def test_what_is_required_is_judged() -> None:
    good = {
        "goal_missed": 0, "above_optimum_predictable": 0.02, "starts_per_car": 1.2,
        "plan_ms_192_slots": 5.0, "cost": 90.0,
    }  # fmt: skip
    other = {"goal_missed": 3, "cost": 100.0}

    assert list(broken({"ours": good, "evcc": other})) == []
    assert list(broken({"ours": good | {"starts_per_car": 1.31}, "evcc": other})) == [
        "starts_per_car is 1.31: more than 1.3"
    ]
    assert list(broken({"ours": good | {"cost": 100.0}, "evcc": other})) == [
        "cost is not less than that of evcc"
    ]


@pytest.mark.long
@pytest.mark.long
def test_what_both_cars_need_of_a_tight_night_they_have_on_two_lines_as_well() -> None:
    # Where each line planned for itself, the second one was not ready.
    one, two = run_lines_night(32, seed=0)
    assert two.goal_missed == one.goal_missed == 0
    assert two.starts <= one.starts
    assert two.cost <= 1.02 * one.cost


def test_a_night_costs_about_as_much_on_two_lines_as_on_one() -> None:
    one, two = run_lines_night(0, seed=0)
    assert (one.planner, two.planner) == ("ours", LINES)
    assert one.cars == two.cars == 3
    assert two.goal_missed <= one.goal_missed
    assert two.cost <= 1.05 * one.cost
    assert two.replans > one.replans


def test_a_night_with_one_car_has_nothing_to_compare() -> None:
    number = next(at for at in range(20) if len(make_night(at, 0).cars) == 1)
    assert run_lines_night(number, seed=0) == []


@pytest.mark.parametrize(
    ("figure", "value", "is_met"),
    [
        ("cost", 110.0, True),
        ("cost", 111.0, False),
        ("starts", 11, True),
        ("starts", 12, False),
        ("goal_missed", 1, True),
        ("goal_missed", 2, False),
    ],
)
def test_two_lines_may_cost_and_start_a_tenth_more(
    figure: str, value: float, *, is_met: bool
) -> None:
    one = {"goal_missed": 1, "cost": 100.0, "starts": 10}
    two = one | {figure: value}
    found = list(broken_on_two_lines({"ours": one, LINES: two}))
    assert (not found) == is_met
