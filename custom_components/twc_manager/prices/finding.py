"""Finds the sources of prices in Home Assistant, and the one to propose."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.components.sensor import DOMAIN as SENSOR
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..inputs.energy import async_energy_sources
from ..inputs.prices import Provider, Source
from ..inputs.sensors import entity_name
from .actions import READERS, async_ask
from .entities import has_prices
from .errors import PriceError

_PLATFORMS: Final = frozenset(
    {
        "energidataservice",
        "entsoe",
        "epex_spot",
        "nordpool",
        "octopus_energy",
        "ostrom",
        "pvpc_hourly_pricing",
        "tibber_prices",
        "zonneplan_one",
    }
)
"""The integrations whose entities have lists of prices in their attributes."""

_NOT_ASKED: Final = ("_export", "_next_day_rates", "_previous_day_rates")
"""Parts of the unique ids of entities of Octopus Energy that do not have today's price for imported energy."""


@dataclass(frozen=True, slots=True)
class FoundSource:
    """A source of prices that can be chosen.

    Attributes:
        source: the source.
        name: its name, for people.
        platform: its integration.

    """

    source: Source
    name: str
    platform: str


@dataclass(frozen=True, slots=True)
class GridPrice:
    """The price of electricity in the energy dashboard; None where it has none.

    Attributes:
        entity_id: the entity of the current price.
        fixed: the fixed price per kWh.
        feed_in_entity_id: the entity of the current price of exported energy.
        feed_in: its fixed price per kWh.

    """

    entity_id: str | None = None
    fixed: float | None = None
    feed_in_entity_id: str | None = None
    feed_in: float | None = None


async def async_grid_price(hass: HomeAssistant) -> GridPrice:
    """Return the price of the first grid connection in the energy preferences that has one."""
    for grid in await async_energy_sources(hass, "grid"):
        price = GridPrice(
            grid.get("entity_energy_price"),
            grid.get("number_energy_price"),
            grid.get("entity_energy_price_export"),
            grid.get("number_energy_price_export"),
        )
        if price != GridPrice():
            return price
    return GridPrice()


async def async_find_sources(hass: HomeAssistant) -> list[FoundSource]:
    """Return the sources that are installed and running."""
    found = [item async for item in _actions(hass)]
    return [*found, *_entities(hass)]


def proposed(
    hass: HomeAssistant, found: Sequence[FoundSource], price: GridPrice
) -> FoundSource | None:
    """Return the source to propose: the one in the energy preferences, otherwise the first; None for a fixed price."""
    if price.entity_id is not None:
        entity = er.async_get(hass).async_get(price.entity_id)
        platform = None if entity is None else entity.platform
        for item in found:
            if item.source.entity_id == price.entity_id or item.platform == platform:
                return item
    return next(iter(found), None) if price.fixed is None else None


async def _actions(hass: HomeAssistant) -> AsyncIterator[FoundSource]:
    for provider, reader in READERS.items():
        if not hass.services.has_service(provider, reader.action):
            continue
        for entry in hass.config_entries.async_loaded_entries(provider):
            for part in await _async_parts(hass, provider, entry):
                name = f"{entry.title} {part.upper()}" if part else entry.title
                source = Source(provider, entry.entry_id, part)
                yield FoundSource(source, name, provider)


async def _async_parts(
    hass: HomeAssistant, provider: Provider, entry: ConfigEntry[Any]
) -> Sequence[str]:
    """Return the lists of an integration: its areas, countries or homes; an empty text if it has only one."""
    if provider is Provider.NORDPOOL:
        return list(entry.data["areas"])
    if provider is Provider.OMIE:
        return ["es", "pt"]
    if provider is Provider.TIBBER:
        return await _async_homes(hass)
    return [""]


async def _async_homes(hass: HomeAssistant) -> Sequence[str]:
    try:
        answer = await async_ask(hass, Provider.TIBBER, "get_prices", {})
    except PriceError:
        return [""]
    homes = list(answer.get("prices") or ())
    return homes if len(homes) > 1 else [""]


def _entities(hass: HomeAssistant) -> Iterator[FoundSource]:
    zone = dt_util.get_default_time_zone()
    for entry in list(er.async_get(hass).entities.values()):
        if (
            entry.platform in _PLATFORMS
            and entry.domain in {SENSOR, "event"}
            and not any(part in entry.unique_id for part in _NOT_ASKED)
            and has_prices(hass, entry.entity_id, zone)
        ):
            source = Source(Provider.ENTITY, entity_id=entry.entity_id)
            name = entity_name(hass, entry.entity_id)
            yield FoundSource(source, name, entry.platform)
