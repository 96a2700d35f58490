"""Keeps the prices of a bus: reads them when there can be new ones, and keeps those that are known meanwhile."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..charging.planning.tariff import EMPTY, Tariff
from ..const import LOGGER
from ..inputs.prices import PriceOptions
from ..inputs.repeated_reading import RepeatedReading
from ..types import TwcConfigEntry
from .actions import HOURLY, READERS
from .entities import related_entities
from .errors import PriceError, Problem
from .reader import Asked, KnownPrices, async_read, every, source_name, tariff_of

AGAIN: Final = timedelta(minutes=5)
"""How soon a source is asked again that lacks the present price, or those of tomorrow."""

PUBLISHED: Final = 13
"""From this local hour on, the prices of tomorrow may be there."""

SILENT: Final = timedelta(hours=1)
"""For how long the present price has to be unknown for a source to be called silent."""


class PriceWatcher:
    """The prices of one bus."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: TwcConfigEntry,
        options: Callable[[], PriceOptions | None],
    ) -> None:
        """Start without prices; `options` returns the present ones, in which entities may be renamed."""
        self._hass = hass
        self._options = options
        self._known = KnownPrices()
        self._tariff = EMPTY
        self._price: float | None = None
        self._problem: Problem | None = None
        self._unknown_since: datetime | None = None
        self._changed: Callable[[Tariff], None] | None = None
        self._reading = RepeatedReading(hass, entry, "read prices", self._async_read)
        self._stop_events: CALLBACK_TYPE | None = None

    @property
    def tariff(self) -> Tariff:
        """Return the prices that are known, with everything that is added to them."""
        return self._tariff

    @property
    def price(self) -> float | None:
        """Return the present price; None if it is unknown."""
        return self._tariff.prices.at(dt_util.utcnow())

    @property
    def currency(self) -> str:
        """Return the currency of the prices, or that which the owner confirmed while none is known."""
        options = self._options()
        confirmed = "" if options is None else options.currency
        return self._tariff.currency or confirmed

    def silent_source(self) -> str | None:
        """Return the name of the source if the present price has been unknown for long; None if it has not."""
        options = self._options()
        now = dt_util.utcnow()
        if options is None or self._tariff.prices.at(now) is not None:
            self._unknown_since = None
            return None
        if self._unknown_since is None:
            self._unknown_since = now
        if now - self._unknown_since < SILENT:
            return None
        return source_name(self._hass, options)

    @callback
    def async_start(self, changed: Callable[[Tariff], None]) -> CALLBACK_TYPE:
        """Read prices from now on; return a function that ends that.

        `changed` is called with the prices whenever they or the present one change.
        """
        if self._options() is None:
            return lambda: None
        self._changed = changed
        stop = self._reading.async_start()
        self._reading.async_read_soon()

        @callback
        def end() -> None:
            stop()
            self._changed = None
            if self._stop_events is not None:
                self._stop_events()
                self._stop_events = None

        return end

    @callback
    def _follow(self, options: PriceOptions) -> None:
        """Read whenever an entity of the source is written; they may have been renamed since the last time."""
        if self._stop_events is not None:
            self._stop_events()
        ids = [
            related
            for entity_id in options.entity_ids
            for related in related_entities(self._hass, entity_id)
        ]
        self._stop_events = async_track_state_change_event(
            self._hass, ids, self._written
        )

    @callback
    def _written(self, _: Event[EventStateChangedData]) -> None:
        self._reading.async_read_soon()

    async def _async_read(self) -> timedelta:
        """Read the prices once, whatever their source does; return after which time to read them again."""
        wait = AGAIN
        try:
            if (options := self._options()) is not None:
                await self._async_read_from(options)
                self._publish(options)
                wait = self._wait(options, dt_util.now())
        except Exception:  # noqa: BLE001
            if self._problem is not Problem.FAILED:
                LOGGER.exception("Prices cannot be read")
            self._problem = Problem.FAILED
        return wait

    async def _async_read_from(self, options: PriceOptions) -> None:
        """Read what a source can have; what is known stays if it has nothing."""
        now, zone = dt_util.utcnow(), dt_util.get_default_time_zone()
        self._follow(options)
        if not (days := self._days(options, now)):
            return
        try:
            read = await async_read(self._hass, options, Asked(days, now, zone))
            self._known = self._known.with_reading(read, now)
        except PriceError as err:
            # Those of tomorrow are missing every day until they are published.
            if self.price is None:
                self._log(err.problem, str(err))
        else:
            self._log(None, "")

    @callback
    def _publish(self, options: PriceOptions) -> None:
        """Pass on the prices, if they or the present one have changed."""
        zone = dt_util.get_default_time_zone()
        tariff = tariff_of(self._hass, options, self._known, zone)
        before = self._tariff, self._price
        self._tariff, self._price = tariff, tariff.prices.at(dt_util.utcnow())
        if self._changed is not None and (self._tariff, self._price) != before:
            self._changed(tariff)

    def _log(self, problem: Problem | None, detail: str) -> None:
        """Log a problem once, and its end."""
        if problem is self._problem:
            return
        self._problem = problem
        if problem is None:
            LOGGER.info("Prices can be read again")
        else:
            LOGGER.info("Prices cannot be read: %s", detail)

    def _days(self, options: PriceOptions, now: datetime) -> list[date]:
        """Return the days to ask for; none if a source cannot have anything new."""
        local = dt_util.as_local(now)
        today, day = local.date(), timedelta(days=1)
        is_asked = options.source.provider in READERS and every(options) == HOURLY
        if not is_asked or not self._known.prices.pieces:
            # Some of today may belong to the market's day before, and what was is the estimate of what will be.
            return [today - day, today, today + day]
        days = [] if self.price is not None and self._is_known(today) else [today]
        if local.hour >= PUBLISHED and not self._is_known(today + day):
            days.append(today + day)
        return days

    def _is_known(self, day: date) -> bool:
        """Return whether the prices of a day are there: its noon is the same day at every market."""
        noon = dt_util.start_of_local_day(day).replace(hour=12)
        return self._known.prices.at(dt_util.as_utc(noon)) is not None

    def _wait(self, options: PriceOptions, local: datetime) -> timedelta:
        """Return how long to wait for new prices."""
        tomorrow = local.date() + timedelta(days=1)
        if self.price is None:
            return AGAIN
        if local.hour >= PUBLISHED and not self._is_known(tomorrow):
            return AGAIN
        now, published = dt_util.as_utc(local), local.replace(hour=PUBLISHED, minute=0)
        changes = self._tariff.prices.boundaries(now, now + HOURLY)
        times = (published - local, next(changes, now) - now)
        return min([every(options), *(item for item in times if item > timedelta())])
