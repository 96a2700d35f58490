"""What the cards of the front end are sent: the websocket subscription, and the module that every page loads."""

import asyncio
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from itertools import pairwise
import json
from pathlib import Path
from typing import Any

from homeassistant.auth.permissions.models import PermissionLookup
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.dashboard import live, module
from custom_components.twc_manager.dashboard.buses import bus_as_live

from .adapters import MemoryAdapter
from .helpers import quick_car
from .scene import GRID_OPTIONS, NEW, OLD, Builder

VERSION = json.loads((Path(live.__file__).parents[1] / "manifest.json").read_text())[
    "version"
]
_AT_40_A = "Charging at up to 40 A: the wiring allows 40 A."


class Viewer:
    """A page on which cards are shown: what it was sent, and what it is sent next."""

    def __init__(self, client: MockHAClientWebSocket) -> None:
        self._client = client
        self._id = 0
        self.live: dict[str, Any] = {}
        self.pushed: dict[str, Any] = {}

    async def subscribe(self, **options: Any) -> dict[str, Any]:
        """Subscribe, and return the answer."""
        await self._client.send_json_auto_id(
            {"type": "twc_manager/subscribe", **options}
        )
        answer: dict[str, Any] = await self._client.receive_json()
        if answer["success"]:
            self._id = answer["id"]
            await self.next()
        return answer

    async def unsubscribe(self) -> None:
        await self._client.send_json_auto_id(
            {"type": "unsubscribe_events", "subscription": self._id}
        )
        while (await self._client.receive_json())["type"] != "result":
            pass

    async def next(self) -> None:
        """Wait for the next push."""
        message = await self._client.receive_json()
        assert message["type"] == "event", message
        self.pushed = message["event"]
        known = {bus["entry_id"]: bus for bus in self.live.get("buses", ())}
        self.live = {
            **self.pushed,
            "buses": [
                {**known.get(bus["entry_id"], {}), **bus}
                for bus in self.pushed["buses"]
            ],
        }

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until what was pushed is as wanted."""
        while not true():
            await self.next()

    @property
    def bus(self) -> dict[str, Any]:
        """The only bus."""
        (bus,) = self.live["buses"]
        return dict(bus)

    def connector(self, place: int = 0) -> dict[str, Any]:
        """A connector of the only bus."""
        return dict(self.bus["connectors"][place])


@pytest.fixture
async def viewer(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, hass_access_token: str
) -> Viewer:
    return Viewer(await hass_ws_client(hass, hass_access_token))


@pytest.fixture
async def guest(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
    hass_read_only_user: MockUser,
) -> Viewer:
    """The page of a user who may read nothing yet."""
    hass_read_only_user.perm_lookup = PermissionLookup(
        er.async_get(hass), dr.async_get(hass)
    )
    allow(hass_read_only_user, {})
    return Viewer(await hass_ws_client(hass, hass_read_only_access_token))


def allow(user: MockUser, policy: Any) -> None:
    user.groups[0].policy = policy
    user.invalidate_cache()


async def test_a_page_is_sent_what_each_connector_does_and_why(
    viewer: Viewer, set_up: Builder
) -> None:
    scene = await set_up((OLD, None), (NEW, quick_car()), **GRID_OPTIONS)
    await viewer.subscribe()
    await viewer.until(lambda: viewer.connector(1)["status"] == "charging")
    await viewer.until(lambda: viewer.connector(1)["drawn"] > 38)
    bus = viewer.bus
    assert (bus["entry_id"], bus["device_id"]) == (
        scene.entry.entry_id,
        scene.device(),
    )
    assert (bus["state"], bus["mode"], bus["limit"]) == ("connected", "fixed", 48)
    assert bus["sentence"] == [_AT_40_A]
    left = round(48 - bus["drawn"], 1)
    assert bus["left"] == {"wiring": left, "fuse": None, "peak": None}
    assert bus["meters"] == {"grid": "sensor.grid"}
    assert bus["flow"]["connectors"] == bus["connectors"][1]["power"] > 9000
    assert bus["flow"]["grid"] > 9000
    free, used = bus["connectors"]
    assert (free["id"], free["status"], free["vehicle"]) == ("032E", "ready", None)
    assert (free["session"], free["drawn"]) == (None, 0)
    assert used["device_id"] == scene.device(NEW)
    assert used["sentence"] == [_AT_40_A]
    assert (used["reason"], used["rule"]) == ("wiring", "fixed")
    assert (used["offered"], used["limit"], used["minimum"]) == (40, 40, 12)
    assert used["vehicle"]["name"] is None
    assert used["session"]["started"]


async def test_a_change_is_pushed_soon_but_no_more_than_once_a_second(
    hass: HomeAssistant, viewer: Viewer, set_up: Builder
) -> None:
    scene = await set_up((OLD, quick_car()))
    await viewer.subscribe()
    await viewer.until(lambda: viewer.connector()["drawn"] > 38)
    began, times = hass.loop.time(), []
    await scene.choose("number.charge_limit", 20, OLD)
    while viewer.connector()["drawn"] > 20:
        await viewer.next()
        times.append(hass.loop.time() - began)
    assert viewer.connector()["limit"] == 20
    assert times[0] < 1.1
    assert all(later - time > 0.9 for time, later in pairwise(times))


async def test_only_what_changed_is_pushed_again(
    viewer: Viewer, set_up: Builder
) -> None:
    scene = await set_up((OLD, None), **GRID_OPTIONS)
    await viewer.subscribe()
    assert {"prices", "forecast", "plans", "title"} <= viewer.pushed["buses"][0].keys()
    await scene.choose("select.mode", "off")
    await viewer.until(lambda: viewer.bus["mode"] == "off")
    assert viewer.pushed["buses"][0].keys() <= {
        "entry_id",
        "mode",
        "sentence",
        "reason",
        "connectors",
    }


async def test_nothing_is_put_together_while_nobody_looks(
    hass: HomeAssistant,
    viewer: Viewer,
    set_up: Builder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[float] = []

    def note(*args: Any) -> dict[str, Any]:
        made.append(hass.loop.time())
        return bus_as_live(*args)

    monkeypatch.setattr(live, "bus_as_live", note)
    scene = await set_up((OLD, quick_car()))
    await scene.until(lambda: scene.state("sensor.status", OLD) == "charging")
    assert made == []
    await viewer.subscribe()
    await viewer.until(lambda: viewer.connector()["drawn"] > 38)
    assert made
    await viewer.unsubscribe()
    made.clear()
    await scene.choose("number.charge_limit", 20, OLD)
    await scene.until(lambda: float(scene.state("sensor.current", OLD)) < 21)
    await asyncio.sleep(60)
    assert made == []


async def test_a_page_is_sent_texts_in_its_language(
    viewer: Viewer, set_up: Builder, hass: HomeAssistant
) -> None:
    await set_up((OLD, None))
    for language, text in (
        ({}, "No vehicle."),
        ({"language": "de"}, "Kein Fahrzeug."),
        ({"language": "fi"}, "No vehicle."),
    ):
        await viewer.subscribe(**language)
        assert viewer.connector()["sentence"] == [text]
        await viewer.unsubscribe()
    answer = await viewer.subscribe(language="../../secrets")
    assert answer["error"]["code"] == "invalid_format"


async def test_a_user_is_sent_only_what_they_may_read(
    hass: HomeAssistant,
    hass_read_only_user: MockUser,
    guest: Viewer,
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, None), **GRID_OPTIONS)
    assert (await guest.subscribe())["error"]["code"] == "unauthorized"
    devices = {scene.device(): {"read": True}, scene.device(OLD): {"read": True}}
    allow(hass_read_only_user, {"entities": {"device_ids": devices}})
    assert (await guest.subscribe())["success"]
    # The meter of the house is none of our entities.
    assert guest.bus["connectors"]
    assert guest.bus["meters"] == {}
    assert guest.bus["flow"]["grid"] is None
    allow(hass_read_only_user, {"entities": True})
    await guest.until(lambda: guest.bus["meters"] == {"grid": "sensor.grid"})
    allow(hass_read_only_user, {})
    await guest.until(lambda: guest.live["buses"] == [])


async def test_a_bus_that_is_lost_is_reported(
    viewer: Viewer, set_up: Builder, adapter: MemoryAdapter
) -> None:
    await set_up((OLD, quick_car()))
    await viewer.subscribe()
    await viewer.until(lambda: viewer.connector()["status"] == "charging")
    adapter.unplug()
    await viewer.until(lambda: viewer.bus["state"] == "offline")
    assert viewer.bus["sentence"] is None
    assert viewer.bus["drawn"] is None
    lost = viewer.connector()
    assert (lost["id"], lost["status"], lost["drawn"]) == ("032E", "unavailable", None)
    assert (lost["vehicle"], lost["session"]) == (None, None)


async def test_buses_may_come_and_go_while_a_page_is_open(
    hass: HomeAssistant, viewer: Viewer, set_up: Builder
) -> None:
    scene = await set_up((OLD, None))
    await viewer.subscribe()
    assert viewer.bus["state"] == "connected"
    await hass.config_entries.async_unload(scene.entry.entry_id)
    await viewer.until(lambda: viewer.bus["state"] == "not_loaded")
    assert (viewer.bus["title"], viewer.bus["connectors"]) == ("TWC Manager", [])
    await hass.config_entries.async_setup(scene.entry.entry_id)
    # It is followed again: the next change comes too.
    await viewer.until(lambda: viewer.bus["state"] == "connected")
    await scene.choose("select.mode", "off")
    await viewer.until(lambda: viewer.bus["mode"] == "off")
    await hass.config_entries.async_remove(scene.entry.entry_id)
    await viewer.until(lambda: viewer.live["buses"] == [])


async def test_a_page_may_be_open_before_there_is_a_bus(
    hass: HomeAssistant, viewer: Viewer
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    await viewer.subscribe()
    assert viewer.live["buses"] == []
    assert viewer.live["version"].startswith(f"{VERSION}-")


@pytest.fixture
def served(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that each page of Home Assistant loads because of the integration."""
    hass.config.components.add("frontend")
    urls: list[str] = []
    monkeypatch.setattr(module, "add_extra_js_url", lambda _, url: urls.append(url))
    return urls


async def test_every_page_loads_the_module_by_an_address_of_its_content(
    hass: HomeAssistant, served: list[str], hass_client_no_auth: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    digest = sha256((module.FOLDER / module.MODULE).read_bytes()).hexdigest()[:8]
    (url,) = served
    assert url == f"/twc_manager_frontend/twc-manager.js?v={VERSION}-{digest}"
    answer = await (await hass_client_no_auth()).get(url)
    assert answer.status == HTTPStatus.OK
    assert answer.content_type == "text/javascript"
    assert "twc-manager-connector-card" in await answer.text()


async def test_buses_that_are_reloaded_register_nothing_twice(
    served: list[str], set_up: Builder
) -> None:
    scene = await set_up((OLD, None))
    assert await scene.hass.config_entries.async_reload(scene.entry.entry_id)
    assert len(served) == 1


async def test_nothing_is_registered_without_a_front_end(
    hass: HomeAssistant, served: list[str], viewer: Viewer
) -> None:
    hass.config.components.remove("frontend")
    assert await async_setup_component(hass, DOMAIN, {})
    assert served == []
    assert (await viewer.subscribe())["success"]


async def test_buses_run_without_the_module(
    served: list[str],
    set_up: Builder,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    scene = await set_up((OLD, None))
    assert scene.state("sensor.status", OLD) == "ready"
    assert served == []
    assert "There are no cards for dashboards" in caplog.text
