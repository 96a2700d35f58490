"""Cars that sleep, are elsewhere, are full, or have a plan of their own."""

import asyncio

from homeassistant.core import HomeAssistant
import pytest

from custom_components.twc_manager.charging.control.stopping import STEADY_SECONDS
from simulator import make_vin
from simulator.tesla import Kind, TeslaCar, Trouble
from tests.helpers import quick_car
from tests.scene import GRID_OPTIONS, NEW, OLD, Builder, Scene, async_give_car_a_switch
from tests.vehicles.scene import ELSEWHERE, MadeUp, account, vehicle

from .arrangements import issues, status, twc

pytest_plugins = ["tests.cloud"]


@pytest.fixture
def mine(made_up: MadeUp) -> MadeUp:
    """The owner's account with one car, which is not at a connector yet."""
    return made_up


async def _at_the_connector(set_up: Builder, mine: MadeUp) -> Scene:
    """Return a scene in which the owner's car charges, and is known by its VIN."""
    (red,) = mine.cars
    red.car.soc = 10
    added = account(mine)
    car = vehicle("Red one", vin=red.vin, account=added.subentry_id)
    scene = await set_up((NEW, red.car), subentries=[added, car], **GRID_OPTIONS)
    await scene.until(
        lambda: twc(scene, NEW).drawn > 10 and scene.of(car)("control") == "vin"
    )
    await asyncio.sleep(STEADY_SECONDS)
    return scene


async def _paused(scene: Scene) -> None:
    await scene.choose("select.mode", "off")
    await scene.until(lambda: status(scene, NEW) == "paused", 120)
    await asyncio.sleep(STEADY_SECONDS)


async def test_a_guest_charges_while_the_owners_car_is_elsewhere(
    set_up: Builder, mine: MadeUp
) -> None:
    """ngardiner/TWCManager#428: the car was 20 km away and was sent a start."""
    (red,) = mine.cars
    red.place = ELSEWHERE
    added = account(mine)
    car = vehicle("Red one", vin=red.vin, account=added.subentry_id)
    guest = quick_car(vin=make_vin(9), can_enabled=False, soc=10)
    scene = await set_up((NEW, guest), subentries=[added, car])
    await scene.until(lambda: twc(scene, NEW).drawn > 10)
    await scene.choose("select.mode", "off")
    await asyncio.sleep(150)
    await scene.choose("select.mode", "fixed")
    await asyncio.sleep(60)
    assert mine.commands() == []
    assert mine.count(Kind.WAKE) == 0
    assert scene.of(car)("control") in {"away", "none_home", "place_unknown"}


async def test_the_owners_car_at_another_charger_is_left_alone(
    set_up: Builder, mine: MadeUp
) -> None:
    """ngardiner/TWCManager#457: the second car, at a mobile charger in the garage, was stopped again and again."""
    (red,) = mine.cars
    red.charging_elsewhere = True
    added = account(mine)
    car = vehicle("Red one", vin=red.vin, account=added.subentry_id)
    guest = quick_car(vin=make_vin(9), can_enabled=False, soc=10)
    scene = await set_up((NEW, guest), subentries=[added, car], **GRID_OPTIONS)
    await scene.until(lambda: twc(scene, NEW).drawn > 10)
    await asyncio.sleep(STEADY_SECONDS)
    await scene.choose("select.mode", "off")
    await asyncio.sleep(420)
    # It was stopped in error at most once; what proved that is not forgotten.
    assert mine.commands().count("charge_stop") <= 1
    assert red.charging_elsewhere or "charge_start" in mine.commands()
    assert twc(scene, NEW).drawn <= 6


@pytest.mark.parametrize(
    "answer", [Trouble.DISCONNECTED, Trouble.NO_POWER, Trouble.COMPLETE]
)
async def test_a_car_that_was_not_ready_once_is_asked_again(
    set_up: Builder, mine: MadeUp, answer: Trouble
) -> None:
    """ngardiner/TWCManager#576, #464, evcc-io/evcc#33323: one such answer, and the car was never asked to start again."""
    scene = await _at_the_connector(set_up, mine)
    await _paused(scene)
    mine.server.fail_next("charge_start", answer)
    await scene.choose("select.mode", "fixed")
    await scene.until(lambda: twc(scene, NEW).drawn > 10, 1200)
    assert 2 <= mine.commands().count("charge_start") <= 4


async def test_a_car_that_fell_asleep_is_woken_once_for_the_sun(
    set_up: Builder, mine: MadeUp
) -> None:
    """evcc-io/evcc#17852, #12294, #8254, home-assistant/core#182023, alandtse/tesla#82: asleep, it answered 408 to the start."""
    scene = await _at_the_connector(set_up, mine)
    await scene.choose("select.mode", "green")
    await scene.until(lambda: status(scene, NEW) == "paused", 600)
    (red,) = mine.cars
    red.car.sleep()
    await asyncio.sleep(300)
    assert mine.count(Kind.WAKE) == 0
    scene.house.sun_w = 9_000
    await scene.until(lambda: twc(scene, NEW).drawn > 10, 600)
    assert mine.count(Kind.WAKE) <= 1


@pytest.mark.long
async def test_nobody_wakes_a_car_that_has_nothing_to_do(
    set_up: Builder, mine: MadeUp
) -> None:
    """ngardiner/TWCManager#209, #498, home-assistant/core#23227: cars never slept, as they were asked all the time."""
    scene = await _at_the_connector(set_up, mine)
    await _paused(scene)
    (red,) = mine.cars
    red.car.sleep()
    before = len(mine.server.call_log.calls)
    await asyncio.sleep(600)
    assert red.car.asleep
    assert len(mine.server.call_log.calls) == before


async def test_a_plan_that_was_set_in_the_car_is_kept(
    set_up: Builder, mine: MadeUp
) -> None:
    """ngardiner/TWCManager#493: the car waited for its departure and was started by a command all the same."""
    scene = await _at_the_connector(set_up, mine)
    await _paused(scene)
    (red,) = mine.cars
    red.car.not_before = scene.bus.now + 1_500
    commands = mine.commands()
    await scene.choose("select.mode", "fixed")
    await asyncio.sleep(300)
    assert twc(scene, NEW).drawn == 0
    assert mine.commands() == commands


async def test_a_pause_never_touches_what_is_set_in_the_car(
    set_up: Builder, mine: MadeUp
) -> None:
    """ngardiner/TWCManager#586: the charge limit was lowered instead, and the car did not start any more."""
    scene = await _at_the_connector(set_up, mine)
    await _paused(scene)
    await scene.choose("select.mode", "fixed")
    await scene.until(lambda: twc(scene, NEW).drawn > 10, 300)
    assert mine.commands() == ["charge_stop", "charge_start"]


async def test_a_full_car_goes_on_when_its_limit_is_raised(set_up: Builder) -> None:
    """ngardiner/TWCManager#526, #368: below its limit again, the car did not charge although it was allowed to."""
    car = quick_car(soc=40.0, target=40.05, taper=0.0)
    scene = await set_up((NEW, car))
    await scene.until(lambda: status(scene, NEW) == "complete", 600)
    await scene.until(lambda: scene.why(NEW) == "vehicle_full", 300)
    await asyncio.sleep(300)
    car.target = 80.0
    twc(scene, NEW).refresh()
    await scene.until(lambda: twc(scene, NEW).drawn > 30, 300)
    await scene.until(lambda: status(scene, NEW) == "charging", 60)


async def test_a_car_that_sleeps_at_its_cable_is_not_shown_as_gone(
    hass: HomeAssistant, set_up: Builder
) -> None:
    """ngardiner/TWCManager#491: asleep, it was taken for unplugged by the owner's automations."""
    car = quick_car(soc=10)
    switch = await async_give_car_a_switch(hass, car, "model_3")
    added = vehicle(switch=switch, connector="1839")
    scene = await set_up((NEW, car), subentries=[added])
    await scene.until(lambda: twc(scene, NEW).drawn > 10)
    await asyncio.sleep(STEADY_SECONDS)
    await _paused(scene)
    shown = scene.states_of("binary_sensor.cable", NEW)
    car.sleep()
    twc(scene, NEW).refresh()
    await asyncio.sleep(300)
    assert scene.state("binary_sensor.cable", NEW) == "on"
    assert status(scene, NEW) == "paused"
    assert shown == []


async def test_a_car_without_a_vin_costs_no_call_when_nobody_has_an_account(
    set_up: Builder,
) -> None:
    """ngardiner/TWCManager#296, #303: a car of another make is charged, paused and charged again."""
    scene = await set_up((OLD, quick_car(can_enabled=False, soc=10)))
    for _ in range(2):
        await scene.until(lambda: twc(scene, OLD).drawn > 30, 180)
        await asyncio.sleep(STEADY_SECONDS)
        await scene.choose("switch.charge", False, OLD)
        await scene.until(lambda: twc(scene, OLD).drawn == 0, 120)
        await asyncio.sleep(STEADY_SECONDS)
        assert status(scene, OLD) == "paused"
        await scene.choose("switch.charge", True, OLD)
    assert issues(scene) == set()
    assert scene.state("sensor.vehicle", OLD) == "unknown"


async def test_the_owners_other_car_at_the_connector_is_the_one_that_is_stopped(
    set_up: Builder, mine: MadeUp
) -> None:
    """dracoventions/TWCManager#4, ngardiner/TWCManager#423: of two cars the one that is not here was stopped, too."""
    (red,) = mine.cars
    blue = TeslaCar(
        car=quick_car(vin=make_vin(2)), place=ELSEWHERE, charging_elsewhere=True
    )
    mine.cars.append(blue)
    added = account(mine)
    cars = [
        vehicle(name, vin=item.vin, account=added.subentry_id)
        for name, item in (("Red one", red), ("Blue one", blue))
    ]
    red.car.soc = 10
    scene = await set_up((NEW, red.car), subentries=[added, *cars])
    await scene.until(lambda: twc(scene, NEW).drawn > 10)
    await asyncio.sleep(STEADY_SECONDS)
    await _paused(scene)
    assert mine.count(Kind.COMMAND, blue.car) == 0
    assert blue.charging_elsewhere
    assert scene.of(cars[1])("connector") == "unknown"


async def test_a_car_on_two_phases_is_shown_with_the_power_of_two(
    set_up: Builder, three_phases: None, all_entities: None
) -> None:
    """ngardiner/TWCManager#421: the car took 8 A on two phases, and half of its power was shown."""
    scene = await set_up((NEW, None))
    connector = twc(scene, NEW)
    connector.voltages = (230.0, 230.0, 230.0)
    await asyncio.sleep(120)
    connector.plug_in(quick_car(phases=2, onboard_limit=16, soc=10))
    await asyncio.sleep(240)
    assert float(scene.state("sensor.power", NEW)) == pytest.approx(
        connector.power_w / 1000, abs=0.1
    )
    assert scene.state("sensor.phases_in_use", NEW) == "2"
    assert float(scene.state("sensor.session_energy", NEW)) == pytest.approx(
        connector.delivered_kwh, abs=0.1
    )


async def test_the_owner_reads_that_it_is_the_car_that_does_not_take_it(
    set_up: Builder,
) -> None:
    """evcc-io/evcc#18243, #29816: ready to charge, waiting for the vehicle; for hours without a reason."""
    car = quick_car(soc=10)
    scene = await set_up((NEW, car))
    await scene.until(lambda: twc(scene, NEW).drawn > 30)
    await asyncio.sleep(STEADY_SECONDS)
    car.stop()
    twc(scene, NEW).refresh()
    await asyncio.sleep(300)
    shown = scene.hass.states.get(scene.id("sensor.limited_by", NEW))
    assert shown is not None
    assert "the vehicle" in shown.attributes["explanation"]
    assert scene.why(NEW) == "vehicle_full"
    car.start()
    twc(scene, NEW).refresh()
    await scene.until(lambda: scene.why(NEW) == "wiring", 180)
