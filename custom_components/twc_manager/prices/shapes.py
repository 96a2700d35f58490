"""Recognises lists of prices in the attributes of entities, by the names that integrations use. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
import re
from typing import Any, Final

from ..untrusted import finite_number, is_usable_time, number_of, redacted_line
from .errors import PriceError, Problem
from .lists import Row

_LISTS: Final = (
    ("raw_today", "raw_tomorrow"),
    ("prices_today", "prices_tomorrow"),
    ("today_interval_prices", "tomorrow_interval_prices"),
    ("prices",),
    ("data",),
    ("rates",),
    ("forecasts",),
    ("forecast",),
)
"""The names of attributes with lists; the first names with content count, and are not mixed with others."""

_STARTS: Final = ("start", "start_time", "start_date", "time", "hour", "datetime")
_ENDS: Final = ("end", "end_time", "end_date")
_SMALL: Final = 1e-7
"""The unit of Zonneplan: a ten millionth of a euro."""


@dataclass(frozen=True, slots=True)
class Found:
    """A list of prices.

    Attributes:
        rows: the prices.
        unit: their unit, if the list determines it; None for that of the entity.
        scale: the factor for the values, before the unit is applied.

    """

    rows: tuple[Row, ...]
    unit: str | None = None
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class _Value:
    """The key of the price in an item of a list, with its unit and scale as in `Found`, and the key inside it."""

    key: str
    unit: str | None = None
    scale: float = 1.0
    inner: str | None = None


_VALUES: Final = (
    _Value("value"),
    _Value("price"),
    _Value("price_per_kwh"),
    _Value("price_ct_per_kwh", "ct/kWh"),
    _Value("price_tax_included", "EUR/kWh", _SMALL, "amount"),
    _Value("electricity_price", "EUR/kWh", _SMALL),
    _Value("value_inc_vat", "GBP/kWh"),
    _Value("per_kwh"),
)

_HOUR: Final = re.compile(r"price_(next_day_)?(\d\d)h(_d)?")


def find_list(
    attributes: Mapping[str, Any], written: datetime, zone: tzinfo
) -> Found | None:
    """Return the list of prices in the attributes of an entity; None without a list.

    Args:
        attributes: the attributes.
        written: when the entity was written; prices by the hour of a day belong to that day.
        zone: the zone of times without one.

    Raises:
        PriceError: if it has a list that cannot be read.

    """
    for keys in _LISTS:
        items = list(_items(attributes, keys))
        if items:
            return _read(items, zone)
    rows = tuple(_hours(attributes, written.astimezone(zone)))
    return Found(rows) if rows else None


def _items(
    attributes: Mapping[str, Any], keys: Iterable[str]
) -> Iterator[Mapping[str, Any]]:
    """Yield the items of lists that look like prices; an integration for Ostrom has a mapping of times to prices."""
    for key in keys:
        found = attributes.get(key)
        if isinstance(found, Mapping):
            found = [
                {"start": at, "price": price}
                for at, price in found.items()
                if finite_number(price) is not None
            ]
        if isinstance(found, list | tuple):
            for item in found:
                if isinstance(item, Mapping) and _first(item, _STARTS) is not None:
                    yield item


def _first(item: Mapping[str, Any], keys: Iterable[str]) -> Any:
    return next((item[key] for key in keys if item.get(key) is not None), None)


def _read(items: list[Mapping[str, Any]], zone: tzinfo) -> Found:
    value = next((value for value in _VALUES if value.key in items[0]), None)
    if value is None:
        raise PriceError(Problem.SHAPE, f"no price in {sorted(items[0])}")
    rows = tuple(read_rows(items, lambda item: _number(item, value), zone))
    return Found(rows, value.unit, value.scale)


def _number(item: Mapping[str, Any], value: _Value) -> Any:
    """Return the price of an item; None without a price."""
    found = item.get(value.key)
    return found.get(value.inner) if isinstance(found, Mapping) else found


def read_rows(
    items: Iterable[Mapping[str, Any]],
    value: Callable[[Mapping[str, Any]], Any],
    zone: tzinfo,
) -> Iterator[Row]:
    """Yield the rows of items; those without a price are left out.

    Raises:
        PriceError: if a time or a price is not valid.

    """
    for item in items:
        if (price := value(item)) is None:
            continue
        end = _first(item, _ENDS)
        yield Row(
            instant(_first(item, (*_STARTS, "timestamp")), zone),
            None if end is None else instant(end, zone),
            _price(price),
        )


def _price(value: Any) -> float:
    """Return a price as a number.

    Raises:
        PriceError: if it is not a finite number.

    """
    if (price := number_of(value)) is None:
        raise PriceError(Problem.SHAPE, redacted_line(repr(value)))
    return price


def instant(value: Any, zone: tzinfo) -> datetime:
    """Return a time that is a datetime or a text by ISO 8601, in `zone` if it has no zone.

    Raises:
        PriceError: if it is not a time, or none that can be calculated with.

    """
    try:
        found = (
            value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        )
    except ValueError as err:
        raise PriceError(Problem.SHAPE, str(value)) from err
    if not is_usable_time(found):
        raise PriceError(Problem.SHAPE, str(value))
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def _hours(attributes: Mapping[str, Any], written: datetime) -> Iterator[Row]:
    """Yield prices by the hour of a local day, as Spain's PVPC has them: price_00h, price_02h_d, price_next_day_00h."""
    for key, value in attributes.items():
        price = finite_number(value)
        if (found := _HOUR.fullmatch(key)) is None or price is None:
            continue
        tomorrow, hour, again = found.groups()
        date = written.date() + timedelta(days=1 if tomorrow else 0)
        start = datetime.combine(date, time(int(hour) % 24), written.tzinfo)
        start = start.replace(fold=1 if again else 0)
        yield Row(start, None, price)
