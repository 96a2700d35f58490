"""The main fuse of the house."""

import asyncio
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import async_fire_mqtt_message

from simulator import Bus
from tests.helpers import quick_car
from tests.scene import NEW, OLD, Builder, Scene

from .arrangements import Meters, interruptions, issues, twc, watts

L1 = "sensor.fuse_l1"
OPTIONS: dict[str, Any] = {"fuse_size": 25, "fuse_current_l1": L1}


@dataclass
class Phase:
    """A phase of the house with its main fuse of 25 A."""

    bus: Bus
    others: float = 4.0
    frozen: float | None = None
    worst: float = 0.0

    @property
    def amps(self) -> float:
        return self.others + sum(item.drawn for item in self.bus.connectors)

    def read(self) -> float:
        self.worst = max(self.worst, self.amps)
        return self.amps if self.frozen is None else self.frozen


async def _charging(set_up: Builder, meters: Meters, phase: Phase) -> Scene:
    """Return a scene in which a car takes what the fuse leaves."""
    meters.add(L1, phase.read, "A")
    scene = await set_up((OLD, quick_car(soc=10)), **OPTIONS)
    await scene.until(lambda: phase.amps > 22)
    return scene


async def test_a_kettle_lowers_the_car_at_once(
    set_up: Builder, bus: Bus, meters: Meters
) -> None:
    """ngardiner/TWCManager#216, #384, #608: nothing limited what house and car took together."""
    phase = Phase(bus)
    scene = await _charging(set_up, meters, phase)
    phase.others = 12.0
    await asyncio.sleep(5)
    assert phase.amps <= 25
    await asyncio.sleep(60)
    assert twc(scene, OLD).drawn > 10
    assert scene.why(OLD) == "main_fuse"
    phase.others = 4.0
    await scene.until(lambda: phase.amps > 22, 300)
    assert interruptions(scene) == 0


async def test_what_is_fed_in_is_room_beside_the_fuse(
    set_up: Builder, bus: Bus, meters: Meters
) -> None:
    """evcc-io/evcc#20717, #13750: cut to the size of the fuse while 30 A were fed in; stopped where less would have done."""
    phase = Phase(bus, others=-30.0)
    meters.add(L1, phase.read, "A")
    scene = await set_up((OLD, quick_car(soc=10)), **OPTIONS)
    await scene.until(lambda: twc(scene, OLD).drawn > 38, 600)
    # A cloud.
    phase.others = 5.0
    await asyncio.sleep(10)
    assert phase.amps <= 25
    await asyncio.sleep(60)
    assert twc(scene, OLD).drawn > 10
    assert interruptions(scene) == 0


async def test_a_meter_that_died_with_its_last_value_is_reported(
    set_up: Builder, bus: Bus, meters: Meters
) -> None:
    """evcc-io/evcc#22839, #14248: the connection to the meter was lost, and charging went on as before or with more."""
    phase = Phase(bus, others=12.0)
    scene = await _charging(set_up, meters, phase)
    await asyncio.sleep(60)
    phase.frozen, phase.worst = phase.amps - 6, 0.0
    await scene.until(lambda: "fuse_sensor_frozen" in issues(scene), 900)
    # A dead meter that shows 6 A less than there are costs no more than one step of 3 A.
    assert phase.worst < 25 + 3.5
    await scene.until(lambda: twc(scene, OLD).drawn == 0, 60)
    phase.frozen = None
    await scene.until(lambda: issues(scene) == set(), 300)
    await scene.until(lambda: phase.amps > 20, 600)


async def test_a_meter_that_is_unavailable_stops_the_car_instead_of_raising_it(
    set_up: Builder, bus: Bus, meters: Meters
) -> None:
    """evcc-io/evcc#22839: while the currents of the grid could not be read, the car got all there was."""
    phase = Phase(bus, others=12.0)
    scene = await _charging(set_up, meters, phase)
    (meter,) = meters.all
    highest = twc(scene, OLD).offered
    meter.read = lambda: "unavailable"
    await scene.until(lambda: twc(scene, OLD).drawn == 0, 300)
    await scene.until(lambda: "fuse_sensor_stale" in issues(scene), 300)
    assert phase.worst <= 25.5
    assert twc(scene, OLD).offered <= highest


async def test_a_car_on_one_of_three_phases_holds_the_fuse_by_the_power_of_the_house(
    set_up: Builder, bus: Bus, meters: Meters, three_phases: None
) -> None:
    """ngardiner/TWCManager#206: three times 25 A, and only the power of the whole house is known."""
    scene = await set_up((NEW, None), fuse_size=25, fuse_power="sensor.house")
    connector = twc(scene, NEW)
    connector.voltages, connector.meter_amps = (230.0, 230.0, 230.0), False
    meters.add("sensor.house", lambda: 3 * 230 * 10.0 + watts(bus))
    await asyncio.sleep(60)
    connector.plug_in(quick_car(phases=1, onboard_limit=32, soc=10))
    worst = 0.0
    for _ in range(240):
        await asyncio.sleep(1)
        worst = max(worst, 10 + connector.drawn)
    assert 16 < worst <= 25


async def test_a_meter_whose_amps_stay_the_same_for_long_stops_no_car(
    hass: HomeAssistant, set_up: Builder, bus: Bus, mqtt_mock: Any
) -> None:
    """home-assistant/core#139989, #108646, #81069: an MQTT value that repeats is no new state, and looks dead."""
    sensor = {
        "name": "L1",
        "unique_id": "l1",
        "default_entity_id": L1,
        "state_topic": "meter/l1",
        "unit_of_measurement": "A",
        "device_class": "current",
        "device": {"identifiers": ["meter"], "name": "Meter"},
    }
    power = {
        **sensor,
        "name": "Power",
        "unique_id": "power",
        "default_entity_id": "sensor.meter_power",
        "state_topic": "meter/power",
        "unit_of_measurement": "W",
        "device_class": "power",
    }
    configured = "homeassistant.config.load_yaml_config_file"
    with patch(configured, return_value={"mqtt": {"sensor": [sensor, power]}}):
        await hass.services.async_call("mqtt", "reload", blocking=True)
    phase = Phase(bus)
    second = 0

    def publish() -> None:
        nonlocal second, timer
        second += 10
        async_fire_mqtt_message(hass, "meter/l1", str(round(phase.read())))
        async_fire_mqtt_message(
            hass, "meter/power", str(round(240 * phase.amps) + second % 7)
        )
        timer = hass.loop.call_later(10, publish)

    timer = hass.loop.call_soon(publish)
    scene = await set_up((OLD, quick_car(onboard_limit=14, soc=10)), **OPTIONS)
    await scene.until(lambda: phase.amps > 17)
    await asyncio.sleep(300)
    timer.cancel()
    assert twc(scene, OLD).drawn > 13
    assert interruptions(scene) == 0
    assert issues(scene) == set()
