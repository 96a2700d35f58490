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
from custom_components.twc_manager.state.reasons import bus_reason
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
