"""The owner's word for which vehicle is plugged in: until it is unplugged, and never against a VIN."""

import asyncio
from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.twc_manager.charging.control.matching import MatchReason, match
from custom_components.twc_manager.charging.control.vehicle_facts import (
    ConnectorFacts,
    Vehicle,
)
from custom_components.twc_manager.state.devices import device_id_of
from custom_components.twc_manager.vehicles.chosen import GUEST, ChosenVehicles
from tests.helpers import quick_car
from tests.scene import OLD, Builder, Scene

from .scene import vehicle

ONE, TWO = 0x032E, 0x1839
VIN = "5YJ3E1EA7KF000316"
RED = vehicle("Red one", "red", battery="sensor.red")
BLUE = vehicle("Blue one", "blue", battery="sensor.blue")


def chosen(**stored: str) -> tuple[ChosenVehicles, list[None]]:
    ended: list[None] = []
    by_connector = {int(key[1:], 16): item for key, item in stored.items()}
    return ChosenVehicles(by_connector, lambda: ended.append(None)), ended


def facts(connector_id: int, *, plugged: bool, heard: float = 0.0) -> ConnectorFacts:
    return ConnectorFacts(connector_id, 1, plugged, heard_since=heard)


def test_a_choice_ends_when_the_vehicle_is_unplugged_for_certain() -> None:
    words, ended = chosen(x032E="red", x1839=GUEST)
    # It has only just been heard again, and may not have reported what is plugged in.
    words.update(105.0, [facts(ONE, plugged=False, heard=100.0)])
    # The other one is not heard at all.
    assert (words.by_connector, ended) == ({ONE: "red", TWO: GUEST}, [])
    words.update(110.0, [facts(ONE, plugged=False, heard=100.0)])
    assert (words.by_connector, ended) == ({TWO: GUEST}, [None])


def test_a_choice_does_not_pass_on_to_the_next_vehicle() -> None:
    words, ended = chosen()
    words.update(100.0, [facts(ONE, plugged=True)])
    words.choose(ONE, "red")
    words.update(101.0, [facts(ONE, plugged=True)])
    assert words.by_connector == {ONE: "red"}
    # Nothing was decided while nothing was plugged in.
    words.update(200.0, [replace(facts(ONE, plugged=True), plugged_since=190.0)])
    assert (words.by_connector, ended) == ({}, [None])
    words.choose(ONE, "blue")
    words.update(201.0, [replace(facts(ONE, plugged=True), plugged_since=190.0)])
    assert words.by_connector == {ONE: "blue"}
    # After a restart the vehicle that was there before is the one; one that comes is not.
    again, ended = chosen(x032E="blue")
    again.update(5.0, [facts(ONE, plugged=True)])
    assert (again.by_connector, ended) == ({ONE: "blue"}, [])
    again.update(9.0, [replace(facts(ONE, plugged=True), plugged_since=8.0)])
    assert (again.by_connector, ended) == ({}, [None])


def test_a_vehicle_is_at_one_connector_only_and_guests_may_be_at_several() -> None:
    words, _ = chosen()
    words.choose(ONE, "red")
    words.choose(TWO, "red")
    assert words.by_connector == {TWO: "red"}
    words.choose(ONE, GUEST)
    words.choose(TWO, GUEST)
    assert words.guests == {ONE, TWO}
    words.choose(ONE, None)
    words.choose(ONE, None)
    assert words.by_connector == {TWO: GUEST}


def test_a_choice_counts_more_than_where_a_vehicle_is_usually_parked() -> None:
    words, _ = chosen(x032E="red")
    assert words.assignments({ONE: "blue", TWO: "red"}) == {ONE: "red"}
    assert words.assignments({TWO: "blue"}) == {ONE: "red", TWO: "blue"}
    words.choose(ONE, GUEST)
    assert words.assignments({TWO: "red"}) == {TWO: "red"}
    words.choose(TWO, "blue")
    words.keep({"red"})
    assert words.by_connector == {ONE: GUEST}


def test_a_guest_is_no_vehicle_of_the_house_unless_a_vin_proves_it() -> None:
    home = Vehicle("red", "Red one", VIN, at_home=True, location_age=1.0)
    plugged = ConnectorFacts(ONE, 2, True)
    assert match([plugged], {}, [home])[ONE].vehicle_id == "red"
    found = match([plugged], {ONE: "red"}, [home], (), {ONE})[ONE]
    assert (found.vehicle_id, found.reason) == (None, MatchReason.SOMEONE_ELSES)
    read = ConnectorFacts(ONE, 2, True, VIN)
    assert match([read], {}, [home], (), {ONE})[ONE].reason is MatchReason.VIN


@pytest.fixture
async def scene(hass: HomeAssistant, set_up: Builder) -> Scene:
    """A house with two vehicles, one of which is plugged in where no VIN is read."""
    hass.states.async_set("sensor.red", "40", {"unit_of_measurement": "%"})
    hass.states.async_set("sensor.blue", "60", {"unit_of_measurement": "%"})
    scene = await set_up((OLD, quick_car()), subentries=[RED, BLUE])
    await scene.until(lambda: scene.state("sensor.status", OLD) == "charging")
    return scene


def device_of(scene: Scene, key: str) -> str:
    found = device_id_of(
        scene.hass, scene.entry.entry_id, f"{scene.entry.entry_id}.{key}"
    )
    assert found is not None
    return found


def vehicle_at(scene: Scene) -> str | None:
    name: str | None = scene.entry.runtime_data.data.vehicles.vehicle_at(OLD)
    return name


async def test_an_owner_says_which_vehicle_it_is_until_it_is_unplugged(
    scene: Scene,
) -> None:
    at = {"device_id": scene.device(OLD)}
    await scene.act("set_vehicle", vehicle=device_of(scene, "blue"), **at)
    await scene.until(lambda: vehicle_at(scene) == "Blue one")
    await scene.reload()
    await scene.until(lambda: vehicle_at(scene) == "Blue one")
    await scene.act("set_vehicle", vehicle=device_of(scene, "red"), **at)
    await scene.until(lambda: vehicle_at(scene) == "Red one")
    await scene.act("set_vehicle", guest=True, **at)
    await scene.until(lambda: vehicle_at(scene) is None)
    await scene.act("set_vehicle", vehicle=device_of(scene, "red"), **at)
    await scene.until(lambda: vehicle_at(scene) == "Red one")
    (old,) = scene.bus.connectors
    old.unplug()
    await scene.until(lambda: scene.state("sensor.status", OLD) == "ready")
    # A shorter interruption is no other vehicle.
    await asyncio.sleep(10)
    old.plug_in(quick_car())
    await scene.until(lambda: scene.state("sensor.status", OLD) == "charging")
    await scene.until(lambda: vehicle_at(scene) is None)
    assert not scene.entry.runtime_data.vehicles.matches.chosen.by_connector


async def test_what_makes_no_sense_is_refused(
    scene: Scene, hass: HomeAssistant
) -> None:
    at = {"device_id": scene.device(OLD)}

    async def refusal(**data: object) -> str | None:
        with pytest.raises(ServiceValidationError) as error:
            await scene.act("set_vehicle", **data)
        return error.value.translation_key

    assert await refusal(vehicle=scene.device(OLD), **at) == "vehicle_unknown"
    assert await refusal(vehicle="gone", **at) == "vehicle_unknown"
    (old,) = scene.bus.connectors
    old.unplug()
    await scene.until(lambda: scene.state("sensor.status", OLD) == "ready")
    assert await refusal(guest=True, **at) == "vehicle_not_plugged"
