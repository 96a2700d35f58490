"""How much sun there can be, by the place and the time."""

from datetime import UTC, datetime

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.twc_manager.inputs.daylight import Daylight, Light, light_at
from tests.conftest import Sky

HAMBURG = 53.55, 9.99
TROMSO = 69.65, 18.96
POLE = 90.0, 0.0


@pytest.mark.parametrize(
    ("place", "time", "light"),
    [
        # Sunrise is at 2:50, sunset at 19:53.
        (HAMBURG, "2026-06-21 02:30", Light.NIGHT),
        (HAMBURG, "2026-06-21 03:30", Light.LOW),
        (HAMBURG, "2026-06-21 05:30", Light.DAY),
        (HAMBURG, "2026-06-21 18:30", Light.DAY),
        (HAMBURG, "2026-06-21 19:30", Light.LOW),
        (HAMBURG, "2026-06-21 20:30", Light.NIGHT),
        (HAMBURG, "2026-12-21 16:00", Light.NIGHT),
        (TROMSO, "2026-06-21 23:00", Light.DAY),
        (TROMSO, "2026-12-21 11:00", Light.NIGHT),
        (POLE, "2026-12-21 11:00", Light.DAY),
    ],
)
def test_the_light_follows_from_place_and_time(
    hass: HomeAssistant, place: tuple[float, float], time: str, light: Light
) -> None:
    hass.config.latitude, hass.config.longitude = place
    hass.config.elevation = 0
    now = datetime.fromisoformat(time).replace(tzinfo=UTC)

    assert light_at(hass, now) is light


def test_the_light_is_looked_up_again_after_a_minute_or_if_the_clock_is_set_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, sky: Sky
) -> None:
    daylight = Daylight(hass)
    for time, light in (
        ("18:00:00", Light.DAY),
        ("20:00:00", Light.NIGHT),
        ("18:00:00", Light.LOW),
    ):
        sky.light = light
        freezer.move_to(f"2026-06-21 {time}")
        assert daylight.light is light
    sky.light = Light.DAY
    freezer.move_to("2026-06-21 18:00:59")
    assert daylight.light is Light.LOW
