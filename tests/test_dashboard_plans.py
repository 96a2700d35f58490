"""What the cards show of plans and prices."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.twc_manager.charging.planning.result import PlannedSlot
from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.charging.planning.tariff import Tariff
from custom_components.twc_manager.charging.plans.status import (
    PlanDoubt,
    PlanState,
    PlanStatus,
)
from custom_components.twc_manager.dashboard.buses import bus_as_live
from custom_components.twc_manager.state.texts import async_texts

from .scene import OLD, Builder, Scene
from .vehicles.scene import plan, vehicle

START: Final = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
pytestmark = pytest.mark.starts_at(START)

WORK: Final = plan("Work", "work", connector="032E")
NIGHT: Final = START + timedelta(hours=6)
STATUS: Final = PlanStatus(
    plan_id="work",
    state=PlanState.UNREACHABLE,
    connector_id=OLD,
    ready=START + timedelta(hours=12),
    cost=0.514,
    cost_at_once=0.9,
    currency="EUR",
    missing_kwh=3.21,
    possible_kwh=4.79,
    slots=(
        PlannedSlot(NIGHT, NIGHT + timedelta(minutes=15), 16, 0.92, 0.1242),
        PlannedSlot(
            NIGHT + timedelta(minutes=15),
            NIGHT + timedelta(minutes=30),
            16,
            0.92,
            0.138,
            known=False,
        ),
    ),
    doubts=frozenset({PlanDoubt.PRICES_UNKNOWN, PlanDoubt.LEVEL_OLD}),
)


async def bus(scene: Scene, status: PlanStatus | None = None) -> dict[str, Any]:
    """Return what the cards show while a plan is doing so."""
    coordinator = scene.entry.runtime_data
    if status is not None:
        plans = {status.plan_id: status}
        coordinator.async_set_updated_data(replace(coordinator.data, plans=plans))
    texts = await async_texts(scene.hass, "en")
    return bus_as_live(scene.hass, scene.entry, texts, START)


async def test_a_plan_is_shown_with_what_it_does_and_what_is_missing(
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, None), subentries=[WORK])
    (plan,) = (await bus(scene, STATUS))["plans"]
    slots = plan.pop("slots")
    assert plan == {
        "plan_id": "work",
        "name": "Work",
        "connector": scene.device(OLD),
        "vehicle": None,
        "state": "unreachable",
        "enabled": True,
        "ready": "2026-12-01T06:00:00+00:00",
        "goal": {"kind": "kwh", "value": 8},
        "strategy": "cheapest",
        "cost": 0.51,
        "cost_at_once": 0.9,
        "currency": "EUR",
        "missing_kwh": 3.2,
        "possible_percent": None,
        "possible_kwh": 4.8,
        "assumed": ["level_old", "prices_unknown"],
    }
    assert slots[0] == {
        "start": "2026-12-01T00:00:00+00:00",
        "end": "2026-12-01T00:15:00+00:00",
        "amps": 16,
        "kwh": 0.92,
        "price": 0.135,
        "cost": 0.1242,
        "known": True,
    }
    # Its price is not published yet: what it costs is an estimate.
    assert (slots[1]["known"], slots[1]["cost"]) == (False, 0.138)


async def test_slots_cost_nothing_that_is_known_without_prices(
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, None), subentries=[WORK])
    status = replace(STATUS, currency="", cost=None)
    (plan,) = (await bus(scene, status))["plans"]
    assert plan["currency"] is None
    assert {(slot["price"], slot["cost"]) for slot in plan["slots"]} == {(None, None)}


async def test_prices_are_shown_from_now_on_with_their_own_currency(
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, None))
    hours = [START + timedelta(hours=hour) for hour in range(-2, 3)]
    series = Series.read(
        Piece(hour, hour + timedelta(hours=1), 0.1 * index)
        for index, hour in enumerate(hours)
    )
    tariff = Tariff(series, currency="NOK", source="made up")
    scene.entry.runtime_data.plans.async_update_tariff(tariff)
    live = await bus(scene)
    assert live["currency"] == "NOK"
    assert live["prices"] == [
        ["2026-11-30T18:00:00+00:00", "2026-11-30T19:00:00+00:00", 0.2],
        ["2026-11-30T19:00:00+00:00", "2026-11-30T20:00:00+00:00", 0.3],
        ["2026-11-30T20:00:00+00:00", "2026-11-30T21:00:00+00:00", 0.4],
    ]


async def test_a_plan_of_a_vehicle_names_its_device_wherever_it_is(
    set_up: Builder,
) -> None:
    car = vehicle("Blue car", "blue", switch="switch.blue")
    work = plan("Work", "work", vehicle="blue")
    gone = plan("Trip", "trip", vehicle="sold")
    scene = await set_up((OLD, None), subentries=[car, work, gone])
    live = await bus(scene)
    (blue,) = live["vehicles"]
    assert [item["vehicle"] for item in live["plans"]] == [blue["device_id"], None]


async def test_a_plan_for_a_connector_without_a_device_breaks_nothing(
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, None), subentries=[WORK])
    dr.async_get(scene.hass).async_remove_device(scene.device(OLD))
    (plan,) = (await bus(scene, STATUS))["plans"]
    assert plan["connector"] is None
