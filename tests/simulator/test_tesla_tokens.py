"""The tokens of a made-up account."""

import asyncio
import base64
import json
from typing import Any

import pytest
from tesla_fleet_api.exceptions import OAuthExpired

from simulator.tesla import Account, Kind, Region, Scope, TeslaCloud

from .tesla import Scene, with_cloud

pytestmark = pytest.mark.usefixtures("socket_enabled")

DAY_S = 86_400


def claims(token: str) -> dict[str, Any]:
    """Decode a JWT without checking its signature."""
    part = token.split(".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return read


def test_a_refresh_token_works_once() -> None:
    async def scenario(scene: Scene) -> None:
        first = scene.account.refresh_token
        status, answer = await scene.refresh(first)
        assert status == 200
        assert answer["refresh_token"] not in ("", first)
        assert await scene.refresh(first) == (
            401,
            {"error": "login_required", "error_description": "", "referenceId": "0"},
        )
        status, _ = await scene.refresh(answer["refresh_token"])
        assert status == 200
        assert scene.account.refreshes == 2
        assert scene.cloud.call_log.count(Kind.TOKEN) == 3

    with_cloud(scenario)


def test_a_refresh_token_works_after_a_restart_of_the_cloud() -> None:
    async def scenario(scene: Scene) -> None:
        scene.account.restore("EU_kept")
        status, answer = await scene.refresh("EU_kept")
        assert status == 200
        assert answer["refresh_token"] not in ("", "EU_kept")

    with_cloud(scenario)


def test_of_concurrent_refreshes_only_one_gets_new_tokens() -> None:
    async def scenario(scene: Scene) -> None:
        token = scene.account.refresh_token
        answers = await asyncio.gather(*(scene.refresh(token) for _ in range(20)))
        assert sorted(status for status, _ in answers) == [200] + 19 * [401]

    with_cloud(scenario)


def test_the_access_token_names_its_account_and_scopes() -> None:
    async def scenario(scene: Scene) -> None:
        scene.account.region = Region.EU
        scene.account.scopes = frozenset({Scope.OPENID, Scope.VEHICLE_DEVICE_DATA})
        scene.account.access_lifetime_s = 600
        _, answer = await scene.refresh()
        said = claims(answer["access_token"])
        assert said["sub"] == scene.account.subject
        assert said["scp"] == ["openid", "vehicle_device_data"]
        assert said["ou_code"] == "EU"
        assert said["exp"] == int(scene.now) + 600 == said["iat"] + answer["expires_in"]
        assert "https://fleet-api.prd.eu.vn.cloud.tesla.com" in said["aud"]
        assert answer["refresh_token"].startswith("EU_")

    with_cloud(scenario)


def test_an_access_token_expires() -> None:
    async def scenario(scene: Scene) -> None:
        scene.account.access_lifetime_s = 600
        _, answer = await scene.refresh()
        scene.token = answer["access_token"]
        scene.api = scene.fleet(scene.cloud.url())
        await scene.api.products()
        await asyncio.sleep(599)
        await scene.api.products()
        await asyncio.sleep(1)
        with pytest.raises(OAuthExpired):
            await scene.api.products()

    with_cloud(scenario)


def test_access_tokens_can_be_revoked() -> None:
    async def scenario(scene: Scene) -> None:
        scene.account.expire_access()
        with pytest.raises(OAuthExpired):
            await scene.api.products()
        status, _ = await scene.refresh()
        assert status == 200

    with_cloud(scenario)


@pytest.mark.parametrize(("days", "status"), [(89, 200), (90, 401)])
def test_a_refresh_token_lives_three_months(days: float, status: int) -> None:
    async def scenario(scene: Scene) -> None:
        await scene.refresh()
        scene.rig.bus.stop()
        await asyncio.sleep(days * DAY_S)
        assert (await scene.refresh())[0] == status

    with_cloud(scenario)


def test_a_used_refresh_token_works_again_within_its_grace_time() -> None:
    async def scenario(scene: Scene) -> None:
        scene.account.grace_s = DAY_S
        first = scene.account.refresh_token
        await scene.refresh(first)
        assert (await scene.refresh(first))[0] == 200
        await scene.refresh()
        assert (await scene.refresh(first))[0] == 401

    with_cloud(scenario)


def test_the_owner_revokes_and_renews_the_grant() -> None:
    async def scenario(scene: Scene) -> None:
        scene.account.revoke()
        assert (await scene.refresh())[1]["error"] == "login_required"
        with pytest.raises(OAuthExpired):
            await scene.api.products()
        before = scene.account.refresh_token
        scene.account.grant_again()
        assert (await scene.refresh(before))[0] == 401
        assert (await scene.refresh())[0] == 200

    with_cloud(scenario)


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_id": "another"}, 401, "invalid_client"),
        ({"refresh_token": "NA_unknown"}, 401, "login_required"),
        ({"refresh_token": ""}, 401, "login_required"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_an_invalid_request_gets_no_tokens(
    form: dict[str, str], status: int, error: str
) -> None:
    async def scenario(scene: Scene) -> None:
        before = scene.account.refresh_token
        answer = await scene.refresh(**form)
        assert (answer[0], answer[1]["error"]) == (status, error)
        assert scene.account.refresh_token == before

    with_cloud(scenario)


def test_a_restarted_server_accepts_the_same_token() -> None:
    async def scenario(scene: Scene) -> None:
        account = Account(refresh_token=scene.account.refresh_token)
        again = TeslaCloud(account, now=lambda: scene.now)
        await again.start()
        scene.cloud, other = again, scene.cloud
        assert (await scene.refresh(scene.account.refresh_token))[0] == 200
        await again.stop()
        scene.cloud = other

    with_cloud(scenario)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2"])
async def test_it_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(ValueError, match="loopback only"):
        await TeslaCloud().start(host)
