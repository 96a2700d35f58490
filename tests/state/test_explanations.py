"""The decisions of the rules as entities show them, without what alternates at every update."""

from dataclasses import replace
from datetime import datetime, timedelta
import itertools
from random import Random

import pytest

from custom_components.twc_manager.charging.decision import ConnectorDecision, Decision
from custom_components.twc_manager.charging.explain import Scene
from custom_components.twc_manager.charging.modes.user_settings import UserSettings
from custom_components.twc_manager.charging.outcome import (
    ActiveRule,
    GreenBudget,
    LimitReason,
    Rule,
)
from custom_components.twc_manager.charging.rules import RulesResult
from custom_components.twc_manager.charging.supply.surplus import Surplus
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.state.debounce import DEBOUNCE_SECONDS
from custom_components.twc_manager.state.explanations import Explainer
from custom_components.twc_manager.twc import BusStatus, Snapshot
from tests.charging.states import charging
from tests.charging.test_rules import Site

WIRING = Wiring(48, 40, 12, 240, 1)
NOON = datetime.fromisoformat("2026-11-23T12:00:00+01:00")
GREEN = ActiveRule(Rule.GREEN, green=True)
DOUBTED = ActiveRule(
    Rule.FIXED, 10, parts=(ActiveRule(Rule.FIXED), ActiveRule(Rule.SCHEDULE, 10))
)


def rules_result(
    reason: LimitReason = LimitReason.WIRING,
    active_rule: ActiveRule = ActiveRule(Rule.FIXED),
    next_change: float | None = None,
    budget: GreenBudget | None = None,
    surplus: Surplus | None = None,
) -> RulesResult:
    decided = ConnectorDecision(16, active_rule, reason, next_change=next_change)
    return RulesResult(
        Decision({1: 16}, {1: decided}), {1: active_rule}, active_rule, budget, surplus
    )


def scene(
    result: RulesResult,
    now: float = 0,
    *,
    user_settings: UserSettings = UserSettings(),
    local: datetime = NOON,
    status: BusStatus = BusStatus.RUNNING,
) -> Scene:
    connectors = tuple(map(charging, result.decision.connectors))
    snapshot = Snapshot(status, connectors)
    return Scene(result, snapshot, user_settings, WIRING, now, local)


def test_reasons_that_take_turns_are_shown_when_they_stay() -> None:
    explainer = Explainer()

    def shown(reason: LimitReason, now: float) -> LimitReason:
        return explainer.connectors(scene(rules_result(reason), now))[1].reason

    assert shown(LimitReason.SETTLING, 0) is LimitReason.SETTLING
    for now in range(100):
        turn = LimitReason.GREEN_ENERGY if now % 6 else LimitReason.SETTLING
        assert shown(turn, now) is LimitReason.SETTLING
    assert shown(LimitReason.SETTLING, 100) is LimitReason.SETTLING
    assert shown(LimitReason.GREEN_ENERGY, 101) is LimitReason.SETTLING
    assert (
        shown(LimitReason.GREEN_ENERGY, 101 + DEBOUNCE_SECONDS)
        is LimitReason.GREEN_ENERGY
    )
    # Any other reason is shown at once.
    for reason in (
        LimitReason.STOP_DELAY,
        LimitReason.SETTLING,
        LimitReason.OFF,
        LimitReason.NO_VEHICLE,
    ):
        assert shown(reason, 120) is reason


def test_a_time_calculated_at_every_update_stays_the_same() -> None:
    explainer = Explainer()
    random = Random(1)

    def shown(at: float | None, now: float) -> datetime | None:
        local = NOON + timedelta(seconds=now + random.uniform(-0.5, 0.5))
        result = rules_result(next_change=at)
        return explainer.connectors(scene(result, now, local=local))[1].next_change

    times = {shown(300, now) for now in range(200)}
    assert len(times) == 1
    assert times != {shown(330, 200)}
    assert shown(None, 201) is None


@pytest.mark.parametrize(
    ("active_rule", "user_settings", "reason"),
    [
        (ActiveRule(Rule.FIXED), UserSettings(), LimitReason.WIRING),
        (ActiveRule(Rule.FIXED), UserSettings(current=32), LimitReason.OWN_LIMIT),
        (ActiveRule(Rule.OFF, 0), UserSettings(), LimitReason.OFF),
        (ActiveRule(Rule.SCHEDULE, 16), UserSettings(), LimitReason.SCHEDULE),
        (ActiveRule(Rule.SCHEDULE), UserSettings(current=32), LimitReason.WIRING),
        (DOUBTED, UserSettings(), LimitReason.SCHEDULE),
        (DOUBTED, UserSettings(current=8), LimitReason.OWN_LIMIT),
        (ActiveRule(Rule.CHARGE_NOW), UserSettings(current=32), LimitReason.WIRING),
        (ActiveRule(Rule.CHARGE_NOW, 20), UserSettings(), LimitReason.OWN_LIMIT),
        (GREEN, UserSettings(), LimitReason.SENSOR_STALE),
    ],
)
def test_the_reason_of_the_bus(
    active_rule: ActiveRule, user_settings: UserSettings, reason: LimitReason
) -> None:
    result = rules_result(active_rule=active_rule)
    shown = Explainer().bus(scene(result, user_settings=user_settings), {})
    assert shown.reason is reason


@pytest.mark.parametrize(
    "active_rule", [ActiveRule(Rule.FIXED), GREEN, ActiveRule(Rule.SCHEDULE, 16)]
)
def test_the_bus_shows_what_prevents_any_higher_offer(active_rule: ActiveRule) -> None:
    explainer = Explainer()

    def shown(result: RulesResult, status: BusStatus) -> LimitReason:
        return explainer.bus(scene(result, status=status), {}).reason

    without_connectors = RulesResult(Decision({}, {}), {}, active_rule)
    for result in (rules_result(active_rule=active_rule), without_connectors):
        assert shown(result, BusStatus.SECOND_MASTER) is LimitReason.SECOND_MASTER
    assert shown(without_connectors, BusStatus.SEARCHING) is LimitReason.SEARCHING
    searching = rules_result(LimitReason.SEARCHING, active_rule)
    assert shown(searching, BusStatus.SEARCHING) is LimitReason.SEARCHING
    off = replace(without_connectors, bus_rule=ActiveRule(Rule.OFF, 0))
    assert shown(off, BusStatus.SEARCHING) is LimitReason.OFF
    # What stands goes on meanwhile.
    standing = rules_result(active_rule=active_rule)
    usual = shown(standing, BusStatus.RUNNING)
    assert shown(standing, BusStatus.SEARCHING) is usual is not LimitReason.SEARCHING


def test_the_reason_of_the_bus_in_green() -> None:
    explainer, surplus = Explainer(), Surplus(3000.0, 0)
    budget = GreenBudget(0, LimitReason.START_DELAY, 60)
    result = rules_result(active_rule=GREEN, budget=budget, surplus=surplus)
    explanation = explainer.bus(scene(result), {})
    assert (explanation.reason, explanation.green_amps, explanation.surplus_w) == (
        "start_delay",
        0,
        3000,
    )
    # No connector can follow it.
    result = rules_result(active_rule=GREEN, surplus=surplus)
    explanation = explainer.bus(scene(result, 1), {})
    assert (explanation.reason, explanation.green_amps) == ("no_vehicle", None)
    # None does: there is green power, but no current that is made of it.
    result = rules_result(
        active_rule=ActiveRule(Rule.FIXED), budget=GreenBudget(0), surplus=surplus
    )
    explanation = explainer.bus(scene(result, 1), {})
    assert (explanation.green_amps, explanation.surplus_w) == (None, 3000)
    fused = rules_result(LimitReason.MAIN_FUSE, GREEN, budget=budget)
    assert explainer.bus(scene(fused, 2), {}).reason is LimitReason.MAIN_FUSE


def test_green_power_is_never_negative_and_shows_how_much_is_missing() -> None:
    explainer, budget = Explainer(), GreenBudget(0)

    def shown(watts: float | None, now: float) -> tuple[int | None, int, int | None]:
        result = rules_result(
            active_rule=GREEN, budget=budget, surplus=Surplus(watts, now)
        )
        explained = explainer.bus(scene(result, now), {})
        return explained.surplus_w, explained.deficit_w, explained.green_amps

    assert shown(2340, 0) == (2340, 0, 0)
    assert shown(-1240, 10) == (0, 1200, 0)
    # A house that takes a little more or less is no row in the database.
    assert {shown(-1240 + 10 * now, 11 + now)[1] for now in range(20)} == {1200}
    # What is held while nothing is known is no green current.
    budget = GreenBudget(6)
    assert shown(None, 100)[::2] == (None, None)


@pytest.mark.parametrize(
    ("active_rule", "budget"),
    [
        (ActiveRule(Rule.FIXED), None),
        (GREEN, GreenBudget(20)),
        (GREEN, GreenBudget(0, LimitReason.START_DELAY)),
    ],
)
def test_a_silent_sensor_at_the_fuse_is_the_reason_of_the_bus_too(
    active_rule: ActiveRule, budget: GreenBudget | None
) -> None:
    stopped = rules_result(LimitReason.SENSOR_STALE, active_rule, budget=budget)
    shown = Explainer().bus(scene(stopped), {})
    assert shown.reason is LimitReason.SENSOR_STALE


def test_green_energy_that_one_connector_misses_is_not_the_reason_of_the_bus() -> None:
    stopped = rules_result(LimitReason.SENSOR_STALE, GREEN)
    fixed = replace(stopped, bus_rule=ActiveRule(Rule.FIXED))
    assert Explainer().bus(scene(fixed), {}).reason is LimitReason.WIRING


def test_a_meter_that_jitters_does_not_fill_the_database() -> None:
    site, explainer, random = Site(charging(1)), Explainer(), Random(1)
    shown: list[object] = []
    for second in range(3600):
        if second % 5 == 0:
            site.sun_w = 20.5 * 240 + random.gauss(0, 100)
        result = site.run(1)
        explanation = explainer.connectors(scene(result, site.now))[1]
        shown.append(explanation.reason)
    assert sum(one is not other for one, other in itertools.pairwise(shown)) < 90
