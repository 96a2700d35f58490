"""What the owner chose, and what becomes of it as time goes by."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st

from custom_components.twc_manager.charging.modes.active_rule import ChargeNow, Mode
from custom_components.twc_manager.charging.modes.user_settings import (
    Choices,
    GreenChoices,
)
from custom_components.twc_manager.charging.settings import ConnectorSettings

BERLIN = ZoneInfo("Europe/Berlin")
EVENING = datetime(2026, 11, 23, 18, tzinfo=BERLIN)
ONE, TWO, THREE = 0x032E, 0x1839, 0x2431


def test_nothing_chosen_is_all_the_wiring_bears_for_good() -> None:
    choices = Choices()
    assert choices.mode is Mode.FIXED
    assert choices.available(48) == 48
    assert choices.connector(ONE) == ConnectorSettings()
    assert choices.settled(EVENING) is choices
    assert choices.settled(EVENING + timedelta(days=999)) is choices


def test_amps_for_all_are_no_more_than_the_wiring_bears() -> None:
    assert Choices(current=32).available(48) == 32
    assert Choices(current=80).available(48) == 48
    assert Choices(current=0).available(48) == 0


def test_fixed_for_today_only_gives_way_to_green() -> None:
    choices = Choices(mode=Mode.GREEN).with_resume(
        EVENING, resume=True, clock=time(6, 30)
    )
    assert choices.resume_green_at is None
    choices = choices.with_mode(Mode.FIXED, EVENING)
    end = datetime(2026, 11, 24, 6, 30, tzinfo=BERLIN)
    assert choices.resume_green_at == end
    assert choices.settled(end - timedelta(seconds=1)) is choices

    after = choices.settled(end)
    assert after.mode is Mode.GREEN
    assert after.resume_green_at is None
    # It is for today only the next time too.
    assert after.resume
    again = after.with_mode(Mode.FIXED, end)
    assert again.resume_green_at == end + timedelta(days=1)


def test_the_end_of_fixed_follows_what_is_chosen() -> None:
    choices = Choices().with_resume(EVENING, resume=True)
    assert choices.resume_green_at == datetime(2026, 11, 24, tzinfo=BERLIN)
    choices = choices.with_resume(EVENING, clock=time(19))
    assert choices.resume_green_at == EVENING + timedelta(hours=1)
    assert choices.with_mode(Mode.OFF, EVENING).resume_green_at is None
    assert choices.with_resume(EVENING, resume=False).resume_green_at is None


def test_charge_now_is_over_at_its_end() -> None:
    soon = ChargeNow.begin(EVENING, timedelta(hours=1), connectors=frozenset({ONE}))
    late = ChargeNow.begin(EVENING, timedelta(hours=2))
    choices = Choices(charge_now=(soon, late))
    assert choices.charge_now_end == late.end
    assert choices.settled(soon.end - timedelta(seconds=1)) is choices
    assert choices.settled(soon.end).charge_now == (late,)
    assert choices.settled(late.end).charge_now == ()
    assert choices.settled(late.end).charge_now_end is None


def test_charge_now_is_taken_from_some_connectors() -> None:
    known = (ONE, TWO, THREE)
    assert Choices().without_charge_now([ONE], known) == Choices()
    for_all = Choices(charge_now=(ChargeNow.begin(EVENING, amps=20),))
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
    both = Choices().with_charge_now(_for(ONE, TWO)).with_charge_now(_for(THREE))
    assert both.charge_now == (_for(THREE), _for(ONE, TWO))
    anew = both.with_charge_now(_for(TWO, hours=2))
    assert anew.charge_now == (_for(TWO, hours=2), _for(THREE), _for(ONE))
    known = (ONE, TWO, THREE)
    assert anew.without_charge_now([TWO], known).charge_now == (_for(THREE), _for(ONE))


def test_charge_now_of_the_bus_replaces_all_and_comes_after_a_connectors_own() -> None:
    bus = ChargeNow.begin(EVENING)
    choices = Choices().with_charge_now(_for(ONE)).with_charge_now(bus)
    assert choices.charge_now == (bus,)
    choices = choices.with_charge_now(_for(ONE, hours=2))
    assert choices.charge_now == (_for(ONE, hours=2), bus)
    left = choices.without_charge_now([ONE], (ONE, TWO))
    assert [item.connectors for item in left.charge_now] == [frozenset({TWO})]


@given(st.lists(st.frozensets(st.sampled_from((ONE, TWO, THREE)), min_size=1)))
def test_no_connector_is_ever_in_two_charge_nows(asked: list[frozenset[int]]) -> None:
    choices = Choices()
    for connectors in asked:
        choices = choices.with_charge_now(_for(*connectors))
        assert choices.charge_now[0].connectors == connectors
    held = [key for item in choices.charge_now for key in item.connectors or ()]
    assert sorted(held) == sorted(frozenset().union(*asked))


def test_what_an_earlier_version_kept_of_charge_now_is_read() -> None:
    kept = Choices().as_dict()
    for old, expected in (
        (None, ()),
        (_for(ONE).as_dict(), (_for(ONE),)),
        (ChargeNow.begin(EVENING).as_dict(), (ChargeNow.begin(EVENING),)),
    ):
        assert Choices.from_dict(kept | {"charge_now": old}).charge_now == expected


def test_a_connector_is_forgotten() -> None:
    choices = (
        Choices(
            charge_now=(_for(ONE, TWO),),
        )
        .with_connector(ONE, ConnectorSettings(limit=16))
        .with_connector(TWO, ConnectorSettings(limit=24))
        .with_override(ONE, Mode.OFF)
        .with_override(TWO, Mode.GREEN)
    )
    left = choices.without_connector(ONE)
    assert left.connectors == {TWO: ConnectorSettings(limit=24)}
    assert left.overrides == {TWO: Mode.GREEN}
    assert left.charge_now == (_for(TWO),)
    assert left.without_connector(TWO) == Choices()
    for_all = Choices(charge_now=(ChargeNow.begin(EVENING),))
    assert for_all.without_connector(ONE) == for_all


def test_schedules_that_are_gone_are_forgotten() -> None:
    choices = Choices(disabled_schedules=frozenset({"a", "b"}))
    assert choices.with_schedules({"a", "b", "c"}) is choices
    assert choices.with_schedules({"b"}).disabled_schedules == {"b"}


AMPS = st.none() | st.integers(0, 80)
NUMBERS = st.floats(-1e5, 1e5)
INSTANTS = st.datetimes(
    datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.sampled_from([UTC, BERLIN])
)
IDS = st.integers(1, 0xFFFF)
CHOICES = st.builds(
    Choices,
    current=AMPS,
    mode=st.sampled_from(Mode),
    resume=st.booleans(),
    resume_clock=st.times(),
    # Equal times of two zones differ in Python where a clock goes back; what is kept is in UTC.
    resume_green_at=st.none() | INSTANTS.map(lambda at: at.astimezone(UTC)),
    green=st.builds(GreenChoices, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
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
        ),
        max_size=3,
    ),
)


@given(CHOICES)
def test_choices_are_kept_as_they_are(choices: Choices) -> None:
    assert Choices.from_dict(choices.as_dict()) == choices


@given(CHOICES, INSTANTS)
def test_what_is_settled_stays_so(choices: Choices, at: datetime) -> None:
    settled = choices.settled(at)
    assert settled.settled(at) == settled
    assert settled.rule_settings(()).mode_now(at) is settled.mode
