"""Hourly energies of the past, from the long-term statistics that the energy preferences name."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from math import isfinite
from typing import Any, Final

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from ..inputs.energy import async_energy_sources
from .experience import Experience, experience_of

_LOAD_DAYS: Final = 28
_SUN_DAYS: Final = 365
_RECORDER: Final = "recorder"

type Hours = dict[datetime, float]


async def async_experience(
    hass: HomeAssistant, now: datetime, zone: tzinfo
) -> Experience:
    """Return what the statistics show; empty without a recorder."""
    if _RECORDER not in hass.config.components:
        return Experience()
    house = await _async_house(hass, now - timedelta(days=_LOAD_DAYS))
    sun = _named(await async_energy_sources(hass, "solar"), "stat_energy_from")
    year = await _async_changes(hass, sun, now - timedelta(days=_SUN_DAYS))
    return experience_of(
        house, {start: sum(values.values()) for start, values in year.items()}, zone
    )


async def async_usual_load(
    hass: HomeAssistant, now: datetime, zone: tzinfo
) -> Mapping[int, float]:
    """Return the usual load of the house in W by the hour of the week, without hours in which it is unknown."""
    if _RECORDER not in hass.config.components:
        return {}
    house = await _async_house(hass, now - timedelta(days=_LOAD_DAYS))
    return experience_of(house, {}, zone).load_w


async def _async_house(hass: HomeAssistant, since: datetime) -> Hours:
    """Return the consumption of the house without the vehicles in kWh, by the start of the hour."""
    grid, solar, battery = [
        await async_energy_sources(hass, kind) for kind in ("grid", "solar", "battery")
    ]
    # Without a meter at the grid the consumption of the house is unknown.
    if not (metered := _named(grid, "stat_energy_from")):
        return {}
    sun = _named(solar, "stat_energy_from")
    taken = metered | sun | _named(battery, "stat_energy_from")
    given = _named(grid, "stat_energy_to") | _named(battery, "stat_energy_to")
    own = _own_energy(hass)
    changes = await _async_changes(hass, taken | given | own, since)
    return {
        start: sum(values.get(item, 0.0) for item in taken)
        - sum(values.get(item, 0.0) for item in given | own)
        for start, values in changes.items()
        if metered <= values.keys()
    }


def _named(sources: Iterable[Mapping[str, Any]], key: str) -> set[str]:
    return {source[key] for source in sources if source.get(key)}


def _own_energy(hass: HomeAssistant) -> set[str]:
    """Return the energy sensors of all connectors, as charging is not part of the house's consumption."""
    return {
        entity.entity_id
        for entity in er.async_get(hass).entities.values()
        if entity.platform == DOMAIN and entity.translation_key == "lifetime_energy"
    }


async def _async_changes(
    hass: HomeAssistant, ids: set[str], since: datetime
) -> dict[datetime, dict[str, float]]:
    """Return the kWh of each hour, by its start and by the id of the statistic."""
    if not ids:
        return {}
    found = await get_instance(hass).async_add_executor_job(
        lambda: statistics_during_period(
            hass,
            since,
            None,
            ids,
            "hour",
            {"energy": UnitOfEnergy.KILO_WATT_HOUR},
            {"change"},
        )
    )
    changes: dict[datetime, dict[str, float]] = defaultdict(dict)
    for statistic_id, rows in found.items():
        for row in rows:
            change = row.get("change")
            if change is not None and isfinite(change):
                start = datetime.fromtimestamp(row["start"], UTC)
                changes[start][statistic_id] = change
    return dict(changes)
