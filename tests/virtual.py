"""Home Assistant on virtual time: an hour for an owner is a moment for a test.

Owns which event loop a test runs on and what time Home Assistant reads there. It is a plugin of pytest, loaded by
conftest.py, so that its fixtures replace those of pytest-asyncio and of the harness.
"""

import asyncio
from collections.abc import Iterator
import datetime as dt
import os
import time
from types import SimpleNamespace
from typing import override

from homeassistant import runner
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity as entity_helper, event as event_helper
from homeassistant.util import dt as dt_util
from jwt import api_jwt
import pytest
from pytest_homeassistant_custom_component import patch_time

from custom_components.twc_manager.tesla import TokenManager
from simulator import VirtualTimeLoop

NOON = dt.datetime(2026, 10, 14, 19, 0, tzinfo=dt.UTC)
"""When tests begin: noon of a Wednesday in the time zone of the harness, far from the night and the end of a month."""


def _is_virtual(node: pytest.Item) -> bool:
    """Return whether a test runs on virtual time: one that uses Home Assistant does, unless marked `real_time`.

    `freezer` replaces time.monotonic, which the harness makes the clock of the loop; both cannot be.
    """
    names = getattr(node, "fixturenames", ())
    real = node.get_closest_marker("real_time") is not None or "freezer" in names
    return "hass" in names and not real


class _Loop(asyncio.SelectorEventLoop):
    """A loop in the debug mode of asyncio that does not keep the stack of each timer and future.

    The mode raises where another thread uses the loop, and the harness wants that. To keep the stacks takes longer
    than all else in a test of hours: PYTHONASYNCIODEBUG=1 brings them back, to see which line a timer is from.
    """

    _keeps_stacks = False

    def __init__(self) -> None:
        super().__init__()
        self._keeps_stacks = super().get_debug()
        self.set_debug(True)

    @override
    def get_debug(self) -> bool:
        """Return whether to keep stacks; the checks of the debug mode do not ask."""
        return self._keeps_stacks


class _VirtualLoop(_Loop, VirtualTimeLoop):
    """Such a loop on virtual time."""


@pytest.fixture
def _function_scoped_runner(
    request: pytest.FixtureRequest,
) -> Iterator[asyncio.Runner]:
    """Run a test on the loop that it needs (replaces the fixture of pytest-asyncio, a private name).

    The public hook pytest_asyncio_loop_factories parametrizes a fixture of the session by test: the harness's
    fixtures of the session would be made anew for each test and leak their descriptors.
    """
    factory = _VirtualLoop if _is_virtual(request.node) else _Loop
    with (
        pytest.MonkeyPatch.context() as clock_patch,
        asyncio.Runner(loop_factory=factory) as asyncio_runner,
    ):
        loop = asyncio_runner.get_loop()
        runner.configure_event_loop(loop)
        if isinstance(loop, VirtualTimeLoop):
            # Home Assistant binds time.monotonic to the loop.
            del loop.time
            VirtualWallClock(loop, _start_of(request.node)).install(clock_patch)
        asyncio.set_event_loop(loop)
        yield asyncio_runner
    asyncio.set_event_loop(None)


@pytest.fixture
def monkeypatch(request: pytest.FixtureRequest) -> Iterator[pytest.MonkeyPatch]:
    """Return pytest's patcher, made after the virtual clock, so that its changes are undone before that one.

    The other way round, a test that patches the clock once more would leave that of its ended loop to the next test.
    """
    if _is_virtual(request.node):
        request.getfixturevalue("_function_scoped_runner")
    with pytest.MonkeyPatch.context() as patcher:
        yield patcher


class _DateTimeType(type):
    """The type of something in the place of datetime, to which each datetime seems to belong."""

    @override
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, dt.datetime)


class VirtualWallClock:
    """The wall clock of a test: it starts at a given time and advances with the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, starts_at: float) -> None:
        self._loop = loop
        self._epoch = starts_at - loop.time()

    def time(self) -> float:
        # Rounded to the microsecond as a datetime is. The clock stands still between two statements, so one moment
        # read as a number and as a datetime has to be the same.
        return self.now(dt.UTC).timestamp()

    def now(self, tz: dt.tzinfo | None = None) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._loop.time() + self._epoch, tz)

    def leap(self, seconds: float) -> None:
        """Set the clock, as a computer without a battery does once it has reached a time server."""
        self._epoch += seconds

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Make Home Assistant read this clock under each name by which its modules have imported one."""
        monkeypatch.setattr(time, "time", self.time)
        monkeypatch.setattr(event_helper, "time_tracker_timestamp", self.time)
        monkeypatch.setattr(entity_helper, "timer", self.time)
        # A default argument keeps the clock of the moment of its import.
        monkeypatch.setitem(TokenManager.__init__.__kwdefaults__, "clock", self.time)
        # The harness's utcnow, to which many modules hold a reference, reads this name.
        fake = SimpleNamespace(datetime=SimpleNamespace(now=self.now), UTC=dt.UTC)
        monkeypatch.setattr(patch_time, "datetime", fake)
        # PyJWT judges here whether the token of a client of Home Assistant has expired.
        monkeypatch.setattr(
            api_jwt, "datetime", _DateTimeType("datetime", (), {"now": self.now})
        )
        monkeypatch.setattr(
            dt_util, "now", lambda tz=None: self.now(tz or dt_util.DEFAULT_TIME_ZONE)
        )


@pytest.fixture
def system_clock(hass: HomeAssistant) -> VirtualWallClock:
    """The clock of the computer on which a test runs."""
    clock = getattr(time.time, "__self__", None)
    assert isinstance(clock, VirtualWallClock)
    return clock


def _start_of(node: pytest.Item) -> float:
    """Return when a test starts, in s since 1970: at the time it is marked with, or for all others at the same one.

    TESTS_START replaces that one, as in `TESTS_START=2027-02-28T07:50Z scripts/test`: nothing may depend on it.
    """
    mark = node.get_closest_marker("starts_at")
    if mark is not None:
        return mark.args[0].timestamp()
    return dt.datetime.fromisoformat(
        os.environ.get("TESTS_START", NOON.isoformat())
    ).timestamp()
