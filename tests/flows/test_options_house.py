"""What concerns the whole house in the options flow."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.inputs.peak import tariff_of
from tests.conftest import ENTRY_DATA

from .steps import add_entity, shown_in
from .test_options import KEPT, OptionsFlow

LIMIT = "sensor.manager"


@pytest.fixture
def options(hass: HomeAssistant) -> OptionsFlow:
    entry = MockConfigEntry(domain=DOMAIN, data=ENTRY_DATA, options=KEPT)
    entry.add_to_hass(hass)
    add_entity(hass, LIMIT, 11, "kW")
    add_entity(hass, "binary_sensor.ripple", "off")
    add_entity(hass, "sensor.temperature", 21, "°C")
    return OptionsFlow(hass, entry)


async def test_a_limit_from_outside(options: OptionsFlow) -> None:
    await options.begin("house", "outside")
    await options.enter(
        outside_number=True,
        outside_entity=LIMIT,
        outside_hold_minutes=5,
        outside_fallback_w=6000,
    )
    assert options.saved() == {
        "outside_number": True,
        "outside_entity": LIMIT,
        "outside_fallback_w": 6000,
    }
    await options.begin("house", "outside")
    await options.enter(outside_number=False)
    assert options.saved() == {}


async def test_a_contact_may_limit(options: OptionsFlow) -> None:
    await options.begin("house", "outside")
    await options.enter(outside_entity="binary_sensor.ripple", outside_contact_w=5000)
    assert options.saved()["outside_contact_w"] == 5000


@pytest.mark.parametrize(
    ("entity_id", "error"),
    [("sensor.temperature", "not_limit"), ("sensor.gone", "entity_missing")],
)
async def test_what_cannot_limit_is_refused(
    options: OptionsFlow, entity_id: str, error: str
) -> None:
    await options.begin("house", "outside")
    await options.fails({"outside_entity": error}, outside_entity=entity_id)


async def test_numbers_have_limits(options: OptionsFlow) -> None:
    await options.begin("house", "outside")
    await options.fails(
        {
            "outside_hold_minutes": "outside_hold_minutes_range",
            "outside_fallback_w": "outside_fallback_w_range",
        },
        outside_hold_minutes=1.5,
        outside_fallback_w=-1,
    )


DETAILS = {
    "peak_minutes": "15",
    "peak_months": [str(month) for month in range(1, 13)],
    "peak_days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    "peak_start": "00:00:00",
    "peak_end": "00:00:00",
    "peak_highest": 1,
    "peak_distinct_days": False,
    "peak_window": "month",
    "peak_floor": 2.5,
}


async def test_a_peak_budget_with_the_details_of_its_tariff(
    options: OptionsFlow,
) -> None:
    await options.begin("house", "peak")
    await options.enter(peak_tariff="flanders", peak_power=LIMIT)
    shown = shown_in(options.result)
    assert shown == {**DETAILS, "peak_steps": ""}
    await options.enter(**{**DETAILS, "peak_floor": 3.5})
    saved = options.saved()
    tariff = tariff_of(saved)
    assert (tariff.minutes, tariff.floor_kw, tariff.steps) == (15, 3.5, ())
    # What was entered is shown again, unless another tariff is chosen.
    await options.begin("house", "peak")
    await options.enter(peak_tariff="flanders", peak_power=LIMIT)
    assert shown_in(options.result)["peak_floor"] == 3.5
    await options.begin("house", "peak")
    await options.enter(peak_tariff="norway", peak_power=LIMIT)
    assert shown_in(options.result)["peak_steps"] == "2 5 10 15 20 25"
    await options.begin("house", "peak")
    await options.enter()
    assert options.saved() == {}


async def test_steps_can_be_taken_from_a_tariff(options: OptionsFlow) -> None:
    await options.begin("house", "peak")
    await options.enter(peak_tariff="norway", peak_power=LIMIT)
    await options.enter(**DETAILS)
    assert tariff_of(options.saved()).steps == ()


async def test_a_peak_budget_needs_a_sensor_of_the_import(
    options: OptionsFlow,
) -> None:
    await options.begin("house", "peak")
    await options.fails({"peak_power": "choose_sensor"}, peak_tariff="sweden")
    await options.fails(
        {"peak_power": "not_power"},
        peak_tariff="sweden",
        peak_power="sensor.temperature",
    )


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        ({"peak_days": []}, {"peak_days": "peak_needed"}),
        ({"peak_highest": 0}, {"peak_highest": "peak_highest_range"}),
        ({"peak_floor": -1}, {"peak_floor": "peak_floor_range"}),
        ({"peak_steps": "5 2"}, {"peak_steps": "peak_steps"}),
        ({"peak_steps": "two"}, {"peak_steps": "peak_steps"}),
    ],
)
async def test_a_tariff_that_cannot_be_is_refused(
    options: OptionsFlow, entered: dict[str, Any], errors: dict[str, str]
) -> None:
    await options.begin("house", "peak")
    await options.enter(peak_tariff="flanders", peak_power=LIMIT)
    result = await options.enter(**{**DETAILS, **entered})
    assert result["errors"] == errors
