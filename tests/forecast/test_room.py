"""What the house is expected to leave of the main fuse, and which plans get to know it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from homeassistant.core import HomeAssistant
import pytest

from custom_components.twc_manager.charging.planning.series import Series
from custom_components.twc_manager.forecast import room as learning
from custom_components.twc_manager.inputs.fuse import CONF_FUSE_POWER, CONF_FUSE_SIZE
from tests.scene import OLD, Builder

BERLIN: Final = ZoneInfo("Europe/Berlin")
NOW: Final = datetime(2026, 11, 30, 15, 30, tzinfo=BERLIN)
HOUR: Final = timedelta(hours=1)
COOKING: Final = 18
FUSE: Final = {CONF_FUSE_SIZE: 25, CONF_FUSE_POWER: "sensor.grid"}

pytestmark = pytest.mark.starts_at(NOW)


class House:
    """A house with statistics: 690 W, and 6900 W while the oven is on."""

    def __init__(self) -> None:
        self.asked = 0
        self.fails = False

    async def look(self, *_: Any) -> dict[int, float]:
        self.asked += 1
        if self.fails:
            raise RuntimeError("no statistics")
        return {
            hour: 6900.0 if hour % 24 == COOKING else 690.0 for hour in range(24 * 7)
        }


@pytest.fixture
async def house(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, three_phases: None
) -> House:
    await hass.config.async_set_time_zone("Europe/Berlin")
    house = House()
    monkeypatch.setattr(learning, "async_usual_load", house.look)
    return house


async def test_plans_follow_what_the_fuse_leaves_until_the_bus_is_unloaded(
    house: House, hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await set_up((OLD, None), **FUSE)
    plans = scene.entry.runtime_data.plans
    await scene.until(lambda: bool(plans.inputs().caps.pieces))

    caps = plans.inputs().caps
    # 690 W are 1 A on each of three phases.
    now = NOW.astimezone(UTC)
    assert [caps.at(now + hours * HOUR) for hours in (0, 3, 4)] == [24, 15, 24]

    await asyncio.sleep(13 * 3600)
    assert house.asked == 2
    assert await hass.config_entries.async_unload(scene.entry.entry_id)
    await asyncio.sleep(24 * 3600)
    assert house.asked == 2


async def test_where_statistics_fail_plans_have_the_whole_fuse(
    house: House, set_up: Builder
) -> None:
    house.fails = True
    scene = await set_up((OLD, None), **FUSE)
    await scene.until(lambda: house.asked > 0)
    caps = scene.entry.runtime_data.plans.inputs().caps
    assert [piece.value for piece in caps.pieces] == [FUSE[CONF_FUSE_SIZE]]


async def test_without_a_fuse_nothing_is_learned(house: House, set_up: Builder) -> None:
    scene = await set_up((OLD, None))
    await asyncio.sleep(60)
    assert house.asked == 0
    assert scene.entry.runtime_data.plans.inputs().caps == Series()


async def test_one_reading_serves_the_fuse_and_the_peak_budget(
    house: House, set_up: Builder
) -> None:
    """The fuse leaves 24 A; 95 % of a budget of 2.5 kW leave 1685 W beside the house."""
    scene = await set_up((OLD, None), peak_tariff="flanders", **FUSE)
    plans = scene.entry.runtime_data.plans

    def left() -> float | None:
        return plans.inputs().caps.at(NOW.astimezone(UTC))

    await scene.until(lambda: (left() or 24) < 24)
    assert left() == pytest.approx(1685 / 690)
    assert house.asked == 1

    await asyncio.sleep(13 * 3600)
    assert house.asked == 2
