"""Writes the data of a bus, and checks that they are on the disk."""

import asyncio
from collections.abc import Callable
from typing import Final

from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import LOGGER
from .store import BusStore, StoredBus

SAVE_SECONDS: Final = 1.0
"""How long a write waits for further changes after each change, in s."""

MAX_SAVE_SECONDS: Final = 5.0
"""How long further changes can postpone a write, in s."""

RETRY_SECONDS: Final = 15.0
"""How long after a write that failed the next one is tried, in s; Home Assistant logs each with a traceback."""

FAILING_SECONDS: Final = 30.0
"""The time in s without a successful write that counts as a problem. A busy disk needs a few s."""


class BusWriter:
    """Writes the data of one bus some time after they change, and again until they are on the disk."""

    def __init__(
        self,
        hass: HomeAssistant,
        store: BusStore,
        collect: Callable[[], StoredBus],
        on_change: Callable[[StoredBus | None], None],
    ) -> None:
        """Wait for the first change.

        Args:
            hass: Home Assistant.
            store: the files.
            collect: returns what to write.
            on_change: called with the data read back from the disk after each write; with None when writes fail.

        """
        self._hass = hass
        self._store = store
        self._collect = collect
        self._on_change = on_change
        self._latest: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._retry_at = 0.0
        self._closed = False
        self.tried = False
        """Whether a write has ended, with or without success."""
        self.fails = False
        """Whether writes have failed for a long time."""

    @callback
    def save_soon(self) -> None:
        """Write after a short delay, which includes further changes."""
        now = self._hass.loop.time()
        if self._latest is None:
            self._latest = now + MAX_SAVE_SECONDS
        self._schedule(min(now + SAVE_SECONDS, self._latest))

    @callback
    def save_now(self) -> None:
        """Write at once, or as soon as the write in progress returns."""
        self._latest = self._hass.loop.time()
        self._schedule(self._latest)

    async def async_close(self) -> None:
        """Write the last time; a write in progress comes first."""
        self._closed = True
        self._cancel()
        if await self._async_save() is None and self._hass.state is CoreState.running:
            # The file on the disk records that there was no orderly end.
            LOGGER.warning("The last data could not be written")

    def _schedule(self, at: float) -> None:
        if self._closed:
            if self._hass.state is CoreState.stopping:
                # An automation may react to the end of Home Assistant, which writes all stores again.
                self._hass.async_create_task(self.async_close())
            return
        if self._task is not None:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._hass.loop.call_at(max(at, self._retry_at), self._begin)

    @callback
    def _begin(self) -> None:
        self._timer = self._latest = None
        if self._alarm is None:
            self._alarm = self._hass.loop.call_later(FAILING_SECONDS, self._fail)
        self._task = self._hass.async_create_task(self._write(), eager_start=False)

    @callback
    def _fail(self) -> None:
        """Record that a write hangs, or that all have failed for a long time."""
        self.fails = True
        self._on_change(None)

    async def _write(self) -> None:
        on_disk = await self._async_save()
        self._task = None
        self._end(on_disk)

    async def _async_save(self) -> StoredBus | None:
        """Write, and return what is on the disk; None if that failed or is not known."""
        try:
            return await self._store.async_save(self._collect())
        except (OSError, HomeAssistantError) as err:
            LOGGER.debug("Nothing could be written: %s", err)
        except Exception:  # noqa: BLE001
            # Whatever is wrong with the data may be gone with their next change.
            LOGGER.exception("Nothing could be written")
        return None

    def _end(self, on_disk: StoredBus | None) -> None:
        self.tried = True
        if on_disk is not None:
            self._retry_at, self.fails = 0.0, False
            self._stop_alarm()
        if self._closed:
            return
        if on_disk is None:
            self._retry_at = self._hass.loop.time() + RETRY_SECONDS
            self.save_soon()
        elif self._latest is not None:
            self._schedule(self._latest)
        self._on_change(on_disk)

    def _stop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _cancel(self) -> None:
        self._stop_alarm()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
