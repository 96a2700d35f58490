"""Every trouble of the account server, as the library's client sees it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from aiohttp import ClientError, ClientTimeout
import pytest
from tesla_fleet_api import exceptions as said

from simulator.tesla import ChargingState, Kind, TeslaCloud, Trouble
from simulator.tesla.troubles import REASONS

from .tesla import Scene, with_cloud

pytestmark = pytest.mark.usefixtures("socket_enabled")

RAISED: dict[Trouble, type[BaseException]] = {
    Trouble.UNAUTHORIZED: said.OAuthExpired,
    Trouble.LOGIN_REQUIRED: said.LoginRequired,
    Trouble.INVALID_GRANT: said.InvalidRequest,
    Trouble.INVALID_CLIENT: said.OAuthExpired,
    Trouble.UNAUTHORIZED_CLIENT: said.UnauthorizedClient,
    Trouble.MOBILE_ACCESS_DISABLED: said.MobileAccessDisabled,
    Trouble.PAYMENT_REQUIRED: said.PaymentRequired,
    Trouble.MISSING_SCOPES: said.Forbidden,
    Trouble.SIGNING_REQUIRED: said.Forbidden,
    Trouble.NOT_FOUND: said.NotFound,
    Trouble.VEHICLE_OFFLINE: said.VehicleOffline,
    Trouble.WRONG_REGION: said.InvalidRegion,
    Trouble.NOT_REGISTERED: said.PreconditionFailed,
    Trouble.LOCKED: said.Locked,
    Trouble.RATE_LIMITED: said.RateLimited,
    Trouble.SERVER_ERROR: said.InternalServerError,
    Trouble.BAD_GATEWAY: said.BadGateway,
    Trouble.UNAVAILABLE: said.ServiceUnavailable,
    Trouble.GATEWAY_TIMEOUT: said.GatewayTimeout,
    Trouble.HTML: said.ResponseError,
    Trouble.HTML_ERROR: said.ServiceUnavailable,
    Trouble.NONSENSE: ValueError,
    Trouble.TIMEOUT: TimeoutError,
    Trouble.DROP: ClientError,
    Trouble.LOST_ANSWER: ClientError,
}
TOKEN_ERRORS = {
    Trouble.LOGIN_REQUIRED: 401,
    Trouble.INVALID_GRANT: 400,
    Trouble.INVALID_CLIENT: 401,
    Trouble.UNAUTHORIZED_CLIENT: 400,
}


async def outcome(call: Coroutine[Any, Any, Any]) -> type[BaseException] | Any:
    """Return the result of a call or its error, within 30 s."""
    try:
        return await asyncio.wait_for(call, 30)
    except (said.TeslaFleetError, ClientError, TimeoutError, ValueError) as error:
        return error


def test_every_trouble_is_tested_here() -> None:
    assert {*RAISED, *REASONS, Trouble.WRONG_SHAPE} == {*Trouble}


@pytest.mark.parametrize(("trouble", "raised"), RAISED.items(), ids=RAISED)
def test_a_trouble_affects_one_call(
    trouble: Trouble, raised: type[BaseException]
) -> None:
    async def scenario(scene: Scene) -> None:
        await scene.rig.charge(20)
        scene.cloud.fail_next("charge_stop", trouble, after=30)
        error = await outcome(scene.vehicle().charge_stop())
        assert isinstance(error, raised)
        assert isinstance(
            error, said.TeslaFleetError | ClientError | OSError | ValueError
        )
        call = scene.cloud.call_log.of(Kind.COMMAND)[0]
        assert call.result is (True if trouble is Trouble.LOST_ANSWER else None)
        assert scene.car.car.stopped is (trouble is Trouble.LOST_ANSWER)
        if trouble is not Trouble.TIMEOUT:
            await scene.vehicle().charge_stop()
            assert scene.car.car.stopped

    with_cloud(scenario)


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_car_rejects_a_command_with_a_reason(reason: Trouble) -> None:
    async def scenario(scene: Scene) -> None:
        await scene.rig.charge(20)
        scene.cloud.fail_next("charge_stop", reason)
        answer = await scene.vehicle().charge_stop()
        assert answer == {"response": {"result": False, "reason": reason.value}}
        assert await scene.charging_state() is ChargingState.CHARGING
        call = scene.cloud.call_log.of(Kind.COMMAND)[0]
        assert (call.status, call.result, call.reason) == (200, False, reason)

    with_cloud(scenario)


def test_json_of_another_shape() -> None:
    async def scenario(scene: Scene) -> None:
        scene.cloud.fail_next("products", Trouble.WRONG_SHAPE)
        assert await scene.api.products() == {"weather": "fine"}

    with_cloud(scenario)


def test_a_rate_limit_names_the_time_to_wait() -> None:
    async def scenario(scene: Scene) -> None:
        scene.cloud.fail_next("wake_up", Trouble.RATE_LIMITED, after=30)
        with pytest.raises(said.RateLimited) as error:
            await scene.vehicle().wake_up()
        assert error.value.data == {"reset": None, "after": "30"}

    with_cloud(scenario)


def test_the_two_kinds_of_forbidden_differ_in_their_error() -> None:
    async def scenario(scene: Scene) -> None:
        errors = []
        for trouble in (Trouble.MISSING_SCOPES, Trouble.SIGNING_REQUIRED):
            scene.cloud.fail_next("command", trouble)
            with pytest.raises(said.Forbidden) as error:
                await scene.vehicle().charge_start()
            assert isinstance(error.value.data, dict)
            errors.append(error.value.data["error"])
        assert errors[0] == "Unauthorized missing scopes"
        assert errors[1].startswith("Tesla Vehicle Command Protocol required")

    with_cloud(scenario)


@pytest.mark.parametrize(("trouble", "status"), TOKEN_ERRORS.items(), ids=TOKEN_ERRORS)
def test_a_refusal_of_the_token_endpoint(trouble: Trouble, status: int) -> None:
    async def scenario(scene: Scene) -> None:
        before = scene.account.refresh_token
        scene.cloud.fail_next("token", trouble)
        answer = await scene.refresh()
        assert (answer[0], answer[1]["error"]) == (status, trouble.value)
        assert scene.account.refresh_token == before
        assert (await scene.refresh())[0] == 200

    with_cloud(scenario)


def test_new_tokens_can_get_lost_on_the_way() -> None:
    async def scenario(scene: Scene) -> None:
        before = scene.account.refresh_token
        scene.cloud.fail_next("token", Trouble.LOST_ANSWER)
        assert isinstance(await outcome(scene.refresh()), ClientError)
        assert scene.account.refresh_token != before
        assert (await scene.refresh(before))[0] == 401

    with_cloud(scenario)


def test_troubles_occur_in_order_and_only_for_their_calls() -> None:
    async def scenario(scene: Scene) -> None:
        order, vehicle = scene.cloud.fail_next, scene.vehicle()
        order("vehicle_data", Trouble.UNAVAILABLE, vin=scene.away.vin)
        order("data", Trouble.BAD_GATEWAY, times=2)
        order("*", Trouble.SERVER_ERROR)
        await scene.refresh()
        # The order for any call applied to the token endpoint, although others were older.
        for expected in (said.BadGateway, said.BadGateway):
            assert isinstance(await outcome(vehicle.vehicle_data()), expected)
        await vehicle.vehicle_data()
        with pytest.raises(said.ServiceUnavailable):
            await scene.vehicle(scene.away).vehicle_data()
        await scene.vehicle(scene.away).vehicle_data()

    with_cloud(scenario)


def test_a_lasting_trouble_ends_when_it_is_cleared() -> None:
    async def scenario(scene: Scene) -> None:
        scene.cloud.fail("*", Trouble.HTML_ERROR)
        for _ in range(3):
            with pytest.raises(said.ServiceUnavailable):
                await scene.api.products()
        scene.cloud.recover()
        await scene.api.products()
        statuses = [call.status for call in scene.cloud.call_log.calls]
        assert statuses == [503, 503, 503, 200]

    with_cloud(scenario)


def test_a_server_that_never_answers_can_be_stopped() -> None:
    async def scenario(scene: Scene) -> None:
        scene.cloud.fail_next("*", Trouble.TIMEOUT)
        url = f"{scene.cloud.url()}/api/1/products"
        waiting = asyncio.create_task(
            outcome(scene.session.get(url, timeout=ClientTimeout(total=3_600)))
        )
        await asyncio.sleep(20)
        assert not waiting.done()
        await scene.cloud.stop()
        assert isinstance(await waiting, ClientError)
        assert scene.cloud.call_log.calls[0].status is None

    with_cloud(scenario)


def test_a_server_that_is_unreachable_for_a_while() -> None:
    async def scenario(scene: Scene) -> None:
        port = int(scene.cloud.url().rpartition(":")[2])
        await scene.cloud.stop()
        assert isinstance(await outcome(scene.api.products()), ClientError)
        await scene.cloud.start(port=port)
        assert (await scene.api.products())["count"] == 2

    with_cloud(scenario)


@pytest.mark.parametrize("endpoint", ["vehicle_data", "token", "*", "wake"])
def test_only_a_command_can_be_answered_with_a_reason(endpoint: str) -> None:
    with pytest.raises(ValueError, match="asks no car to obey"):
        TeslaCloud().fail_next(endpoint, Trouble.COMPLETE)
