"""An account while its bus runs: its refreshes, and its cost."""

from collections.abc import AsyncGenerator
from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.twc_manager.charging.control.commands import (
    CommandOutcome,
    VehicleCommand,
)
from custom_components.twc_manager.charging.control.vehicle_facts import LocationUpdates
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.tesla import Calls, Claims, TokenManager
from custom_components.twc_manager.vehicles.account_vehicle import AccountVehicle
from custom_components.twc_manager.vehicles.config import ConfiguredAccount
from custom_components.twc_manager.vehicles.manager import VehicleManager
from custom_components.twc_manager.vehicles.running_account import (
    MAINTENANCE_INTERVAL,
    RunningAccount,
)
from custom_components.twc_manager.vehicles.vehicle_data import VehicleData, VehicleKind
from simulator.tesla import Kind, Trouble

from .scene import MadeUp, MemoryStore, account, account_data, vehicle

pytest_plugins = ["tests.cloud"]


@pytest.fixture
async def looked_after(
    hass: HomeAssistant, made_up: MadeUp, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[RunningAccount]:
    """An account of a bus that does not run, opened and kept alive."""
    clock = {"clock": lambda: dt_util.utcnow().timestamp()}
    monkeypatch.setattr(TokenManager.__init__, "__kwdefaults__", clock)
    added = account(made_up)
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    hass.config_entries.async_add_subentry(entry, added)
    kept = RunningAccount(
        hass,
        entry,
        added.subentry_id,
        ConfiguredAccount(added.title, account_data(added)),
        calls=Calls(),
        counted=lambda: None,
    )
    kept.async_start(lambda: None)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert kept.account is not None
    yield kept
    kept.async_stop()


async def _async_half_a_day(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.tick(MAINTENANCE_INTERVAL + timedelta(seconds=1))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_an_account_nobody_uses_is_refreshed_once_a_week(
    hass: HomeAssistant,
    made_up: MadeUp,
    looked_after: RunningAccount,
    freezer: FrozenDateTimeFactory,
) -> None:
    for _ in range(3 * 7 * 2):
        await _async_half_a_day(hass, freezer)
    assert made_up.owner.refreshes == 3
    assert looked_after.calls.total(dt_util.now().date()) == 0


async def test_a_token_is_asked_for_again_as_long_as_it_is_missing(
    hass: HomeAssistant, looked_after: RunningAccount, freezer: FrozenDateTimeFactory
) -> None:
    """Home Assistant skips one account while it requests the token of another."""
    flows = hass.config_entries.flow
    await _async_half_a_day(hass, freezer)
    assert flows.async_progress_by_handler(DOMAIN) == []
    looked_after.async_need_reauth()
    await hass.async_block_till_done()
    for _ in range(2):
        (flow,) = flows.async_progress_by_handler(DOMAIN)
        flows.async_abort(flow["flow_id"])
        await _async_half_a_day(hass, freezer)
    assert len(flows.async_progress_by_handler(DOMAIN)) == 1


async def test_each_token_is_decoded_once(
    hass: HomeAssistant, looked_after: RunningAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules check at every decision whether a car may be located."""
    decoded: list[str] = []
    read = Claims.read

    def counted(token: str) -> Claims:
        decoded.append(token)
        return read(token)

    monkeypatch.setattr(Claims, "read", counted)
    car = AccountVehicle(
        hass, "car", "Red one", VehicleData(VehicleKind.ACCOUNT), looked_after
    )
    assert looked_after.account is not None
    tokens = looked_after.account.token_manager
    assert tokens is not None
    for refreshes in range(1, 4):
        await tokens.refresh()
        decoded.clear()
        for now in range(100):
            assert car.facts(float(now)).location_updates is LocationUpdates.POLLED
        assert len(decoded) == 1, refreshes


def _commanded(
    hass: HomeAssistant, made_up: MadeUp, account: RunningAccount
) -> AccountVehicle:
    """Return the account's car."""
    (red,) = made_up.cars
    data = VehicleData(VehicleKind.ACCOUNT, vin=red.vin)
    return AccountVehicle(hass, "car", "Red one", data, account)


@pytest.mark.parametrize("asleep", [True, False])
async def test_a_car_out_of_reach_is_not_charged_a_call_for_data(
    hass: HomeAssistant, made_up: MadeUp, looked_after: RunningAccount, asleep: bool
) -> None:
    (red,) = made_up.cars
    car = _commanded(hass, made_up, looked_after)
    read = await car.async_send(VehicleCommand.READ_STATE, locate=True)
    assert read.outcome is CommandOutcome.DONE
    assert car.facts(hass.loop.time()).asleep is False
    assert car.facts(hass.loop.time()).charging is not None
    if asleep:
        red.car.sleep()
    else:
        red.offline = True
    read = await car.async_send(VehicleCommand.READ_STATE, locate=True)
    assert read.outcome is CommandOutcome.UNREACHABLE
    assert made_up.count(Kind.DATA) == 1
    facts = car.facts(hass.loop.time())
    # What it reported before may have changed since.
    assert (facts.asleep, facts.charging, facts.at_home) == (asleep, None, None)


async def test_a_cloud_in_trouble_leaves_what_a_car_reported(
    hass: HomeAssistant, made_up: MadeUp, looked_after: RunningAccount
) -> None:
    car = _commanded(hass, made_up, looked_after)
    await car.async_send(VehicleCommand.READ_STATE, locate=True)
    before = car.facts(0.0)
    made_up.server.fail("*", Trouble.SERVER_ERROR)
    read = await car.async_send(VehicleCommand.READ_STATE, locate=True)
    assert read.outcome is CommandOutcome.TRANSIENT
    assert car.facts(0.0) == before


async def test_the_rules_decide_after_an_answer_and_not_at_each_call(
    hass: HomeAssistant, made_up: MadeUp
) -> None:
    (red,) = made_up.cars
    added = account(made_up)
    car = vehicle("Red one", vin=red.vin, account=added.subentry_id)
    entry = MockConfigEntry(domain=DOMAIN)
    entry.add_to_hass(hass)
    for subentry in (added, car):
        hass.config_entries.async_add_subentry(entry, subentry)
    runs: list[int] = []
    store = MemoryStore()
    manager = VehicleManager(hass, entry, store)
    today = dt_util.now().date()

    def count_run() -> None:
        calls = manager.reading(today).accounts[added.subentry_id].calls
        runs.append(calls)

    manager.async_start(count_run)
    await hass.async_block_till_done(wait_background_tasks=True)
    managed = manager._managed_vehicles[car.subentry_id]
    runs.clear()
    for command in (VehicleCommand.READ_STATE, VehicleCommand.WAKE):
        await manager._async_send(car.subentry_id, managed, command, locate=True)
    # The first run comes with the answer to the first call, and so forth.
    assert runs == [1, 2]
    assert store.stored[-1].calls[added.subentry_id].total(today) == 2
    assert managed.commander.problem is not CommandOutcome.REAUTH
    await manager.async_stop()
