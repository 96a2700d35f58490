"""Forecasts in the shapes that integrations give them, and in none that makes sense."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.forecast.periods import (
    added,
    energy_kwh,
    read_forecast,
)

BERLIN: Final = ZoneInfo("Europe/Berlin")
DAY: Final = datetime(2026, 6, 15, tzinfo=BERLIN)
HOUR: Final = timedelta(hours=1)


def at(hours: float) -> datetime:
    return (DAY + hours * HOUR).astimezone(UTC)


def test_forecast_solar_until_october_stamps_the_end() -> None:
    wh = {"2026-06-15T05:21:00+02:00": 0, "2026-06-15T06:00:00+02:00": 39}
    wh |= {"2026-06-15T07:00:00+02:00": 500, "2026-06-15T21:40:00+02:00": 10}
    series = read_forecast(wh, at_end=True)
    assert [(piece.start, piece.end) for piece in series.pieces] == [
        (at(4.35), at(5.35)),
        (at(5.35), at(6)),
        (at(6), at(7)),
        # The night between two keys is no hour of sun.
        (at(20) + timedelta(minutes=40), at(21) + timedelta(minutes=40)),
    ]
    assert [round(piece.value) for piece in series.pieces] == [0, 60, 500, 10]


def test_forecast_solar_from_november_on_stamps_the_beginning() -> None:
    wh = {"2026-06-15T05:21:00+02:00": 39, "2026-06-15T06:00:00+02:00": 500}
    wh |= {"2026-06-15T07:00:00+02:00": 700, "2026-06-16T05:21:00+02:00": 39}
    series = read_forecast(wh)
    assert [(piece.start, piece.end) for piece in series.pieces] == [
        (at(5.35), at(6)),
        (at(6), at(7)),
        (at(7), at(8)),
        (at(29.35), at(30.35)),
    ]
    assert energy_kwh(series, at(0), at(24)) == pytest.approx(1.239)


def test_half_hours_in_utc() -> None:
    """Solcast leaves out what is 0, and has 500 Wh for a kW."""
    wh = {at(10 + number / 2).isoformat(): 500 for number in range(4)}
    series = read_forecast(wh)
    assert [piece.value for piece in series.pieces] == [1000, 1000, 1000, 500]
    assert energy_kwh(series, at(0), at(24)) == pytest.approx(2.0)


def test_quarters_are_no_half_hours() -> None:
    wh = {at(10 + number / 4).isoformat(): 250 for number in range(8)}
    assert [piece.value for piece in read_forecast(wh).pieces[:-1]] == [1000] * 7


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -5, None, "sunny", 1e12])
def test_what_is_no_energy_is_left_out(value: Any) -> None:
    wh = {at(10).isoformat(): 500, at(11).isoformat(): value, at(12).isoformat(): 700}
    series = read_forecast(wh)
    assert series.at(at(10.5)) == 500
    assert series.at(at(11.5)) is None
    assert series.at(at(12.5)) == 700


@pytest.mark.parametrize("key", ["noon", "2026-06-15T10:00:00", "", None])
def test_what_is_no_time_is_left_out(key: Any) -> None:
    assert read_forecast({key: 500}) == Series()
    assert read_forecast({key: 500}, at_end=True) == Series()


def test_two_plants_add_up() -> None:
    one = Series((Piece(at(10), at(11), 1000), Piece(at(11), at(12), 2000)))
    other = Series((Piece(at(10.5), at(11.5), 500),))
    both = added([one, Series(), other])
    assert [piece.value for piece in both.pieces] == [1000, 1500, 2500, 2000]
    assert energy_kwh(both, at(0), at(24)) == pytest.approx(3.5)
    assert added([]) == Series()
    assert added([one]) == one
