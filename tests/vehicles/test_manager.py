"""The cars of a running bus: added and removed cars, failures, and data that is not disclosed."""

from collections.abc import Callable
from datetime import date
import json
import logging
from typing import Any

from homeassistant.components.diagnostics import REDACTED
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.twc_manager.charging.control.commands import (
    CommandOutcome,
    VehicleCommand,
)
from custom_components.twc_manager.charging.control.rate_limit import (
    DailyUsage,
    StoredWaits,
)
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.inputs.schedules import ScheduleOptions
from custom_components.twc_manager.tesla import CallKind, Calls
from custom_components.twc_manager.vehicles.account_data import (
    SUBENTRY_ACCOUNT,
    AccountData,
)
from custom_components.twc_manager.vehicles.manager import VehicleManager
from custom_components.twc_manager.vehicles.stored import StoredVehicles
from custom_components.twc_manager.vehicles.vehicle_data import (
    SUBENTRY_VEHICLE,
    VehicleData,
)
from simulator import make_vin
from simulator.tesla import Kind, Scope, TeslaCar, Trouble
from tests.helpers import quick_car
from tests.scene import GRID_OPTIONS, NEW, Builder, Scene

from .scene import (
    ELSEWHERE,
    MadeUp,
    MemoryStore,
    account,
    async_sun_goes_and_comes,
    schedule,
    vehicle,
)

pytest_plugins = ["tests.cloud"]


def _today() -> date:
    return dt_util.now().date()


async def _charging_by_account(
    set_up: Builder, made_up: MadeUp, **options: Any
) -> Scene:
    """Set up a car of the account that charges, matched by its VIN."""
    (red,) = made_up.cars
    added = account(made_up)
    car = vehicle("Red one", vin=red.vin, account=added.subentry_id)
    scene = await set_up((NEW, red.car), subentries=[added, car], **options)
    (new,) = scene.bus.connectors
    await scene.until(lambda: new.drawn > 10 and scene.of(car)("control") == "vin")
    return scene


@pytest.fixture
def no_vin_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make no connector read a VIN, so that a car is only found by its location."""
    monkeypatch.setattr(
        "custom_components.twc_manager.twc.queries.VIN_AFTER_PLUG_IN", 3600.0
    )
    monkeypatch.setattr("simulator.answers._vin", lambda *_: None)


async def test_of_two_cars_the_one_that_is_away_gets_no_command(
    set_up: Builder, made_up: MadeUp, no_vin_is_read: None
) -> None:
    red = made_up.cars[0]
    blue = TeslaCar(
        car=quick_car(vin=make_vin(2)), place=ELSEWHERE, charging_elsewhere=True
    )
    made_up.cars.append(blue)
    added = account(made_up)
    cars = [
        vehicle(name, vin=item.vin, account=added.subentry_id)
        for name, item in (("Red one", red), ("Blue one", blue))
    ]
    scene = await set_up((NEW, red.car), subentries=[added, *cars], **GRID_OPTIONS)
    (new,) = scene.bus.connectors
    await scene.until(lambda: new.drawn > 10)
    await async_sun_goes_and_comes(scene)
    assert scene.of(cars[0])("control") == "only_one_home"
    assert scene.state("sensor.vehicle", NEW) == "Red one"
    assert scene.of(cars[1])("connector") == "unknown"
    assert made_up.count(Kind.COMMAND, blue.car) == 0
    assert made_up.count(Kind.DATA, blue.car) > 0
    # One look before it was stopped and one before it was started.
    assert made_up.count(Kind.DATA, red.car) == 2
    assert blue.charging_elsewhere


async def test_without_the_location_scope_the_owners_setting_counts(
    hass: HomeAssistant,
    set_up: Builder,
    made_up: MadeUp,
    no_vin_is_read: None,
) -> None:
    """An access token of a service contains no scopes, so those found in the dialog are stored."""
    (red,) = made_up.cars
    made_up.owner.scopes -= {Scope.VEHICLE_LOCATION}
    scene = await set_up((NEW, red.car))
    result: Any = await hass.config_entries.subentries.async_init(
        (scene.entry.entry_id, SUBENTRY_ACCOUNT), context={"source": SOURCE_USER}
    )
    for entered in (
        {"next_step_id": "teslemetry"},
        {
            "access_token": made_up.owner.third_party_token,
            "advanced": {"base_url": made_up.server.teslemetry_url},
        },
        {"next_step_id": "keep"},
    ):
        result = await hass.config_entries.subentries.async_configure(
            result["flow_id"], entered
        )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (added,) = scene.entry.get_subentries_of_type(SUBENTRY_ACCOUNT)
    car = vehicle("Red one", vin=red.vin, account=added.subentry_id, connector="1839")
    hass.config_entries.async_add_subentry(scene.entry, car)
    (new,) = scene.bus.connectors
    await scene.until(lambda: new.drawn > 10)
    await scene.choose("select.mode", "off")
    await scene.until(lambda: new.drawn == 0)
    assert scene.of(car)("control") == "assigned"
    assert made_up.count(Kind.DATA) == 0


async def test_cars_and_accounts_come_and_go_while_the_bus_runs(
    hass: HomeAssistant, set_up: Builder, made_up: MadeUp
) -> None:
    (red,) = made_up.cars
    scene = await set_up((NEW, red.car))
    (new,) = scene.bus.connectors
    await scene.until(lambda: new.drawn > 10)
    await scene.choose("select.mode", "off")
    await scene.until(lambda: scene.problem("cannot_stop") is not None)
    coordinator = scene.entry.runtime_data

    added = account(made_up)
    hass.config_entries.async_add_subentry(scene.entry, added)
    car = vehicle("Red one", vin=red.vin, account=added.subentry_id)
    hass.config_entries.async_add_subentry(scene.entry, car)
    await scene.until(lambda: new.drawn == 0)
    await scene.until(lambda: scene.problem("cannot_stop") is None)
    assert scene.of(car)("problem") == "none"
    devices = dr.async_get(hass)
    names = {
        device.name: device.config_subentry_id
        for device in dr.async_entries_for_config_entry(devices, scene.entry.entry_id)
    }
    assert names["Red one"] == car.subentry_id
    assert names["Made-up account"] == added.subentry_id

    hass.config_entries.async_remove_subentry(scene.entry, car.subentry_id)
    hass.config_entries.async_remove_subentry(scene.entry, added.subentry_id)
    await scene.until(lambda: not coordinator.data.vehicles.vehicles)
    await hass.async_block_till_done()
    assert not [item for item in hass.states.async_all() if "red_one" in item.entity_id]
    assert scene.entry.runtime_data is coordinator
    assert coordinator.vehicles.commandable == frozenset()


async def test_new_tokens_reread_nothing(
    hass: HomeAssistant,
    set_up: Builder,
    made_up: MadeUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = await _charging_by_account(set_up, made_up)
    night = schedule("Night")
    hass.config_entries.async_add_subentry(scene.entry, night)
    vehicles = scene.entry.runtime_data.vehicles
    before = list(vehicles._managed_vehicles.values())
    (added,) = scene.entry.get_subentries_of_type(SUBENTRY_ACCOUNT)
    tokens = added.data["tokens"]
    read: list[str] = []
    for kind in (AccountData, VehicleData, ScheduleOptions):
        monkeypatch.setattr(kind, "__init__", _noting(kind, read))
    made_up.owner.expire_access()
    await scene.choose("select.mode", "off")
    (new,) = scene.bus.connectors
    await scene.until(lambda: new.drawn == 0)
    assert made_up.owner.refreshes > 0
    assert added.data["tokens"] != tokens
    assert read == []
    assert list(vehicles._managed_vehicles.values()) == before
    hass.config_entries.async_update_subentry(scene.entry, night, title="Late")
    assert read == ["ScheduleOptions"]
    (car,) = scene.entry.get_subentries_of_type(SUBENTRY_VEHICLE)
    hass.config_entries.async_update_subentry(scene.entry, car, title="Blue one")
    assert set(read[1:]) == {"AccountData", "VehicleData"}


def _noting(kind: type, read: list[str]) -> Callable[..., None]:
    """Return a constructor that records that a subentry is read, and then reads it."""
    init = kind.__init__

    def noted(self: object, *args: Any, **kwargs: Any) -> None:
        read.append(kind.__name__)
        init(self, *args, **kwargs)

    return noted


async def test_an_account_that_takes_no_token_any_more_asks_for_another(
    hass: HomeAssistant, set_up: Builder, made_up: MadeUp
) -> None:
    scene = await _charging_by_account(set_up, made_up)
    made_up.owner.revoke()
    await scene.choose("select.mode", "off")
    data = scene.entry.runtime_data
    await scene.until(
        lambda: any(car.problem for car in data.data.vehicles.vehicles.values())
    )
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == "reauth"
    (car,) = data.data.vehicles.vehicles.values()
    assert (car.problem, car.last_command) == ("reauth", VehicleCommand.STOP)
    assert data.vehicles.commandable == frozenset()


@pytest.mark.parametrize(
    "trouble", [Trouble.SERVER_ERROR, Trouble.HTML, Trouble.DROP, Trouble.RATE_LIMITED]
)
async def test_a_cloud_in_trouble_costs_only_the_control_of_the_car(
    set_up: Builder, made_up: MadeUp, trouble: Trouble
) -> None:
    scene = await _charging_by_account(set_up, made_up)
    made_up.server.fail("*", trouble)
    await scene.choose("select.mode", "off")
    vehicles = scene.entry.runtime_data
    await scene.until(
        lambda: any(car.problem for car in vehicles.data.vehicles.vehicles.values())
    )
    assert scene.state("sensor.status", NEW) == "charging"
    assert made_up.count(Kind.COMMAND) <= 1


async def test_without_the_library_only_commands_to_cars_fail(
    hass: HomeAssistant,
    set_up: Builder,
    made_up: MadeUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing() -> None:
        raise ImportError

    monkeypatch.setattr(
        "custom_components.twc_manager.vehicles.open_account.load_library", missing
    )
    (red,) = made_up.cars
    added = account(made_up)
    car = vehicle("Red one", vin=red.vin, account=added.subentry_id)
    scene = await set_up((NEW, red.car), subentries=[added, car])
    issues = ir.async_get(hass)
    await scene.until(lambda: (DOMAIN, "tesla_library") in issues.issues)
    (new,) = scene.bus.connectors
    await scene.until(lambda: new.drawn > 10)
    await scene.choose("select.mode", "off")
    await scene.until(lambda: scene.problem("cannot_stop") is not None)
    assert scene.of(car)("problem") == "unreachable"
    assert made_up.server.call_log.calls == []


async def test_a_car_shows_whether_it_can_be_commanded(
    hass: HomeAssistant,
) -> None:
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    by_switch = vehicle(switch="input_boolean.car")
    orphan = vehicle("Blue one", vin=make_vin(2), account="removed")
    for subentry in (by_switch, orphan):
        hass.config_entries.async_add_subentry(entry, subentry)
    vehicles = VehicleManager(hass, entry, MemoryStore())
    vehicles.async_start(lambda: None)

    def problems() -> list[CommandOutcome | None]:
        cars = vehicles.reading(_today()).vehicles
        return [cars[item.subentry_id].problem for item in (by_switch, orphan)]

    assert problems() == [CommandOutcome.UNREACHABLE, CommandOutcome.UNREACHABLE]
    hass.states.async_set("input_boolean.car", "on")
    assert problems() == [None, CommandOutcome.UNREACHABLE]
    hass.states.async_set("input_boolean.car", "unavailable")
    # While Home Assistant starts, no account counts as missing: they are not there yet.
    hass.set_state(CoreState.not_running)
    assert problems() == [None, None]
    hass.set_state(CoreState.running)
    assert problems() == [CommandOutcome.UNREACHABLE, CommandOutcome.UNREACHABLE]
    await vehicles.async_stop()


async def test_a_bus_without_accounts_leaves_the_library_issue_of_another(
    hass: HomeAssistant, made_up: MadeUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise ImportError

    monkeypatch.setattr(
        "custom_components.twc_manager.vehicles.open_account.load_library", missing
    )
    added = account(made_up)
    entries = [MockConfigEntry(domain=DOMAIN) for _ in range(2)]
    for entry in entries:
        entry.add_to_hass(hass)
    hass.config_entries.async_add_subentry(entries[0], added)
    managers = [VehicleManager(hass, entry, MemoryStore()) for entry in entries]
    issues = ir.async_get(hass)
    for vehicles in managers:
        vehicles.async_start(lambda: None)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert (DOMAIN, "tesla_library") in issues.issues
    for vehicles in managers:
        await vehicles.async_stop()
    await hass.config_entries.async_remove(entries[1].entry_id)
    assert (DOMAIN, "tesla_library") in issues.issues
    # It goes with the last account.
    await hass.config_entries.async_remove(entries[0].entry_id)
    assert (DOMAIN, "tesla_library") not in issues.issues


async def test_counted_calls_are_restored_after_a_restart(
    set_up: Builder, made_up: MadeUp
) -> None:
    scene = await _charging_by_account(set_up, made_up)
    await scene.choose("select.mode", "off")
    (new,) = scene.bus.connectors
    await scene.until(lambda: new.drawn == 0)
    (before,) = scene.entry.runtime_data.data.vehicles.accounts.values()
    assert before.calls > 0
    await scene.reload()
    (after,) = scene.entry.runtime_data.vehicles.reading(_today()).accounts.values()
    assert after.calls == before.calls


async def test_the_waits_of_a_commanded_car_survive_a_change_and_a_reload(
    hass: HomeAssistant, set_up: Builder, made_up: MadeUp
) -> None:
    scene = await _charging_by_account(set_up, made_up)
    await scene.choose("select.mode", "off")
    (new,) = scene.bus.connectors
    await scene.until(lambda: new.drawn == 0)

    def waits() -> StoredWaits:
        (managed,) = scene.entry.runtime_data.vehicles._managed_vehicles.values()
        return managed.commander.waits

    before = waits()
    assert before.last_call_at is not None
    assert before.command_ready_at is not None
    (car,) = scene.entry.get_subentries_of_type(SUBENTRY_VEHICLE)
    hass.config_entries.async_update_subentry(scene.entry, car, title="Renamed")
    await hass.async_block_till_done()
    (managed,) = scene.entry.runtime_data.vehicles._managed_vehicles.values()
    assert managed.commander.last is None
    assert waits().last_call_at == pytest.approx(before.last_call_at, abs=1)
    assert waits().command_ready_at >= before.command_ready_at - 1
    await scene.reload()
    assert waits().last_call_at == pytest.approx(before.last_call_at, abs=1)
    assert waits().command_ready_at >= before.command_ready_at - 1


async def test_unloading_the_bus_does_not_wait_for_cars(
    hass: HomeAssistant, set_up: Builder, made_up: MadeUp
) -> None:
    scene = await _charging_by_account(set_up, made_up)
    made_up.server.fail("command", Trouble.TIMEOUT)
    await scene.choose("select.mode", "off")
    await scene.until(lambda: made_up.count(Kind.COMMAND) > 0)
    (managed,) = scene.entry.runtime_data.vehicles._managed_vehicles.values()
    assert managed.task is not None
    assert not managed.task.done()
    assert await hass.config_entries.async_unload(scene.entry.entry_id)
    assert managed.task.done()


async def test_tokens_vins_and_locations_are_not_disclosed(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    set_up: Builder,
    made_up: MadeUp,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("custom_components.twc_manager", "tesla_fleet_api", "aiohttp"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    (red,) = made_up.cars
    first_token = made_up.owner.refresh_token
    scene = await _charging_by_account(set_up, made_up, **GRID_OPTIONS)
    await async_sun_goes_and_comes(scene)
    made_up.server.fail_next("command", Trouble.SERVER_ERROR)
    await scene.choose("select.mode", "off")
    await scene.until(
        lambda: any(
            car.problem
            for car in scene.entry.runtime_data.data.vehicles.vehicles.values()
        )
    )
    text = json.dumps(
        await get_diagnostics_for_config_entry(hass, hass_client, scene.entry)
    )
    # Home Assistant itself logs every state, and the connected vehicle is one.
    logged = "\n".join(
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("custom_components.twc", "tesla_fleet", "aiohttp"))
    )
    assert REDACTED in text
    secrets = {
        red.vin,
        first_token,
        made_up.owner.refresh_token,
        *made_up.owner._good_until,
        str(hass.config.latitude),
        str(hass.config.longitude),
    }
    for secret in secrets:
        assert secret not in text
        assert secret not in logged


def test_what_is_kept_survives() -> None:
    calls = Calls()
    calls.add(CallKind.WAKE, _today())
    waits = {"car": StoredWaits(last_call_at=5.0, command_ready_at=65.0)}
    kept = StoredVehicles(
        {"car": DailyUsage(_today(), 3, 1)}, {"account": calls}, waits
    )
    again = StoredVehicles.from_dict(json.loads(json.dumps(kept.as_dict())))
    assert again.daily_usages == kept.daily_usages
    assert again.waits == kept.waits
    assert again.calls["account"].total(_today()) == 1
