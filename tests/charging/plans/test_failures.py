"""An error in one plan: the others are followed, and the faulty one is reported."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from custom_components.twc_manager.charging.outcome import Rule
from custom_components.twc_manager.charging.plans import (
    goals,
    keeper,
    making,
    need,
    report,
    session,
)
from custom_components.twc_manager.charging.plans.making import RETRY_SECONDS
from custom_components.twc_manager.charging.plans.request import EnergyGoal, PlanRequest
from custom_components.twc_manager.charging.plans.status import PlanDoubt, PlanState

from .home import EVENING, Car, Home, at, work

MINUTE = timedelta(minutes=1)
ODD = work(EnergyGoal(5.5), plan_id="odd", name="Odd", connector_id=2)


def home_of_two() -> Home:
    return Home({1: Car(), 2: Car()}, (work(), ODD))


def _is_odd(value: Any) -> bool:
    """Return whether something that a plan is followed with belongs to the odd one."""
    match value:
        case EnergyGoal():
            return value == ODD.goal
        case goals.Planned():
            return value.seen.connector_id == 2
        case PlanRequest():
            return value == ODD
        case report.Followed():
            return value.seen.connector_id == 2
    return bool(value.request == ODD)


@contextmanager
def error_in(module: Any, name: str) -> Iterator[None]:
    """Have a function fail for the odd plan."""
    before = getattr(module, name)

    def fails(first: Any, *args: Any, **kwargs: Any) -> Any:
        if _is_odd(first):
            raise ZeroDivisionError
        return before(first, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, name, fails)
        yield


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (session, "need_of"),
        (session, "advanced"),
        (session, "begin"),
        (goals, "_goal"),
        (keeper, "rule_of"),
        (keeper, "status_in_force"),
    ],
)
def test_an_error_in_one_plan_leaves_the_others(module: Any, name: str) -> None:
    home = home_of_two()
    with error_in(module, name):
        result = home.run(EVENING + 2 * MINUTE)
    assert result.plans.error is None
    assert result.plans.failed.keys() == {"odd"}
    assert result.plans.statuses["odd"].state is PlanState.FAILED
    assert result.decision.connectors[2].rule is Rule.FIXED
    assert home.state() is PlanState.WAITING
    assert result.decision.connectors[1].rule is Rule.PLAN
    assert result.decision.offers[1] == 0


@pytest.mark.parametrize("requests", [(work(),), (work(), ODD)])
def test_an_error_in_what_is_known_of_a_car_leaves_the_plans_of_the_others(
    monkeypatch: pytest.MonkeyPatch, requests: tuple[PlanRequest, ...]
) -> None:
    update = need.Battery.update

    def fails(self: Any, state: Any, *args: Any) -> None:
        if state.level == 77:
            raise ZeroDivisionError
        update(self, state, *args)

    monkeypatch.setattr(need.Battery, "update", fails)
    home = Home({1: Car(), 2: Car(level=77)}, requests)
    result = home.run(EVENING + 2 * MINUTE)
    assert result.plans.error is None
    assert result.plans.failed.keys() == {"odd"} & {item.plan_id for item in requests}
    assert result.decision.connectors[2].rule is Rule.FIXED
    assert home.state() is PlanState.WAITING


@pytest.mark.long
def test_a_plan_that_can_be_followed_again_knows_what_was_charged() -> None:
    home = home_of_two()
    home.run(EVENING + 2 * MINUTE)
    with error_in(session, "need_of"):
        home.run(EVENING + 20 * MINUTE)
    assert home.cars[2].kwh > 2
    result = home.run(EVENING + 22 * MINUTE)
    assert result.plans.statuses["odd"].state is PlanState.WAITING
    home.run(at("7:00"))
    assert home.cars[2].kwh == pytest.approx(5.5, abs=0.2)


@pytest.mark.long
def test_one_for_which_no_plan_can_be_made_charges_at_once_and_the_other_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make, fails = making.next_plan, True

    def next_plan(before: Any, inputs: Any) -> Any:
        if fails and any(goal.connector_id == 2 for goal in inputs.goals):
            raise ZeroDivisionError
        return make(before, inputs)

    monkeypatch.setattr(making, "next_plan", next_plan)
    home = home_of_two()
    result = home.run(EVENING + 4 * MINUTE)
    assert result.decision.offers[1] == 0
    assert home.status.next_start == at("2:00")
    assert result.decision.offers[2] >= 16
    assert PlanDoubt.PLANNER_FAILED in result.plans.statuses["odd"].doubts
    assert PlanDoubt.PLANNER_FAILED not in home.status.doubts
    assert home.jobs <= 2
    fails = False
    result = home.run(EVENING + 2 * MINUTE + timedelta(seconds=RETRY_SECONDS))
    assert PlanDoubt.PLANNER_FAILED not in result.plans.statuses["odd"].doubts
    assert result.plans.statuses["odd"].next_start == at("2:00")


def test_an_error_that_is_in_no_plan_alone_fails_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make = making.next_plan

    def next_plan(before: Any, inputs: Any) -> Any:
        if len(inputs.goals) > 1:
            raise ZeroDivisionError
        return make(before, inputs)

    monkeypatch.setattr(making, "next_plan", next_plan)
    home = home_of_two()
    result = home.run(EVENING + 2 * MINUTE)
    assert all(
        PlanDoubt.PLANNER_FAILED in item.doubts
        for item in result.plans.statuses.values()
    )
    assert result.decision.offers[1] >= 6 and result.decision.offers[2] >= 6
