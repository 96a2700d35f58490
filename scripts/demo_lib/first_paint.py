"""`scripts/page-cost --first-paint`: how soon the dashboard is painted, against the same entities as tiles."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
import random
from statistics import median
from typing import Any, Final

from playwright.async_api import Page

from . import dashboard
from .browser import log_in, running_browser
from .console import say
from .demo import Demo, running_demo
from .folder import temporary_folder
from .net import free_port

LOADS: Final = 20
_TILES: Final = "tiles"
_WITHIN_MS: Final = 60_000
_SAMPLES: Final = 2000
_SHOWN: Final = ("switch", "select", "number", "sensor", "binary_sensor")

# Returns how many ms after the navigation the first card of a page, and all of them, were painted with words in them.
# A frame is painted after its animation callbacks, so that the callback after it knows that it was.
_PAINTED: Final = """async ([tag, count, within]) => {
  const inside = (root, found = []) => {
    for (const item of root.querySelectorAll("*")) {
      if (item.localName === tag) found.push(item);
      else if (item.shadowRoot) inside(item.shadowRoot, found);
    }
    return found;
  };
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const words = (item) => (item.shadowRoot?.textContent ?? "").trim() !== "";
  let first;
  while (performance.now() < within) {
    const filled = inside(document).filter(words).length;
    if (filled > 0 || first !== undefined) {
      const before = first;
      if (before === undefined || filled >= count) await frame();
      first ??= performance.now();
      if (filled >= count) return [first, performance.now()];
    }
    await frame();
  }
  throw new Error(`not all of ${count} ${tag} were painted`);
}"""


@dataclass(frozen=True, slots=True)
class _Variant:
    """A dashboard, and the cards by which it is known that it is painted."""

    path: str
    tag: str
    count: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Times of paired loads in ms: those of our dashboard, and those of the tiles."""

    ours: Sequence[float]
    tiles: Sequence[float]

    @property
    def difference(self) -> float:
        """Return the median of how much later ours was painted."""
        return median(self._differences)

    def bounds(self, seed: int = 0) -> tuple[float, float]:
        """Return between what that median is in 95 % of samples of the pairs."""
        rng, pairs = random.Random(seed), self._differences
        samples = sorted(
            median(rng.choices(pairs, k=len(pairs))) for _ in range(_SAMPLES)
        )
        return samples[_SAMPLES // 40], samples[-_SAMPLES // 40]

    @property
    def _differences(self) -> list[float]:
        return [a - b for a, b in zip(self.ours, self.tiles, strict=True)]


async def _tiles_of(demo: Demo) -> list[dict[str, Any]]:
    """Return a tile for each entity that the devices of buses and connectors show first."""
    registry = await demo.api.ask("config/entity_registry/list")
    ours = set((await demo.entities()).by_unique_id.values())
    return [
        {"type": "tile", "entity": item["entity_id"]}
        for item in registry
        if item["entity_id"] in ours
        and not item["entity_category"]
        and not item["disabled_by"]
        and item["entity_id"].partition(".")[0] in _SHOWN
    ]


async def _install_tiles(demo: Demo) -> _Variant:
    tiles = await _tiles_of(demo)
    section = {"type": "grid", "cards": tiles}
    view = {"title": "Tiles", "path": _TILES, "type": "sections", "sections": [section]}
    await demo.api.ask(
        "lovelace/dashboards/create",
        url_path="with-tiles",
        title="Tiles",
        show_in_sidebar=True,
        require_admin=False,
    )
    await demo.api.ask(
        "lovelace/config/save", url_path="with-tiles", config={"views": [view]}
    )
    return _Variant(f"/with-tiles/{_TILES}", "hui-tile-card", len(tiles))


async def _load(page: Page, url: str, variant: _Variant) -> tuple[float, float]:
    await page.goto("about:blank")
    await page.goto(url + variant.path, wait_until="commit")
    first, whole = await page.evaluate(
        _PAINTED, [variant.tag, variant.count, _WITHIN_MS]
    )
    return float(first), float(whole)


async def _pairs(demo: Demo, page: Page, loads: int) -> tuple[Comparison, Comparison]:
    """Load both dashboards in turns, each as often first as second; return first cards and all cards."""
    connectors = len(demo.world.bus.connectors)
    ours = _Variant(dashboard.OVERVIEW, "twc-manager-connector-card", connectors)
    tiles = await _install_tiles(demo)
    for variant in (ours, tiles):
        await _load(page, demo.url, variant)
    times: dict[_Variant, list[tuple[float, float]]] = {ours: [], tiles: []}
    for turn in range(loads):
        for variant in (ours, tiles) if turn % 2 else (tiles, ours):
            times[variant].append(await _load(page, demo.url, variant))
    first, whole = (
        Comparison([t[which] for t in times[ours]], [t[which] for t in times[tiles]])
        for which in (0, 1)
    )
    return first, whole


def _print_row(what: str, found: Comparison) -> None:
    low, high = found.bounds()
    say(
        f"{what}: {median(found.ours):.0f} ms, with tiles {median(found.tiles):.0f} ms; "
        f"ours minus tiles {found.difference:+.0f} ms (95 %: {low:+.0f} to {high:+.0f})"
    )


async def _run(loads: int) -> bool:
    with temporary_folder() as folder:
        async with (
            running_demo(folder, free_port()) as demo,
            running_browser() as browser,
        ):
            page = await browser.new_page()
            await log_in(page, demo.url)
            first, whole = await _pairs(demo, page, loads)
    _print_row("First card", first)
    _print_row("All cards", whole)
    return first.bounds()[0] <= 0


def measure(loads: int) -> bool:
    """Measure, and return whether the first card is painted no later than the first tile."""
    return asyncio.run(_run(loads))
