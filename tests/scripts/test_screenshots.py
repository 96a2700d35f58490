"""The pictures of the documentation show a day at noon, at whatever time they are taken."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
import time
from zoneinfo import ZoneInfo

import pytest

from scripts.demo_lib.daytime import move_to_noon, zone_at_noon
from scripts.demo_lib.demo_sun.curve import clear_sky_w
from scripts.demo_lib.folder import Folder

HOURS = [datetime(2026, 12, 1, hour, 59, 59, tzinfo=UTC) for hour in range(24)]
TAKEN_WITHIN = timedelta(hours=1)


@pytest.mark.parametrize("now", HOURS, ids=lambda now: f"{now:%H}")
def test_there_is_a_zone_in_which_it_is_noon(now: datetime) -> None:
    assert now.astimezone(ZoneInfo(zone_at_noon(now))).hour == 12


@pytest.mark.parametrize("now", HOURS, ids=lambda now: f"{now:%H}")
def test_the_sun_of_the_forecast_is_high_until_all_pictures_are_taken(
    now: datetime,
) -> None:
    local = now.astimezone(ZoneInfo(zone_at_noon(now)))
    assert min(map(clear_sky_w, (local, local + TAKEN_WITHIN))) > 8_000


def test_the_demo_lives_in_that_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
    with monkeypatch.context() as patch:
        # Has the old value back afterwards.
        patch.setenv("TZ", "UTC")
        move_to_noon(now)
        Folder(tmp_path).prepare(8123)
        assert datetime.fromtimestamp(now.timestamp()).hour == 12
    time.tzset()
    configuration = (tmp_path / "homeassistant/configuration.yaml").read_text("utf-8")
    assert "  time_zone: Etc/GMT-11\n" in configuration
