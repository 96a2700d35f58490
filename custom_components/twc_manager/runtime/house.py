"""All inputs from the house for the rules and plans: sensors, circuits, limits, prices and forecasts."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from functools import partial
from typing import override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..charging.circuits.circuit import CircuitPlace
from ..charging.house_limits import LimitInputs
from ..charging.limits.shared_peak import PeakInputs
from ..charging.planning.caps import CapSource
from ..charging.planning.series import Series
from ..charging.plans.shared_plans import always
from ..charging.rules import Inputs
from ..charging.supply.surplus import Surplus
from ..forecast.room import UsualLoad, left_of_fuse
from ..forecast.watcher import SunWatcher
from ..inputs.circuits import CircuitInputs
from ..inputs.fuse_place import fuse_place
from ..inputs.outside_house import OutsideOfHouse
from ..inputs.peak import peak_inputs
from ..inputs.watcher import SensorInputs, SilentSensors
from ..inputs.wiring import wiring_of
from ..prices.watcher import PriceWatcher
from ..types import TwcConfigEntry
from .battery import BatteryWatcher
from .peak import PeakPlaceOfBus
from .plan_place import Caps, PlanPlace, plans_of_house
from .plans import PlanManager


class HouseInputs(SensorInputs):
    """The sensors, the followed entities, the circuits, the prices and the forecast of one bus."""

    def __init__(self, hass: HomeAssistant, entry: TwcConfigEntry) -> None:
        """Read the options; nothing is watched yet."""
        super().__init__(hass, entry)
        self.prices = PriceWatcher(hass, entry, lambda: self.options.prices)
        self.circuits = CircuitInputs(hass, entry)
        self.outside = OutsideOfHouse(hass, entry)
        self.sun = SunWatcher(hass, entry) if self.options.forecast else None
        limited = self.options.fuse or self.options.limits.peak
        self.usual_load = UsualLoad(hass, entry) if limited else None
        self.peak = PeakPlaceOfBus(hass, entry, self.options)
        self.battery = BatteryWatcher(wiring_of(entry))

    @callback
    @override
    def async_start(self, changed: Callable[[], None]) -> CALLBACK_TYPE:
        """Call `changed` whenever something reports; return the function that stops this."""
        stops = [
            super().async_start(changed),
            self.circuits.async_start(changed),
            self.outside.async_start(changed),
        ]
        return _end_of(stops)

    @override
    def read(self, now: float, disabled_schedules: frozenset[str]) -> Inputs:
        """Return the inputs for the rules; `now` is in s of the loop's clock."""
        inputs = super().read(now, disabled_schedules)
        limits = LimitInputs()
        if (found := self.outside.read(now)) is not None:
            limits = replace(limits, outside=found[0], below=found[1])
        if (known := self._peak(now)) is not None:
            limits = replace(limits, peak=known, place=self.peak.place())
        return replace(inputs, circuits=self.circuit_place(now), limits=limits)

    def circuit_place(self, now: float) -> CircuitPlace:
        """Return the place of the bus behind its circuits, and below the limit from outside."""
        place = self.circuits.place(now)
        below = self.outside.place()
        return place if below is None else place.behind(below.shared.circuit)

    def _peak(self, now: float) -> PeakInputs | None:
        """Return the inputs of the peak budget; None without one."""
        if (peak := self.options.limits.peak) is None:
            return None
        grid = self.power_readings(now).grid
        return peak_inputs(peak, self._liveness, grid, now, dt_util.now())

    def _silent_peak(self, now: float) -> tuple[str, ...]:
        """Return the sensor at the grid if the peak budget needs it and it has no usable value."""
        known, sensor = self._peak(now), self.options.peak_sensor
        if known is None or sensor is None or known.imported is not None:
            return ()
        return (sensor.entity_id,)

    @callback
    def async_start_outlook(self, plans: PlanManager) -> CALLBACK_TYPE:
        """Pass prices, forecasts and what limits leave on to the plans; return the function that stops this."""
        stops = [self.prices.async_start(plans.async_update_tariff)]
        if self.sun is not None:
            stops.append(self.sun.async_start(plans.async_update_sun))
        stops.append(self.peak.async_start_outlook(plans))
        if self.usual_load is not None:
            update = partial(self._async_update_load, plans)
            stops.append(self.usual_load.async_start(update))
        house = plans_of_house(self._hass)
        place = PlanPlace(
            house,
            self._entry.entry_id,
            wiring_of(self._entry).voltage,
            self._shared_rooms,
        )
        stops.append(plans.async_share(place))
        return _end_of(stops)

    @callback
    def _async_update_load(self, plans: PlanManager, house_w: Series) -> None:
        """Update in the plans what a house with this usual load in W leaves of the main fuse and of the peak budget."""
        if (fuse := self.options.fuse) is not None:
            left = left_of_fuse(fuse.config, house_w)
            plans.async_update_cap(CapSource.MAIN_FUSE, left)
        self.peak.async_update_load(house_w)

    def _shared_rooms(self, caps: Caps) -> dict[Hashable, Series]:
        """Return the A that each circuit, main fuse and peak budget leaves all its buses together."""
        rooms: dict[Hashable, Series] = {
            circuit.config.circuit_id: always(circuit.config.amps)
            for circuit in self.circuits.circuits
        }
        if (fuse := self.options.fuse) is not None:
            shared = fuse_place(self._hass, self._entry.entry_id, fuse).fuse
            known = caps.get(CapSource.MAIN_FUSE, Series())
            rooms[shared] = known if known.pieces else always(fuse.config.size)
        if (place := self.peak.place()) is not None:
            rooms[place.peak] = caps.get(CapSource.PEAK, Series())
        return rooms

    @override
    def silent_sensors(self, surplus: Surplus | None, now: float) -> SilentSensors:
        """Return the sensors without a usable report, with those of loads and limits, and a silent source of prices."""
        silent = super().silent_sensors(surplus, now)
        return replace(
            silent,
            loads=self.circuits.silent(now),
            outside=self.outside.silent(now),
            peak=self._silent_peak(now),
            prices=self.prices.silent_source(),
        )


def _end_of(stops: Iterable[CALLBACK_TYPE]) -> CALLBACK_TYPE:
    """Return a function that calls all of `stops`."""

    @callback
    def end() -> None:
        for stop in stops:
            stop()

    return end
