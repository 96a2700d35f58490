"""The forecast of the sun in the options flow."""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from homeassistant.components.energy.data import async_get_manager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.forecast import watcher as watching
from custom_components.twc_manager.forecast.experience import Experience
from tests.conftest import ENTRY_DATA

from .test_options import KEPT, OptionsFlow

BERLIN: Final = ZoneInfo("Europe/Berlin")
NOON: Final = datetime(2026, 6, 15, 12, tzinfo=BERLIN)

pytestmark = pytest.mark.starts_at(NOON)


@pytest.fixture
async def options(hass: HomeAssistant) -> OptionsFlow:
    await hass.config.async_set_time_zone("Europe/Berlin")
    entry = MockConfigEntry(domain=DOMAIN, data=ENTRY_DATA, options=KEPT)
    entry.add_to_hass(hass)
    return OptionsFlow(hass, entry)


@pytest.fixture
async def plant(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forecast in the energy preferences: 4 kW for three hours of today and tomorrow."""
    MockConfigEntry(
        domain="open_meteo_solar_forecast", title="Roof", entry_id="roof"
    ).add_to_hass(hass)
    hass.config.components.add("energy")
    manager = await async_get_manager(hass)
    solar: Any = {
        "type": "solar",
        "stat_energy_from": "sensor.sun",
        "config_entry_solar_forecast": ["roof"],
    }
    await manager.async_update({"energy_sources": [solar]})

    async def ask(_: HomeAssistant, __: str) -> Any:
        hours = [NOON + timedelta(hours=hour) for hour in (0, 1, 2, 24, 25, 26)]
        return {"wh_hours": {hour.isoformat(): 4000 for hour in hours}}

    async def platforms(_: HomeAssistant) -> Any:
        return {"open_meteo_solar_forecast": ask}

    async def look(*_: Any) -> Experience:
        return Experience({36 - 24: 800.0, 13: 800.0, 14: 800.0}, 5000.0)

    monkeypatch.setattr(watching, "async_get_energy_platforms", platforms)
    monkeypatch.setattr(watching, "async_experience", look)


async def test_it_is_proposed_and_shown_where_there_is_a_forecast(
    options: OptionsFlow, plant: None
) -> None:
    result = await options.begin("forecast")
    (mark,) = result["data_schema"].schema
    assert mark.description["suggested_value"] is True
    assert result["description_placeholders"] == {
        "sources": "Roof",
        "today": "12.0 kWh",
        # 70 % of it, less 0.8 kW.
        "left_today": "6.0 kWh",
        "tomorrow": "12.0 kWh",
        "left_tomorrow": "6.0 kWh",
    }
    options.hass.config.language = "de"
    shown = (await options.begin("forecast"))["description_placeholders"]
    assert (shown["sources"], shown["today"]) == ("Roof", "12,0 kWh")
    await options.enter(forecast=True)
    assert options.saved() == {"forecast": True}
    result = await options.begin("forecast")
    await options.enter(forecast=False)
    assert options.saved() == {}


async def test_without_a_forecast_it_cannot_be_switched_on(
    options: OptionsFlow,
) -> None:
    result = await options.begin("forecast")
    (mark,) = result["data_schema"].schema
    assert mark.description["suggested_value"] is False
    assert result["description_placeholders"]["sources"] == "–"
    assert result["description_placeholders"]["today"] == "?"
    await options.fails({"forecast": "no_forecast"}, forecast=True)
    result = await options.enter(forecast=False)
    assert result["type"] is FlowResultType.CREATE_ENTRY
