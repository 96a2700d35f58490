"""The next rule, as far as the clock decides it."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

from custom_components.twc_manager.charging.modes.active_rule import (
    ChargeNow,
    Mode,
    NextRule,
    RuleSettings,
    next_rule,
    rule_for,
)
from custom_components.twc_manager.charging.modes.schedules import (
    Schedule,
    ScheduleKind,
)
from custom_components.twc_manager.charging.outcome import ActiveRule, Rule

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 18, tzinfo=BERLIN)
ONE, TWO = 0x032E, 0x1839
EVERY_DAY = frozenset(range(7))
NIGHT = Schedule("1", "Night", EVERY_DAY, time(23), time(5), amps=16)
PEAK = Schedule(
    "2", "Peak", EVERY_DAY, time(2), time(3), kind=ScheduleKind.DO_NOT_CHARGE
)


def at(clock: str, days: int = 0) -> datetime:
    return datetime.combine(
        MONDAY.date() + timedelta(days), time.fromisoformat(clock), BERLIN
    )


def test_nothing_comes_by_itself() -> None:
    for mode in Mode:
        assert next_rule(RuleSettings(mode=mode), ONE, MONDAY) is None


def test_a_schedule_begins_and_ends() -> None:
    settings = RuleSettings(mode=Mode.GREEN, schedules=[NIGHT])
    begins = next_rule(settings, ONE, MONDAY)
    assert begins is not None
    assert begins.start == at("23:00")
    assert begins.start.tzinfo is BERLIN
    assert (begins.active_rule.rule, begins.active_rule.amps) == (Rule.SCHEDULE, 16)
    assert begins.active_rule.name == "Night"
    ends = next_rule(settings, ONE, begins.start)
    assert ends is not None
    assert (ends.start, ends.active_rule.rule) == (at("05:00", 1), Rule.GREEN)


def test_a_schedule_listed_before_comes_between() -> None:
    settings = RuleSettings(schedules=[PEAK, NIGHT])
    steps = [MONDAY]
    names = []
    for _ in range(4):
        step = next_rule(settings, ONE, steps[-1])
        assert step is not None
        steps.append(step.start)
        names.append(step.active_rule.name)
    assert names == ["Night", "Peak", "Night", None]
    assert steps[1:] == [at("23:00"), *(at(c, 1) for c in ("02:00", "03:00", "05:00"))]


def test_charge_now_and_fixed_for_today_end() -> None:
    end = MONDAY + timedelta(hours=7)
    charge_now = ChargeNow.begin(
        MONDAY, timedelta(hours=7), connectors=frozenset({ONE})
    )
    settings = RuleSettings(schedules=[NIGHT], charge_now=[charge_now])
    # It is over within the schedule.
    assert next_rule(settings, ONE, MONDAY) == NextRule(
        end, rule_for(settings, ONE, end)
    )
    other = next_rule(settings, TWO, MONDAY)
    assert other is not None
    assert other.start == at("23:00")
    today = RuleSettings(mode=Mode.FIXED, resume_green_at=at("06:30", 1))
    assert next_rule(today, ONE, MONDAY) == NextRule(
        at("06:30", 1), ActiveRule(Rule.GREEN, green=True)
    )


def test_a_change_without_effect_is_no_next_rule() -> None:
    early = replace(NIGHT, start=time(19), end=time(20))
    late = replace(NIGHT, start=time(20), end=time(21))
    settings = RuleSettings(schedules=[early, late])
    step = next_rule(settings, ONE, at("19:30"))
    assert step is not None
    assert (step.start, step.active_rule.rule) == (at("21:00"), Rule.FIXED)
    # It is not known when what it follows changes.
    follows = replace(NIGHT, follows=True)
    assert next_rule(RuleSettings(schedules=[follows]), ONE, MONDAY) is None


clocks = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
schedules = st.lists(
    st.builds(
        Schedule,
        st.just("0"),
        st.sampled_from(["a", "b"]),
        st.frozensets(st.integers(0, 6)),
        clocks,
        clocks,
        st.sampled_from(ScheduleKind),
        st.sampled_from([None, 6, 16]),
    ),
    max_size=3,
)


@given(schedules, st.sampled_from(Mode), st.integers(0, 7 * 48))
def test_until_the_next_step_nothing_changes(
    scheduled: list[Schedule], mode: Mode, half_hours: int
) -> None:
    settings = RuleSettings(mode=mode, schedules=scheduled)
    begin = MONDAY.astimezone(UTC) + timedelta(minutes=30 * half_hours)
    now = rule_for(settings, ONE, begin.astimezone(BERLIN))
    step = next_rule(settings, ONE, begin.astimezone(BERLIN))
    for number in range(48 * 8):
        instant = begin + timedelta(minutes=30 * number)
        then = rule_for(settings, ONE, instant.astimezone(BERLIN))
        if step is not None and instant >= step.start.astimezone(UTC):
            assert replace(then, until=None) == replace(step.active_rule, until=None)
            assert replace(then, until=None) != replace(now, until=None)
            break
        assert replace(then, until=None) == replace(now, until=None)
