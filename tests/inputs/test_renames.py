"""An entity that its owner renames is followed at once, and no bus is reloaded for it."""

from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_time_interval

from simulator import Bus
from tests.helpers import quick_car
from tests.scene import OLD, Builder

SENSOR: Final = "sensor.l1"
RENAMED: Final = "sensor.mains"


def add_registered(hass: HomeAssistant, entity_id: str) -> None:
    platform, _, name = entity_id.partition(".")
    er.async_get(hass).async_get_or_create(
        platform, "a_meter", name, suggested_object_id=name
    )


def subentry(kind: str, data: dict[str, Any]) -> ConfigSubentry:
    return ConfigSubentry(
        data=MappingProxyType(data), subentry_type=kind, title=kind, unique_id=None
    )


async def test_a_renamed_sensor_is_followed_without_a_gap(
    hass: HomeAssistant, bus: Bus, set_up: Builder
) -> None:
    amps = {"unit_of_measurement": "A"}
    shown = [SENSOR]

    @callback
    def report(_: Any = None) -> None:
        total = 5 + sum(twc.drawn for twc in bus.connectors)
        hass.states.async_set(shown[-1], f"{total:.1f}", amps)

    add_registered(hass, SENSOR)
    report()
    stop = async_track_time_interval(hass, report, timedelta(seconds=1))
    scene = await set_up((OLD, quick_car()), fuse_size=63, fuse_current_l1=SENSOR)
    (old,) = scene.bus.connectors
    await scene.until(lambda: old.drawn > 30)
    coordinator = scene.entry.runtime_data
    offers = []
    scene.bus.change_listeners.append(lambda: offers.append(old.offered))

    er.async_get(hass).async_update_entity(SENSOR, new_entity_id=RENAMED)
    hass.states.async_remove(SENSOR)
    shown.append(RENAMED)
    began = hass.loop.time()
    await scene.until(lambda: hass.loop.time() > began + 200)

    assert scene.entry.options["fuse_current_l1"] == RENAMED
    assert scene.entry.runtime_data is coordinator
    assert min(offers) > 30
    assert scene.why(OLD) != "main_fuse"
    assert scene.problem("fuse_sensor_stale") is None

    shown.append("sensor.elsewhere")
    await scene.until(lambda: old.offered == 0, seconds=70)
    stop()


async def test_schedules_and_vehicles_follow_too_and_buses_that_do_not_run(
    hass: HomeAssistant, set_up: Builder
) -> None:
    follows = {"entity_id": "binary_sensor.cheap", "action": "do_not_charge"}
    keys = ("vin", "account", "cable", "charging_state", "location", "connector")
    car = dict.fromkeys(keys)
    car |= {"kind": "entities", "switch": "switch.car", "battery": "sensor.level"}
    car |= {"override_schedule": False}
    for entity_id in ("binary_sensor.cheap", "switch.car", "sensor.level"):
        add_registered(hass, entity_id)
    hass.states.async_set("binary_sensor.cheap", "off")
    subentries = [subentry("schedule", follows), subentry("vehicle", car)]
    scene = await set_up((OLD, None), subentries=subentries)
    coordinator = scene.entry.runtime_data

    def rename(old: str, new: str) -> None:
        er.async_get(hass).async_update_entity(old, new_entity_id=new)

    def data(kind: str) -> dict[str, Any]:
        (found,) = scene.entry.get_subentries_of_type(kind)
        return dict(found.data)

    rename("binary_sensor.cheap", "binary_sensor.dear")
    rename("switch.car", "switch.automobile")
    hass.states.async_set("binary_sensor.dear", "on")
    await scene.until(lambda: scene.state("sensor.rule") == "schedule")
    assert data("schedule")["entity_id"] == "binary_sensor.dear"
    assert data("vehicle")["switch"] == "switch.automobile"
    assert data("vehicle")["battery"] == "sensor.level"
    assert scene.entry.runtime_data is coordinator

    await hass.config_entries.async_unload(scene.entry.entry_id)
    assert scene.entry.state is ConfigEntryState.NOT_LOADED
    rename("sensor.level", "sensor.charge")
    assert data("vehicle")["battery"] == "sensor.charge"
