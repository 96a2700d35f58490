"""What the energy dashboard knows of the house's meters is proposed for green energy, and taken only if it is sent."""

from typing import Any, Final

from homeassistant.components.energy.data import async_get_manager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import DOMAIN
from tests.conftest import ENTRY_DATA

from .steps import add_entity, shown_in
from .test_options import KEPT, OptionsFlow

GRID: Final[dict[str, Any]] = {
    "type": "grid",
    "stat_energy_from": "sensor.import",
    "stat_energy_to": "sensor.export",
    "stat_cost": None,
    "entity_energy_price": None,
    "number_energy_price": None,
    "stat_compensation": None,
    "entity_energy_price_export": None,
    "number_energy_price_export": None,
    "cost_adjustment_day": 0.0,
}
SOLAR: Final[dict[str, Any]] = {
    "type": "solar",
    "stat_energy_from": "sensor.sun_energy",
    "config_entry_solar_forecast": None,
}
BATTERY: Final[dict[str, Any]] = {
    "type": "battery",
    "stat_energy_from": "sensor.discharged",
    "stat_energy_to": "sensor.charged",
}


@pytest.fixture
def options(hass: HomeAssistant) -> OptionsFlow:
    entry = MockConfigEntry(domain=DOMAIN, data=ENTRY_DATA, options=KEPT)
    entry.add_to_hass(hass)
    add_entity(hass, "sensor.grid", -1200, "W", friendly_name="Grid power")
    add_entity(hass, "sensor.sun", 3.2, "kW", friendly_name="Solar")
    add_entity(hass, "sensor.battery", 450, "W", friendly_name="Battery power")
    add_entity(hass, "sensor.level", 80, "%", friendly_name="Battery level")
    add_entity(hass, "sensor.import", 80, "kWh")
    return OptionsFlow(hass, entry)


async def choose(hass: HomeAssistant, *sources: dict[str, Any]) -> None:
    """Choose sources for the energy dashboard."""
    hass.config.components.add("energy")
    manager = await async_get_manager(hass)
    await manager.async_update({"energy_sources": [*sources]})  # type: ignore[typeddict-item]


async def test_the_meters_of_the_energy_dashboard_are_proposed_with_their_signs(
    hass: HomeAssistant, options: OptionsFlow
) -> None:
    await choose(
        hass,
        GRID | {"stat_rate": "sensor.grid"},
        SOLAR | {"stat_rate": "sensor.sun"},
        BATTERY | {"stat_rate": "sensor.battery", "stat_soc": "sensor.level"},
    )
    result = await options.begin("green", "green_grid")

    assert shown_in(result) == {
        "green_grid": "sensor.grid",
        "green_grid_positive": "import",
        "green_battery_power": "sensor.battery",
        # The dashboard's batteries give what is positive.
        "green_battery_positive": "discharging",
        "green_battery_level": "sensor.level",
        "green_battery_first_to": 100,
    }
    assert result["description_placeholders"]["proposed"] == (
        "Grid power, Battery power, Battery level"
    )
    # Looked at and left, nothing was taken.
    assert dict(options.entry.options) == KEPT
    result = await options.begin("green", "green_production")
    assert shown_in(result)["green_production"] == "sensor.sun"
    assert "green_consumption" not in shown_in(result)

    await options.enter(**shown_in(result))
    await options.choose("save")
    assert options.saved() == {
        "green_source": "production",
        "green_production": "sensor.sun",
        "green_battery_power": "sensor.battery",
        "green_battery_positive": "discharging",
        "green_battery_level": "sensor.level",
    }
    # What the owner has chosen is not proposed otherwise.
    await choose(hass, GRID | {"stat_rate": "sensor.grid"})
    result = await options.begin("green", "green_grid")
    assert "green_grid" not in shown_in(result)
    assert result["description_placeholders"]["proposed"] == "–"


async def test_the_meter_of_the_whole_home_is_proposed_where_there_is_one(
    hass: HomeAssistant, options: OptionsFlow
) -> None:
    """Home Assistant 2026.11 has it, 2026.10 has not."""
    home = {
        "type": "home",
        "stat_energy_to": "sensor.import",
        "stat_rate": "sensor.sun",
    }
    await choose(hass, home)
    result = await options.begin("green", "green_production")
    assert shown_in(result)["green_consumption"] == "sensor.sun"


async def test_of_an_inverted_sensor_the_one_that_measures_is_proposed(
    hass: HomeAssistant, options: OptionsFlow
) -> None:
    await choose(
        hass,
        GRID | {"power_config": {"stat_rate_inverted": "sensor.grid"}},
        BATTERY | {"power_config": {"stat_rate_inverted": "sensor.battery"}},
    )
    shown = shown_in(await options.begin("green", "green_grid"))

    assert (shown["green_grid"], shown["green_grid_positive"]) == (
        "sensor.grid",
        "export",
    )
    assert (shown["green_battery_power"], shown["green_battery_positive"]) == (
        "sensor.battery",
        "charging",
    )


async def test_of_two_sensors_the_one_that_home_assistant_makes_is_proposed(
    hass: HomeAssistant, options: OptionsFlow
) -> None:
    both = {"stat_rate_from": "sensor.import_power", "stat_rate_to": "sensor.out"}
    await choose(hass, GRID | {"power_config": both})
    manager = await async_get_manager(hass)
    assert manager.data is not None
    made: Any = manager.data["energy_sources"][0]
    add_entity(hass, made["stat_rate"], 700, "W")
    shown = shown_in(await options.begin("green", "green_grid"))

    assert (shown["green_grid"], shown["green_grid_positive"]) == (
        made["stat_rate"],
        "import",
    )


@pytest.mark.parametrize(
    "sources",
    [
        [],
        [GRID, SOLAR, BATTERY],
        # Each of two measures a part only.
        [
            GRID | {"stat_rate": "sensor.grid"},
            GRID | {"stat_energy_from": "sensor.other", "stat_energy_to": None},
        ],
        [GRID | {"stat_rate": "external:grid"}],
        [GRID | {"stat_rate": "sensor.gone"}],
        [GRID | {"stat_rate": "sensor.import"}],
        [GRID | {"stat_rate": "number.limit"}],
        [BATTERY | {"stat_soc": "sensor.level"}],
    ],
)
async def test_what_the_energy_dashboard_does_not_answer_is_left_empty(
    hass: HomeAssistant, options: OptionsFlow, sources: list[dict[str, Any]]
) -> None:
    await choose(hass, *sources)
    result = await options.begin("green", "green_grid")
    assert result["type"] is FlowResultType.FORM
    assert shown_in(result) == {
        "green_grid_positive": "import",
        "green_battery_positive": "charging",
        "green_battery_first_to": 100,
    }
    assert result["description_placeholders"]["proposed"] == "–"
