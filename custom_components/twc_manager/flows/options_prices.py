"""The steps of the options flow for prices: their source, the surcharges, and the price for exported energy."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import Platform
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    ObjectSelectorField,
    TimeSelector,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..charging.planning.tariff import Tariff
from ..inputs.options import DEFAULTS, options_of
from ..inputs.prices import (
    CONF_DAYS,
    CONF_FEED_IN,
    CONF_FEED_IN_ENTITY,
    CONF_FEED_IN_PRICE,
    CONF_FROM,
    CONF_PRICE,
    CONF_PRICE_ADDITION,
    CONF_PRICE_BASE,
    CONF_PRICE_CURRENCY,
    CONF_PRICE_ENTITY,
    CONF_PRICE_ENTRY,
    CONF_PRICE_FACTOR,
    CONF_PRICE_FEES,
    CONF_PRICE_HOURS,
    CONF_PRICE_PART,
    CONF_PRICE_SOURCE,
    CONF_TO,
    FeedIn,
    Provider,
    hour_prices,
)
from ..prices.errors import PriceError
from ..prices.finding import (
    FoundSource,
    GridPrice,
    async_find_sources,
    async_grid_price,
    proposed,
)
from ..prices.reader import (
    PriceRequest,
    async_read,
    check_feed_in,
    source_name,
    tariff_of,
)
from .fields import Errors, choice, named, own_entities, weekdays
from .options_form import OptionsForm
from .price_texts import curve_rows, length_text, price_text
from .texts import async_with_decimals

CONF_FOUND: Final = "found"
"""The field of the sources that were found; its value is an index of `_found`."""

_ADDITIONS: Final = (CONF_PRICE_FACTOR, CONF_PRICE_ADDITION, CONF_PRICE_FEES)
_FEED_IN: Final = (CONF_FEED_IN, CONF_FEED_IN_PRICE, CONF_FEED_IN_ENTITY)
_FIELDS: Final[Mapping[str, Sequence[str]]] = {
    "prices_found": (CONF_FOUND, *_ADDITIONS, *_FEED_IN),
    "prices_entity": (CONF_PRICE_ENTITY, *_ADDITIONS, *_FEED_IN),
    "prices_fixed": (CONF_PRICE_BASE, CONF_PRICE_HOURS, *_FEED_IN),
}
"""The fields of each step."""

_KEYS: Final = frozenset(
    {
        CONF_PRICE_SOURCE,
        CONF_PRICE_ENTRY,
        CONF_PRICE_PART,
        CONF_PRICE_CURRENCY,
        *_FIELDS["prices_entity"],
        *_FIELDS["prices_fixed"],
    }
)
_LIMITS: Final[Mapping[str, tuple[float, float]]] = {
    CONF_PRICE_FACTOR: (0, 10),
    CONF_PRICE_ADDITION: (-1000, 1000),
    CONF_PRICE_BASE: (-1000, 1000),
    CONF_FEED_IN_PRICE: (-1000, 1000),
}
"""The minimum and the maximum of each number."""

_PRICE_FIELD: Final = NumberSelector(
    NumberSelectorConfig(step="any", mode=NumberSelectorMode.BOX)
)


def _hours(key: str) -> ObjectSelector:
    """Return a field for prices by the hours of days."""
    return ObjectSelector(
        ObjectSelectorConfig(
            fields={
                CONF_FROM: ObjectSelectorField(selector=TimeSelector(), required=True),
                CONF_TO: ObjectSelectorField(selector=TimeSelector(), required=True),
                CONF_PRICE: ObjectSelectorField(selector=_PRICE_FIELD, required=True),
                CONF_DAYS: ObjectSelectorField(selector=weekdays()),
            },
            multiple=True,
            label_field=CONF_FROM,
            description_field=CONF_PRICE,
            translation_key=key,
        )
    )


class PriceSteps(OptionsForm):
    """Asks for the source of prices, and shows its prices before they are saved."""

    _found: Sequence[FoundSource] = ()
    _asked_in = "prices_found"
    _grid_price = GridPrice()

    async def async_step_prices(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the kind of source."""
        self._found = await async_find_sources(self.hass)
        self._grid_price = await async_grid_price(self.hass)
        menu_options = ["prices_entity", "prices_fixed"]
        if self._found:
            menu_options.insert(0, "prices_found")
        options = options_of(self.config_entry).prices
        if options is not None:
            menu_options.append("prices_none")
        return self.async_show_menu(
            step_id="prices",
            menu_options=menu_options,
            description_placeholders={
                "chosen": "–" if options is None else source_name(self.hass, options),
                "found": ", ".join(item.name for item in self._found) or "–",
            },
        )

    async def async_step_prices_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for one of the sources that were found."""
        return await self._async_ask_prices("prices_found", user_input)

    async def async_step_prices_entity(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for an entity that has a list of prices."""
        return await self._async_ask_prices("prices_entity", user_input)

    async def async_step_prices_fixed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for fixed prices."""
        return await self._async_ask_prices("prices_fixed", user_input)

    async def async_step_prices_none(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Remove the prices."""
        self._change(_KEYS, {})
        return await self.async_step_save()

    async def async_step_prices_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Read the prices again."""
        try:
            return await self._async_show_prices()
        except PriceError as err:
            return self._ask(self._asked_in, self._changed, self._error_of(err))

    async def _async_ask_prices(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        errors: Errors = {}
        if user_input is not None:
            errors = _check_input(step_id, user_input)
            if not errors:
                self._change(_KEYS, self._values(step_id, user_input))
                self._asked_in = step_id
                try:
                    return await self._async_show_prices()
                except PriceError as err:
                    errors = self._error_of(err)
        return self._ask(step_id, user_input, errors)

    def _error_of(self, error: PriceError) -> Errors:
        """Return an error at the field that it concerns."""
        first = _FIELDS[self._asked_in][0]
        field = CONF_FEED_IN_ENTITY if error.is_of_feed_in else first
        return {field: error.problem.value}

    def _ask(
        self, step_id: str, user_input: Mapping[str, Any] | None, errors: Errors
    ) -> ConfigFlowResult:
        """Show the fields with the input or, without one, with the chosen or proposed values."""
        shown = self._suggested() if user_input is None else user_input
        fields = {vol.Optional(key): self._field(key) for key in _FIELDS[step_id]}
        schema: Any = vol.Schema(fields)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors=errors,
            description_placeholders={"currency": self.hass.config.currency},
        )

    def _field(self, key: str) -> Any:
        """Return a field."""
        if key == CONF_FOUND:
            return named(
                {str(place): item.name for place, item in enumerate(self._found)}
            )
        if key in {CONF_PRICE_HOURS, CONF_PRICE_FEES}:
            return _hours(key)
        if key in {CONF_PRICE_ENTITY, CONF_FEED_IN_ENTITY}:
            return EntitySelector(
                EntitySelectorConfig(
                    domain=[Platform.SENSOR, Platform.EVENT],
                    exclude_entities=own_entities(self.hass),
                )
            )
        return choice(key, FeedIn) if key == CONF_FEED_IN else _PRICE_FIELD

    def _suggested(self) -> dict[str, Any]:
        """Return the chosen values, otherwise those that the energy preferences propose."""
        options = self.config_entry.options
        chosen = options_of(self.config_entry).prices
        price = self._grid_price
        found = proposed(self.hass, self._found, price)
        if chosen is not None:
            found = next(
                (item for item in self._found if item.source == chosen.source), found
            )
            place = {} if found is None else {CONF_FOUND: self._place(found)}
            return {**DEFAULTS, **options, **place}
        suggested = {
            CONF_FOUND: None if found is None else self._place(found),
            CONF_PRICE_BASE: price.fixed,
            CONF_FEED_IN_PRICE: price.feed_in,
            CONF_FEED_IN_ENTITY: price.feed_in_entity_id,
        }
        if price.feed_in_entity_id is not None:
            suggested[CONF_FEED_IN] = FeedIn.ENTITY.value
        known = {key: value for key, value in suggested.items() if value is not None}
        return {**DEFAULTS, **known}

    def _place(self, found: FoundSource) -> str:
        return str(self._found.index(found))

    def _values(self, step_id: str, user_input: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options to save."""
        values = {
            key: value
            for key, value in user_input.items()
            if key != CONF_FOUND and value not in (None, [])
        }
        if step_id == "prices_fixed":
            return {CONF_PRICE_SOURCE: Provider.FIXED.value, **values}
        if step_id == "prices_entity":
            return {CONF_PRICE_SOURCE: Provider.ENTITY.value, **values}
        source = self._found[int(user_input[CONF_FOUND])].source
        values |= {
            CONF_PRICE_SOURCE: source.provider.value,
            CONF_PRICE_ENTRY: source.entry_id,
            CONF_PRICE_PART: source.part,
            CONF_PRICE_ENTITY: source.entity_id,
        }
        return {key: value for key, value in values.items() if value != ""}

    async def _async_show_prices(self) -> ConfigFlowResult:
        """Show the prices of today and tomorrow, so that the owner notices a wrong unit or source.

        Raises:
            PriceError: if the source has no usable prices.

        """
        options = options_of(self.config_entry, self._changed).prices
        assert options is not None
        assert self._changed is not None
        now, zone = dt_util.utcnow(), dt_util.get_default_time_zone()
        today = dt_util.as_local(now).date()
        days = [today, today + timedelta(days=1)]
        asked = PriceRequest(days, now, zone)
        known = await async_read(self.hass, options, asked)
        check_feed_in(self.hass, options, asked, known.currency)
        self._changed = {**self._changed, CONF_PRICE_CURRENCY: known.currency}
        tariff = tariff_of(self.hass, options, known, zone)
        return self.async_show_menu(
            step_id="prices_confirm",
            menu_options=["save", self._asked_in, "prices_confirm"],
            description_placeholders=await async_with_decimals(
                self.hass, _shown(tariff, days, now)
            ),
        )


def _shown(tariff: Tariff, days: Iterable[date], now: datetime) -> dict[str, str]:
    """Return the placeholders for prices that are shown before they are saved."""
    unit = f"{tariff.currency}/kWh"
    return {
        "unit": unit,
        "length": length_text(tariff.prices, now),
        "now": price_text(tariff.prices.at(now), unit),
        "feed_in": price_text(tariff.feed_in.at(now), unit),
        "days": curve_rows(tariff.prices, days, dt_util.get_default_time_zone()),
    }


def _check_input(step_id: str, user_input: Mapping[str, Any]) -> Errors:
    """Return the errors in the input, by field."""
    errors: Errors = {}
    first = _FIELDS[step_id][0]
    if user_input.get(first) is None:
        errors[first] = "choose_prices"
    errors |= {
        key: "price_range"
        for key, limits in _LIMITS.items()
        if not _is_within(user_input.get(key), *limits)
    }
    for key in (CONF_PRICE_HOURS, CONF_PRICE_FEES):
        if not _are_hours(user_input.get(key) or []):
            errors[key] = "price_hours"
    by_entity = user_input.get(CONF_FEED_IN) == FeedIn.ENTITY
    if by_entity and user_input.get(CONF_FEED_IN_ENTITY) is None:
        errors[CONF_FEED_IN_ENTITY] = "choose_sensor"
    return errors


def _is_within(value: float | None, low: float, high: float) -> bool:
    return value is None or (isfinite(value) and low <= value <= high)


def _are_hours(rows: Any) -> bool:
    """Return whether rows are valid prices by hours."""
    try:
        prices = hour_prices(rows)
    except AttributeError, KeyError, TypeError, ValueError:
        return False
    low, high = _LIMITS[CONF_PRICE_BASE]
    return all(
        isfinite(item.value) and low <= item.value <= high and item.start.tzinfo is None
        for item in prices
    )
