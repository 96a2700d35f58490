"""Charging with what the sun leaves over."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.twc_manager.inputs.daylight import Light
from simulator import Bus
from tests.conftest import Sky
from tests.helpers import quick_car
from tests.scene import GRID, GRID_OPTIONS, NEW, OLD, OTHER, Builder, Scene

from .arrangements import Meters, amps_sent, base_w, issues, starts_of, twc, watts

MAIN = "sensor.main_power"


async def _green(set_up: Builder, *connector_ids: int, **options: Any) -> Scene:
    """Return a scene in which cars are plugged in, wait for the sun, and it is dark."""
    options = GRID_OPTIONS | options
    scene = await set_up(
        *((item, quick_car(soc=10)) for item in connector_ids), **options
    )
    await scene.choose("select.mode", "green")
    await asyncio.sleep(180)
    assert watts(scene.bus) == 0
    return scene


async def test_the_draw_of_the_car_itself_is_no_lack_of_sun(set_up: Builder) -> None:
    """ngardiner/TWCManager#253: the car took most of the surplus, what was left looked too little, and it was stopped."""
    scene = await _green(set_up, OLD)
    starts = starts_of(twc(scene, OLD))
    scene.house.sun_w = 3_400
    await scene.until(lambda: twc(scene, OLD).drawn > 11, 300)
    await asyncio.sleep(420)
    assert twc(scene, OLD).drawn > 11
    assert starts() == 1


@pytest.mark.parametrize("positive", ["import", "export"])
async def test_one_number_with_a_sign_is_followed_and_never_exceeded(
    set_up: Builder, bus: Bus, meters: Meters, positive: str
) -> None:
    """ngardiner/TWCManager#518, #447: a negative grid power was read as nothing; 11 kW were taken from 5 kW of sun."""
    sign = 1 if positive == "import" else -1
    sun = 0.0
    meters.add(MAIN, lambda: sign * (base_w(bus) + watts(bus) - sun), every=5)
    scene = await _green(set_up, OLD, green_grid=MAIN, green_grid_positive=positive)
    sun = 5_400.0
    worst = 0.0
    for _ in range(420):
        await asyncio.sleep(1)
        worst = max(worst, base_w(bus) + watts(bus))
    assert 4_300 < base_w(bus) + watts(bus) <= sun
    assert worst <= sun
    assert float(scene.state("sensor.green_power")) == pytest.approx(5.0, abs=0.2)


async def test_two_cars_with_sun_for_one_do_not_fight(set_up: Builder) -> None:
    """ngardiner/TWCManager#480: each got half, which was too little for either, so they went on and off in turns."""
    scene = await _green(set_up, OLD, OTHER)
    one, two = twc(scene, OLD), twc(scene, OTHER)
    starts = [starts_of(item) for item in (one, two)]
    scene.house.sun_w = 4_000
    await scene.until(lambda: max(one.drawn, two.drawn) > 11, 600)
    await asyncio.sleep(300)
    assert max(one.drawn, two.drawn) > 11
    assert min(one.drawn, two.drawn) == 0
    assert sum(item() for item in starts) == 1
    waiting = OLD if one.drawn == 0 else OTHER
    assert scene.why(waiting) in {"waiting_turn", "green_energy"}


async def test_clouds_and_a_kettle_do_not_wear_the_relay(
    set_up: Builder, bus: Bus, meters: Meters
) -> None:
    """ngardiner/TWCManager#36, evcc-io/evcc#95, #10149: one reading of a short peak was enough to stop the car."""
    weather = {"sun": 0.0, "kettle": 0.0}
    meters.add(
        MAIN,
        lambda: base_w(bus) + weather["kettle"] + watts(bus) - weather["sun"],
        every=5,
    )
    scene = await _green(set_up, OLD, green_grid=MAIN)
    starts = starts_of(twc(scene, OLD))
    weather["sun"] = 5_000.0
    await scene.until(lambda: twc(scene, OLD).drawn > 11, 300)
    for name, value in (("kettle", 2_200.0), ("sun", 3_400.0)) * 2:
        usual = weather[name]
        weather[name] = value
        await asyncio.sleep(60)
        weather[name] = usual
        await asyncio.sleep(60)
    assert twc(scene, OLD).drawn > 11
    assert starts() == 1


async def test_a_restart_at_night_charges_nobody(set_up: Builder) -> None:
    """evcc-io/evcc#568, #105: after each restart the car charged for minutes, although there was no sun."""
    scene = await _green(set_up, OLD)
    starts = starts_of(twc(scene, OLD))
    await scene.reload()
    await asyncio.sleep(300)
    assert starts() == 0
    assert twc(scene, OLD).offered == 0


async def test_the_car_stops_when_the_sun_is_gone(set_up: Builder) -> None:
    """evcc-io/evcc#18820, dracoventions/TWCManager#10: after the surplus was gone charging went on, from the grid."""
    scene = await _green(set_up, OLD)
    scene.house.sun_w = 5_000
    await scene.until(lambda: twc(scene, OLD).drawn > 15, 600)
    scene.house.sun_w = 0
    await scene.until(lambda: scene.why(OLD) == "stop_delay", 60)
    await scene.until(lambda: twc(scene, OLD).offered == 12, 30)
    assert await scene.until(lambda: twc(scene, OLD).drawn == 0, 300) < 240
    await scene.until(lambda: scene.state("sensor.status", OLD) == "paused", 60)
    await scene.until(lambda: scene.why(OLD) == "green_energy", 60)


async def test_what_the_owner_switched_off_no_sun_switches_on(set_up: Builder) -> None:
    """ngardiner/TWCManager#527: tracking the sun came before the owner's word not to charge."""
    scene = await _green(set_up, OLD)
    scene.house.sun_w = 9_000
    await scene.until(lambda: twc(scene, OLD).drawn > 11, 600)
    await scene.choose("switch.charge", False, OLD)
    await scene.until(lambda: twc(scene, OLD).drawn == 0, 120)
    await asyncio.sleep(150)
    assert twc(scene, OLD).drawn == 0
    assert scene.why(OLD) == "off"


async def test_amps_that_an_automation_sets_hold_by_day_too(set_up: Builder) -> None:
    """ngardiner/TWCManager#234: another program set the current, which was obeyed at night only."""
    scene = await set_up((OLD, quick_car(soc=10)), **GRID_OPTIONS)
    scene.house.sun_w = 2_000
    await scene.until(lambda: twc(scene, OLD).drawn > 30)
    for amps in (14, 20, 12):
        await scene.choose("number.total_current_limit", amps)
        await scene.until(lambda: twc(scene, OLD).offered == amps, 60)  # noqa: B023
        await asyncio.sleep(60)
        assert twc(scene, OLD).offered == amps


async def test_a_unit_that_the_owner_changes_for_the_screen_changes_nothing(
    set_up: Builder, bus: Bus, meters: Meters
) -> None:
    """firstof9/openevse#674, jmcollin78/solar_optimizer#123: sensors in kW were taken for W."""
    grid = meters.add(
        MAIN, lambda: (base_w(bus) + watts(bus) - 5_400) / 1000, "kW", every=5
    )
    scene = await _green_by_day(set_up, green_grid=MAIN)
    sent = amps_sent(bus, OLD)
    grid.unit, grid.read = "W", lambda: base_w(bus) + watts(bus) - 5_400
    await asyncio.sleep(150)
    assert 4_300 < watts(bus) < 5_000
    assert set(sent) <= {18, 19, 20, 21}
    assert issues(scene) == set()


async def _green_by_day(set_up: Builder, **options: Any) -> Scene:
    """Return a scene in which a car charges with the sun and takes what there is."""
    scene = await set_up((OLD, quick_car(soc=10)), **GRID_OPTIONS | options)
    await scene.choose("select.mode", "green")
    await asyncio.sleep(360)
    assert twc(scene, OLD).drawn > 11
    return scene


async def test_a_value_of_each_minute_that_is_written_four_times_is_one_value(
    set_up: Builder, bus: Bus, meters: Meters
) -> None:
    """evcc-io/hassio-addon#43: the same value came again and again with a new time, and was acted upon each time."""
    sun = 6_000.0
    value = base_w(bus) - sun

    def read() -> float:
        return value

    async def minutes(count: int) -> None:
        nonlocal value
        for _ in range(count):
            value = base_w(bus) + watts(bus) - sun
            await asyncio.sleep(60)

    meters.add(MAIN, read, every=15)
    scene = await set_up((OLD, quick_car(soc=10)), green_source="grid", green_grid=MAIN)
    await scene.choose("select.mode", "green")
    await minutes(7)
    starts, sent = starts_of(twc(scene, OLD)), amps_sent(bus, OLD)
    sun = 4_600.0
    await minutes(7)
    assert base_w(bus) + watts(bus) <= sun
    assert watts(bus) > 3_500
    assert starts() == 0
    assert len(set(sent)) <= 6


@dataclass(slots=True)
class HybridHouse:
    """A house whose inverter keeps the grid at 0 with a battery, as far as it can."""

    hass: HomeAssistant
    bus: Bus
    sun: float = 0.0
    load: float = 400.0
    level: float = 30.0
    charges_w: float = 5_000.0
    battery_w: float = 0.0
    """What charges the battery, in W."""
    grid_w: float = 0.0
    timer: Any = field(default=None, init=False)

    def step(self) -> None:
        """Pass a second."""
        net = self.load + watts(self.bus) - self.sun
        aim = min(max(-net, -self.charges_w), self.charges_w)
        if self.level >= 100:
            aim = min(aim, 0.0)
        self.battery_w += (aim - self.battery_w) / 3
        self.grid_w = net + self.battery_w
        self.timer = self.hass.loop.call_later(1, self.step)


HYBRID: dict[str, Any] = {
    "green_source": "grid",
    "green_grid": MAIN,
    "green_battery_power": "sensor.battery",
    "green_battery_level": "sensor.battery_level",
}


@pytest.fixture
def hybrid(hass: HomeAssistant, bus: Bus, meters: Meters) -> Iterator[HybridHouse]:
    """A house with a house battery."""
    house = HybridHouse(hass, bus)
    house.step()
    meters.add(MAIN, lambda: house.grid_w, every=5)
    meters.add("sensor.battery", lambda: house.battery_w, every=5)
    meters.add("sensor.battery_level", lambda: house.level, "%", every=5)
    yield house
    house.timer.cancel()


async def test_the_house_battery_comes_first_up_to_the_level_that_was_chosen(
    set_up: Builder, hybrid: HybridHouse
) -> None:
    """ngardiner/TWCManager#138, #126: the car charged although the house battery had not reached its level."""
    scene = await set_up((OLD, quick_car(soc=10)), **HYBRID, green_battery_first_to=80)
    await scene.choose("select.mode", "green")
    await asyncio.sleep(180)
    assert twc(scene, OLD).drawn == 0
    hybrid.sun = 4_800.0
    starts = starts_of(twc(scene, OLD))
    await asyncio.sleep(300)
    assert starts() == 0
    assert hybrid.battery_w > 4_000
    hybrid.level = 81.0
    await scene.until(lambda: twc(scene, OLD).drawn > 11, 600)
    assert hybrid.grid_w < 500


async def test_a_car_that_charges_gives_way_to_the_house_battery(
    set_up: Builder, hybrid: HybridHouse
) -> None:
    """evcc-io/evcc#3305, #2170: when the sun fell, the car kept its current, and the battery got nothing."""
    scene = await set_up((OLD, quick_car(soc=10)), **HYBRID)
    await scene.choose("select.mode", "green")
    hybrid.sun = 9_500.0
    await scene.until(lambda: twc(scene, OLD).drawn > 11, 900)
    await asyncio.sleep(120)
    assert hybrid.battery_w > 4_500
    hybrid.sun = 6_500.0
    await asyncio.sleep(600)
    # 6.1 kW are left of the house: 5.0 kW for the battery, and too little for the car.
    assert hybrid.battery_w > 4_500


async def test_a_car_on_one_of_three_phases_starts_with_the_sun_for_one(
    set_up: Builder, three_phases: None
) -> None:
    """ngardiner/TWCManager#294, #437: it waited for enough for three phases, and most of the sun was exported."""
    scene = await set_up((NEW, None), **GRID_OPTIONS)
    connector = twc(scene, NEW)
    connector.voltages, connector.meter_amps = (230.0, 230.0, 230.0), False
    await scene.choose("select.mode", "green")
    await asyncio.sleep(120)
    connector.plug_in(quick_car(phases=1, onboard_limit=32, soc=10))
    scene.house.sun_w = 2_600
    await scene.until(lambda: connector.drawn > 8, 900)
    await asyncio.sleep(300)
    assert 1_900 < connector.power_w <= 2_600
    assert scene.why(NEW) in {"green_energy", "settling"}


async def test_an_inverter_that_sleeps_at_night_is_no_trouble(
    set_up: Builder, meters: Meters, sky: Sky
) -> None:
    """home-assistant/core#39544: sensors of the inverter are not available in the dark."""
    sky.light = Light.NIGHT
    meters.add(GRID, lambda: "unavailable")
    options = {"green_source": "production", "green_production": GRID}
    scene = await set_up((OLD, quick_car(soc=10)), **options)
    scene.house.stop()
    await scene.choose("select.mode", "green")
    await asyncio.sleep(480)
    assert twc(scene, OLD).drawn == 0
    assert issues(scene) == set()
