"""A car with entities: its data, and the meaning of its switch's errors."""

import asyncio
from dataclasses import replace
from typing import Any

import aiohttp
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
import pytest
from tesla_fleet_api.exceptions import TeslaFleetError
import voluptuous as vol

from custom_components.twc_manager.charging.control.commands import (
    CommandOutcome,
    VehicleCommand,
)
from custom_components.twc_manager.charging.control.vehicle_facts import (
    LocationUpdates,
    Vehicle,
    VehicleCharging,
    VehicleLocation,
)
from custom_components.twc_manager.vehicles.entity_vehicle import EntityVehicle
from custom_components.twc_manager.vehicles.vehicle_data import VehicleData, VehicleKind
from simulator import make_vin

SWITCH = "switch.car"


def _car(hass: HomeAssistant, **parts: Any) -> EntityVehicle:
    data = VehicleData(VehicleKind.ENTITIES, switch=SWITCH, **parts)
    return EntityVehicle(hass, "car", "Model 3", data)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (HomeAssistantError("The command failed: complete"), CommandOutcome.COMPLETE),
        (HomeAssistantError("charging is_charging"), CommandOutcome.ALREADY),
        (HomeAssistantError("not_charging"), CommandOutcome.ALREADY),
        (HomeAssistantError("disconnected"), CommandOutcome.DISCONNECTED),
        (HomeAssistantError("no_power"), CommandOutcome.NO_POWER),
        (HomeAssistantError("could_not_wake_buses"), CommandOutcome.BUSY),
        (HomeAssistantError("asleep"), CommandOutcome.TRANSIENT),
        (vol.Invalid("asleep"), CommandOutcome.TRANSIENT),
        (ValueError("asleep"), CommandOutcome.TRANSIENT),
        (TimeoutError(), CommandOutcome.TRANSIENT),
        (aiohttp.ClientError("asleep"), CommandOutcome.TRANSIENT),
    ],
)
async def test_an_error_may_be_an_answer(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    outcome: CommandOutcome,
) -> None:
    asked: list[str] = []
    failing = True

    async def handle(call: ServiceCall) -> None:
        asked.append(call.service)
        if failing:
            raise error

    hass.services.async_register("homeassistant", "turn_on", handle)
    hass.services.async_register("homeassistant", "turn_off", handle)
    hass.states.async_set(SWITCH, "on")
    car = _car(hass)
    for ask in (VehicleCommand.START, VehicleCommand.STOP):
        assert (await car.async_send(ask, locate=False)).outcome is outcome
    assert asked == ["turn_on", "turn_off"]
    # A failure that lasts is reported once, until it works again.
    warnings = int(outcome is CommandOutcome.TRANSIENT)
    assert caplog.text.count("did not obey") == warnings
    failing = False
    assert (
        await car.async_send(VehicleCommand.START, locate=False)
    ).outcome is CommandOutcome.DONE
    failing = True
    await car.async_send(VehicleCommand.START, locate=False)
    assert caplog.text.count("did not obey") == 2 * warnings


async def test_no_vin_gets_into_the_log(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    async def handle(_: ServiceCall) -> None:
        raise HomeAssistantError(f"{make_vin(1)} cannot do that")

    hass.services.async_register("homeassistant", "turn_on", handle)
    hass.states.async_set(SWITCH, "off")
    await _car(hass).async_send(VehicleCommand.START, locate=False)
    assert "cannot do that" in caplog.text
    assert make_vin(1) not in caplog.text


async def test_a_switch_that_is_not_there_is_not_asked(hass: HomeAssistant) -> None:
    car = _car(hass)
    assert not car.reachable
    hass.states.async_set(SWITCH, "unavailable")
    assert not car.reachable
    answer = await car.async_send(VehicleCommand.STOP, locate=False)
    assert answer.outcome is CommandOutcome.UNREACHABLE


@pytest.mark.parametrize(
    "error", [RuntimeError, asyncio.CancelledError, KeyboardInterrupt, SystemExit]
)
async def test_a_bug_and_a_cancellation_are_not_hidden(
    hass: HomeAssistant, error: type[BaseException]
) -> None:
    async def handle(_: ServiceCall) -> None:
        raise error

    hass.services.async_register("homeassistant", "turn_on", handle)
    hass.states.async_set(SWITCH, "off")
    with pytest.raises(error):
        await _car(hass).async_send(VehicleCommand.START, locate=False)


async def test_what_is_no_exception_to_python_is_an_error_all_the_same(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """All errors of the library that Home Assistant's Tesla integrations use are such ones."""
    assert not issubclass(TeslaFleetError, Exception)

    async def handle(_: ServiceCall) -> None:
        raise TeslaFleetError

    hass.services.async_register("homeassistant", "turn_on", handle)
    hass.states.async_set(SWITCH, "off")
    answer = await _car(hass).async_send(VehicleCommand.START, locate=False)
    assert answer.outcome is CommandOutcome.TRANSIENT
    assert "did not obey: An unknown error has occurred" in caplog.text


def test_unknown_entity_states_give_no_data(hass: HomeAssistant) -> None:
    assert _car(hass).facts(0.0) == Vehicle("car", "Model 3")
    parts = {
        "cable": "binary_sensor.cable",
        "charging_state": "sensor.charging",
        "location": "device_tracker.car",
        "battery": "sensor.battery",
    }
    car = _car(hass, **parts)
    assert car.entity_ids == (SWITCH, *parts.values())
    for state in ("unknown", "unavailable"):
        for entity_id in parts.values():
            hass.states.async_set(entity_id, state)
        assert car.facts(0.0) == Vehicle(
            "car", "Model 3", location_updates=LocationUpdates.PUSHED
        )


@pytest.mark.parametrize(
    ("part", "domain", "reported", "known"),
    [
        ("cable", "binary_sensor", "on", {"plugged": True}),
        ("cable", "binary_sensor", "off", {"plugged": False}),
        (
            "charging_state",
            "sensor",
            "charging",
            {"charging": VehicleCharging.CHARGING},
        ),
        (
            "charging_state",
            "sensor",
            "Complete",
            {"charging": VehicleCharging.COMPLETE},
        ),
        (
            "charging_state",
            "sensor",
            "no_power",
            {"charging": VehicleCharging.NO_POWER},
        ),
        (
            "charging_state",
            "sensor",
            "No Power",
            {"charging": VehicleCharging.NO_POWER},
        ),
        ("charging_state", "sensor", "lazy", {}),
        (
            "charging_state",
            "binary_sensor",
            "on",
            {"charging": VehicleCharging.CHARGING},
        ),
        # It may be full, or stopped, or waiting.
        ("charging_state", "binary_sensor", "off", {}),
        ("battery", "sensor", "55.5", {"battery": 55.5}),
        ("battery", "sensor", "nan", {}),
    ],
)
def test_the_data_from_entities(
    hass: HomeAssistant, part: str, domain: str, reported: str, known: dict[str, Any]
) -> None:
    entity_id = f"{domain}.{part}"
    hass.states.async_set(entity_id, reported)
    facts = _car(hass, **{part: entity_id}).facts(0.0)
    assert replace(facts, charging_report_age=None) == Vehicle(
        "car", "Model 3", **known
    )


async def test_a_charging_state_is_known_since_it_was_seen_to_change(
    hass: HomeAssistant,
) -> None:
    car = _car(hass, charging_state="sensor.charging")

    def ages(state: str | None = None) -> tuple[float | None, float | None]:
        if state is not None:
            hass.states.async_set("sensor.charging", state)
        facts = car.facts(hass.loop.time())
        age = facts.charging_report_age
        return facts.charging_changed_age, None if age is None else round(age)

    assert ages() == (None, None)
    assert ages("charging") == (None, 0)
    await asyncio.sleep(60)
    assert ages("stopped") == (0.0, 0)
    await asyncio.sleep(60)
    assert ages() == (60.0, 60)
    assert ages("stopped") == (60.0, 0)
    # What is reported after a gap may be old.
    assert ages("unavailable") == (None, None)
    assert ages("charging") == (None, 0)


@pytest.mark.parametrize(
    ("reported", "moved", "place"),
    [
        ("home", None, VehicleLocation.HOME),
        ("not_home", None, VehicleLocation.AWAY),
        # The smallest zone is named, which may lie within that of home.
        ("Driveway", 0.0, VehicleLocation.HOME),
        ("home", 0.1, VehicleLocation.AWAY),
    ],
)
def test_the_location_by_a_tracker(
    hass: HomeAssistant, reported: str, moved: float | None, place: VehicleLocation
) -> None:
    there = {
        "latitude": hass.config.latitude + (moved or 0.0),
        "longitude": hass.config.longitude,
    }
    hass.states.async_set(
        "device_tracker.car", reported, {} if moved is None else there
    )
    car = _car(hass, location="device_tracker.car").facts(0.0)
    assert car.location is place


def test_home_is_the_zone_of_that_name(hass: HomeAssistant) -> None:
    zone = {"latitude": 52.1, "longitude": 5.1, "radius": 100}
    hass.states.async_set("zone.home", "0", zone)
    hass.states.async_set("device_tracker.car", "not_home", zone)
    car = _car(hass, location="device_tracker.car").facts(0.0)
    assert car.location is VehicleLocation.HOME
