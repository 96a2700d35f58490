"""The plan that is stored: it is the same after a restart, and what makes no sense is refused as a whole."""

from collections.abc import Callable
from copy import deepcopy
import json
from typing import Any

import pytest

from custom_components.twc_manager.charging.plans.request import PercentGoal
from custom_components.twc_manager.charging.plans.stored import KeptPlans

from .home import Car, Home, at, work

pytestmark = pytest.mark.long

ERRORS = (AttributeError, KeyError, OverflowError, TypeError, ValueError)


def kept() -> dict[str, Any]:
    home = Home({1: Car()}, (work(PercentGoal(80)),))
    home.run(at("18:10", day=0))
    stored: dict[str, Any] = json.loads(json.dumps(home.rules.plans.kept.as_dict()))
    return stored


def test_what_is_followed_is_the_same_after_a_restart() -> None:
    stored = kept()
    assert stored["plan"]["cars"][0]["slots"]
    assert stored["sessions"][0]["tracker"]["level"] == 40
    assert KeptPlans.from_dict(stored).as_dict() == stored


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda data: data.pop("sessions"), id="no sessions"),
        pytest.param(lambda data: data.update(plan=[7]), id="no plan"),
        pytest.param(
            lambda data: data["plan"]["cars"][0]["slots"][0].reverse(), id="slot"
        ),
        pytest.param(
            lambda data: data["plan"]["cars"][0]["slots"][0].pop(), id="short slot"
        ),
        pytest.param(
            lambda data: data["sessions"][0]["progress"][0].update(state="x"),
            id="state",
        ),
        pytest.param(
            lambda data: data["tariff"]["prices"].append(
                data["tariff"]["prices"][0][:2]
            ),
            id="price",
        ),
        pytest.param(lambda data: data.update(habits={"1": "much"}), id="habit"),
    ],
)
def test_what_makes_no_sense_is_refused(
    spoil: Callable[[dict[str, Any]], object],
) -> None:
    data = deepcopy(kept())
    spoil(data)
    with pytest.raises(ERRORS):
        KeptPlans.from_dict(data)


def test_a_plan_for_another_time_is_made_anew() -> None:
    home = Home({1: Car()}, (work(),))
    home.run(at("18:10", day=0))
    data = home.rules.plans.kept.as_dict()
    data["plan"]["cars"][0]["ready"] += 86_400
    home.restart()
    home.rules.plans.resume(KeptPlans.from_dict(data))
    jobs = home.jobs
    home.step()
    assert home.jobs == jobs + 1
    assert home.status.next_start == at("2:00")
