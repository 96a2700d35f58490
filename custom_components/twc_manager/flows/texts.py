"""Writes the values that the flows show."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Final

from homeassistant.core import HomeAssistant

from ..charging.supply.surplus import Reading
from ..state.texts import async_texts
from ..twc import KnownConnector, format_id

NOT_MEASURED: Final = "–"
SILENT: Final = "?"


async def async_decimal(hass: HomeAssistant) -> str:
    """Return the decimal mark of the server's language."""
    return (await async_texts(hass, hass.config.language))["decimal"]


async def async_with_decimals(
    hass: HomeAssistant, texts: Mapping[str, str]
) -> dict[str, str]:
    """Return texts with the decimal mark of the server's language; they must not contain names or addresses."""
    decimal = await async_decimal(hass)
    return {key: text.replace(".", decimal) for key, text in texts.items()}


def flow_text(reading: Reading | None, direction: int = 1) -> str:
    """Return the power in one direction, 1 or -1 for the sign; 0 W if it flows in the other."""
    if reading is None:
        return NOT_MEASURED
    if reading.value is None:
        return SILENT
    return watts_text(max(reading.value * direction, 0.0))


def power_text(reading: Reading | None) -> str:
    """Return the power of a sensor; a dash without a sensor."""
    return NOT_MEASURED if reading is None else watts_text(reading.value)


def watts_text(watts: float | None) -> str:
    """Return a power in W or kW."""
    if watts is None or not isfinite(watts):
        return SILENT
    return f"{watts / 1000:.1f} kW" if abs(watts) >= 1000 else f"{watts:.0f} W"


def amps_text(amps: float | None) -> str:
    """Return a current in A."""
    return SILENT if amps is None or not isfinite(amps) else f"{amps:.1f} A"


def volts_text(volts: float | None) -> str:
    """Return a voltage in V."""
    return SILENT if volts is None else f"{volts:.0f} V"


def connector_table(connectors: Iterable[KnownConnector]) -> str:
    """Return the rows of a Markdown table; its head is in the translation."""
    return "\n".join(
        f"| {format_id(item.connector_id)} | {item.rating:g} A | {item.protocol} |"
        for item in connectors
    )


def list_ids(ids: Iterable[int]) -> str:
    """Return ids separated by commas; a dash without ids."""
    return ", ".join(format_id(unit_id) for unit_id in sorted(ids)) or "–"
