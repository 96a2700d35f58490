"""Restarts, clocks, schedules, and what Home Assistant makes of the entities."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from simulator import WallConnector
from tests.helpers import quick_car
from tests.scene import GRID_OPTIONS, NEW, OLD, Builder, Scene, WallClock

from .arrangements import interruptions, issues, starts_of, status, twc

pytestmark = pytest.mark.usefixtures("all_entities")

WEEK: Final = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SYDNEY: Final = ZoneInfo("Australia/Sydney")
STEADY: Final = 70
"""In s: longer than a relay is left alone after it has moved."""


def _schedule(start: str, end: str, **data: Any) -> ConfigSubentry:
    """Return a schedule of every day, at 16 A unless it says something else."""
    chosen = {"days": WEEK, "start": start, "end": end, "action": "amps", "amps": 16}
    return ConfigSubentry(
        data=MappingProxyType(chosen | data),
        subentry_type="schedule",
        title="Cheap",
        unique_id=None,
    )


async def _off_but_for(set_up: Builder, schedule: ConfigSubentry) -> Scene:
    """Return a scene in which a car may charge in a schedule only."""
    scene = await set_up((OLD, quick_car(soc=10)), subentries=[schedule])
    await scene.choose("select.mode", "off")
    return scene


@pytest.mark.starts_at(datetime(2026, 4, 4, 15, 30, tzinfo=UTC))
async def test_a_schedule_keeps_its_hours_when_summer_time_ends(
    hass: HomeAssistant, set_up: Builder, wall_clock: WallClock
) -> None:
    """evcc-io/evcc#28831, ngardiner/TWCManager#319: on the day of the change, and in a container on UTC, an hour off."""
    await hass.config.async_set_time_zone("Australia/Sydney")
    # Half an hour before the clocks go back from 3:00 to 2:00.
    assert dt_util.now().astimezone(SYDNEY).strftime("%H:%M") == "02:30"
    scene = await _off_but_for(set_up, _schedule("18:00:00", "20:00:00"))
    await scene.until(lambda: scene.state("sensor.next_change") != "unknown")
    begins = datetime(2026, 4, 5, 18, 0, tzinfo=SYDNEY)
    assert datetime.fromisoformat(scene.state("sensor.next_change")) == begins
    wall_clock.move(begins.astimezone(UTC) - dt_util.utcnow() - timedelta(minutes=5))
    await scene.choose("number.priority", 1, OLD)
    await asyncio.sleep(240)
    assert twc(scene, OLD).drawn == 0
    await scene.until(lambda: twc(scene, OLD).offered == 16, 75)
    ends = datetime(2026, 4, 5, 20, 0, tzinfo=SYDNEY)
    assert datetime.fromisoformat(scene.state("sensor.next_change")) == ends


async def test_a_night_is_one_night_across_midnight(
    set_up: Builder, wall_clock: WallClock
) -> None:
    """jonasbkarlsson/ev_smart_charging#229, ngardiner/TWCManager#368: it stopped at midnight, or never began."""
    wall_clock.set(2, "22:58:00")
    scene = await _off_but_for(set_up, _schedule("23:00:00", "07:00:00"))
    await scene.until(lambda: twc(scene, OLD).drawn > 14, 240)
    starts = starts_of(twc(scene, OLD))
    await asyncio.sleep(STEADY)
    wall_clock.set(2, "23:59:30")
    await scene.choose("number.priority", 1, OLD)
    await asyncio.sleep(120)
    assert dt_util.now().hour == 0
    assert twc(scene, OLD).drawn > 14
    wall_clock.set(3, "06:59:30")
    await scene.choose("number.priority", 2, OLD)
    await scene.until(lambda: twc(scene, OLD).drawn == 0, 60)
    assert dt_util.now().hour == 7
    assert (starts(), interruptions(scene)) == (0, 0)


async def test_a_restart_without_a_car_leaves_no_entity_behind(
    set_up: Builder,
) -> None:
    """ngardiner/TWCManager#462: after a restart of Home Assistant sensors were missing until a car was plugged in."""
    scene = await set_up((NEW, None))
    await asyncio.sleep(30)

    def gone() -> set[str]:
        return {
            state.entity_id
            for state in scene.hass.states.async_all()
            if state.state == "unavailable"
        }

    before = {state.entity_id for state in scene.hass.states.async_all()}
    assert gone() == set()
    await scene.reload()
    await scene.until(lambda: gone() == set(), 30)
    assert {state.entity_id for state in scene.hass.states.async_all()} == before
    assert float(scene.state("sensor.total_power")) == 0
    assert float(scene.state("sensor.power", NEW)) == 0


async def test_the_energy_dashboard_takes_the_lifetime_energy(
    hass: HomeAssistant, set_up: Builder
) -> None:
    """ngardiner/TWCManager#383: the sensor could not be chosen in the energy dashboard."""
    scene = await set_up((NEW, quick_car(soc=10)))
    await scene.until(
        lambda: scene.state("sensor.lifetime_energy", NEW) not in {"unknown", "0"}
    )
    shown = hass.states.get(scene.id("sensor.lifetime_energy", NEW))
    assert shown is not None
    assert shown.attributes["device_class"] == "energy"
    assert shown.attributes["state_class"] in {"total", "total_increasing"}
    assert shown.attributes["unit_of_measurement"] == "kWh"
    before = float(shown.state)
    await asyncio.sleep(420)
    rise = float(scene.state("sensor.lifetime_energy", NEW)) - before
    assert rise == pytest.approx(twc(scene, NEW).delivered_kwh, abs=0.3)


async def test_a_counter_of_nonsense_is_not_shown_as_energy(set_up: Builder) -> None:
    """ngardiner/TWCManager#422: the connector itself reported millions of kWh."""
    scene = await set_up()
    connector = scene.bus.add(WallConnector(NEW, absurd_counter=True))
    connector.plug_in(quick_car(soc=10))
    await scene.until(lambda: connector.drawn > 30, 180)
    await asyncio.sleep(600)
    lifetime = float(scene.state("sensor.lifetime_energy", NEW))
    assert lifetime == pytest.approx(connector.delivered_kwh, rel=0.1)


async def test_a_counter_that_counts_half_is_not_believed(set_up: Builder) -> None:
    """ngardiner/TWCManager#470: the car had taken 22 kWh, and the counter had moved by 10."""
    scene = await set_up()
    connector = scene.bus.add(WallConnector(NEW, counter_unit=2.0, rating=80.0))
    connector.plug_in(quick_car(soc=5))
    await scene.until(lambda: connector.drawn > 30, 180)
    await asyncio.sleep(1080)
    session = float(scene.state("sensor.session_energy", NEW))
    assert connector.delivered_kwh > 2.5
    assert session == pytest.approx(connector.delivered_kwh, rel=0.1)


async def test_a_restart_in_the_sun_neither_stops_nor_raises_the_car(
    set_up: Builder,
) -> None:
    """ngardiner/TWCManager#151: after a restart the car was stopped before it was known how much sun there was."""
    scene = await set_up((OLD, quick_car(soc=10)), **GRID_OPTIONS)
    scene.house.sun_w = 5_000
    await scene.choose("select.mode", "green")
    await scene.until(lambda: twc(scene, OLD).drawn > 18, 900)
    starts = starts_of(twc(scene, OLD))
    highest = 0.0

    def note() -> None:
        nonlocal highest
        highest = max(highest, twc(scene, OLD).offered)

    scene.bus.change_listeners.append(note)
    await scene.reload()
    await asyncio.sleep(120)
    assert (starts(), interruptions(scene)) == (0, 0)
    assert twc(scene, OLD).drawn > 11
    await scene.until(lambda: twc(scene, OLD).drawn > 18, 600)
    assert highest <= 21
    assert (starts(), interruptions(scene)) == (0, 0)


async def test_switching_on_again_keeps_the_limit_that_was_set(set_up: Builder) -> None:
    """myny-git/smappee_ev#290: switched off and on, the limit was back at its maximum."""
    scene = await set_up((OLD, quick_car(soc=10)))
    await scene.choose("number.charge_limit", 14, OLD)
    await scene.until(lambda: twc(scene, OLD).drawn > 12)
    await asyncio.sleep(STEADY)
    await scene.choose("switch.charge", False, OLD)
    await scene.until(lambda: twc(scene, OLD).drawn == 0, 120)
    await scene.reload()
    await asyncio.sleep(STEADY)
    await scene.choose("switch.charge", True, OLD)
    await scene.until(lambda: twc(scene, OLD).drawn > 12, 120)
    assert twc(scene, OLD).offered == 14
    assert scene.state("number.charge_limit", OLD) == "14"


async def test_what_was_asked_for_a_day_is_kept_by_a_restart_and_ends(
    set_up: Builder, wall_clock: WallClock
) -> None:
    """ngardiner/TWCManager#361, #399: charge now was lost with a restart, or could not be ended any more."""
    scene = await set_up((OLD, quick_car(soc=10)))
    await scene.choose("select.mode", "off")
    await scene.act(
        "charge_now", amps=16, duration="08:00:00", device_id=[scene.device(OLD)]
    )
    await scene.until(lambda: twc(scene, OLD).drawn > 14, 180)
    await scene.reload()
    await asyncio.sleep(STEADY)
    assert twc(scene, OLD).drawn > 14
    wall_clock.move(timedelta(hours=8))
    await scene.choose("number.priority", 1, OLD)
    await scene.until(lambda: twc(scene, OLD).drawn == 0, 180)
    await scene.until(lambda: status(scene, OLD) == "paused", 60)
    assert issues(scene) == set()
