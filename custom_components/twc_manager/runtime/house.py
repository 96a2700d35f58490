"""All that is read from the house for the rules: its sensors and the prices of electricity."""

from dataclasses import replace
from typing import override

from homeassistant.core import HomeAssistant

from ..charging.supply.surplus import Surplus
from ..inputs.watcher import SensorInputs, SilentSensors
from ..prices.watcher import PriceWatcher
from ..types import TwcConfigEntry


class HouseInputs(SensorInputs):
    """The sensors, the followed entities and the prices of one bus."""

    def __init__(self, hass: HomeAssistant, entry: TwcConfigEntry) -> None:
        """Read the options; nothing is watched yet."""
        super().__init__(hass, entry)
        self.prices = PriceWatcher(hass, entry, lambda: self.options.prices)

    @override
    def silent_sensors(self, surplus: Surplus | None, now: float) -> SilentSensors:
        """Return the sensors without a usable report, and the source of prices if it has none."""
        silent = super().silent_sensors(surplus, now)
        return replace(silent, prices=self.prices.silent_source())
