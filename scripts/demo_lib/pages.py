"""The steps of an owner on Home Assistant's pages, one function per step.

Elements are found by their texts and roles, as an owner finds them, and waited for; the callers check the result.
The texts of the integration are taken from its translations, so a step fails if a page does not show them.
"""

from functools import reduce
import json
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Locator, Page

from . import plan
from .folder import INTEGRATION as FILES

DASHBOARDS: Final = "/config/lovelace/dashboards"
INTEGRATIONS: Final = "/config/integrations/dashboard"
INTEGRATION: Final = f"/config/integrations/integration/{plan.DOMAIN}"
BLUEPRINTS: Final = "/config/blueprint/dashboard"
_PLAN: Final = "config_subentries.plan"
_SCHEDULE: Final = "config_subentries.schedule"
# The scan of the bus takes 12 s, and at most half a minute.
SCAN_MS: Final = 60_000.0


def words(path: str, *, language: str = "en", **placeholders: object) -> str:
    """Return the integration's words by their path in its translations, like `config.progress.scan`."""
    file = FILES / "translations" / f"{language}.json"
    translations: Any = json.loads(file.read_text("utf-8"))
    found = reduce(lambda part, key: part[key], path.split("."), translations)
    return str(found).format(**placeholders)


def device(device_id: str) -> str:
    """Return the path of a device's page."""
    return f"/config/devices/device/{device_id}"


async def submit(page: Page) -> None:
    """Submit a form in a dialog."""
    await page.get_by_role("button", name="Submit").click()


async def choose(page: Page, path: str) -> None:
    """Choose an entry of a menu in a dialog, by the path of its words."""
    await page.get_by_text(words(path), exact=True).click()


def number(page: Page, path: str) -> Locator:
    """Return a field for a number, by the path of its label's words."""
    return page.get_by_role("spinbutton", name=words(path))


async def begin_to_add(page: Page, url: str) -> None:
    """Choose the integration in the list of all integrations."""
    await page.goto(url + INTEGRATIONS)
    await page.get_by_role("button", name="Add integration").click()
    await page.get_by_placeholder("Search for a brand name").fill("TWC")
    await page.get_by_role("button", name="TWC Manager").click()


async def enter_port(page: Page, port: Path) -> None:
    """Enter a port that is not in the list."""
    label = words("config.step.user.data.device")
    await page.get_by_role("button", name=label).click()
    await page.get_by_role("option", name="Enter manually").click()
    await page.get_by_role("textbox", name=label).fill(str(port))
    await submit(page)


async def enter_wiring(
    page: Page, max_current: int, max_connector_current: int
) -> None:
    """Enter the limits of the wiring."""
    total = number(page, "config.step.wiring.data.max_current")
    await total.fill(str(max_current))
    each = number(page, "config.step.wiring.data.max_connector_current")
    await each.fill(str(max_connector_current))
    await submit(page)


async def save_without_account(page: Page) -> None:
    """Save the found connectors with the default names of the devices."""
    await choose(page, "config.step.found.menu_options.save")
    await choose(page, "config.step.save.menu_options.skip_account")
    await page.get_by_role("button", name="Skip and finish").click()


async def toggle(switch: Locator) -> None:
    """Click on a switch, once the page has loaded and no longer moves it."""
    # The named element is below the drawn one; a click goes to the element around both.
    await switch.locator("xpath=..").click()


async def drag(page: Page, slider: Locator, value: float) -> None:
    """Drag a slider to a value."""
    minimum, maximum = [
        float(await slider.get_attribute(f"aria-value{end}") or 0)
        for end in ("min", "max")
    ]
    now = float(await slider.get_attribute("aria-valuenow") or 0)
    box = await slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2

    def at(amount: float) -> float:
        return box["x"] + box["width"] * (amount - minimum) / (maximum - minimum)

    # Not at the very end, which belongs to the neighbouring element.
    await page.mouse.move(min(at(now), box["x"] + box["width"] - 3), middle)
    await page.mouse.down()
    await page.mouse.move(at(value), middle, steps=8)
    await page.mouse.up()


async def begin_schedule(page: Page, url: str) -> None:
    """Begin to add a schedule with set times."""
    await page.goto(url + INTEGRATION)
    add = words(f"{_SCHEDULE}.initiate_flow.user")
    await page.get_by_role("button", name=add).click()
    await choose(page, f"{_SCHEDULE}.step.user.menu_options.times")


async def enter_all_day(page: Page, name: str) -> None:
    """Enter a schedule that begins when it ends, which is all day on every day."""
    labels = f"{_SCHEDULE}.step.times.data"
    await page.get_by_role("textbox", name=words(f"{labels}.name")).fill(name)
    start = page.get_by_role("group", name=words(f"{labels}.start"))
    await start.get_by_role("spinbutton", name="hh").fill("5")
    await start.get_by_role("button", name="PM").click()
    await page.get_by_role("menuitem", name="AM").click()


async def begin_plan(page: Page, url: str) -> None:
    """Begin to add a plan with a time on days of the week."""
    await page.goto(url + INTEGRATION)
    add = words(f"{_PLAN}.initiate_flow.user")
    await page.get_by_role("button", name=add).click()
    await choose(page, f"{_PLAN}.step.user.menu_options.weekly")


async def enter_plan(page: Page, name: str, car: str) -> None:
    """Enter a plan in kWh for a wall connector or a vehicle, every day at seven, as the form suggests."""
    label = words(f"{_PLAN}.step.weekly.data.name")
    await page.get_by_role("textbox", name=label).fill(name)
    await page.get_by_role("radio", name=car).click()


async def add_dashboard(page: Page, url: str) -> None:
    """Add the integration's dashboard, with what is filled in."""
    await page.goto(url + DASHBOARDS)
    await page.get_by_role("button", name="Add dashboard").click()
    await page.get_by_text("Community dashboards").wait_for()
    await page.get_by_text("TWC Manager", exact=True).last.click()
    await page.get_by_role("button", name="Create").click()
    await page.get_by_role("button", name="Create").wait_for(state="hidden")


async def import_blueprint(page: Page, url: str, address: str) -> None:
    """Import a blueprint from an address."""
    await page.goto(url + BLUEPRINTS)
    await page.get_by_role("button", name="Import blueprint").click()
    await page.get_by_role("textbox", name="Blueprint address").fill(address)
    await page.get_by_role("button", name="Preview").click()
    await page.get_by_role("textbox", name="Blueprint path").wait_for()
    await page.get_by_role("button", name="Import blueprint").last.click()


async def add_target(page: Page, device_name: str) -> None:
    """Choose the device of an automation's trigger, condition or action."""
    await page.get_by_role("button", name="Add target").click()
    await page.get_by_role("button", name="Filter: Devices").click()
    await page.get_by_role("option", name=device_name).click()
