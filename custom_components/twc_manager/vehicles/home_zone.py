"""Whether a vehicle is at home, by Home Assistant's home zone."""

from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from typing import Final

from homeassistant.components.zone import ENTITY_ID_HOME
from homeassistant.const import ATTR_LATITUDE, ATTR_LONGITUDE, CONF_RADIUS
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.location import distance

from ..tesla import Location

MAX_LOCATION_AGE: Final = 300.0
"""In s: a car may have driven away since, so an older location proves nothing."""

CLOCKS_APART: Final = 60.0
"""The clocks of a car and of this house may differ by this much, in s."""


@dataclass(frozen=True, slots=True)
class Home:
    """The home zone.

    Attributes:
        latitude, longitude: of its centre, in degrees.
        radius: in m.

    """

    latitude: float = field(repr=False)
    longitude: float = field(repr=False)
    radius: float


class HomeState(StrEnum):
    """Whether a vehicle is at home."""

    HOME = "home"
    AWAY = "away"
    UNKNOWN = "unknown"
    """The location is missing, too old, or not a place on Earth."""


_AT_HOME: Final = {HomeState.HOME: True, HomeState.AWAY: False}


def at_home(hass: HomeAssistant, location: Location | None) -> bool | None:
    """Return whether a vehicle is at home now; None if that is unknown."""
    state = home_state(location, _home(hass), dt_util.utcnow().timestamp())
    return _AT_HOME.get(state)


def home_state(location: Location | None, home: Home, now: float) -> HomeState:
    """Return whether a vehicle is at home, by a location not older than `MAX_LOCATION_AGE`.

    Args:
        location: where the vehicle was; None if unknown.
        home: the home zone.
        now: in s since the epoch.

    """
    if location is None or not _is_place(location.latitude, location.longitude):
        return HomeState.UNKNOWN
    if not -CLOCKS_APART <= now - location.at <= MAX_LOCATION_AGE:
        return HomeState.UNKNOWN
    metres = distance(
        location.latitude, location.longitude, home.latitude, home.longitude
    )
    # There is no result only for places on opposite sides of the Earth.
    near = metres is not None and metres <= home.radius
    return HomeState.HOME if near else HomeState.AWAY


def _home(hass: HomeAssistant) -> Home:
    """Return the home zone, or the location in the configuration without such a zone."""
    if zone := hass.states.get(ENTITY_ID_HOME):
        attributes = zone.attributes
        return Home(
            attributes[ATTR_LATITUDE],
            attributes[ATTR_LONGITUDE],
            attributes[CONF_RADIUS],
        )
    config = hass.config
    return Home(config.latitude, config.longitude, config.radius)


def _is_place(latitude: float, longitude: float) -> bool:
    """Return whether a place is on Earth; 0, 0 is what a receiver without a position reports."""
    if not (isfinite(latitude) and isfinite(longitude)):
        return False
    if latitude == longitude == 0:
        return False
    return abs(latitude) <= 90 and abs(longitude) <= 180
