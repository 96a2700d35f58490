"""Charging below a price: more than green energy while electricity is cheap."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from custom_components.twc_manager.charging.allocation.budgets import (
    CURRENT,
    budget_keys,
)
from custom_components.twc_manager.charging.modes.active_rule import (
    Mode,
    next_rule,
    rule_for,
)
from custom_components.twc_manager.charging.modes.house_settings import (
    HouseUserSettings,
)
from custom_components.twc_manager.charging.modes.schedules import (
    Schedule,
    ScheduleKind,
)
from custom_components.twc_manager.charging.modes.user_settings import UserSettings
from custom_components.twc_manager.charging.outcome import ActiveRule, Rule

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHEAP = UserSettings(mode=Mode.GREEN, house=HouseUserSettings(cheap_below=0.1))
DAY = Schedule("d", "Day", frozenset(range(7)), time(8), time(18), amps=20)


@pytest.mark.parametrize("price", [0.0999, 0.0, -0.3])
def test_below_the_price_green_charges_with_all_current(price: float) -> None:
    rule = rule_for(CHEAP.rule_settings((), price), 1, NOON)
    assert rule == ActiveRule(Rule.CHEAP)
    # The limit that the owner set for all connectors together holds, as with fixed current.
    assert CURRENT in budget_keys(rule)


@pytest.mark.parametrize("price", [0.1, 0.2, None])
def test_otherwise_and_without_a_price_it_is_green(price: float | None) -> None:
    rule = rule_for(CHEAP.rule_settings((), price), 1, NOON)
    assert rule == ActiveRule(Rule.GREEN, green=True)


def test_no_price_is_cheap_until_one_was_set() -> None:
    settings = UserSettings(mode=Mode.GREEN).rule_settings((), -5.0)
    assert rule_for(settings, 1, NOON).green


@pytest.mark.parametrize("mode", [Mode.FIXED, Mode.OFF])
def test_other_modes_stay_what_they_are(mode: Mode) -> None:
    settings = replace(CHEAP, mode=mode)
    cheap = rule_for(settings.rule_settings((), 0.0), 1, NOON)
    assert cheap == rule_for(settings.rule_settings((), 1.0), 1, NOON)


def test_a_green_schedule_charges_with_its_own_current() -> None:
    schedule = replace(DAY, kind=ScheduleKind.GREEN_ONLY)
    cheap = rule_for(CHEAP.rule_settings([schedule], 0.05), 1, NOON)
    assert (cheap.rule, cheap.amps, cheap.green) == (Rule.SCHEDULE, 20, False)
    dear = rule_for(CHEAP.rule_settings([schedule], 0.15), 1, NOON)
    assert dear == replace(cheap, green=True)


def test_a_schedule_without_charging_stays() -> None:
    schedule = replace(DAY, kind=ScheduleKind.DO_NOT_CHARGE)
    assert rule_for(CHEAP.rule_settings([schedule], 0.0), 1, NOON).amps == 0


def test_nobody_knows_whether_it_will_be_cheap_later() -> None:
    settings = CHEAP.rule_settings([DAY], 0.05)
    following = next_rule(settings, 1, NOON)
    assert following is not None
    assert following.start == NOON + timedelta(hours=6)
    assert following.active_rule.rule is Rule.GREEN


def test_the_price_is_kept_over_a_restart() -> None:
    assert UserSettings.from_dict(CHEAP.as_dict()) == CHEAP
    with pytest.raises(ValueError, match="no number"):
        UserSettings.from_dict({**CHEAP.as_dict(), "cheap_below": float("nan")})
