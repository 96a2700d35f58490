"""Lists of prices of any kind: a clear word, or a safe reading."""

from datetime import UTC, datetime, timedelta
from math import inf, nan
from random import Random
from typing import Final

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.prices.errors import PriceError, Problem
from custom_components.twc_manager.prices.lists import (
    Row,
    is_complete,
    merged,
    read_list,
)
from custom_components.twc_manager.prices.units import PriceUnit, unit_of

EUR: Final = PriceUnit("EUR")
NOW: Final = datetime(2026, 11, 29, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
QUARTER: Final = timedelta(minutes=15)


def rows(
    *values: float, step: timedelta = HOUR, start: datetime = NOW, ends: bool = False
) -> list[Row]:
    return [
        Row(
            start + number * step,
            start + (number + 1) * step if ends else None,
            value,
        )
        for number, value in enumerate(values)
    ]


def values(series: Series) -> list[float]:
    return [piece.value for piece in series.pieces]


@pytest.mark.parametrize("ends", [True, False])
@pytest.mark.parametrize("minutes", [5, 15, 30, 60])
def test_a_list_in_any_order_and_twice(minutes: int, ends: bool) -> None:
    step = timedelta(minutes=minutes)
    listed = rows(*(number / 100 - 0.1 for number in range(40)), step=step, ends=ends)
    mixed = Random(1).sample([*listed, *listed[:20]], 60)
    series = read_list(mixed, EUR)
    assert values(series) == [row.value for row in listed]
    assert series.pieces[0].start == NOW
    assert series.pieces[-1].end == NOW + 40 * step


def test_a_gap_is_unknown() -> None:
    listed = rows(0.1, 0.2, 0.3, 0.4, 0.5)
    del listed[2]
    series = read_list(listed, EUR)
    assert series.at(NOW + 1.9 * HOUR) == 0.2
    assert series.at(NOW + 2 * HOUR) is None
    assert series.at(NOW + 3 * HOUR) == 0.4


def test_an_end_that_is_an_hour_off_does_not_count() -> None:
    """In autumn Green Planet lets the quarter before the change last 75 minutes."""
    listed = rows(0.1, 0.2, 0.3, step=QUARTER, ends=True)
    listed[-1] = Row(listed[-1].start, listed[-1].start + 75 * QUARTER / 15, 0.3)
    series = read_list(listed, EUR)
    assert series.pieces[-1].end == NOW + 3 * QUARTER


def test_two_prices_for_one_time_are_none_of_them() -> None:
    again = [*rows(0.1, 0.2, 0.3, 0.4), *rows(0.9, start=NOW + HOUR)]
    series = read_list(again, EUR)
    assert values(series) == [0.1, 0.3, 0.4]
    assert series.at(NOW + HOUR) is None


@pytest.mark.parametrize(
    ("listed", "problem"),
    [
        ([*rows(0.1, 0.2, 0.3, 0.4), *rows(0.4, 0.3, 0.1, 0.9)], Problem.DOUBLED),
        (rows(0.1, 0.2, step=timedelta(minutes=7)), Problem.STEP),
        (rows(0.1, 0.2, step=timedelta(hours=2)), Problem.STEP),
        (rows(0.1, 0.2, start=NOW + timedelta(minutes=2)), Problem.STEP),
        (rows(0.1), Problem.STEP),
        (rows(0.1, nan), Problem.SHAPE),
        (rows(0.1, inf), Problem.SHAPE),
        (rows(0.1, 0.2, start=NOW.replace(tzinfo=None)), Problem.SHAPE),
        (rows(*[0.0] * 24), Problem.ZERO),
        (rows(*[25.0] * 24), Problem.IMPLAUSIBLE),
        (rows(*[-85.0] * 24), Problem.IMPLAUSIBLE),
    ],
)
def test_what_is_refused(listed: list[Row], problem: Problem) -> None:
    with pytest.raises(PriceError) as raised:
        read_list(listed, EUR)
    assert raised.value.problem is problem


def test_no_rows_are_no_prices() -> None:
    assert read_list([], EUR) == Series()


def test_negative_prices_and_a_peak_are_prices() -> None:
    listed = rows(-0.5, 0.0, 0.1, 17.0)
    assert values(read_list(listed, EUR)) == [-0.5, 0.0, 0.1, 17.0]


def test_a_day_of_exactly_0_is_a_source_that_fails() -> None:
    series = read_list(rows(*[0.2] * 24, *[0.0] * 24, 0.3), EUR)
    assert values(series) == [0.2] * 24 + [0.3]
    assert series.at(NOW + 30 * HOUR) is None


def test_a_sunny_day_may_be_free_for_hours() -> None:
    listed = rows(*[0.2] * 8, *[0.0] * 9, *[0.2] * 7)
    assert values(read_list(listed, EUR)) == [row.value for row in listed]


def test_more_is_possible_in_a_weaker_currency() -> None:
    assert values(read_list(rows(12.0, 14.0), PriceUnit("SEK"))) == [12.0, 14.0]
    assert values(read_list(rows(60.0, 70.0), PriceUnit("HUF"))) == [60.0, 70.0]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 60),
            st.sampled_from([0, 5, 15, 30, 60, 75, -15]),
            st.floats(-1, 2),
        ),
        max_size=30,
    )
)
def test_whatever_is_listed_gives_prices_in_order_or_an_error(
    listed: list[tuple[int, int, float]],
) -> None:
    found = [
        Row(
            NOW + at * timedelta(minutes=15),
            NOW + at * QUARTER + timedelta(minutes=length) if length else None,
            value,
        )
        for at, length, value in listed
    ]
    try:
        series = read_list(found, EUR)
    except PriceError:
        return
    assert series == Series.read(series.pieces)
    for piece in series.pieces:
        said = {row.value for row in found if row.start == piece.start}
        assert said == {piece.value}


def test_new_prices_replace_old_ones_where_both_have_one() -> None:
    old = read_list(rows(*[0.1] * 48), EUR)
    new = read_list(rows(*[0.2] * 4, step=QUARTER, start=NOW + 3 * HOUR), EUR)
    both = merged(old, new, NOW + HOUR)
    assert both == Series.read(both.pieces)
    assert both.pieces[0] == Piece(NOW + HOUR, NOW + 2 * HOUR, 0.1)
    assert both.at(NOW + 3.5 * HOUR) == 0.2
    assert both.at(NOW + 4 * HOUR) == 0.1
    assert is_complete(both, NOW + HOUR, NOW + 48 * HOUR)
    assert not is_complete(both, NOW, NOW + 48 * HOUR)
    assert not is_complete(both, NOW + HOUR, NOW + 49 * HOUR)


@pytest.mark.parametrize(
    ("text", "home", "currency", "scale"),
    [
        ("EUR/kWh", "SEK", "EUR", 1),
        ("SEK/MWh", "SEK", "SEK", 0.001),
        ("EUR/Wh", "EUR", "EUR", 1000),
        ("€/kWh", "SEK", "EUR", 1),
        ("£/kWh", "EUR", "GBP", 1),
        ("$/kWh", "AUD", "AUD", 1),
        ("$/kWh", "EUR", "USD", 1),
        ("kr/kWh", "NOK", "NOK", 1),
        ("Öre/kWh", "EUR", "SEK", 0.01),
        ("øre/kWh", "DKK", "DKK", 0.01),
        ("ct/kWh", "EUR", "EUR", 0.01),
        ("c/kWh", "EUR", "EUR", 0.01),
        ("¢/kWh", "USD", "USD", 0.01),
        ("p/kWh", "GBP", "GBP", 0.01),
        (" EUR / kWh ", "EUR", "EUR", 1),
    ],
)
def test_units(text: str, home: str, currency: str, scale: float) -> None:
    unit = unit_of(text, home)
    assert unit.currency == currency
    assert unit.scale == pytest.approx(scale)


@pytest.mark.parametrize(
    "text", ["", None, "EUR", "kWh", "/kWh", "EUR/m³", "W", "euro/kWh", "%", "EUR/kW"]
)
def test_what_is_no_unit_of_a_price(text: str | None) -> None:
    with pytest.raises(PriceError) as raised:
        unit_of(text, "EUR")
    assert raised.value.problem is Problem.UNIT
