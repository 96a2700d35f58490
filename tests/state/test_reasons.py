"""Why a bus offers no more: what the guard of the wiring holds back comes before what the rules say."""

from dataclasses import replace

import pytest

from custom_components.twc_manager.charging.decision import ConnectorDecision, Decision
from custom_components.twc_manager.charging.modes.user_settings import UserSettings
from custom_components.twc_manager.charging.outcome import (
    FIXED,
    ActiveRule,
    LimitReason,
    Rule,
)
from custom_components.twc_manager.charging.rules import RulesResult
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.state.reasons import bus_reason, bus_rule
from custom_components.twc_manager.twc import BusStatus

WIRING = Wiring(40, 40, 6, 240, 1)


def reason(rule: ActiveRule, connector: LimitReason, *, withheld: bool) -> LimitReason:
    decision = Decision(
        {1: 12}, {1: ConnectorDecision(12, rule, connector)}, withheld=withheld
    )
    result = RulesResult(decision, {1: rule}, rule)
    settings = UserSettings(current=20)
    return bus_reason(result, settings, WIRING, BusStatus.RUNNING)


@pytest.mark.parametrize(
    ("rule", "usually"),
    [
        (FIXED, LimitReason.OWN_LIMIT),
        (ActiveRule(Rule.SCHEDULE, amps=16), LimitReason.SCHEDULE),
    ],
)
def test_what_the_guard_holds_back_is_the_wiring(
    rule: ActiveRule, usually: LimitReason
) -> None:
    assert reason(rule, LimitReason.SHARED, withheld=False) is usually
    assert reason(rule, LimitReason.WIRING, withheld=True) is LimitReason.WIRING


def test_one_that_does_not_obey_and_a_rule_that_is_off_come_first() -> None:
    others = LimitReason.OTHER_DISOBEYS
    assert reason(FIXED, others, withheld=True) is LimitReason.DISOBEYS
    off = replace(FIXED, rule=Rule.OFF)
    assert reason(off, LimitReason.OFF, withheld=True) is LimitReason.OFF


PLAN = ActiveRule(Rule.PLAN, amps=12)
NOBODY = ConnectorDecision(0, FIXED, LimitReason.NO_VEHICLE)


def shown(*connectors: tuple[ActiveRule, LimitReason]) -> tuple[Rule, LimitReason]:
    """Return rule and reason of a bus in the mode fixed, at the last connector of which is no vehicle."""
    decisions = {
        at: ConnectorDecision(0, rule, reason)
        for at, (rule, reason) in enumerate(connectors)
    }
    decision = Decision(dict.fromkeys(decisions, 0), {**decisions, 9: NOBODY})
    result = RulesResult(decision, {}, FIXED)
    reason = bus_reason(result, UserSettings(), WIRING, BusStatus.RUNNING)
    return bus_rule(result), reason


def test_a_bus_whose_vehicles_have_plans_shows_that() -> None:
    charges, waits, reached = (
        (PLAN, LimitReason.PLAN),
        (PLAN, LimitReason.WAITS_FOR_PLAN),
        (PLAN, LimitReason.PLAN_REACHED),
    )
    assert shown(waits) == (Rule.PLAN, LimitReason.WAITS_FOR_PLAN)
    assert shown(waits, charges, reached) == (Rule.PLAN, LimitReason.PLAN)
    assert shown(reached, waits) == (Rule.PLAN, LimitReason.WAITS_FOR_PLAN)
    # What limits one of them more than its plan is shown in its place.
    assert shown((PLAN, LimitReason.SHARED), waits) == (Rule.PLAN, LimitReason.WIRING)


def test_a_vehicle_without_a_plan_or_none_at_all_is_by_the_rule_of_the_bus() -> None:
    waits = (PLAN, LimitReason.WAITS_FOR_PLAN)
    assert shown(waits, (FIXED, LimitReason.WIRING)) == (Rule.FIXED, LimitReason.WIRING)
    assert shown() == (Rule.FIXED, LimitReason.WIRING)
