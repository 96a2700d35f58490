"""Reads the prices that the options name, from any kind of source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from homeassistant.core import HomeAssistant

from ..charging.planning.series import Series
from ..charging.planning.tariff import Tariff
from ..inputs.prices import FeedIn, PriceOptions, Provider
from ..inputs.sensors import entity_name
from .actions import HOURLY, READERS, async_read_action
from .additions import fixed_prices, with_additions
from .entities import read_entity, read_present_price
from .errors import PriceError, Problem
from .lists import merged
from .reading import Reading

KEPT: Final = timedelta(days=5)
"""How long prices are kept: those of the last days are the estimate for times without a price."""

_AHEAD: Final = timedelta(days=4)


@dataclass(frozen=True, slots=True)
class PriceRequest:
    """A request for prices.

    Attributes:
        days: the local days.
        now: the time.
        zone: the zone of the house.

    """

    days: Sequence[date]
    now: datetime
    zone: tzinfo

    @property
    def around(self) -> list[date]:
        """Return the days for which fixed prices are known."""
        first = (self.now - KEPT).astimezone(self.zone).date()
        count = (KEPT + _AHEAD).days
        return [first + timedelta(days=at) for at in range(count + 1)]


@dataclass(frozen=True, slots=True)
class KnownPrices:
    """The prices that sources have returned so far, without surcharges.

    Attributes:
        prices: the prices for imported energy.
        feed_in: the prices for exported energy.
        currency: their currency; empty before any price is known.

    """

    prices: Series = Series()
    feed_in: Series = Series()
    currency: str = ""

    def with_reading(self, new: KnownPrices, now: datetime) -> KnownPrices:
        """Return the known prices together with new ones.

        Raises:
            PriceError: if the currency has changed.

        """
        if self.currency and new.currency != self.currency:
            raise PriceError(Problem.CURRENCY, f"{self.currency} -> {new.currency}")
        since = now - KEPT
        return KnownPrices(
            merged(self.prices, new.prices, since),
            merged(self.feed_in, new.feed_in, since),
            new.currency,
        )


def every(options: PriceOptions) -> timedelta:
    """Return how often a source can have new prices, besides those of tomorrow."""
    reader = READERS.get(options.source.provider)
    return HOURLY if reader is None else reader.every


async def async_read(
    hass: HomeAssistant,
    options: PriceOptions,
    asked: PriceRequest,
) -> KnownPrices:
    """Return the prices of days.

    Raises:
        PriceError: if prices for imported energy cannot be read; prices for exported energy are empty then.

    """
    found = await _async_read_prices(hass, options, asked)
    if options.currency and found.currency != options.currency:
        raise PriceError(Problem.CURRENCY, f"{options.currency} -> {found.currency}")
    try:
        feed_in = await _async_read_feed_in(hass, options, asked, found)
    except PriceError:
        feed_in = Series()
    return KnownPrices(found.series, feed_in, found.currency)


async def _async_read_prices(
    hass: HomeAssistant,
    options: PriceOptions,
    asked: PriceRequest,
) -> Reading:
    source = options.source
    if source.provider is Provider.FIXED:
        series = fixed_prices(options.base, options.hours, asked.around, asked.zone)
        return Reading(series, hass.config.currency)
    if source.provider is Provider.ENTITY:
        return read_entity(hass, source.entity_id, asked.zone)
    return await async_read_action(hass, source, asked.days, asked.zone)


async def _async_read_feed_in(
    hass: HomeAssistant,
    options: PriceOptions,
    asked: PriceRequest,
    prices: Reading,
) -> Series:
    """Return the prices for exported energy.

    Raises:
        PriceError: if they are missing, or in another currency.

    """
    if options.feed_in is FeedIn.FIXED:
        return fixed_prices(options.feed_in_price, (), asked.around, asked.zone)
    if options.feed_in is FeedIn.ENTITY:
        found = _read_feed_in_entity(hass, options.feed_in_entity, asked)
        if found.currency != prices.currency:
            raise PriceError(Problem.CURRENCY, found.currency)
        return found.series
    reader = READERS.get(options.source.provider)
    if reader is None or reader.feed_in is None:
        return prices.series
    found = await async_read_action(
        hass, options.source, asked.days, asked.zone, feed_in=True
    )
    return found.series


def _read_feed_in_entity(
    hass: HomeAssistant, entity_id: str, asked: PriceRequest
) -> Reading:
    """Return the prices of an entity: its list, otherwise its current price for all times.

    Raises:
        PriceError: if it has neither.

    """
    try:
        return read_entity(hass, entity_id, asked.zone)
    except PriceError:
        value, currency = read_present_price(hass, entity_id)
        return Reading(fixed_prices(value, (), asked.around, asked.zone), currency)


def check_feed_in(
    hass: HomeAssistant, options: PriceOptions, asked: PriceRequest, currency: str
) -> None:
    """Check the entity with the price for exported energy.

    Raises:
        PriceError: if it has no price, or one in another currency.

    """
    if options.feed_in is not FeedIn.ENTITY:
        return
    problem = None
    try:
        found = _read_feed_in_entity(hass, options.feed_in_entity, asked)
    except PriceError as err:
        problem = err.problem
    else:
        problem = None if found.currency == currency else Problem.CURRENCY
    if problem is not None:
        raise PriceError(problem, options.feed_in_entity, is_of_feed_in=True)


def tariff_of(
    hass: HomeAssistant, options: PriceOptions, known: KnownPrices, zone: tzinfo
) -> Tariff:
    """Return the prices with the surcharges of the options."""
    return Tariff(
        with_additions(
            known.prices, options.factor, options.addition, options.fees, zone
        ),
        known.feed_in,
        known.currency,
        source_name(hass, options),
    )


def source_name(hass: HomeAssistant, options: PriceOptions) -> str:
    """Return the name of the source, for people."""
    source = options.source
    if source.provider is Provider.ENTITY:
        return entity_name(hass, source.entity_id)
    if source.provider is Provider.FIXED:
        return f"{options.base:g} {hass.config.currency}/kWh"
    entry = hass.config_entries.async_get_entry(source.entry_id)
    return source.provider.value if entry is None else entry.title
