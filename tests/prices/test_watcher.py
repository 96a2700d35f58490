"""When prices are read, what stays of them, and what is reported when there are none."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.charging.planning.tariff import Tariff
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.inputs.options import options_of
from custom_components.twc_manager.inputs.prices import PriceOptions
from custom_components.twc_manager.prices.watcher import PriceWatcher
from tests.conftest import ENTRY_DATA

BERLIN: Final = ZoneInfo("Europe/Berlin")
MORNING: Final = datetime(2026, 11, 29, 8, 5, tzinfo=BERLIN)
HOUR: Final = timedelta(hours=1)
PRICE: Final = "sensor.price"

pytestmark = pytest.mark.starts_at(MORNING)


class NordPool:
    """Home Assistant's action of Nord Pool, and what it is asked."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.published = {MORNING.date() + timedelta(days=-1), MORNING.date()}
        self.asked: list[tuple[datetime, str]] = []
        self.error: Exception | None = None
        self.currency = "EUR"
        self.entry = MockConfigEntry(domain="nordpool", title="Nord Pool")
        self.entry.add_to_hass(hass)
        self.run(currency="EUR")
        hass.services.async_register(
            "nordpool",
            "get_prices_for_date",
            self._answer,
            supports_response=SupportsResponse.ONLY,
        )

    def run(self, currency: str) -> None:
        object.__setattr__(self.entry, "data", {"areas": ["FI"], "currency": currency})
        object.__setattr__(self.entry, "state", ConfigEntryState.LOADED)

    def end(self) -> None:
        object.__setattr__(self.entry, "state", ConfigEntryState.NOT_LOADED)

    async def _answer(self, call: ServiceCall) -> Any:
        self.asked.append((dt_util.now(), call.data["date"]))
        if self.error is not None:
            raise self.error
        day = datetime.fromisoformat(call.data["date"]).replace(tzinfo=BERLIN)
        if day.date() not in self.published:
            return {"FI": []}
        start = day.astimezone(UTC)
        return {
            "FI": [
                {
                    "start": (start + hour * HOUR).isoformat(),
                    "end": (start + (hour + 1) * HOUR).isoformat(),
                    "price": 10.0 * hour + day.day,
                }
                for hour in range(24)
            ]
        }

    def asked_since(self, moment: datetime) -> list[str]:
        return [day for at, day in self.asked if at >= moment]


@pytest.fixture
async def nordpool(hass: HomeAssistant) -> Any:
    await hass.config.async_set_time_zone("Europe/Berlin")
    source = NordPool(hass)
    yield source
    source.end()


class Watch:
    """A watcher of prices, and what it has passed on."""

    def __init__(self, hass: HomeAssistant, **options: Any) -> None:
        self._entry = MockConfigEntry(domain=DOMAIN, data=ENTRY_DATA, options=options)
        self._entry.add_to_hass(hass)
        self.reported: list[Tariff] = []
        self.watcher = PriceWatcher(hass, self._entry, self._prices)
        self.stop = self.watcher.async_start(self.reported.append)

    def _prices(self) -> PriceOptions | None:
        return options_of(self._entry).prices


type Watching = Callable[..., Watch]


@pytest.fixture
async def watching(hass: HomeAssistant) -> Any:
    """Start watchers, and end them afterwards."""
    begun: list[Watch] = []

    def start(**options: Any) -> Watch:
        begun.append(Watch(hass, **options))
        return begun[-1]

    yield start
    for item in begun:
        item.stop()


def of_nordpool(source: NordPool, **options: Any) -> dict[str, Any]:
    return {
        "price_source": "nordpool",
        "price_entry": source.entry.entry_id,
        "price_part": "FI",
        **options,
    }


async def until(moment: datetime) -> None:
    """Let the time pass until a moment, and a second more."""
    await asyncio.sleep((moment - dt_util.now()).total_seconds() + 1)


def at(hour: float, days: int = 0) -> datetime:
    midnight = datetime(2026, 11, 29 + days, tzinfo=BERLIN)
    return midnight + hour * HOUR


async def test_today_is_read_once_and_tomorrow_when_it_is_published(
    watching: Watching, nordpool: NordPool
) -> None:
    watch = watching(**of_nordpool(nordpool))
    await asyncio.sleep(1)
    assert [day for _, day in nordpool.asked] == [
        *("2026-11-28", "2026-11-29", "2026-11-30")
    ]
    assert watch.watcher.price == pytest.approx(0.109)
    assert watch.watcher.currency == "EUR"
    await until(at(12.9))
    assert len(nordpool.asked) == 3, "what is known is not requested again"
    await until(at(14))
    assert set(nordpool.asked_since(at(9))) == {"2026-11-30"}
    assert 10 <= len(nordpool.asked_since(at(9))) <= 13
    nordpool.published.add(at(0, 1).date())
    await until(at(14.2))
    assert watch.reported[-1].prices.at(at(30)) == pytest.approx(0.09)
    await until(at(23.9))
    assert nordpool.asked_since(at(14.3)) == []
    assert watch.watcher.price == pytest.approx(0.259)


async def test_what_shows_the_present_price_is_updated_when_it_changes(
    watching: Watching, nordpool: NordPool
) -> None:
    watch = watching(**of_nordpool(nordpool))
    await asyncio.sleep(1)
    for hour in (9, 10, 11):
        count = len(watch.reported)
        await until(at(hour))
        assert len(watch.reported) == count + 1
        assert watch.reported[-1].prices.at(dt_util.utcnow()) == watch.watcher.price


@pytest.mark.parametrize(
    "error", [ServiceValidationError("no_data"), KeyError("x"), TimeoutError()]
)
async def test_what_is_known_stays_while_a_source_fails(
    watching: Watching, nordpool: NordPool, error: Exception
) -> None:
    watch = watching(**of_nordpool(nordpool))
    await asyncio.sleep(1)
    nordpool.error = error
    await until(at(23.5))
    assert watch.watcher.price == pytest.approx(0.259)
    assert watch.watcher.silent_source() is None
    await until(at(0.5, 1))
    assert watch.watcher.price is None
    assert watch.reported[-1].prices.at(at(12)) == pytest.approx(0.149)
    assert watch.watcher.silent_source() is None, "it is only late"
    await until(at(2, 1))
    assert watch.watcher.silent_source() == "Nord Pool"
    nordpool.error = None
    nordpool.published.add(at(0, 1).date())
    await until(at(2.2, 1))
    assert watch.watcher.price == pytest.approx(0.05)
    assert watch.watcher.silent_source() is None


async def test_an_integration_that_is_set_up_later(
    watching: Watching, nordpool: NordPool
) -> None:
    nordpool.end()
    watch = watching(**of_nordpool(nordpool))
    await asyncio.sleep(60)
    assert watch.watcher.price is None
    nordpool.run("EUR")
    await asyncio.sleep(300)
    assert watch.watcher.price == pytest.approx(0.109)


async def test_additions(watching: Watching, nordpool: NordPool) -> None:
    fees = [{"days": ["sun"], "from": "07:00:00", "to": "20:00:00", "price": 0.05}]
    watch = watching(
        **of_nordpool(nordpool, price_factor=1.25, price_addition=0.1, price_fees=fees)
    )
    await asyncio.sleep(1)
    assert watch.watcher.price == pytest.approx(0.109 * 1.25 + 0.15)
    assert watch.reported[-1].prices.at(at(21)) == pytest.approx(0.239 * 1.25 + 0.1)


async def test_another_currency_than_confirmed_is_refused(
    watching: Watching, nordpool: NordPool
) -> None:
    watch = watching(**of_nordpool(nordpool, price_currency="SEK"))
    await asyncio.sleep(1)
    assert watch.watcher.price is None
    nordpool.run("SEK")
    await asyncio.sleep(300)
    assert watch.watcher.currency == "SEK"
    nordpool.run("EUR")
    nordpool.published.add(at(0, 1).date())
    await until(at(15))
    assert watch.reported[-1].prices.at(at(30)) is None
    assert watch.watcher.currency == "SEK"


async def test_fixed_prices_need_nobody(
    hass: HomeAssistant, watching: Watching
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    night = [{"days": [], "from": "22:00:00", "to": "06:00:00", "price": 0.21}]
    watch = watching(price_source="fixed", price_base=0.32, price_hours=night)
    await asyncio.sleep(1)
    assert watch.watcher.price == 0.32
    for days in (0, 1):
        await until(at(22, days))
        assert watch.watcher.price == 0.21
        ahead = watch.reported[-1].prices.at(at(48, days))
        assert ahead == 0.21


def listed(value: float) -> dict[str, Any]:
    items = [{"start": at(hour), "price": value} for hour in range(24)]
    return {"prices": items, "unit_of_measurement": "EUR/kWh"}


async def test_an_entity_is_read_when_it_is_written_and_under_a_new_name(
    hass: HomeAssistant, watching: Watching
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    hass.states.async_set(PRICE, "1", listed(0.1))
    watch = watching(price_source="entity", price_entity=PRICE)
    await asyncio.sleep(1)
    assert watch.watcher.price == 0.1
    hass.states.async_set(PRICE, "1", listed(0.2))
    await asyncio.sleep(1)
    assert watch.watcher.price == 0.2
    hass.states.async_set(PRICE, "unavailable")
    await asyncio.sleep(7200)
    assert watch.watcher.price == 0.2


@pytest.mark.parametrize(
    ("options", "earned"),
    [
        ({"feed_in_price": 0.08}, 0.08),
        ({"feed_in": "source"}, 0.109),
        ({"feed_in": "entity", "feed_in_entity": "sensor.export"}, 0.06),
        ({"feed_in": "entity", "feed_in_entity": "sensor.dollars"}, None),
        ({"feed_in": "entity", "feed_in_entity": "sensor.gone"}, None),
    ],
)
async def test_what_is_earned(
    hass: HomeAssistant,
    watching: Watching,
    nordpool: NordPool,
    options: dict[str, Any],
    earned: float | None,
) -> None:
    hass.states.async_set("sensor.export", "6", {"unit_of_measurement": "ct/kWh"})
    hass.states.async_set("sensor.dollars", "1", {"unit_of_measurement": "USD/kWh"})
    watch = watching(**of_nordpool(nordpool, price_addition=0.2, **options))
    await asyncio.sleep(1)
    assert watch.watcher.price == pytest.approx(0.309)
    assert watch.reported[-1].feed_in.at(dt_util.utcnow()) == pytest.approx(earned)


async def test_nothing_is_read_after_the_end(
    watching: Watching, nordpool: NordPool
) -> None:
    watch = watching(**of_nordpool(nordpool))
    await asyncio.sleep(1)
    reported = len(watch.reported)
    watch.stop()
    nordpool.asked.clear()
    await until(at(20))
    assert nordpool.asked == []
    assert len(watch.reported) == reported


async def test_without_a_source_nothing_happens(watching: Watching) -> None:
    watch = watching()
    await asyncio.sleep(4 * 3600)
    assert watch.reported == []
    assert watch.watcher.silent_source() is None
