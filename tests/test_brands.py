"""Home Assistant shows the integration by the pictures that come with it, not by those of a server."""

from http import HTTPStatus

from homeassistant.components.brands.const import ALLOWED_IMAGES
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.twc_manager.const import DOMAIN
from scripts.brand_lib.__main__ import FOLDER


@pytest.mark.parametrize("name", sorted(ALLOWED_IMAGES))
async def test_a_picture_is_served_as_it_is(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, name: str
) -> None:
    assert await async_setup_component(hass, "brands", {})
    client = await hass_client()
    answer = await client.get(f"/api/brands/integration/{DOMAIN}/{name}")
    assert answer.status == HTTPStatus.OK
    assert await answer.read() == (FOLDER / name).read_bytes()
