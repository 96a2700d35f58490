"""Home Assistant's core with the integration's entries, on a computer of the simulated world.

One run of it, from the start with the files of an earlier run on the disk, to the stop or the power cut.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Final

from homeassistant import bootstrap, loader
from homeassistant.config_entries import ConfigEntries, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.coordinator import TwcCoordinator
from custom_components.twc_manager.twc import transport
from simulator import HostLoop, MemoryPort, PowerCutError, World

PORT: Final = "/dev/simulated"
MASTER_ID: Final = 0x7777
TIME_ZONE: Final = "Europe/Berlin"


class Home:
    """Home Assistant, running or not."""

    def __init__(
        self,
        world: World,
        ports: Sequence[MemoryPort],
        folder: Path,
        first: Sequence[ConfigEntry],
        stopped: Callable[[HomeAssistant], None],
    ) -> None:
        """Prepare.

        Args:
            world: the world.
            ports: the port of each line.
            folder: the folder of its files.
            first: the entry of each line, added in the first run.
            stopped: checks what a stop leaves behind.

        """
        self._world = world
        self._ports = ports
        self._folder = folder
        self._first = first
        self._stopped = stopped
        self._loop: HostLoop | None = None
        self._stop: asyncio.Event | None = None
        self._hass: HomeAssistant | None = None
        self._ending = False

    @property
    def hass(self) -> HomeAssistant | None:
        """Home Assistant, once it has started."""
        return self._hass

    @property
    def entry(self) -> ConfigEntry | None:
        """The entry of the first line, if it is set up."""
        return self.entry_of(0)

    def entry_of(self, line: int) -> ConfigEntry | None:
        """Return the entry of a line, if it is set up."""
        if self._hass is None or self._ending:
            return None
        entry_id = self._first[line].entry_id
        entry = self._hass.config_entries.async_get_entry(entry_id)
        set_up = entry is not None and entry.state is ConfigEntryState.LOADED
        return entry if set_up else None

    @property
    def coordinator(self) -> TwcCoordinator | None:
        """The coordinator of the bus, if it runs."""
        return None if self.entry is None else self.entry.runtime_data

    def do(self, work: Callable[[HomeAssistant], Coroutine[Any, Any, Any]]) -> None:
        """Run a coroutine in Home Assistant, if it runs; to be called by the world."""
        if self._loop is not None and self._hass is not None:
            self._loop.call_soon(self._begin, work, self._hass)

    def call(self, work: Callable[[HomeAssistant], object]) -> None:
        """Call a function in Home Assistant, if it runs; to be called by the world."""
        if self._loop is not None and self._hass is not None:
            self._loop.call_soon(work, self._hass)

    def stall(self, seconds: float) -> None:
        """Block its event loop for a time in s."""
        if self._loop is not None:
            self._loop.call_soon(self._loop.stall, seconds)

    def stop(self) -> None:
        """Stop it as an owner does; to be called by the world."""
        if self._loop is not None and self._stop is not None:
            self._ending = True
            self._loop.call_soon(self._stop.set)

    def kill(self) -> None:
        """Cut its power: nothing is unloaded or saved; to be called by the world."""
        if self._loop is not None:
            self._ending = True
            self._loop.cut_power()

    def live(self) -> bool:
        """Run until it is stopped or killed; return whether it was stopped."""
        loop = self._loop = HostLoop(self._world)
        self._ending = False
        try:
            loop.run_until_complete(self._life())
            loop.run_until_complete(loop.shutdown_default_executor())
        except PowerCutError:
            self._abandon(loop)
            return False
        finally:
            self._loop = self._hass = self._stop = None
            loop.close()
        return True

    async def _life(self) -> None:
        self._stop = asyncio.Event()
        hass = await self._start()
        self._hass = hass
        await self._stop.wait()
        await hass.async_stop(force=True)
        self._stopped(hass)
        hass.import_executor.shutdown(wait=False)

    async def _start(self) -> HomeAssistant:
        hass = self._starting = HomeAssistant(str(self._folder))
        await async_start_core(hass, *self._first)
        return hass

    def _begin(
        self,
        work: Callable[[HomeAssistant], Coroutine[Any, Any, Any]],
        hass: HomeAssistant,
    ) -> None:
        hass.async_create_task(work(hass), eager_start=True)

    def _abandon(self, loop: HostLoop) -> None:
        """Leave running code as it is, and free what the operating system would free."""
        for task in asyncio.all_tasks(loop):
            task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001
        self._starting.import_executor.shutdown(wait=False)
        for port in self._ports:
            port.unplug()
            port.replug()


async def async_start_core(hass: HomeAssistant, *first: ConfigEntry) -> None:
    """Start as `bootstrap` does, but for what has no place in a benchmark; entries are added that are not there."""
    hass.config.skip_pip = True
    await hass.config.async_set_time_zone(TIME_ZONE)
    hass.config_entries = ConfigEntries(hass, {})
    loader.async_setup(hass)
    if not await bootstrap.async_load_base_functionality(hass):
        raise RuntimeError("Home Assistant did not start")
    # The web server, and what finds adapters for the config flow, which loads it as well.
    for name in ("http", "usb"):
        hass.config.components.add(name)
    await async_setup_component(hass, "homeassistant", {})
    for entry in first:
        if hass.config_entries.async_get_entry(entry.entry_id) is None:
            await hass.config_entries.async_add(entry)
    await async_setup_component(hass, DOMAIN, {})
    await hass.async_start()


def ports_from(*ports: MemoryPort) -> Any:
    """Return a replacement for `serialx.create_serial_connection`."""
    by_path = {port.path: port for port in ports}

    async def connect(
        _: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], asyncio.Protocol],
        url: str,
        *,
        baudrate: int,
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        if url not in by_path or baudrate != transport.BAUD_RATE:
            raise ValueError(f"{url} at {baudrate} baud is no simulated port")
        return await by_path[url].connect(protocol_factory)

    return connect
