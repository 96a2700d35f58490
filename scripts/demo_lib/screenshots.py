"""`scripts/screenshots`: screenshots for the documentation, of the set-up and of the demo."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
import sys
from typing import Final, Literal

from playwright.async_api import Browser, Page, StorageState, ViewportSize

from . import dashboard, pages, plan
from .browser import log_in, running_browser
from .console import say
from .daytime import move_to_noon
from .demo import Home, running_home, settle, wait_for
from .entities import connector_devices
from .errors import DemoError, causes
from .folder import ROOT, temporary_folder, time_zone
from .net import free_port

_IMAGES: Final = ROOT / "docs" / "images"
_CHARGING_WITHIN_S: Final = 90.0
_CHARGING_A: Final = 5.0
# There is no other way to wait for a canvas.
_DRAWN_MS: Final = 6_000.0
# Dialogs are animated.
_STILL_MS: Final = 700.0
_SETUP_SIZE: Final[ViewportSize] = {"width": 1200, "height": 860}


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture to take."""

    name: str
    path: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    scale: float = 1.0
    in_docs: bool = True
    """Whether a page of the documentation shows it; others are only taken into a folder that is named."""


def _shots(device: str) -> list[Shot]:
    return [
        Shot("dashboard-light", dashboard.OVERVIEW, 1440, 1600),
        Shot("dashboard-dark", dashboard.OVERVIEW, 1440, 1600, "dark"),
        Shot("dashboard-tablet", dashboard.OVERVIEW, 768, 1024, in_docs=False),
        Shot("dashboard-phone", dashboard.OVERVIEW, 390, 844, scale=2.0),
        Shot("history", dashboard.HISTORY, 1440, 1000, in_docs=False),
        Shot("history-phone", dashboard.HISTORY, 390, 844, scale=2.0, in_docs=False),
        Shot("device", pages.device(device), 1400, 1000),
        Shot("device-dark", pages.device(device), 1400, 1000, "dark", in_docs=False),
        Shot("device-phone", pages.device(device), 390, 844, scale=2.0, in_docs=False),
        Shot("integration", pages.INTEGRATION, 1400, 1000, in_docs=False),
    ]


async def _set_up_with_pictures(page: Page, url: str, port: Path, folder: Path) -> None:
    """Add the integration as an owner does, and take screenshots."""

    async def take(name: str) -> None:
        # What is under the mouse is drawn in another color.
        await page.mouse.move(0, 0)
        await page.wait_for_timeout(_STILL_MS)
        await page.screenshot(path=folder / f"{name}.png")
        say(f"{folder / name}.png")

    await pages.begin_to_add(page, url)
    await page.get_by_text(pages.words("config.step.user.data.device")).wait_for()
    await take("setup-1-port")
    await pages.enter_port(page, port)
    await page.get_by_text(pages.words("config.step.wiring.title")).wait_for()
    await take("setup-2-wiring")
    await pages.enter_wiring(page, plan.MAX_CURRENT, plan.MAX_CONNECTOR_CURRENT)
    progress = pages.words("config.progress.scan", count=3).rsplit("\n", 1)[-1]
    await page.get_by_text(progress).wait_for()
    await take("setup-3-looking")
    await page.get_by_role("table").wait_for(timeout=pages.SCAN_MS)
    await take("setup-4-found")
    await pages.choose(page, "config.step.found.menu_options.save")
    skip = "config.step.save.menu_options.skip_account"
    await page.get_by_text(pages.words(skip), exact=True).wait_for()
    await take("setup-5-account")
    await pages.choose(page, skip)
    await page.get_by_role("button", name="Skip and finish").click()
    await pages.begin_schedule(page, url)
    await page.get_by_role("group").first.wait_for()
    await take("schedule")


async def _charging(home: Home) -> bool:
    """Return whether the cars without a plan charge."""
    return all(
        twc.drawn > _CHARGING_A
        for twc in home.world.bus.connectors
        if twc.id != plan.BY_ACCOUNT
    )


async def _live_a_little(home: Home) -> None:
    """Change some settings over a few minutes, so that the graphs have data."""
    entities = await home.entities()
    number, call = "number.set_value", home.api.call
    limit = entities.of_connector(plan.EXTENDED, "charge_limit")
    switch = entities.of_connector(plan.PROTOCOL_1, "charge")
    story: list[tuple[float, Callable[[], Awaitable[None]]]] = [
        (50, lambda: call(number, limit, value=16)),
        (70, lambda: call("switch.turn_off", switch)),
        (70, lambda: call(number, limit, value=24)),
        (40, lambda: call("switch.turn_on", switch)),
    ]
    say(f"Charging for {sum(pause for pause, _ in story):.0f} s ...")
    for pause, act in story:
        await asyncio.sleep(pause)
        await act()
    await asyncio.sleep(30)


async def _logged_in(browser: Browser, url: str) -> StorageState:
    """Log in once and return the browser's stored state."""
    context = await browser.new_context()
    await log_in(await context.new_page(), url)
    state = await context.storage_state()
    await context.close()
    return state


async def _take(
    browser: Browser, url: str, login: StorageState, shot: Shot, file: Path
) -> None:
    context = await browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme=shot.scheme,
        device_scale_factor=shot.scale,
        storage_state=login,
        timezone_id=time_zone(),
    )
    page = await context.new_page()
    await page.goto(url + shot.path)
    await page.locator("home-assistant-main").wait_for()
    await page.wait_for_timeout(_DRAWN_MS)
    await page.screenshot(path=file)
    await context.close()
    say(f"{file}")


async def _screenshots(folder: Path, *, quick: bool) -> None:
    say("Starting a demo ...")
    with temporary_folder() as state:
        async with (
            running_home(state, free_port()) as home,
            running_browser() as browser,
        ):
            login = await _logged_in(browser, home.url)
            context = await browser.new_context(
                viewport=_SETUP_SIZE, storage_state=login, timezone_id=time_zone()
            )
            page = await context.new_page()
            await _set_up_with_pictures(page, home.url, state.port, folder)
            await context.close()
            await settle(home.api, home.world, state)
            await wait_for(
                "the cars to charge", lambda: _charging(home), _CHARGING_WITHIN_S
            )
            if not quick:
                await _live_a_little(home)
            devices = await connector_devices(home.api, await home.entities())
            for shot in _shots(devices[plan.EXTENDED]["id"]):
                if not shot.in_docs and folder == _IMAGES:
                    continue
                await _take(browser, home.url, login, shot, folder / f"{shot.name}.png")


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="scripts/screenshots", add_help=False)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("folder", nargs="?", type=Path, default=_IMAGES)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    move_to_noon(datetime.now(UTC))
    try:
        asyncio.run(_screenshots(options.folder, quick=options.quick))
    except* DemoError as group:
        for error in causes(group):
            print(f"\nerror: {error}", file=sys.stderr)
        sys.exit(1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
