"""At home, away, or nobody knows."""

from math import inf, nan

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.tesla import Home, HomeState, Location, home_state
from custom_components.twc_manager.tesla.location import metres_between

NOW = 1_800_000_000.0
HOME = Home(52.1, 5.1, 100.0)


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        ((52.1, 5.1), (52.1, 5.1), 0),
        ((52.1, 5.1), (52.101, 5.1), 111.2),
        ((52.1, 5.1), (52.1, 5.101), 68.3),
        ((0.0, 179.9995), (0.0, -179.9995), 111.2),
        ((90.0, 0.0), (-90.0, 0.0), 20_015_087),
    ],
)
def test_distance(
    one: tuple[float, float], other: tuple[float, float], metres: float
) -> None:
    distance = metres_between(Location(*one, NOW), Home(*other, 0))
    assert distance == pytest.approx(metres, rel=1e-3)


@pytest.mark.parametrize(
    ("fix", "where"),
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
def test_whereabouts(fix: Location | None, where: HomeState) -> None:
    assert home_state(fix, HOME, NOW) is where


@given(st.floats(), st.floats(), st.floats())
def test_at_home_is_only_who_was_there_lately(
    latitude: float, longitude: float, at: float
) -> None:
    where = home_state(Location(latitude, longitude, at), HOME, NOW)
    if where is HomeState.HOME:
        assert abs(latitude - HOME.latitude) < 0.002
        assert abs(longitude - HOME.longitude) < 0.002
        assert NOW - 300 <= at <= NOW + 60


def test_no_place_is_shown() -> None:
    assert "52.1" not in f"{Location(52.1, 5.1, NOW)!r} {HOME!r}"
