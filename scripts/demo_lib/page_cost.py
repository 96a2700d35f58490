"""`scripts/page-cost`: what an open dashboard costs a browser while three wall connectors charge."""

import argparse
import asyncio
from dataclasses import dataclass
import sys
import time
from typing import Final

from playwright.async_api import CDPSession, Page

from . import dashboard, first_paint, plan
from .browser import log_in, running_browser
from .console import say
from .demo import Demo, running_demo, wait_for
from .errors import DemoError, causes
from .folder import temporary_folder
from .net import free_port

_MAX_BUSY: Final = 0.02
_MAX_GROWTH: Final = 0.05
_HEAP_FROM_S: Final = 300.0
_CHARGING_WITHIN_S: Final = 300.0
_CHARGING_A: Final = 5.0
# The page has drawn everything, its graphs too.
_DRAWN_S: Final = 15.0
_LIMITS_A: Final = (20, 24, 28, 32, 36)
_BETWEEN_S: Final = 3.0
# Sets a number as a card does; returns how many ms it takes until a slider of any card shows it.
_CHANGE_AND_SEE: Final = """async ([entity_id, value]) => {
  const inside = (root) => [...root.querySelectorAll("*")].flatMap(
    (item) => item.shadowRoot ? [item, ...inside(item.shadowRoot)] : [item]);
  const sliders = inside(document).filter((item) => item.type === "range");
  const { hass } = document.querySelector("home-assistant");
  const began = performance.now();
  await hass.callService("number", "set_value", { value }, { entity_id });
  const shows = (item) => parseFloat(item.getAttribute("aria-valuetext")) === value;
  while (!sliders.some(shows)) {
    if (performance.now() - began > 10_000) throw new Error("no card shows the number");
    await new Promise((done) => setTimeout(done, 5));
  }
  return performance.now() - began;
}"""


@dataclass(frozen=True, slots=True)
class Counters:
    """The browser's counters of a page.

    Attributes:
        at: when they were read, in s.
        script: time in scripts since the page was opened, in s.
        layout: time in layout and styles since then, in s.
        heap: what its scripts hold after a forced collection, in bytes.

    """

    at: float
    script: float
    layout: float
    heap: float

    def busy(self, earlier: Counters) -> tuple[float, float]:
        """Return the shares of the time in scripts and in layout since earlier counters."""
        passed = self.at - earlier.at
        return (
            (self.script - earlier.script) / passed,
            (self.layout - earlier.layout) / passed,
        )


async def _read(session: CDPSession) -> Counters:
    await session.send("HeapProfiler.collectGarbage")
    answer = await session.send("Performance.getMetrics")
    found = {item["name"]: float(item["value"]) for item in answer["metrics"]}
    return Counters(
        time.monotonic(),
        found["ScriptDuration"],
        found["LayoutDuration"] + found["RecalcStyleDuration"],
        found["JSHeapUsedSize"],
    )


async def _shown_after(demo: Demo, page: Page) -> list[float]:
    """Change the limit of a connector some times; return how many s it took until its card showed each."""
    limit = (await demo.entities()).of_connector(plan.EXTENDED, "charge_limit")
    times: list[float] = []
    for amps in _LIMITS_A:
        times.append(await page.evaluate(_CHANGE_AND_SEE, [limit, amps]) / 1000)
        await asyncio.sleep(_BETWEEN_S)
    return times


async def _measure(demo: Demo, page: Page, seconds: float) -> bool:
    """Measure, print the results, and return whether they are as they shall be."""
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    await asyncio.sleep(_DRAWN_S)
    times = ", ".join(f"{took:.3f}" for took in await _shown_after(demo, page))
    say(f"A changed limit was on the card after {times} s.")
    begin = await _read(session)
    settled = min(_HEAP_FROM_S, seconds / 2)
    await asyncio.sleep(settled)
    middle = await _read(session)
    await asyncio.sleep(seconds - settled)
    end = await _read(session)
    script, layout = end.busy(begin)
    growth = end.heap / middle.heap - 1
    say(f"Open for {end.at - begin.at:.0f} s while three vehicles charge:")
    say(f"  scripts {script:.2%} of the time, layout and styles {layout:.2%}")
    say(
        f"  memory of scripts {middle.heap / 1e6:.1f} MB after {settled:.0f} s, "
        f"{end.heap / 1e6:.1f} MB at the end ({growth:+.1%})"
    )
    return script + layout < _MAX_BUSY and growth <= _MAX_GROWTH


async def _run(seconds: float) -> bool:
    with temporary_folder() as folder:
        async with (
            running_demo(folder, free_port()) as demo,
            running_browser() as browser,
        ):

            async def all_charge() -> bool:
                return all(twc.drawn > _CHARGING_A for twc in demo.world.bus.connectors)

            charge_now = (await demo.entities()).of_bus("charge_now")
            await demo.api.call("switch.turn_on", charge_now)
            await wait_for("all cars to charge", all_charge, _CHARGING_WITHIN_S)
            page = await browser.new_page()
            await log_in(page, demo.url)
            await page.goto(demo.url + dashboard.OVERVIEW)
            await page.locator("twc-manager-connector-card").first.wait_for()
            return await _measure(demo, page, seconds)


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="scripts/page-cost", add_help=False)
    parser.add_argument("--minutes", type=float, default=10.0, metavar="N")
    parser.add_argument("--first-paint", action="store_true")
    parser.add_argument("--loads", type=int, default=first_paint.LOADS, metavar="N")
    options = parser.parse_args()
    try:
        if options.first_paint:
            return 0 if first_paint.measure(options.loads) else 1
        return 0 if asyncio.run(_run(60 * options.minutes)) else 1
    except* DemoError as group:
        for error in causes(group):
            print(f"\nerror: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
