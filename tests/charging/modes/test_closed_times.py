"""The times in which schedules forbid a connector to charge."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from custom_components.twc_manager.charging.modes.closed_times import (
    closed_times,
    given_times,
)
from custom_components.twc_manager.charging.modes.schedules import (
    Schedule,
    ScheduleKind,
    in_force,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 30, 12, tzinfo=BERLIN)
EVERY_DAY = frozenset(range(7))
PEAK = Schedule("1", "Peak", EVERY_DAY, time(17), time(20), ScheduleKind.DO_NOT_CHARGE)
LUNCH = replace(PEAK, id="2", start=time(11), end=time(13))
ANY = Schedule("3", "Any", EVERY_DAY, time(18), time(19))


def at(hour: int, day: int = 30) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=BERLIN).astimezone(UTC)


def today(*schedules: Schedule) -> list[tuple[datetime, datetime]]:
    """Return the times of today."""
    found = closed_times(schedules, 1, NOON)
    return [(start, end) for start, end in found if at(0) <= start < at(23)]


def test_the_times_in_which_a_schedule_gives_current() -> None:
    given = replace(ANY, amps=16)
    found = given_times((LUNCH, given, replace(PEAK, start=time(18))), 1, NOON)
    assert [item for item in found if item[0] < at(23)][-1:] == [(at(18), at(19), 16)]
    # One that is listed before counts instead.
    assert not [
        item for item in given_times((PEAK, given), 1, NOON) if item[0] < at(23)
    ]
    green = replace(given, kind=ScheduleKind.GREEN_ONLY)
    assert given_times((green, replace(ANY, amps=None)), 1, NOON) == ()


def test_they_are_in_order_also_those_that_have_begun() -> None:
    assert today(PEAK, LUNCH) == [(at(11), at(13)), (at(17), at(20))]


def test_a_schedule_listed_before_counts_instead() -> None:
    assert today(ANY, PEAK) == [(at(17), at(18)), (at(19), at(20))]
    assert today(PEAK, ANY) == [(at(17), at(20))]


def test_what_concerns_others_or_is_not_known_ahead_is_left_out() -> None:
    assert today(replace(PEAK, connectors=frozenset({2}))) == []
    assert today(replace(PEAK, enabled=False)) == []
    assert today(replace(PEAK, follows=True)) == []
    assert today(replace(ANY, enabled=False), PEAK) == [(at(17), at(20))]


def test_they_are_what_is_in_force_then_at_every_hour_of_two_weeks() -> None:
    schedules = (ANY, PEAK, LUNCH, replace(PEAK, id="4", start=time(19), end=time(2)))
    closed = closed_times(schedules, 1, NOON)
    for hour in range(14 * 24):
        moment = NOON + timedelta(hours=hour, minutes=30)
        schedule = in_force(schedules, 1, moment)
        forbidden = schedule is not None and schedule.kind is ScheduleKind.DO_NOT_CHARGE
        assert forbidden is any(start <= moment < end for start, end in closed)
