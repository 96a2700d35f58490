"""Which rule is in force: charge now, then schedules, then the mode."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.twc_manager.charging.allocation.budgets import budget_keys
from custom_components.twc_manager.charging.modes.active_rule import (
    ChargeNow,
    Mode,
    RuleSettings,
    resume_at,
    rule_for,
    rules_for,
)
from custom_components.twc_manager.charging.modes.schedules import (
    Schedule,
    ScheduleKind,
)
from custom_components.twc_manager.charging.outcome import ActiveRule, Rule

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 22, 12, tzinfo=BERLIN)
NIGHT = Schedule(
    "n", "Night", frozenset(range(7)), time(23), time(5), amps=24
)  # fmt: skip


def at(hour: int, minute: int = 0, day: int = 22) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)


def test_a_new_installation_charges_like_an_ordinary_connector() -> None:
    assert rule_for(RuleSettings(), 1, NOON) == ActiveRule(Rule.FIXED)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        (Mode.GREEN, ActiveRule(Rule.GREEN, green=True)),
        (Mode.FIXED, ActiveRule(Rule.FIXED)),
        (Mode.OFF, ActiveRule(Rule.OFF, 0)),
    ],
)
def test_the_modes(mode: Mode, expected: ActiveRule) -> None:
    assert rule_for(RuleSettings(mode), 1, NOON) == expected


def test_a_connector_may_have_its_own_mode() -> None:
    settings = RuleSettings(Mode.GREEN, overrides={2: Mode.OFF})

    assert rules_for(settings, [1, 2], NOON).connectors == {
        1: ActiveRule(Rule.GREEN, green=True),
        2: ActiveRule(Rule.OFF, 0),
    }


def test_a_schedule_takes_precedence_over_the_mode_until_its_end() -> None:
    settings = RuleSettings(Mode.OFF, overrides={1: Mode.OFF}, schedules=[NIGHT])

    assert rule_for(settings, 1, at(23)) == ActiveRule(
        Rule.SCHEDULE, 24, until=at(5, day=23), name="Night"
    )
    assert rule_for(settings, 1, NOON) == ActiveRule(Rule.OFF, 0, until=at(23))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            ScheduleKind.GREEN_ONLY,
            ActiveRule(Rule.SCHEDULE, 24, green=True, name="Night"),
        ),
        (ScheduleKind.DO_NOT_CHARGE, ActiveRule(Rule.SCHEDULE, 0, name="Night")),
    ],
)
def test_each_kind_of_schedule(kind: ScheduleKind, expected: ActiveRule) -> None:
    following = replace(NIGHT, kind=kind, follows=True)

    assert rule_for(RuleSettings(schedules=[following]), 1, NOON) == expected


def less(known: ActiveRule, *, green: bool = False) -> ActiveRule:
    """Return a rule that a doubtful tariff schedule restricts to 10 A."""
    tariff = ActiveRule(Rule.SCHEDULE, 10, green, name="Tariff")
    green = green or known.green
    return replace(known, amps=10, green=green, parts=(known, tariff))


@pytest.mark.parametrize(
    ("mode", "kind", "expected"),
    [
        (
            Mode.FIXED,
            ScheduleKind.DO_NOT_CHARGE,
            ActiveRule(Rule.SCHEDULE, 0, name="Tariff"),
        ),
        (Mode.OFF, ScheduleKind.DO_NOT_CHARGE, ActiveRule(Rule.OFF, 0)),
        (
            Mode.FIXED,
            ScheduleKind.GREEN_ONLY,
            less(ActiveRule(Rule.FIXED), green=True),
        ),
        (Mode.OFF, ScheduleKind.GREEN_ONLY, ActiveRule(Rule.OFF, 0)),
        (Mode.FIXED, ScheduleKind.AMPS, less(ActiveRule(Rule.FIXED))),
        (Mode.GREEN, ScheduleKind.AMPS, less(ActiveRule(Rule.GREEN, green=True))),
        (Mode.OFF, ScheduleKind.AMPS, ActiveRule(Rule.OFF, 0)),
    ],
)
def test_a_doubtful_schedule_only_restricts(
    mode: Mode, kind: ScheduleKind, expected: ActiveRule
) -> None:
    tariff = Schedule("t", "Tariff", kind=kind, amps=10, follows=False, doubtful=True)
    settings = RuleSettings(mode, schedules=[tariff])

    assert rule_for(settings, 1, NOON) == expected
    off = RuleSettings(mode, schedules=[replace(tariff, enabled=False)])
    assert rule_for(off, 1, NOON) == rule_for(RuleSettings(mode), 1, NOON)


def test_a_doubtful_schedule_counts_less_than_one_before_it() -> None:
    tariff = Schedule("t", "Tariff", kind=ScheduleKind.DO_NOT_CHARGE, doubtful=True)
    night = rule_for(RuleSettings(schedules=[NIGHT]), 1, at(23))

    assert rule_for(RuleSettings(schedules=[NIGHT, tariff]), 1, at(23)) == night
    assert rule_for(RuleSettings(schedules=[tariff, NIGHT]), 1, at(23)).amps == 0


def test_connectors_of_a_schedule_share_it_though_another_comes_for_one_of_them() -> (
    None
):
    early = replace(NIGHT, id="e", start=time(4), connectors=frozenset({2}))
    both = rules_for(RuleSettings(schedules=[early, NIGHT]), [1, 2], at(23)).connectors

    assert budget_keys(both[1]) == budget_keys(both[2])
    assert both[1].until == at(5, day=23)
    assert both[2].until == at(4, day=23)


def test_a_schedule_ends_when_one_before_it_begins() -> None:
    peak = replace(NIGHT, id="p", name="Peak", start=time(1), end=time(2))
    tariff = replace(NIGHT, id="t", name="Tariff", follows=True)
    for second in NIGHT, tariff:
        settings = RuleSettings(schedules=[peak, second])
        now = rule_for(settings, 1, at(23))
        assert now.name == second.name
        assert now.until == at(1, day=23)


def test_charge_nows_with_ends_of_their_own_share_nothing() -> None:
    each = [
        ChargeNow.begin(NOON, timedelta(hours=hours), 16, frozenset({hours}))
        for hours in (1, 2)
    ]
    both = rules_for(RuleSettings(charge_now=each), [1, 2], NOON).connectors
    assert budget_keys(both[1]) != budget_keys(both[2])


def test_charge_now_counts_more_than_everything() -> None:
    no = replace(NIGHT, kind=ScheduleKind.DO_NOT_CHARGE)
    settings = RuleSettings(
        Mode.OFF, schedules=[no], charge_now=(ChargeNow.begin(at(23), amps=32),)
    )

    now = rule_for(settings, 1, at(23))
    assert now == ActiveRule(Rule.CHARGE_NOW, 32, until=at(23, day=23))
    assert rule_for(settings, 1, at(23, day=23)).rule is Rule.SCHEDULE


def test_charge_now_for_one_connector_and_a_while() -> None:
    now = ChargeNow.begin(NOON, timedelta(hours=2), connectors=frozenset({2}))
    settings = RuleSettings(Mode.GREEN, charge_now=(now,))

    assert rule_for(settings, 1, NOON).rule is Rule.GREEN
    assert rule_for(settings, 2, NOON).rule is Rule.CHARGE_NOW
    assert rule_for(settings, 2, at(13, 59)).rule is Rule.CHARGE_NOW
    assert rule_for(settings, 2, at(14)).rule is Rule.GREEN


def test_of_charge_nows_for_the_same_connector_the_first_counts() -> None:
    one = ChargeNow.begin(NOON, timedelta(hours=2), 16, frozenset({2}))
    settings = RuleSettings(charge_now=(one, ChargeNow.begin(NOON, amps=32)))

    assert rule_for(settings, 1, NOON).amps == 32
    assert rule_for(settings, 2, NOON) == ActiveRule(Rule.CHARGE_NOW, 16, until=at(14))
    assert rule_for(settings, 2, at(14)).amps == 32


def test_a_day_of_charge_now_has_24_hours_on_any_day() -> None:
    leap = datetime(2026, 3, 28, 12, tzinfo=BERLIN)

    now = ChargeNow.begin(leap)

    assert now.end - now.start == timedelta(hours=24)
    assert now.end == datetime(2026, 3, 29, 13, tzinfo=BERLIN)


def test_charge_now_survives_a_restart() -> None:
    for now in (
        ChargeNow.begin(NOON),
        ChargeNow.begin(NOON, timedelta(minutes=5), 12, frozenset({7, 3})),
    ):
        assert ChargeNow.from_dict(json.loads(json.dumps(now.as_dict()))) == now


@pytest.mark.parametrize(
    "change",
    [{"start": None}, {"end": "soon"}, {"end": "2026-01-01"}, {"amps": "x"}, {"connectors": 3}],
)  # fmt: skip
def test_invalid_charge_now_is_rejected(change: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        ChargeNow.from_dict(ChargeNow.begin(NOON).as_dict() | change)


def test_fixed_for_today_gives_way_to_green() -> None:
    resume = resume_at(NOON, time(6))
    settings = RuleSettings(Mode.FIXED, resume_green_at=resume)

    assert rule_for(settings, 1, NOON) == ActiveRule(Rule.FIXED, until=at(6, day=23))
    assert rule_for(settings, 1, at(6, day=23)) == ActiveRule(Rule.GREEN, green=True)
    assert rule_for(replace(settings, mode=Mode.OFF), 1, at(7, day=23)).rule is Rule.OFF


def test_fixed_of_a_connector_itself_stays() -> None:
    settings = RuleSettings(
        Mode.FIXED, resume_at(NOON, time(6)), overrides={1: Mode.FIXED}
    )

    assert rule_for(settings, 1, at(7, day=23)) == ActiveRule(Rule.FIXED)
    assert rule_for(settings, 2, at(7, day=23)).rule is Rule.GREEN


def test_times_are_returned_in_utc() -> None:
    until = rule_for(RuleSettings(schedules=[NIGHT]), 1, NOON).until

    assert until is not None and until.tzinfo is UTC
