"""Writes the data of a bus, and checks whether they really are on the disk.

`write_states` has the states and their transitions.
"""

import asyncio
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import LOGGER
from ..twc.transitions import find_transition
from .store import BusStore, StoredBus
from .write_states import (
    TRANSITIONS,
    Closed,
    Facts,
    Idle,
    Waiting,
    WriteEvent,
    WriteState,
)

FAILING_SECONDS: Final = 30.0
"""How many s writes have to fail before that is reported as a problem; a busy disk needs a few."""


class DiskHealth(Enum):
    """What the writes show of the disk."""

    UNKNOWN = auto()
    """No write has finished yet."""
    TRIED = auto()
    """A write has finished, and since the last success, or the first failure, less than `FAILING_SECONDS` have passed."""
    FAILING = auto()
    """All writes have failed for `FAILING_SECONDS`."""


class BusWriter:
    """Writes the data of one bus some time after they change, and again until they are on the disk.

    Attributes:
        health: what the writes show of the disk.

    """

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
        self.health = DiskHealth.UNKNOWN
        self._hass = hass
        self._store = store
        self._collect = collect
        self._on_change = on_change
        self._state: WriteState = Idle()
        self._timer: asyncio.TimerHandle | None = None
        self._alarm: asyncio.TimerHandle | None = None

    @callback
    def save_soon(self) -> None:
        """Write after a short delay, in which further changes come along."""
        self._changed(urgent=False)

    @callback
    def save_now(self) -> None:
        """Write at once, or as soon as the write in progress returns."""
        self._changed(urgent=True)

    async def async_close(self) -> None:
        """Write a last time, after the write in progress if there is one."""
        self._advance(WriteEvent.CLOSE)
        self._stop_alarm()
        if await self._async_save() is None and self._hass.state is CoreState.running:
            # The file on the disk records that there was no orderly end.
            LOGGER.warning("The last data could not be written")

    def _changed(self, *, urgent: bool) -> None:
        if not isinstance(self._state, Closed):
            self._advance(WriteEvent.CHANGED, urgent=urgent)
        elif self._hass.state is CoreState.stopping:
            # An automation may react to the end of Home Assistant, which writes all stores again.
            self._hass.async_create_task(self.async_close())

    def _advance(self, event: WriteEvent, *, urgent: bool = False) -> None:
        """Make the transition that follows from an event, if any, and set the timer for the next write."""
        facts = Facts(self._hass.loop.time(), self._state, urgent)
        row = find_transition(TRANSITIONS, self._state.status, event, facts)
        if row is None:
            return
        self._state = row.action(facts)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if isinstance(self._state, Waiting):
            self._timer = self._hass.loop.call_at(self._state.due, self._begin)

    @callback
    def _begin(self) -> None:
        self._advance(WriteEvent.DUE)
        if self._alarm is None:
            self._alarm = self._hass.loop.call_later(FAILING_SECONDS, self._fail)
        self._hass.async_create_task(self._write(), eager_start=False)

    @callback
    def _fail(self) -> None:
        """Report that a write hangs, or that all have failed for `FAILING_SECONDS`."""
        self.health = DiskHealth.FAILING
        self._on_change(None)

    async def _write(self) -> None:
        on_disk = await self._async_save()
        if on_disk is not None:
            self._stop_alarm()
        if on_disk is not None or self.health is DiskHealth.UNKNOWN:
            self.health = DiskHealth.TRIED
        if isinstance(self._state, Closed):
            return
        self._advance(WriteEvent.FAILED if on_disk is None else WriteEvent.WRITTEN)
        self._on_change(on_disk)

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

    def _stop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
