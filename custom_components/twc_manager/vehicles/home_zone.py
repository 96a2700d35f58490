"""Where home is, as Home Assistant has it, and whether a car is there."""

from typing import Final

from homeassistant.components.zone import ENTITY_ID_HOME
from homeassistant.const import ATTR_LATITUDE, ATTR_LONGITUDE, CONF_RADIUS
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..tesla import Home, HomeState, Location, home_state

_KNOWN: Final = {HomeState.HOME: True, HomeState.AWAY: False}


def at_home(hass: HomeAssistant, fix: Location | None) -> bool | None:
    """Return whether a car is at home; None if nobody knows, be it that the fix is too old to say."""
    where = home_state(fix, _home(hass), dt_util.utcnow().timestamp())
    return _KNOWN.get(where)


def _home(hass: HomeAssistant) -> Home:
    """Return the home zone; as it is in the configuration where there is no zone."""
    if zone := hass.states.get(ENTITY_ID_HOME):
        there = zone.attributes
        return Home(there[ATTR_LATITUDE], there[ATTR_LONGITUDE], there[CONF_RADIUS])
    config = hass.config
    return Home(config.latitude, config.longitude, config.radius)
