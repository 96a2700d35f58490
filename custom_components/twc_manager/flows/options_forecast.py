"""The step of the options flow for the forecast of the sun."""

from datetime import date, timedelta
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import BooleanSelector
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..charging.planning.series import Series
from ..forecast.periods import energy_kwh
from ..forecast.watcher import SunWatcher, async_forecast_entries, async_read_forecast
from ..inputs.options import CONF_FORECAST
from .options_form import OptionsForm
from .texts import NOT_MEASURED, SILENT, async_with_decimals


class ForecastSteps(OptionsForm):
    """Asks whether plans use the forecast, and shows its values."""

    async def async_step_forecast(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether plans use the forecast that is chosen in the energy preferences."""
        entry_ids = await async_forecast_entries(self.hass)
        errors = {}
        if user_input is not None:
            if entry_ids or not user_input.get(CONF_FORECAST):
                self._change([CONF_FORECAST], user_input)
                return await self.async_step_save()
            errors = {CONF_FORECAST: "no_forecast"}
        chosen = self.config_entry.options.get(CONF_FORECAST, bool(entry_ids))
        schema: Any = vol.Schema({vol.Optional(CONF_FORECAST): BooleanSelector()})
        return self.async_show_form(
            step_id="forecast",
            data_schema=self.add_suggested_values_to_schema(
                schema, {CONF_FORECAST: chosen} if user_input is None else user_input
            ),
            errors=errors,
            description_placeholders=await self._async_shown(entry_ids),
        )

    async def _async_shown(self, entry_ids: list[str]) -> dict[str, str]:
        """Return the forecast for today and tomorrow, and the part that the house is expected to leave over."""
        entries = map(self.hass.config_entries.async_get_entry, entry_ids)
        names = [entry.title for entry in entries if entry is not None]
        forecast = await async_read_forecast(self.hass)
        watcher = SunWatcher(self.hass, self.config_entry)
        left = await watcher.async_left_over() if entry_ids else Series()
        today = dt_util.now().date()
        tomorrow = today + timedelta(days=1)
        energies = {
            "today": _energy_text(forecast, today),
            "left_today": _energy_text(left, today),
            "tomorrow": _energy_text(forecast, tomorrow),
            "left_tomorrow": _energy_text(left, tomorrow),
        }
        return {
            "sources": ", ".join(names) or NOT_MEASURED,
            **await async_with_decimals(self.hass, energies),
        }


def _energy_text(series: Series, day: date) -> str:
    """Return the energy of a local day."""
    start, end = (
        dt_util.as_utc(dt_util.start_of_local_day(item))
        for item in (day, day + timedelta(days=1))
    )
    if not series.values(start, end):
        return SILENT
    return f"{energy_kwh(series, start, end):.1f} kWh"
