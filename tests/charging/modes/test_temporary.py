"""Temporary limits: what they are reset to, and changes by the owner meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
import json

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.charging.modes.temporary import (
    CurrentSetting,
    TemporaryCurrent,
)
from custom_components.twc_manager.charging.modes.user_settings import UserSettings
from custom_components.twc_manager.charging.settings import ConnectorSettings

NOW = datetime(2026, 11, 23, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
ONE, TWO = 0x032E, 0x1839


def test_the_bus_falls_back() -> None:
    before = UserSettings(current=32)
    user_settings = before.with_current(None, 16, NOW + HOUR)
    assert user_settings.available(48) == 16
    assert user_settings.next_reset == NOW + HOUR
    assert user_settings.settled(NOW + HOUR - timedelta(seconds=1)) is user_settings
    assert user_settings.settled(NOW + HOUR) == before
    assert before.next_reset is None


def test_a_connector_falls_back_to_all_there_is_or_to_off() -> None:
    for former in ConnectorSettings(), ConnectorSettings(24, enabled=False, priority=3):
        before = UserSettings(connectors={ONE: former, TWO: ConnectorSettings(20)})
        user_settings = before.with_current(ONE, 16, NOW + HOUR)
        assert user_settings.connector(ONE) == replace(former, limit=16, enabled=True)
        assert user_settings.settled(NOW + HOUR) == before
        off = before.with_current(ONE, 0, NOW + HOUR)
        assert off.connector(ONE) == replace(former, enabled=False)
        assert off.settled(NOW + HOUR) == before


def test_a_limit_that_the_owner_sets_meanwhile_stays() -> None:
    user_settings = UserSettings(current=32).with_current(None, 16, NOW + HOUR)
    changed = replace(user_settings, current=20).settled(NOW)
    assert changed == UserSettings(current=20)
    # The amps of the bus say nothing of those of a connector, nor of its other settings.
    user_settings = UserSettings().with_current(ONE, 16, NOW + HOUR)
    settings = replace(user_settings.connector(ONE), priority=5)
    user_settings = replace(user_settings.with_connector(ONE, settings), current=20)
    after = user_settings.settled(NOW + HOUR)
    assert after.current == 20
    assert after.connector(ONE) == ConnectorSettings(priority=5)


def test_successive_temporary_limits_are_reset_to_the_owners() -> None:
    user_settings = UserSettings(current=32).with_current(None, 16, NOW + HOUR)
    user_settings = user_settings.with_current(None, 24, NOW + 2 * HOUR)
    assert user_settings.settled(NOW + HOUR) is user_settings
    assert user_settings.settled(NOW + 2 * HOUR) == UserSettings(current=32)
    # For good, it is the owner's.
    assert user_settings.with_current(None, 40).settled(NOW + 9 * HOUR) == UserSettings(
        current=40
    )
    changed = replace(user_settings, current=20).with_current(None, 40, NOW + HOUR)
    assert changed.settled(NOW + HOUR) == UserSettings(current=20)


def test_a_connector_that_is_forgotten_does_not_come_back() -> None:
    user_settings = (
        UserSettings().with_current(ONE, 16, NOW + HOUR).without_connector(ONE)
    )
    assert user_settings == UserSettings()
    assert user_settings.settled(NOW + 2 * HOUR) == UserSettings()


amps = st.integers(0, 80)


@given(
    st.lists(st.tuples(st.sampled_from([None, ONE, TWO]), amps, st.integers(1, 99))),
    st.none() | amps,
)
def test_everything_is_back_in_the_end_and_survives_a_restart(
    wishes: list[tuple[int | None, int, int]], current: int | None
) -> None:
    before = UserSettings(
        current=current,
        connectors={ONE: ConnectorSettings(9), TWO: ConnectorSettings()},
    )
    user_settings = before
    for connector_id, wanted, hours in wishes:
        user_settings = user_settings.with_current(
            connector_id, wanted, NOW + hours * HOUR
        )
        user_settings = UserSettings.from_dict(
            json.loads(json.dumps(user_settings.as_dict()))
        )
    assert user_settings.settled(NOW + 99 * HOUR) == before


def test_an_earlier_version_knew_none() -> None:
    stored = UserSettings(current=16).as_dict()
    del stored["temporary"]
    assert UserSettings.from_dict(stored) == UserSettings(current=16)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"end": "2026-11-23T18:00:00"},
        {"setting": {"amps": -1, "enabled": True}},
        {"before": None},
    ],
)
def test_nonsense_is_refused(nonsense: dict[str, object]) -> None:
    good = TemporaryCurrent(ONE, CurrentSetting(16), CurrentSetting(), NOW).as_dict()
    with pytest.raises((KeyError, TypeError, ValueError)):
        TemporaryCurrent.from_dict(good | nonsense)
