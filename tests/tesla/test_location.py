"""At home, away, or nobody knows."""

from math import inf, nan

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.tesla import Fix, Home, Whereabouts, whereabouts
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
    distance = metres_between(Fix(*one, NOW), Home(*other, 0))
    assert distance == pytest.approx(metres, rel=1e-3)


@pytest.mark.parametrize(
    ("fix", "where"),
    [
        (Fix(52.1, 5.1, NOW), Whereabouts.HOME),
        (Fix(52.1008, 5.1, NOW), Whereabouts.HOME),
        (Fix(52.1010, 5.1, NOW), Whereabouts.AWAY),
        (Fix(-52.1, 5.1, NOW), Whereabouts.AWAY),
        (Fix(52.1, 5.1, NOW - 300), Whereabouts.HOME),
        (Fix(52.1, 5.1, NOW - 301), Whereabouts.UNKNOWN),
        (Fix(10.0, 5.1, NOW - 301), Whereabouts.UNKNOWN),
        (Fix(52.1, 5.1, NOW + 60), Whereabouts.HOME),
        (Fix(52.1, 5.1, NOW + 61), Whereabouts.UNKNOWN),
        (Fix(52.1, 5.1, nan), Whereabouts.UNKNOWN),
        (Fix(nan, 5.1, NOW), Whereabouts.UNKNOWN),
        (Fix(52.1, inf, NOW), Whereabouts.UNKNOWN),
        (Fix(0.0, 0.0, NOW), Whereabouts.UNKNOWN),
        (Fix(91.0, 5.1, NOW), Whereabouts.UNKNOWN),
        (Fix(52.1, 181.0, NOW), Whereabouts.UNKNOWN),
        (None, Whereabouts.UNKNOWN),
    ],
)
def test_whereabouts(fix: Fix | None, where: Whereabouts) -> None:
    assert whereabouts(fix, HOME, NOW) is where


@given(st.floats(), st.floats(), st.floats())
def test_at_home_is_only_who_was_there_lately(
    latitude: float, longitude: float, at: float
) -> None:
    where = whereabouts(Fix(latitude, longitude, at), HOME, NOW)
    if where is Whereabouts.HOME:
        assert abs(latitude - HOME.latitude) < 0.002
        assert abs(longitude - HOME.longitude) < 0.002
        assert NOW - 300 <= at <= NOW + 60


def test_no_place_is_shown() -> None:
    assert "52.1" not in f"{Fix(52.1, 5.1, NOW)!r} {HOME!r}"
