"""The charging rules as a user sees and sets them, over the bytes of a simulated bus."""

import asyncio
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest

from custom_components.twc_manager.charging.control.stopping import STEADY_SECONDS
from custom_components.twc_manager.twc import steering
from simulator import WallConnector

from .helpers import async_frames, quick_car
from .scene import (
    GRID,
    GRID_OPTIONS,
    NEW,
    OLD,
    OTHER,
    Builder,
    Scene,
    WallClock,
    async_give_car_a_switch,
)
from .vehicles.scene import vehicle

pytestmark = pytest.mark.usefixtures("all_entities")


def connectors(scene: Scene) -> list[WallConnector]:
    return scene.bus.connectors


async def assert_nothing_is_written(scene: Scene) -> None:
    """Assert that no entity is written while nothing happens."""
    await scene.until(lambda: scene.why() == scene.why(OLD) == "green_energy")
    await async_frames(scene.bus, 12)
    written: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        if event.data["entity_id"] != GRID:
            written.append(event.data["entity_id"])

    stops = [
        scene.hass.bus.async_listen("state_changed", note),
        scene.hass.bus.async_listen(
            "state_reported", note, event_filter=callback(lambda _: True)
        ),
    ]
    await async_frames(scene.bus, 10)
    assert written == []
    for stop in stops:
        stop()


async def test_a_new_installation_behaves_like_ordinary_connectors(
    set_up: Builder,
) -> None:
    scene = await set_up((NEW, quick_car()))
    (new,) = connectors(scene)
    await scene.until(lambda: new.drawn > 38)

    assert new.offered == 40
    assert scene.state("select.mode") == "fixed"
    assert scene.state("select.own_mode", NEW) == "bus"
    assert scene.state("sensor.rule") == "fixed"
    assert scene.state("number.total_current_limit") == "48"
    assert scene.why() == scene.why(NEW) == "wiring"
    assert scene.state("switch.charge_now") == "off"
    assert scene.state("sensor.charge_now_until") == "unknown"
    assert scene.state("sensor.next_change") == "unknown"

    with pytest.raises(ServiceValidationError, match="no sensor of green energy"):
        await scene.choose("select.mode", "green")
    with pytest.raises(ServiceValidationError, match="no sensor of green energy"):
        await scene.choose("select.own_mode", "green", NEW)
    with pytest.raises(ServiceValidationError, match="nan is not a number"):
        await scene.choose("number.total_current_limit", "nan")
    assert scene.state("select.mode") == "fixed"


async def test_a_vehicle_that_cannot_be_stopped_is_held_at_the_minimum_and_reported(
    set_up: Builder,
) -> None:
    scene = await set_up((NEW, quick_car()))
    (new,) = connectors(scene)
    await scene.until(lambda: new.drawn > 38)

    await scene.choose("select.mode", "off")
    assert await scene.until(lambda: new.offered == 6) < 1
    assert scene.state("sensor.rule") == "off"
    assert scene.why() == "off"
    await scene.until(lambda: scene.why(NEW) == "cannot_stop")
    issue = scene.problem("cannot_stop")
    assert issue is not None
    assert issue.translation_placeholders == {
        "bus": "TWC Manager",
        "connectors": "1839",
    }

    await scene.choose("select.mode", "fixed")
    assert await scene.until(lambda: new.offered == 40) < 1
    assert scene.problem("cannot_stop") is None
    assert scene.why(NEW) == "wiring"

    # Nothing is checked any more after unloading, and an unplugged car is no problem either.
    await scene.choose("select.own_mode", "off", NEW)
    await scene.until(lambda: scene.problem("cannot_stop") is not None)
    assert scene.state("sensor.rule") == "fixed"
    await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    assert scene.problem("cannot_stop") is None
    await scene.hass.config_entries.async_setup(scene.entry.entry_id)
    await scene.until(lambda: scene.problem("cannot_stop") is not None)
    new.unplug()
    await scene.until(lambda: scene.why(NEW) == "no_vehicle")
    assert scene.problem("cannot_stop") is None


async def test_green_energy_is_followed(set_up: Builder) -> None:
    scene = await set_up((OLD, quick_car()), **GRID_OPTIONS)
    (old,) = connectors(scene)
    house = scene.house
    await scene.until(lambda: float(scene.state("sensor.total_current")) > 38)
    await scene.choose("number.start_delay", 0)
    house.sun_w = 20.5 * 240

    await scene.choose("select.mode", "green")
    assert await scene.until(lambda: old.offered < 40) < 1
    assert old.offered == 12
    await scene.until(lambda: old.offered == 21)
    assert scene.state("sensor.rule") == scene.state("select.mode") == "green"
    assert scene.state("sensor.green_current") == "21"
    await scene.until(lambda: scene.why(OLD) == "green_energy")

    house.sun_w = 16.5 * 240
    assert await scene.until(lambda: old.offered == 17) < 10
    await assert_nothing_is_written(scene)
    assert float(scene.state("sensor.green_power")) == pytest.approx(3.96, abs=0.2)
    with pytest.raises(ServiceValidationError, match="nan is not a number"):
        await scene.choose("number.reserved_power", "nan")
    # What is kept back for the house is lost to the car.
    await scene.choose("number.reserved_power", 480)
    assert await scene.until(lambda: old.offered == 15) < 5

    # Too little for the minimum: it goes on until the delay is over, unless the grid may help.
    house.sun_w = 10 * 240
    await scene.until(lambda: old.offered == 12 and scene.why(OLD) == "stop_delay")
    until = datetime.fromisoformat(scene.state("sensor.next_change", OLD))
    assert timedelta(seconds=170) < until - dt_util.utcnow() < timedelta(seconds=180)
    await scene.choose("number.grid_share", 1000)
    await scene.until(lambda: scene.why(OLD) == "green_energy")
    await scene.choose("number.stop_delay", 0)
    await scene.choose("number.grid_share", 0)
    await scene.until(lambda: old.drawn == 0 and old.offered == 0)
    await scene.until(lambda: scene.why(OLD) == "green_energy")
    assert scene.state("sensor.status", OLD) == "paused"

    await scene.choose("number.start_delay", 30)
    house.sun_w = 16.5 * 240
    await scene.until(lambda: scene.why(OLD) == "start_delay")
    until = datetime.fromisoformat(scene.state("sensor.next_change", OLD))
    assert timedelta(minutes=29) < until - dt_util.utcnow() <= timedelta(minutes=30)
    await scene.choose("number.start_delay", 0)
    await scene.until(lambda: old.drawn > 11)


async def test_a_vehicle_that_cannot_be_stopped_is_said_to_charge_from_the_grid(
    set_up: Builder,
) -> None:
    """A sensor that never reported is no green energy, five minutes after the start."""
    scene = await set_up((NEW, quick_car()), (OLD, quick_car()), **GRID_OPTIONS)
    scene.house.says = "unavailable"
    await scene.until(lambda: all(item.drawn > 20 for item in connectors(scene)))
    await scene.choose("select.mode", "green")
    await scene.reload()
    new, old = connectors(scene)
    await scene.until(lambda: new.offered == old.offered == 12)

    waited = await scene.until(
        lambda: old.offered == 0 and new.offered == 6, seconds=600
    )

    assert waited < 310
    await scene.until(lambda: scene.why(NEW) == "cannot_stop", seconds=300)
    shown = scene.hass.states.get(scene.id("sensor.limited_by", NEW))
    assert shown is not None
    text = shown.attributes["explanation"]
    assert text.startswith("Charging at up to 6 A: from the grid, cannot be stopped.")
    assert scene.state("sensor.green_current") == "unknown"


async def test_a_silent_sensor_never_raises_an_offer(
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, quick_car()), **GRID_OPTIONS, green_hold_minutes=0)
    (old,) = connectors(scene)
    house = scene.house
    await scene.choose("number.start_delay", 0)
    house.sun_w = 20.5 * 240
    await scene.choose("select.mode", "green")
    await scene.until(lambda: old.offered == 21 and scene.why(OLD) == "green_energy")
    highest = 0.0

    def note() -> None:
        nonlocal highest
        highest = max(highest, old.offered)

    scene.bus.change_listeners.append(note)
    for nonsense in ("unavailable", "nan"):
        house.says = nonsense
        await scene.until(lambda: scene.problem("sensor_stale") is not None)
        assert scene.why(OLD) == scene.why() == "sensor_stale"
        assert old.offered == 21
        house.says = None
        await scene.until(lambda: scene.problem("sensor_stale") is None)
        assert scene.why(OLD) == "green_energy"

    # It says nothing any more, as if since six minutes, and what it said last was a lot.
    house.stop()
    scene.hass.states.async_remove(GRID)
    house.says, house.silent_for = "-90000", 360.0
    house.report()
    house.stop()
    await scene.until(lambda: old.offered == 0)
    await scene.until(lambda: scene.problem("sensor_stale") is not None)
    assert highest == 21

    house.says, house.silent_for = None, 0.0
    house.report()
    await scene.until(lambda: old.drawn > 11)
    assert scene.problem("sensor_stale") is None


async def test_charge_now_precedes_all_other_rules_until_its_end(
    set_up: Builder, wall_clock: WallClock
) -> None:
    scene = await set_up((OLD, quick_car()))
    (old,) = connectors(scene)
    await scene.choose("select.mode", "off")
    await scene.until(lambda: scene.why(OLD) == "off")
    assert old.offered == 0

    await asyncio.sleep(STEADY_SECONDS)
    await scene.choose("switch.charge_now", True)
    assert await scene.until(lambda: old.offered == 40) < 1
    assert scene.state("sensor.rule") == "charge_now"
    assert scene.why(OLD) == "wiring"
    until = datetime.fromisoformat(scene.state("sensor.charge_now_until"))
    assert timedelta(hours=23.9) < until - dt_util.now() < timedelta(hours=24)
    assert scene.state("sensor.next_change") == scene.state("sensor.charge_now_until")

    await scene.reload()
    await scene.until(lambda: scene.state("sensor.rule") == "charge_now")
    assert scene.state("switch.charge_now") == "on"
    assert datetime.fromisoformat(scene.state("sensor.charge_now_until")) == until
    assert old.offered == 40

    # The end is on the second, whenever the rules would look next.
    await asyncio.sleep(STEADY_SECONDS)
    wall_clock.move(until - dt_util.now() - timedelta(seconds=0.7))
    await scene.choose("number.priority", 1, OLD)
    assert scene.state("switch.charge_now") == "on"
    assert await scene.until(lambda: old.offered == 0) < 2
    assert scene.state("switch.charge_now") == "off"
    assert scene.state("sensor.charge_now_until") == "unknown"
    assert scene.state("sensor.rule") == "off"

    await scene.choose("switch.charge_now", True)
    await scene.until(lambda: old.offered == 40)
    await asyncio.sleep(STEADY_SECONDS)
    await scene.choose("switch.charge_now", False)
    assert await scene.until(lambda: old.offered == 0) < 1


def schedule(name: str, **data: Any) -> ConfigSubentry:
    return ConfigSubentry(
        data=MappingProxyType(data),
        subentry_type="schedule",
        title=name,
        unique_id=None,
    )


NIGHT = {
    "days": ["sun"],
    "start": "23:00:00",
    "end": "05:00:00",
    "action": "amps",
    "amps": 16,
}


async def test_schedules_by_the_clock(set_up: Builder, wall_clock: WallClock) -> None:
    scene = await set_up((OLD, quick_car()))
    (old,) = connectors(scene)
    hass, entry = scene.hass, scene.entry
    await scene.until(lambda: old.offered == 40)
    wall_clock.set(6, "22:30:00")
    night = schedule("Night", **NIGHT)

    hass.config_entries.async_add_subentry(entry, night)
    await hass.async_block_till_done()
    switch = f"switch.schedule_{night.subentry_id}"
    assert scene.state(switch) == "on"
    shown = hass.states.get(scene.id(switch))
    assert shown is not None
    assert shown.attributes["friendly_name"] == "TWC Manager Schedule Night"
    start = dt_util.now().replace(hour=23, minute=0, second=0, microsecond=0)
    for connector_id in (None, OLD):
        await scene.until(
            lambda: scene.state("sensor.next_change", connector_id) != "unknown"  # noqa: B023
        )
        change = scene.state("sensor.next_change", connector_id)
        assert datetime.fromisoformat(change) == start

    # On the second, whenever the rules would look next.
    wall_clock.set(6, "22:59:59.3")
    await scene.choose("number.priority", 1, OLD)
    assert old.offered == 40
    assert await scene.until(lambda: old.offered == 16) < 2
    assert scene.state("sensor.rule") == "schedule"
    assert scene.why() == scene.why(OLD) == "schedule"

    await scene.choose(switch, False)
    assert await scene.until(lambda: old.offered == 40) < 1 + steering.SETTLE_SECONDS
    await scene.choose(switch, True)
    assert await scene.until(lambda: old.offered == 16) < 1
    # It began on Sunday: it ends on Monday.
    wall_clock.set(0, "04:59:00")
    await scene.reload()
    await scene.until(lambda: scene.state("sensor.rule") == "schedule")
    wall_clock.set(0, "05:00:00")
    await scene.until(lambda: old.offered == 40)

    await scene.choose(switch, False)
    hass.config_entries.async_update_subentry(
        entry, entry.subentries[night.subentry_id], title="Cheap"
    )
    await hass.async_block_till_done()
    shown = hass.states.get(scene.id(switch))
    assert shown is not None
    assert shown.attributes["friendly_name"] == "TWC Manager Schedule Cheap"
    assert shown.state == "off"

    switch_id = scene.id(switch)
    hass.config_entries.async_remove_subentry(entry, night.subentry_id)
    await hass.async_block_till_done()
    assert hass.states.get(switch_id) is None
    assert er.async_get(hass).async_get(switch_id) is None
    assert entry.runtime_data.user_settings.disabled_schedules == frozenset()


async def test_schedules_that_follow_an_entity_and_what_connectors_do_by_their_own(
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, quick_car()), (OTHER, quick_car()))
    old, other = connectors(scene)
    hass = scene.hass
    await scene.until(lambda: min(old.drawn, other.drawn) > 20)
    tariff = "binary_sensor.expensive"
    waits = schedule(
        "Expensive", entity_id=tariff, action="do_not_charge", connectors=["032E"]
    )
    hass.config_entries.async_add_subentry(scene.entry, waits)
    await hass.async_block_till_done()
    assert scene.state("sensor.rule") == "fixed"

    await asyncio.sleep(STEADY_SECONDS)
    hass.states.async_set(tariff, "on")
    assert await scene.until(lambda: old.offered == 0) < 1
    await scene.until(lambda: scene.why(OLD) == "schedule" and other.offered == 40)
    # The bus itself goes by its mode: the schedule is for one connector only.
    assert scene.state("sensor.rule") == "fixed"
    await scene.choose("switch.charge_now", True)
    await scene.until(lambda: old.offered == 24)
    await scene.choose("switch.charge_now", False)
    await scene.until(lambda: old.offered == 0)
    # Its last report holds for a while; nothing is ever raised because nothing is known.
    hass.states.async_set(tariff, "unavailable")
    await async_frames(scene.bus, 4)
    assert old.offered == 0
    hass.states.async_set(tariff, "off")
    await scene.until(lambda: old.offered == 24)
    hass.states.async_set(tariff, "on")
    await scene.until(lambda: old.offered == 0)
    hass.config_entries.async_remove_subentry(scene.entry, waits.subentry_id)
    await scene.until(lambda: old.offered == 24)

    # A mode of its own.
    await asyncio.sleep(STEADY_SECONDS)
    await scene.choose("select.own_mode", "off", OTHER)
    assert await scene.until(lambda: other.offered == 0) < 1
    await scene.until(lambda: scene.why(OTHER) == "off" and old.offered == 40)
    assert scene.state("sensor.rule") == "fixed"
    await scene.choose("select.mode", "off")
    await scene.choose("select.own_mode", "fixed", OTHER)
    await scene.until(lambda: (old.offered, other.offered) == (0, 40))
    await scene.choose("select.own_mode", "bus", OTHER)
    await scene.until(lambda: other.offered == 0)
    await scene.choose("select.mode", "fixed")

    # Too little for both: the one of the higher priority, while the other waits for its turn.
    await scene.choose("number.total_current_limit", 20)
    await scene.choose("number.priority", 3, OTHER)
    await scene.until(lambda: (old.offered, other.offered) == (0, 20))
    await scene.until(lambda: scene.why(OLD) == "waiting_turn")
    assert scene.why(OTHER) == scene.why() == "own_limit"
    assert scene.state("sensor.status", OLD) == "paused"
    await scene.choose("number.priority", 5, OLD)
    await scene.until(lambda: (old.offered, other.offered) == (20, 0))


async def test_fixed_for_today_only(set_up: Builder, wall_clock: WallClock) -> None:
    wall_clock.set(2, "18:00:00")
    scene = await set_up((OLD, quick_car()), **GRID_OPTIONS)
    (old,) = connectors(scene)
    await scene.choose("time.resume_green_at", "06:30:00")
    await scene.choose("switch.resume_green", True)
    await scene.until(lambda: old.offered == 40)
    end = dt_util.now().replace(hour=6, minute=30, second=0, microsecond=0)
    change = datetime.fromisoformat(scene.state("sensor.next_change"))
    assert change == end + timedelta(days=1)

    await scene.choose("time.resume_green_at", "07:00:00")
    await scene.reload()
    await scene.until(lambda: scene.state("sensor.rule") == "fixed")
    change = datetime.fromisoformat(scene.state("sensor.next_change"))
    assert change == end + timedelta(days=1, minutes=30)
    assert scene.state("time.resume_green_at") == "07:00:00"

    wall_clock.set(3, "07:00:00")
    await scene.until(lambda: scene.state("select.mode") == "green")
    assert scene.state("sensor.rule") == "green"
    assert scene.state("sensor.next_change") == "unknown"
    await scene.until(lambda: old.offered < 40)
    # Fixed is for today only again, until that is taken back.
    await scene.choose("select.mode", "fixed")
    assert scene.state("sensor.next_change") != "unknown"
    await scene.choose("switch.resume_green", False)
    assert scene.state("sensor.next_change") == "unknown"


async def test_a_car_is_stopped_and_started_by_the_switch_that_was_named_for_it(
    hass: HomeAssistant, set_up: Builder
) -> None:
    car = quick_car()
    switch = await async_give_car_a_switch(hass, car, "model_3")
    calls: list[str] = []

    @callback
    def note(event: Event[Any]) -> None:
        if event.data["domain"] == "homeassistant":
            calls.append(event.data["service"])

    hass.bus.async_listen("call_service", note)
    model_3 = vehicle(switch=switch, connector="1839")
    scene = await set_up((NEW, car), subentries=[model_3])
    (new,) = connectors(scene)
    await scene.until(lambda: float(scene.state("sensor.total_current")) > 38)

    shown = scene.states_of("sensor.status", NEW)
    await scene.choose("select.mode", "off")
    await scene.until(lambda: new.drawn == 0)
    await scene.until(lambda: scene.why(NEW) == "off")
    # It did not stop by itself, so it is not complete for a moment.
    assert shown == ["paused"]
    assert scene.problem("cannot_stop") is None
    # A restart does not forget what stopped the car.
    await scene.reload()
    await scene.until(lambda: scene.why(NEW) == "off")
    assert scene.state("sensor.status", NEW) == "paused"

    await scene.choose("select.mode", "fixed")
    await scene.until(lambda: new.drawn > 38)
    assert calls == ["turn_off", "turn_on"]
    # A reload while it charges does not disturb it either.
    await scene.reload()
    await scene.until(lambda: scene.why(NEW) == "wiring")
    await async_frames(scene.bus, 6)
    assert calls == ["turn_off", "turn_on"]
    assert car.interruptions == 0


async def test_a_car_is_stopped_by_the_contactor_where_the_owner_allowed_it(
    set_up: Builder,
) -> None:
    scene = await set_up((NEW, quick_car()), contactor_1839=True)
    (new,) = connectors(scene)
    await scene.until(lambda: float(scene.state("sensor.total_current")) > 38)

    await scene.choose("select.mode", "off")
    await scene.until(lambda: scene.why(NEW) == "off")
    assert new.drawn == 0
    assert not new.supply.contactor_allowed
    await scene.choose("select.mode", "fixed")
    await scene.until(lambda: new.drawn > 38)
    assert new.supply.contactor_allowed


async def test_failing_rules_offer_nothing_and_keep_the_bus_running(
    set_up: Builder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    scene = await set_up((OLD, quick_car()))
    (old,) = connectors(scene)
    await scene.until(lambda: old.drawn > 38)

    with monkeypatch.context() as broken:
        broken.setattr(
            "custom_components.twc_manager.charging.rules.Rules.decide",
            lambda *_: 1 / 0,
        )
        await scene.until(lambda: old.offered == 0)
        await async_frames(scene.bus, 5)
        assert scene.state("binary_sensor.connection") == "on"

    await scene.until(lambda: old.offered == 40)
    assert caplog.text.count("The rules failed") == 1
    assert caplog.text.count("ZeroDivisionError") == 1
    caplog.clear()


async def test_failing_commands_to_vehicles_change_no_offer(
    set_up: Builder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(
        "custom_components.twc_manager.vehicles.manager.VehicleManager.async_decide",
        lambda *_: 1 / 0,
    )
    scene = await set_up((OLD, quick_car()))
    (old,) = connectors(scene)
    await scene.until(lambda: old.drawn > 38)
    await async_frames(scene.bus, 20)
    assert scene.state("binary_sensor.connection") == "on"
    assert caplog.text.count("No command can be sent to any vehicle") == 1
