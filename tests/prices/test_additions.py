"""What is added to prices by the hours of a day, and fixed prices."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from custom_components.twc_manager.charging.planning.series import Piece, Series
from custom_components.twc_manager.inputs.prices import HourPrice
from custom_components.twc_manager.prices.additions import fixed_prices, with_additions
from custom_components.twc_manager.prices.lists import is_complete

BERLIN: Final = ZoneInfo("Europe/Berlin")
EVERY_DAY: Final = frozenset(range(7))
SUNDAY: Final = date(2026, 11, 29)


def local(day: date, clock: str, fold: int = 0) -> datetime:
    at = datetime.combine(day, time.fromisoformat(clock), BERLIN).replace(fold=fold)
    return at.astimezone(UTC)


def hours(start: str, end: str, value: float, *days: int) -> HourPrice:
    chosen = frozenset(days) if days else EVERY_DAY
    return HourPrice(chosen, time.fromisoformat(start), time.fromisoformat(end), value)


def test_a_fee_begins_within_the_hour_of_a_price() -> None:
    start = local(SUNDAY, "16:00")
    prices = Series((Piece(start, start + timedelta(hours=1), 0.1),))
    fees = [hours("16:30", "21:00", 0.05)]
    found = with_additions(prices, 1.2, 0.02, fees, BERLIN)
    assert [(piece.start, round(piece.value, 4)) for piece in found.pieces] == [
        (start, 0.14),
        (start + timedelta(minutes=30), 0.19),
    ]
    assert found.pieces[-1].end == start + timedelta(hours=1)


@pytest.mark.parametrize("day", [SUNDAY, date(2026, 3, 29), date(2026, 10, 25)])
def test_fixed_prices_have_no_gap_and_follow_the_clock_on_the_wall(day: date) -> None:
    night = hours("22:00", "06:00", 0.2)
    found = fixed_prices(0.3, [night], [day, day + timedelta(days=1)], BERLIN)
    assert found == Series.read(found.pieces)
    assert is_complete(found, local(day, "00:00"), local(day + timedelta(2), "00:00"))
    assert found.at(local(day, "05:59")) == 0.2
    assert found.at(local(day, "06:00")) == 0.3
    assert found.at(local(day, "21:59")) == 0.3
    assert found.at(local(day, "22:00")) == 0.2
    assert found.at(local(day + timedelta(1), "05:59")) == 0.2


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    saturday = SUNDAY - timedelta(days=1)
    night = hours("23:00", "05:00", 0.1, 5)
    days = [saturday, SUNDAY, SUNDAY + timedelta(days=1)]
    found = fixed_prices(0.3, [night], days, BERLIN)
    assert found.at(local(saturday, "04:00")) == 0.3
    assert found.at(local(saturday, "23:00")) == 0.1
    assert found.at(local(SUNDAY, "04:59")) == 0.1
    assert found.at(local(SUNDAY, "05:00")) == 0.3
    assert found.at(local(SUNDAY, "23:30")) == 0.3


def test_the_first_of_two_prices_counts() -> None:
    found = fixed_prices(
        0.3,
        [hours("00:00", "00:00", 0.25, 6), hours("22:00", "06:00", 0.2)],
        [SUNDAY],
        BERLIN,
    )
    assert {piece.value for piece in found.pieces} == {0.25}


def test_both_hours_that_come_twice_have_the_price_of_their_clock() -> None:
    autumn = date(2026, 10, 25)
    found = fixed_prices(0.3, [hours("02:00", "03:00", 0.2)], [autumn], BERLIN)
    cheap = [piece for piece in found.pieces if piece.value == 0.2]
    length = sum((piece.end - piece.start for piece in cheap), timedelta())
    assert length == timedelta(hours=2)
    assert found.at(local(autumn, "02:30", fold=1)) == 0.2
