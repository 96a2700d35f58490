"""What a person switches off, cancels or lowers does not wait for the minute that protects relays from automatics."""

import asyncio
from datetime import datetime
from typing import Any, Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.twc_manager.const import DOMAIN
from simulator import Bus, WallConnector

from .helpers import quick_car
from .scene import NEW, OLD, Builder, Scene, async_give_car_a_switch
from .vehicles.scene import vehicle

pytestmark = pytest.mark.usefixtures("all_entities")

SETTLED: Final = 16.0
"""In s: a car that was just offered current for the first time is not stopped within 15 s, not even by a person."""

AT_ONCE: Final = 2.0
"""In s: the stop begins within one, and the offer is on the wire in the next heartbeat."""

MINUTE: Final = 40.0
"""In s: what is left at least of the minute in the tests that wait for it."""


@pytest.fixture
def person(hass_admin_user: MockUser) -> Context:
    """The context of a call that a person makes on the screen."""
    return Context(user_id=hass_admin_user.id)


@pytest.fixture
def automation(hass_admin_user: MockUser) -> Context:
    """The context of a call by an automation that something of a person's triggered."""
    return Context(user_id=hass_admin_user.id, parent_id="01KBADCAFE0000000000000000")


def _twc(bus: Bus, connector_id: int = OLD) -> WallConnector:
    return next(item for item in bus.connectors if item.id == connector_id)


async def _charging(set_up: Builder, bus: Bus, seconds: float = SETTLED) -> Scene:
    """Return a scene in which a car at protocol 1 has had its first offer for so long."""
    scene = await set_up((OLD, None))
    _twc(bus).plug_in(quick_car())
    await scene.until(lambda: _twc(bus).drawn > 20)
    await asyncio.sleep(seconds)
    return scene


async def _call(
    scene: Scene,
    context: Context,
    key: str,
    service: str,
    connector_id: int | None = None,
    **data: Any,
) -> None:
    await scene.hass.services.async_call(
        key.partition(".")[0],
        service,
        {"entity_id": scene.id(key, connector_id), **data},
        blocking=True,
        context=context,
    )


async def _switch(scene: Scene, context: Context, *, on: bool) -> None:
    service = "turn_on" if on else "turn_off"
    await _call(scene, context, "switch.charge", service, OLD)


async def _stops(scene: Scene, bus: Bus) -> float:
    return await scene.until(lambda: _twc(bus).drawn < 1)


async def _starts(scene: Scene, bus: Bus) -> float:
    return await scene.until(lambda: _twc(bus).drawn > 20)


def _in_seconds(text: str) -> float:
    until = dt_util.parse_datetime(text)
    assert isinstance(until, datetime)
    return (until - dt_util.utcnow()).total_seconds()


async def test_a_person_switches_charge_off(
    set_up: Builder, bus: Bus, person: Context
) -> None:
    scene = await _charging(set_up, bus)
    await _switch(scene, person, on=False)
    assert await _stops(scene, bus) < AT_ONCE
    assert await scene.until(lambda: scene.why(OLD) == "off") < 10


async def test_an_automation_waits_for_the_minute(
    set_up: Builder, bus: Bus, automation: Context
) -> None:
    scene = await _charging(set_up, bus)
    await _switch(scene, automation, on=False)
    assert scene.why(OLD) == "minimum_charging_time"
    assert _in_seconds(scene.state("sensor.next_change", OLD)) > MINUTE
    assert await _stops(scene, bus) > MINUTE


async def test_a_call_without_a_person_waits_for_the_minute(
    set_up: Builder, bus: Bus
) -> None:
    scene = await _charging(set_up, bus)
    await _switch(scene, Context(), on=False)
    assert await _stops(scene, bus) > MINUTE


@pytest.mark.parametrize("by_action", [False, True])
async def test_a_person_cancels_charge_now(
    set_up: Builder, bus: Bus, person: Context, by_action: bool
) -> None:
    scene = await set_up((OLD, None))
    await _call(scene, person, "select.mode", "select_option", option="off")
    _twc(bus).plug_in(quick_car())
    await _call(scene, person, "switch.charge_now", "turn_on")
    await _starts(scene, bus)
    await asyncio.sleep(SETTLED)
    if by_action:
        await scene.hass.services.async_call(
            DOMAIN, "cancel_charge_now", {}, blocking=True, context=person
        )
    else:
        await _call(scene, person, "switch.charge_now", "turn_off")
    assert await _stops(scene, bus) < AT_ONCE


async def test_a_person_switches_the_mode_off(
    set_up: Builder, bus: Bus, person: Context
) -> None:
    scene = await _charging(set_up, bus)
    await _call(scene, person, "select.mode", "select_option", option="off")
    assert await _stops(scene, bus) < AT_ONCE


async def test_a_person_switches_the_mode_of_one_connector_off(
    set_up: Builder, bus: Bus, person: Context
) -> None:
    scene = await _charging(set_up, bus)
    await _call(scene, person, "select.own_mode", "select_option", OLD, option="off")
    assert await _stops(scene, bus) < AT_ONCE


@pytest.mark.parametrize("key", ["charge_limit", "total_current_limit"])
async def test_a_person_lowers_a_limit_to_0_a(
    set_up: Builder, bus: Bus, person: Context, key: str
) -> None:
    scene = await _charging(set_up, bus)
    connector_id = OLD if key == "charge_limit" else None
    await _call(scene, person, f"number.{key}", "set_value", connector_id, value=0)
    assert await _stops(scene, bus) < AT_ONCE


async def test_a_person_sets_the_current_to_0_a_by_the_action(
    set_up: Builder, bus: Bus, person: Context
) -> None:
    scene = await _charging(set_up, bus)
    await scene.hass.services.async_call(
        DOMAIN, "set_current", {"amps": 0}, blocking=True, context=person
    )
    assert await _stops(scene, bus) < AT_ONCE


async def test_a_person_waits_until_15_s_after_the_first_offer_and_sees_it(
    set_up: Builder, bus: Bus, person: Context
) -> None:
    scene = await _charging(set_up, bus, 1)
    await _switch(scene, person, on=False)
    assert scene.why(OLD) == "minimum_charging_time"
    assert 5 < _in_seconds(scene.state("sensor.next_change", OLD)) < 15
    assert 5 < await _stops(scene, bus) < 15


async def test_a_person_waits_15_s_at_most_to_switch_on_again_and_sees_it(
    set_up: Builder, bus: Bus, person: Context
) -> None:
    scene = await _charging(set_up, bus)
    await _switch(scene, person, on=False)
    await _stops(scene, bus)
    await _switch(scene, person, on=True)
    assert scene.why(OLD) == "start_delay"
    assert 10 < _in_seconds(scene.state("sensor.next_change", OLD)) <= 15
    assert 10 < await _starts(scene, bus) < 20


async def test_an_automation_waits_a_minute_to_switch_on_again(
    set_up: Builder, bus: Bus, person: Context, automation: Context
) -> None:
    scene = await _charging(set_up, bus)
    await _switch(scene, person, on=False)
    await _stops(scene, bus)
    await _switch(scene, automation, on=True)
    assert await _starts(scene, bus) > 50


async def test_the_fourth_stop_in_ten_minutes_waits_for_the_minute(
    set_up: Builder, bus: Bus, person: Context
) -> None:
    scene = await _charging(set_up, bus)
    for _ in range(3):
        await _switch(scene, person, on=False)
        assert await _stops(scene, bus) < AT_ONCE
        await _switch(scene, person, on=True)
        await _starts(scene, bus)
        await asyncio.sleep(SETTLED)
    await _switch(scene, person, on=False)
    assert scene.why(OLD) == "minimum_charging_time"
    assert await _stops(scene, bus) > MINUTE

    await asyncio.sleep(600)
    await _switch(scene, person, on=True)
    await _starts(scene, bus)
    await asyncio.sleep(SETTLED)
    await _switch(scene, person, on=False)
    assert await _stops(scene, bus) < AT_ONCE


async def test_a_stop_by_an_automation_long_after_a_persons_call_waits(
    set_up: Builder, bus: Bus, person: Context, automation: Context
) -> None:
    scene = await _charging(set_up, bus)
    await _call(scene, person, "number.charge_limit", "set_value", OLD, value=24)
    await scene.until(lambda: 20 < _twc(bus).drawn < 25)
    await _switch(scene, automation, on=False)
    assert await _stops(scene, bus) > MINUTE - 10


async def test_raising_a_limit_hurries_no_stop_by_an_automation(
    set_up: Builder, bus: Bus, person: Context, automation: Context
) -> None:
    scene = await _charging(set_up, bus)
    await _call(scene, automation, "number.charge_limit", "set_value", OLD, value=24)
    await _switch(scene, automation, on=False)
    await _call(scene, person, "number.total_current_limit", "set_value", value=48)
    assert await _stops(scene, bus) > MINUTE - 10


async def test_a_car_that_a_person_switched_off_gets_no_plug_in_charge(
    set_up: Builder, bus: Bus, person: Context
) -> None:
    scene = await _charging(set_up, bus)
    await _call(scene, person, "select.mode", "select_option", option="off")
    await _stops(scene, bus)
    offered = []
    bus.change_listeners.append(lambda: offered.append(_twc(bus).offered))
    await asyncio.sleep(90)
    assert max(offered, default=0.0) == 0.0
    assert scene.why(OLD) == "off"


async def test_a_vehicle_at_protocol_2_is_commanded_at_once(
    hass: HomeAssistant, set_up: Builder, bus: Bus, person: Context
) -> None:
    car = quick_car()
    switch = await async_give_car_a_switch(hass, car, "car")
    scene = await set_up(
        (NEW, None), subentries=[vehicle(switch=switch, connector="1839")]
    )
    twc = _twc(bus, NEW)
    twc.plug_in(car)
    await scene.until(lambda: twc.drawn > 20)
    await asyncio.sleep(SETTLED)
    await _call(scene, person, "switch.charge", "turn_off", NEW)
    assert await scene.until(lambda: twc.drawn < 1) < 5
