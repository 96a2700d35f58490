"""How far a forecast is counted on, and what the house leaves of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.forecast.experience import (
    UNPROVEN,
    Experience,
    experience_of,
    left_over,
    reliability,
    usual_load,
)

BERLIN: Final = ZoneInfo("Europe/Berlin")
TODAY: Final = date(2026, 6, 15)
MONDAY: Final = datetime(2026, 6, 15, tzinfo=BERLIN).astimezone(UTC)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


def days(*energies: float) -> dict[date, float]:
    """Return the energies of the last days, yesterday first."""
    return {TODAY - (at + 1) * DAY: energy for at, energy in enumerate(energies)}


@pytest.mark.parametrize(
    ("said", "measured", "share"),
    [
        (days(20, 20), days(10, 20), 0.75),
        # A plant that gives more is no reason to expect more.
        (days(20, 20), days(30, 30), 1.0),
        (days(20), days(0), 0.0),
        ({}, days(10), UNPROVEN),
        (days(20), {}, UNPROVEN),
        # The present day is not over, and a day without sun shows nothing.
        ({TODAY: 20.0}, {TODAY: 1.0}, UNPROVEN),
        (days(0.2), days(0.0), UNPROVEN),
        # The last seven days count.
        (days(*[20] * 7, 20), days(*[20] * 7, 0), 1.0),
    ],
)
def test_trust(
    said: dict[date, float], measured: dict[date, float], share: float
) -> None:
    assert reliability(said, measured, TODAY) == pytest.approx(share)


def test_the_house_has_its_hours_of_the_week() -> None:
    house = {
        MONDAY - week * 7 * DAY + hour * HOUR: usual
        for week in (1, 2, 3)
        for hour, usual in ((9, 0.4 + week / 10), (18, 2.0))
    }
    sun = {MONDAY - DAY + hour * HOUR: hour / 10 for hour in range(24)}
    found = experience_of(house, sun, BERLIN)
    assert found.load_w == pytest.approx({9: 600, 18: 2000})
    assert found.maximum_w == pytest.approx(2300)
    assert found.measured_kwh == pytest.approx({TODAY - DAY: 27.6})


def test_what_is_left_over() -> None:
    known = Experience({9: 600.0, 24 + 12: 300.0}, 2500.0)
    forecast = Series(
        tuple(
            Piece(MONDAY + hour * HOUR, MONDAY + (hour + 1) * HOUR, watts)
            for hour, watts in ((8, 900), (9, 2000), (12, 9000), (33, 500))
        )
    )
    left = left_over(forecast, known, 0.5, BERLIN)
    assert [(piece.start - MONDAY, piece.value) for piece in left.pieces] == [
        # At 8 it is not known what the house takes. At 12 it is known of another day.
        (9 * HOUR, 400),
        # Never more than the plant ever gave.
        (12 * HOUR, 2200),
        # Never below 0.
        (33 * HOUR, 0),
    ]


def test_a_plant_that_was_never_measured_leaves_nothing() -> None:
    forecast = Series((Piece(MONDAY, MONDAY + HOUR, 900),))
    assert left_over(forecast, Experience({0: 100.0}), 1.0, BERLIN) == Series()


def test_hours_of_a_clock_change_belong_to_their_days() -> None:
    midnight = datetime(2026, 10, 25, tzinfo=BERLIN).astimezone(UTC)
    sun = {midnight + hour * HOUR: 1.0 for hour in range(25)}
    found = experience_of({}, sun, BERLIN)
    assert found.measured_kwh == {date(2026, 10, 25): 25.0}


def test_the_usual_load_of_the_days_to_come() -> None:
    # The clock is set forward in the night to Sunday: its first day has 23 hours.
    sunday = datetime(2026, 3, 29, 15, tzinfo=BERLIN)
    load = usual_load({6 * 24 + 1: 500.0, 6 * 24 + 3: 700.0, 9: 900.0}, sunday)

    midnight = datetime(2026, 3, 29, tzinfo=BERLIN).astimezone(UTC)
    assert load.pieces[0] == Piece(midnight + HOUR, midnight + 2 * HOUR, 500)
    # At 2:00 it is 3:00. Of other days the same hour counts, and nothing is known of others.
    assert load.at(midnight + 2 * HOUR) == 700
    assert load.at(midnight + 23 * HOUR) is None
    assert load.at(midnight + (23 + 9) * HOUR) == 900
    assert load.at(midnight + (23 + 1) * HOUR) == 500
    assert max(piece.end for piece in load.pieces) <= midnight + 95 * HOUR
