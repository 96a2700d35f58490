"""What concerns the whole house in the options flow."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import DOMAIN
from tests.conftest import ENTRY_DATA

from .steps import add_entity
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
