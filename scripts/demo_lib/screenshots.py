"""`scripts/screenshots`: pictures of the demo for the documentation."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
import sys
from typing import Any, Final, Literal

from playwright.async_api import Browser, StorageState

from . import dashboard, plan
from .browser import log_in, running_browser
from .console import say
from .demo import Demo, running_demo, wait_for
from .entities import connector_devices
from .errors import DemoError, causes
from .folder import ROOT, temporary_folder
from .net import free_port

_IMAGES: Final = ROOT / "docs" / "images"
# So little time that a few minutes of charging fill the graphs.
_GRAPH_HOURS: Final = 0.1
_CHARGING_WITHIN_S: Final = 90.0
_CHARGING_A: Final = 5.0
# What is drawn on canvases is not to be waited for otherwise.
_DRAWN_MS: Final = 6_000.0


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture to take."""

    name: str
    path: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"
    scale: float = 1.0


def _shots(device: str) -> list[Shot]:
    page = f"/{dashboard.URL_PATH}/wall-connectors"
    return [
        Shot("dashboard-light", page, 1780, 780),
        Shot("dashboard-dark", page, 1780, 780, "dark"),
        Shot("dashboard-phone", page, 390, 844, scale=2.0),
        Shot("device", f"/config/devices/device/{device}", 1400, 1000),
    ]


async def _charging(demo: Demo) -> bool:
    return all(twc.drawn > _CHARGING_A for twc in demo.world.bus.connectors)


async def _shorten_graphs(demo: Demo) -> None:
    """Let the graphs of the dashboard show minutes instead of hours."""
    shown = dashboard.load()
    _replace(shown, "hours_to_show", _GRAPH_HOURS)
    await demo.api.ask(
        "lovelace/config/save", url_path=dashboard.URL_PATH, config=shown
    )


def _replace(part: Any, key: str, value: float) -> None:
    if isinstance(part, dict):
        if key in part:
            part[key] = value
        part = list(part.values())
    if isinstance(part, list):
        for item in part:
            _replace(item, key, value)


async def _live_a_little(demo: Demo) -> None:
    """Do what a person might do within a few minutes, so that there is something to see."""
    entities = await demo.entities()
    number, call = "number.set_value", demo.api.call
    limit = entities.of_connector(plan.EXTENDED, "charge_limit")
    switch = entities.of_connector(plan.PROTOCOL_1, "charge")
    story: list[tuple[float, Callable[[], Awaitable[None]]]] = [
        (50, lambda: call(number, limit, value=16)),
        (70, lambda: call("switch.turn_off", switch)),
        (70, lambda: call(number, limit, value=24)),
        (40, lambda: call("switch.turn_on", switch)),
        (70, lambda: call(number, entities.of_bus("current"), value=72)),
    ]
    say(f"Charging for {sum(pause for pause, _ in story):.0f} s ...")
    for pause, act in story:
        await asyncio.sleep(pause)
        await act()
    await asyncio.sleep(30)


async def _logged_in(browser: Browser, url: str) -> StorageState:
    """Log in once and return what the browser keeps of it."""
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
        timezone_id="UTC",
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
        async with running_demo(state, free_port()) as demo:
            await _shorten_graphs(demo)
            await wait_for(
                "all cars to charge", lambda: _charging(demo), _CHARGING_WITHIN_S
            )
            if not quick:
                await _live_a_little(demo)
            devices = await connector_devices(demo.api, await demo.entities())
            async with running_browser() as browser:
                login = await _logged_in(browser, demo.url)
                for shot in _shots(devices[plan.EXTENDED]["id"]):
                    await _take(
                        browser, demo.url, login, shot, folder / f"{shot.name}.png"
                    )


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="scripts/screenshots", add_help=False)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("folder", nargs="?", type=Path, default=_IMAGES)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(_screenshots(options.folder, quick=options.quick))
    except* DemoError as group:
        for error in causes(group):
            print(f"\nerror: {error}", file=sys.stderr)
        sys.exit(1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
