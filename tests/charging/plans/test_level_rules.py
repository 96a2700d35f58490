"""Charging at once up to one level, and stopping at another."""

from datetime import UTC, datetime
from typing import Final

import pytest

from custom_components.twc_manager.charging.outcome import ActiveRule, LimitReason, Rule
from custom_components.twc_manager.charging.plans.level_rules import (
    LevelLimits,
    LevelRules,
    LimitedLevel,
)

UNTIL: Final = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)
GREEN: Final = ActiveRule(Rule.GREEN, green=True, until=UNTIL)
FIXED: Final = ActiveRule(Rule.FIXED)
OFF: Final = ActiveRule(Rule.OFF, 0)
CHARGE_NOW: Final = ActiveRule(Rule.CHARGE_NOW)
FORBIDDEN: Final = ActiveRule(Rule.SCHEDULE, 0, name="Never")
WAITS: Final = ActiveRule(Rule.PLAN, 0, reason=LimitReason.WAITS_FOR_PLAN)
PLANNED: Final = ActiveRule(Rule.PLAN, 16, reason=LimitReason.PLAN)
AT_ONCE: Final = LevelLimits(at_once=30)
STOP: Final = LevelLimits(stop_at=80)


def one(
    rules: LevelRules, rule: ActiveRule, level: float | None, limits: LevelLimits
) -> ActiveRule:
    """Return the rule of a connector with a level."""
    return rules.apply({1: rule}, {1: LimitedLevel(level, limits)})[1]


@pytest.mark.parametrize("rule", [GREEN, WAITS, PLANNED])
def test_below_its_level_a_vehicle_charges_at_once(rule: ActiveRule) -> None:
    assert one(LevelRules(), rule, 20, AT_ONCE) == ActiveRule(
        Rule.LEVEL, until=rule.until
    )


def test_a_green_schedule_keeps_its_amps() -> None:
    schedule = ActiveRule(Rule.SCHEDULE, 16, green=True, name="Day")
    assert one(LevelRules(), schedule, 20, AT_ONCE) == ActiveRule(Rule.LEVEL, 16)


@pytest.mark.parametrize("rule", [FIXED, OFF, CHARGE_NOW, FORBIDDEN])
def test_what_forbids_or_gives_all_is_left_alone_below_the_level(
    rule: ActiveRule,
) -> None:
    assert one(LevelRules(), rule, 20, AT_ONCE) == rule


def test_a_schedule_that_may_be_in_force_goes_on_to_restrict() -> None:
    doubtful = ActiveRule(Rule.GREEN, green=True, parts=(GREEN, FORBIDDEN))
    assert one(LevelRules(), doubtful, 20, AT_ONCE) == doubtful


def test_it_charges_at_once_until_the_level_and_not_again_for_a_little_less() -> None:
    rules = LevelRules()
    shown = [
        one(rules, GREEN, level, AT_ONCE).rule
        for level in (27, 28, 29, 30, 29, 28, 27.9)
    ]
    assert shown == [Rule.LEVEL] * 3 + [Rule.GREEN] * 3 + [Rule.LEVEL]


def test_an_unknown_level_is_not_empty() -> None:
    rules = LevelRules()
    assert one(rules, GREEN, None, AT_ONCE) == GREEN
    one(rules, GREEN, 20, AT_ONCE)
    assert one(rules, GREEN, None, AT_ONCE) == GREEN


@pytest.mark.parametrize(
    "rule", [GREEN, FIXED, ActiveRule(Rule.SCHEDULE, 16, name="Night")]
)
def test_at_its_level_a_vehicle_stops(rule: ActiveRule) -> None:
    stopped = one(LevelRules(), rule, 80, STOP)
    assert (stopped.rule, stopped.name, stopped.until) == (
        rule.rule,
        rule.name,
        rule.until,
    )
    assert (stopped.amps, stopped.green) == (0, False)
    assert stopped.reason is LimitReason.LEVEL_REACHED


@pytest.mark.parametrize("rule", [OFF, CHARGE_NOW, FORBIDDEN, WAITS, PLANNED])
def test_what_has_a_goal_of_its_own_or_forbids_is_left_alone(rule: ActiveRule) -> None:
    assert one(LevelRules(), rule, 90, STOP) == rule


def test_a_vehicle_that_has_stopped_is_not_started_again_for_a_little_less() -> None:
    rules = LevelRules()
    shown = [
        one(rules, FIXED, level, STOP).amps for level in (79, 80, 79, 78, None, 77, 79)
    ]
    assert shown == [None, 0, 0, 0, 0, None, None]


def test_the_next_vehicle_begins_anew() -> None:
    rules = LevelRules()
    assert one(rules, FIXED, 80, STOP).amps == 0
    assert rules.apply({1: FIXED}, {}) == {1: FIXED}
    assert one(rules, FIXED, 79, STOP) == FIXED


def test_without_levels_set_nothing_changes() -> None:
    for level in (0, 50, 100, None):
        assert one(LevelRules(), GREEN, level, LevelLimits()) == GREEN


def test_where_both_are_the_same_level_it_stops_there() -> None:
    both = LevelLimits(at_once=80, stop_at=80)
    rules = LevelRules()
    assert one(rules, GREEN, 60, both).rule is Rule.LEVEL
    assert one(rules, GREEN, 80, both).amps == 0
    assert one(rules, GREEN, 79, both).amps == 0
    assert one(rules, GREEN, 70, both).rule is Rule.LEVEL
