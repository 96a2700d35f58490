"""Schedules in local time, also on the two days a year on which the clock changes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings, strategies as st
import pytest

from custom_components.twc_manager.charging.modes.schedules import (
    Schedule,
    ScheduleKind,
    first_instant,
    in_force,
    next_change,
    next_time,
    overlap,
)

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
"""Its clock leaps by half an hour."""
ST_JOHNS = ZoneInfo("America/St_Johns")
"""Its clock leapt a minute past midnight, until 2011."""
ALL_DAYS = frozenset(range(7))
SUNDAY = frozenset({6})
MINUTE = timedelta(minutes=1)


def schedule(start: str, end: str, **values: Any) -> Schedule:
    """Return a schedule for every day."""
    defaults: dict[str, Any] = {"id": "a", "name": "A", "days": ALL_DAYS}
    return Schedule(
        start=time.fromisoformat(start),
        end=time.fromisoformat(end),
        **defaults | values,
    )


def berlin(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


def active(item: Schedule, local: datetime) -> bool:
    return in_force([item], 1, local) is item


def test_the_days_are_those_of_the_start() -> None:
    night = schedule("23:00", "05:00", days=SUNDAY)

    # 2026-11-22 is a Sunday.
    assert not active(night, berlin("2026-11-22T22:59:59"))
    assert active(night, berlin("2026-11-22T23:00"))
    assert active(night, berlin("2026-11-23T04:59:59"))
    assert not active(night, berlin("2026-11-23T05:00"))
    assert not active(night, berlin("2026-11-22T02:00"))
    assert not active(night, berlin("2026-11-23T23:30"))


def test_two_schedules_overlap_where_both_are_in_force() -> None:
    # A Monday.
    local = berlin("2026-11-23T12:00")
    night = schedule("23:00", "05:00", days=SUNDAY)
    early = schedule("04:00", "06:00")
    common = overlap(night, early, local)
    assert common is not None
    assert (common.start, common.end) == (
        berlin("2026-11-30T04:00"),
        berlin("2026-11-30T05:00"),
    )
    assert overlap(early, night, local) == common
    # One that runs counts, and one that begins when the other ends does not.
    running = overlap(early, schedule("05:59", "07:00"), berlin("2026-11-23T05:59:30"))
    assert running is not None and running.start == berlin("2026-11-23T05:59")
    assert overlap(night, schedule("05:00", "06:00"), local) is None
    assert overlap(night, schedule("04:00", "06:00", days=SUNDAY), local) is None


def test_schedules_of_different_connectors_or_of_an_entity_do_not_overlap() -> None:
    local = berlin("2026-11-23T12:00")
    for_one = schedule("04:00", "06:00", connectors=frozenset({1}))
    for_two = schedule("04:00", "06:00", connectors=frozenset({2}))
    for_all = schedule("04:00", "06:00")
    assert overlap(for_one, for_two, local) is None
    assert overlap(for_one, for_all, local) is not None
    assert overlap(for_all, schedule("04:00", "06:00", follows=True), local) is None


def test_a_schedule_that_ends_when_it_starts_lasts_a_day() -> None:
    whole = schedule("06:00", "06:00", days=SUNDAY)

    assert active(whole, berlin("2026-11-22T06:00"))
    assert active(whole, berlin("2026-11-23T05:59"))
    assert not active(whole, berlin("2026-11-23T06:00"))


def test_the_first_listed_wins() -> None:
    day = schedule("08:00", "20:00", id="day")
    noon = schedule("12:00", "13:00", id="noon")
    local = berlin("2026-11-22T12:30")

    assert in_force([day, noon], 1, local) is day
    assert in_force([noon, day], 1, local) is noon


def test_only_enabled_schedules_of_the_connector_count() -> None:
    local = berlin("2026-11-22T12:30")

    assert not active(schedule("08:00", "20:00", enabled=False), local)
    assert not active(schedule("08:00", "20:00", connectors=frozenset({2})), local)
    assert active(schedule("08:00", "20:00", connectors=frozenset({1, 2})), local)


def test_a_schedule_may_follow_an_entity() -> None:
    tariff = Schedule("t", "Tariff", follows=True, kind=ScheduleKind.GREEN_ONLY)
    off = Schedule("o", "Off", days=ALL_DAYS, follows=False)
    local = berlin("2026-11-22T12:30")

    assert in_force([off, tariff], 1, local) is tariff
    assert next_change([off, tariff], 1, local) is None


def test_a_clock_that_leaps_forward_shortens_the_night() -> None:
    night = schedule("01:00", "05:00")
    span = night.span(berlin("2026-03-29T01:30"))

    assert span is not None
    assert span.end - span.start == timedelta(hours=3)


def test_a_time_that_the_clock_leaps_over_is_when_it_leaps() -> None:
    leap = datetime(2026, 3, 29, 1, tzinfo=UTC)

    assert first_instant(date(2026, 3, 29), time(2, 30), BERLIN) == leap
    assert not active(schedule("02:10", "02:50"), berlin("2026-03-29T03:05"))
    assert active(schedule("02:30", "05:00"), berlin("2026-03-29T03:00"))


def test_an_hour_lived_twice_begins_and_ends_once() -> None:
    half = schedule("02:15", "02:45")

    assert active(half, berlin("2026-10-25T02:30"))
    assert not active(half, berlin("2026-10-25T02:30", fold=1))
    night = schedule("01:00", "05:00").span(berlin("2026-10-25T02:30", fold=1))
    assert night is not None
    assert night.end - night.start == timedelta(hours=5)


def test_the_next_change_is_the_next_other_schedule() -> None:
    day, night = schedule("08:00", "20:00"), schedule("20:00", "23:00", id="n")
    local = berlin("2026-11-22T09:00")

    assert next_change([day, night], 1, local) == berlin("2026-11-22T20:00")
    assert next_change([day], 2, local) == berlin("2026-11-22T20:00")
    assert next_change([schedule("08:00", "08:00")], 1, local) is None
    assert next_change([], 1, local) is None
    assert next_change([schedule("01:00", "02:00", days=SUNDAY)], 1, local) == berlin(
        "2026-11-29T01:00"
    )


def test_the_next_time_of_the_clock() -> None:
    assert next_time(berlin("2026-11-22T05:59"), time(6)) == berlin("2026-11-22T06:00")
    assert next_time(berlin("2026-11-22T06:00"), time(6)) == berlin("2026-11-23T06:00")
    # Lived twice: the second time of it is not another one.
    second = berlin("2026-10-25T02:10", fold=1)
    assert next_time(second, time(2, 30)) == berlin("2026-10-26T02:30")


def test_a_time_without_a_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="no zone"):
        next_change([], 1, datetime(2026, 1, 1))


# Against a walk through the minutes that knows nothing but what the clock shows.


def walk(begin: datetime, zone: ZoneInfo, days: int) -> Iterator[datetime]:
    """Return every minute with its local time."""
    for minute in range(days * 1440):
        yield (begin + minute * MINUTE).astimezone(zone)


def reached(day: date, clock: time, minutes: list[datetime]) -> int:
    """Return the first minute whose local time is a time of a day or later."""
    wall = datetime.combine(day, clock)
    return next(
        (
            index
            for index, local in enumerate(minutes)
            if local.replace(tzinfo=None) >= wall
        ),
        len(minutes),
    )


def on_by_walk(item: Schedule, minutes: list[datetime]) -> list[bool]:
    """Return whether a schedule is in force, for every minute."""
    on = [False] * len(minutes)
    first, last = (minutes[edge].date().toordinal() for edge in (0, -1))
    for ordinal in range(first, last + 1):
        day = date.fromordinal(ordinal)
        if day.weekday() in item.days:
            over = ordinal + (item.end <= item.start)
            begin = reached(day, item.start, minutes)
            end = reached(date.fromordinal(over), item.end, minutes)
            on[begin:end] = [True] * max(end - begin, 0)
    return on


clocks = st.builds(time, st.integers(0, 23), st.integers(0, 59))
near_leaps = st.sampled_from([time(0), time(1), time(1, 59), time(2, 30), time(3)])
leaps = st.sampled_from(
    [
        (BERLIN, datetime(2026, 3, 27, 23, tzinfo=UTC)),
        (BERLIN, datetime(2026, 10, 23, 22, tzinfo=UTC)),
        (LORD_HOWE, datetime(2026, 4, 2, 13, tzinfo=UTC)),
        (LORD_HOWE, datetime(2026, 10, 1, 13, 30, tzinfo=UTC)),
        (ST_JOHNS, datetime(2010, 11, 5, 2, 30, tzinfo=UTC)),
        (ST_JOHNS, datetime(2010, 3, 12, 3, 30, tzinfo=UTC)),
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    leap=leaps,
    start=clocks | near_leaps,
    end=clocks | near_leaps,
    days=st.frozensets(st.integers(0, 6), min_size=1),
)
@example(
    (ST_JOHNS, datetime(2010, 11, 5, 2, 30, tzinfo=UTC)),
    time(0),
    time(23, 30),
    ALL_DAYS,
)
def test_it_is_in_force_by_the_local_clock(
    leap: tuple[ZoneInfo, datetime], start: time, end: time, days: frozenset[int]
) -> None:
    zone, begin = leap
    item = Schedule("a", "A", days, start, end)
    # A day on either side, as what began before the walk is not seen by it.
    minutes = list(walk(begin, zone, 4))
    on = on_by_walk(item, minutes)
    seen = [active(item, local) for local in minutes]

    assert seen[1500:] == on[1500:]
    expected = next(
        (index for index in range(1501, len(on)) if on[index] != on[1500]), None
    )
    change = next_change([item], 1, minutes[1500])
    if expected is not None:
        assert change == minutes[expected].astimezone(UTC)
    elif change is not None:
        assert change > minutes[-1].astimezone(UTC)
