"""Requests and commands to an account, and the meaning of each error."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from custom_components.twc_manager.tesla import (
    AccountError,
    CallKind,
    ChargingState,
    Region,
    Result,
    TeslaVehicle,
    TeslaVehicleState,
    account as room,
)
from custom_components.twc_manager.tesla.account import Account
from custom_components.twc_manager.vehicles.home_zone import Home, HomeState, home_state
from simulator import make_vin
from simulator.tesla import Kind, Place, Region as CloudRegion, Scope, Trouble
from simulator.tesla.troubles import REASONS

from .conftest import World
from .rows import ROWS

type Way = Callable[[World], Account]


def fleet(world: World) -> Account:
    return world.account()


def teslemetry(world: World) -> Account:
    return Account.teslemetry(
        world.session,
        world.owner.third_party_token,
        base_url=world.cloud.teslemetry_url,
        on_call=world.calls.append,
    )


def tessie(world: World) -> Account:
    return Account.tessie(
        world.session,
        world.owner.third_party_token,
        base_url=world.cloud.tessie_url,
        on_call=world.calls.append,
    )


WAYS = [fleet, teslemetry, tessie]


@pytest.mark.parametrize("way", WAYS)
async def test_a_car_by_all_ways(world: World, way: Way) -> None:
    account = way(world)
    vin = world.car.vin

    assert await account.vehicles() == (
        TeslaVehicle(vin, "Red one", TeslaVehicleState.ONLINE),
    )
    assert await account.state(vin) is TeslaVehicleState.ONLINE
    assert await account.state(make_vin(99)) is None
    assert (await account.stop_charging(vin)).result is Result.DONE
    assert not world.car.charging_elsewhere
    assert (await account.stop_charging(vin)).result is Result.ALREADY
    world.car.stopped_elsewhere = False
    assert (await account.start_charging(vin)).result is Result.DISCONNECTED
    assert (await account.wake(vin)).result is Result.ALREADY
    assert world.calls == [CallKind.COMMAND] * 3 + [CallKind.WAKE]
    call_log = world.cloud.call_log
    assert call_log.count(Kind.COMMAND) == 3
    assert [call.signed for call in call_log.of(Kind.COMMAND)] == [False] * 3


@pytest.mark.parametrize("way", WAYS)
async def test_the_data_of_a_car(world: World, way: Way) -> None:
    account = way(world)
    world.car.place = Place(48.5, 9.5)
    world.car.fix_age_s = 90
    world.car.car.soc = 61.7
    world.car.car.target = 80

    data = await account.data(world.car.vin, location=True)

    assert data.charging is ChargingState.CHARGING
    assert data.battery_level == 61
    assert data.charge_limit == 80
    assert not data.scheduled
    assert data.location is not None
    assert (data.location.latitude, data.location.longitude) == (48.5, 9.5)
    assert data.location.at == world.clock.now - 90
    home = Home(48.5, 9.5, 100)
    assert home_state(data.location, home, world.clock.now) is HomeState.HOME
    assert world.calls == [CallKind.DATA]
    assert "48.5" not in repr(data)

    unasked = await account.data(world.car.vin, location=False)
    assert unasked.location is None
    assert unasked.charging is ChargingState.CHARGING


async def test_no_fix_without_its_scope(world: World) -> None:
    world.owner.scopes -= {Scope.VEHICLE_LOCATION}
    data = await world.account().data(world.car.vin, location=True)
    assert data.location is None
    assert data.charging is ChargingState.CHARGING


async def test_asleep_and_woken(world: World) -> None:
    account = world.account()
    world.car.car.asleep = True
    assert await account.state(world.car.vin) is TeslaVehicleState.ASLEEP
    assert (await account.stop_charging(world.car.vin)).result is Result.OFFLINE
    with pytest.raises(AccountError) as caught:
        await account.data(world.car.vin, location=True)
    assert caught.value.answer.result is Result.OFFLINE
    assert (await account.wake(world.car.vin)).result is Result.DONE
    # It takes the car a while.
    assert (await account.stop_charging(world.car.vin)).result is Result.OFFLINE


async def test_out_of_reach(world: World) -> None:
    account = world.account()
    world.car.offline = True
    assert await account.state(world.car.vin) is TeslaVehicleState.OFFLINE
    assert (await account.stop_charging(world.car.vin)).result is Result.OFFLINE


def test_every_trouble_has_its_row() -> None:
    elsewhere = {
        Trouble.TIMEOUT,
        Trouble.UNAUTHORIZED,
        Trouble.LOGIN_REQUIRED,
        Trouble.INVALID_GRANT,
        Trouble.INVALID_CLIENT,
        Trouble.UNAUTHORIZED_CLIENT,
    }
    assert {trouble for trouble, _ in ROWS} | elsewhere == set(Trouble)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("trouble", "result"), ROWS)
async def test_every_answer_to_a_command(
    world: World, way: Way, trouble: Trouble, result: Result
) -> None:
    account = way(world)
    world.cloud.fail_next("charge_stop", trouble)
    answer = await account.stop_charging(world.car.vin)
    assert answer.result is result
    assert world.car.vin not in repr(answer)
    # And never permanently.
    assert (await account.stop_charging(world.car.vin)).settled


@pytest.mark.parametrize(
    ("endpoint", "ask"),
    [
        ("products", lambda account, _: account.vehicles()),
        ("products", lambda account, vin: account.state(vin)),
        ("vehicle_data", lambda account, vin: account.data(vin, location=True)),
        ("fleet_status", lambda account, vin: account.unpaired([vin])),
    ],
)
@pytest.mark.parametrize(
    ("trouble", "result"), [row for row in ROWS if row[0] not in REASONS]
)
async def test_every_answer_to_a_question(
    world: World,
    endpoint: str,
    ask: Callable[[Account, str], Awaitable[object]],
    trouble: Trouble,
    result: Result,
) -> None:
    world.cloud.fail(endpoint, trouble)
    with pytest.raises(AccountError) as caught:
        await ask(world.account(), world.car.vin)
    assert caught.value.answer.result is result
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert world.car.vin not in f"{caught.value!r}"


async def test_a_rate_limit_returns_when_to_try_again(world: World) -> None:
    world.cloud.fail_next("charge_stop", Trouble.RATE_LIMITED, after=77)
    answer = await world.account().stop_charging(world.car.vin)
    assert (answer.result, answer.after) == (Result.RATE_LIMITED, 77)


async def test_token_server_that_limits_the_rate(world: World) -> None:
    world.cloud.fail_next("token", Trouble.RATE_LIMITED, after=77)
    answer = await world.account().stop_charging(world.car.vin)
    assert (answer.result, answer.after) == (Result.RATE_LIMITED, 77)


async def test_no_answer_at_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    account = world.account()
    await account.vehicles()
    monkeypatch.setattr(room, "TIMEOUT", 0.05)
    world.cloud.fail_next("charge_stop", Trouble.TIMEOUT)
    answer = await account.stop_charging(world.car.vin)
    assert answer.result is Result.TRANSIENT
    assert answer.reason == "TimeoutError"


async def test_an_account_server_that_does_not_respond(world: World) -> None:
    account = world.account()
    await account.vehicles()
    await world.cloud.stop()
    answer = await account.stop_charging(world.car.vin)
    assert answer.result is Result.TRANSIENT


async def test_a_cancelled_call_is_cancelled(world: World) -> None:
    account = world.account()
    await account.vehicles()
    world.cloud.fail("charge_stop", Trouble.TIMEOUT)
    command = asyncio.create_task(account.stop_charging(world.car.vin))
    while not world.cloud.call_log.count(Kind.COMMAND):
        await asyncio.sleep(0)
    command.cancel()
    with pytest.raises(asyncio.CancelledError):
        await command


@pytest.mark.parametrize("trouble", [Trouble.UNAUTHORIZED, Trouble.LOGIN_REQUIRED])
async def test_a_rejected_access_token_is_refreshed_once(
    world: World, trouble: Trouble
) -> None:
    account = world.account()
    world.cloud.fail_next("charge_stop", trouble)
    assert (await account.stop_charging(world.car.vin)).result is Result.DONE
    assert world.owner.refreshes == 2


async def test_withdrawn_tokens_that_a_refresh_brings_back(world: World) -> None:
    account = world.account()
    await account.vehicles()
    world.owner.expire_access()
    answers = await asyncio.gather(
        *(account.stop_charging(world.car.vin) for _ in range(20))
    )
    assert all(answer.settled for answer in answers)
    assert world.owner.refreshes == 2


async def test_a_second_rejection_needs_the_owner(world: World) -> None:
    world.cloud.fail_next("charge_stop", Trouble.UNAUTHORIZED, times=2)
    answer = await world.account().stop_charging(world.car.vin)
    assert answer.result is Result.REAUTH
    assert world.owner.refreshes == 2


async def test_a_rejection_with_no_refresh_to_be_had_now_is_transient(
    world: World,
) -> None:
    account = world.account()
    await account.vehicles()
    world.cloud.fail_next("charge_stop", Trouble.UNAUTHORIZED)
    world.cloud.fail_next("token", Trouble.UNAVAILABLE)
    answer = await account.stop_charging(world.car.vin)
    assert answer.result is Result.TRANSIENT


async def test_a_withdrawn_grant_needs_the_owner(world: World) -> None:
    account = world.account()
    await account.vehicles()
    world.owner.revoke()
    answer = await account.stop_charging(world.car.vin)
    assert (answer.result, answer.reason) == (Result.REAUTH, "login_required")


@pytest.mark.parametrize("way", [teslemetry, tessie])
async def test_a_withdrawn_token_of_a_third_party_needs_the_owner(
    world: World, way: Way
) -> None:
    account = way(world)
    world.owner.third_party_token = "another"
    assert (await account.stop_charging(world.car.vin)).result is Result.REAUTH


async def test_a_wrong_region_is_left_for_the_right_one(world: World) -> None:
    world.owner.region = CloudRegion.EU
    account = Account.fleet(
        world.session,
        world.token_manager(),
        region=Region.CHINA,
        servers={region: world.cloud.url(CloudRegion(region)) for region in Region},
    )
    assert [car.vin for car in await account.vehicles()] == [world.car.vin]
    refused = [call.status for call in world.cloud.call_log.of(Kind.LIST)]
    assert refused == [421, 421, 200]
    assert (await account.stop_charging(world.car.vin)).result is Result.DONE


async def test_the_region_that_the_refresh_token_begins_with(world: World) -> None:
    world.owner.region = CloudRegion.EU
    world.owner.grant_again()
    account = Account.fleet(
        world.session,
        world.token_manager(),
        servers={region: world.cloud.url(CloudRegion(region)) for region in Region},
    )
    await account.vehicles()
    assert [call.status for call in world.cloud.call_log.of(Kind.LIST)] == [200]


async def test_the_region_of_the_access_token(world: World) -> None:
    world.owner.region = CloudRegion.EU
    tokens = replace(await world.token_manager().refresh(), refresh_token="opaque")
    account = Account.fleet(
        world.session,
        world.token_manager(tokens),
        servers={region: world.cloud.url(CloudRegion(region)) for region in Region},
    )
    await account.vehicles()
    assert [call.status for call in world.cloud.call_log.of(Kind.LIST)] == [200]


async def test_no_region_at_all(world: World) -> None:
    account = Account.fleet(
        world.session,
        world.token_manager(),
        servers={region: world.cloud.url(CloudRegion(region)) for region in Region},
    )
    world.cloud.fail("charge_stop", Trouble.WRONG_REGION)
    answer = await account.stop_charging(world.car.vin)
    assert answer.result is Result.WRONG_REGION
    assert world.cloud.call_log.count(Kind.COMMAND) == 3
