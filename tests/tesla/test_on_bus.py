"""The commands of an account control the cars at the simulated connectors."""

from pathlib import Path

import pytest

from custom_components.twc_manager.tesla import (
    ChargingState,
    Result,
    TeslaVehicleState,
    TokenManager,
    Tokens,
)
from custom_components.twc_manager.tesla.account import Account
from custom_components.twc_manager.vehicles.home_zone import Home, HomeState, home_state
from simulator.tesla import Kind, Signing
from tests.simulator.tesla import PARIS, Scene, with_cloud

from .conftest import TokenRecorder, pair

pytestmark = pytest.mark.usefixtures("socket_enabled")

HOME = Home(52.1, 5.1, 100)


def account_of(scene: Scene, key_file: Path | None = None) -> Account:
    token_manager = TokenManager(
        scene.session,
        Tokens(scene.account.client_id, scene.account.refresh_token),
        TokenRecorder(),
        url=scene.cloud.token_url,
        clock=lambda: scene.now,
    )
    return Account.fleet(
        scene.session, token_manager, base_url=scene.cloud.url(), key_file=key_file
    )


@pytest.mark.parametrize("signing", [Signing.ALLOWED, Signing.REQUIRED])
def test_it_stops_and_starts_the_car(key_file: Path, signing: Signing) -> None:
    async def scenario(scene: Scene) -> None:
        scene.car.signing = signing
        pair(scene.car, key_file)
        account, vin = account_of(scene, key_file), scene.car.vin
        twc, master = scene.rig.twc, scene.rig.master
        await scene.rig.charge(20)
        assert twc.drawn > 15
        assert (await account.stop_charging(vin)).result is Result.DONE
        await master.heartbeats(5, twc)
        assert twc.drawn == 0
        stopped = await account.data(vin, location=True)
        assert stopped.charging is ChargingState.STOPPED
        assert home_state(stopped.location, HOME, scene.now) is HomeState.HOME
        assert (await account.start_charging(vin)).result is Result.DONE
        await master.heartbeats(15, twc)
        assert twc.drawn > 5
        assert (await account.start_charging(vin)).result is Result.ALREADY
        assert scene.cloud.call_log.commands_to_cars_away == []

    with_cloud(scenario)


def test_a_car_that_waits_for_its_own_schedule() -> None:
    async def scenario(scene: Scene) -> None:
        account, vin = account_of(scene), scene.car.vin
        await scene.rig.charge(20)
        assert not (await account.data(vin, location=False)).scheduled
        scene.car.car.not_before = scene.rig.bus.now + 3600
        assert (await account.data(vin, location=False)).scheduled

    with_cloud(scenario)


def test_a_car_that_takes_its_time_to_wake() -> None:
    async def scenario(scene: Scene) -> None:
        account, vin = account_of(scene), scene.car.vin
        scene.car.car.sleep()
        assert await account.state(vin) is TeslaVehicleState.ASLEEP
        assert (await account.wake(vin)).result is Result.DONE
        assert await account.state(vin) is TeslaVehicleState.ASLEEP
        await scene.rig.master.heartbeats(70, scene.rig.twc)
        assert await account.state(vin) is TeslaVehicleState.ONLINE
        assert (await account.wake(vin)).result is Result.ALREADY
        assert scene.cloud.call_log.count(Kind.WAKE) == 2

    with_cloud(scenario)


def test_a_car_in_another_town() -> None:
    async def scenario(scene: Scene) -> None:
        data = await account_of(scene).data(scene.away.vin, location=True)
        assert data.location is not None
        assert (data.location.latitude, data.location.longitude) == PARIS
        assert home_state(data.location, HOME, scene.now) is HomeState.AWAY

    with_cloud(scenario)
