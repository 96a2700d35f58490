"""The options of prices, in the types of the rules and of the readers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any, Final

from .schedules import WEEKDAYS

CONF_PRICE_SOURCE: Final = "price_source"
CONF_PRICE_ENTRY: Final = "price_entry"
CONF_PRICE_PART: Final = "price_part"
CONF_PRICE_ENTITY: Final = "price_entity"
CONF_PRICE_CURRENCY: Final = "price_currency"
CONF_PRICE_BASE: Final = "price_base"
CONF_PRICE_HOURS: Final = "price_hours"
CONF_PRICE_FACTOR: Final = "price_factor"
CONF_PRICE_ADDITION: Final = "price_addition"
CONF_PRICE_FEES: Final = "price_fees"
CONF_FEED_IN: Final = "feed_in"
CONF_FEED_IN_PRICE: Final = "feed_in_price"
CONF_FEED_IN_ENTITY: Final = "feed_in_entity"

CONF_DAYS: Final = "days"
CONF_FROM: Final = "from"
CONF_TO: Final = "to"
CONF_PRICE: Final = "price"


class Provider(StrEnum):
    """The sources of prices: an action of an integration, an entity, or the owner."""

    NORDPOOL = "nordpool"
    TIBBER = "tibber"
    ENERGYZERO = "energyzero"
    EASYENERGY = "easyenergy"
    GREEN_PLANET = "green_planet_energy"
    OMIE = "omie"
    AMBER = "amberelectric"
    ENTITY = "entity"
    FIXED = "fixed"


class FeedIn(StrEnum):
    """The source of the price for exported energy."""

    FIXED = "fixed"
    SOURCE = "source"
    """The source of prices: its price for export if it has one, otherwise its price without surcharges."""
    ENTITY = "entity"


@dataclass(frozen=True, slots=True)
class Source:
    """A source of prices.

    Attributes:
        provider: the kind of source.
        entry_id: the config entry of an integration whose action is called; empty for other sources.
        part: which of its lists: an area, a home or a country; empty if it has only one.
        entity_id: the entity that has the prices in its attributes; empty for other sources.

    """

    provider: Provider
    entry_id: str = ""
    part: str = ""
    entity_id: str = ""


@dataclass(frozen=True, slots=True)
class HourPrice:
    """A price by the hours of a day.

    Attributes:
        days: the days on which it begins, 0 for Monday.
        start: the local time from which it holds.
        end: the local time until which it holds; on the next day if it is not after the start.
        value: the price per kWh, in the main unit of the currency.

    """

    days: frozenset[int]
    start: time
    end: time
    value: float

    def holds(self, weekday: int, clock: time) -> bool:
        """Return whether the price holds at a local time of a day; `weekday` is 0 for Monday."""
        if self.start < self.end:
            return weekday in self.days and self.start <= clock < self.end
        begun = weekday in self.days and clock >= self.start
        return begun or ((weekday - 1) % 7 in self.days and clock < self.end)


@dataclass(frozen=True, slots=True)
class PriceOptions:
    """The source of prices, and what is added to them.

    Attributes:
        source: the source.
        currency: the currency that the owner confirmed; empty before.
        base: the fixed price per kWh at all other hours.
        hours: fixed prices by hours; the first one that holds counts.
        factor: the factor for the prices of the source.
        addition: the surcharge per kWh on the result.
        fees: further surcharges by hours; the first one that holds counts.
        feed_in: the source of the price for exported energy.
        feed_in_price: that price per kWh, if it is fixed.
        feed_in_entity: the entity that has it, in its attributes or as its state.

    """

    source: Source
    currency: str = ""
    base: float = 0.0
    hours: tuple[HourPrice, ...] = ()
    factor: float = 1.0
    addition: float = 0.0
    fees: tuple[HourPrice, ...] = ()
    feed_in: FeedIn = FeedIn.FIXED
    feed_in_price: float = 0.0
    feed_in_entity: str = ""

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Return the entities to read."""
        ids = [self.source.entity_id] if self.source.provider is Provider.ENTITY else []
        if self.feed_in is FeedIn.ENTITY:
            ids.append(self.feed_in_entity)
        return tuple(entity_id for entity_id in ids if entity_id)


PRICE_DEFAULTS: Final[Mapping[str, Any]] = {
    CONF_PRICE_FACTOR: 1,
    CONF_PRICE_ADDITION: 0,
    CONF_FEED_IN: FeedIn.FIXED.value,
    CONF_FEED_IN_PRICE: 0,
}


def prices_of(chosen: Mapping[str, Any]) -> PriceOptions | None:
    """Return the options; None without a source. `chosen` includes all defaults."""
    if CONF_PRICE_SOURCE not in chosen:
        return None
    return PriceOptions(
        source=Source(
            Provider(chosen[CONF_PRICE_SOURCE]),
            chosen.get(CONF_PRICE_ENTRY, ""),
            chosen.get(CONF_PRICE_PART, ""),
            chosen.get(CONF_PRICE_ENTITY, ""),
        ),
        currency=chosen.get(CONF_PRICE_CURRENCY, ""),
        base=chosen.get(CONF_PRICE_BASE, 0.0),
        hours=hour_prices(chosen.get(CONF_PRICE_HOURS, ())),
        factor=chosen[CONF_PRICE_FACTOR],
        addition=chosen[CONF_PRICE_ADDITION],
        fees=hour_prices(chosen.get(CONF_PRICE_FEES, ())),
        feed_in=FeedIn(chosen[CONF_FEED_IN]),
        feed_in_price=chosen[CONF_FEED_IN_PRICE],
        feed_in_entity=chosen.get(CONF_FEED_IN_ENTITY, ""),
    )


def hour_prices(rows: Iterable[Mapping[str, Any]]) -> tuple[HourPrice, ...]:
    """Return prices by hours from their rows in the options.

    Raises:
        KeyError, TypeError, ValueError: if a row is not valid.

    """
    return tuple(
        HourPrice(
            frozenset(map(WEEKDAYS.index, row.get(CONF_DAYS) or WEEKDAYS)),
            time.fromisoformat(row[CONF_FROM]),
            time.fromisoformat(row[CONF_TO]),
            float(row[CONF_PRICE]),
        )
        for row in rows
    )
