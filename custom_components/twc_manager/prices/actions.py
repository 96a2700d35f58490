"""Prices that integrations of Home Assistant return from an action; they do not report when they have new ones.

Each day is requested separately: some integrations fail for the whole range while one of its days is not published. The
day is that of the market, which may differ from the local one; the results are merged by their instants.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..charging.planning.series import Series
from ..inputs.prices import Provider, Source
from .errors import PriceError, Problem
from .lists import is_complete, merged, read_list
from .reading import Reading
from .shapes import read_rows
from .units import PriceUnit, unit_of

TIMEOUT_SECONDS: Final = 60.0
"""How many s an integration may take to answer."""

HOURLY: Final = timedelta(hours=1)
_MARKET: Final = ZoneInfo("Europe/Brussels")
"""The zone of the European day-ahead market."""
_NEVER: Final = datetime.min.replace(tzinfo=dt_util.UTC)


@dataclass(frozen=True, slots=True)
class ActionReader:
    """How prices are requested from an integration, and what its answer means.

    Attributes:
        action: the name of its action.
        request: returns the data of a call for a day; for the first day if one call returns all days.
        items: returns the list in an answer.
        unit: returns the unit of the prices.
        by_day: whether each day needs a call.
        every: how often it can have new prices, besides those of tomorrow.
        key: the key of the price.
        feed_in: the name and the data of the call for the prices of exported energy; None if it has none.
        check: raises a PriceError for a day's list that the integration is known to return wrongly.

    """

    action: str
    request: Callable[[Source, date], dict[str, Any]]
    items: Callable[[Mapping[str, Any], Source], Any]
    unit: Callable[[HomeAssistant, ConfigEntry], PriceUnit]
    by_day: bool = True
    every: timedelta = HOURLY
    key: str = "price"
    feed_in: tuple[str, Callable[[Source, date], dict[str, Any]]] | None = None
    check: Callable[[Series, date], None] = lambda series, day: None


def _euro(_: HomeAssistant, __: ConfigEntry) -> PriceUnit:
    return PriceUnit("EUR")


def _prices(answer: Mapping[str, Any], _: Source) -> Any:
    return answer["prices"]


def _tibber_request(_: Source, day: date) -> dict[str, Any]:
    start = dt_util.start_of_local_day(day)
    end = dt_util.start_of_local_day(day + timedelta(days=4))
    return {"start": start.isoformat(), "end": end.isoformat()}


def _tibber_items(answer: Mapping[str, Any], source: Source) -> Any:
    homes = answer["prices"]
    if not source.part and len(homes) == 1:
        return next(iter(homes.values()))
    return homes[source.part]


def _tibber_unit(hass: HomeAssistant, entry: ConfigEntry) -> PriceUnit:
    """Return the unit of the price sensor, since the answer has no unit."""
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        state = hass.states.get(entity.entity_id)
        if entity.translation_key == "electricity_price" and state is not None:
            unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
            return unit_of(unit, hass.config.currency)
    raise PriceError(Problem.UNIT, "Tibber has no sensor of the price")


def _check_market_day(series: Series, day: date) -> None:
    """Raise a PriceError for an incomplete day with a clock change: its prices are an hour off."""
    start, end = (
        datetime.combine(at, datetime.min.time(), _MARKET).astimezone(dt_util.UTC)
        for at in (day, day + timedelta(days=1))
    )
    if end - start != timedelta(days=1) and not is_complete(series, start, end):
        raise PriceError(Problem.STEP, f"{day} is not complete")


READERS: Final[Mapping[Provider, ActionReader]] = {
    Provider.NORDPOOL: ActionReader(
        "get_prices_for_date",
        lambda source, day: {
            "config_entry": source.entry_id,
            "date": day.isoformat(),
            "areas": [source.part],
        },
        lambda answer, source: answer[source.part],
        lambda _, entry: PriceUnit(entry.data["currency"], 0.001),
        check=_check_market_day,
    ),
    Provider.TIBBER: ActionReader(
        "get_prices", _tibber_request, _tibber_items, _tibber_unit, by_day=False
    ),
    Provider.ENERGYZERO: ActionReader(
        "get_energy_prices",
        lambda source, day: {
            "config_entry": source.entry_id,
            "incl_vat": True,
            "start": day.isoformat(),
            "end": day.isoformat(),
            "price_type": "all_in",
        },
        _prices,
        _euro,
    ),
    Provider.EASYENERGY: ActionReader(
        "get_energy_usage_prices",
        lambda source, day: {
            "config_entry": source.entry_id,
            "incl_vat": True,
            "start": day.isoformat(),
            "end": day.isoformat(),
            "price_type": "invoice",
        },
        _prices,
        _euro,
        feed_in=(
            "get_energy_return_prices",
            lambda source, day: {
                "config_entry": source.entry_id,
                "start": day.isoformat(),
                "end": day.isoformat(),
            },
        ),
    ),
    Provider.GREEN_PLANET: ActionReader(
        "get_prices",
        lambda source, _: {"config_entry_id": source.entry_id, "hours": 24},
        _prices,
        _euro,
        by_day=False,
    ),
    Provider.OMIE: ActionReader(
        "get_prices_for_date",
        lambda source, day: {"date": day.isoformat(), "countries": [source.part]},
        lambda answer, source: answer[source.part],
        _euro,
        check=_check_market_day,
    ),
    Provider.AMBER: ActionReader(
        "get_forecasts",
        lambda source, _: {
            "config_entry_id": source.entry_id,
            "channel_type": "general",
        },
        lambda answer, _: answer["forecasts"],
        lambda _, __: PriceUnit("AUD"),
        by_day=False,
        every=timedelta(minutes=5),
        key="per_kwh",
        feed_in=(
            "get_forecasts",
            lambda source, _: {
                "config_entry_id": source.entry_id,
                "channel_type": "feed_in",
            },
        ),
    ),
}
"""The integrations whose actions return prices."""


async def async_read_action(
    hass: HomeAssistant,
    source: Source,
    days: Sequence[date],
    zone: tzinfo,
    *,
    feed_in: bool = False,
) -> Reading:
    """Return the prices of those days that have prices, or with `feed_in` those for exported energy.

    Raises:
        PriceError: if none of the days has prices.

    """
    reader = READERS[source.provider]
    entry = _loaded_entry(hass, source)
    call = reader.feed_in if feed_in else (reader.action, reader.request)
    if call is None:
        raise PriceError(Problem.NOT_FOUND, f"{source.provider} buys nothing")
    action, request = call
    unit = reader.unit(hass, entry)
    found, error = Series(), PriceError(Problem.NO_DATA)
    for day in days if reader.by_day else days[:1]:
        try:
            answer = await async_ask(
                hass, source.provider, action, request(source, day)
            )
            series = read_list(_rows(answer, reader, source, zone), unit)
            if series.pieces and reader.by_day:
                reader.check(series, day)
        except PriceError as err:
            error = err
        else:
            found = merged(found, series, _NEVER)
    if not found.pieces:
        raise error
    return Reading(found, unit.currency)


def _rows(
    answer: Mapping[str, Any], reader: ActionReader, source: Source, zone: tzinfo
) -> Iterator[Any]:
    """Return the rows of an answer.

    Raises:
        PriceError: if the answer has no readable rows.

    """
    try:
        items: Iterable[Mapping[str, Any]] = reader.items(answer, source)
        return read_rows(list(items), lambda item: item[reader.key], zone)
    except (KeyError, TypeError, AttributeError) as err:
        raise PriceError(Problem.SHAPE, repr(err)) from err


def _loaded_entry(hass: HomeAssistant, source: Source) -> ConfigEntry:
    """Return the entry of a source.

    Raises:
        PriceError: if it does not exist or is not running.

    """
    entry = hass.config_entries.async_get_entry(source.entry_id)
    if entry is None:
        raise PriceError(Problem.NOT_FOUND, source.entry_id)
    action = READERS[source.provider].action
    if entry.state is not ConfigEntryState.LOADED:
        raise PriceError(Problem.NOT_LOADED, entry.title)
    # A custom integration of the same name may replace Home Assistant's own.
    if not hass.services.has_service(source.provider, action):
        raise PriceError(Problem.NOT_FOUND, f"{source.provider}.{action}")
    return entry


async def async_ask(
    hass: HomeAssistant, domain: str, action: str, data: dict[str, Any]
) -> Mapping[str, Any]:
    """Return the answer of an action.

    Raises:
        PriceError: if it raises any error, as it is foreign code.

    """
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            answer = await hass.services.async_call(
                domain, action, data, blocking=True, return_response=True
            )
    except Exception as err:
        raise PriceError(Problem.FAILED, repr(err)) from err
    return answer or {}
