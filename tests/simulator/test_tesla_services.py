"""The base URLs of the account server: regions, a proxy, Teslemetry and Tessie."""

import pytest
from tesla_fleet_api import Teslemetry, Tessie
from tesla_fleet_api.exceptions import (
    InvalidRegion,
    InvalidTeslemetryToken,
    InvalidTessieToken,
    OAuthExpired,
)

from simulator.tesla import Account, Region, Signing

from .tesla import Scene, with_cloud

pytestmark = pytest.mark.usefixtures("socket_enabled")


def test_the_wrong_region_names_the_right_one() -> None:
    async def scenario(scene: Scene) -> None:
        scene.account.region = Region.EU
        with pytest.raises(InvalidRegion) as error:
            await scene.fleet(scene.cloud.url(Region.NA)).products()
        assert isinstance(error.value.data, dict)
        said = error.value.data["error"]
        assert f"use base URL: {scene.cloud.url(Region.EU)}," in said
        assert "fleet-api.prd.eu.vn.cloud.tesla.com" in said
        await scene.fleet(scene.cloud.url(Region.EU)).products()
        await scene.fleet(scene.cloud.url()).products()

    with_cloud(scenario)


def test_any_region_names_the_region_of_the_account() -> None:
    async def scenario(scene: Scene) -> None:
        scene.account.region = Region.CN
        answer = await scene.fleet(scene.cloud.url(Region.NA)).user.region()
        assert answer["response"] == {
            "region": "cn",
            "fleet_api_base_url": scene.cloud.url(Region.CN),
        }
        assert answer["response"]["fleet_api_base_url"].endswith("cloud.tesla.cn")

    with_cloud(scenario)


def test_teslemetry_signs_commands_itself() -> None:
    async def scenario(scene: Scene) -> None:
        scene.car.signing = Signing.REQUIRED
        await scene.rig.charge(20)
        token = scene.account.third_party_token
        api = Teslemetry(scene.session, token, scene.cloud.teslemetry_url)
        found = await api.metadata(update_region=False)
        assert found["uid"] == scene.account.subject
        assert scene.car.vin in found["vehicles"]
        assert "vehicle_charging_cmds" in await api.scopes()
        vehicle = api.vehicles.create(scene.car.vin)
        assert (await vehicle.charge_stop())["response"]["result"] is True
        assert scene.car.car.stopped
        wrong = Teslemetry(scene.session, scene.token, scene.cloud.teslemetry_url)
        with pytest.raises(InvalidTeslemetryToken):
            await wrong.products()

    with_cloud(scenario)


def tessie(scene: Scene, token: str) -> Tessie:
    """Return the library's client; its constructor does not accept another server."""
    api = Tessie(scene.session, token)
    api.server = scene.cloud.tessie_url
    return api


def test_tessie_signs_commands_itself() -> None:
    async def scenario(scene: Scene) -> None:
        scene.car.signing = Signing.REQUIRED
        await scene.rig.charge(20)
        token = scene.account.third_party_token
        api = tessie(scene, token)
        assert "vehicle_cmds" in await api.scopes()
        vehicle = api.vehicles.create(scene.car.vin)
        assert (await vehicle.charge_stop())["response"]["result"] is True
        assert scene.car.car.stopped
        with pytest.raises(InvalidTessieToken):
            await tessie(scene, "wrong").products()

    with_cloud(scenario)


def test_tesla_rejects_the_token_of_a_service() -> None:
    async def scenario(scene: Scene) -> None:
        scene.token = scene.account.third_party_token
        with pytest.raises(OAuthExpired):
            await scene.fleet(scene.cloud.url()).products()

    with_cloud(scenario)


def test_two_accounts_do_not_see_each_others_cars() -> None:
    async def scenario(scene: Scene) -> None:
        scene.account.cars.remove(scene.away)
        other = Account(subject="another", third_party_token="another")
        scene.cloud.accounts.append(other)
        scene.token = other.new_access_token(scene.now)
        assert (await scene.fleet(scene.cloud.url()).products())["response"] == []
        assert (await scene.refresh(other.refresh_token))[0] == 200
        assert scene.account.refreshes == 0

    with_cloud(scenario)
