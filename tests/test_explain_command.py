"""The websocket command that explains to users, in their language, what they may read."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.auth.permissions.models import PermissionLookup
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from .adapters import MemoryAdapter
from .helpers import quick_car
from .scene import NEW, OLD, Builder

type Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def ask(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> Ask:
    """Return how a user who may read nothing by default asks for explanations."""
    client = await hass_ws_client(hass, hass_read_only_access_token)

    async def ask(**target: Any) -> dict[str, Any]:
        await client.send_json_auto_id({"type": "twc_manager/explain", **target})
        answer: dict[str, Any] = await client.receive_json()
        return answer

    return ask


def allow(user: MockUser, policy: Any) -> None:
    user.groups[0].policy = policy
    user.invalidate_cache()


async def test_a_user_gets_answers_in_their_own_language(
    hass_read_only_user: MockUser, set_up: Builder, ask: Ask
) -> None:
    scene = await set_up((OLD, None), (NEW, quick_car()))
    await scene.until(lambda: scene.state("sensor.status", NEW) == "charging")
    allow(hass_read_only_user, {"entities": True})

    answer = await ask(language="de")
    assert answer["success"], answer
    bus, old, new = answer["result"]["explanations"]
    assert (bus["connector"], old["connector"], new["connector"]) == (
        None,
        "032E",
        "1839",
    )
    assert bus["device_id"] == scene.device()
    assert new["device_id"] == scene.device(NEW)
    assert new["explanation"] == "Lädt mit bis zu 40 A: Verkabelung erlaubt 40 A."
    assert (new["reason"], new["rule"], new["limit"]) == ("wiring", "fixed", 40)
    assert old["explanation"] == "Kein Fahrzeug."

    # Some connectors; the language of the server unless it is said; no texts in a language are English ones.
    for language, text in (
        ({}, "No vehicle."),
        ({"language": "fr"}, "Pas de véhicule."),
        ({"language": "fi"}, "No vehicle."),
    ):
        answer = await ask(device_id=scene.device(OLD), **language)
        (old,) = answer["result"]["explanations"]
        assert (old["connector"], old["explanation"]) == ("032E", text)
    answer = await ask(language="../../secrets")
    assert answer["error"]["code"] == "invalid_format"


async def test_a_user_is_shown_only_what_they_may_read(
    hass_read_only_user: MockUser, hass: HomeAssistant, set_up: Builder, ask: Ask
) -> None:
    scene = await set_up((OLD, None), (NEW, quick_car()))
    hass_read_only_user.perm_lookup = PermissionLookup(
        er.async_get(hass), dr.async_get(hass)
    )
    allow(hass_read_only_user, {})
    for target in {}, {"device_id": scene.device(OLD)}:
        assert (await ask(**target))["error"]["code"] == "unauthorized"

    devices = {scene.device(OLD): {"read": True}}
    allow(hass_read_only_user, {"entities": {"device_ids": devices}})
    assert (await ask(device_id=scene.device(OLD)))["success"]
    for target in {}, {"device_id": [scene.device(OLD), scene.device(NEW)]}:
        assert (await ask(**target))["error"]["code"] == "unauthorized"


async def test_a_bus_that_is_away_has_nothing_to_report(
    hass_read_only_user: MockUser,
    set_up: Builder,
    adapter: MemoryAdapter,
    ask: Ask,
) -> None:
    scene = await set_up((OLD, None))
    allow(hass_read_only_user, {"entities": True})
    assert len((await ask())["result"]["explanations"]) == 2
    adapter.unplug()
    await scene.until(lambda: scene.state("sensor.limited_by") == "unavailable")
    assert (await ask())["result"]["explanations"] == []
    await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    assert (await ask())["error"]["translation_key"] == "no_bus"


async def test_a_connector_whose_device_was_removed_is_explained_without_it(
    hass_read_only_user: MockUser, set_up: Builder, ask: Ask
) -> None:
    scene = await set_up((OLD, None))
    dr.async_get(scene.hass).async_remove_device(scene.device(OLD))
    allow(hass_read_only_user, {"entities": True})
    answer = await ask()
    assert answer["success"], answer
    assert answer["result"]["explanations"][1]["device_id"] is None
