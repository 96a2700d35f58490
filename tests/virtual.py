"""Home Assistant on a clock that jumps, and ports in memory: what takes minutes for an owner takes no time here.

Owns which event loop a test gets, what time Home Assistant believes it is on it, and which ports there are.
"""

import asyncio
from collections.abc import Callable, Iterator
import datetime as dt
from pathlib import Path
import time
from types import SimpleNamespace
from typing import Any, Final

from homeassistant import runner
from homeassistant.helpers import event as event_helper
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component import patch_time

from custom_components.twc_manager.tesla import TokenManager
from custom_components.twc_manager.twc import transport
from simulator import Bus, MemoryPort, VirtualTimeLoop


def _is_virtual(node: pytest.Item) -> bool:
    """Return whether a test runs in virtual time: what needs Home Assistant, unless it is marked otherwise.

    A test that freezes time moves the loop's clock too, which the harness reads from time.monotonic.
    """
    names = getattr(node, "fixturenames", ())
    real = node.get_closest_marker("real_time") is not None or "freezer" in names
    return "hass" in names and not real


@pytest.fixture
def _function_scoped_runner(request: pytest.FixtureRequest) -> Iterator[asyncio.Runner]:
    """Run a test on the loop that it wants (replaces the fixture of pytest-asyncio).

    Its hook pytest_asyncio_loop_factories parametrizes a fixture of the session by test: all that the harness has
    for a session is then made anew for each test, a DNS resolver with an inotify among it, and never closed.
    """
    factory = VirtualTimeLoop if _is_virtual(request.node) else asyncio.EventLoop
    with asyncio.Runner(loop_factory=factory) as runner:
        asyncio.set_event_loop(runner.get_loop())
        yield runner
    asyncio.set_event_loop(None)


class Wall:
    """The clock on the wall of a test: it goes as the loop's does, from what it is now."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._epoch = time.time() - loop.time()

    def time(self) -> float:
        # To the microsecond, as a datetime has it: the clock stands still from one statement to the next,
        # and the same moment must not be earlier by one of the two.
        return self.now(dt.UTC).timestamp()

    def now(self, tz: dt.tzinfo | None = None) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._loop.time() + self._epoch, tz)

    def hang(self, patch: pytest.MonkeyPatch) -> None:
        """Let everybody in Home Assistant look at it, who imported whatever by whatever name."""
        patch.setattr(time, "time", self.time)
        patch.setattr(event_helper, "time_tracker_timestamp", self.time)
        # A default argument keeps the clock that there was when the module was imported.
        patch.setitem(TokenManager.__init__.__kwdefaults__, "clock", self.time)
        # The harness's utcnow, of which many modules have their own reference, looks for it here.
        fake = SimpleNamespace(datetime=SimpleNamespace(now=self.now), UTC=dt.UTC)
        patch.setattr(patch_time, "datetime", fake)
        patch.setattr(
            dt_util, "now", lambda tz=None: self.now(tz or dt_util.DEFAULT_TIME_ZONE)
        )


@pytest.fixture(autouse=True)
async def configure_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Configure the loop as Home Assistant does, but leave it its clock (replaces the harness's fixture)."""
    loop = asyncio.get_running_loop()
    runner.configure_event_loop(loop)
    if isinstance(loop, VirtualTimeLoop):
        # Home Assistant binds time.monotonic to the loop.
        del loop.time
        Wall(loop).hang(monkeypatch)


class Ports:
    """The serial ports of this computer that are in memory."""

    def __init__(self) -> None:
        self.by_path: dict[str, MemoryPort] = {}

    async def connect(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], asyncio.Protocol],
        url: str,
        **kwargs: Any,
    ) -> tuple[asyncio.Transport, Any]:
        """Open one of them, or a real one as serialx does."""
        if (port := self.by_path.get(url)) is not None:
            return await port.connect(protocol_factory)
        return await transport_connect(loop, protocol_factory, url, **kwargs)


transport_connect: Final = transport.create_serial_connection


class Adapter:
    """A port to a bus in memory that can be handled like `PtyPort`."""

    def __init__(self, bus: Bus, ports: Ports, path: Path) -> None:
        self._port = MemoryPort(bus, str(path))
        self._path: Final = path
        ports.by_path[str(path)] = self._port

    @property
    def path(self) -> Path:
        return self._path

    @property
    def plugged(self) -> bool:
        return self._port.failure is None

    @property
    def is_open(self) -> bool:
        return self._port.is_open

    def unplug(self) -> None:
        self._port.unplug()

    def replug(self) -> None:
        self._port.replug()

    def close(self) -> None:
        self._port.unplug()


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> Ports:
    """What serial ports there are."""
    ports = Ports()
    monkeypatch.setattr(transport, "create_serial_connection", ports.connect)
    return ports
