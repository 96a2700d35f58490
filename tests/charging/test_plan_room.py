"""What limits leave vehicles, by what is decided for them."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.twc_manager.charging.decision import ConnectorDecision, Decision
from custom_components.twc_manager.charging.outcome import ActiveRule, LimitReason, Rule
from custom_components.twc_manager.charging.plan_room import PlanRoom
from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.supply.fuse_reading import (
    FuseConfig,
    FuseReading,
)
from tests.charging.states import bus, charging

NOW = datetime(2026, 11, 30, 20, tzinfo=UTC)
FUSE = FuseConfig(25, 230, 1)
PLANNED = ActiveRule(Rule.PLAN, 16)


class Night:
    """A connector with a plan for 16 A, over time."""

    def __init__(self) -> None:
        self.room = PlanRoom(32)
        self.at = NOW

    def go_on(
        self,
        minutes: int,
        offer: int,
        reason: LimitReason,
        rule: ActiveRule = PLANNED,
        *,
        load: float | None = None,
    ) -> float | None:
        """Go on for a while; return the A that are expected to be left then."""
        decision = Decision({1: offer}, {1: ConnectorDecision(offer, rule, reason)})
        for _ in range(2 * minutes):
            self.at += timedelta(seconds=30)
            now = (self.at - NOW).total_seconds()
            self.room.note(
                now,
                self.at,
                bus(charging(1, offer)),
                decision,
                Series(),
                fuse=None if load is None else FUSE,
                reading=None if load is None else FuseReading(now, (load + offer,)),
            )
        return self.room.left(Series()).at(self.at)


@pytest.mark.parametrize(
    "reason",
    [
        LimitReason.MAIN_FUSE,
        LimitReason.CIRCUIT,
        LimitReason.PEAK_BUDGET,
        LimitReason.OUTSIDE_LIMIT,
    ],
)
def test_what_a_limit_leaves_is_expected_until_a_vehicle_gets_all(
    reason: LimitReason,
) -> None:
    night = Night()
    assert night.go_on(20, 8, reason) == 8
    assert night.go_on(10, 16, LimitReason.PLAN) in {None, 32}


@pytest.mark.parametrize("reason", [LimitReason.VEHICLE_LIMIT, LimitReason.SHARED])
def test_what_is_no_limit_above_all_vehicles_is_none(reason: LimitReason) -> None:
    assert Night().go_on(20, 8, reason) is None


@pytest.mark.parametrize("reason", [LimitReason.MAIN_FUSE, LimitReason.SETTLING])
def test_a_circuit_that_another_limit_hides_is_taken_as_before(
    reason: LimitReason,
) -> None:
    night = Night()
    night.go_on(20, 8, LimitReason.CIRCUIT)
    assert night.go_on(20, 7, reason) in {7, 8}


def test_a_meter_shows_the_state_of_the_fuse_while_no_plan_lets_charge() -> None:
    waits = ActiveRule(Rule.PLAN, 0)
    night = Night()
    assert night.go_on(20, 0, LimitReason.WAITS_FOR_PLAN, waits, load=16.0) == 8
    assert night.go_on(20, 0, LimitReason.WAITS_FOR_PLAN, waits, load=4.0) == 20


def test_a_meter_that_shows_too_little_for_what_vehicles_get_is_not_believed() -> None:
    night = Night()
    night.go_on(20, 0, LimitReason.WAITS_FOR_PLAN, ActiveRule(Rule.PLAN, 0), load=24.0)
    assert night.go_on(20, 16, LimitReason.PLAN, load=24.0) in {None, 32}


def test_a_lowered_plan_is_offered_more_and_another_rule_is_not() -> None:
    night = Night()
    rules = {1: PLANNED, 2: ActiveRule(Rule.FIXED)}
    assert night.room.probed(rules, night.at) == rules
    night.go_on(20, 8, LimitReason.CIRCUIT)
    assert night.room.probed(rules, night.at) == {
        1: ActiveRule(Rule.PLAN, 19),
        2: rules[2],
    }


@pytest.mark.parametrize("reason", [LimitReason.MAIN_FUSE, LimitReason.CIRCUIT])
def test_what_is_missing_is_missing_of_what_several_buses_share(
    reason: LimitReason,
) -> None:
    night = Night()
    always = Series((Piece(NOW, NOW + timedelta(hours=9), 50.0),))
    assert night.room.lowered(always) is always
    night.go_on(20, 8, reason)
    # 24 of 32 A are missing here.
    assert night.room.lowered(always).at(night.at) == 50 - 24
    # Where nothing limits them nothing is missing.
    assert night.room.lowered(Series()).pieces == ()
