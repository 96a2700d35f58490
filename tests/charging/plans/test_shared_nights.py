"""A night of one bus of several that are planned together, with the real rules: what it reports, and what it waits for."""

from dataclasses import replace
from datetime import timedelta

from custom_components.twc_manager.charging.plans.request import EnergyGoal
from custom_components.twc_manager.charging.plans.shared_plans import always
from custom_components.twc_manager.charging.plans.together import Part, Shared
from tests.charging.planning.scene import goal, inputs

from .buses import FUSE
from .home import EVENING, Car, Home, at, prices_by_hour, work

MINUTE = timedelta(minutes=1)
TWO_CHEAP_HOURS = prices_by_hour([0.40] * 6 + [0.10, 0.40, 0.10] + [0.40] * 39)
ROOMS = {FUSE: always(40)}


def shared(*, waits: bool = False) -> Shared:
    """Return what a bus shares with another one that has a plan."""
    wanted = replace(inputs([0.3], goal(1, 6)), now=EVENING)
    part = Part("other", wanted, None, ROOMS)
    return Shared("own", ROOMS, always(40), (part,), always(24), waits=waits)


def test_nothing_stops_while_another_bus_makes_a_plan_for_both() -> None:
    home = Home({1: Car()}, (work(EnergyGoal(22.0)),), tariff=TWO_CHEAP_HOURS)
    home.run(at("0:50"))
    assert home.cars[1].drawn
    jobs = home.jobs
    home.plans = replace(home.plans, shared=shared(waits=True))
    home.run(at("1:05"))
    assert home.cars[1].drawn, "its slot is over, but the next plan may go on"
    assert home.jobs == jobs
    home.plans = replace(home.plans, shared=shared())
    home.run(at("1:06"))
    assert not home.cars[1].drawn


def test_a_bus_reports_to_the_others_what_its_vehicles_without_a_plan_take() -> None:
    home = Home({1: Car(), 2: Car()}, (work(),))
    home.plans = replace(home.plans, shared=shared())
    home.run(EVENING + 5 * MINUTE)
    assert home.cars[2].drawn
    making = home.rules.plans.making
    assert making.inputs is not None
    assert (making.shared.beside.at(EVENING + 6 * MINUTE) or 0) >= 16


def test_a_bus_reports_to_the_others_what_it_expects_without_any_vehicle() -> None:
    home = Home({1: Car(plugged=False)}, (work(),))
    home.run(EVENING + 2 * MINUTE)
    published = home.rules.plans.making.inputs
    assert published is not None
    assert published.goals == ()
    assert [item.connector_id for item in published.expected] == [1]
    assert home.jobs == 0


def test_a_bus_follows_what_another_one_has_planned_for_it() -> None:
    home = Home({1: Car()}, (work(EnergyGoal(11.0)),), tariff=TWO_CHEAP_HOURS)
    home.run(EVENING + 2 * MINUTE)
    keeper = home.rules.plans
    assert keeper.made is not None
    made = keeper.made
    car = made.plan.vehicles[1]
    start = at("3:00")
    first = replace(car.slots[0], start=start, end=start + timedelta(hours=1))
    plan = replace(made.plan, vehicles={1: replace(car, slots=(first,))})
    offered = replace(made, plan=plan)
    home.plans = replace(home.plans, shared=replace(shared(), offered=offered))
    home.run(EVENING + 3 * MINUTE)
    assert keeper.made is offered
    assert home.status.next_start == start
