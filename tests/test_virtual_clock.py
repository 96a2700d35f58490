"""The clocks of tests: what one changes is undone for the next, in whatever order its fixtures were made."""

import datetime as dt
import time

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from .virtual import NOON

REAL_NOW = dt_util.now
REAL_TIME = time.time


async def test_the_clock_is_patched_by_a_patcher_asked_for_first(
    monkeypatch: pytest.MonkeyPatch, hass: HomeAssistant
) -> None:
    virtual_now, virtual_time = dt_util.now, time.time
    assert virtual_now is not REAL_NOW
    moved = dt.timedelta(days=3)
    monkeypatch.setattr(dt_util, "now", lambda tz=None: virtual_now(tz) + moved)
    monkeypatch.setattr(time, "time", lambda: virtual_time() + 60)
    assert dt_util.now() - NOON >= moved


@pytest.mark.real_time
async def test_the_next_one_has_the_clock_on_the_wall(hass: HomeAssistant) -> None:
    assert dt_util.now is REAL_NOW
    assert time.time is REAL_TIME


async def test_the_virtual_clock_outlasts_what_a_test_undoes(
    monkeypatch: pytest.MonkeyPatch, hass: HomeAssistant
) -> None:
    monkeypatch.setattr(dt_util, "now", lambda tz=None: NOON)
    monkeypatch.undo()
    assert dt_util.now is not REAL_NOW
    assert abs(dt_util.now() - NOON) < dt.timedelta(minutes=1)
