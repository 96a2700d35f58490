"""The words of the issue that names plans out of reach."""

from dataclasses import replace
from datetime import UTC, datetime

from custom_components.twc_manager.charging.plans.status import PlanState, PlanStatus
from custom_components.twc_manager.state.unreachable_plans import UnreachablePlans

NAMES = {"work": "Work", "trip": "Trip"}
READY = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
WORK = PlanStatus("work", PlanState.UNREACHABLE, ready=READY, possible_percent=61.7)
TRIP = PlanStatus("trip", PlanState.UNREACHABLE, possible_kwh=12.2)


def test_a_plan_is_named_after_a_minute_with_what_can_be_reached() -> None:
    plans = UnreachablePlans()
    both = {"work": WORK, "trip": TRIP}
    assert not plans.texts(both, NAMES, 0.0)
    assert not plans.texts(both, NAMES, 59.9)
    assert plans.texts(both, NAMES, 60.0) == "Work (62 %, 15:00), Trip (12 kWh)"


def test_a_plan_that_is_in_reach_again_is_not_named_and_starts_anew() -> None:
    plans = UnreachablePlans()
    plans.texts({"work": WORK}, NAMES, 0.0)
    in_reach = replace(WORK, state=PlanState.CHARGING)
    assert not plans.texts({"work": in_reach}, NAMES, 30.0)
    assert not plans.texts({"work": WORK}, NAMES, 61.0)
    assert plans.texts({"work": WORK}, NAMES, 121.0) == "Work (62 %, 15:00)"


def test_a_plan_that_was_removed_is_not_named() -> None:
    plans = UnreachablePlans()
    plans.texts({"work": WORK}, {}, 0.0)
    assert not plans.texts({"work": WORK}, {}, 61.0)


def test_without_knowing_what_is_possible_the_lack_is_named() -> None:
    plans = UnreachablePlans()
    lacks = PlanStatus("trip", PlanState.UNREACHABLE, missing_kwh=7.4)
    plans.texts({"trip": lacks}, NAMES, 0.0)
    assert plans.texts({"trip": lacks}, NAMES, 60.0) == "Trip (−7 kWh)"
