"""What an owner asks of a plan: bad values are refused with the name of what is wrong."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.twc_manager.charging.planning.errors import PlanError
from custom_components.twc_manager.charging.plans.request import (
    DurationGoal,
    EnergyGoal,
    OnceTime,
    PercentGoal,
    PlanRequest,
    WeeklyTime,
)

MORNING = WeeklyTime(time(7))


def request(keep: timedelta = timedelta(), connector_id: int | None = 1) -> PlanRequest:
    return PlanRequest(
        "1", "Work", connector_id, None, PercentGoal(80), MORNING, keep=keep
    )


@pytest.mark.parametrize(
    ("make", "what"),
    [
        pytest.param(lambda: PercentGoal(0), "target", id="nothing"),
        pytest.param(lambda: PercentGoal(101), "target", id="over full"),
        pytest.param(lambda: PercentGoal(float("nan")), "target", id="no number"),
        pytest.param(lambda: EnergyGoal(-1), "energy", id="negative"),
        pytest.param(lambda: EnergyGoal(1e6), "energy", id="MWh"),
        pytest.param(lambda: DurationGoal(0), "hours", id="no hours"),
        pytest.param(lambda: DurationGoal(500), "hours", id="weeks"),
        pytest.param(lambda: WeeklyTime(time(7), frozenset()), "days", id="no day"),
        pytest.param(lambda: WeeklyTime(time(7), frozenset({7})), "days", id="8th"),
        pytest.param(lambda: OnceTime(datetime(2026, 1, 1)), "ready", id="no zone"),
        pytest.param(lambda: request(timedelta(-1)), "keep", id="negative keep"),
        pytest.param(lambda: request(timedelta(days=1)), "keep", id="a day of heat"),
        pytest.param(lambda: request(connector_id=None), "connector", id="for nobody"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    make: Callable[[], object], what: str
) -> None:
    with pytest.raises(PlanError) as refused:
        make()
    assert refused.value.what == what


def test_a_moment_is_the_same_in_any_zone() -> None:
    local = datetime(2026, 7, 1, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    assert OnceTime(local) == OnceTime(datetime(2026, 7, 1, 7, tzinfo=UTC))
    assert PlanRequest("1", "Trip", 1, None, EnergyGoal(5), OnceTime(local)).is_once
    assert not request().is_once
