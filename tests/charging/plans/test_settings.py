"""What an owner sets of plans: it survives a restart, and what is over is dropped."""

from datetime import UTC, datetime, time, timedelta
import json
from typing import Any

import pytest

from custom_components.twc_manager.charging.planning.goals import Strategy
from custom_components.twc_manager.charging.plans.request import (
    DurationGoal,
    EnergyGoal,
    OnceTime,
    PercentGoal,
    PlanGoal,
    PlanRequest,
    ReadyTime,
    WeeklyTime,
)
from custom_components.twc_manager.charging.plans.settings import PlanSettings
from custom_components.twc_manager.charging.plans.stored_request import (
    request_as_dict,
    request_from_dict,
)

NOW = datetime(2026, 11, 30, 18, tzinfo=UTC)
MORNING = OnceTime(NOW + timedelta(hours=13))


def plan(
    plan_id: str,
    connector_id: int | None = 1,
    vehicle_id: str | None = None,
    goal: PlanGoal = EnergyGoal(10),
    ready: ReadyTime = MORNING,
) -> PlanRequest:
    return PlanRequest(
        plan_id, f"Plan {plan_id}", connector_id, vehicle_id, goal, ready
    )


@pytest.mark.parametrize("goal", [PercentGoal(62.5), EnergyGoal(10), DurationGoal(2.5)])
@pytest.mark.parametrize("ready", [MORNING, WeeklyTime(time(7, 30), frozenset({0, 4}))])
@pytest.mark.parametrize(("connector_id", "vehicle_id"), [(7, None), (None, "car")])
def test_a_plan_is_the_same_after_a_restart(
    goal: PlanGoal, ready: ReadyTime, connector_id: int | None, vehicle_id: str | None
) -> None:
    before = PlanRequest(
        "1",
        "Work",
        connector_id,
        vehicle_id,
        goal,
        ready,
        Strategy.LATEST,
        timedelta(minutes=20),
        enabled=False,
    )
    stored = json.loads(json.dumps(request_as_dict(before)))
    assert request_from_dict(stored) == before


def test_settings_are_the_same_after_a_restart() -> None:
    settings = PlanSettings(
        paused=True, disabled=frozenset({"a"}), once=(plan("b"), plan("c", 2))
    ).with_skipped("a", NOW + timedelta(days=1))
    stored = json.loads(json.dumps(settings.as_dict()))
    assert PlanSettings.from_dict(stored) == settings


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"paused": False, "disabled": 7, "skipped": {}, "once": []},
        {"paused": False, "disabled": [], "skipped": {"a": "soon"}, "once": []},
        {
            "paused": False,
            "disabled": [],
            "skipped": {"a": "2026-11-30T07:00:00"},
            "once": [],
        },
        {
            "paused": False,
            "disabled": [],
            "skipped": {},
            "once": [request_as_dict(plan("a", ready=WeeklyTime(time(7))))],
        },
    ],
)
def test_settings_that_make_no_sense_are_refused(broken: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        PlanSettings.from_dict(broken)


def test_an_action_replaces_its_plan_for_the_same_vehicle_only() -> None:
    settings = PlanSettings()
    for item in (plan("a"), plan("b", 2), plan("c"), plan("d", None, "car")):
        settings = settings.with_once(item)
    assert [item.plan_id for item in settings.once] == ["d", "c", "b"]


def test_plans_of_actions_come_before_those_that_were_added() -> None:
    settings = PlanSettings(once=(plan("once"),)).with_enabled("off", enabled=False)
    requests = settings.requests([plan("on"), plan("off")])
    assert [item.plan_id for item in requests] == ["once", "on", "off"]
    assert [item.enabled for item in requests] == [True, True, False]
    again = settings.with_enabled("off", enabled=True)
    assert all(item.enabled for item in again.requests([plan("off")]))


def test_a_skipped_plan_is_followed_again_after_its_time() -> None:
    settings = PlanSettings().with_skipped("a", MORNING.at)
    assert settings.is_skipped("a", NOW)
    assert not settings.is_skipped("b", NOW)
    assert not settings.is_skipped("a", MORNING.at)
    assert not settings.with_skipped("a", None).is_skipped("a", NOW)


def test_what_is_over_or_belongs_to_a_removed_plan_is_dropped() -> None:
    settings = PlanSettings(
        disabled=frozenset({"gone", "there", "once"}), once=(plan("once"),)
    )
    for plan_id, until in (("there", MORNING.at), ("gone", MORNING.at), ("old", NOW)):
        settings = settings.with_skipped(plan_id, until)
    settled = settings.settled(NOW, {"there", "old"})
    assert settled.disabled == {"there", "once"}
    assert settled.skipped == {"there": MORNING.at}
    assert settled.settled(NOW, {"there"}) is settled


def test_a_removed_plan_leaves_nothing() -> None:
    settings = PlanSettings(disabled=frozenset({"a"}), once=(plan("a"), plan("b")))
    left = settings.with_skipped("a", NOW).without({"a"})
    assert left == PlanSettings(once=(plan("b"),))
