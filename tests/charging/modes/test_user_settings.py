"""The settings of the owner, and their changes over time."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.charging.modes.active_rule import ChargeNow, Mode
from custom_components.twc_manager.charging.modes.user_settings import (
    GreenUserSettings,
    UserSettings,
)
from custom_components.twc_manager.charging.settings import ConnectorSettings

BERLIN = ZoneInfo("Europe/Berlin")
EVENING = datetime(2026, 11, 23, 18, tzinfo=BERLIN)
ONE, TWO, THREE = 0x032E, 0x1839, 0x2431


def test_the_default_is_the_maximum_of_the_wiring_permanently() -> None:
    user_settings = UserSettings()
    assert user_settings.mode is Mode.FIXED
    assert user_settings.available(48) == 48
    assert user_settings.connector(ONE) == ConnectorSettings()
    assert user_settings.settled(EVENING) is user_settings
    assert user_settings.settled(EVENING + timedelta(days=999)) is user_settings


def test_amps_for_all_are_no_more_than_the_wiring_bears() -> None:
    assert UserSettings(current=32).available(48) == 32
    assert UserSettings(current=80).available(48) == 48
    assert UserSettings(current=0).available(48) == 0


def test_fixed_for_today_only_gives_way_to_green() -> None:
    user_settings = UserSettings(mode=Mode.GREEN).with_resume(
        EVENING, resume=True, clock=time(6, 30)
    )
    assert user_settings.resume_green_at is None
    user_settings = user_settings.with_mode(Mode.FIXED, EVENING)
    end = datetime(2026, 11, 24, 6, 30, tzinfo=BERLIN)
    assert user_settings.resume_green_at == end
    assert user_settings.settled(end - timedelta(seconds=1)) is user_settings

    after = user_settings.settled(end)
    assert after.mode is Mode.GREEN
    assert after.resume_green_at is None
    # It is for today only the next time too.
    assert after.resume
    again = after.with_mode(Mode.FIXED, end)
    assert again.resume_green_at == end + timedelta(days=1)


def test_the_end_of_fixed_follows_the_settings() -> None:
    user_settings = UserSettings().with_resume(EVENING, resume=True)
    assert user_settings.resume_green_at == datetime(2026, 11, 24, tzinfo=BERLIN)
    user_settings = user_settings.with_resume(EVENING, clock=time(19))
    assert user_settings.resume_green_at == EVENING + timedelta(hours=1)
    assert user_settings.with_mode(Mode.OFF, EVENING).resume_green_at is None
    assert user_settings.with_resume(EVENING, resume=False).resume_green_at is None


def test_charge_now_is_over_at_its_end() -> None:
    soon = ChargeNow.begin(EVENING, timedelta(hours=1), connectors=frozenset({ONE}))
    late = ChargeNow.begin(EVENING, timedelta(hours=2))
    user_settings = UserSettings(charge_now=(soon, late))
    assert user_settings.charge_now_end == late.end
    assert user_settings.settled(soon.end - timedelta(seconds=1)) is user_settings
    assert user_settings.settled(soon.end).charge_now == (late,)
    assert user_settings.settled(late.end).charge_now == ()
    assert user_settings.settled(late.end).charge_now_end is None


def test_charge_now_is_taken_from_some_connectors() -> None:
    known = (ONE, TWO, THREE)
    assert UserSettings().without_charge_now([ONE], known) == UserSettings()
    for_all = UserSettings(charge_now=(ChargeNow.begin(EVENING, amps=20),))
    fewer = for_all.without_charge_now([ONE], known)
    (left,) = fewer.charge_now
    assert left.connectors == frozenset({TWO, THREE})
    assert left.amps == 20
    assert fewer.without_charge_now([ONE], known) == fewer
    assert fewer.without_charge_now([TWO, THREE], known).charge_now == ()
    assert for_all.without_charge_now(known, known).charge_now == ()


def _for(*connectors: int, hours: int = 24) -> ChargeNow:
    return ChargeNow.begin(
        EVENING, timedelta(hours=hours), connectors=frozenset(connectors)
    )


def test_each_connector_has_a_charge_now_of_its_own() -> None:
    both = UserSettings().with_charge_now(_for(ONE, TWO)).with_charge_now(_for(THREE))
    assert both.charge_now == (_for(THREE), _for(ONE, TWO))
    anew = both.with_charge_now(_for(TWO, hours=2))
    assert anew.charge_now == (_for(TWO, hours=2), _for(THREE), _for(ONE))
    known = (ONE, TWO, THREE)
    assert anew.without_charge_now([TWO], known).charge_now == (_for(THREE), _for(ONE))


def test_charge_now_of_the_bus_replaces_all_and_comes_after_a_connectors_own() -> None:
    bus = ChargeNow.begin(EVENING)
    user_settings = UserSettings().with_charge_now(_for(ONE)).with_charge_now(bus)
    assert user_settings.charge_now == (bus,)
    user_settings = user_settings.with_charge_now(_for(ONE, hours=2))
    assert user_settings.charge_now == (_for(ONE, hours=2), bus)
    left = user_settings.without_charge_now([ONE], (ONE, TWO))
    assert [item.connectors for item in left.charge_now] == [frozenset({TWO})]


def test_a_charge_now_until_unplugged_ends_for_that_connector_only() -> None:
    vehicles = replace(_for(ONE, TWO), until_unplugged=True)
    bus = ChargeNow.begin(EVENING)
    user_settings = UserSettings(charge_now=(vehicles, _for(THREE), bus))
    assert user_settings.charge_now_at(ONE) == vehicles
    left = user_settings.unplugged(ONE)
    assert left.charge_now_at(ONE) == bus
    assert left.charge_now_at(TWO) == replace(vehicles, connectors=frozenset({TWO}))
    # What was asked for a time, or for the bus, goes on.
    assert left.unplugged(THREE) == left
    assert left.unplugged(TWO).charge_now == (_for(THREE), bus)
    assert UserSettings.from_dict(left.as_dict()) == left


@given(st.lists(st.frozensets(st.sampled_from((ONE, TWO, THREE)), min_size=1)))
def test_no_connector_is_ever_in_two_charge_nows(asked: list[frozenset[int]]) -> None:
    user_settings = UserSettings()
    for connectors in asked:
        user_settings = user_settings.with_charge_now(_for(*connectors))
        assert user_settings.charge_now[0].connectors == connectors
    held = [key for item in user_settings.charge_now for key in item.connectors or ()]
    assert sorted(held) == sorted(frozenset().union(*asked))


def test_charge_now_stored_by_an_earlier_version_is_read() -> None:
    kept = UserSettings().as_dict()
    for old, expected in (
        (None, ()),
        (_for(ONE).as_dict(), (_for(ONE),)),
        (ChargeNow.begin(EVENING).as_dict(), (ChargeNow.begin(EVENING),)),
    ):
        assert UserSettings.from_dict(kept | {"charge_now": old}).charge_now == expected


def test_a_connector_is_forgotten() -> None:
    user_settings = (
        UserSettings(
            charge_now=(_for(ONE, TWO),),
        )
        .with_connector(ONE, ConnectorSettings(limit=16))
        .with_connector(TWO, ConnectorSettings(limit=24))
        .with_override(ONE, Mode.OFF)
        .with_override(TWO, Mode.GREEN)
    )
    left = user_settings.without_connector(ONE)
    assert left.connectors == {TWO: ConnectorSettings(limit=24)}
    assert left.overrides == {TWO: Mode.GREEN}
    assert left.charge_now == (_for(TWO),)
    assert left.without_connector(TWO) == UserSettings()
    for_all = UserSettings(charge_now=(ChargeNow.begin(EVENING),))
    assert for_all.without_connector(ONE) == for_all


def test_schedules_that_are_gone_are_forgotten() -> None:
    user_settings = UserSettings(disabled_schedules=frozenset({"a", "b"}))
    assert user_settings.with_schedules({"a", "b", "c"}) is user_settings
    assert user_settings.with_schedules({"b"}).disabled_schedules == {"b"}


AMPS = st.none() | st.integers(0, 80)
NUMBERS = st.floats(-1e5, 1e5)
INSTANTS = st.datetimes(
    datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.sampled_from([UTC, BERLIN])
)
IDS = st.integers(1, 0xFFFF)
USER_SETTINGS = st.builds(
    UserSettings,
    current=AMPS,
    mode=st.sampled_from(Mode),
    resume=st.booleans(),
    resume_clock=st.times(),
    # Equal times of two zones differ in Python where a clock goes back; what is kept is in UTC.
    resume_green_at=st.none() | INSTANTS.map(lambda at: at.astimezone(UTC)),
    green=st.builds(GreenUserSettings, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    charge_now=st.lists(
        st.builds(
            ChargeNow,
            INSTANTS.map(lambda at: at.astimezone(UTC)),
            INSTANTS.map(lambda at: at.astimezone(UTC)),
            AMPS,
            st.none() | st.frozensets(IDS, max_size=3),
        ),
        max_size=3,
    ).map(tuple),
    disabled_schedules=st.frozensets(st.text(max_size=5), max_size=3),
    overrides=st.dictionaries(IDS, st.sampled_from(Mode), max_size=3),
    connectors=st.dictionaries(
        IDS,
        st.builds(
            ConnectorSettings,
            limit=AMPS,
            enabled=st.booleans(),
            priority=st.integers(0, 10),
            phases=st.sampled_from([None, 1, 2, 3]),
        ),
        max_size=3,
    ),
)


@given(USER_SETTINGS)
def test_choices_are_kept_as_they_are(user_settings: UserSettings) -> None:
    assert UserSettings.from_dict(user_settings.as_dict()) == user_settings


@pytest.mark.parametrize("phases", [0, 4, -1, "three"])
def test_a_number_of_phases_that_cannot_be_is_refused(phases: object) -> None:
    data = UserSettings().with_connector(1, ConnectorSettings(phases=1)).as_dict()
    data["connectors"]["1"]["phases"] = phases
    with pytest.raises(ValueError, match="phases|three"):
        UserSettings.from_dict(data)


@given(USER_SETTINGS, INSTANTS)
def test_settled_settings_stay_unchanged(
    user_settings: UserSettings, at: datetime
) -> None:
    settled = user_settings.settled(at)
    assert settled.settled(at) == settled
    assert settled.rule_settings(()).mode_now(at) is settled.mode
