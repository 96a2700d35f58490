"""The measured import for peak budgets: one stored measurement per grid meter, for all buses behind it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..charging.house_limits import PeakPlace
from ..charging.limits.peak_meter import PeakMeter
from ..charging.limits.shared_peak import PeakStatus, SharedPeak
from ..charging.planning.caps import CapSource
from ..charging.planning.series import Series
from ..const import DOMAIN, LOGGER, PARSE_ERRORS
from ..forecast.room import left_of_peak
from ..inputs.options import Options
from ..inputs.sensors import stable_id
from ..inputs.wiring import wiring_of
from ..stored_files import PEAKS, StoredFile
from ..types import TwcConfigEntry
from .plans import PlanManager

_DELAY: Final = 1.0
"""How many s a write waits, so that the measurements of several buses are written once."""


class PeakStore:
    """The measurements of all meters, by the registry ids of their sensors."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Prepare; nothing is read yet."""
        self._store = StoredFile(hass, PEAKS)
        self._stored: Mapping[str, Any] | None = None
        self._peaks: dict[str, SharedPeak] = {}

    async def async_load(self) -> None:
        """Read the file once; a measurement that cannot be read starts anew."""
        if self._stored is not None:
            return
        try:
            data = await self._store.async_load()
        except (HomeAssistantError, NotImplementedError) as err:
            LOGGER.warning("%s cannot be read: %r", self._store.key, err)
            data = None
        self._stored = data if isinstance(data, Mapping) else {}

    @callback
    def peak(self, key: str) -> SharedPeak:
        """Return the measurement of a meter."""
        if key not in self._peaks:
            self._peaks[key] = SharedPeak(self._meter(key))
        return self._peaks[key]

    def _meter(self, key: str) -> PeakMeter:
        if not self._stored or (stored := self._stored.get(key)) is None:
            return PeakMeter()
        try:
            return PeakMeter.from_dict(stored)
        except PARSE_ERRORS as err:
            LOGGER.warning("%s: %s makes no sense: %r", self._store.key, key, err)
            return PeakMeter()

    @callback
    def save_soon(self) -> None:
        """Write the measurements after a short delay."""
        self._store.async_delay_save(self._data, _DELAY)

    async def async_remove(self) -> None:
        """Remove the file."""
        await self._store.async_remove()

    def _data(self) -> dict[str, Any]:
        measured = {key: item.meter.as_dict() for key, item in self._peaks.items()}
        return {**(self._stored or {}), **measured}


_PEAKS: Final[HassKey[PeakStore]] = HassKey(f"{DOMAIN}_peaks")


@callback
def peak_store(hass: HomeAssistant) -> PeakStore:
    """Return the measurements."""
    if _PEAKS not in hass.data:
        hass.data[_PEAKS] = PeakStore(hass)
    return hass.data[_PEAKS]


async def async_remove_peaks(hass: HomeAssistant) -> None:
    """Remove the measurements if no bus is left; until then, another bus may be behind the same meters."""
    if not hass.config_entries.async_entries(DOMAIN):
        await peak_store(hass).async_remove()
        hass.data.pop(_PEAKS)


class PeakPlaceOfBus:
    """The place of a bus behind the meter of its peak budget, and what the budget leaves its plans."""

    def __init__(
        self, hass: HomeAssistant, entry: TwcConfigEntry, options: Options
    ) -> None:
        """Start without a measurement."""
        self._hass = hass
        self._bus = entry.entry_id
        self._options = options
        self._wiring = wiring_of(entry)
        self._place: PeakPlace | None = None
        self._written: datetime | None = None
        self._budget_kw: float | None = None
        self._house_w = Series()
        self._plans: PlanManager | None = None

    async def async_load(self) -> None:
        """Read the earlier measurements, if a peak budget is set up."""
        if (peak := self._options.limits.peak) is None:
            return
        store = peak_store(self._hass)
        await store.async_load()
        sensor, registry = self._options.peak_sensor, er.async_get(self._hass)
        meter = "" if sensor is None else stable_id(registry, sensor.entity_id)
        # Intervals of another length are another measurement.
        shared = store.peak(f"{meter}:{peak.tariff.minutes}")
        self._place = PeakPlace(shared, self._bus)

    def place(self) -> PeakPlace | None:
        """Return the place, None without a peak budget; the measurement is written once per interval."""
        if self._place is not None:
            running = self._place.peak.meter.running
            begin = None if running is None else running.begin
            if begin != self._written:
                self._written = begin
                peak_store(self._hass).save_soon()
        return self._place

    @callback
    def async_leave(self) -> None:
        """Leave the meter to the other buses; the vehicles of this bus count until they must have stopped."""
        if self._place is not None:
            self._place.peak.lose(self._bus, self._hass.loop.time())

    # For plans

    @callback
    def async_start_outlook(self, plans: PlanManager) -> CALLBACK_TYPE:
        """Pass on to the plans what the budget leaves; return the function that stops this."""
        if self._options.limits.peak is None:
            return self.async_leave
        self._plans = plans

        @callback
        def end() -> None:
            self._plans = None
            self.async_leave()

        return end

    @callback
    def async_update_load(self, house_w: Series) -> None:
        """Take the usual load of the house in W, and pass on to the plans what the budget leaves."""
        self._house_w = house_w
        if self._plans is not None:
            self._plans.async_update_cap(CapSource.PEAK, self._left())

    @callback
    def async_update_budget(self, status: PeakStatus | None) -> None:
        """Take the budget of the running interval, and pass a changed one on to the plans."""
        if status is None or status.budget_kw is None or self._plans is None:
            return
        budget_kw = round(status.budget_kw, 1)
        if budget_kw != self._budget_kw:
            self._budget_kw = budget_kw
            self._plans.async_update_cap(CapSource.PEAK, self._left())

    def _left(self) -> Series:
        """Return the A that the budget leaves in the hours that count; empty before the budget is known."""
        peak = self._options.limits.peak
        if peak is None or self._budget_kw is None:
            return Series()
        budget_w = 1000 * self._budget_kw * (1 - peak.margin)
        return left_of_peak(
            peak.tariff, budget_w, self._house_w, self._wiring.watts(1), dt_util.now()
        )
