"""Whether a car is at home."""

from dataclasses import dataclass, field
from enum import StrEnum
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import Final

EARTH_RADIUS_M: Final = 6_371_000.0

OLDEST_FIX: Final = 300.0
"""A car may have driven since: an older fix says nothing, in s."""

CLOCKS_APART: Final = 60.0
"""The clocks of a car and of this house may differ by this much, in s."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a car was.

    Attributes:
        latitude, longitude: in degrees.
        at: when, in s since the epoch.

    """

    latitude: float = field(repr=False)
    longitude: float = field(repr=False)
    at: float


@dataclass(frozen=True, slots=True)
class Home:
    """Where home is.

    Attributes:
        latitude, longitude: of its centre, in degrees.
        radius: in m.

    """

    latitude: float = field(repr=False)
    longitude: float = field(repr=False)
    radius: float


class HomeState(StrEnum):
    """Whether a car is at home."""

    HOME = "home"
    AWAY = "away"
    UNKNOWN = "unknown"
    """No fix, one too old to say, or one that is no place on Earth."""


def home_state(fix: Location | None, home: Home, now: float) -> HomeState:
    """Return whether a car is at home, by a fix not older than `OLDEST_FIX`.

    Args:
        fix: where the car was; None if nobody knows.
        home: where home is.
        now: in s since the epoch.

    """
    if fix is None or not _is_place(fix.latitude, fix.longitude):
        return HomeState.UNKNOWN
    if not -CLOCKS_APART <= now - fix.at <= OLDEST_FIX:
        return HomeState.UNKNOWN
    distance = metres_between(fix, home)
    return HomeState.HOME if distance <= home.radius else HomeState.AWAY


def metres_between(one: Location | Home, other: Location | Home) -> float:
    """Return the distance of two places along the ground, in m."""
    lat_1, lat_2 = radians(one.latitude), radians(other.latitude)
    half_lat = (lat_2 - lat_1) / 2
    half_lon = radians(other.longitude - one.longitude) / 2
    share = sin(half_lat) ** 2 + cos(lat_1) * cos(lat_2) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, share)))


def _is_place(latitude: float, longitude: float) -> bool:
    """Return whether a place is on Earth; 0, 0 is what a receiver without a fix tells."""
    if not (isfinite(latitude) and isfinite(longitude)):
        return False
    if latitude == longitude == 0:
        return False
    return abs(latitude) <= 90 and abs(longitude) <= 180
