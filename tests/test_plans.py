"""What an owner sees and sets of plans: their devices, the actions, and the issue."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.twc_manager.charging.planning.goals import Strategy
from custom_components.twc_manager.charging.planning.result import PlannedSlot
from custom_components.twc_manager.charging.plans.request import (
    DurationGoal,
    EnergyGoal,
    OnceTime,
    PercentGoal,
    PlanRequest,
)
from custom_components.twc_manager.charging.plans.status import PlanState, PlanStatus
from custom_components.twc_manager.const import DOMAIN

from .adapters import MemoryAdapter
from .helpers import quick_car
from .scene import NEW, OLD, OTHER, Builder, Scene
from .vehicles.scene import plan, vehicle

# A Monday.
START: Final = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
pytestmark = pytest.mark.starts_at(START)

OLD_NAME: Final = "Wall Connector 032E"
OTHER_VIN: Final = "5YJ3E7EB0KF000000"
WORK: Final = plan("Work", "work", connector="032E")


def entity_of(scene: Scene, subentry: ConfigSubentry, key: str) -> str:
    """Return the id of an entity of a plan, such as `switch.skip`."""
    platform, _, name = key.partition(".")
    unique_id = f"{scene.entry.entry_id}.{subentry.subentry_id}_{name}"
    found = er.async_get(scene.hass).async_get_entity_id(platform, DOMAIN, unique_id)
    assert found is not None, f"no {platform} with unique id {unique_id}"
    return found


def shown(scene: Scene, key: str, subentry: ConfigSubentry = WORK) -> str:
    state = scene.hass.states.get(entity_of(scene, subentry, key))
    assert state is not None
    return state.state


async def switch(scene: Scene, key: str, *, on: bool) -> None:
    await scene.hass.services.async_call(
        "switch",
        "turn_on" if on else "turn_off",
        {"entity_id": entity_of(scene, WORK, key)},
        blocking=True,
    )
    await scene.hass.async_block_till_done()


def once(scene: Scene) -> list[PlanRequest]:
    """Return the plans that actions have set."""
    return list(scene.entry.runtime_data.plans.settings.once)


# The devices


async def test_a_plan_is_switched_off_skipped_and_paused(set_up: Builder) -> None:
    scene = await set_up((OLD, None), subentries=[WORK])
    switches = ("switch.plan", "switch.skip")
    assert [shown(scene, key) for key in switches] == ["on", "off"]
    assert scene.state("switch.pause_plans") == "off"

    await switch(scene, "switch.plan", on=False)
    await switch(scene, "switch.skip", on=True)
    await scene.choose("switch.pause_plans", True)
    await scene.hass.async_block_till_done()
    assert [shown(scene, key) for key in switches] == ["off", "on"]
    assert scene.state("switch.pause_plans") == "on"
    settings = scene.entry.runtime_data.plans.settings
    assert settings.disabled == {"work"}
    # By seven local time of the next day, in California.
    assert settings.skipped == {"work": datetime(2026, 12, 1, 15, 0, tzinfo=UTC)}

    await scene.reload()
    assert [shown(scene, key) for key in switches] == ["off", "on"]
    assert scene.state("switch.pause_plans") == "on"
    await switch(scene, "switch.plan", on=True)
    await switch(scene, "switch.skip", on=False)
    await scene.choose("switch.pause_plans", False)
    await scene.hass.async_block_till_done()
    assert [shown(scene, key) for key in switches] == ["on", "off"]
    assert scene.state("switch.pause_plans") == "off"


async def test_the_settings_of_a_plan_can_be_changed_while_the_adapter_is_away(
    set_up: Builder, adapter: MemoryAdapter
) -> None:
    scene = await set_up((OLD, None), subentries=[WORK])
    adapter.unplug()
    await scene.until(lambda: scene.state("binary_sensor.connection") == "off")
    await switch(scene, "switch.plan", on=False)
    assert shown(scene, "switch.plan") == "off"
    assert shown(scene, "sensor.state") == "unavailable"
    adapter.replug()
    await scene.until(lambda: scene.state("binary_sensor.connection") == "on")
    assert shown(scene, "switch.plan") == "off"


async def test_a_plan_comes_is_renamed_and_goes_while_the_bus_runs(
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, None))
    entries, devices = scene.hass.config_entries, dr.async_get(scene.hass)
    entries.async_add_subentry(scene.entry, plan("Work", "work", connector="032E"))
    await scene.hass.async_block_till_done()
    assert shown(scene, "switch.plan") == "on"
    entity = er.async_get(scene.hass).async_get(entity_of(scene, WORK, "switch.plan"))
    assert entity is not None
    assert entity.device_id is not None

    def name() -> str | None:
        assert entity.device_id is not None
        device = devices.async_get(entity.device_id)
        return None if device is None else device.name

    assert name() == "Work"
    entries.async_update_subentry(
        scene.entry, scene.entry.subentries["work"], title="Office"
    )
    await scene.hass.async_block_till_done()
    assert name() == "Office"
    entries.async_remove_subentry(scene.entry, "work")
    await scene.hass.async_block_till_done()
    assert name() is None
    assert scene.hass.states.get(entity.entity_id) is None


async def test_a_plan_whose_device_was_removed_breaks_nothing(
    set_up: Builder, caplog: pytest.LogCaptureFixture
) -> None:
    scene = await set_up((OLD, None), subentries=[WORK])
    entity = er.async_get(scene.hass).async_get(entity_of(scene, WORK, "switch.plan"))
    assert entity is not None
    assert entity.device_id is not None
    dr.async_get(scene.hass).async_remove_device(entity.device_id)
    await scene.hass.async_block_till_done()
    await scene.choose("select.mode", "off")
    assert scene.state("sensor.rule") == "off"
    assert "Traceback" not in caplog.text


def slot(hour: int, minute: int, amps: int, cost: float) -> PlannedSlot:
    start = datetime(2026, 12, 1, hour, minute, tzinfo=UTC)
    kwh = amps * 230 / 4000
    return PlannedSlot(start, start + timedelta(minutes=15), amps, kwh, cost)


NIGHT: Final = (slot(9, 0, 32, 0.2), slot(9, 15, 32, 0.21), slot(11, 0, 16, 0.1))
STATUS: Final = PlanStatus(
    plan_id="work",
    state=PlanState.WAITING,
    connector_id=OLD,
    ready=datetime(2026, 12, 1, 15, 0, tzinfo=UTC),
    cost=0.514,
    cost_at_once=0.9,
    currency="EUR",
    next_start=NIGHT[0].start,
    next_end=NIGHT[1].end,
    next_price=0.11,
    slots=NIGHT,
)


def report(scene: Scene, status: PlanStatus) -> None:
    """Have the plan be doing so."""
    coordinator = scene.entry.runtime_data
    coordinator.async_set_updated_data(
        replace(coordinator.data, plans={status.plan_id: status})
    )


async def test_the_sensors_of_a_plan(set_up: Builder) -> None:
    scene = await set_up((OLD, None), subentries=[WORK])
    report(scene, STATUS)
    assert shown(scene, "sensor.state") == "waiting"
    assert shown(scene, "sensor.ready") == "2026-12-01T15:00:00+00:00"
    assert shown(scene, "sensor.next_slot") == "2026-12-01T09:00:00+00:00"
    assert shown(scene, "sensor.cost") == "0.51"
    cost = scene.hass.states.get(entity_of(scene, WORK, "sensor.cost"))
    assert cost is not None
    assert cost.attributes["unit_of_measurement"] == "EUR"
    assert cost.attributes["device_class"] == "monetary"
    assert "state_class" not in cost.attributes
    next_slot = scene.hass.states.get(entity_of(scene, WORK, "sensor.next_slot"))
    assert next_slot is not None
    assert next_slot.attributes["slots"] == [
        {
            "start": "2026-12-01T01:00-08:00",
            "end": "2026-12-01T01:30-08:00",
            "energy": 3.7,
            "cost": 0.41,
        },
        {
            "start": "2026-12-01T03:00-08:00",
            "end": "2026-12-01T03:15-08:00",
            "energy": 0.9,
            "cost": 0.1,
        },
    ]

    # Prices are gone: so is the cost, and what the plan does stays.
    report(scene, replace(STATUS, cost=None, currency="", state=PlanState.CHARGING))
    assert shown(scene, "sensor.cost") == "unknown"
    assert shown(scene, "sensor.state") == "charging"


async def test_a_cost_that_falls_while_it_is_charged_is_not_written_each_time(
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, None), subentries=[WORK])
    written = []
    for cents in range(1000, 900, -1):
        report(scene, replace(STATUS, cost=cents / 100))
        written.append(shown(scene, "sensor.cost"))
    assert list(dict.fromkeys(written)) == ["10.0", "9.5", "9.02"]


# The actions


async def test_a_plan_is_set_for_some_connectors_and_cancelled(
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, None), (OTHER, None))
    await scene.act(
        "set_plan",
        device_id=scene.device(OLD),
        energy=12.5,
        time="07:00:00",
        strategy="latest",
        keep=30,
    )
    assert once(scene) == [
        PlanRequest(
            plan_id="set_032E",
            name="07:00",
            connector_id=OLD,
            vehicle_id=None,
            goal=EnergyGoal(12.5),
            ready=OnceTime(datetime(2026, 12, 1, 15, 0, tzinfo=UTC)),
            strategy=Strategy.LATEST,
            keep=timedelta(minutes=30),
        )
    ]

    # By an entity of the connector; it replaces the one before.
    await scene.act(
        "set_plan",
        entity_id=scene.id("sensor.status", OLD),
        hours=3,
        date_time="2026-12-05 09:30:00",
        name="Trip",
    )
    (trip,) = once(scene)
    assert (trip.name, trip.goal) == ("Trip", DurationGoal(3))
    assert trip.ready == OnceTime(datetime(2026, 12, 5, 17, 30, tzinfo=UTC))
    assert trip.strategy is Strategy.CHEAPEST

    # All of the bus.
    await scene.act("set_plan", energy=5, time="06:00")
    assert {item.connector_id for item in once(scene)} == {OLD, OTHER}
    await scene.act("cancel_plan", device_id=scene.device(OTHER))
    assert [item.connector_id for item in once(scene)] == [OLD]
    await scene.act("cancel_plan")
    await scene.act("cancel_plan")
    assert once(scene) == []


async def test_a_level_is_set_where_a_vehicle_reports_one(set_up: Builder) -> None:
    red = vehicle("Red one", "red", switch="switch.red", battery="sensor.red")
    scene = await set_up((OLD, None), subentries=[red])
    await scene.act("set_plan", level=80, time="07:00")
    (only,) = once(scene)
    assert only.goal == PercentGoal(80)


async def set_with_answer(scene: Scene, **data: Any) -> list[dict[str, Any]]:
    """Set a plan, and return what the action answers."""
    answer = await scene.hass.services.async_call(
        DOMAIN, "set_plan", data, blocking=True, return_response=True
    )
    assert isinstance(answer, dict)
    plans: Any = answer["plans"]
    return list(plans)


async def test_it_is_said_at_once_what_is_possible(set_up: Builder) -> None:
    scene = await set_up((OLD, None))
    device = scene.device(OLD)

    (answer,) = await set_with_answer(scene, device_id=device, energy=900, time="07:00")
    # It is 10:00 in California: 21 hours with 40 A on one phase of 240 V.
    assert answer.pop("possible_kwh") == pytest.approx(21 * 40 * 0.24, rel=0.01)
    assert answer == {
        "connector": "032E",
        "plan": "07:00",
        "goal": 900,
        "goal_unit": "kWh",
        "ready": "2026-12-01T07:00:00-08:00",
        "possible": False,
        "needed_kwh": 900,
        "possible_level": None,
    }
    # It is kept all the same.
    assert [item.goal for item in once(scene)] == [EnergyGoal(900)]

    (answer,) = await set_with_answer(scene, device_id=device, hours=3, time="07:00")
    assert answer["possible"] is True
    (answer,) = await set_with_answer(scene, device_id=device, hours=3, time="12:00")
    assert answer["possible"] is False


async def test_what_a_level_takes_is_not_known_before_its_vehicle_is_there(
    set_up: Builder,
) -> None:
    red = vehicle("Red one", "red", switch="switch.red", battery="sensor.red")
    scene = await set_up((OLD, None), subentries=[red])
    (answer,) = await set_with_answer(scene, level=80, time="07:00")
    assert (answer["possible"], answer["needed_kwh"]) == (None, None)
    assert answer["possible_kwh"] > 100


async def test_a_level_is_refused_where_nobody_knows_which_vehicle_it_is(
    set_up: Builder,
) -> None:
    red = vehicle(
        "Red one", "red", switch="switch.red", battery="sensor.red", vin=OTHER_VIN
    )
    scene = await set_up((OLD, quick_car()), (OTHER, None), subentries=[red])
    # While it may still turn out, it is not refused.
    await scene.act("set_plan", device_id=scene.device(OLD), level=80, time="07:00")
    await scene.until(lambda: scene.entry.runtime_data.plans.may_be_any(OLD))
    with pytest.raises(ServiceValidationError) as refused:
        await scene.act("set_plan", level=70, time="07:00")
    assert refused.value.translation_key == "plan_vehicle_unknown"
    assert refused.value.translation_placeholders == {"connector": OLD_NAME}
    # Nothing was set at the other connector either. It may be any vehicle that comes there.
    assert [item.goal for item in once(scene)] == [PercentGoal(80)]
    await scene.act("set_plan", device_id=scene.device(OTHER), level=70, time="07:00")


async def test_a_level_is_refused_for_a_vehicle_that_reports_none(
    set_up: Builder,
) -> None:
    car = quick_car()
    dumb = vehicle("Dumb one", "dumb", switch="switch.dumb", vin=car.vin)
    red = vehicle(
        "Red one", "red", switch="switch.red", battery="sensor.red", vin=OTHER_VIN
    )
    scene = await set_up((NEW, car), subentries=[dumb, red])
    await scene.until(lambda: scene.state("sensor.vehicle", NEW) == "Dumb one")
    with pytest.raises(ServiceValidationError) as refused:
        await scene.act("set_plan", level=70, time="07:00")
    assert refused.value.translation_key == "plan_level_unknown"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"time": "07:00"}, "plan_one_goal"),
        ({"time": "07:00", "energy": 5, "hours": 2}, "plan_one_goal"),
        ({"energy": 5}, "plan_one_time"),
        (
            {"energy": 5, "time": "07:00", "date_time": "2026-12-05 09:30"},
            "plan_one_time",
        ),
        ({"level": 101, "time": "07:00"}, "plan_percent_range"),
        ({"level": 0, "time": "07:00"}, "plan_percent_range"),
        ({"level": 80, "time": "07:00"}, "plan_no_level"),
        ({"energy": 0, "time": "07:00"}, "plan_energy_range"),
        ({"energy": "nan", "time": "07:00"}, "plan_energy_range"),
        ({"hours": 1000, "time": "07:00"}, "plan_duration_range"),
        ({"energy": 5, "time": "07:00", "keep": 600}, "plan_keep_range"),
        ({"energy": 5, "date_time": "2026-11-30 09:59"}, "plan_ready_past"),
        ({"energy": 5, "date_time": "2028-01-01 07:00"}, "plan_ready_far"),
        ({"energy": 5, "date_time": "2027-03-14 02:30"}, "plan_ready_skipped"),
        (
            {"energy": 5, "time": "07:00", "device_id": "nowhere"},
            "not_our_device",
        ),
    ],
)
async def test_a_plan_that_cannot_be_is_refused_in_words_and_changes_nothing(
    set_up: Builder, data: dict[str, Any], key: str
) -> None:
    scene = await set_up((OLD, None))
    await scene.act("set_plan", energy=5, time="06:00")
    before = once(scene)
    with pytest.raises(ServiceValidationError) as refused:
        await scene.act("set_plan", **data)
    assert refused.value.translation_key == key
    assert "{" not in str(refused.value)
    assert once(scene) == before


async def test_get_plan_has_the_plans_with_their_slots_and_costs(
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, None), (OTHER, None), subentries=[WORK])
    await scene.hass.async_block_till_done()
    report(scene, STATUS)
    answer = await scene.act("get_plan")
    old, other = answer["connectors"]
    assert other["plans"] == []
    (work,) = old["plans"]
    slots = work.pop("slots")
    assert work == {
        "plan": "Work",
        "set_once_by_action": False,
        "goal": 8,
        "goal_unit": "kWh",
        "strategy": "cheapest",
        "keep_minutes": 0,
        "state": "waiting",
        "feasible": True,
        "ready": "2026-12-01T07:00:00-08:00",
        "next_start": "2026-12-01T01:00:00-08:00",
        "next_end": "2026-12-01T01:30:00-08:00",
        "next_price": 0.11,
        "cost": 0.51,
        "cost_at_once": 0.9,
        "currency": "EUR",
        "missing_kwh": 0.0,
        "possible_level": None,
        "possible_kwh": None,
        "assumed": [],
    }
    assert len(slots) == 3
    assert slots[0] == {
        "start": "2026-12-01T01:00-08:00",
        "end": "2026-12-01T01:15-08:00",
        "amps": 32,
        "energy_kwh": 1.84,
        "cost": 0.2,
        "price_known": True,
    }
