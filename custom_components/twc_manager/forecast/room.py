"""What the house is expected to leave of the main fuse: learned once a day from what it usually takes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..charging.planning.caps import left_by_house
from ..charging.planning.series import Series
from ..charging.supply.fuse_reading import FuseConfig
from ..const import LOGGER
from ..inputs.repeated_reading import RepeatedReading
from ..types import TwcConfigEntry
from .experience import usual_load
from .statistics import async_usual_load

_EVERY: Final = timedelta(hours=12)


class RoomWatcher:
    """The A that the house of one bus is expected to leave of its main fuse."""

    def __init__(
        self, hass: HomeAssistant, entry: TwcConfigEntry, fuse: FuseConfig
    ) -> None:
        """Start without knowing anything."""
        self._hass = hass
        self._fuse = fuse
        self._changed: Callable[[Series], None] | None = None
        self._reading = RepeatedReading(
            hass, entry, "read what the house usually takes", self._async_read
        )

    @callback
    def async_start(self, changed: Callable[[Series], None]) -> CALLBACK_TYPE:
        """Call `changed` with the A that are left, whenever they are learned; return a function that ends that."""
        self._changed = changed
        stop = self._reading.async_start()

        @callback
        def end() -> None:
            stop()
            self._changed = None

        return end

    async def _async_read(self) -> timedelta:
        """Learn once; return after which time to learn again."""
        try:
            room = await self._async_room()
        except Exception:  # noqa: BLE001
            # Plans are made without it then, and the fuse is watched all the same.
            LOGGER.exception("What the house usually takes cannot be used")
            room = Series()
        if self._changed is not None:
            self._changed(room)
        return _EVERY

    async def _async_room(self) -> Series:
        """Return the A that the house is expected to leave, as far as that is known."""
        if (voltage := self._fuse.voltage) is None:
            return Series()
        now, zone = dt_util.utcnow(), dt_util.get_default_time_zone()
        load_w = await async_usual_load(self._hass, now, zone)
        house_w = usual_load(load_w, dt_util.as_local(now))
        return left_by_house(self._fuse.size, house_w, voltage * self._fuse.phases)
