"""All that is read from the house for the rules: its sensors, the prices of electricity, and the forecast of the sun."""

from dataclasses import replace
from typing import override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..charging.supply.surplus import Surplus
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

    @callback
    def async_start_outlook(self, plans: PlanManager) -> CALLBACK_TYPE:
        """Pass prices and the forecast of the sun on to the plans; return a function that ends that."""
        stops = [self.prices.async_start(plans.async_update_tariff)]
        if self.sun is not None:
            stops.append(self.sun.async_start(plans.async_update_sun))

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
