"""Prices as an owner meets them: a sensor, a number, a rule, and an issue when they are gone."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.twc_manager.prices import watcher

from .helpers import quick_car
from .scene import GRID_OPTIONS, OLD, Builder, Scene

START: Final = datetime(2026, 6, 15, 8, 56, tzinfo=UTC)
PRICE: Final = "sensor.price"

pytestmark = pytest.mark.starts_at(START)


def write(hass: HomeAssistant, **prices: float) -> None:
    """Write the prices of times, such as t0900=0.2, each of five minutes."""
    items = [
        {
            "start": (start := START.replace(hour=int(at[1:3]), minute=int(at[3:]))),
            "end": start + timedelta(minutes=5),
            "price": price,
        }
        for at, price in prices.items()
    ]
    attributes = {"prices": items, "unit_of_measurement": "EUR/kWh"}
    hass.states.async_set(PRICE, "1", attributes)


@pytest.fixture
async def scene(hass: HomeAssistant, set_up: Builder) -> Scene:
    write(hass, t0855=0.25, t0900=0.05, t0905=0.25, t0910=0.25)
    options: dict[str, Any] = {
        "price_source": "entity",
        "price_entity": PRICE,
        "price_addition": 0.1,
    }
    return await set_up((OLD, quick_car()), **GRID_OPTIONS, **options)


@pytest.mark.long
async def test_green_energy_charges_from_the_grid_while_electricity_is_cheap(
    scene: Scene,
) -> None:
    await scene.choose("select.mode", "green")
    await scene.choose("number.charge_below_price", 0.2)
    assert scene.state("number.charge_below_price") == "0.2"
    await scene.until(lambda: scene.state("sensor.price") == "0.35")
    assert scene.state("sensor.rule") == "green"
    await asyncio.sleep(120)
    assert scene.bus.connectors[0].offered == 0
    await scene.until(lambda: scene.state("sensor.rule") == "cheap", 200)
    await scene.until(lambda: scene.bus.connectors[0].drawn > 30)
    assert scene.state("sensor.price") == "0.15"
    await scene.until(lambda: scene.state("sensor.rule") == "green", 400)
    await scene.until(lambda: scene.bus.connectors[0].drawn == 0)


@pytest.mark.long
async def test_an_unknown_price_is_not_cheap_and_is_reported(
    hass: HomeAssistant, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "SILENT", timedelta(minutes=2))
    await scene.choose("select.mode", "green")
    await scene.choose("number.charge_below_price", 1)
    await scene.until(lambda: scene.state("sensor.rule") == "cheap")
    hass.states.async_set(PRICE, "unavailable")
    # What was known stays.
    await asyncio.sleep(300)
    assert scene.state("sensor.rule") == "cheap"
    await scene.until(lambda: scene.state("sensor.rule") == "green", 1200)
    assert scene.state("sensor.price") == "unavailable"
    assert scene.problem("prices_silent") is None
    await scene.until(lambda: scene.problem("prices_silent") is not None, 200)
    issue = scene.problem("prices_silent")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["source"] == PRICE
    write(hass, t0915=0.1, t0920=0.1, t0925=0.1)
    await scene.until(lambda: scene.problem("prices_silent") is None)
    assert scene.state("sensor.rule") == "cheap"


async def test_the_source_may_be_renamed(hass: HomeAssistant, set_up: Builder) -> None:
    entity = er.async_get(hass).async_get_or_create("sensor", "entsoe", "a")
    write(hass, t0855=0.25, t0900=0.05)
    attributes = dict(hass.states.get(PRICE).attributes)  # type: ignore[union-attr]
    hass.states.async_set(entity.entity_id, "1", attributes)
    scene = await set_up(
        (OLD, None), price_source="entity", price_entity=entity.entity_id
    )
    await scene.until(lambda: scene.state("sensor.price") == "0.25")
    er.async_get(hass).async_update_entity(
        entity.entity_id, new_entity_id="sensor.renamed"
    )
    await hass.async_block_till_done()
    attributes["prices"] = [{**item, "price": 0.4} for item in attributes["prices"]]
    hass.states.async_set("sensor.renamed", "1", attributes)
    await scene.until(lambda: scene.state("sensor.price") == "0.4", 400)


async def test_without_prices_there_is_nothing_of_them(set_up: Builder) -> None:
    scene = await set_up((OLD, None))
    for key in ("sensor.price", "number.charge_below_price"):
        with pytest.raises(AssertionError):
            scene.state(key)


async def test_nothing_is_read_after_the_bus_was_unloaded(
    hass: HomeAssistant, scene: Scene
) -> None:
    prices = scene.entry.runtime_data.inputs.prices
    await scene.until(lambda: prices.price == 0.35)
    assert await hass.config_entries.async_unload(scene.entry.entry_id)
    write(hass, t0900=0.5)
    await asyncio.sleep(300)
    assert prices.price == pytest.approx(0.15), "what was known when it ended"
