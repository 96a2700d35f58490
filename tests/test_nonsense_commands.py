"""Actions and commands of clients that make no sense: refused in words, and charging goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
import voluptuous as vol

import custom_components.twc_manager as integration
from custom_components.twc_manager.const import DOMAIN

from .helpers import quick_car
from .scene import NEW, OLD, Builder, Scene
from .spoiler import Spoiler

ACTIONS: Final[dict[str, Any]] = load_yaml_dict(
    str(Path(integration.__file__).parent / "services.yaml")
)


def example_of(action: str) -> dict[str, Any]:
    """Return the fields of an action, with the examples of its description."""
    fields = ACTIONS[action].get("fields", {})
    return {
        name: field["example"] for name, field in fields.items() if "example" in field
    }


type Send = Callable[[str, dict[str, Any]], Awaitable[None]]

COUNTS: Final = [25, pytest.param(2_500, marks=pytest.mark.slow)]


async def check_nonsense(
    scene: Scene, spoiler: Spoiler, count: int, send: Send
) -> None:
    """Send all actions with spoilt fields, and see that the limit holds."""
    # Only the fields of this integration: Home Assistant itself raises for targets that are no texts.
    target = {"entity_id": [scene.id("switch.charge", OLD), scene.id("select.mode")]}
    for _ in range(count):
        for action in ACTIONS:
            await send(action, {**spoiler.spoilt(example_of(action)), **target})
        assert sum(unit.offered for unit in scene.bus.connectors) <= 48
    await asyncio.sleep(60)
    assert sum(unit.drawn for unit in scene.bus.connectors) <= 48
    assert scene.state("sensor.status", NEW) != "unavailable"


@pytest.mark.parametrize("count", COUNTS)
async def test_whatever_a_client_sends_is_answered_in_words(
    hass: HomeAssistant,
    set_up: Builder,
    hass_ws_client: WebSocketGenerator,
    count: int,
) -> None:
    scene = await set_up((OLD, quick_car()), (NEW, quick_car()))
    client = await hass_ws_client(hass)
    spoiler = Spoiler(5, is_json=True)

    async def command(data: dict[str, Any]) -> None:
        await client.send_json_auto_id(data)
        answer = await client.receive_json()
        while answer["type"] == "event":
            answer = await client.receive_json()
        error = None if answer["success"] else answer["error"]
        assert error is None or error["code"] != "unknown_error", (data, error)

    async def send(action: str, data: dict[str, Any]) -> None:
        called = {"domain": DOMAIN, "service": action, "service_data": data}
        await command({"type": "call_service", **called})

    await check_nonsense(scene, spoiler, count, send)
    for _ in range(count):
        for name in ("explain", "subscribe"):
            await command({"type": f"{DOMAIN}/{name}", "language": spoiler.anything()})


@pytest.mark.parametrize("count", COUNTS)
async def test_whatever_an_automation_calculates_is_refused_in_words(
    hass: HomeAssistant, set_up: Builder, count: int
) -> None:
    scene = await set_up((OLD, quick_car()), (NEW, quick_car()))

    async def send(action: str, data: dict[str, Any]) -> None:
        only = hass.services.supports_response(DOMAIN, action)
        with suppress(vol.Invalid, HomeAssistantError):
            await hass.services.async_call(
                DOMAIN,
                action,
                data,
                blocking=True,
                return_response=only is not SupportsResponse.NONE,
            )

    await check_nonsense(scene, Spoiler(6), count, send)
