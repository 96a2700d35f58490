"""Cars that 0 A does not stop, commanded over every path: with a real pty and real sockets."""

import asyncio

from homeassistant.core import HomeAssistant
import pytest

from simulator.tesla import Kind
from tests.helpers import async_frames, quick_car
from tests.scene import GRID_OPTIONS, NEW, Builder, async_give_car_a_switch

from .scene import (
    MadeUp,
    account,
    async_follow_the_sun,
    async_sun_goes_and_comes,
    vehicle,
)

pytest_plugins = ["tests.cloud"]


async def test_green_power_stops_and_starts_a_car_by_its_account(
    set_up: Builder, made_up: MadeUp
) -> None:
    (red,) = made_up.cars
    added = account(made_up)
    car = vehicle("Red one", vin=red.vin, account=added.subentry_id)
    scene = await set_up((NEW, red.car), subentries=[added, car], **GRID_OPTIONS)
    shown = scene.of(car)
    await scene.until(lambda: shown("control") == "vin")
    assert (shown("connector"), shown("last_command")) == ("1839", "unknown")
    assert scene.state("sensor.vehicle", NEW) == "Red one"
    await async_sun_goes_and_comes(scene)
    assert made_up.commands() == ["charge_stop", "charge_start"]
    await scene.until(lambda: shown("last_result") == "done")
    assert (shown("last_command"), shown("problem")) == ("start", "none")
    # One look, before its start, showed whether it waits for a schedule of its own; it did not have to be woken.
    assert made_up.count(Kind.TOKEN) == made_up.count(Kind.DATA) == 1
    assert made_up.count(Kind.WAKE) == 0
    assert scene.of(added)("calls") == "3"
    assert scene.of(added)("cost") == "0.004"
    assert shown("battery") == "40"


async def test_green_power_stops_and_starts_a_car_by_its_switch(
    hass: HomeAssistant, set_up: Builder
) -> None:
    car = quick_car()
    switch = await async_give_car_a_switch(hass, car, "model_3")
    added = vehicle(switch=switch, connector="1839")
    scene = await set_up((NEW, car), subentries=[added], **GRID_OPTIONS)
    await async_sun_goes_and_comes(scene)


@pytest.mark.long
async def test_a_car_that_takes_no_commands_is_held_at_the_minimum(
    set_up: Builder,
) -> None:
    scene = await set_up((NEW, quick_car()), **GRID_OPTIONS)
    (new,) = scene.bus.connectors
    await async_follow_the_sun(scene)
    await scene.until(lambda: scene.problem("cannot_stop") is not None)
    await scene.until(lambda: new.offered == 6)
    await scene.until(lambda: 4 < new.drawn <= 6)
    await asyncio.sleep(600)
    assert new.offered == 6


async def test_without_a_car_plugged_in_there_are_no_calls(
    set_up: Builder, made_up: MadeUp
) -> None:
    (red,) = made_up.cars
    added = account(made_up)
    car = vehicle("Red one", vin=red.vin, account=added.subentry_id)
    scene = await set_up((NEW, None), subentries=[added, car], **GRID_OPTIONS)
    for mode in ("off", "green", "fixed", "off"):
        await scene.choose("select.mode", mode)
        await async_frames(scene.bus, 10)
    assert made_up.server.call_log.calls == []
