"""The main fuse with a sensor on each phase, and sensors that do not show what a vehicle draws."""

import asyncio
from typing import Any

from homeassistant.helpers import issue_registry as ir

from simulator import Bus
from tests.helpers import quick_car
from tests.scene import NEW, Builder, Scene

from .arrangements import Meters, issues, twc

SENSORS = ("sensor.fuse_l1", "sensor.fuse_l2", "sensor.fuse_l3")
OPTIONS: dict[str, Any] = {"fuse_size": 25} | {
    f"fuse_current_l{number}": sensor for number, sensor in enumerate(SENSORS, 1)
}


def _drawn(bus: Bus) -> float:
    return sum(item.drawn for item in bus.connectors)


async def _plugged_in(set_up: Builder, phases: int, **options: Any) -> Scene:
    scene = await set_up((NEW, None), **options)
    connector = twc(scene, NEW)
    connector.voltages, connector.meter_amps = (230.0, 230.0, 230.0), False
    await asyncio.sleep(60)
    connector.plug_in(quick_car(phases=phases, onboard_limit=32, soc=10))
    return scene


def _named(scene: Scene, problem: str) -> str:
    issue = scene.problem(problem)
    assert isinstance(issue, ir.IssueEntry)
    assert issue.translation_placeholders is not None
    return issue.translation_placeholders["sensors"]


def _quiet_phase(switched_on: list[float]) -> int:
    """Return the A of a phase on which nothing changes until something is switched on that goes on and off by itself."""
    if not switched_on:
        return 1
    return 1 + 2 * (asyncio.get_running_loop().time() % 95 < 40)


async def test_a_phase_that_stands_still_is_reported_and_the_owner_can_help(
    set_up: Builder, bus: Bus, meters: Meters, three_phases: None
) -> None:
    """Made up: A Dutch smart meter with whole amps: at night nothing is switched on the other phases."""
    meters.add(SENSORS[0], lambda: round(2 + _drawn(bus)), "A")
    switched_on: list[float] = []
    meters.add(SENSORS[1], lambda: _quiet_phase(switched_on), "A")
    meters.add(SENSORS[2], lambda: _quiet_phase(switched_on), "A")
    scene = await _plugged_in(set_up, 1, **OPTIONS)
    connector = twc(scene, NEW)
    await scene.until(lambda: scene.why(NEW) == "phase_unproven", 300)
    assert connector.drawn <= 6
    assert scene.why() == "phase_unproven"
    await scene.until(lambda: "fuse_sensor_still" in issues(scene), 900)
    assert SENSORS[2] in _named(scene, "fuse_sensor_still")

    switched_on.append(asyncio.get_running_loop().time())
    await scene.until(lambda: connector.drawn > 20, 1800)
    await scene.until(lambda: issues(scene) == set(), 60)


async def test_a_meter_that_loses_the_phase_of_a_vehicle_is_reported(
    set_up: Builder, bus: Bus, meters: Meters, three_phases: None
) -> None:
    """Made up: Its breaker tripped: it goes on showing the others."""
    seconds = 0
    lost = False

    def read() -> float:
        nonlocal seconds
        seconds += 1
        return 230 * (4 + seconds % 7 / 50 + (0 if lost else _drawn(bus)))

    meters.add("sensor.house", read)
    options = {"fuse_size": 25, "fuse_power": "sensor.house"}
    scene = await _plugged_in(set_up, 1, **options)
    connector = twc(scene, NEW)
    await scene.until(lambda: connector.drawn > 9, 300)
    lost = True
    await scene.until(lambda: "fuse_sensor_incomplete" in issues(scene), 1200)
    assert "sensor.house" in _named(scene, "fuse_sensor_incomplete")
    await scene.until(lambda: connector.offered <= 6, 60)

    await asyncio.sleep(120)

    lost = False
    await scene.until(lambda: connector.drawn > 9, 900)
    await scene.until(lambda: issues(scene) == set(), 1800)
