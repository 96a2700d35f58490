"""The power sensors that the owner has chosen for the energy dashboard, as proposals for green energy."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from homeassistant.const import PERCENTAGE, Platform
from homeassistant.core import HomeAssistant, split_entity_id, valid_entity_id

from .energy import async_energy_sources
from .green import (
    CONF_GREEN_BATTERY_LEVEL,
    CONF_GREEN_BATTERY_POSITIVE,
    CONF_GREEN_BATTERY_POWER,
    CONF_GREEN_CONSUMPTION,
    CONF_GREEN_GRID,
    CONF_GREEN_GRID_POSITIVE,
    CONF_GREEN_PRODUCTION,
    BatterySign,
)
from .sensors import POWER_UNITS, GridSign, has_other_unit, is_removed

_POWER: Final = "stat_rate"


async def async_proposed_meters(hass: HomeAssistant) -> dict[str, str]:
    """Return options of green energy that follow from the energy preferences, to be confirmed by the owner.

    Of two sources of a kind neither is proposed, since each measures only a part. The house battery's capacity is not
    used.
    """
    grid = await _async_only(hass, "grid")
    solar = await _async_only(hass, "solar")
    home = await _async_only(hass, "home")
    battery = await _async_only(hass, "battery")
    options = {
        CONF_GREEN_PRODUCTION: _sensor(hass, solar.get(_POWER), POWER_UNITS),
        CONF_GREEN_CONSUMPTION: _sensor(hass, home.get(_POWER), POWER_UNITS),
        CONF_GREEN_BATTERY_LEVEL: None,
    }
    sensor, inverted = _power(hass, grid)
    if sensor is not None:
        sign = GridSign.EXPORT if inverted else GridSign.IMPORT
        options |= {CONF_GREEN_GRID: sensor, CONF_GREEN_GRID_POSITIVE: sign.value}
    sensor, inverted = _power(hass, battery)
    if sensor is not None:
        positive = BatterySign.CHARGING if inverted else BatterySign.DISCHARGING
        options |= {
            CONF_GREEN_BATTERY_POWER: sensor,
            CONF_GREEN_BATTERY_POSITIVE: positive.value,
            # The form does not accept a level without the power.
            CONF_GREEN_BATTERY_LEVEL: _sensor(
                hass, battery.get("stat_soc"), (PERCENTAGE,)
            ),
        }
    return {key: value for key, value in options.items() if value is not None}


async def _async_only(hass: HomeAssistant, kind: str) -> Mapping[str, Any]:
    """Return the source of a kind if there is exactly one."""
    sources = await async_energy_sources(hass, kind)
    return sources[0] if len(sources) == 1 else {}


def _power(hass: HomeAssistant, source: Mapping[str, Any]) -> tuple[str | None, bool]:
    """Return the power sensor of a source and whether its sign is the opposite of the dashboard's.

    For an inverted sensor Home Assistant adds another one; the sensor that measures is the better choice.
    """
    inverted = (source.get("power_config") or {}).get("stat_rate_inverted")
    if inverted is not None:
        return _sensor(hass, inverted, POWER_UNITS), True
    return _sensor(hass, source.get(_POWER), POWER_UNITS), False


def _sensor(
    hass: HomeAssistant, statistic_id: str | None, units: Collection[str]
) -> str | None:
    """Return the sensor of a statistic; None for an external one, and for a sensor that is gone or cannot be read."""
    if statistic_id is None or not valid_entity_id(statistic_id):
        return None
    if split_entity_id(statistic_id)[0] != Platform.SENSOR:
        return None
    if is_removed(hass, statistic_id) or has_other_unit(hass, statistic_id, units):
        return None
    return statistic_id
