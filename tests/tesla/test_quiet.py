"""Nothing of an account is in the log, at any level."""

import asyncio
import logging
from pathlib import Path
import subprocess
import sys

import pytest

from custom_components.twc_manager import tesla
from custom_components.twc_manager.tesla import AccountError, check
from custom_components.twc_manager.tesla.quiet import LIBRARY, quiet
from simulator.tesla import Place, Signing, Trouble

from .conftest import World, pair

ROOT = Path(__file__).parents[2]


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """The log with all loggers set to debug."""
    for name in (None, "aiohttp", "aiohttp.client", "custom_components", LIBRARY.name):
        caplog.set_level(logging.DEBUG, name)
    return caplog


async def use(world: World, key_file: Path) -> None:
    """Make every call, with and without errors."""
    account = world.account(key_file=key_file)
    vin = world.car.vin
    await check(account)
    await account.data(vin, location=True)
    await account.wake(vin)
    await account.start_charging(vin)
    await account.stop_charging(vin)
    for trouble in Trouble:
        if trouble is Trouble.TIMEOUT:
            continue
        world.cloud.fail_next("charge_stop", trouble)
        await account.stop_charging(vin)
    for trouble in (Trouble.NONSENSE, Trouble.MISSING_SCOPES, Trouble.WRONG_REGION):
        world.cloud.fail_next("vehicle_data", trouble)
        with pytest.raises(AccountError):
            await account.data(vin, location=True)
    world.cloud.fail_next("token", Trouble.INVALID_GRANT)
    world.clock.now += world.owner.access_lifetime_s
    await account.stop_charging(vin)


@pytest.mark.parametrize("signing", [Signing.ALLOWED, Signing.REQUIRED])
async def test_no_secret_in_the_log(
    world: World,
    key_file: Path,
    everything: pytest.LogCaptureFixture,
    signing: Signing,
) -> None:
    world.car.signing = signing
    world.car.place = Place(48.515253, 9.545556)
    pair(world.car, key_file)
    typed = world.typed()

    await use(world, key_file)

    assert world.owner.refreshes > 1
    kept = world.token_store.kept
    secrets = {
        world.car.vin,
        "48.515253",
        "9.545556",
        typed.client_id,
        world.owner.subject,
        typed.refresh_token,
        *(tokens.refresh_token for tokens in kept),
        *(tokens.access_token for tokens in kept),
    }
    written = "\n".join(
        f"{record.getMessage()} {record.args!r} {record.exc_info!r}"
        for record in everything.records
    )
    assert [secret for secret in secrets if secret in written + everything.text] == []
    # What happened can still be seen.
    assert "twc_manager.tesla" in everything.text


async def test_the_library_does_log_secrets_by_itself(
    world: World, everything: pytest.LogCaptureFixture
) -> None:
    """Or the test above proves nothing; and others who use it keep their log."""
    from tesla_fleet_api import TeslaFleetApi  # noqa: PLC0415

    access = await world.token_manager().access_token()
    api = TeslaFleetApi(world.session, access, server=world.cloud.url())
    await asyncio.gather(
        api.vehicles.createFleet(world.car.vin).vehicle_data(),
        world.account().data(world.car.vin, location=False),
    )
    lines = [record for record in everything.records if record.name == LIBRARY.name]
    assert any(world.car.vin in record.getMessage() for record in lines)


async def test_quiet_only_silences_the_task_that_asked_for_it(
    everything: pytest.LogCaptureFixture,
) -> None:
    inside = asyncio.Event()
    outside = asyncio.Event()

    async def ours() -> None:
        with quiet():
            inside.set()
            await outside.wait()
            LIBRARY.error("ours")
        LIBRARY.error("afterwards")

    task = asyncio.create_task(ours())
    await inside.wait()
    LIBRARY.error("somebody else's")
    outside.set()
    await task
    messages = [record.getMessage() for record in everything.records]
    assert messages == ["somebody else's", "afterwards"]


@pytest.mark.long
def test_the_library_is_only_imported_on_request() -> None:
    code = (
        "import sys\n"
        "from custom_components.twc_manager import tesla\n"
        "assert 'tesla_fleet_api' not in sys.modules\n"
        "assert tesla.load_library().__name__ == 'Account'\n"
        "assert 'tesla_fleet_api' in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_a_library_of_an_unknown_version_is_no_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("account", "errors"):
        monkeypatch.delitem(sys.modules, f"{tesla.__name__}.{name}")
    monkeypatch.delattr("tesla_fleet_api.exceptions.KEY_REJECTED_FAULTS")
    with pytest.raises(ImportError, match="KEY_REJECTED_FAULTS"):
        tesla.load_library()


@pytest.mark.parametrize("error", [TypeError, RuntimeError, ValueError])
def test_a_library_that_cannot_be_imported_is_no_library(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """Protobuf, which it needs, rejects files of another version with errors of many kinds."""

    def fail(_: str) -> None:
        raise error("Descriptors cannot be created directly.")

    monkeypatch.setattr(tesla, "import_module", fail)
    with pytest.raises(ImportError, match="Descriptors"):
        tesla.load_library()
