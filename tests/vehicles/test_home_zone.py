"""Whether a car is at home, away or at an unknown location."""

from math import inf, nan

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.tesla import Location
from custom_components.twc_manager.vehicles.home_zone import Home, HomeState, home_state

NOW = 1_800_000_000.0
HOME = Home(52.1, 5.1, 100.0)


@pytest.mark.parametrize(
    ("location", "state"),
    [
        (Location(52.1, 5.1, NOW), HomeState.HOME),
        (Location(52.1008, 5.1, NOW), HomeState.HOME),
        (Location(52.1010, 5.1, NOW), HomeState.AWAY),
        (Location(-52.1, 5.1, NOW), HomeState.AWAY),
        (Location(52.1, 5.1, NOW - 300), HomeState.HOME),
        (Location(52.1, 5.1, NOW - 301), HomeState.UNKNOWN),
        (Location(10.0, 5.1, NOW - 301), HomeState.UNKNOWN),
        (Location(52.1, 5.1, NOW + 60), HomeState.HOME),
        (Location(52.1, 5.1, NOW + 61), HomeState.UNKNOWN),
        (Location(52.1, 5.1, nan), HomeState.UNKNOWN),
        (Location(nan, 5.1, NOW), HomeState.UNKNOWN),
        (Location(52.1, inf, NOW), HomeState.UNKNOWN),
        (Location(0.0, 0.0, NOW), HomeState.UNKNOWN),
        (Location(91.0, 5.1, NOW), HomeState.UNKNOWN),
        (Location(52.1, 181.0, NOW), HomeState.UNKNOWN),
        (None, HomeState.UNKNOWN),
    ],
)
def test_home_state(location: Location | None, state: HomeState) -> None:
    assert home_state(location, HOME, NOW) is state


@pytest.mark.parametrize(
    ("there", "home", "state"),
    [
        # 111 m across the date line, and 68 m at the latitude of the Netherlands.
        ((0.0, -179.9995), Home(0.0, 179.9995, 115.0), HomeState.HOME),
        ((0.0, -179.9995), Home(0.0, 179.9995, 105.0), HomeState.AWAY),
        ((52.1, 5.101), Home(52.1, 5.1, 70.0), HomeState.HOME),
        ((52.1, 5.101), Home(52.1, 5.1, 67.0), HomeState.AWAY),
        ((90.0, 0.0), Home(-90.0, 0.0, 20_000_000.0), HomeState.AWAY),
        # No distance is found between places on opposite sides.
        ((0.5, 179.7), Home(0.0, 0.0, 100.0), HomeState.AWAY),
    ],
)
def test_distance_from_home(
    there: tuple[float, float], home: Home, state: HomeState
) -> None:
    assert home_state(Location(*there, NOW), home, NOW) is state


@given(st.floats(), st.floats(), st.floats())
def test_only_a_recent_location_counts_as_at_home(
    latitude: float, longitude: float, at: float
) -> None:
    where = home_state(Location(latitude, longitude, at), HOME, NOW)
    if where is HomeState.HOME:
        assert abs(latitude - HOME.latitude) < 0.002
        assert abs(longitude - HOME.longitude) < 0.002
        assert NOW - 300 <= at <= NOW + 60


def test_no_place_is_shown() -> None:
    assert "52.1" not in f"{Location(52.1, 5.1, NOW)!r} {HOME!r}"
