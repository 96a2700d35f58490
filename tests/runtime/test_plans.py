"""The plans of a bus: what the owner sets of them is followed at once, and is the same after a restart."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from unittest.mock import Mock

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.twc_manager.charging.planning.caps import CapSource
from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.planning.slots import PlanInputs
from custom_components.twc_manager.charging.planning.tariff import Tariff
from custom_components.twc_manager.charging.plans.keeper import PlanKeeper
from custom_components.twc_manager.charging.plans.making import PlanAttempt, PlanJob
from custom_components.twc_manager.charging.plans.request import (
    EnergyGoal,
    OnceTime,
    PlanRequest,
    WeeklyTime,
)
from custom_components.twc_manager.charging.plans.settings import PlanSettings
from custom_components.twc_manager.charging.plans.shared_plans import SharedPlans
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.runtime.planner import Planner
from custom_components.twc_manager.runtime.plans import PlanManager, PlanSources

ENTRY = "entry"
KEY = f"{DOMAIN}.{ENTRY}.plans"
NOW = datetime(2026, 11, 30, 18, tzinfo=UTC)
WORK = PlanRequest("work", "Work", 1, None, EnergyGoal(8), WeeklyTime(time(7)))
TRIP = PlanRequest(
    "trip", "Trip", 1, None, EnergyGoal(20), OnceTime(NOW + timedelta(hours=9))
)


@pytest.fixture(autouse=True)
async def evening(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to(NOW)


async def manager(hass: HomeAssistant, changed: Mock | None = None) -> PlanManager:
    keeper = PlanKeeper(Wiring(32, 32, 6, 230, 3))
    plans = PlanManager(hass, ENTRY, keeper, PlanSources(), changed or Mock())
    await plans.async_load()
    plans.async_update_requests([WORK])
    return plans


async def test_what_is_set_is_followed_at_once(hass: HomeAssistant) -> None:
    changed = Mock()
    plans = await manager(hass, changed)
    changed.reset_mock()
    plans.async_set(TRIP)
    plans.async_enable("work", enabled=False)
    plans.async_pause(paused=True)
    assert changed.call_count == 3
    inputs = plans.inputs()
    assert [item.plan_id for item in inputs.requests] == ["trip", "work"]
    assert [item.enabled for item in inputs.requests] == [True, False]
    assert inputs.settings.paused


async def test_all_of_it_is_the_same_after_a_restart(hass: HomeAssistant) -> None:
    plans = await manager(hass)
    plans.async_set(TRIP)
    plans.async_enable("work", enabled=False)
    plans.async_pause(paused=True)
    assert plans.async_skip("work") == datetime(2026, 12, 1, 6, tzinfo=UTC)
    await plans.async_close()
    assert (await manager(hass)).settings == plans.settings


async def test_what_makes_no_sense_is_dropped(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    for data in ({"settings": {"paused": 1}}, {"settings": None}, [7]):
        hass_storage[KEY] = {"version": 1, "minor_version": 1, "key": KEY, "data": data}
        assert (await manager(hass)).settings == PlanSettings()
    assert "the settings make no sense" in caplog.text


async def test_only_a_plan_of_an_action_can_be_cancelled(hass: HomeAssistant) -> None:
    plans = await manager(hass)
    plans.async_set(TRIP)
    assert plans.async_cancel("trip")
    assert not plans.async_cancel("trip")
    assert not plans.async_cancel("work")
    assert plans.requests == (WORK,)


async def test_a_plan_is_skipped_until_its_next_time_or_followed_after_all(
    hass: HomeAssistant,
) -> None:
    plans = await manager(hass)
    plans.async_set(TRIP)
    assert plans.async_skip("trip") == NOW + timedelta(hours=9)
    assert plans.async_skip("unknown") is None
    assert plans.settings.skipped.keys() == {"trip"}
    assert plans.async_skip("trip", skip=False) is None
    assert not plans.settings.skipped


async def test_a_removed_plan_leaves_no_settings(hass: HomeAssistant) -> None:
    plans = await manager(hass)
    plans.async_enable("work", enabled=False)
    plans.async_update_requests([])
    assert plans.settings == PlanSettings()


async def test_prices_and_sun_are_passed_on(hass: HomeAssistant) -> None:
    changed = Mock()
    plans = await manager(hass, changed)
    changed.reset_mock()
    series = Series((Piece(NOW, NOW + timedelta(hours=1), 0.3),))
    plans.async_update_tariff(Tariff(series, currency="EUR"))
    plans.async_update_sun(series)
    assert changed.call_count == 2
    inputs = plans.inputs()
    assert inputs.tariff.prices == inputs.sun == series


async def test_the_lowest_limit_is_passed_on(hass: HomeAssistant) -> None:
    changed = Mock()
    plans = await manager(hass, changed)
    changed.reset_mock()
    fuse, house = (
        Series((Piece(NOW, NOW + timedelta(hours=1), amps),)) for amps in (20.0, 12.0)
    )
    plans.async_update_cap(CapSource.MAIN_FUSE, house)
    assert plans.inputs().caps == house
    # The next one of the same source replaces it.
    plans.async_update_cap(CapSource.MAIN_FUSE, fuse)
    assert plans.inputs().caps == fuse
    assert changed.call_count == 2


async def test_what_another_line_reports_never_ends_the_decisions_of_this_one(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plans = await manager(hass)
    fuse = Series((Piece(NOW, NOW + timedelta(hours=1), 20.0),))
    plans.async_update_cap(CapSource.MAIN_FUSE, fuse)
    monkeypatch.setattr(SharedPlans, "read", Mock(side_effect=ZeroDivisionError))
    for _ in range(3):
        assert plans.inputs().caps == fuse
    assert caplog.text.count("What other lines have planned cannot be used") == 1


async def test_it_is_reported_once_that_plans_cannot_be_made_together(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = Mock()
    keeper = Mock(spec=PlanKeeper)
    planner = Planner(hass, keeper, made)
    attempts = iter([PlanAttempt(None, apart=ValueError()), PlanAttempt(None, apart=ValueError()), PlanAttempt(None)])  # fmt: skip
    monkeypatch.setattr("custom_components.twc_manager.runtime.planner.try_plan", lambda _: next(attempts))  # fmt: skip
    for number, warnings in enumerate((1, 1, 1)):
        keeper.job = PlanJob(number, None, PlanInputs(NOW, (), 32))
        planner.async_make()
        await hass.async_block_till_done(wait_background_tasks=True)
        assert caplog.text.count("cannot be made together") == warnings
    assert made.call_count == 3
