"""Plans on the wire: what connectors are offered in Home Assistant, over slots, restarts and failures."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.planning.tariff import Tariff
from custom_components.twc_manager.charging.plans import making, session
from custom_components.twc_manager.charging.plans.request import (
    EnergyGoal,
    OnceTime,
    PlanRequest,
)
from custom_components.twc_manager.charging.plans.status import PlanState
from simulator import Bus, WallConnector

from .helpers import quick_car
from .scene import NEW, OLD, Builder, Scene
from .test_restart import start, stop
from .vehicles.scene import plan, vehicle

OTHER_VIN: Final = "5YJ3E7EB0KF000000"
EVENING: Final = datetime(2026, 11, 30, 18, tzinfo=UTC)
QUARTER: Final = timedelta(minutes=15)
TARIFF: Final = Tariff(
    Series(
        tuple(
            Piece(EVENING + at * QUARTER, EVENING + (at + 1) * QUARTER, price)
            for at, price in enumerate([0.4, 0.1, 0.4, 0.4, 0.4, 0.4])
        )
    ),
    currency="EUR",
)
"""Cheap from 18:15 to 18:30."""

pytestmark = [pytest.mark.starts_at(EVENING), pytest.mark.long]


def trip(kwh: float = 1.5) -> PlanRequest:
    ready = OnceTime(EVENING + timedelta(hours=1))
    return PlanRequest("trip", "Trip", OLD, None, EnergyGoal(kwh), ready)


async def planned(set_up: Builder, kwh: float = 1.5) -> Scene:
    """Return a bus with a car and a plan for it, at the evening's prices."""
    scene = await set_up((OLD, None))
    plans = scene.entry.runtime_data.plans
    plans.async_update_tariff(TARIFF)
    plans.async_set(trip(kwh))
    scene.bus.connectors[0].plug_in(quick_car())
    await scene.until(lambda: getattr(status(scene), "next_start", None) is not None)
    return scene


def status(scene: Scene) -> Any:
    """Return how the plan is doing; None before anything was decided."""
    return scene.entry.runtime_data.data.plans.get("trip")


async def after(scene: Scene, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await scene.hass.async_block_till_done()


async def test_a_slot_begins_and_ends_on_the_wire(bus: Bus, set_up: Builder) -> None:
    scene = await planned(set_up)
    (twc,) = bus.connectors
    states = [status(scene).state]
    assert scene.why(OLD) == "waits_for_plan"
    assert scene.state("sensor.rule") == "plan"
    assert scene.state("sensor.limited_by") == "waits_for_plan"
    of_bus = scene.hass.states.get(scene.id("sensor.limited_by"))
    assert of_bus is not None
    assert "Trip" in of_bus.attributes["explanation"]
    assert twc.offered == 0
    assert status(scene).next_start == EVENING + QUARTER
    came = await scene.until(lambda: twc.drawn > 20)
    assert came == pytest.approx(15 * 60, abs=90)
    states.append(status(scene).state)
    lasted = await scene.until(lambda: twc.offered == 0)
    assert lasted == pytest.approx(15 * 60, abs=90)
    await after(scene, 10)
    states.append(status(scene).state)
    assert states == [PlanState.WAITING, PlanState.CHARGING, PlanState.REACHED]
    assert scene.why(OLD) == "plan_reached"
    assert float(scene.state("sensor.session_energy", OLD)) == pytest.approx(
        1.5, abs=0.1
    )


async def test_a_restart_in_a_slot_goes_on_with_the_same_plan(
    bus: Bus, set_up: Builder
) -> None:
    scene = await planned(set_up)
    (twc,) = bus.connectors
    await scene.until(lambda: twc.drawn > 20)
    await after(scene, 120)
    before = status(scene)
    await stop(scene)
    await start(scene)
    # There are no prices yet.
    await scene.until(lambda: OLD in scene.entry.runtime_data.data.connectors)
    await after(scene, 20)
    assert twc.drawn > 20
    assert abs(status(scene).next_end - before.next_end) < QUARTER
    assert status(scene).next_price == pytest.approx(0.1)
    await scene.until(lambda: twc.offered == 0)
    assert float(scene.state("sensor.session_energy", OLD)) == pytest.approx(
        1.5, abs=0.1
    )
    assert twc.car is not None and twc.car.interruptions <= 1


async def test_unplugging_ends_a_plan_for_a_single_time(
    bus: Bus, set_up: Builder
) -> None:
    scene = await planned(set_up)
    (twc,) = bus.connectors
    twc.unplug()
    await scene.until(lambda: not scene.entry.runtime_data.plans.settings.once)
    twc.plug_in(quick_car())
    await scene.until(lambda: twc.drawn > 30)
    assert scene.entry.runtime_data.data.explanations[OLD].rule == "fixed"


async def test_without_a_planner_a_car_charges_and_the_bus_goes_on(
    bus: Bus,
    set_up: Builder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(making, "next_plan", lambda *_: 1 / 0)
    scene = await set_up((OLD, None))
    scene.entry.runtime_data.plans.async_set(trip())
    (twc,) = bus.connectors
    assert isinstance(twc, WallConnector)
    twc.plug_in(quick_car())
    await scene.until(lambda: twc.drawn > 30)
    await scene.until(
        lambda: getattr(status(scene), "state", None) is PlanState.REACHED
    )
    await scene.until(lambda: twc.offered == 0)
    assert caplog.text.count("No plan can be made") == 1


async def test_an_error_in_one_plan_is_reported_by_its_name_and_the_other_goes_on(
    bus: Bus,
    set_up: Builder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    need_of = session.need_of

    def odd(goal: Any, *args: Any) -> Any:
        return 1 / 0 if goal == EnergyGoal(8) else need_of(goal, *args)

    monkeypatch.setattr(session, "need_of", odd)
    work = plan("Work", "work", connector="032E")
    scene = await set_up((OLD, None), subentries=[work])
    plans = scene.entry.runtime_data.plans
    plans.async_update_tariff(TARIFF)
    plans.async_set(trip())
    scene.bus.connectors[0].plug_in(quick_car())
    await scene.until(lambda: scene.problem("plan_failed") is not None)
    issue = scene.problem("plan_failed")
    assert issue is not None and issue.translation_placeholders is not None
    assert issue.translation_placeholders["plans"] == "Work"
    assert status(scene).state is PlanState.WAITING
    assert scene.why(OLD) == "waits_for_plan"
    assert caplog.text.count("The plan Work cannot be followed") == 1

    monkeypatch.undo()
    await scene.until(lambda: scene.problem("plan_failed") is None)
    assert status(scene).state is PlanState.WAITING


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_vehicle_with_a_plan_does_not_start_before_it_is_known(
    bus: Bus, set_up: Builder, *, is_known: bool
) -> None:
    car = quick_car()
    red = vehicle(
        "Red one", "red", switch="switch.red", vin=car.vin if is_known else OTHER_VIN
    )
    work = plan("Work", "work", vehicle="red", strategy="latest")
    scene = await set_up((NEW, None), subentries=[red, work])
    scene.entry.runtime_data.plans.async_update_tariff(TARIFF)
    (twc,) = bus.connectors
    twc.plug_in(car)
    await after(scene, 20)
    assert (twc.drawn, scene.why(NEW)) == (0, "waits_for_plan")
    await after(scene, 60)
    assert (twc.drawn > 0) is not is_known
    assert scene.entry.runtime_data.data.explanations[NEW].rule == (
        "plan" if is_known else "fixed"
    )


async def test_an_issue_says_what_can_be_reached_until_the_goal_is_in_reach(
    set_up: Builder,
) -> None:
    scene = await planned(set_up, kwh=40)
    await scene.until(lambda: scene.problem("plan_unreachable") is not None)
    issue = scene.problem("plan_unreachable")
    assert issue is not None and issue.translation_placeholders is not None
    placeholder = issue.translation_placeholders["plans"]
    name, kwh, unit, clock = placeholder.removesuffix(")").replace("(", "").split()
    assert (name, unit, clock) == ("Trip", "kWh,", "11:00")
    # In the rest of an hour at 40 A.
    assert 8 <= int(kwh) <= 10
    assert status(scene).state is PlanState.UNREACHABLE

    scene.entry.runtime_data.plans.async_set(trip(3))
    await scene.until(lambda: scene.problem("plan_unreachable") is None)
    assert status(scene).state is not PlanState.UNREACHABLE
