"""All that is read from the house for the rules: its sensors, prices, the forecast of the sun, and what its fuse leaves."""

from dataclasses import replace
from functools import partial
from typing import override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..charging.planning.caps import CapSource
from ..charging.supply.surplus import Surplus
from ..forecast.room import RoomWatcher
from ..forecast.watcher import SunWatcher
from ..inputs.watcher import SensorInputs, SilentSensors
from ..prices.watcher import PriceWatcher
from ..types import TwcConfigEntry
from .plans import PlanManager


class HouseInputs(SensorInputs):
    """The sensors, the followed entities, the prices and the forecast of one bus."""

    def __init__(self, hass: HomeAssistant, entry: TwcConfigEntry) -> None:
        """Read the options; nothing is watched yet."""
        super().__init__(hass, entry)
        self.prices = PriceWatcher(hass, entry, lambda: self.options.prices)
        self.sun = SunWatcher(hass, entry) if self.options.forecast else None
        fuse = self.options.fuse
        self.room = RoomWatcher(hass, entry, fuse.config) if fuse is not None else None

    @callback
    def async_start_outlook(self, plans: PlanManager) -> CALLBACK_TYPE:
        """Pass prices, the forecast of the sun and what the fuse leaves on to the plans; return a function that ends that."""
        stops = [self.prices.async_start(plans.async_update_tariff)]
        if self.sun is not None:
            stops.append(self.sun.async_start(plans.async_update_sun))
        if self.room is not None:
            update = partial(plans.async_update_cap, CapSource.MAIN_FUSE)
            stops.append(self.room.async_start(update))

        @callback
        def end() -> None:
            for stop in stops:
                stop()

        return end

    @override
    def silent_sensors(self, surplus: Surplus | None, now: float) -> SilentSensors:
        """Return the sensors without a usable report, and the source of prices if it has none."""
        silent = super().silent_sensors(surplus, now)
        return replace(silent, prices=self.prices.silent_source())
