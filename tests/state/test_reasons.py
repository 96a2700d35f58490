"""What the rules decided, without what flickers."""

from dataclasses import replace
from datetime import datetime, timedelta
import itertools
from random import Random

import pytest

from custom_components.twc_manager.charging.decision import ConnectorDecision, Decision
from custom_components.twc_manager.charging.modes.user_settings import Choices
from custom_components.twc_manager.charging.outcome import (
    GreenBudget,
    Order,
    Reason,
    Rule,
)
from custom_components.twc_manager.charging.rules import Ruling
from custom_components.twc_manager.charging.supply.surplus import Surplus
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.state.reasons import CALM_SECONDS, Judge
from custom_components.twc_manager.twc import BusStatus
from tests.charging.states import charging
from tests.charging.test_rules import Site

WIRING = Wiring(48, 40, 12, 240, 1)
NOON = datetime.fromisoformat("2026-11-23T12:00:00+01:00")
GREEN = Order(Rule.GREEN, green=True)
DOUBTED = Order(Rule.FIXED, 10, parts=(Order(Rule.FIXED), Order(Rule.SCHEDULE, 10)))


def ruling(
    reason: Reason = Reason.WIRING,
    order: Order = Order(Rule.FIXED),
    next_change: float | None = None,
    budget: GreenBudget | None = None,
    surplus: Surplus | None = None,
) -> Ruling:
    decided = ConnectorDecision(16, order, reason, next_change=next_change)
    return Ruling(Decision({1: 16}, {1: decided}), {1: order}, order, budget, surplus)


def test_reasons_that_take_turns_are_shown_when_they_stay() -> None:
    judge = Judge(WIRING)

    def shown(reason: Reason, now: float) -> Reason:
        return judge.connectors(ruling(reason), now, NOON)[1].reason

    assert shown(Reason.SETTLING, 0) is Reason.SETTLING
    for now in range(100):
        turn = Reason.GREEN_ENERGY if now % 6 else Reason.SETTLING
        assert shown(turn, now) is Reason.SETTLING
    assert shown(Reason.SETTLING, 100) is Reason.SETTLING
    assert shown(Reason.GREEN_ENERGY, 101) is Reason.SETTLING
    assert shown(Reason.GREEN_ENERGY, 101 + CALM_SECONDS) is Reason.GREEN_ENERGY
    # Anything else is told at once.
    for reason in (Reason.STOP_DELAY, Reason.SETTLING, Reason.OFF, Reason.NO_CAR):
        assert shown(reason, 120) is reason


def test_a_time_worked_out_anew_at_every_look_stands_still() -> None:
    judge = Judge(WIRING)
    random = Random(1)

    def shown(at: float | None, now: float) -> datetime | None:
        local = NOON + timedelta(seconds=now + random.uniform(-0.5, 0.5))
        return judge.connectors(ruling(next_change=at), now, local)[1].next_change

    times = {shown(300, now) for now in range(200)}
    assert len(times) == 1
    assert times != {shown(330, 200)}
    assert shown(None, 201) is None


@pytest.mark.parametrize(
    ("order", "choices", "reason"),
    [
        (Order(Rule.FIXED), Choices(), Reason.WIRING),
        (Order(Rule.FIXED), Choices(current=32), Reason.OWN_LIMIT),
        (Order(Rule.OFF, 0), Choices(), Reason.OFF),
        (Order(Rule.SCHEDULE, 16), Choices(), Reason.SCHEDULE),
        (Order(Rule.SCHEDULE), Choices(current=32), Reason.WIRING),
        (DOUBTED, Choices(), Reason.SCHEDULE),
        (DOUBTED, Choices(current=8), Reason.OWN_LIMIT),
        (Order(Rule.CHARGE_NOW), Choices(current=32), Reason.WIRING),
        (Order(Rule.CHARGE_NOW, 20), Choices(), Reason.OWN_LIMIT),
        (GREEN, Choices(), Reason.SENSOR_STALE),
    ],
)
def test_the_reason_of_the_bus(order: Order, choices: Choices, reason: Reason) -> None:
    assert Judge(WIRING).bus(ruling(order=order), choices, 0).reason is reason


@pytest.mark.parametrize("order", [Order(Rule.FIXED), GREEN, Order(Rule.SCHEDULE, 16)])
def test_the_bus_says_what_keeps_all_from_more(order: Order) -> None:
    judge = Judge(WIRING)

    def shown(told: Ruling, status: BusStatus) -> Reason:
        return judge.bus(told, Choices(), 0, status).reason

    nobody = Ruling(Decision({}, {}), {}, order)
    for told in (ruling(order=order), nobody):
        assert shown(told, BusStatus.SECOND_MASTER) is Reason.SECOND_MASTER
    assert shown(nobody, BusStatus.SEARCHING) is Reason.SEARCHING
    held = ruling(Reason.SEARCHING, order)
    assert shown(held, BusStatus.SEARCHING) is Reason.SEARCHING
    off = replace(nobody, bus_order=Order(Rule.OFF, 0))
    assert shown(off, BusStatus.SEARCHING) is Reason.OFF
    # What stands goes on meanwhile.
    standing = ruling(order=order)
    usual = shown(standing, BusStatus.RUNNING)
    assert shown(standing, BusStatus.SEARCHING) is usual is not Reason.SEARCHING


def test_the_reason_of_the_bus_in_green() -> None:
    judge, surplus = Judge(WIRING), Surplus(3000.0, 0)
    budget = GreenBudget(0, Reason.START_DELAY, 60)
    told = judge.bus(ruling(order=GREEN, budget=budget, surplus=surplus), Choices(), 0)
    assert (told.reason, told.green_amps, told.surplus_w) == ("start_delay", 0, 3000)
    # Nobody there who could follow it.
    told = judge.bus(ruling(order=GREEN, surplus=surplus), Choices(), 1)
    assert (told.reason, told.green_amps) == ("no_car", None)
    fused = ruling(Reason.MAIN_FUSE, GREEN, budget=budget)
    assert judge.bus(fused, Choices(), 2).reason is Reason.MAIN_FUSE


@pytest.mark.parametrize(
    ("order", "budget"),
    [
        (Order(Rule.FIXED), None),
        (GREEN, GreenBudget(20)),
        (GREEN, GreenBudget(0, Reason.START_DELAY)),
    ],
)
def test_a_silent_sensor_at_the_fuse_is_the_reason_of_the_bus_too(
    order: Order, budget: GreenBudget | None
) -> None:
    stopped = ruling(Reason.SENSOR_STALE, order, budget=budget)
    assert Judge(WIRING).bus(stopped, Choices(), 0).reason is Reason.SENSOR_STALE


def test_green_energy_that_one_connector_misses_is_none_of_the_bus() -> None:
    stopped = ruling(Reason.SENSOR_STALE, GREEN)
    fixed = replace(stopped, bus_order=Order(Rule.FIXED))
    assert Judge(WIRING).bus(fixed, Choices(), 0).reason is Reason.WIRING


def test_a_meter_that_jitters_does_not_fill_the_database() -> None:
    site, judge, random = Site(charging(1)), Judge(WIRING), Random(1)
    shown: list[object] = []
    for second in range(3600):
        if second % 5 == 0:
            site.sun_w = 20.5 * 240 + random.gauss(0, 100)
        told = site.run(1)
        verdict = judge.connectors(told, site.now, site.local)[1]
        shown.append(verdict.reason)
    assert sum(one is not other for one, other in itertools.pairwise(shown)) < 90
