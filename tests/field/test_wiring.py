"""Wall connectors on a line: which one is the master, what each is offered, and what cars draw of it."""

import asyncio
from itertools import pairwise
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import (
    CONF_MAX_CONNECTOR_CURRENT,
    CONF_MAX_CURRENT,
    CONF_MIN_CURRENT,
)
from simulator import Car, Led, WallConnector
from tests.helpers import USUAL_GAP, quick_car
from tests.scene import GRID_OPTIONS, NEW, OLD, OTHER, Builder, Scene

from .arrangements import amps_sent, interruptions, issues, status, twc


@pytest.fixture
def wires(hass: HomeAssistant, config_entry: MockConfigEntry) -> Any:
    """Changes what the wiring allows."""

    def change(**data: int) -> None:
        hass.config_entries.async_update_entry(
            config_entry, data={**config_entry.data, **data}
        )

    return change


async def _charging(set_up: Builder, connector_id: int, car: Car) -> Scene:
    scene = await set_up((connector_id, car))
    await scene.until(lambda: twc(scene, connector_id).drawn > 8)
    return scene


async def test_a_wrong_rotary_switch_is_reported_until_it_is_set_right(
    set_up: Builder,
) -> None:
    """ngardiner/TWCManager#229: four red flashes, and no charging any more."""
    scene = await _charging(set_up, NEW, quick_car(soc=10))
    wrong = scene.bus.add(WallConnector(OTHER, switch=0x8))
    await scene.until(lambda: "second_master" in issues(scene), 60)
    wrong.power_down()
    wrong.switch = 0xF
    wrong.power_up()
    await scene.until(lambda: issues(scene) == set(), 120)
    await scene.until(lambda: twc(scene, NEW).drawn > 30)
    await scene.until(lambda: status(scene, OTHER) in {"ready", "disconnected"})


async def test_a_new_wall_connector_charges_without_any_setting(
    set_up: Builder,
) -> None:
    """dracoventions/TWCManager#18: the connector was found, but got no power, and its light blinked."""
    scene = await set_up()
    connector = scene.bus.add(WallConnector(0x9119, rating=32.0))
    connector.plug_in(quick_car())
    await scene.until(lambda: connector.drawn > 30, 180)
    assert connector.led is Led.GREEN
    await scene.until(lambda: status(scene, 0x9119) == "charging")
    assert float(scene.state("sensor.offered_current", 0x9119)) == 32
    assert issues(scene) == set()


async def test_the_second_connector_on_a_line_has_its_device_and_its_share(
    hass: HomeAssistant, set_up: Builder
) -> None:
    """jnicolson/esphome-twc-controller#8: only one was shown, and each would have got the full current."""
    scene = await set_up()
    one, two = (scene.bus.add(WallConnector(item)) for item in (OLD, NEW))
    for connector in (one, two):
        connector.plug_in(quick_car(soc=10))
    await scene.until(lambda: min(one.drawn, two.drawn) > 20, 180)
    names = {
        device.name
        for device in dr.async_entries_for_config_entry(
            dr.async_get(hass), scene.entry.entry_id
        )
    }
    assert {"Wall Connector 032E", "Wall Connector 1839"} <= names
    assert (one.offered, two.offered) == (24, 24)


async def test_a_unit_of_32_a_on_wires_for_24_a_is_offered_24_a(
    set_up: Builder, wires: Any, all_entities: None
) -> None:
    """ngardiner/TWCManager#213: 32 A were shown although the wires had been entered with 24 A."""
    wires(**{CONF_MAX_CURRENT: 24, CONF_MAX_CONNECTOR_CURRENT: 24})
    scene = await set_up()
    connector = scene.bus.add(WallConnector(0x6617, rating=32.0))
    sent = amps_sent(scene.bus, 0x6617)
    connector.plug_in(quick_car())
    await scene.until(lambda: connector.drawn > 22, 180)
    assert max(sent) == 24
    assert scene.state("sensor.rating", 0x6617) == "32.0"
    assert scene.state("number.charge_limit", 0x6617) == "24"


async def test_a_car_that_was_plugged_in_at_night_charges_in_the_morning(
    set_up: Builder,
) -> None:
    """ngardiner/TWCManager#369, jnicolson/twc-controller#2: without an offer at the plug-in it refused to charge later."""
    scene = await set_up((OLD, None), **GRID_OPTIONS)
    await scene.choose("select.mode", "green")
    connector = twc(scene, OLD)
    car = quick_car(handshake_s=20)
    await asyncio.sleep(120)
    connector.plug_in(car)
    await asyncio.sleep(420)
    assert connector.drawn == 0
    scene.house.sun_w = 6_000
    await scene.until(lambda: connector.drawn > 12, 600)
    assert not car.wants_unplug


async def test_another_make_is_stopped_by_its_connector_without_losing_the_link(
    set_up: Builder,
) -> None:
    """ngardiner/TWCManager#250, #365, #530, jnicolson/esphome-twc-controller#14: stopped by silence, never linked again."""
    car = quick_car(can_enabled=False, soc=10)
    scene = await set_up((NEW, car), contactor_1839=True)
    connector = twc(scene, NEW)
    for _ in range(2):
        await scene.until(lambda: connector.drawn > 14, 120)
        await asyncio.sleep(70)
        await scene.choose("number.charge_limit", 0, NEW)
        await scene.until(lambda: connector.drawn == 0, 120)
        await asyncio.sleep(90)
        assert connector.linked
        assert scene.state("sensor.status", NEW) == "paused"
        await scene.choose("number.charge_limit", 16, NEW)
    await scene.until(lambda: connector.drawn > 14, 120)
    assert scene.bus.safety.heartbeats[NEW].longest_gap < USUAL_GAP


async def test_the_amps_of_three_phases_are_not_three_times_the_sun(
    set_up: Builder, three_phases: None
) -> None:
    """ngardiner/TWCManager#36: what was free was offered on each of three phases."""
    scene = await set_up((OLD, None), **GRID_OPTIONS)
    connector = twc(scene, OLD)
    connector.voltages = (230.0, 230.0, 230.0)
    await scene.choose("select.mode", "green")
    sent = amps_sent(scene.bus, OLD)
    scene.house.sun_w = 9.5 * 690
    connector.plug_in(quick_car(phases=3, soc=10))
    await asyncio.sleep(780)
    # The car draws 0.8 A less than it is offered.
    assert connector.power_w == pytest.approx(9.2 * 690, rel=0.05)
    assert max(sent) == 10


async def test_an_offer_is_none_or_whole_amps_that_a_car_can_take(
    set_up: Builder,
) -> None:
    """ngardiner/TWCManager#143: with little sun the connector was sent a limit of 0.58 A."""
    scene = await set_up((OLD, quick_car(soc=10)), **GRID_OPTIONS)
    await scene.choose("number.start_delay", 0)
    await scene.choose("number.stop_delay", 0)
    await scene.choose("select.mode", "green")
    sent = amps_sent(scene.bus, OLD)
    for watts in (140, 3_300, 2_700, 3_100, 890):
        scene.house.sun_w = watts
        await asyncio.sleep(120)
    assert {12, 0} <= set(sent)
    assert set(sent) <= {0, *range(6, 41)}


async def test_while_nobody_is_plugged_in_no_more_is_offered_than_there_is(
    set_up: Builder,
) -> None:
    """ngardiner/TWCManager#322, #215: an empty connector got 14 to 16 A from a surplus of 8 A."""
    scene = await set_up((OLD, None), **GRID_OPTIONS)
    await scene.choose("select.mode", "green")
    sent = amps_sent(scene.bus, OLD)
    scene.house.sun_w = 14.5 * 240
    await asyncio.sleep(300)
    assert max(sent, default=0) <= 14


async def test_a_car_that_follows_gets_no_spike_between_two_currents(
    set_up: Builder,
) -> None:
    """ngardiner/TWCManager#414, #263: every change went to 16 A for some seconds first."""
    scene = await _charging(set_up, OLD, quick_car(soc=10))
    await scene.choose("number.charge_limit", 12, OLD)
    await scene.until(lambda: twc(scene, OLD).offered == 12)
    sent = amps_sent(scene.bus, OLD)
    for amps in (13, 14, 12, 15):
        await scene.choose("number.charge_limit", amps, OLD)
        await scene.until(lambda: twc(scene, OLD).offered == amps)  # noqa: B023
        await asyncio.sleep(30)
    assert set(sent) <= {12, 13, 14, 15}


async def test_a_current_that_was_lowered_in_the_car_is_left_alone(
    set_up: Builder,
) -> None:
    """ngardiner/TWCManager#98: the offer went up and down all the time to get more out of the car."""
    car = quick_car(soc=10)
    scene = await _charging(set_up, OLD, car)
    car.onboard_limit = 10
    await scene.until(lambda: scene.why(OLD) == "vehicle_limit", 300)
    sent = amps_sent(scene.bus, OLD)
    await asyncio.sleep(300)
    steps = sum(one != two for one, two in pairwise(sent))
    assert steps <= 6
    assert twc(scene, OLD).drawn == 10
    assert interruptions(scene) == 0


async def test_the_minimum_that_a_car_needs_on_three_phases_is_kept(
    set_up: Builder, three_phases: None, wires: Any
) -> None:
    """ngardiner/TWCManager#298: below 8 A the car dropped a phase and complained of the grid."""
    wires(**{CONF_MIN_CURRENT: 8})
    scene = await set_up((OLD, None), **GRID_OPTIONS)
    await scene.choose("select.mode", "green")
    twc(scene, OLD).voltages = (230.0, 230.0, 230.0)
    sent = amps_sent(scene.bus, OLD)
    twc(scene, OLD).plug_in(quick_car(phases=3, soc=10))
    for amps in (10.5, 7.5, 9.5):
        scene.house.sun_w = amps * 690
        await asyncio.sleep(200)
    assert 8 in sent
    assert all(amps == 0 or amps >= 8 for amps in sent)


async def test_a_car_that_was_paused_in_its_app_gets_its_amps_back(
    set_up: Builder,
) -> None:
    """jnicolson/esphome-twc-controller#7: after a pause in the car it stayed at 6 A until the current was set anew."""
    car = quick_car(soc=10)
    scene = await _charging(set_up, NEW, car)
    connector = twc(scene, NEW)
    await scene.choose("number.charge_limit", 20, NEW)
    await asyncio.sleep(60)
    car.stop()
    connector.refresh()
    await asyncio.sleep(120)
    assert connector.drawn == 0
    car.start()
    connector.refresh()
    await scene.until(lambda: connector.drawn > 18, 60)


async def test_two_connectors_with_one_id_get_nothing_and_it_is_reported(
    set_up: Builder,
) -> None:
    """Made up: both of them follow every offer, so that what flows is twice what is shown."""
    scene = await set_up()
    one, two = (scene.bus.add(WallConnector(NEW, protocol=2)) for _ in range(2))
    for connector in (one, two):
        connector.plug_in(quick_car(soc=10))
    await scene.until(lambda: "duplicate_id" in issues(scene), 180)
    await asyncio.sleep(60)
    assert (one.drawn, two.drawn) == (0, 0)
