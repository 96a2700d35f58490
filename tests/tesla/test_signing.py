"""Commands to cars that require signatures."""

from pathlib import Path

import pytest

from custom_components.twc_manager.tesla import CallKind, Result
from simulator import Car as SimulatedCar, make_vin
from simulator.tesla import Kind, Signing, TeslaCar, Trouble

from .conftest import World, pair
from .rows import ROWS


async def test_a_car_that_wants_signatures(world: World, key_file: Path) -> None:
    world.car.signing = Signing.REQUIRED
    pair(world.car, key_file)
    account = world.account(key_file=key_file)
    (car,) = await account.vehicles()
    assert car.must_sign
    assert (await account.stop_charging(car.vin)).result is Result.DONE
    assert not world.car.charging_elsewhere
    assert (await account.stop_charging(car.vin)).result is Result.ALREADY
    world.car.stopped_elsewhere = False
    assert (await account.start_charging(car.vin)).result is Result.DISCONNECTED
    calls = world.cloud.call_log.of(Kind.COMMAND)
    assert [call.endpoint for call in calls] == [
        "handshake",
        "charge_stop",
        "charge_stop",
        "charge_start",
    ]
    assert all(call.signed for call in calls)


async def test_signing_is_learnt_from_a_refusal(world: World, key_file: Path) -> None:
    """As after a start, before the list of cars was requested."""
    world.car.signing = Signing.REQUIRED
    pair(world.car, key_file)
    account = world.account(key_file=key_file)
    assert (await account.stop_charging(world.car.vin)).result is Result.DONE
    assert world.calls == [CallKind.COMMAND] * 2


async def test_a_car_that_booted_meanwhile(world: World, key_file: Path) -> None:
    world.car.signing = Signing.REQUIRED
    pair(world.car, key_file)
    account = world.account(key_file=key_file)
    assert (await account.stop_charging(world.car.vin)).result is Result.DONE
    world.cloud.reboot(world.car)
    world.car.charging_elsewhere = True
    assert (await account.stop_charging(world.car.vin)).result is Result.DONE


@pytest.mark.parametrize(("trouble", "result"), ROWS)
async def test_every_answer_to_a_signed_command(
    world: World, key_file: Path, trouble: Trouble, result: Result
) -> None:
    world.car.signing = Signing.REQUIRED
    pair(world.car, key_file)
    account = world.account(key_file=key_file)
    await account.vehicles()
    world.cloud.fail_next("charge_stop", trouble)
    assert (await account.stop_charging(world.car.vin)).result is result
    assert (await account.stop_charging(world.car.vin)).settled


@pytest.mark.parametrize(
    "trouble", [Trouble.HTML, Trouble.NONSENSE, Trouble.WRONG_SHAPE, Trouble.DROP]
)
async def test_a_handshake_that_fails(
    world: World, key_file: Path, trouble: Trouble
) -> None:
    world.car.signing = Signing.REQUIRED
    pair(world.car, key_file)
    account = world.account(key_file=key_file)
    await account.vehicles()
    world.cloud.fail_next("handshake", trouble)
    assert (await account.stop_charging(world.car.vin)).result is Result.TRANSIENT
    assert (await account.stop_charging(world.car.vin)).result is Result.DONE


async def test_a_car_without_the_key(world: World, key_file: Path) -> None:
    world.car.signing = Signing.REQUIRED
    account = world.account(key_file=key_file)
    answer = await account.stop_charging(world.car.vin)
    assert answer.result is Result.NOT_PAIRED
    pair(world.car, key_file)
    assert (await account.stop_charging(world.car.vin)).result is Result.DONE


async def test_no_key_for_a_car_that_wants_signatures(world: World) -> None:
    world.car.signing = Signing.REQUIRED
    answer = await world.account().stop_charging(world.car.vin)
    assert answer.result is Result.SIGNING_REQUIRED
    assert world.cloud.call_log.count(Kind.COMMAND) == 1


async def test_a_missing_key_is_not_made(world: World, tmp_path: Path) -> None:
    world.car.signing = Signing.REQUIRED
    path = tmp_path / "none.pem"
    account = world.account(key_file=path)
    await account.vehicles()
    assert (await account.stop_charging(world.car.vin)).result is Result.KEY_MISSING
    assert not path.exists()
    assert world.cloud.call_log.count(Kind.COMMAND) == 0


async def test_two_cars_sign_on_their_own(world: World, key_file: Path) -> None:
    other = TeslaCar(
        car=SimulatedCar(vin=make_vin(8)),
        signing=Signing.REQUIRED,
        charging_elsewhere=True,
    )
    world.owner.cars.append(other)
    pair(other, key_file)
    account = world.account(key_file=key_file)
    cars = await account.vehicles()
    assert [car.must_sign for car in cars] == [False, True]
    for car in cars:
        assert (await account.stop_charging(car.vin)).result is Result.DONE
    assert [call.signed for call in world.cloud.call_log.of(Kind.COMMAND)] == [
        False,
        True,
        True,
    ]
