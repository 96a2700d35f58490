"""Keeps the solar forecast of a bus: reads it every hour, and updates every day how reliable it was."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final, override

from homeassistant.components.energy.websocket_api import async_get_energy_platforms
from homeassistant.const import MAJOR_VERSION, MINOR_VERSION
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..charging.planning.series import Series
from ..const import LOGGER, PARSE_ERRORS
from ..inputs.energy import async_energy_sources
from ..stored_files import FORECAST, StoredFile
from ..types import TwcConfigEntry
from ..untrusted import finite_number
from .experience import Experience, kept_days, left_over, reliability
from .outlook import Outlook
from .periods import added, energy_kwh, read_forecast
from .statistics import async_experience

_EVERY: Final = timedelta(hours=1)
_AT_END: Final = (
    {"forecast_solar"} if (MAJOR_VERSION, MINOR_VERSION) < (2026, 11) else set()
)
"""The integrations that stamp a period with its end."""


async def async_forecast_entries(hass: HomeAssistant) -> list[str]:
    """Return the ids of the entries of the forecasts in the energy preferences, each once."""
    sources = await async_energy_sources(hass, "solar")
    ids = (
        entry_id
        for source in sources
        for entry_id in source.get("config_entry_solar_forecast") or ()
    )
    return list(dict.fromkeys(ids))


async def async_read_forecast(hass: HomeAssistant) -> Series:
    """Return the expected power of all plants in W; a forecast that fails adds nothing."""
    entry_ids = await async_forecast_entries(hass)
    if not entry_ids:
        return Series()
    platforms = await async_get_energy_platforms(hass)
    forecasts = []
    for entry_id in entry_ids:
        entry = hass.config_entries.async_get_entry(entry_id)
        if entry is None or entry.domain not in platforms:
            continue
        try:
            found: Any = await platforms[entry.domain](hass, entry_id)
            wh = found["wh_hours"] if found else {}
            forecasts.append(read_forecast(wh, at_end=entry.domain in _AT_END))
        except Exception as err:  # noqa: BLE001
            # Foreign code may raise any error.
            LOGGER.debug("The forecast of %s cannot be read: %r", entry.title, err)
    return added(forecasts)


def forecast_store(hass: HomeAssistant, entry_id: str) -> StoredFile:
    """Return the file with the forecasts for the last days."""
    return StoredFile(hass, FORECAST, entry_id)


class SunWatcher(Outlook):
    """The solar power that the house of one bus is expected to leave over, in W."""

    def __init__(self, hass: HomeAssistant, entry: TwcConfigEntry) -> None:
        """Start without a forecast."""
        super().__init__(hass, entry, "the forecast of the sun", _EVERY)
        self._hass = hass
        self._store = forecast_store(hass, entry.entry_id)
        self._forecasts: dict[date, float] | None = None
        self._written: Mapping[date, float] = {}
        self._experience = Experience()
        self._experienced: date | None = None

    @override
    async def _async_expected(self) -> Series:
        """Return the solar power that is left over in W, and store the forecast."""
        sun = await self.async_left_over()
        await self._async_write()
        return sun

    async def async_left_over(self) -> Series:
        """Return the solar power in W that the house is expected to leave over, without unknown hours."""
        now, zone = dt_util.utcnow(), dt_util.get_default_time_zone()
        today = dt_util.as_local(now).date()
        if self._experienced != today:
            self._experience = await async_experience(self._hass, now, zone)
            self._experienced = today
        forecast = await async_read_forecast(self._hass)
        forecasts = await self._async_forecasts(forecast, today)
        share = reliability(forecasts, self._experience.measured_kwh, today)
        return left_over(forecast, self._experience, share, zone)

    async def _async_forecasts(
        self, forecast: Series, today: date
    ) -> Mapping[date, float]:
        """Return the forecasts for the last days, each made the day before, with tomorrow's current one, in kWh."""
        if self._forecasts is None:
            self._written = dict(read_days(await self._store.async_load()))
            self._forecasts = dict(self._written)
        forecasts = kept_days(self._forecasts, today)
        tomorrow = today + timedelta(days=1)
        start, end = (
            dt_util.as_utc(dt_util.start_of_local_day(day))
            for day in (tomorrow, tomorrow + timedelta(days=1))
        )
        if (energy := energy_kwh(forecast, start, end)) > 0:
            forecasts[tomorrow] = round(energy, 3)
        self._forecasts = forecasts
        return forecasts

    async def _async_write(self) -> None:
        """Write the forecasts, if they differ from the written ones."""
        if self._forecasts is not None and self._forecasts != self._written:
            self._written = dict(self._forecasts)
            await self._store.async_save(
                {day.isoformat(): energy for day, energy in self._written.items()}
            )


def read_days(stored: Any) -> Iterator[tuple[date, float]]:
    """Yield the stored days with their energies in kWh, without invalid ones."""
    for day, stored_energy in (stored if isinstance(stored, Mapping) else {}).items():
        energy = finite_number(stored_energy)
        if energy is None or energy < 0:
            continue
        try:
            yield date.fromisoformat(day), energy
        except PARSE_ERRORS:
            continue
