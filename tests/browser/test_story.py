"""What an owner does in the first hour, in a real browser with a real Home Assistant.

It is one story: each chapter goes on where the one before it ended. What comes of a deed is seen in
the simulator, which knows what the cars really draw.
"""

from collections.abc import AsyncGenerator
from pathlib import Path
import re
from typing import Final, Literal

from aiohttp import web
from playwright.async_api import Page, expect
import pytest
import pytest_asyncio

from scripts.demo_lib import dashboard, pages, plan
from scripts.demo_lib.console import say
from scripts.demo_lib.demo import restart
from scripts.demo_lib.entities import connector_devices, entity_names
from scripts.demo_lib.folder import ROOT
from scripts.demo_lib.net import HOST
from scripts.demo_lib.pages import words
from scripts.demo_lib.seeing import seconds_until
from simulator import WallConnector

from .conftest import Story

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(240),
]

type Scheme = Literal["light", "dark"]

_BLUEPRINTS: Final = ROOT / "blueprints" / "automation" / "twc_manager"
_TOO_MUCH_A: Final = 300
_LIMIT_A: Final = 16
# Less than the cars draw, but enough for each of them.
_SCHEDULED_A: Final = 48
# A car draws a little less than it is offered, and a meter is never exact.
_CAR_LEAVES_A: Final = 1.5
_SET_UP_WITHIN_S: Final = 1.0
_WIRE_WITHIN_S: Final = 2.0
_FOLLOW_WITHIN_S: Final = 10.0
# Relays are spared: a car that has only just begun is not stopped at once.
_STOP_WITHIN_S: Final = 90.0
# A new master raises no offer for 30 s, or a minute if others may have been served before.
_CHARGE_WITHIN_S: Final = 120.0
_ASK_BACKGROUND: Final = (
    "getComputedStyle(document.documentElement)"
    ".getPropertyValue('--primary-background-color')"
)
_BACKGROUND: Final = {"light": "#fafafa", "dark": "#111"}
# A word of the insides: nothing that a person is to read looks like this.
_RAW: Final = re.compile(r"\b[a-z]+_[a-z_]+\b|component\.")


def _connector(story: Story, connector_id: int) -> WallConnector:
    return story.home.world.connector(connector_id)


def _follows(twc: WallConnector, amps: float) -> bool:
    return amps - _CAR_LEAVES_A <= twc.drawn <= amps + 0.5


async def _is_in_words_and_fits(page: Page, scheme: str) -> None:
    """See that a page shows nothing of the insides, nothing beside itself, and the right colors."""
    shown = await page.locator("home-assistant-main").aria_snapshot()
    seen = "\n".join(line for line in shown.splitlines() if "/url:" not in line)
    assert _RAW.findall(seen) == []
    assert await page.evaluate("document.body.scrollWidth <= window.innerWidth")
    assert await page.evaluate(_ASK_BACKGROUND) == _BACKGROUND[scheme]


async def _open_device(story: Story, connector_id: int) -> None:
    """Open the page of a wall connector."""
    home = story.home
    devices = await connector_devices(home.api, await home.entities())
    await story.page.goto(home.url + pages.device(devices[connector_id]["id"]))


async def _switch(story: Story, connector_id: int, *, on: bool) -> None:
    """Switch a wall connector on its page."""
    await _open_device(story, connector_id)
    name = words("entity.switch.charge.name")
    switch = story.page.get_by_role("switch", name=re.compile(f" {name}$"))
    await expect(switch).to_be_checked(checked=not on)
    await pages.toggle(switch)
    await expect(switch).to_be_checked(checked=on)


async def _look_at_all_pages(story: Story, scheme: Scheme, width: int) -> None:
    """See every page that is about the integration, its dashboard among them."""
    home = story.home
    context = await story.browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        storage_state=await story.page.context.storage_state(),
        timezone_id="UTC",
    )
    page = await context.new_page()
    await story.watch(page)
    for device_id, names in (await entity_names(home.api)).items():
        await page.goto(home.url + pages.device(device_id))
        for name in names:
            await expect(page.get_by_text(name, exact=True).first).to_be_attached()
        await _is_in_words_and_fits(page, scheme)
    await page.goto(home.url + pages.INTEGRATION)
    await expect(page.get_by_text("RS-485")).to_be_visible()
    await _is_in_words_and_fits(page, scheme)
    await dashboard.install(home.api)
    await page.goto(f"{home.url}/{dashboard.URL_PATH}")
    for element in ("flow", "plan", "connector"):
        card = page.locator(f"twc-manager-{element}-card ha-card").first
        await expect(card).to_be_visible()
    await expect(page.locator("hui-warning, hui-error-card")).to_have_count(0)
    await _is_in_words_and_fits(page, scheme)
    await context.close()


async def test_wrong_answers_are_reported_in_words(story: Story) -> None:
    page = story.page
    await pages.begin_to_add(page, story.home.url)
    await pages.enter_port(page, Path("/dev/no-such-port"))
    missing = words("config.error.port_missing")
    await expect(page.get_by_text(missing)).to_be_visible()
    await pages.enter_port(page, story.port)
    await pages.enter_wiring(page, _TOO_MUCH_A, plan.MAX_CONNECTOR_CURRENT)
    too_much = words("config.error.total_range", minimum_current=6, maximum_total=240)
    await expect(page.get_by_text(too_much)).to_be_visible()


async def test_adds_the_integration_and_sees_the_connectors_counted(
    story: Story,
) -> None:
    page = story.page
    await pages.enter_wiring(page, plan.MAX_CURRENT, plan.MAX_CONNECTOR_CURRENT)
    count = len(story.home.world.bus.connectors)
    progress = words("config.progress.scan", count=count).rsplit("\n", 1)[-1]
    await expect(page.get_by_text(progress)).to_be_visible()
    found = page.get_by_role("table")
    await expect(found).to_be_visible(timeout=pages.SCAN_MS)
    for twc in story.home.world.bus.connectors:
        row = f"{twc.id:04X} {twc.rating:.0f} A {twc.protocol}"
        await expect(found.get_by_role("row", name=row)).to_be_visible()
    await pages.save_without_account(page)
    await page.goto(story.home.url + pages.INTEGRATION)
    for twc in story.home.world.bus.connectors:
        name = words("device.connector.name", connector=f"{twc.id:04X}")
        # An id is a device once it has answered for some seconds.
        device = page.get_by_role("button", name=name)
        await expect(device).to_be_visible(timeout=pages.SCAN_MS)


@pytest_asyncio.fixture(loop_scope="session")
async def blueprint_url(story: Story) -> AsyncGenerator[str]:
    """The address of a blueprint, as Home Assistant would find it on the internet."""
    app = web.Application()
    app.router.add_static("/", _BLUEPRINTS)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, HOST, 0)
    await site.start()
    yield f"http://{HOST}:{runner.addresses[0][1]}/tell_me.yaml"
    await runner.cleanup()


async def test_makes_an_automation_of_a_blueprint(
    story: Story, blueprint_url: str
) -> None:
    page = story.page
    await pages.import_blueprint(page, story.home.url, blueprint_url)
    await page.get_by_role("button", name="TWC Manager: tell me").click()
    await pages.add_target(page, f"Wall Connector {plan.PROTOCOL_1:04X}")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Traces")).to_be_visible()
    await _open_device(story, plan.PROTOCOL_1)
    await expect(page.get_by_role("link", name="TWC Manager: tell me")).to_be_visible()


async def test_switches_a_connector_off(story: Story) -> None:
    await _switch(story, plan.PROTOCOL_1, on=False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_is_in_words_and_fits_a_phone(
    story: Story, scheme: Scheme
) -> None:
    await _look_at_all_pages(story, scheme, 390)


async def test_moves_the_slider_and_the_car_follows(story: Story) -> None:
    twc = _connector(story, plan.EXTENDED)
    await _open_device(story, twc.id)
    await seconds_until(
        "the car draws more", lambda: twc.drawn > _LIMIT_A, _CHARGE_WITHIN_S
    )
    label = words("entity.number.charge_limit.name")
    slider = story.page.get_by_role("slider", name=label)
    await pages.drag(story.page, slider, _LIMIT_A)
    await seconds_until(
        "the new limit is offered", lambda: twc.offered == _LIMIT_A, _WIRE_WITHIN_S
    )
    await seconds_until(
        "the car follows", lambda: _follows(twc, _LIMIT_A), _FOLLOW_WITHIN_S
    )
    await expect(slider).to_have_attribute("aria-valuenow", str(_LIMIT_A))


async def test_nobody_charges_where_it_is_off_until_it_is_on_again(
    story: Story,
) -> None:
    twc = _connector(story, plan.PROTOCOL_1)
    assert twc.drawn == 0
    await _switch(story, twc.id, on=True)
    await seconds_until("the car charges", lambda: twc.drawn > 5, _CHARGE_WITHIN_S)


async def test_adds_a_schedule_and_the_cars_keep_to_it(story: Story) -> None:
    page, bus = story.page, story.home.world.bus
    await pages.begin_schedule(page, story.home.url)
    await pages.enter_all_day(page, "All day")
    await pages.submit(page)
    amps = words("config_subentries.schedule.error.amps_missing")
    await expect(page.get_by_text(amps)).to_be_visible()
    current = "config_subentries.schedule.step.times.data.amps"
    await pages.number(page, current).fill(str(_SCHEDULED_A))
    await pages.submit(page)
    await page.get_by_role("button", name="Finish").click()
    await expect(page.get_by_text("All day", exact=True)).to_be_visible()
    await seconds_until(
        "the cars keep to the schedule",
        lambda: sum(twc.offered for twc in bus.connectors) <= _SCHEDULED_A,
        _CHARGE_WITHIN_S,
    )


async def test_adds_a_plan_after_wrong_input(story: Story) -> None:
    page, form = story.page, "config_subentries.plan"
    await pages.begin_plan(page, story.home.url)
    name = words("device.connector.name", connector=f"{plan.PROTOCOL_1:04X}")
    await pages.enter_plan(page, "To work", name)
    amount = pages.number(page, f"{form}.step.weekly.data.amount")
    await amount.fill("0")
    await pages.submit(page)
    wrong = words(f"{form}.error.energy_range", maximum_kwh=1000)
    await expect(page.get_by_text(wrong)).to_be_visible()
    await amount.fill("8")
    await pages.submit(page)
    await page.get_by_role("button", name="Finish").click()
    await expect(page.get_by_text("To work", exact=True).first).to_be_visible()
    entities = await story.home.entities()
    (switch,) = (
        entity_id
        for unique_id, entity_id in entities.by_unique_id.items()
        if unique_id.startswith(f"{entities.entry_id}.") and unique_id.endswith("_plan")
    )
    assert await story.home.api.state(switch) == "on"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_is_in_words_and_fits_a_desktop(
    story: Story, scheme: Scheme
) -> None:
    await _look_at_all_pages(story, scheme, 1400)


async def test_stops_a_car_that_charges(story: Story) -> None:
    twc = _connector(story, plan.PROTOCOL_1)
    await _switch(story, twc.id, on=False)
    await seconds_until("the car stops", lambda: twc.drawn == 0, _STOP_WITHIN_S)
    paused = words("entity.sensor.status.state.paused")
    await expect(story.page.get_by_text(paused, exact=True).first).to_be_visible()


async def test_a_restart_is_soon_over(story: Story) -> None:
    took = await restart(story.home.api)
    say(f"The setup took {took:.2f} s.")
    assert took < _SET_UP_WITHIN_S
    twc = _connector(story, plan.EXTENDED)
    await seconds_until("the car charges", lambda: twc.drawn > 5, _CHARGE_WITHIN_S)


async def test_nothing_went_wrong_behind_the_scenes(story: Story) -> None:
    assert story.accidents == []
    assert story.home.process.complaints() == []
    assert story.home.world.bus.safety.problems(plan.MAX_CURRENT) == []
