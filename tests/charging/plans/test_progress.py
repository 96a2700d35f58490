"""How far a plan is: every row of its transitions is needed, and leads where it says."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from custom_components.twc_manager.charging.plans.inputs import PluggedIn
from custom_components.twc_manager.charging.plans.need import EnergyNeed
from custom_components.twc_manager.charging.plans.progress import (
    Progress,
    ProgressState,
    advanced,
    begin,
    revised,
)
from custom_components.twc_manager.charging.plans.request import (
    EnergyGoal,
    OnceTime,
    PlanRequest,
    WeeklyTime,
)

NIGHT = datetime(2026, 12, 1, 1, tzinfo=UTC)
READY = datetime(2026, 12, 1, 7, tzinfo=UTC)
WEEKLY = PlanRequest("1", "Work", 1, None, EnergyGoal(10), WeeklyTime(time(7)))
ONCE = replace(WEEKLY, ready=OnceTime(READY))
PENDING, OVERDUE, REACHED = ProgressState
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("request_", "state", "kwh", "local", "expected"),
    [
        pytest.param(WEEKLY, PENDING, 5, NIGHT, (PENDING, READY), id="not yet"),
        pytest.param(WEEKLY, PENDING, 0, NIGHT, (REACHED, READY), id="enough"),
        pytest.param(WEEKLY, PENDING, 5, READY, (OVERDUE, READY), id="late"),
        pytest.param(
            WEEKLY, OVERDUE, 5, READY + 11 * HOUR, (OVERDUE, READY), id="goes on"
        ),
        pytest.param(
            WEEKLY,
            OVERDUE,
            5,
            READY + DAY / 2,
            (PENDING, READY + DAY),
            id="next counts",
        ),
        pytest.param(
            WEEKLY, OVERDUE, 5, READY + 2 * DAY, (PENDING, READY + DAY), id="later"
        ),
        pytest.param(ONCE, OVERDUE, 5, READY + DAY, (OVERDUE, READY), id="no next"),
        pytest.param(WEEKLY, OVERDUE, 0, READY, (REACHED, READY), id="late enough"),
        pytest.param(WEEKLY, REACHED, 0, READY, (PENDING, READY + DAY), id="next day"),
        pytest.param(ONCE, REACHED, 0, READY, (REACHED, READY), id="once"),
        pytest.param(WEEKLY, REACHED, 1.0, NIGHT, (REACHED, READY), id="loses some"),
        pytest.param(WEEKLY, REACHED, 3.0, NIGHT, (PENDING, READY), id="loses more"),
    ],
)
def test_a_plan_goes_from_state_to_state(
    request_: PlanRequest,
    state: ProgressState,
    kwh: float,
    local: datetime,
    expected: tuple[ProgressState, datetime],
) -> None:
    before = Progress(request_, PluggedIn(), READY, state)
    after = advanced(before, EnergyNeed(kwh), local)
    assert (after.state, after.ready) == expected


def test_a_plan_whose_time_is_over_does_not_begin() -> None:
    assert begin(ONCE, PluggedIn(), READY) is None
    begun = begin(ONCE, PluggedIn(3.0), NIGHT)
    assert begun is not None
    assert (begun.ready, begun.began.energy_kwh) == (READY, 3.0)


def test_another_goal_makes_a_plan_go_on_and_another_time_begins_anew() -> None:
    reached = Progress(WEEKLY, PluggedIn(2.0), READY, REACHED)
    more = revised(reached, replace(WEEKLY, goal=EnergyGoal(20)), NIGHT)
    assert more is not None
    assert (more.state, more.began) == (PENDING, PluggedIn(2.0))
    late = revised(reached, replace(WEEKLY, goal=EnergyGoal(20)), READY)
    assert late is not None
    assert late.state is OVERDUE
    earlier = revised(reached, replace(WEEKLY, ready=WeeklyTime(time(6))), NIGHT)
    assert earlier is not None
    assert (earlier.state, earlier.ready.hour) == (PENDING, 6)
    renamed = revised(reached, replace(WEEKLY, name="Office"), NIGHT)
    assert renamed is not None
    assert renamed.state is REACHED
    over = OnceTime(NIGHT - timedelta(hours=1))
    assert revised(reached, replace(WEEKLY, ready=over), NIGHT) is None
    assert revised(reached, WEEKLY, NIGHT) is reached
