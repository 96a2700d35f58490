"""Whether the sun can supply the house, at the location of Home Assistant and at a time."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from homeassistant.const import SUN_EVENT_SUNRISE, SUN_EVENT_SUNSET
from homeassistant.core import HomeAssistant
from homeassistant.helpers import sun
from homeassistant.util import dt as dt_util

_WAKES_WITHIN: Final = timedelta(hours=2)
"""How long after sunrise an inverter may still be off: on a dark morning its modules supply too little."""

_SLEEPS_BEFORE: Final = timedelta(hours=1)
"""How long before sunset it may switch off."""

_KEPT: Final = timedelta(minutes=1)


class Light(StrEnum):
    """How much sun there can be."""

    NIGHT = "night"
    """The sun is down."""
    LOW = "low"
    """It has just risen, or sets soon."""
    DAY = "day"


def light_at(hass: HomeAssistant, now: datetime) -> Light:
    """Return how much sun there can be at a time where Home Assistant is."""
    try:
        if not sun.is_up(hass, now):
            return Light.NIGHT
        rise = _next(hass, SUN_EVENT_SUNRISE, now - _WAKES_WITHIN)
        fall = _next(hass, SUN_EVENT_SUNSET, now)
    except ValueError:
        # Near a pole there may be neither sunrise nor sunset: no time counts as night.
        return Light.DAY
    return Light.LOW if rise <= now or fall <= now + _SLEEPS_BEFORE else Light.DAY


def _next(hass: HomeAssistant, event: str, since: datetime) -> datetime:
    return sun.get_astral_event_next(hass, event, since)


class Daylight:
    """How much sun there can be now, calculated once a minute at most."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start without knowledge."""
        self._hass = hass
        self._found: tuple[datetime, Light] | None = None

    @property
    def light(self) -> Light:
        """Return how much sun there can be."""
        now = dt_util.utcnow()
        if self._found is None or not timedelta(0) <= now - self._found[0] < _KEPT:
            self._found = now, light_at(self._hass, now)
        return self._found[1]
