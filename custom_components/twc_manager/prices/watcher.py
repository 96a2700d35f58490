"""Keeps the prices of a bus: reads them when new ones are possible, and keeps the known ones meanwhile.

The way of a price to a plan: `actions` or `entities` read it, `lists` validates it and `units` converts it; `reader`
combines them and adds the surcharges of `additions`. `PriceWatcher` passes the result, a `Tariff`, to
`PlanManager.async_update_tariff` in `runtime/plans`, which puts it into the inputs of `charging/plans`; there `prices`
adds estimates for later times, and `goals` gives it to the planner.
"""

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
from .reader import KnownPrices, PriceRequest, async_read, every, source_name, tariff_of

AGAIN: Final = timedelta(minutes=5)
"""How soon a source that lacks the current price, or those of tomorrow, is read again."""

PUBLISHED: Final = 13
"""From this local hour on, the prices of tomorrow may be published."""

SILENT: Final = timedelta(hours=1)
"""How long the current price has to be unknown for its source to count as silent."""


class PriceWatcher:
    """The prices of one bus."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: TwcConfigEntry,
        options: Callable[[], PriceOptions | None],
    ) -> None:
        """Start without prices; `options` returns the current options, in which entities may have been renamed."""
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
        """Return the known prices with their surcharges."""
        return self._tariff

    @property
    def price(self) -> float | None:
        """Return the current price; None if it is unknown."""
        return self._tariff.prices.at(dt_util.utcnow())

    @property
    def currency(self) -> str:
        """Return the currency of the prices; while none is known, the one that the owner confirmed."""
        options = self._options()
        confirmed = "" if options is None else options.currency
        return self._tariff.currency or confirmed

    def silent_source(self) -> str | None:
        """Return the name of the source if the current price has been unknown for `SILENT`; None otherwise."""
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
        """Read prices from now on; return the function that stops this.

        `changed` is called with the prices whenever they or the current price change.
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
        """Read whenever an entity of the source is written; the entities may have been renamed since the last time."""
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
        """Read the prices once, and handle all errors; return the time until the next read."""
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
        """Read the days for which a source may have new prices; known prices stay if it fails."""
        now, zone = dt_util.utcnow(), dt_util.get_default_time_zone()
        self._follow(options)
        if not (days := self._days(options, now)):
            return
        try:
            read = await async_read(self._hass, options, PriceRequest(days, now, zone))
            self._known = self._known.with_reading(read, now)
        except PriceError as err:
            # Those of tomorrow are missing every day until they are published.
            if self.price is None:
                self._log(err.problem, str(err))
        else:
            self._log(None, "")

    @callback
    def _publish(self, options: PriceOptions) -> None:
        """Pass on the prices, if they or the current price have changed."""
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
        """Return the days to read; empty if the source cannot have new prices."""
        local = dt_util.as_local(now)
        today, day = local.date(), timedelta(days=1)
        is_asked = options.source.provider in READERS and every(options) == HOURLY
        if not is_asked or not self._known.prices.pieces:
            # Part of today may belong to the day before at the market, and past prices are the estimate of later ones.
            return [today - day, today, today + day]
        days = [] if self.price is not None and self._is_known(today) else [today]
        if local.hour >= PUBLISHED and not self._is_known(today + day):
            days.append(today + day)
        return days

    def _is_known(self, day: date) -> bool:
        """Return whether the prices of a day are known, by its noon, which is on the same day at every market."""
        noon = dt_util.start_of_local_day(day).replace(hour=12)
        return self._known.prices.at(dt_util.as_utc(noon)) is not None

    def _wait(self, options: PriceOptions, local: datetime) -> timedelta:
        """Return how long to wait before the next read."""
        tomorrow = local.date() + timedelta(days=1)
        if self.price is None:
            return AGAIN
        if local.hour >= PUBLISHED and not self._is_known(tomorrow):
            return AGAIN
        now, published = dt_util.as_utc(local), local.replace(hour=PUBLISHED, minute=0)
        changes = self._tariff.prices.boundaries(now, now + HOURLY)
        times = (published - local, next(changes, now) - now)
        return min([every(options), *(item for item in times if item > timedelta())])
