"""The tools for language models, as an assistant gets and calls them."""

from datetime import UTC, datetime
from typing import Any, Final

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.twc_manager.charging.planning.goals import Strategy
from custom_components.twc_manager.charging.plans.request import (
    EnergyGoal,
    OnceTime,
    PercentGoal,
    PlanRequest,
)

from .helpers import quick_car
from .scene import NEW, OLD, OTHER, Builder, Scene
from .test_calendar import STATUS, report
from .vehicles.scene import plan, vehicle

# A Monday, 10:00 in California.
START: Final = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
pytestmark = pytest.mark.starts_at(START)

ASSISTANT: Final = "conversation"
OLD_NAME: Final = "Wall Connector 032E"


@pytest.fixture(autouse=True)
async def assistant(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "llm", {})


def context(user: MockUser | None = None, language: str = "en") -> llm.LLMContext:
    return llm.LLMContext(
        platform="conversation",
        context=Context(user_id=None if user is None else user.id),
        language=language,
        assistant=ASSISTANT,
        device_id=None,
    )


async def tools(hass: HomeAssistant) -> dict[str, llm.Tool]:
    """Return our tools among those that an assistant gets."""
    api = await llm.async_get_api(hass, llm.LLM_API_ASSIST, context())
    return {
        tool.name.removeprefix("twc_manager__"): tool
        for tool in api.tools
        if tool.integration == "twc_manager"
    }


async def call(
    hass: HomeAssistant,
    name: str,
    asked: llm.LLMContext | None = None,
    /,
    **data: Any,
) -> llm.ToolResult:
    tool = (await tools(hass))[name]
    result = await tool.async_call(
        hass, llm.ToolInput(tool.name, data), asked or context()
    )
    assert isinstance(result, llm.ToolResult)
    return result


async def error(hass: HomeAssistant, name: str, **data: Any) -> str:
    result = await call(hass, name, **data)
    assert result.error
    return str(result.data["error"])


def hide(scene: Scene, connector_id: int) -> None:
    entity_id = scene.id("switch.charge", connector_id)
    async_expose_entity(scene.hass, ASSISTANT, entity_id, should_expose=False)


def once(scene: Scene) -> list[PlanRequest]:
    return list(scene.entry.runtime_data.plans.settings.once)


async def test_a_model_reads_what_is_exposed_and_nothing_else(
    hass: HomeAssistant, set_up: Builder
) -> None:
    work = plan("Work", "work", connector="032E")
    scene = await set_up((OLD, None), (OTHER, None), subentries=[work])
    hide(scene, OTHER)
    report(scene, STATUS)
    answer = (await call(hass, "get_charging")).data
    (old,) = answer["wall_connectors"]
    assert (old["name"], old["vehicle"], old["plugged_in"]) == (OLD_NAME, None, None)
    assert old["status"] == scene.state("sensor.status", OLD)
    assert old["explanation"].endswith(".")
    (shown,) = old["plans"]
    assert shown == {
        "plan": "Work",
        "goal": 8,
        "goal_unit": "kWh",
        "ready": "2026-12-01T07:00:00-08:00",
        "state": "waiting",
        "feasible": True,
        "next_start": "2026-12-01T01:00:00-08:00",
        "next_end": "2026-12-01T01:30:00-08:00",
        "cost": 0.51,
        "currency": "EUR",
        "missing_kwh": 0.0,
    }
    said = (await call(hass, "get_charging", context(language="de"))).data
    assert said["wall_connectors"][0]["explanation"] != old["explanation"]

    name = f"Wall Connector {OTHER:04X}"
    assert "wall_connector" in await error(hass, "get_charging", wall_connector=name)
    hide(scene, OLD)
    assert await tools(hass) == {}


async def test_a_connector_that_is_away_is_unavailable(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await set_up((OLD, None))
    scene.bus.connectors[0].power_down()
    await scene.until(lambda: scene.state("sensor.status", OLD) == "unavailable")
    assert (await call(hass, "get_charging")).data == {
        "wall_connectors": [{"name": OLD_NAME, "status": "unavailable"}]
    }


async def test_a_model_sets_a_plan_and_cancels_it(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await set_up((OLD, None))
    result = await call(
        hass,
        "set_plan",
        energy_kwh=12.5,
        ready="07:00",
        level_percent=None,
        strategy="",
    )
    assert not result.error
    assert result.data.pop("possible_kwh") > 100
    assert result.data == {
        "success": True,
        "wall_connector": OLD_NAME,
        "possible": True,
        "needed_kwh": 12.5,
    }
    (only,) = once(scene)
    assert (only.connector_id, only.goal) == (OLD, EnergyGoal(12.5))
    assert only.ready == OnceTime(datetime(2026, 12, 1, 15, 0, tzinfo=UTC))

    await call(
        hass,
        "set_plan",
        wall_connector=OLD_NAME,
        hours="3",
        ready="2026-12-05 09:30",
        strategy="latest",
    )
    (only,) = once(scene)
    assert only.strategy is Strategy.LATEST
    assert only.ready == OnceTime(datetime(2026, 12, 5, 17, 30, tzinfo=UTC))

    assert not (await call(hass, "cancel_plan")).error
    assert once(scene) == []
    assert "No plan was set" in await error(hass, "cancel_plan")


async def test_a_vehicle_is_found_by_its_name(
    hass: HomeAssistant, set_up: Builder
) -> None:
    car = quick_car()
    red = vehicle(
        "Red one", "red", switch="switch.red", vin=car.vin, battery="sensor.x"
    )
    scene = await set_up((NEW, car), (OLD, None), subentries=[red])
    await scene.until(lambda: scene.state("sensor.vehicle", NEW) == "Red one")
    await call(
        hass, "set_plan", wall_connector="Red one", level_percent=80, ready="07:00"
    )
    (only,) = once(scene)
    assert (only.connector_id, only.goal) == (NEW, PercentGoal(80))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"ready": "07:00"}, "exactly one goal"),
        ({"ready": "07:00", "energy_kwh": 5, "hours": 2}, "exactly one goal"),
        ({"energy_kwh": 5}, "ready"),
        ({"energy_kwh": 5, "ready": "soon"}, "Invalid"),
        ({"energy_kwh": 5, "ready": "25:00"}, "Invalid"),
        ({"energy_kwh": 5, "ready": "2026-11-29 07:00"}, "has passed"),
        ({"energy_kwh": "much", "ready": "07:00"}, "energy_kwh"),
        ({"energy_kwh": 5000, "ready": "07:00"}, "not possible"),
        ({"level_percent": 80, "ready": "07:00"}, "battery level"),
        ({"energy_kwh": 5, "ready": "07:00", "wall_connector": "Mine"}, "one of"),
        ({"energy_kwh": 5, "ready": "07:00", "strategy": "fast"}, "strategy"),
        ({"energy_kwh": 5, "ready": "07:00", "what": 1}, "what"),
    ],
)
async def test_what_cannot_be_is_answered_in_words(
    hass: HomeAssistant, set_up: Builder, data: dict[str, Any], words: str
) -> None:
    scene = await set_up((OLD, None))
    assert words.lower() in (await error(hass, "set_plan", **data)).lower()
    assert once(scene) == []


async def test_with_several_it_has_to_say_which(
    hass: HomeAssistant, set_up: Builder
) -> None:
    await set_up((OLD, None), (OTHER, None))
    answer = await error(hass, "set_plan", energy_kwh=5, ready="07:00")
    assert OLD_NAME in answer
    assert len((await call(hass, "get_charging")).data["wall_connectors"]) == 2


async def test_a_user_without_rights_changes_nothing(
    hass: HomeAssistant, hass_read_only_user: MockUser, set_up: Builder
) -> None:
    scene = await set_up((OLD, None))
    asked = context(hass_read_only_user)
    refused = await call(hass, "set_plan", asked, energy_kwh=5, ready="07:00")
    assert refused.error
    assert once(scene) == []
    assert not (await call(hass, "get_charging", asked)).error


async def test_the_tools_say_what_they_do(hass: HomeAssistant, set_up: Builder) -> None:
    await set_up((OLD, None))
    found = await tools(hass)
    assert {name: tool.annotations.read_only for name, tool in found.items()} == {
        "get_charging": True,
        "set_plan": False,
        "cancel_plan": False,
    }
    assert all(tool.title and tool.description for tool in found.values())
