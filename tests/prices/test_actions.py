"""Home Assistant's own integrations of prices: their real actions are called, with their libraries replaced."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import ModuleType, SimpleNamespace
from typing import Any, Final
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.charging.planning.series import Series
from custom_components.twc_manager.inputs.prices import Provider, Source
from custom_components.twc_manager.prices.actions import async_read_action
from custom_components.twc_manager.prices.errors import PriceError, Problem

from .libraries import component

BERLIN: Final = ZoneInfo("Europe/Berlin")
MADRID: Final = ZoneInfo("Europe/Madrid")
DAY: Final = date(2026, 11, 29)
SPRING: Final = date(2026, 3, 29)
AUTUMN: Final = date(2026, 10, 25)
QUARTER: Final = timedelta(minutes=15)
HOUR: Final = timedelta(hours=1)


class Sources:
    """Sets up integrations as far as their actions need it."""

    def __init__(self, hass: HomeAssistant, stack: ExitStack) -> None:
        self._hass = hass
        self._stack = stack

    def __call__(
        self,
        domain: str,
        make_data: Callable[[ModuleType], Any],
        data: Mapping[str, Any] | None = None,
        **names: dict[str, Any],
    ) -> Source:
        services = self._stack.enter_context(component(domain, **names))
        entry = MockConfigEntry(domain=domain, data=dict(data or {}))
        entry.add_to_hass(self._hass)
        entry.runtime_data = make_data(services)
        entry.mock_state(self._hass, ConfigEntryState.LOADED)
        services.async_setup_services(self._hass)
        return Source(Provider(domain), entry.entry_id)


@pytest.fixture
async def sources(hass: HomeAssistant) -> Any:
    await hass.config.async_set_time_zone("Europe/Berlin")
    with ExitStack() as stack:
        yield Sources(hass, stack)
    unload_all(hass)


def unload_all(hass: HomeAssistant) -> None:
    """Let Home Assistant not look for the code of integrations when it ends."""
    for entry in hass.config_entries.async_entries():
        object.__setattr__(entry, "state", ConfigEntryState.NOT_LOADED)


def midnight(day: date, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)


def instants(day: date, step: timedelta, zone: ZoneInfo = BERLIN) -> Iterator[datetime]:
    """Yield the real instants of a day, 92 or 100 quarters if the clock changes."""
    at, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    while at < end:
        yield at
        at += step


def check(series: Series, day: date, step: timedelta) -> None:
    """Check that there is a price for each step of a day, counted from 0 in hundredths."""
    expected = list(instants(day, step))
    assert [piece.start for piece in series.pieces] == expected
    assert all(piece.end - piece.start == step for piece in series.pieces)
    assert [piece.value for piece in series.pieces] == pytest.approx(
        [number / 100 for number in range(len(expected))]
    )


AREAS: Final = {"AREAS": ["FI", "SE3", "SE4"]}


def nordpool(published: tuple[date, ...]) -> Callable[[ModuleType], Any]:
    def make(services: ModuleType) -> Any:
        async def ask(at: datetime, _: Any, areas: list[str]) -> Any:
            if at.date() not in published:
                raise services.NordPoolEmptyResponseError
            return SimpleNamespace(
                entries=[
                    SimpleNamespace(
                        start=start,
                        end=start + QUARTER,
                        entry=dict.fromkeys(areas, 10.0 * number),
                    )
                    for number, start in enumerate(instants(at.date(), QUARTER))
                ]
            )

        client = SimpleNamespace(async_get_delivery_period=ask)
        return SimpleNamespace(client=client)

    return make


@pytest.mark.parametrize("day", [DAY, SPRING, AUTUMN])
async def test_nord_pool_is_per_mwh_and_has_real_instants(
    hass: HomeAssistant, sources: Sources, day: date
) -> None:
    made = sources(
        "nordpool",
        nordpool((day,)),
        {"areas": ["SE3", "SE4"], "currency": "SEK"},
        pynordpool=AREAS,
    )
    source = Source(made.provider, made.entry_id, "SE4")
    found = await async_read_action(hass, source, [day, day + timedelta(1)], BERLIN)
    assert found.currency == "SEK"
    check(found.series, day, QUARTER)


async def test_nord_pool_before_it_has_published(
    hass: HomeAssistant, sources: Sources
) -> None:
    made = sources(
        "nordpool", nordpool(()), {"areas": ["FI"], "currency": "EUR"}, pynordpool=AREAS
    )
    source = Source(made.provider, made.entry_id, "FI")
    with pytest.raises(PriceError) as raised:
        await async_read_action(hass, source, [DAY], BERLIN)
    assert raised.value.problem is Problem.NO_DATA


def energyzero(published: tuple[date, ...]) -> Callable[[ModuleType], Any]:
    def make(services: ModuleType) -> Any:
        async def ask(*, start_date: date, price_type: Any, **_: Any) -> Any:
            assert price_type is services.PriceType.ALL_IN
            if start_date not in published:
                raise services.EnergyZeroNoDataError
            starts = enumerate(instants(start_date, HOUR))
            return SimpleNamespace(
                prices={
                    SimpleRange(start, start + HOUR): number / 100
                    for number, start in starts
                }
            )

        return SimpleNamespace(energyzero=SimpleNamespace(get_electricity_prices=ask))

    return make


class SimpleRange:
    """A range of time of the library of EnergyZero."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self.start_including = start
        self.end_excluding = end


@pytest.mark.parametrize("day", [DAY, SPRING, AUTUMN])
async def test_energyzero_has_today_while_tomorrow_is_missing(
    hass: HomeAssistant, sources: Sources, day: date
) -> None:
    source = sources("energyzero", energyzero((day,)))
    found = await async_read_action(hass, source, [day, day + timedelta(1)], BERLIN)
    assert found.currency == "EUR"
    check(found.series, day, HOUR)


def easyenergy(services: ModuleType) -> Any:
    async def ask(*, start_date: date, vat: Any, **_: Any) -> Any:
        if start_date != DAY:
            raise services.EasyEnergyError
        starts = list(instants(start_date, HOUR))
        return SimpleNamespace(
            intervals=[
                SimpleNamespace(starts_at=start, invoice_price=number / 100)
                for number, start in enumerate(starts)
            ],
            timestamp_return_prices=[
                {"timestamp": start, "price": -0.05} for start in starts
            ],
        )

    return SimpleNamespace(easyenergy=SimpleNamespace(energy_prices=ask))


EASYENERGY: Final = {
    "ElectricityGranularity": StrEnum("ElectricityGranularity", ["HOUR", "QUARTER"]),
    "ElectricityPriceType": StrEnum("ElectricityPriceType", ["MARKET", "INVOICE"]),
}


async def test_easyenergy_has_what_is_paid_and_what_is_earned(
    hass: HomeAssistant, sources: Sources
) -> None:
    source = sources("easyenergy", easyenergy, easyenergy=EASYENERGY)
    days = [DAY, DAY + timedelta(1)]
    found = await async_read_action(hass, source, days, BERLIN)
    check(found.series, DAY, HOUR)
    earned = await async_read_action(hass, source, days, BERLIN, feed_in=True)
    assert {piece.value for piece in earned.series.pieces} == {-0.05}
    assert len(earned.series.pieces) == 24


def tibber(prices: Mapping[str, Mapping[str, float]]) -> Any:
    homes = [
        SimpleNamespace(name=name, price_total=dict(values))
        for name, values in prices.items()
    ]

    async def client(_: HomeAssistant) -> Any:
        return SimpleNamespace(get_homes=lambda *, only_active: homes)

    return SimpleNamespace(async_get_client=client)


def hundredths(day: date, step: timedelta = QUARTER) -> dict[str, float]:
    return {
        start.astimezone(BERLIN).isoformat(): number / 100
        for number, start in enumerate(instants(day, step))
    }


@pytest.mark.parametrize("day", [DAY, SPRING, AUTUMN])
async def test_tibber_has_the_unit_of_its_sensor(
    hass: HomeAssistant,
    sources: Sources,
    day: date,
    freezer: FrozenDateTimeFactory,
) -> None:
    freezer.move_to(midnight(day) + 8 * HOUR)
    flat = dict.fromkeys(hundredths(day), 9.0)
    made = sources("tibber", lambda _: tibber({"Cabin": hundredths(day), "Flat": flat}))
    entity = er.async_get(hass).async_get_or_create(
        "sensor",
        "tibber",
        "home",
        config_entry=hass.config_entries.async_get_entry(made.entry_id),
        translation_key="electricity_price",
    )
    source = Source(made.provider, made.entry_id, "Cabin")
    with pytest.raises(PriceError) as raised:
        await async_read_action(hass, source, [day], BERLIN)
    assert raised.value.problem is Problem.UNIT
    hass.states.async_set(entity.entity_id, "1", {"unit_of_measurement": "NOK/kWh"})
    found = await async_read_action(hass, source, [day], BERLIN)
    assert found.currency == "NOK"
    check(found.series, day, QUARTER)


async def test_a_home_of_tibber_that_is_no_longer_there(
    hass: HomeAssistant, sources: Sources, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(midnight(DAY) + 8 * HOUR)
    made = sources("tibber", lambda _: tibber({"Flat": hundredths(DAY)}))
    entity = er.async_get(hass).async_get_or_create(
        "sensor",
        "tibber",
        "home",
        config_entry=hass.config_entries.async_get_entry(made.entry_id),
        translation_key="electricity_price",
    )
    hass.states.async_set(entity.entity_id, "1", {"unit_of_measurement": "NOK/kWh"})
    source = Source(made.provider, made.entry_id, "Cabin")
    with pytest.raises(PriceError) as raised:
        await async_read_action(hass, source, [DAY], BERLIN)
    assert raised.value.problem is Problem.SHAPE


def green_planet(day: date) -> Any:
    """Return its data: by the clock on the wall, so that a day always has 96 quarters."""
    data = {
        f"gpe_price_{number // 4:02d}_{number % 4 * 15:02d}": float(number)
        for number in range(96)
    }
    return SimpleNamespace(data=data)


@pytest.mark.parametrize(
    ("day", "known", "unknown"),
    [
        (DAY, [(0, 0.0), (8, 0.32), (23.75, 0.95)], []),
        # The hour that does not exist has a price of its own, so that another one has two.
        (SPRING, [(0, 0.0), (1.75, 0.07), (3, 0.16), (22.75, 0.95)], [2, 2.75]),
        # The hour that comes twice has one price only.
        (AUTUMN, [(0, 0.0), (2.75, 0.11), (4, 0.12)], [3, 3.75]),
    ],
)
async def test_green_planet_by_the_clock_on_the_wall(
    hass: HomeAssistant,
    sources: Sources,
    freezer: FrozenDateTimeFactory,
    day: date,
    known: list[tuple[float, float]],
    unknown: list[float],
) -> None:
    freezer.move_to(midnight(day))
    source = sources("green_planet_energy", lambda _: green_planet(day))
    found = await async_read_action(hass, source, [day], BERLIN)
    for hours, price in known:
        at = midnight(day) + hours * HOUR
        assert found.series.at(at) == pytest.approx(price), hours
    for hours in unknown:
        assert found.series.at(midnight(day) + hours * HOUR) is None, hours


def localized(day: date, values: list[float]) -> dict[str, float]:
    """Return prices with their times as OMIE's library has them: by the clock on the wall."""
    return {
        (
            datetime.combine(day, datetime.min.time(), MADRID) + number * QUARTER
        ).isoformat(): value
        for number, value in enumerate(values)
    }


def omie(published: Mapping[date, int]) -> Callable[[ModuleType], Any]:
    def make(services: ModuleType) -> Any:
        async def ask(day: date) -> Any:
            if day not in published:
                raise services.HomeAssistantError("404")
            values = [10.0 * number for number in range(published[day])]
            return SimpleNamespace(
                market_date=day, contents=SimpleNamespace(es_spot_price=values)
            )

        return SimpleNamespace(async_get_spot_price=ask)

    return make


async def test_omie_is_believed_but_on_days_of_a_clock_change(
    hass: HomeAssistant, sources: Sources
) -> None:
    await hass.config.async_set_time_zone("Europe/Madrid")
    util = {"localize_quarter_hourly_data": localized}
    published = {DAY: 96, SPRING: 92, AUTUMN: 100}
    begun = {"QUARTER_HOURLY_START_DATE": date(2025, 10, 1)}
    made = sources("omie", omie(published), pyomie=begun, pyomie__util=util)
    source = Source(made.provider, made.entry_id, "es")
    found = await async_read_action(hass, source, [DAY, DAY + timedelta(1)], MADRID)
    assert found.currency == "EUR"
    check(found.series, DAY, QUARTER)
    for day in (SPRING, AUTUMN):
        with pytest.raises(PriceError) as raised:
            await async_read_action(hass, source, [day], MADRID)
        assert raised.value.problem is Problem.STEP


def amber(channel: str) -> Callable[[ModuleType], Any]:
    def interval(
        services: ModuleType, start: datetime, minutes: int, cents: float
    ) -> Any:
        kind = services.ChannelType.FEEDIN if channel == "feed_in" else None
        return SimpleNamespace(
            duration=minutes,
            var_date=start.date(),
            nem_time=start,
            per_kwh=cents,
            spot_per_kwh=cents / 2,
            channel_type=kind,
            start_time=start + timedelta(seconds=1),
            end_time=start + timedelta(minutes=minutes),
            renewables=40.0,
            spike_status=SimpleNamespace(value="none"),
            descriptor=None,
            range=None,
            advanced_price=None,
        )

    def make(services: ModuleType) -> Any:
        start = midnight(DAY)
        near = [
            interval(services, start + number * timedelta(minutes=5), 5, 20 + number)
            for number in range(6)
        ]
        far = [
            interval(services, start + number * timedelta(minutes=30), 30, -4)
            for number in range(1, 8)
        ]
        return SimpleNamespace(data={"forecasts": {channel: near + far}})

    return make


async def test_amber_mixes_5_and_30_minutes_and_begins_a_second_late(
    hass: HomeAssistant, sources: Sources
) -> None:
    source = sources("amberelectric", amber("general"))
    found = await async_read_action(hass, source, [DAY], BERLIN)
    assert found.currency == "AUD"
    pieces = found.series.pieces
    assert pieces[0].start == midnight(DAY)
    assert [round(piece.value, 2) for piece in pieces[:7]] == [
        *(0.20, 0.21, 0.22, 0.23, 0.24, 0.25),
        -0.04,
    ]
    minutes = [(piece.end - piece.start).seconds // 60 for piece in pieces]
    assert minutes == [5] * 6 + [30] * 7
    assert pieces[-1].end == midnight(DAY) + 4 * HOUR


async def test_amber_without_the_channel(hass: HomeAssistant, sources: Sources) -> None:
    source = sources("amberelectric", amber("feed_in"))
    with pytest.raises(PriceError) as raised:
        await async_read_action(hass, source, [DAY], BERLIN)
    assert raised.value.problem is Problem.FAILED
    earned = await async_read_action(hass, source, [DAY], BERLIN, feed_in=True)
    assert earned.series.at(midnight(DAY)) == pytest.approx(-0.2)


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        (ConfigEntryState.SETUP_RETRY, Problem.NOT_LOADED),
        (ConfigEntryState.LOADED, Problem.NOT_FOUND),
    ],
)
async def test_an_integration_that_does_not_run_or_was_replaced(
    hass: HomeAssistant, state: ConfigEntryState, problem: Problem
) -> None:
    entry = MockConfigEntry(domain="nordpool", data={"currency": "EUR"})
    entry.add_to_hass(hass)
    entry.mock_state(hass, state)
    # The custom integration of the same name has other actions.
    hass.services.async_register("nordpool", "hourly", lambda call: None)
    for source, expected in (
        (Source(Provider.NORDPOOL, entry.entry_id, "FI"), problem),
        (Source(Provider.NORDPOOL, "gone", "FI"), Problem.NOT_FOUND),
    ):
        with pytest.raises(PriceError) as raised:
            await async_read_action(hass, source, [DAY], BERLIN)
        assert raised.value.problem is expected
    unload_all(hass)
