"""What a restart of Home Assistant does to cars that charge."""

from collections.abc import Callable
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest

from custom_components.twc_manager.charging.starts import StoredStarts
from custom_components.twc_manager.state.store import BusStore
from simulator import Bus

from .helpers import async_frames, quick_car
from .scene import GRID, GRID_OPTIONS, NEW, OLD, Builder, Scene

FUSE: Final = "sensor.fuse"
OPTIONS: Final[dict[str, Any]] = {
    **GRID_OPTIONS,
    "fuse_size": 63,
    "fuse_current_l1": FUSE,
}
MINIMUM: Final = 12


def watch_fuse(hass: HomeAssistant, bus: Bus, amps: float) -> Callable[[], None]:
    """Let a sensor at the main fuse report the cars' draw and so many A more from now on; return how to end that."""

    def report(_: object = None) -> None:
        total = amps + sum(twc.drawn for twc in bus.connectors)
        hass.states.async_set(FUSE, f"{total:.1f}", {"unit_of_measurement": "A"})

    report()
    bus.frame_listeners.append(report)
    return lambda: bus.frame_listeners.remove(report)


async def stop(scene: Scene) -> None:
    """Stop as Home Assistant does at its end, and unload what is left."""
    scene.hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await scene.hass.async_block_till_done()
    assert await scene.hass.config_entries.async_unload(scene.entry.entry_id)


async def start(scene: Scene) -> None:
    """Start with what was kept."""
    assert await scene.hass.config_entries.async_setup(scene.entry.entry_id)
    assert scene.entry.state is ConfigEntryState.LOADED


async def test_cars_go_on_while_the_sensors_are_not_there_yet(
    hass: HomeAssistant, bus: Bus, set_up: Builder
) -> None:
    fuse_falls_silent = watch_fuse(hass, bus, 5)
    scene = await set_up((OLD, quick_car()), (NEW, quick_car()), **OPTIONS)
    old, new = bus.connectors
    scene.house.sun_w = 9_000
    await scene.choose("number.start_delay", 0)
    await scene.choose("number.total_current_limit", 20)
    await scene.choose("select.own_mode", "green", NEW)
    await scene.until(lambda: old.drawn > 18 and new.drawn > MINIMUM)
    had = {twc.id: twc.offered for twc in bus.connectors}

    scene.house.stop()
    fuse_falls_silent()
    await stop(scene)
    for sensor in (GRID, FUSE):
        hass.states.async_set(sensor, STATE_UNAVAILABLE)
    await start(scene)

    end = hass.loop.time() + 30
    while hass.loop.time() < end:
        await async_frames(bus, 4)
        for twc in bus.connectors:
            assert MINIMUM <= twc.offered <= had[twc.id]
            assert twc.car is not None
            assert twc.car.interruptions == 0
            assert twc.drawn > 10
    assert scene.why(NEW) == "sensor_stale"

    # What the sensors then say counts.
    watch_fuse(hass, bus, 70)
    await scene.until(lambda: old.drawn == 0)


@pytest.mark.parametrize("leave_at_minimum", [True, False])
async def test_at_the_end_cars_are_left_at_the_minimum_if_wanted(
    bus: Bus, set_up: Builder, leave_at_minimum: bool
) -> None:
    scene = await set_up(
        (OLD, quick_car()), (NEW, None), leave_at_minimum=leave_at_minimum
    )
    old, new = bus.connectors
    await scene.choose("number.charge_limit", 0, NEW)
    await scene.until(lambda: old.drawn > 38 and new.offered == 0)
    begin = scene.hass.loop.time()

    await stop(scene)

    assert scene.hass.loop.time() - begin < 3
    assert old.offered == (MINIMUM if leave_at_minimum else 40)
    assert new.offered == 0

    await start(scene)
    await scene.until(lambda: old.drawn > 38)
    assert old.car is not None
    assert old.car.interruptions == 0


async def test_a_restart_is_no_start_and_forgets_none(
    hass: HomeAssistant, bus: Bus, set_up: Builder
) -> None:
    scene = await set_up((OLD, quick_car()), **GRID_OPTIONS)
    (old,) = bus.connectors
    scene.house.sun_w = 9_000
    await scene.choose("number.start_delay", 0)
    await scene.choose("select.mode", "green")
    await scene.until(lambda: old.drawn > MINIMUM)

    found: list[StoredStarts] = []
    for _ in range(2):
        await stop(scene)
        store = BusStore(hass, scene.entry.entry_id)
        found.append((await store.async_load()).starts)
        await start(scene)
        await scene.until(lambda: scene.state("sensor.status", OLD) == "charging")
        await async_frames(bus, 8)
        assert old.drawn > MINIMUM - 2

    assert len(found[0].green) == 1
    assert found[0] == found[1]


async def test_a_reload_lowers_nothing(bus: Bus, set_up: Builder) -> None:
    scene = await set_up((OLD, quick_car()), leave_at_minimum=True)
    (old,) = bus.connectors
    await scene.until(lambda: old.drawn > 38)
    offers: list[float] = []
    bus.frame_listeners.append(lambda _: offers.append(old.offered))

    await scene.reload()
    await scene.until(lambda: scene.state("sensor.status", OLD) == "charging")
    await async_frames(bus, 8)

    assert {*offers} == {40.0}
