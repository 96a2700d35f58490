"""The simulated forecast of the sun: its integration, and the past load of the house, which gives the surplus."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from .api import Api
from .demo_sun.curve import clear_sky_w

_DOMAIN: Final = "demo_sun"
_FLOWS: Final = "/api/config/config_entries/flow"
_PAST: Final = timedelta(days=28)
_HOUR: Final = timedelta(hours=1)
_IMPORT: Final = "demo:grid_import"
_EXPORT: Final = "demo:grid_export"
_SOLAR: Final = "demo:solar"
_NAMES: Final = {_IMPORT: "Grid import", _EXPORT: "Grid export", _SOLAR: "Solar"}
_CLOUDS: Final = 0.8
"""The share of a clear sky that the past days had."""
_BASE_KWH: Final = 0.4
_EVENING_KWH: Final = 1.2


async def add_forecast(api: Api) -> None:
    """Add the forecast, what the house took and gave in the last four weeks, and both to the energy dashboard."""
    await api.post(_FLOWS, {"handler": _DOMAIN})
    entries = await api.ask("config_entries/get", domain=_DOMAIN)
    await _make_past(api, datetime.now().astimezone())
    sources = [
        {
            "type": "grid",
            "stat_energy_from": _IMPORT,
            "stat_energy_to": _EXPORT,
            "cost_adjustment_day": 0,
        },
        {
            "type": "solar",
            "stat_energy_from": _SOLAR,
            "config_entry_solar_forecast": [entries[0]["entry_id"]],
        },
    ]
    await api.ask("energy/save_prefs", energy_sources=sources)


async def _make_past(api: Api, now: datetime) -> None:
    """Make up the statistics of the meters until the present hour."""
    end = now.replace(minute=0, second=0, microsecond=0)
    for statistic_id, name in _NAMES.items():
        await api.ask(
            "recorder/import_statistics",
            metadata={
                "statistic_id": statistic_id,
                "source": "demo",
                "name": name,
                "has_sum": True,
                "mean_type": 0,
                "unit_class": "energy",
                "unit_of_measurement": "kWh",
            },
            stats=list(_sums(statistic_id, end - _PAST, end)),
        )


def _sums(
    statistic_id: str, start: datetime, end: datetime
) -> Iterator[dict[str, Any]]:
    """Yield the state of a meter by the hour."""
    total = 0.0
    while start < end:
        total += _hour(start)[statistic_id]
        yield {"start": start.isoformat(), "state": total, "sum": total}
        start += _HOUR


def _hour(start: datetime) -> dict[str, float]:
    """Return the kWh of each meter in an hour."""
    sun = _CLOUDS * clear_sky_w(start + _HOUR / 2) / 1000
    house = _EVENING_KWH if 17 <= start.hour < 22 else _BASE_KWH
    return {
        _SOLAR: sun,
        _IMPORT: max(0.0, house - sun),
        _EXPORT: max(0.0, sun - house),
    }
