"""Reads a source in the background repeatedly, such as prices or a forecast."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started

from ..types import TwcConfigEntry


class RepeatedReading:
    """Reads once Home Assistant has started, on request, and again after a while; never twice at the same time."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: TwcConfigEntry,
        name: str,
        read: Callable[[], Awaitable[timedelta]],
    ) -> None:
        """Read nothing yet.

        Args:
            hass: Home Assistant.
            entry: the entry of the bus; a running read is cancelled when it is unloaded.
            name: the name of the task.
            read: reads once, handles all errors, and returns the time until the next read.

        """
        self._hass = hass
        self._entry = entry
        self._name = name
        self._read = read
        self._is_active = False
        self._is_reading = False
        self._stop_timer: CALLBACK_TYPE | None = None

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Read from now on; return the function that stops this."""
        self._is_active = True

        @callback
        def started(_: HomeAssistant) -> None:
            self.async_read_soon()

        @callback
        def stopping(_: Event) -> None:
            self._is_active = False
            self._cancel_timer()

        # The source may be set up later than the bus.
        no_start = async_at_started(self._hass, started)
        no_stop = self._hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, stopping)

        @callback
        def end() -> None:
            no_start()
            no_stop()
            self._is_active = False
            self._cancel_timer()

        return end

    @callback
    def async_read_soon(self, _: datetime | None = None) -> None:
        """Read, unless a read is in progress: it lasts until its source has answered."""
        if self._is_active and not self._is_reading:
            self._is_reading = True
            self._entry.async_create_background_task(
                self._hass, self._async_read(), self._name
            )

    async def _async_read(self) -> None:
        try:
            wait = await self._read()
        finally:
            self._is_reading = False
        self._cancel_timer()
        if self._is_active:
            self._stop_timer = async_call_later(self._hass, wait, self.async_read_soon)

    @callback
    def _cancel_timer(self) -> None:
        if self._stop_timer is not None:
            self._stop_timer()
            self._stop_timer = None
