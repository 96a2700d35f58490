"""What the recorder's statistics say of the house, with a real recorder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from homeassistant.components.energy.data import async_get_manager
from homeassistant.components.recorder.models import StatisticMeanType
from homeassistant.components.recorder.statistics import async_import_statistics
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import async_initialize_recorder
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_recorder_block_till_done,
    async_wait_recording_done,
)

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.forecast.experience import Experience
from custom_components.twc_manager.forecast.statistics import (
    async_experience,
    async_usual_load,
)

BERLIN: Final = ZoneInfo("Europe/Berlin")
HOUR: Final = timedelta(hours=1)
NOW: Final = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def write(hass: HomeAssistant, statistic_id: str, unit: str, *hourly: float) -> None:
    """Write what a meter counted in each of the last hours."""
    total, rows = 0.0, []
    for number, energy in enumerate(hourly):
        total += energy
        start = NOW - (len(hourly) - number) * HOUR
        rows.append({"start": start, "state": total, "sum": total})
    metadata: Any = {
        "has_sum": True,
        "mean_type": StatisticMeanType.NONE,
        "name": None,
        "source": "recorder",
        "statistic_id": statistic_id,
        "unit_class": "energy",
        "unit_of_measurement": unit,
    }
    async_import_statistics(hass, metadata, rows)  # type: ignore[arg-type]


@pytest.fixture
async def recorder(hass: HomeAssistant, tmp_path: Path) -> None:
    """A recorder with a file of its own."""
    async_initialize_recorder(hass)
    config = {"db_url": f"sqlite:///{tmp_path}/test.db", "commit_interval": 0}
    assert await async_setup_component(hass, "recorder", {"recorder": config})
    await async_recorder_block_till_done(hass)


@pytest.mark.real_time
async def test_what_the_house_takes_without_the_vehicles(
    hass: HomeAssistant, recorder: None
) -> None:
    own = er.async_get(hass).async_get_or_create(
        "sensor", DOMAIN, "1_lifetime", translation_key="lifetime_energy"
    )
    write(hass, "sensor.from_grid", "kWh", 0.0, 3.0, 1.0)
    write(hass, "sensor.to_grid", "kWh", 0.0, 0.5, 0.0)
    write(hass, "sensor.sun", "Wh", 0.0, 2000.0, 0.0)
    write(hass, "sensor.battery_out", "kWh", 0.0, 0.0, 0.5)
    write(hass, "sensor.battery_in", "kWh", 0.0, 0.3, 0.0)
    write(hass, own.entity_id, "kWh", 0.0, 3.0, 0.5)
    await async_wait_recording_done(hass)
    assert await async_experience(hass, NOW, BERLIN) == Experience()

    hass.config.components.add("energy")
    manager = await async_get_manager(hass)
    sources: Any = [
        {
            "type": "grid",
            "stat_energy_from": "sensor.from_grid",
            "stat_energy_to": "sensor.to_grid",
        },
        {"type": "solar", "stat_energy_from": "sensor.sun"},
        {
            "type": "battery",
            "stat_energy_from": "sensor.battery_out",
            "stat_energy_to": "sensor.battery_in",
        },
    ]
    await manager.async_update({"energy_sources": sources})
    found = await async_experience(hass, NOW, BERLIN)
    hours = [(NOW - back * HOUR).astimezone(BERLIN) for back in (2, 1)]
    loads = [found.load_w[hour.weekday() * 24 + hour.hour] for hour in hours]
    assert loads == pytest.approx([1200, 1000])
    assert found.maximum_w == pytest.approx(2000)
    assert sum(found.measured_kwh.values()) == pytest.approx(2)
    assert await async_usual_load(hass, NOW, BERLIN) == found.load_w


async def test_without_a_recorder_nothing_is_known(hass: HomeAssistant) -> None:
    assert await async_experience(hass, NOW, BERLIN) == Experience()
    assert await async_usual_load(hass, NOW, BERLIN) == {}
