"""Forecasts of other integrations, and stored ones, that make no sense."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import inf, isfinite
from typing import Any, Final

import pytest

from custom_components.twc_manager.forecast.experience import reliability
from custom_components.twc_manager.forecast.periods import added, read_forecast
from custom_components.twc_manager.forecast.watcher import read_days
from tests.spoiler import Spoiler

TODAY: Final = date(2026, 6, 15)
NOON: Final = datetime(2026, 6, 15, 12, tzinfo=UTC)
EXPECTED: Final = {
    (NOON + timedelta(hours=hour)).isoformat(): 100.0 * hour for hour in range(12)
}
STORED: Final = {
    (TODAY - timedelta(days)).isoformat(): 10.0 + days for days in range(-1, 8)
}


@pytest.mark.parametrize(
    ("time", "energy"),
    [
        ((NOON + timedelta(minutes=30)).isoformat(), 10**400),
        ("0001-01-01T00:00:00+14:00", 5.0),
        ("9999-12-31T23:59:59-14:00", 5.0),
        ("9999-12-31T23:59:59+00:00", 5.0),
    ],
)
def test_a_time_or_an_energy_without_an_end_spoils_nothing_else(
    time: str, energy: Any
) -> None:
    assert read_forecast({**EXPECTED, time: energy}) == read_forecast(EXPECTED)
    assert read_forecast({**EXPECTED, time: energy}, at_end=True) == read_forecast(
        EXPECTED, at_end=True
    )


@pytest.mark.parametrize("energy", ["nan", "inf", "-inf", -5.0, 10**400, True, None])
def test_a_stored_forecast_that_is_no_energy_is_left_out(energy: Any) -> None:
    day = TODAY.isoformat()
    assert dict(read_days({**STORED, day: energy})) == dict(
        read_days({key: value for key, value in STORED.items() if key != day})
    )


@pytest.mark.parametrize(
    "count", [2_000, pytest.param(200_000, marks=pytest.mark.slow)]
)
def test_whatever_is_forecast_is_power_in_order_or_nothing(count: int) -> None:
    spoiler = Spoiler(1)
    for number in range(count):
        series = read_forecast(spoiler.spoilt(EXPECTED), at_end=number % 2 == 0)
        for found in (series, added([series, read_forecast(EXPECTED)])):
            assert all(0 <= piece.value < inf for piece in found.pieces)
            assert all(piece.start < piece.end for piece in found.pieces)
            assert all(one.end <= two.start for one, two in pairwise(found.pieces))


@pytest.mark.parametrize("count", [500, pytest.param(50_000, marks=pytest.mark.slow)])
def test_whatever_is_stored_the_forecast_is_relied_on_by_a_share(count: int) -> None:
    spoiler = Spoiler(2)
    for _ in range(count):
        forecasts = dict(read_days(spoiler.spoilt(STORED)))
        share = reliability(forecasts, forecasts, TODAY)
        assert isfinite(share)
        assert share >= 0
