"""The check of a new account: each failure has its own problem."""

from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
import pytest

from custom_components.twc_manager.tesla import (
    Checked,
    Problem,
    Region,
    TeslaVehicle,
    TeslaVehicleState,
    TokenManager,
    Tokens,
    check,
)
from custom_components.twc_manager.tesla.account import Account
from simulator import Car as SimulatedCar, make_vin
from simulator.tesla import (
    Kind,
    Region as CloudRegion,
    Scope,
    Signing,
    TeslaCar,
    Trouble,
)

from .conftest import World, pair


async def test_all_is_well(world: World) -> None:
    checked = await check(world.account())
    assert checked == Checked(
        account_id=world.owner.subject,
        region=Region.NORTH_AMERICA,
        can_locate=True,
        vehicles=(TeslaVehicle(world.car.vin, "Red one", TeslaVehicleState.ONLINE),),
    )
    assert world.calls == []
    assert world.token_store.kept[-1].refresh_token == world.owner.refresh_token
    assert world.car.vin not in repr(checked)
    assert world.owner.subject not in repr(checked)


async def test_fresh_tokens_are_not_refreshed_again(world: World) -> None:
    account = world.account()
    await check(account)
    await check(account)
    assert world.owner.refreshes == 1


async def test_without_location(world: World) -> None:
    world.owner.scopes -= {Scope.VEHICLE_LOCATION}
    checked = await check(world.account())
    assert checked.problem is None
    assert not checked.can_locate


@pytest.mark.parametrize(
    "scopes", [{Scope.VEHICLE_CMDS}, {Scope.VEHICLE_CHARGING_CMDS}]
)
async def test_either_scope_for_commands_will_do(
    world: World, scopes: set[Scope]
) -> None:
    world.owner.scopes = frozenset({Scope.VEHICLE_DEVICE_DATA, *scopes})
    assert (await check(world.account())).problem is None


@pytest.mark.parametrize(
    ("missing", "problem"),
    [
        ({Scope.VEHICLE_DEVICE_DATA}, Problem.NO_DATA_SCOPE),
        (
            {Scope.VEHICLE_CMDS, Scope.VEHICLE_CHARGING_CMDS},
            Problem.NO_COMMAND_SCOPE,
        ),
    ],
)
async def test_missing_scopes(
    world: World, missing: set[Scope], problem: Problem
) -> None:
    world.owner.scopes -= missing
    checked = await check(world.account())
    assert checked.problem is problem
    # The token that was typed in is used up all the same.
    assert world.token_store.kept[-1].refresh_token == world.owner.refresh_token


@pytest.mark.parametrize(
    ("trouble", "problem"),
    [
        (Trouble.LOGIN_REQUIRED, Problem.TOKEN_REFUSED),
        (Trouble.INVALID_GRANT, Problem.TOKEN_REFUSED),
        (Trouble.INVALID_CLIENT, Problem.CLIENT_REFUSED),
        (Trouble.UNAUTHORIZED_CLIENT, Problem.CLIENT_REFUSED),
        (Trouble.RATE_LIMITED, Problem.CANNOT_CONNECT),
        (Trouble.UNAVAILABLE, Problem.CANNOT_CONNECT),
        (Trouble.HTML, Problem.CANNOT_CONNECT),
        (Trouble.DROP, Problem.CANNOT_CONNECT),
    ],
)
async def test_token_server(world: World, trouble: Trouble, problem: Problem) -> None:
    world.cloud.fail_next("token", trouble)
    assert (await check(world.account())).problem is problem


@pytest.mark.parametrize(
    ("trouble", "problem"),
    [
        (Trouble.UNAUTHORIZED, Problem.TOKEN_REFUSED),
        (Trouble.PAYMENT_REQUIRED, Problem.PAYMENT_REQUIRED),
        (Trouble.RATE_LIMITED, Problem.RATE_LIMITED),
        (Trouble.WRONG_REGION, Problem.WRONG_REGION),
        (Trouble.NOT_REGISTERED, Problem.NOT_REGISTERED),
        (Trouble.MISSING_SCOPES, Problem.NO_DATA_SCOPE),
        (Trouble.LOCKED, Problem.REFUSED),
        (Trouble.NOT_FOUND, Problem.REFUSED),
        (Trouble.SERVER_ERROR, Problem.CANNOT_CONNECT),
        (Trouble.HTML, Problem.CANNOT_CONNECT),
        (Trouble.NONSENSE, Problem.CANNOT_CONNECT),
        (Trouble.WRONG_SHAPE, Problem.CANNOT_CONNECT),
        (Trouble.DROP, Problem.CANNOT_CONNECT),
    ],
)
async def test_list_of_cars(world: World, trouble: Trouble, problem: Problem) -> None:
    world.cloud.fail("products", trouble)
    assert (await check(world.account())).problem is problem
    assert world.token_store.kept[-1].refresh_token == world.owner.refresh_token


async def test_a_wrong_region_is_followed(world: World) -> None:
    world.owner.region = CloudRegion.EU
    account = Account.fleet(
        world.session,
        world.token_manager(),
        region=Region.NORTH_AMERICA,
        servers={region: world.cloud.url(CloudRegion(region)) for region in Region},
    )
    checked = await check(account)
    assert checked.problem is None
    assert checked.region is Region.EUROPE
    assert world.cloud.call_log.of(Kind.LIST)[0].status == 421


async def test_somebody_elses_client(world: World) -> None:
    token_manager = world.token_manager(Tokens("another", world.owner.refresh_token))
    account = Account.fleet(world.session, token_manager, base_url=world.cloud.url())
    assert (await check(account)).problem is Problem.CLIENT_REFUSED


async def test_an_access_token_that_is_no_jwt(world: World) -> None:
    tokens = Tokens("client", "NA_0123", "opaque", world.clock.now + 1000)
    token_manager = TokenManager(
        world.session, tokens, world.token_store, url="", clock=world.clock
    )
    account = Account.fleet(world.session, token_manager, base_url=world.cloud.url())
    checked = await check(account)
    assert checked.problem is Problem.TOKEN_UNREADABLE
    assert checked.reason == "the token is not a JSON Web Token"


async def test_no_cars(world: World) -> None:
    world.owner.cars.clear()
    assert (await check(world.account())).problem is Problem.NO_VEHICLES


# Keys


async def test_a_key_that_is_not_there_costs_no_token(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "none.pem"
    checked = await check(world.account(key_file=path))
    assert checked.problem is Problem.KEY_MISSING
    assert not path.exists()
    assert world.cloud.call_log.calls == []


async def test_a_folder_is_no_key(world: World, tmp_path: Path) -> None:
    checked = await check(world.account(key_file=tmp_path))
    assert checked.problem is Problem.KEY_MISSING


def rsa_key() -> bytes:
    return rsa.generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


def encrypted_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")
    )


@pytest.fixture(
    params=[b"", b"-----BEGIN EC PRIVATE KEY-----\n!", rsa_key(), encrypted_key()],
    ids=["empty", "nonsense", "rsa", "encrypted"],
)
def useless_key_file(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "useless.pem"
    path.write_bytes(request.param)
    yield path
    assert path.read_bytes() == request.param


async def test_a_key_that_is_none(world: World, useless_key_file: Path) -> None:
    checked = await check(world.account(key_file=useless_key_file))
    assert checked.problem is Problem.KEY_UNREADABLE
    assert world.cloud.call_log.calls == []


async def test_a_key_is_needed(world: World) -> None:
    world.car.signing = Signing.REQUIRED
    checked = await check(world.account())
    assert checked.problem is Problem.KEY_NEEDED
    assert checked.concerned == ("Red one",)
    assert [car.vin for car in checked.vehicles] == [world.car.vin]


async def test_a_server_that_signs_needs_no_key(world: World) -> None:
    world.car.signing = Signing.REQUIRED
    account = Account.fleet(
        world.session,
        world.token_manager(),
        base_url=world.cloud.url(),
        server_signs=True,
    )
    assert (await check(account)).problem is None


async def test_a_key_that_is_not_paired(world: World, key_file: Path) -> None:
    world.car.signing = Signing.REQUIRED
    checked = await check(world.account(key_file=key_file))
    assert checked.problem is Problem.KEY_NOT_PAIRED
    assert checked.concerned == ("Red one",)

    pair(world.car, key_file)
    checked = await check(world.account(key_file=key_file))
    assert checked.problem is checked.warning is None


async def test_one_of_two_cars_is_not_paired(world: World, key_file: Path) -> None:
    world.owner.cars.append(
        TeslaCar(car=SimulatedCar(vin=make_vin(8)), name="", signing=Signing.REQUIRED)
    )
    checked = await check(world.account(key_file=key_file))
    assert checked.problem is None
    assert checked.warning is Problem.KEY_NOT_PAIRED
    assert checked.concerned == (f"…{make_vin(8)[-4:]}",)


async def test_an_unpaired_car_that_needs_no_signature(
    world: World, key_file: Path
) -> None:
    checked = await check(world.account(key_file=key_file))
    assert checked.problem is checked.warning is None


# Teslemetry and Tessie


async def test_teslemetry(world: World) -> None:
    world.car.signing = Signing.REQUIRED
    account = Account.teslemetry(
        world.session,
        world.owner.third_party_token,
        base_url=world.cloud.teslemetry_url,
    )
    checked = await check(account)
    assert checked.problem is None
    assert checked.account_id == world.owner.subject
    assert len(checked.vehicles) == 1
    assert world.token_store.kept == []


async def test_tessie(world: World) -> None:
    world.car.signing = Signing.REQUIRED
    account = Account.tessie(
        world.session, world.owner.third_party_token, base_url=world.cloud.tessie_url
    )
    checked = await check(account)
    assert checked.problem is None
    assert checked.account_id is None
    assert checked.can_locate
    assert len(checked.vehicles) == 1


async def test_a_wrong_token_of_a_third_party(world: World) -> None:
    for account in (
        Account.teslemetry(world.session, "wrong", base_url=world.cloud.teslemetry_url),
        Account.tessie(world.session, "wrong", base_url=world.cloud.tessie_url),
    ):
        assert (await check(account)).problem is Problem.TOKEN_REFUSED
