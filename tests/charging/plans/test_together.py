"""Buses that share limits and prices make one plan: what one of them could take elsewhere is left to the other."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from custom_components.twc_manager.charging.planning.goals import Goal
from custom_components.twc_manager.charging.planning.planner import make_plan
from custom_components.twc_manager.charging.planning.replan import next_plan
from custom_components.twc_manager.charging.planning.series import Series
from custom_components.twc_manager.charging.plans import making, together
from custom_components.twc_manager.charging.plans.making import PlanJob, try_plan
from custom_components.twc_manager.charging.plans.shared_plans import (
    MAX_TOGETHER,
    always,
)
from custom_components.twc_manager.charging.plans.together import Part, plan_together
from tests.charging.planning.scene import (
    HOUR,
    NOW,
    amps_at,
    goal,
    hours,
    inputs,
    instants,
    random_inputs,
    series,
)

from .buses import FULL, FUSE, SIZE, House, Line


def cheap_last(**rooms: Series) -> tuple[Line, Line]:
    """Return a bus that would take the cheap hours alone, and one whose car needs nearly all of the time at 8 A."""
    shared = rooms or {FUSE: always(20)}
    prices = [0.3, 0.3, 0.1, 0.1]
    return (
        Line("one", (goal(2 * FULL, 4),), rooms=shared, prices=prices),
        Line("two", (goal(1.6 * FULL, 4, max_amps=8),), rooms=shared, prices=prices),
    )


def test_a_bus_leaves_cheap_hours_to_another_one_that_needs_them() -> None:
    house = House(*cheap_last())
    house.settle(Random(0))
    assert house.missing_kwh == 0
    assert house.highest() <= 20


def test_planned_beside_each_other_the_second_one_is_not_ready() -> None:
    """What shows that the test above can fail."""
    one, two = cheap_last()
    house = House(replace(one, outlook=1), replace(two, outlook=2))
    house.settle(Random(0))
    assert house.missing_kwh > 1


def test_one_plan_gives_each_bus_its_part_whoever_makes_it() -> None:
    plans = []
    for first, second in (("one", "two"), ("two", "one")):
        house = House(*cheap_last())
        house.decide(second)
        house.lines[second].making.end(house.lines[second].making.job, None, 0)  # type: ignore[arg-type]
        house.plan(first)
        house.decide(second)
        assert house.lines[second].plans == 0, "it follows what was planned for it"
        plans.append(house.plans)
    assert plans[0] == plans[1]


def test_a_bus_without_others_plans_as_ever() -> None:
    for seed in range(40):
        alone = random_inputs(Random(seed))
        attempt = try_plan(PlanJob(1, None, alone))
        assert attempt.made == next_plan(None, alone)
        assert not attempt.others


def test_two_lines_behind_a_fuse_are_planned_like_one_line_with_that_limit() -> None:
    for seed in range(30):
        made = random_inputs(Random(seed))
        one_line = replace(made, caps=Series(), limit=20)
        lines = [
            Part(
                f"{goal.connector_id}",
                replace(one_line, goals=(goal,)),
                None,
                {FUSE: always(20)},
            )
            for goal in one_line.goals
        ]
        plans = plan_together(lines)
        assert sum(item.plan.cost for item in plans.values()) == pytest.approx(
            make_plan(one_line).cost
        )


def test_connectors_of_two_buses_with_the_same_id_are_two() -> None:
    # Both cars are at a connector 1.
    house = House(Line("one", (goal(FULL, 6),)), Line("two", (goal(2 * FULL, 6),)))
    house.settle(Random(0))
    kwh = {name: plan.vehicles[1].kwh for name, plan in house.plans.items()}
    assert kwh == {"one": pytest.approx(FULL), "two": pytest.approx(2 * FULL)}


def test_the_sun_that_all_expect_counts_once() -> None:
    sun = series([3680.0], HOUR)
    parts = [
        Part(name, inputs([0.3] * 6, goal(FULL, 6), sun_w=sun, feed_in=0.0), None, {FUSE: always(40)})
        for name in ("one", "two")
    ]  # fmt: skip
    together_cost = sum(item.plan.cost for item in plan_together(parts).values())
    each = make_plan(parts[0].inputs).cost
    assert together_cost > 2 * each


def test_a_car_that_another_bus_expects_has_its_room() -> None:
    # It would need the last two hours at 16 A of 16.
    rooms = {FUSE: always(16)}
    prices = [0.3, 0.3, 0.1, 0.1]
    coming = goal(1.6 * FULL, 4)
    house = House(
        Line("one", (goal(FULL, 4),), rooms=rooms, prices=prices),
        Line("two", (), expected=(coming,), rooms=rooms, prices=prices),
    )
    house.decide("two")
    house.plan("one")
    assert max(hours(house.plans["one"].vehicles[1])) < 3
    alone = House(Line("one", (goal(FULL, 4),), rooms=rooms, prices=prices))
    alone.plan("one")
    assert min(hours(alone.plans["one"].vehicles[1])) >= 2


def test_less_for_all_is_a_reason_to_plan_though_it_is_enough_for_each() -> None:
    """Each of two cars at 16 A fits into the 20 A that are left of 40 A: both plans stayed, 32 A of 20 A."""
    house = House(
        *(
            Line(name, (goal(2 * FULL, 6),), rooms={FUSE: always(40)})
            for name in ("one", "two")
        )
    )
    house.settle(Random(0))
    assert house.highest() == 32
    for line in house.lines.values():
        line.rooms = {FUSE: always(20)}
    house.settle(Random(0))
    assert house.highest() <= 20
    before = house.count
    house.settle(Random(0))
    assert house.count == before


def test_what_only_some_share_limits_those() -> None:
    fuse = always(60)
    circuit = {FUSE: fuse, "circuit": always(20)}
    house = House(
        *(
            Line(name, (goal(2 * FULL, 6),), rooms=rooms)
            for name, rooms in (("a", circuit), ("b", circuit), ("c", {FUSE: fuse}))
        )
    )
    house.settle(Random(0))
    assert house.highest("a", "b") <= 20 < house.highest()


def test_the_lowest_that_any_of_them_knows_of_a_fuse_limits_all() -> None:
    house = House(
        Line("one", (goal(2 * FULL, 6),), rooms={FUSE: always(32)}),
        Line("two", (goal(2 * FULL, 6),), rooms={FUSE: always(18)}),
    )
    house.settle(Random(0))
    assert house.highest() <= 18


def test_what_vehicles_without_a_plan_take_on_each_bus_is_left_to_them() -> None:
    """Only those of one bus counted: 42 A were planned for and taken behind 32 A."""
    beside = series([10.0] * 6, HOUR)
    parts = [
        Part(
            name,
            inputs([0.3] * 6, goal(2 * FULL, 6)),
            None,
            {FUSE: always(32)},
            beside,
        )
        for name in ("one", "two")
    ]
    plans = [made.plan for made in plan_together(parts).values()]
    times = {at for plan in plans for at in instants(plan)}
    assert max(sum(amps_at(plan, at) for plan in plans) for at in times) == 12


# Which bus makes it when


def waiting_house() -> House:
    """Return a house with plans, whose second bus has a reason to plan now."""
    house = House(Line("one", (goal(FULL, 6),)), Line("two", (goal(FULL, 6),)))
    house.settle(Random(0))
    house.go_on()
    for line in house.lines.values():
        line.goals = (replace(line.goals[0], ready=NOW + 5 * HOUR),)
    assert house.decide("one") is not None
    return house


def test_what_a_bus_without_a_vehicle_expects_anew_is_a_reason_to_plan_for_all() -> (
    None
):
    prices = [0.3, 0.3, 0.1, 0.1]
    rooms = {FUSE: always(16)}
    house = House(
        Line("one", (goal(FULL, 4),), rooms=rooms, prices=prices),
        Line("two", (), rooms=rooms, prices=prices),
    )
    house.settle(Random(0))
    assert min(hours(house.plans["one"].vehicles[1])) >= 2
    house.lines["two"].expected = (goal(1.6 * FULL, 4),)
    house.settle(Random(0))
    assert max(hours(house.plans["one"].vehicles[1])) < 3
    before = house.count
    house.settle(Random(0))
    assert house.count == before


def test_while_a_bus_makes_a_plan_for_all_the_others_wait_for_it() -> None:
    house = waiting_house()
    assert house.decide("two") is None
    # Nothing starts or stops until it is there.
    assert house.lines["two"].making.is_pending
    house.make("one")
    # What it has reported since is in no plan yet.
    assert house.decide("two") is not None
    house.make("two")
    house.go_on()
    assert house.decide("one") is house.decide("two") is None


def test_a_bus_does_not_wait_for_a_plan_that_does_not_come() -> None:
    house = waiting_house()
    house.go_on(29)
    assert house.decide("two") is None
    house.go_on(2)
    assert house.decide("two") is not None


def test_a_vehicle_without_a_plan_does_not_wait() -> None:
    house = waiting_house()
    house.lines["two"].goals += (goal(FULL, 6, connector_id=2),)
    assert house.decide("two") is not None


def test_of_two_plans_for_all_that_counts_which_is_made_last() -> None:
    house = waiting_house()
    house.go_on(31)
    assert house.decide("two") is not None
    house.make("one")
    house.make("two")
    for name in ("one", "two"):
        house.decide(name)
    parts = plan_together(
        [Part("two", house.inputs_of("two"), None, house.lines["two"].rooms),
         Part("one", house.inputs_of("one"), None, house.lines["one"].rooms)]
    )  # fmt: skip
    for name, plan in house.plans.items():
        assert [s.start for s in plan.vehicles[1].slots] == [s.start for s in parts[name].plan.vehicles[1].slots]  # fmt: skip


def test_what_was_planned_for_vehicles_that_have_left_is_not_followed() -> None:
    house = waiting_house()
    house.make("one")
    house.lines["two"].goals = (goal(FULL, 6, connector_id=2),)
    job = house.decide("two")
    assert job is not None
    made = house.lines["two"].made
    assert made is not None
    assert made.inputs.goals[0].ready == NOW + 6 * HOUR


def test_what_was_planned_for_a_vehicle_that_has_left_is_not_followed_by_the_next() -> (
    None
):
    """It left while another bus made the plan; hours later the next one began with that."""
    house = waiting_house()
    two = house.lines["two"]
    two.goals, two.made = (), None
    house.decide("two")
    house.make("one")
    house.pass_time(240)
    house.decide("two")
    two.goals = (goal(2 * FULL, 9),)
    assert house.decide("two") is not None
    assert two.made is None


def test_buses_with_other_prices_are_planned_beside_each_other() -> None:
    house = House(
        Line("one", (goal(FULL, 6),)), Line("two", (goal(FULL, 6),), outlook="fixed")
    )
    house.settle(Random(0))
    assert not house.read("one").partners
    assert house.highest() <= SIZE


def test_a_bus_comes_first_though_one_that_is_planned_with_it_comes_last() -> None:
    """Between them was one with other prices: it left room for the first, which had to leave room for it as well."""
    rooms = {FUSE: always(16)}
    house = House(
        Line("first", (goal(2 * FULL, 6, priority=2),), rooms=rooms),
        Line("other", (goal(5 * FULL, 6, priority=1),), rooms=rooms, outlook="fixed"),
        Line("last", (goal(1.0, 6, priority=0),), rooms=rooms),
    )
    house.plan("other")
    house.settle(Random(0))
    assert house.plans["first"].missing_kwh == 0
    assert house.highest() <= 16


def test_more_vehicles_than_can_be_planned_in_time_are_planned_beside_each_other() -> (
    None
):
    half = MAX_TOGETHER // 2
    many = tuple(goal(1.0, 6, connector_id=at) for at in range(half))
    house = House(Line("one", many), Line("two", many))
    house.decide("one")
    assert house.read("two").partners
    house.lines["two"].goals += (goal(1.0, 6, connector_id=99),)
    house.decide("two")
    assert not house.read("two").partners
    assert not house.read("one").partners


# When it cannot be made


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No plan for several buses can be made."""

    def fail(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(making, "plan_together", fail)
    return


@pytest.mark.usefixtures("failing")
def test_two_that_plan_apart_at_the_same_time_share_the_fuse_in_the_end() -> None:
    """As after a restart: none knew of the plan of the other, and both kept theirs, 32 A of 25 A."""
    house = House(*(Line(name, (goal(2 * FULL, 6),)) for name in ("one", "two")))
    for name in house.lines:
        house.decide(name)
    for name in house.lines:
        house.make(name)
    assert house.highest() > SIZE
    house.settle(Random(0))
    assert house.highest() <= SIZE
    assert house.missing_kwh == 0
    before = house.count
    house.settle(Random(0))
    assert house.count == before


@pytest.mark.usefixtures("failing")
def test_if_no_plan_for_all_can_be_made_each_bus_has_its_own_beside_the_others() -> (
    None
):
    house = House(*(Line(name, (goal(3 * FULL, 6),)) for name in ("one", "two")))
    house.settle(Random(0))
    assert house.missing_kwh == 0
    assert house.highest() <= SIZE
    errors = [line.apart for line in house.lines.values()]
    assert any(isinstance(error, ZeroDivisionError) for error in errors)
    # Nothing has changed since: no plan is made again and again.
    before = house.count
    house.settle(Random(0))
    assert house.count == before


def test_a_car_that_cannot_be_planned_leaves_the_other_bus_its_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(goal: Goal, voltage: float) -> int:
        if goal.kwh == 6.66:
            raise ZeroDivisionError
        return kept(goal, voltage)

    kept = Goal.amp_seconds
    monkeypatch.setattr(Goal, "amp_seconds", fail)
    house = House(Line("bad", (goal(6.66, 6),)), Line("good", (goal(FULL, 6),)))
    house.settle(Random(0))
    assert house.plans.keys() == {"good"}
    assert house.missing_kwh == 0


# Whatever comes and goes


def random_goal(dice: Random, connector_id: int) -> Goal:
    return goal(
        round(dice.uniform(1, 12), 1),
        dice.choice((3, 5, 6)),
        connector_id=connector_id,
        max_amps=dice.choice((6, 10, 16)),
        stoppable=dice.random() < 0.8,
        priority=dice.choice((0, 0, 1)),
    )


def random_line(dice: Random, name: str, *, is_mixed: bool = False) -> Line:
    circuit: dict[str, Series] = {}
    if dice.random() < 0.5:
        circuit["circuit"] = always(20)
    return Line(
        name,
        tuple(random_goal(dice, at) for at in range(dice.randint(1, 2))),
        limit=dice.choice((10, 16, 32)),
        rooms={FUSE: always(SIZE), **circuit},
        outlook=dice.choice(("one", "other")) if is_mixed else "prices",
    )


def check_limits(house: House) -> None:
    """Check that the plans are within the fuse, the circuit, and each wiring."""
    assert house.highest() <= SIZE
    on_circuit = [name for name, line in house.lines.items() if "circuit" in line.rooms]
    if on_circuit:
        assert house.highest(*on_circuit) <= 20
    for name, line in house.lines.items():
        assert house.highest(name) <= line.limit


def come_and_go(seed: int, *, is_mixed: bool = False) -> None:
    """Let buses and their cars come and go in random order; with `is_mixed`, some follow other prices."""
    dice = Random(seed)
    names = ("one", "two", "three")[: 3 if is_mixed else 2]
    house = House(*(random_line(dice, name, is_mixed=is_mixed) for name in names))
    for _ in range(4):
        match dice.choice(("come", "go", "car", "silence")):
            case "come" if len(house.lines) < 3:
                name = dice.choice([n for n in ("one", "two", "three") if n not in house.lines])  # fmt: skip
                house.lines[name] = random_line(dice, name, is_mixed=is_mixed)
            case "go" if len(house.lines) > 1:
                house.remove(dice.choice(list(house.lines)))
            case "car":
                line = dice.choice(list(house.lines.values()))
                line.goals = (random_goal(dice, dice.randrange(3)),)
            case "silence":
                house.pass_time(6)
        house.settle(dice, 6 if is_mixed else 4)
        check_limits(house)
    before = house.count
    house.settle(dice, 2)
    assert house.count == before, "the same goals make no other plans"


def many_come_and_go() -> None:
    for seed in range(40):
        come_and_go(seed)


@pytest.mark.parametrize("seed", range(20))
def test_buses_that_come_and_go_stay_within_all_limits_and_come_to_rest(
    seed: int,
) -> None:
    come_and_go(seed)


@pytest.mark.parametrize("seed", range(20))
def test_buses_with_other_prices_that_come_and_go_stay_within_all_limits(
    seed: int,
) -> None:
    come_and_go(seed, is_mixed=True)


@pytest.mark.parametrize("limit", ["_common", "_shared_by_some"])
def test_without_a_common_limit_they_do_not_stay_within_it(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = Series() if limit == "_common" else []
    monkeypatch.setattr(together, limit, lambda *_: nothing)
    with pytest.raises(AssertionError):
        many_come_and_go()


def test_a_plan_for_all_goes_on_where_it_is_good_enough() -> None:
    house = House(Line("one", (goal(FULL, 6),)), Line("two", (goal(FULL, 6),)))
    house.settle(Random(0))
    parts = [
        Part(name, house.inputs_of(name), line.made, line.rooms)
        for name, line in house.lines.items()
    ]
    again = plan_together(parts)
    for name, plan in house.plans.items():
        assert instants(again[name].plan) == instants(plan)
