"""Tariffs as data, and what is paid for already."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from custom_components.twc_manager.charging.limits.peak_records import (
    PeakRecords,
    _level,
)
from custom_components.twc_manager.charging.limits.peak_tariff import (
    PRESETS,
    PeakPreset,
    PeakTariff,
    PeakWindow,
)

FLANDERS, NORWAY, SWEDEN = (PRESETS[item] for item in PeakPreset)
DAY = date(2026, 1, 12)
BRUSSELS = ZoneInfo("Europe/Brussels")


def records(tariff: PeakTariff, *peaks: tuple[int, float]) -> PeakRecords:
    """Return the records of some days of January."""
    found = PeakRecords()
    for day, kilowatts in peaks:
        found = found.noted(tariff, date(2026, 1, day), kilowatts)
    return found


def test_in_flanders_the_highest_quarter_of_the_month_is_free() -> None:
    found = records(FLANDERS, (3, 4.2), (4, 6.1), (5, 3.0))
    assert found.tops(FLANDERS) == (6.1,)
    assert found.budget(FLANDERS, DAY, 4.0) == 6.1
    assert found.budget(FLANDERS, DAY, 8.0) == 8.0
    # A new month begins with what the owner is content with, and never below what is paid for anyway.
    february = found.within(FLANDERS, date(2026, 2, 1))
    assert february.budget(FLANDERS, date(2026, 2, 1), 4.0) == 4.0
    assert february.budget(FLANDERS, date(2026, 2, 1), 1.0) == 2.5


def test_the_meter_knows_the_peak_of_the_month_better() -> None:
    found = records(FLANDERS, (3, 4.2))
    assert found.budget(FLANDERS, DAY, 4.0, known_kw=5.5) == 5.5


def test_in_norway_a_step_may_be_used_to_its_end() -> None:
    assert PeakRecords().budget(NORWAY, DAY, 4.0) == 5.0
    found = records(NORWAY, (3, 6.0), (4, 5.5), (5, 5.2))
    assert found.paid(NORWAY) == pytest.approx(5.57, abs=0.01)
    # The next step begins above 10 kW, on the mean of three days.
    assert found.budget(NORWAY, DAY, 4.0) == pytest.approx(10.0)
    high = records(NORWAY, (3, 14.0), (4, 5.5), (5, 5.2))
    assert high.budget(NORWAY, DAY, 4.0) == pytest.approx(8.0)


def test_what_a_day_has_reached_is_free_on_the_same_day() -> None:
    found = records(SWEDEN, (12, 9.0), (8, 7.0), (9, 7.0))
    assert found.budget(SWEDEN, DAY, 5.0) == 9.0
    assert found.budget(SWEDEN, date(2026, 1, 13), 5.0) == 7.0


def test_only_the_highest_of_a_day_counts_where_days_are_distinct() -> None:
    found = records(NORWAY, (3, 9.0), (3, 8.0), (3, 7.0))
    assert found.tops(NORWAY) == (9.0,)
    same = PeakTariff(highest=3)
    assert records(same, (3, 9.0), (3, 8.0), (3, 7.0)).tops(same) == (9.0, 8.0, 7.0)


def test_a_year_forgets_after_a_year() -> None:
    year = PeakTariff(window=PeakWindow.YEAR)
    found = records(year, (3, 9.0)).noted(year, date(2026, 12, 1), 4.0)
    assert found.tops(year) == (9.0,)
    assert found.within(year, date(2027, 1, 10)).tops(year) == (4.0,)


@pytest.mark.parametrize("seed", range(300))
def test_the_level_keeps_the_mean_at_its_target_and_is_the_highest_one(
    seed: int,
) -> None:
    random = Random(seed)
    count = random.randint(1, 4)
    some = [random.uniform(0, 15) for _ in range(random.randint(0, count))]
    tops, target = sorted(some, reverse=True), random.uniform(0, 12)

    def mean(level: float) -> float:
        every = sorted([*tops, *[level] * count], reverse=True)
        return sum(every[:count]) / count

    level = _level(tops, count, target)

    paid = sum(tops) / count
    assert mean(level) <= max(target, paid) + 1e-9
    if paid <= target:
        assert mean(level) == pytest.approx(target)


@pytest.mark.parametrize(
    ("local", "counts"),
    [
        ("2026-01-12T06:00", True),
        ("2026-01-12T19:59", True),
        ("2026-01-12T20:00", False),
        ("2026-01-12T05:59", False),
        ("2026-01-11T12:00", False),
        ("2026-04-13T12:00", False),
    ],
)
def test_in_sweden_working_hours_of_the_winter_count(local: str, counts: bool) -> None:
    assert SWEDEN.counts(datetime.fromisoformat(local)) == counts


def test_hours_may_go_beyond_midnight() -> None:
    night = PeakTariff(start=time(22), end=time(6))
    clocks = [time(21, 59), time(22), time(5, 59), time(6)]
    found = [night.counts(datetime.combine(DAY, clock)) for clock in clocks]
    assert found == [False, True, True, False]


def test_an_hour_that_comes_twice_is_two_intervals() -> None:
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    local = [(start + timedelta(hours=at)).astimezone(BRUSSELS) for at in (0, 1)]
    first, second = (NORWAY.begin_of(item) for item in local)
    assert second - first == timedelta(hours=1)


def test_records_survive_a_restart() -> None:
    found = records(NORWAY, (3, 6.0), (4, 5.5))
    assert PeakRecords.from_list(found.as_list()) == found
