"""The base of series of expected power that are read repeatedly; a series is empty while it cannot be read."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import timedelta

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..charging.planning.series import Series
from ..const import LOGGER
from ..inputs.repeated_reading import RepeatedReading
from ..types import TwcConfigEntry


class Outlook(ABC):
    """Reads a series periodically, and passes it on."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: TwcConfigEntry,
        what: str,
        every: timedelta,
    ) -> None:
        """Read nothing yet.

        Args:
            hass: Home Assistant.
            entry: the entry of the bus; a running read is cancelled when it is unloaded.
            what: the name of the series, for the log.
            every: the time between two reads.

        """
        self._what = what
        self._every = every
        self._changed: Callable[[Series], None] | None = None
        self._reading = RepeatedReading(hass, entry, f"read {what}", self._async_read)

    @callback
    def async_start(self, changed: Callable[[Series], None]) -> CALLBACK_TYPE:
        """Call `changed` with the series whenever it is read; return the function that stops this."""
        self._changed = changed
        stop = self._reading.async_start()

        @callback
        def end() -> None:
            stop()
            self._changed = None

        return end

    @abstractmethod
    async def _async_expected(self) -> Series:
        """Return the series as it is expected now."""

    async def _async_read(self) -> timedelta:
        """Read once; return the time until the next read."""
        try:
            series = await self._async_expected()
        except Exception:  # noqa: BLE001
            LOGGER.exception("Plans are made without %s: it cannot be used", self._what)
            series = Series()
        if self._changed is not None:
            self._changed(series)
        return self._every
