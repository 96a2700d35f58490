"""When the forecast is read, from which integrations, and what is learned from it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from homeassistant.components.energy.data import async_get_manager
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.charging.planning.series import Series
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.forecast import watcher as watching
from custom_components.twc_manager.forecast.experience import UNPROVEN, Experience
from custom_components.twc_manager.forecast.watcher import SunWatcher
from tests.conftest import ENTRY_DATA
from tests.scene import OLD, Builder

BERLIN: Final = ZoneInfo("Europe/Berlin")
NOW: Final = datetime(2026, 6, 15, 8, 30, tzinfo=BERLIN)
TODAY: Final = NOW.date()
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

pytestmark = pytest.mark.starts_at(NOW)


def wh(watts: float, hours: range = range(10, 14), days: int = 2) -> dict[str, float]:
    midnight = NOW.replace(hour=0, minute=0)
    return {
        (midnight + day * DAY + hour * HOUR).isoformat(): watts
        for day in range(days)
        for hour in hours
    }


class Plants:
    """Integrations with a forecast, and a house with statistics."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []
        load = dict.fromkeys(range(24 * 7), 400.0)
        self.experience = Experience(load, 5000.0, {})
        self.looked: list[date] = []

    async def ask(self, _: HomeAssistant, entry_id: str) -> Any:
        self.asked.append(entry_id)
        answer = self.answers[entry_id]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def look(self, _: HomeAssistant, now: datetime, __: Any) -> Experience:
        self.looked.append(now.astimezone(BERLIN).date())
        return self.experience


@pytest.fixture
async def plants(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, hass_storage: dict[str, Any]
) -> Plants:
    await hass.config.async_set_time_zone("Europe/Berlin")
    plants = Plants()

    async def platforms(_: HomeAssistant) -> Any:
        return {"open_meteo_solar_forecast": plants.ask}

    monkeypatch.setattr(watching, "async_get_energy_platforms", platforms)
    monkeypatch.setattr(watching, "async_experience", plants.look)
    ids = []
    for name in ("south", "west"):
        entry = MockConfigEntry(domain="open_meteo_solar_forecast", entry_id=name)
        entry.add_to_hass(hass)
        ids.append(name)
    hass.config.components.add("energy")
    manager = await async_get_manager(hass)
    solar = [
        {
            "type": "solar",
            "stat_energy_from": f"sensor.{number}",
            "config_entry_solar_forecast": chosen,
        }
        for number, chosen in enumerate((ids, ["south"], None, ["gone"]))
    ]
    await manager.async_update({"energy_sources": solar})  # type: ignore[typeddict-item]
    plants.answers = {"south": {"wh_hours": wh(2000)}, "west": {"wh_hours": wh(1000)}}
    return plants


type Begin = Callable[[], list[Series]]


@pytest.fixture
async def begin(hass: HomeAssistant) -> Any:
    entry = MockConfigEntry(domain=DOMAIN, data=ENTRY_DATA)
    entry.add_to_hass(hass)
    stops = []

    def start() -> list[Series]:
        reported: list[Series] = []
        stops.append(SunWatcher(hass, entry).async_start(reported.append))
        return reported

    yield start
    for stop in stops:
        stop()


def at(hour: float, days: int = 0) -> datetime:
    midnight = NOW.replace(hour=0, minute=0)
    return (midnight + days * DAY + hour * HOUR).astimezone(UTC)


async def test_each_forecast_counts_once_less_what_the_house_takes(
    plants: Plants, begin: Begin
) -> None:
    reported = begin()
    await asyncio.sleep(1)
    assert plants.asked == ["south", "west"]
    assert reported[-1].at(at(10.5)) == pytest.approx(3000 * UNPROVEN - 400)
    assert reported[-1].at(at(8)) is None
    await asyncio.sleep(3 * 3600)
    assert len(reported) == 4
    assert plants.looked == [TODAY], "the statistics are read once a day"
    await asyncio.sleep(24 * 3600)
    assert plants.looked == [TODAY, TODAY + DAY]


@pytest.mark.parametrize(
    "answer", [KeyError("open_meteo"), TimeoutError(), None, {}, {"wh_hours": None}]
)
async def test_a_forecast_that_fails_adds_nothing(
    plants: Plants, begin: Begin, answer: Any
) -> None:
    plants.answers["west"] = answer
    reported = begin()
    await asyncio.sleep(1)
    assert reported[-1].at(at(10.5)) == pytest.approx(2000 * UNPROVEN - 400)


async def test_statistics_that_fail_leave_plans_without_the_sun(
    plants: Plants, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> Experience:
        raise RuntimeError("no database")

    with monkeypatch.context() as patched:
        patched.setattr(watching, "async_experience", fail)
        reported = begin()
        await asyncio.sleep(1)
    assert reported == [Series()]
    await asyncio.sleep(3600)
    assert reported[-1].pieces


async def test_what_came_true_is_kept_over_a_restart(
    plants: Plants, begin: Begin, hass_storage: dict[str, Any], hass: HomeAssistant
) -> None:
    begin()
    await asyncio.sleep(1)
    (key,) = (name for name in hass_storage if name.endswith(".forecast"))
    assert hass_storage[key]["data"] == {"2026-06-16": 12.0}
    plants.experience = Experience(plants.experience.load_w, 5000.0, {TODAY + DAY: 6.0})
    await asyncio.sleep(48 * 3600)
    plants.answers = {"south": {"wh_hours": wh(2000, days=4)}, "west": None}
    reported = begin()
    await asyncio.sleep(1)
    assert reported[-1].at(at(10.5, 3)) == pytest.approx(2000 * 0.5 - 400)


async def test_nothing_is_read_after_the_end(
    plants: Plants, hass: HomeAssistant
) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data=ENTRY_DATA)
    entry.add_to_hass(hass)
    reported: list[Series] = []
    stop = SunWatcher(hass, entry).async_start(reported.append)
    await asyncio.sleep(1)
    stop()
    await asyncio.sleep(3 * 3600)
    assert len(reported) == 1


async def test_plans_follow_it_until_the_bus_is_unloaded(
    plants: Plants, hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await set_up((OLD, None), forecast=True)
    plans = scene.entry.runtime_data.plans
    await scene.until(lambda: bool(plans.inputs().sun.pieces))
    assert await hass.config_entries.async_unload(scene.entry.entry_id)
    asked = len(plants.asked)
    await asyncio.sleep(2 * 3600)
    assert len(plants.asked) == asked


async def test_it_is_not_asked_for_unless_it_is_chosen(
    plants: Plants, set_up: Builder
) -> None:
    scene = await set_up((OLD, None))
    await asyncio.sleep(60)
    assert plants.asked == []
    assert scene.entry.runtime_data.plans.inputs().sun == Series()
