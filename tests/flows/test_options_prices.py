"""Prices in the options flow: what is found, what is shown before it is saved, and what is refused."""

from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from homeassistant.components.energy.data import async_get_manager
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import DOMAIN
from tests.conftest import ENTRY_DATA

from .steps import INFINITY, NAN
from .test_options import KEPT, OptionsFlow

BERLIN: Final = ZoneInfo("Europe/Berlin")
TODAY: Final = datetime(2026, 11, 29, tzinfo=BERLIN)
HOUR: Final = timedelta(hours=1)
PRICE: Final = "sensor.price"
NIGHT: Final = {"days": ["mon"], "from": "22:00:00", "to": "06:00:00", "price": 0.21}

pytestmark = pytest.mark.starts_at(TODAY + 9.5 * HOUR)


@pytest.fixture
async def options(hass: HomeAssistant) -> OptionsFlow:
    await hass.config.async_set_time_zone("Europe/Berlin")
    entry = MockConfigEntry(domain=DOMAIN, data=ENTRY_DATA, options=KEPT)
    entry.add_to_hass(hass)
    return OptionsFlow(hass, entry)


def listed(hass: HomeAssistant, unit: str = "EUR/kWh", factor: float = 1.0) -> str:
    """Add an entity with a price for each hour of today."""
    items = [
        {"start": TODAY + hour * HOUR, "price": factor * (0.1 + hour / 100)}
        for hour in range(24)
    ]
    hass.states.async_set(PRICE, "1", {"prices": items, "unit_of_measurement": unit})
    return PRICE


def found(hass: HomeAssistant, platform: str = "entsoe") -> str:
    """Add an entity of an integration of prices."""
    entity = er.async_get(hass).async_get_or_create(
        "sensor", platform, "avg", suggested_object_id="price"
    )
    assert entity.entity_id == PRICE
    return listed(hass)


async def test_an_entity_with_everything_that_is_added(
    hass: HomeAssistant, options: OptionsFlow
) -> None:
    listed(hass)
    await options.begin("prices", "prices_entity")
    result = await options.enter(
        price_entity=PRICE,
        price_factor=1.2,
        price_addition=0.05,
        price_fees=[{"from": "09:00:00", "to": "10:00:00", "price": 0.01}],
        feed_in="fixed",
        feed_in_price=0.08,
    )
    assert result["type"] is FlowResultType.MENU
    shown = result["description_placeholders"]
    assert shown["now"] == "0.2880 EUR/kWh"
    assert shown["feed_in"] == "0.0800 EUR/kWh"
    assert shown["length"] == "1 h"
    today, tomorrow = shown["days"].splitlines()
    assert today == (
        "| 2026-11-29 | ▁▁▂▂▂▃▃▃▃▄▄▄▅▅▅▆▆▆▆▇▇▇██ | 0.1700 (00:00) | 0.3084 | 0.4460 (23:00) |"
    )
    assert tomorrow == "| 2026-11-30 | – | – | – | – |"
    await options.choose("prices_confirm")
    await options.choose("save")
    assert options.saved() == {
        "price_source": "entity",
        "price_entity": PRICE,
        "price_currency": "EUR",
        "price_factor": 1.2,
        "price_addition": 0.05,
        "price_fees": [{"from": "09:00:00", "to": "10:00:00", "price": 0.01}],
        "feed_in_price": 0.08,
    }


async def test_numbers_are_written_as_in_the_language_of_the_server(
    hass: HomeAssistant, options: OptionsFlow
) -> None:
    hass.config.language = "de"
    await options.begin("prices", "prices_fixed")
    result = await options.enter(price_base=0.3, feed_in_price=0.08)
    shown = result["description_placeholders"]
    assert (shown["now"], shown["feed_in"]) == ("0,3000 EUR/kWh", "0,0800 EUR/kWh")
    assert shown["length"] == "24 h"
    assert "| 0,3000 (00:00) | 0,3000 |" in shown["days"]


async def test_what_is_found_is_proposed_by_the_energy_preferences(
    hass: HomeAssistant, options: OptionsFlow
) -> None:
    hass.states.async_set("sensor.export", "7", {"unit_of_measurement": "ct/kWh"})
    found(hass)
    other = er.async_get(hass).async_get_or_create("sensor", "epex_spot", "Total Price")
    hass.states.async_set(other.entity_id, "1", dict(hass.states.get(PRICE).attributes))  # type: ignore[union-attr]
    hass.config.components.add("energy")
    manager = await async_get_manager(hass)
    await manager.async_update(
        {
            "energy_sources": [
                {
                    "type": "grid",
                    "stat_energy_from": "sensor.energy",
                    "stat_energy_to": None,
                    "stat_cost": None,
                    "entity_energy_price": other.entity_id,
                    "number_energy_price": None,
                    "stat_compensation": None,
                    "entity_energy_price_export": "sensor.export",
                    "number_energy_price_export": None,
                    "cost_adjustment_day": 0.0,
                }
            ]
        }
    )
    result = await options.begin("prices")
    assert set(result["description_placeholders"]["found"].split(", ")) == {
        *(PRICE, other.entity_id)
    }
    result = await options.choose("prices_found")
    marks = {str(mark): mark for mark in result["data_schema"].schema}
    proposed = marks["found"].description["suggested_value"]
    labels = result["data_schema"].schema["found"].config["options"]
    assert labels[int(proposed)]["label"] == other.entity_id
    assert marks["feed_in"].description["suggested_value"] == "entity"
    await options.enter(
        found=proposed,
        price_factor=1,
        price_addition=0,
        feed_in="entity",
        feed_in_entity="sensor.export",
    )
    assert options.result["description_placeholders"]["feed_in"] == "0.0700 EUR/kWh"
    await options.choose("save")
    assert options.saved() == {
        "price_source": "entity",
        "price_entity": other.entity_id,
        "price_currency": "EUR",
        "feed_in": "entity",
        "feed_in_entity": "sensor.export",
    }


async def test_an_integration_with_an_action_and_several_areas(
    hass: HomeAssistant, options: OptionsFlow
) -> None:
    async def answer(call: ServiceCall) -> Any:
        items = [
            {
                "start": (TODAY + hour * HOUR).isoformat(),
                "end": (TODAY + (hour + 1) * HOUR).isoformat(),
                "price": 100.0 + hour,
            }
            for hour in range(24)
        ]
        return dict.fromkeys(call.data["areas"], items)

    entry = MockConfigEntry(
        domain="nordpool",
        title="Nord Pool",
        data={"areas": ["SE3", "SE4"], "currency": "SEK"},
    )
    entry.add_to_hass(hass)
    entry.mock_state(hass, ConfigEntryState.LOADED)
    hass.services.async_register(
        "nordpool",
        "get_prices_for_date",
        answer,
        supports_response=SupportsResponse.ONLY,
    )
    result = await options.begin("prices")
    assert result["description_placeholders"]["found"] == "Nord Pool SE3, Nord Pool SE4"
    await options.choose("prices_found")
    await options.enter(found="1", feed_in="source")
    shown = options.result["description_placeholders"]
    assert shown["now"] == shown["feed_in"] == "0.1090 SEK/kWh"
    await options.choose("save")
    assert options.saved() == {
        "price_source": "nordpool",
        "price_entry": entry.entry_id,
        "price_part": "SE4",
        "price_currency": "SEK",
        "feed_in": "source",
    }
    object.__setattr__(entry, "state", ConfigEntryState.NOT_LOADED)


async def test_fixed_prices(hass: HomeAssistant, options: OptionsFlow) -> None:
    result = await options.begin("prices", "prices_fixed")
    assert result["description_placeholders"]["currency"] == hass.config.currency
    await options.fails(
        {"price_base": "choose_prices"}, price_hours=[NIGHT], feed_in="fixed"
    )
    await options.enter(price_base=0.32, price_hours=[NIGHT], feed_in="fixed")
    shown = options.result["description_placeholders"]
    assert shown["now"] == "0.3200 EUR/kWh"
    await options.choose("save")
    assert options.saved() == {
        "price_source": "fixed",
        "price_base": 0.32,
        "price_hours": [NIGHT],
        "price_currency": "EUR",
    }


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        ({}, {"price_entity": "choose_prices"}),
        ({"price_entity": "sensor.gone"}, {"price_entity": "price_not_found"}),
        ({"price_entity": "sensor.power"}, {"price_entity": "price_no_data"}),
        ({"price_entity": "sensor.watts"}, {"price_entity": "price_unit"}),
        ({"price_entity": "sensor.cents"}, {"price_entity": "price_implausible"}),
        (
            {"price_entity": PRICE, "price_factor": NAN, "price_addition": INFINITY},
            {"price_factor": "price_range", "price_addition": "price_range"},
        ),
        (
            {"price_entity": PRICE, "price_factor": -1, "feed_in_price": 5000},
            {"price_factor": "price_range", "feed_in_price": "price_range"},
        ),
        (
            {"price_entity": PRICE, "price_fees": [{**NIGHT, "price": NAN}]},
            {"price_fees": "price_hours"},
        ),
        (
            {"price_entity": PRICE, "feed_in": "entity"},
            {"feed_in_entity": "choose_sensor"},
        ),
        (
            {
                "price_entity": PRICE,
                "feed_in": "entity",
                "feed_in_entity": "sensor.power",
            },
            {"feed_in_entity": "price_unit"},
        ),
        (
            {
                "price_entity": PRICE,
                "feed_in": "entity",
                "feed_in_entity": "sensor.dollars",
            },
            {"feed_in_entity": "price_currency"},
        ),
    ],
)
async def test_what_is_refused_is_said_where_it_was_entered(
    hass: HomeAssistant,
    options: OptionsFlow,
    entered: dict[str, Any],
    errors: dict[str, str],
) -> None:
    listed(hass)
    items = hass.states.get(PRICE).attributes["prices"]  # type: ignore[union-attr]
    hass.states.async_set("sensor.power", "1", {"unit_of_measurement": "W"})
    hass.states.async_set(
        "sensor.watts", "1", {"unit_of_measurement": "W", "prices": items}
    )
    hass.states.async_set("sensor.dollars", "1", {"unit_of_measurement": "USD/kWh"})
    cents = [{**item, "price": 100 * item["price"]} for item in items]
    hass.states.async_set(
        "sensor.cents", "1", {"unit_of_measurement": "EUR/kWh", "prices": cents}
    )
    await options.begin("prices", "prices_entity")
    await options.fails(errors, **entered)
    assert options.entry.options == KEPT


async def test_a_source_that_fails_between_two_looks(
    hass: HomeAssistant, options: OptionsFlow
) -> None:
    listed(hass)
    await options.begin("prices", "prices_entity")
    await options.enter(price_entity=PRICE)
    hass.states.async_set(PRICE, "unavailable")
    result = await options.choose("prices_confirm")
    assert result["step_id"] == "prices_entity"
    assert result["errors"] == {"price_entity": "price_no_data"}


async def test_prices_can_be_removed(hass: HomeAssistant, options: OptionsFlow) -> None:
    chosen = {"price_source": "fixed", "price_base": 0.3, "feed_in_price": 0.1}
    hass.config_entries.async_update_entry(options.entry, options={**KEPT, **chosen})
    result = await options.begin("prices")
    assert result["description_placeholders"]["chosen"] == "0.3 EUR/kWh"
    result = await options.choose("prices_fixed")
    marks = {str(mark): mark for mark in result["data_schema"].schema}
    assert marks["price_base"].description["suggested_value"] == 0.3
    await options.begin("prices", "prices_none")
    assert options.saved() == {}
