"""A computer without a clock of its own starts in the past and is set right a while later: what an owner sees of it."""

import asyncio
from datetime import datetime
from typing import Final

import pytest

from .helpers import quick_car
from .scene import GRID_OPTIONS, OLD, Builder
from .virtual import VirtualWallClock

DAY: Final = 86_400.0


@pytest.mark.parametrize("seconds", [-400 * DAY, -7200.0, 7200.0, 400 * DAY])
@pytest.mark.long
async def test_a_leap_of_the_clock_disturbs_no_charging(
    set_up: Builder, system_clock: VirtualWallClock, seconds: float
) -> None:
    scene = await set_up((OLD, quick_car(soc=10)), **GRID_OPTIONS)
    (old,) = scene.bus.connectors
    scene.house.sun_w = 20 * 240
    await scene.choose("number.start_delay", 0)
    await scene.choose("select.mode", "green")
    await scene.until(lambda: 15 < old.drawn < 20)
    await asyncio.sleep(120)
    before = float(scene.state("sensor.session_energy", OLD))

    system_clock.leap(seconds)
    for _ in range(300):
        await asyncio.sleep(1)
        assert old.drawn > 15
    assert scene.state("select.mode") == "green"
    assert scene.why(OLD) == "green_energy"
    assert scene.problem("sensor_stale") is None
    assert scene.problem("not_stored") is None
    taken = float(scene.state("sensor.session_energy", OLD)) - before
    assert taken == pytest.approx(300 * old.power_w / 3.6e6, rel=0.1)

    # A sensor that falls silent after it is noticed as always.
    scene.house.stop()
    await scene.until(lambda: scene.why(OLD) == "sensor_stale", 400)
    scene.house.report()
    await scene.until(lambda: scene.why(OLD) == "green_energy")

    old.unplug()
    await scene.until(lambda: scene.state("sensor.status", OLD) == "ready")
    await asyncio.sleep(60)
    answer = await scene.act("get_sessions", device_id=scene.device(OLD))
    (session,) = answer["sessions"]
    started, ended = (
        datetime.fromisoformat(str(session[key])) for key in ("started", "ended")
    )
    assert started <= ended
    assert session["energy_kwh"] == pytest.approx(old.delivered_kwh, rel=0.1)
