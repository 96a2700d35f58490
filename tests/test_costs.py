"""What an owner sees of the cost of charging, with prices and without."""

from typing import Any, Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.twc_manager.const import DOMAIN
from tests.helpers import quick_car
from tests.scene import GRID_OPTIONS, NEW, Builder, Scene
from tests.vehicles.scene import vehicle

PRICES: Final[dict[str, Any]] = {
    "price_source": "fixed",
    "price_base": 0.3,
    "price_currency": "EUR",
    "feed_in": "fixed",
    "feed_in_price": 0.1,
}
COSTS: Final = ("session_cost", "month_cost", "year_cost")


def costs(scene: Scene) -> list[str]:
    return [scene.state(f"sensor.{key}", NEW) for key in COSTS]


async def test_a_session_costs_what_its_sources_cost(
    set_up: Builder, all_entities: None
) -> None:
    car = quick_car()
    red = vehicle("Red one", switch="switch.red", vin=car.vin)
    scene = await set_up((NEW, None), subentries=[red], **GRID_OPTIONS, **PRICES)
    (connector,) = scene.bus.connectors
    # Half of what it takes is from the sun.
    scene.house.sun_w = 20 * 240
    await scene.until(lambda: scene.state("sensor.month_cost", NEW) == "0.0")

    connector.plug_in(car)
    await scene.until(lambda: connector.delivered_kwh > 2)
    before = [float(cost) for cost in costs(scene)]
    assert all(0.25 < cost < 0.55 for cost in before)
    state = scene.hass.states.get(scene.id("sensor.session_cost", NEW))
    assert state is not None
    assert state.attributes["unit_of_measurement"] == "EUR"
    assert state.attributes["device_class"] == SensorDeviceClass.MONETARY
    assert state.attributes["state_class"] == SensorStateClass.TOTAL
    started = scene.entry.runtime_data.data.connectors[NEW].session.started
    assert state.attributes["last_reset"] == started.isoformat()

    await scene.reload()
    await scene.until(lambda: connector.delivered_kwh > 2.4)
    connector.unplug()
    await scene.until(lambda: scene.state("event.session", NEW) != "unknown")

    (session,) = (await scene.act("get_sessions"))["sessions"]
    expected = 0.1 * session["green_kwh"] + 0.3 * (
        session["grid_kwh"] + session["unknown_kwh"]
    )
    assert session["energy_kwh"] == pytest.approx(2.4, abs=0.2)
    assert session["cost"] == pytest.approx(expected, abs=0.02)
    assert (session["currency"], session["priced_percent"]) == ("EUR", 100)
    # It charged at once.
    assert session["cost_at_once"] == pytest.approx(session["cost"], abs=0.05)
    event = scene.hass.states.get(scene.id("event.session", NEW))
    assert event is not None
    assert event.attributes["cost"] == session["cost"]
    (month,) = (await scene.act("get_sessions"))["months"]
    assert (month["cost"], month["vehicle"]) == (session["cost"], "Red one")
    total = f"{session['cost']:.2f}".rstrip("0")
    await scene.until(lambda: set(costs(scene)) == {total})
    state_of = scene.of(red)
    assert {state_of(key) for key in COSTS} == {total}


async def test_without_prices_there_are_no_costs(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await set_up((NEW, quick_car()))
    (connector,) = scene.bus.connectors
    await scene.until(lambda: connector.delivered_kwh > 0.1)
    registry = er.async_get(hass)
    keys = {
        entry.unique_id.rpartition("_")[2]
        for entry in er.async_entries_for_config_entry(registry, scene.entry.entry_id)
        if entry.domain == "sensor" and entry.platform == DOMAIN
    }
    assert "cost" not in keys


async def test_energy_by_its_source_is_there_where_it_is_measured(
    set_up: Builder, all_entities: None
) -> None:
    scene = await set_up((NEW, None), **GRID_OPTIONS)
    (connector,) = scene.bus.connectors
    scene.house.sun_w = 20 * 240
    connector.plug_in(quick_car())
    await scene.until(lambda: connector.delivered_kwh > 2)
    green, grid = (
        float(scene.state(f"sensor.energy_{source}", NEW))
        for source in ("green", "grid")
    )
    assert green == pytest.approx(1.0, abs=0.3)
    assert green + grid == pytest.approx(2, abs=0.8)
    registry = er.async_get(scene.hass)
    unique_id = f"{scene.entry.entry_id}_1839_energy_battery"
    assert registry.async_get_entity_id("sensor", DOMAIN, unique_id) is None
