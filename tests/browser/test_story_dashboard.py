"""The dashboard that makes itself, in the house of the story: what an owner sees of it while things change.

It goes on where test_story.py ends, and sets the integration up by itself if it is run alone.
"""

from collections.abc import AsyncGenerator
import re
import shutil
from typing import Any, Final

from playwright.async_api import Locator, Page, expect
import pytest
import pytest_asyncio

from scripts.demo_lib import dashboard, pages, plan
from scripts.demo_lib.browser import log_in
from scripts.demo_lib.demo import restart, restart_without_integration
from scripts.demo_lib.flow import FlowWalk
from simulator import Bus, PtyPort, WallConnector

from .conftest import Story
from .loads import BROKEN, card, failed_loads, new_page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(240),
]

_SECOND: Final = 0x4A11
_THIRD: Final = 0x5B22
_GUEST: Final = "guest"
# A connector that is gone counts as gone once it has been silent for some time.
_GONE_WITHIN_S: Final = 180.0
_GONE_MS: Final = 1000 * _GONE_WITHIN_S
_LINKED_MS: Final = 90_000.0
# Home Assistant says so of every platform when the language of the house is changed; the port was lost on purpose.
_EXPECTED: Final = re.compile(r"\[homeassistant\.helpers\.translation\]|rs485")
_MISSING: Final = re.compile("ll-strategy-dashboard-twc-manager|custom:twc-manager")
_UPDATED: Final = "window.twcManagerWasUpdated = true;\n"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(story: Story) -> Story:
    """A house whose bus is set up, with its dashboard on the page."""
    home = story.home
    if not await home.api.ask("config_entries/get", domain=plan.DOMAIN):
        await FlowWalk(home.api, {"device": str(story.port), **plan.WIRING}).walk()
    await dashboard.install(home.api)
    await story.page.goto(home.url + dashboard.OVERVIEW)
    return story


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def second_bus(
    story: Story, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[tuple[Bus, PtyPort]]:
    """A second bus with a connector, on a port of its own."""
    bus = Bus(story.home.world.bus.loop, seed=2)
    bus.add(WallConnector(_SECOND))
    port = PtyPort(bus, tmp_path_factory.mktemp("second") / "rs485")
    bus.start()
    yield bus, port
    port.close()
    bus.stop()


def _connector(page: Page, name: str) -> Locator:
    """Return the card of the connector with a name."""
    return card(page, "connector").filter(has_text=name)


async def _entry_titled(story: Story, title: str) -> dict[str, Any]:
    entries = await story.home.api.ask("config_entries/get", domain=plan.DOMAIN)
    return next(dict(item) for item in entries if item["title"] == title)


async def _device_named(story: Story, name: str) -> dict[str, Any]:
    devices = await story.home.api.ask("config/device_registry/list")
    return next(dict(item) for item in devices if item["name"] == name)


async def _all_cards_are_alive(page: Page) -> None:
    for name in ("flow", "connector", "plan"):
        await expect(card(page, name).first).to_be_visible()
    await expect(page.locator(BROKEN)).to_have_count(0)


async def test_the_dashboard_is_drawn_in_every_cold_load(house: Story) -> None:
    login = await house.page.context.storage_state()
    url = house.home.url + dashboard.OVERVIEW
    assert await failed_loads(house.browser, login, url) == []


async def test_the_dashboard_is_made_with_two_clicks(house: Story) -> None:
    login = await house.page.context.storage_state()
    async with new_page(house.browser, login) as page:
        await pages.add_dashboard(page, house.home.url)
        made = f"{dashboard.URL_PATH}-2"
        config = await house.home.api.ask("lovelace/config", url_path=made)
        assert config == dashboard.CONFIG
        await page.goto(f"{house.home.url}/{made}")
        await _all_cards_are_alive(page)
        await page.goto(f"{house.home.url}/{made}/history")
        await expect(card(page, "sessions")).to_be_visible()


async def test_new_names_are_shown_at_once(house: Story) -> None:
    page, api = house.page, house.home.api
    name = f"Wall Connector {plan.PROTOCOL_1:04X}"
    await expect(_connector(page, name)).to_be_visible()
    device = await _device_named(house, name)
    await api.ask(
        "config/device_registry/update", device_id=device["id"], name_by_user="Garage"
    )
    await expect(_connector(page, "Garage")).to_be_visible()
    entities = await house.home.entities()
    switch = entities.of_connector(plan.PROTOCOL_1, "charge")
    await api.ask(
        "config/entity_registry/update",
        entity_id=switch,
        new_entity_id="switch.laden_in_der_garage",
    )
    await _all_cards_are_alive(page)
    await expect(_connector(page, "Garage").get_by_role("slider")).to_be_enabled()


async def test_a_second_bus_appears_in_the_language_of_the_house(
    house: Story, second_bus: tuple[Bus, PtyPort]
) -> None:
    api, page, (_, port) = house.home.api, house.page, second_bus
    await api.ask("config/core/update", language="de")
    walk = FlowWalk(api, {"device": str(port.path), **plan.WIRING})
    await walk.walk()
    second = _connector(page, f"{_SECOND:04X}")
    await expect(second).to_be_visible(timeout=_LINKED_MS)
    registry = await api.ask("config/entity_registry/list")
    # Their ids are German ones: nothing may rest on English ones.
    assert any(item["entity_id"].endswith("_ladelimit") for item in registry)
    german = {"language": "de", "number_format": "language", "time_format": "language"}
    await api.ask("frontend/set_user_data", key="language", value=german)
    await page.reload()
    await _all_cards_are_alive(page)
    await expect(second.get_by_role("button", name="Jetzt laden")).to_be_visible()
    await expect(second).to_contain_text("Kein Fahrzeug")


async def test_connectors_come_and_go_while_the_page_is_open(
    house: Story, second_bus: tuple[Bus, PtyPort]
) -> None:
    page, (bus, _) = house.page, second_bus
    third = bus.add(WallConnector(_THIRD))
    shown = _connector(page, f"{_THIRD:04X}")
    await expect(shown).to_be_visible(timeout=_LINKED_MS)
    away = pages.words("config_panel.connector_card.away", language="de")
    await expect(shown).not_to_contain_text(away)
    bus.remove(third)
    await expect(shown).to_contain_text(away, timeout=_GONE_MS)
    device = await _device_named(house, f"Wall Connector {_THIRD:04X}")
    await house.home.api.ask(
        "config/device_registry/remove_config_entry",
        device_id=device["id"],
        config_entry_id=device["config_entries"][0],
    )
    await expect(shown).to_have_count(0)
    await _all_cards_are_alive(page)


async def test_a_lost_port_is_reported_in_words(
    house: Story, second_bus: tuple[Bus, PtyPort]
) -> None:
    page, (_, port) = house.page, second_bus
    second = _connector(page, f"{_SECOND:04X}")
    offline = pages.words("config_panel.connector_card.offline", language="de")
    port.unplug()
    await expect(second).to_contain_text(offline)
    port.replug()
    await expect(second).not_to_contain_text(offline, timeout=_LINKED_MS)


async def test_who_is_no_administrator_sees_it_too(house: Story) -> None:
    api = house.home.api
    user = await api.ask("config/auth/create", name="Guest", group_ids=["system-users"])
    await api.ask(
        "config/auth_provider/homeassistant/create",
        user_id=user["user"]["id"],
        username=_GUEST,
        password=_GUEST,
    )
    async with new_page(house.browser) as page:
        await house.watch(page)
        await log_in(page, house.home.url, _GUEST, _GUEST)
        await page.goto(house.home.url + dashboard.OVERVIEW)
        await _all_cards_are_alive(page)
        await expect(_connector(page, "Garage")).to_be_visible()


async def test_a_page_is_notified_of_an_update_and_has_it_after_a_reload(
    house: Story,
) -> None:
    page = house.page
    module = house.files / "frontend" / "twc-manager.js"
    module.write_text(_UPDATED + module.read_text("utf-8"), "utf-8")
    await restart(house.home.api)
    reload = pages.words("config_panel.common.reload", language="de")
    button = page.get_by_role("button", name=reload, exact=True)
    await expect(button).to_be_visible(timeout=_LINKED_MS)
    await expect(button).to_have_count(1)
    assert await page.evaluate("window.twcManagerWasUpdated") is None
    await button.click()
    await expect(button).to_have_count(0)
    await _all_cards_are_alive(page)
    assert await page.evaluate("window.twcManagerWasUpdated") is True


async def test_a_dashboard_without_a_bus_says_so(house: Story) -> None:
    api, page = house.home.api, house.page
    for entry in await api.ask("config_entries/get", domain=plan.DOMAIN):
        await api.delete(f"/api/config/config_entries/entry/{entry['entry_id']}")
    await expect(card(page, "connector")).to_have_count(0)
    text = pages.words("config_panel.common.no_bus", language="de")
    await expect(page.get_by_text(text.partition(".")[0])).to_be_visible()
    await expect(page.locator(BROKEN)).to_have_count(0)


async def test_without_its_files_a_dashboard_names_what_is_missing(
    house: Story,
) -> None:
    home, url = house.home, house.home.url
    login = await house.page.context.storage_state()
    # What Home Assistant itself does on a page without our code, or without its commands, is not judged here.
    await house.page.goto("about:blank")
    shutil.rmtree(house.files)
    await restart_without_integration(home.api)
    async with new_page(house.browser, login) as page:
        await page.goto(url + dashboard.OVERVIEW)
        # Home Assistant's own words, of which only the name is ours.
        await expect(page.get_by_text(_MISSING)).to_be_visible()
        await page.goto(url + "/config/lovelace/dashboards")
        await expect(page.get_by_text("Wall connectors").first).to_be_visible()


async def test_nothing_went_wrong_behind_the_dashboard(house: Story) -> None:
    assert house.accidents == []
    complaints = house.home.process.complaints()
    unexpected = [item for item in complaints if not _EXPECTED.search(item)]
    assert unexpected == []
