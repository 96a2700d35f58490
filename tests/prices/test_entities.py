"""Prices in the attributes of entities, in the shapes of the integrations that have them there."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.twc_manager.prices.entities import (
    read_entity,
    read_present_price,
)
from custom_components.twc_manager.prices.errors import PriceError, Problem
from custom_components.twc_manager.prices.reading import Reading

BERLIN: Final = ZoneInfo("Europe/Berlin")
TODAY: Final = datetime(2026, 11, 29, tzinfo=BERLIN)
HOUR: Final = timedelta(hours=1)
QUARTER: Final = timedelta(minutes=15)
PRICE: Final = "sensor.price"


def starts(count: int, step: timedelta = HOUR, days: int = 0) -> list[datetime]:
    begin = (TODAY + timedelta(days=days)).astimezone(UTC)
    return [(begin + number * step).astimezone(BERLIN) for number in range(count)]


def read(hass: HomeAssistant, unit: str | None, attributes: dict[str, Any]) -> Reading:
    measured = {} if unit is None else {"unit_of_measurement": unit}
    # The mean of the day, or whatever it is: none of the prices.
    hass.states.async_set(PRICE, "1.2345", {**attributes, **measured})
    return read_entity(hass, PRICE, BERLIN)


def nordpool(unit: str, cents: bool) -> tuple[str, dict[str, Any]]:
    def raw(days: int) -> list[dict[str, Any]]:
        factor = 100 if cents else 1
        return [
            {"start": at, "end": at + QUARTER, "value": number / 100 * factor}
            for number, at in enumerate(starts(96, QUARTER, days))
        ]

    return unit, {
        "raw_today": raw(0),
        "raw_tomorrow": raw(1),
        "today": [0.0] * 96,
        "currency": unit[:3] if not cents else "SEK",
    }


def entsoe() -> tuple[str, dict[str, Any]]:
    today, tomorrow = (
        [
            {"time": str(at), "price": number / 100}
            for number, at in enumerate(starts(24, HOUR, days))
        ]
        for days in (0, 1)
    )
    return "€/kWh", {
        "prices_today": today,
        "prices_tomorrow": tomorrow,
        "prices": [*today, *tomorrow],
    }


def epex_spot() -> tuple[str, dict[str, Any]]:
    return "€/kWh", {
        "data": [
            {
                "start_time": at.isoformat(),
                "end_time": (at + QUARTER).isoformat(),
                "price_per_kwh": number % 96 / 100,
            }
            for number, at in enumerate(starts(192, QUARTER))
        ]
    }


def energidataservice() -> tuple[str, dict[str, Any]]:
    today, tomorrow = (
        [
            {"hour": at, "price": number / 100}
            for number, at in enumerate(starts(24, HOUR, days))
        ]
        for days in (0, 1)
    )
    return "DKK/kWh", {
        "raw_today": today,
        "raw_tomorrow": tomorrow,
        "tomorrow_valid": True,
        "forecast": [{"hour": at, "price": 9.0} for at in starts(24, HOUR, 2)],
    }


def zonneplan() -> tuple[str, dict[str, Any]]:
    return "EUR/kWh", {
        "forecast": [
            {
                "start_date": at.isoformat(),
                "end_date": (at + QUARTER).isoformat(),
                "price_tax_included": {"amount": number % 96 * 100_000},
                "price_tax_excluded": {"amount": 1},
            }
            for number, at in enumerate(starts(192, QUARTER))
        ]
    }


def old_zonneplan() -> tuple[str, dict[str, Any]]:
    return "EUR/kWh", {
        "forecast": [
            {"datetime": at.isoformat(), "electricity_price": number % 24 * 100_000}
            for number, at in enumerate(starts(48))
        ]
    }


def ostrom() -> tuple[str, dict[str, Any]]:
    """Return what the forecast sensor of Ostrom has: the total price, without ends."""
    return "EUR/kWh", {
        "forecast": [
            {"datetime": at.astimezone(UTC).isoformat(), "value": number % 24 / 100}
            for number, at in enumerate(starts(48))
        ],
        "lowest": {"date": TODAY.isoformat(), "total_price": 0.0},
    }


def other_ostrom() -> tuple[str, dict[str, Any]]:
    """Return what the other integration of Ostrom has: prices by their times."""
    return "€/kWh", {
        "average_price": 0.11,
        "prices": {
            at.isoformat(): number % 24 / 100 for number, at in enumerate(starts(48))
        },
    }


def tibber_prices() -> tuple[str, dict[str, Any]]:
    """Return what Tibber Price Information & Ratings has where its data are exported for charts."""
    return "ct/kWh", {
        "timestamp": TODAY.isoformat(),
        "data": [
            {"start_time": at.isoformat(), "price_per_kwh": float(number % 96)}
            for number, at in enumerate(starts(192, QUARTER))
        ],
    }


def pvpc() -> tuple[str, dict[str, Any]]:
    prices = {f"price_{hour:02d}h": hour / 100 for hour in range(24)}
    later = {f"price_next_day_{hour:02d}h": hour / 100 for hour in range(24)}
    return "EUR/kWh", {**prices, **later, "tariff": "2.0TD", "period": "P3"}


SHAPES: Final = {
    "nordpool": (*nordpool("EUR/kWh", cents=False), "EUR", 0.95),
    "nordpool_ore": (*nordpool("Öre/kWh", cents=True), "SEK", 0.95),
    "entsoe": (*entsoe(), "EUR", 0.23),
    "epex_spot": (*epex_spot(), "EUR", 0.95),
    "energidataservice": (*energidataservice(), "DKK", 0.23),
    "zonneplan": (*zonneplan(), "EUR", 0.95),
    "old_zonneplan": (*old_zonneplan(), "EUR", 0.23),
    "pvpc": (*pvpc(), "EUR", 0.23),
    "ostrom": (*ostrom(), "EUR", 0.23),
    "other_ostrom": (*other_ostrom(), "EUR", 0.23),
    "tibber_prices": (*tibber_prices(), "EUR", 0.95),
}
"""The shapes of integrations: the unit, the attributes, the currency that is read, and the last price of each day."""


@pytest.mark.parametrize(
    ("unit", "attributes", "currency", "last"), SHAPES.values(), ids=SHAPES
)
async def test_each_shape(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    unit: str,
    attributes: dict[str, Any],
    currency: str,
    last: float,
) -> None:
    freezer.move_to(TODAY + 15 * HOUR)
    found = read(hass, unit, attributes)
    assert found.currency == currency
    pieces = found.series.pieces
    assert pieces[0].start == TODAY
    assert pieces[-1].end == TODAY + 48 * HOUR
    assert pieces[0].value == 0
    for end in (24, 48):
        before = TODAY + end * HOUR - timedelta(minutes=1)
        assert found.series.at(before) == pytest.approx(last)


@pytest.mark.parametrize(
    ("day", "keys", "known"),
    [
        # 23 hours: the library leaves out the hour that does not exist.
        (
            date(2026, 3, 29),
            [f"price_{hour:02d}h" for hour in range(24) if hour != 2],
            [(1, 0.01), (2, 0.03), (22, 0.23)],
        ),
        # 25 hours: the second one has a letter.
        (
            date(2026, 10, 25),
            [*(f"price_{hour:02d}h" for hour in range(24)), "price_02h_d"],
            [(2, 0.02), (3, 0.5), (4, 0.03), (24, 0.23)],
        ),
    ],
)
async def test_spain_on_days_of_a_clock_change(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    day: date,
    keys: list[str],
    known: list[tuple[int, float]],
) -> None:
    midnight = datetime.combine(day, datetime.min.time(), BERLIN).astimezone(UTC)
    freezer.move_to(midnight + 9 * HOUR)
    attributes = {
        key: 0.5 if key.endswith("_d") else int(key[6:8]) / 100 for key in keys
    }
    series = read(hass, "EUR/kWh", attributes).series
    assert len(series.pieces) == len(keys)
    for hour, price in known:
        assert series.at(midnight + hour * HOUR) == pytest.approx(price), hour


@pytest.fixture
def octopus(hass: HomeAssistant) -> tuple[str, str]:
    registry = er.async_get(hass)
    ids = [
        registry.async_get_or_create(
            "event", "octopus_energy", f"octopus_energy_electricity_1_2_{day}_day_rates"
        ).entity_id
        for day in ("current", "next")
    ]
    return ids[0], ids[1]


def rates(days: int, count: int = 48) -> list[dict[str, Any]]:
    half = HOUR / 2
    return [
        {
            "start": at,
            "end": at + half,
            "value_inc_vat": number / 100,
            "is_capped": False,
        }
        for number, at in enumerate(starts(count, half, days))
    ]


async def test_octopus_has_tomorrow_in_another_entity(
    hass: HomeAssistant, octopus: tuple[str, str]
) -> None:
    today, tomorrow = octopus
    hass.states.async_set(today, "2026-11-29T00:00:00", {"rates": rates(0)})
    hass.states.async_set(tomorrow, "unknown", {"rates": []})
    found = read_entity(hass, today, BERLIN)
    assert found.currency == "GBP"
    assert found.series.pieces[-1].end == TODAY + 24 * HOUR
    hass.states.async_set(tomorrow, "2026-11-29T16:00:00", {"rates": rates(1)})
    found = read_entity(hass, today, BERLIN)
    assert found.series.pieces[-1].end == TODAY + 48 * HOUR
    assert found.series.at(TODAY + 24 * HOUR) == 0


async def test_octopus_that_has_failed_is_not_free_of_charge(
    hass: HomeAssistant, octopus: tuple[str, str]
) -> None:
    free = [{**item, "value_inc_vat": 0.0} for item in rates(0)]
    hass.states.async_set(octopus[0], "2026-11-29T00:00:00", {"rates": free})
    with pytest.raises(PriceError) as raised:
        read_entity(hass, octopus[0], BERLIN)
    assert raised.value.problem is Problem.ZERO


def listed(**item: Any) -> dict[str, Any]:
    return {"prices": [{**item, "start": at} for at in starts(3)]}


@pytest.mark.parametrize(
    ("unit", "attributes", "problem"),
    [
        ("EUR/kWh", {}, Problem.NO_DATA),
        ("EUR/kWh", {"prices": []}, Problem.NO_DATA),
        ("EUR/kWh", {"prices": "none"}, Problem.NO_DATA),
        ("EUR/kWh", {"today": [0.1] * 24}, Problem.NO_DATA),
        ("EUR/kWh", {"forecast": [{"datetime": "x", "temperature": 3}]}, Problem.SHAPE),
        ("EUR/kWh", listed(price="cheap"), Problem.SHAPE),
        ("EUR/kWh", listed(price=True), Problem.SHAPE),
        ("EUR/kWh", {"prices": [{"start": "noon", "price": 1}]}, Problem.SHAPE),
        ("EUR/kWh", {"prices": [{"hour": 3, "price": 1}]}, Problem.SHAPE),
        ("EUR/kWh", {"prices": {"noon": 0.1}}, Problem.SHAPE),
        (None, listed(price=0.1), Problem.UNIT),
        # Exported for charts without a unit: they may be cents.
        (None, tibber_prices()[1], Problem.UNIT),
        ("kWh", listed(price=0.1), Problem.UNIT),
        # Cents that call themselves euros.
        ("EUR/kWh", listed(price=28.4), Problem.IMPLAUSIBLE),
    ],
)
async def test_what_is_refused(
    hass: HomeAssistant, unit: str | None, attributes: dict[str, Any], problem: Problem
) -> None:
    with pytest.raises(PriceError) as raised:
        read(hass, unit, attributes)
    assert raised.value.problem is problem


@pytest.mark.parametrize("hours", [-2, -1, 1, 2])
async def test_a_list_that_is_hours_off_is_refused(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hours: int
) -> None:
    freezer.move_to(TODAY + 8.5 * HOUR)
    items = [
        {"start": (at + hours * HOUR).isoformat(), "price": 10 + number}
        for number, at in enumerate(starts(24))
    ]
    attributes = {"prices": items, "unit_of_measurement": "ct/kWh"}
    # The price from eight to nine.
    hass.states.async_set(PRICE, "18", attributes)
    with pytest.raises(PriceError) as raised:
        read_entity(hass, PRICE, BERLIN)
    assert raised.value.problem is Problem.SHIFTED


@pytest.mark.parametrize(
    ("minutes", "state"),
    [
        # What holds now, and a moment before and after it changes.
        (8 * 60 + 30, "18"),
        (8 * 60 + 1, "17"),
        (8 * 60 + 59, "19"),
        # The mean of the day, and a rounded price.
        (8 * 60 + 30, "21.5"),
        (8 * 60 + 30, "18.004"),
        (8 * 60 + 30, "unknown"),
    ],
)
async def test_a_list_is_believed_that_fits_or_cannot_be_compared(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, minutes: int, state: str
) -> None:
    freezer.move_to(TODAY + minutes / 60 * HOUR)
    items = [
        {"start": at.isoformat(), "price": 10 + number}
        for number, at in enumerate(starts(24))
    ]
    attributes = {"prices": items, "unit_of_measurement": "ct/kWh"}
    hass.states.async_set(PRICE, state, attributes)
    series = read_entity(hass, PRICE, BERLIN).series
    assert series.at(TODAY + 8 * HOUR) == pytest.approx(0.18)


async def test_times_without_a_zone_are_local(hass: HomeAssistant) -> None:
    items = [
        {"start": at.replace(tzinfo=None).isoformat(), "price": 0.2}
        for at in starts(24)
    ]
    series = read(hass, "EUR/kWh", {"prices": items}).series
    assert series.pieces[0].start == TODAY


async def test_cents_in_the_name_of_the_price(hass: HomeAssistant) -> None:
    items = [{"start_time": at, "price_ct_per_kwh": 25.0} for at in starts(24)]
    found = read(hass, "€/kWh", {"data": items})
    assert {piece.value for piece in found.series.pieces} == {0.25}


@pytest.mark.parametrize("state", ["unavailable", None])
async def test_an_entity_that_is_not_there(
    hass: HomeAssistant, state: str | None
) -> None:
    if state is not None:
        hass.states.async_set(PRICE, state)
    with pytest.raises(PriceError) as raised:
        read_entity(hass, PRICE, BERLIN)
    assert raised.value.problem in {Problem.NO_DATA, Problem.NOT_FOUND}


async def test_the_present_price_is_enough_for_what_is_exported(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set(PRICE, "8.2", {"unit_of_measurement": "ct/kWh"})
    value, currency = read_present_price(hass, PRICE)
    assert value == pytest.approx(0.082)
    assert currency == "EUR"
    hass.states.async_set(PRICE, "unknown", {"unit_of_measurement": "ct/kWh"})
    with pytest.raises(PriceError):
        read_present_price(hass, PRICE)
