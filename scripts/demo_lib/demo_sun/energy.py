"""The forecast: clear days, by the hour."""

from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .curve import clear_sky_w

_DAYS = 3


async def async_get_solar_forecast(
    hass: HomeAssistant, config_entry_id: str
) -> dict[str, dict[str, float]]:
    """Return the Wh of the hours of today and the next days, by their beginnings."""
    midnight = dt_util.start_of_local_day()
    hours = (midnight + timedelta(hours=hour) for hour in range(24 * _DAYS))
    return {"wh_hours": {start.isoformat(): _wh(start) for start in hours}}


def _wh(start: datetime) -> float:
    """Return the energy of an hour."""
    return round(clear_sky_w(start + timedelta(minutes=30)))
