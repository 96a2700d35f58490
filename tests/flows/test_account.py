"""Adding, changing and renewing a Tesla account, against the simulated one over real sockets."""

import logging
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigSubentry,
    SubentryFlowContext,
)
from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.requirements import RequirementsNotFound
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.flows import account_form, server_address
from custom_components.twc_manager.flows.server_address import address_error
from custom_components.twc_manager.tesla import Problem, Region
from custom_components.twc_manager.vehicles.account_data import (
    SUBENTRY_ACCOUNT,
    AccountData,
    AccountKind,
)
from custom_components.twc_manager.vehicles.open_account import (
    LIBRARY_ISSUE,
    async_need_reauth,
)
from simulator import Car, make_vin
from simulator.tesla import Account, Scope, Signing, TeslaCar, TeslaCloud, Trouble
from tests.conftest import ENTRY_DATA
from tests.vehicles.scene import vehicle
from tests.vehicles.test_accounts import kept_tokens

from .steps import TRANSLATIONS, check_texts, shown_in, strings_in, words_in

pytest_plugins = ["tests.cloud"]

TEXTS: Final = TRANSLATIONS["config_subentries"][SUBENTRY_ACCOUNT]
CONFIG_TEXTS: Final = TRANSLATIONS["config"]
EITHER_TOKEN: Final = frozenset({"refresh_token", "access_token"})


class AccountFlow:
    """A flow as a person clicks through it; every answer is checked for its words."""

    def __init__(
        self, hass: HomeAssistant, entry: MockConfigEntry, cloud: TeslaCloud
    ) -> None:
        self.hass = hass
        self.entry = entry
        self.cloud = cloud
        self.owner = cloud.accounts[0]
        self.result: Any

    async def begin(self, kind: str = "fleet") -> Any:
        await self._begin({"source": SOURCE_USER})
        assert self.result["menu_options"] == ["fleet", "teslemetry", "tessie"]
        return await self.enter(next_step_id=kind)

    async def change(self) -> Any:
        (subentry,) = self.accounts()
        return await self._begin(
            {"source": SOURCE_RECONFIGURE, "subentry_id": subentry.subentry_id}
        )

    async def enter(self, **user_input: Any) -> Any:
        return self._keep(
            await self.hass.config_entries.subentries.async_configure(
                self.result["flow_id"], user_input
            )
        )

    async def look_again(self) -> Any:
        """Have the screen fetch the step again."""
        return self._keep(
            await self.hass.config_entries.subentries.async_configure(
                self.result["flow_id"]
            )
        )

    def fleet(self, **changes: Any) -> dict[str, Any]:
        """Return what a person enters for the Fleet API."""
        advanced = {"base_url": changes.pop("base_url", self.cloud.url())}
        return {
            "client_id": self.owner.client_id,
            "refresh_token": self.owner.refresh_token,
            "advanced": {**advanced, **changes.pop("advanced", {})},
            **changes,
        }

    async def add(self, **changes: Any) -> AccountData:
        """Add an account of the Fleet API that has nothing wrong with it."""
        await self.begin()
        result = await self.enter(**self.fleet(**changes))
        assert result["type"] is FlowResultType.CREATE_ENTRY
        return self.data()

    def accounts(self) -> list[ConfigSubentry]:
        return list(self.entry.get_subentries_of_type(SUBENTRY_ACCOUNT))

    def data(self) -> AccountData:
        """Return what is kept of the only account."""
        (subentry,) = self.accounts()
        return AccountData.from_dict(subentry.data)

    async def _begin(self, context: SubentryFlowContext) -> Any:
        return self._keep(
            await self.hass.config_entries.subentries.async_init(
                (self.entry.entry_id, SUBENTRY_ACCOUNT), context=context
            )
        )

    def _keep(self, result: Any) -> Any:
        check_texts(result, TEXTS)
        self.result = result
        return result


class Reauth:
    """The flow that asks for another token of an account."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self.result: Any

    async def look(self) -> Any:
        await self.hass.async_block_till_done()
        (flow,) = self.hass.config_entries.flow.async_progress()
        return self._keep(
            await self.hass.config_entries.flow.async_configure(flow["flow_id"])
        )

    async def enter(self, **user_input: Any) -> Any:
        return self._keep(
            await self.hass.config_entries.flow.async_configure(
                self.result["flow_id"], user_input
            )
        )

    def _keep(self, result: Any) -> Any:
        check_texts(result, CONFIG_TEXTS, EITHER_TOKEN)
        self.result = result
        return result


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Write for real, to a folder of this test's own."""
    return hass_tmp_config_dir


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let Home Assistant write files, which the harness otherwise prevents."""
    return {}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A bus that is not set up: its port is left alone."""
    entry = MockConfigEntry(
        domain=DOMAIN, data={CONF_DEVICE: "/dev/null", **ENTRY_DATA}
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def flow(hass: HomeAssistant, entry: MockConfigEntry, cloud: TeslaCloud) -> AccountFlow:
    return AccountFlow(hass, entry, cloud)


def write_nonsense(path: Path) -> None:
    path.write_text("not a key")


def write_key(path: Path) -> bytes:
    """Write a private key; return its public one as a car knows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(
        key.private_bytes(
            Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
        )
    )
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


# Adding


async def test_tokens_of_the_fleet_api(flow: AccountFlow) -> None:
    result = await flow.begin()
    assert result["type"] is FlowResultType.FORM
    assert not result["errors"]
    assert shown_in(result) == {}
    typed = flow.owner.refresh_token

    result = await flow.enter(**flow.fleet(refresh_token=f"  {typed}\n"))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (subentry,) = flow.accounts()
    assert subentry.title == "Tesla (Red one)"
    assert subentry.unique_id == flow.owner.subject
    data = flow.data()
    assert data.kind is AccountKind.FLEET
    assert data.region is None
    assert data.key_file is None
    assert data.base_url == flow.cloud.url()
    assert not data.server_signs
    # What was typed is used up; what is kept came of it.
    assert flow.owner.refreshes == 1
    assert data.tokens is not None
    assert data.tokens.refresh_token == flow.owner.refresh_token != typed
    assert flow.owner.accepts(data.tokens.access_token, data.tokens.refreshed_at)


@pytest.mark.parametrize("kind", ["teslemetry", "tessie"])
async def test_access_token_of_a_service(flow: AccountFlow, kind: str) -> None:
    url = {"teslemetry": flow.cloud.teslemetry_url, "tessie": flow.cloud.tessie_url}
    await flow.begin(kind)
    result = await flow.enter(
        access_token=f" {flow.owner.third_party_token} ",
        advanced={"base_url": url[kind]},
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (subentry,) = flow.accounts()
    assert subentry.title == f"{kind.capitalize()} (Red one)"
    data = flow.data()
    assert data.kind == kind
    assert data.access_token == flow.owner.third_party_token
    assert data.tokens is None
    own_id = kind == "teslemetry"
    assert (subentry.unique_id == flow.owner.subject) is own_id
    assert subentry.unique_id


async def test_car_without_a_name(flow: AccountFlow) -> None:
    car = flow.owner.cars[0]
    car.name = ""
    await flow.add()
    assert flow.accounts()[0].title == f"Tesla (…{car.vin[-4:]})"


async def test_same_account_twice(flow: AccountFlow) -> None:
    await flow.add()
    await flow.begin()
    result = await flow.enter(**flow.fleet())
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_two_accounts(flow: AccountFlow) -> None:
    other = Account(
        cars=[TeslaCar(car=Car(vin=make_vin(8)))], subject="other", client_id="other"
    )
    flow.cloud.accounts.append(other)
    await flow.add()
    await flow.begin()
    flow.owner = other
    result = await flow.enter(**flow.fleet())
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert [item.unique_id for item in flow.accounts()][1] == "other"


@pytest.mark.parametrize(("choice", "region"), [("na", "na"), ("cn", "cn")])
async def test_region(flow: AccountFlow, choice: str, region: str) -> None:
    assert (await flow.add(region=choice)).region is Region(region)


# Wrong input, which costs no token


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"client_id": ""}, {"client_id": "client_id_invalid"}),
        ({"client_id": '{"client_id": "x"}'}, {"client_id": "client_id_invalid"}),
        ({"client_id": "two words"}, {"client_id": "client_id_invalid"}),
        ({"refresh_token": ""}, {"refresh_token": "token_missing"}),
        ({"refresh_token": " \n"}, {"refresh_token": "token_missing"}),
        (
            {"refresh_token": '{"access_token": "a", "refresh_token": "NA_0"}'},
            {"refresh_token": "token_invalid"},
        ),
        ({"refresh_token": "Bearer NA_0"}, {"refresh_token": "token_invalid"}),
        ({"refresh_token": "NA_0\r\nX: y"}, {"refresh_token": "token_invalid"}),
        ({"refresh_token": "NA_…"}, {"refresh_token": "token_invalid"}),
        *(
            ({"base_url": url}, {"advanced": "base_url_invalid"})
            for url in (
                "proxy",
                "ftp://proxy",
                "https://",
                "https://proxy:0",
                "https://proxy:99999",
                "https://[proxy",
                "https://pro xy",
                "https://proxy?x=1",
                "https://proxy#x",
                "https://proxy\\@example.com",
                "https://proxy/\\example.com",
                "https://pro\txy",
                "file:///etc/passwd",
                # Numbers that the network takes for an address.
                "http://2852039166",
                "https://0xa9fea9fe",
                "https://169.254.43518",
                "http://10.0.0.1.",
                "http://0.0.0.0",
                "http://224.0.0.1",
            )
        ),
        *(
            ({"base_url": url}, {"advanced": "base_url_credentials"})
            for url in (
                "https://me:secret@proxy.example.com",
                "https://token@proxy.example.com",
                "https://:@proxy.example.com",
            )
        ),
        *(
            ({"base_url": url}, {"advanced": "base_url_link_local"})
            for url in (
                "http://169.254.169.254",
                "https://169.254.169.254/latest",
                "https://[fe80::1]",
                "https://[fe80::1%25eth0]:8443",
                "http://[::ffff:169.254.169.254]",
            )
        ),
        *(
            ({"base_url": url}, {"advanced": "base_url_insecure"})
            for url in (
                "http://proxy.example.com",
                "http://93.184.215.14",
                "HTTP://[2606:4700::1]",
                "http://localhost.example.com",
            )
        ),
        (
            {"client_id": " ", "refresh_token": "", "base_url": "x"},
            {
                "client_id": "client_id_invalid",
                "refresh_token": "token_missing",
                "advanced": "base_url_invalid",
            },
        ),
    ],
)
async def test_nonsense(
    flow: AccountFlow, changes: dict[str, Any], errors: dict[str, str]
) -> None:
    await flow.begin()
    result = await flow.enter(**flow.fleet(**changes))
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == errors
    assert flow.cloud.call_log.calls == []
    result = await flow.enter(**flow.fleet())
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize("path", ["none.pem", ".", "nul\0l", ""])
async def test_key_file_that_is_none(flow: AccountFlow, path: str) -> None:
    await flow.begin()
    result = await flow.enter(**flow.fleet(key_file=path))
    if path:
        assert result["errors"] == {"key_file": "key_missing"}
        assert flow.owner.refreshes == 0
    else:
        assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_key_file_that_cannot_be_read(
    flow: AccountFlow, hass_tmp_config_dir: str
) -> None:
    write_nonsense(Path(hass_tmp_config_dir, "key.pem"))
    await flow.begin()
    result = await flow.enter(**flow.fleet(key_file="key.pem"))
    assert result["errors"] == {"key_file": "key_unreadable"}
    assert flow.owner.refreshes == 0


# Each problem, with its own words, and with the token that was typed still in the form


PROBLEMS: Final[list[tuple[Problem, str, Trouble, str, str]]] = [
    (Problem.CANNOT_CONNECT, "token", Trouble.UNAVAILABLE, "base", "no_answer"),
    (Problem.CANNOT_CONNECT, "products", Trouble.HTML, "base", "no_answer"),
    (Problem.CLIENT_REFUSED, "token", Trouble.INVALID_CLIENT, "client_id", ""),
    (Problem.TOKEN_REFUSED, "token", Trouble.LOGIN_REQUIRED, "refresh_token", ""),
    (Problem.PAYMENT_REQUIRED, "products", Trouble.PAYMENT_REQUIRED, "base", ""),
    (Problem.RATE_LIMITED, "products", Trouble.RATE_LIMITED, "base", ""),
    (Problem.REFUSED, "products", Trouble.LOCKED, "base", ""),
    (Problem.WRONG_REGION, "products", Trouble.WRONG_REGION, "region", ""),
    (Problem.NOT_REGISTERED, "products", Trouble.NOT_REGISTERED, "base", ""),
]


@pytest.mark.parametrize(("problem", "endpoint", "trouble", "place", "error"), PROBLEMS)
async def test_problem(
    flow: AccountFlow,
    problem: Problem,
    endpoint: str,
    trouble: Trouble,
    place: str,
    error: str,
) -> None:
    typed = flow.fleet()
    flow.cloud.fail_next(endpoint, trouble)
    await flow.begin()
    result = await flow.enter(**typed)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {place: error or problem}
    assert shown_in(result)["refresh_token"] == typed["refresh_token"]

    # What came of the token was kept: the same one may be sent again.
    result = await flow.enter(**typed)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert flow.owner.refreshes == 1
    tokens = flow.data().tokens
    assert tokens is not None
    assert tokens.refresh_token == flow.owner.refresh_token


@pytest.fixture
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name of a server is found, as without the internet."""

    async def resolve(*_: Any, **__: Any) -> None:
        raise OSError("Name or service not known")

    monkeypatch.setattr("aiohttp.TCPConnector._resolve_host", resolve)


async def test_a_server_that_is_not_found_is_reported_in_words(
    flow: AccountFlow, no_names: None
) -> None:
    await flow.begin()
    result = await flow.enter(**flow.fleet(base_url="https://nowhere.example"))
    assert result["errors"] == {"base": Problem.HOST_NOT_FOUND}
    await flow.begin("teslemetry")
    result = await flow.enter(
        access_token=flow.owner.third_party_token,
        advanced={"base_url": "https://nowhere.example"},
    )
    assert result["errors"] == {"base": Problem.HOST_NOT_FOUND}


@pytest.mark.parametrize(("after", "minutes"), [(None, "5"), (90.0, "2")])
async def test_a_rate_limit_says_for_how_long(
    flow: AccountFlow, after: float | None, minutes: str
) -> None:
    flow.cloud.fail_next("products", Trouble.RATE_LIMITED, after=after)
    await flow.begin()
    result = await flow.enter(**flow.fleet())
    assert result["errors"] == {"base": Problem.RATE_LIMITED}
    assert result["description_placeholders"]["minutes"] == minutes


async def test_an_application_that_is_not_registered_gets_the_page_that_says_how(
    flow: AccountFlow,
) -> None:
    flow.cloud.fail_next("products", Trouble.NOT_REGISTERED)
    await flow.begin()
    result = await flow.enter(**flow.fleet())
    assert result["errors"] == {"base": Problem.NOT_REGISTERED}
    page = result["description_placeholders"]["register_url"]
    assert page.startswith("https://developer.tesla.com/docs/fleet-api/")
    assert page.endswith("#register")


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
    flow: AccountFlow, missing: set[Scope], problem: Problem
) -> None:
    flow.owner.scopes -= missing
    await flow.begin()
    result = await flow.enter(**flow.fleet())
    assert result["errors"] == {"refresh_token": problem}


async def test_no_cars(flow: AccountFlow) -> None:
    flow.owner.cars.clear()
    await flow.begin()
    result = await flow.enter(**flow.fleet())
    assert result["errors"] == {"base": Problem.NO_VEHICLES}


async def test_unreadable_access_token(flow: AccountFlow) -> None:
    await flow.begin()
    with patch.object(Account, "new_access_token", return_value="opaque"):
        result = await flow.enter(**flow.fleet())
    assert result["errors"] == {"refresh_token": Problem.TOKEN_UNREADABLE}
    assert "not a JSON Web Token" in result["description_placeholders"]["reason"]


@pytest.mark.parametrize(
    ("trouble", "errors"),
    [
        (Trouble.UNAUTHORIZED, {"access_token": Problem.TOKEN_REFUSED}),
        (Trouble.WRONG_REGION, {"base": Problem.WRONG_REGION}),
        (Trouble.HTML, {"base": "no_answer"}),
    ],
)
async def test_problem_of_a_service(
    flow: AccountFlow, trouble: Trouble, errors: dict[str, str]
) -> None:
    flow.cloud.fail_next("products", trouble)
    await flow.begin("teslemetry")
    typed = {
        "access_token": flow.owner.third_party_token,
        "advanced": {"base_url": flow.cloud.teslemetry_url},
    }
    result = await flow.enter(**typed)
    assert result["errors"] == errors
    result = await flow.enter(**typed)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_library_that_cannot_be_installed(flow: AccountFlow) -> None:
    await flow.begin()
    with patch(
        "custom_components.twc_manager.vehicles.open_account.async_get_integration_with_requirements",
        side_effect=RequirementsNotFound("tesla_fleet", ["tesla-fleet-api"]),
    ):
        result = await flow.enter(**flow.fleet())
    assert result["errors"] == {"base": "tesla_library"}
    assert flow.owner.refreshes == 0


# Keys and other notices


async def test_cars_that_want_signatures(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    car = flow.owner.cars[0]
    car.signing = Signing.REQUIRED
    await flow.begin()
    typed = flow.fleet()
    result = await flow.enter(**typed)
    assert result["errors"] == {"key_file": Problem.KEY_NEEDED}
    assert result["description_placeholders"]["vehicles"] == "Red one"

    path = Path(hass.config.path("key.pem"))
    public = write_key(path)
    result = await flow.enter(**typed, key_file="key.pem")
    assert result["errors"] == {"key_file": Problem.KEY_NOT_PAIRED}

    car.keys.add(public)
    result = await flow.enter(**typed, key_file=f" {path} ")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert flow.data().key_file == str(path)
    assert flow.owner.refreshes == 1


async def test_a_server_that_signs_needs_no_key(flow: AccountFlow) -> None:
    flow.owner.cars[0].signing = Signing.REQUIRED
    data = await flow.add(advanced={"server_signs": True})
    assert data.server_signs


async def test_some_cars_need_a_key(hass: HomeAssistant, flow: AccountFlow) -> None:
    flow.owner.cars.append(
        TeslaCar(car=Car(vin=make_vin(8)), name="New one", signing=Signing.REQUIRED)
    )
    flow.owner.scopes -= {Scope.VEHICLE_LOCATION}
    await flow.begin()
    typed = flow.fleet()
    result = await flow.enter(**typed)
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "some_need_key"
    assert result["description_placeholders"]["vehicles"] == "New one"

    assert (await flow.look_again())["step_id"] == "some_need_key"

    result = await flow.enter(next_step_id="fleet")
    assert result["type"] is FlowResultType.FORM
    assert shown_in(result)["client_id"] == flow.owner.client_id
    write_key(Path(hass.config.path("key.pem")))
    result = await flow.enter(**typed, key_file="key.pem")
    assert result["step_id"] == "some_not_paired"
    assert (await flow.look_again())["step_id"] == "some_not_paired"

    result = await flow.enter(next_step_id="keep")
    assert result["step_id"] == "no_location"
    assert (await flow.look_again())["step_id"] == "no_location"
    result = await flow.enter(next_step_id="keep")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Tesla (Red one, New one)"
    assert flow.owner.refreshes == 1


# Changing


async def test_change_keeps_the_token(flow: AccountFlow) -> None:
    before = await flow.add()
    result = await flow.change()
    assert result["step_id"] == "fleet"
    shown = shown_in(result)
    assert shown["client_id"] == flow.owner.client_id
    assert "refresh_token" not in shown

    flow.owner.cars[0].name = "Blue one"
    entered = flow.fleet(region="na")
    del entered["refresh_token"]
    result = await flow.enter(**entered)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert flow.accounts()[0].title == "Tesla (Blue one)"
    data = flow.data()
    assert data.region is Region.NORTH_AMERICA
    assert data.tokens == before.tokens
    assert data.grant_id == before.grant_id
    assert data != before
    assert flow.owner.refreshes == 1


async def test_change_with_an_access_token_that_ended(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    before = await flow.add()
    flow.owner.expire_access()
    await flow.change()
    result = await flow.enter(**flow.fleet(refresh_token=""))
    assert result["type"] is FlowResultType.ABORT
    data = flow.data()
    assert data == before
    assert data.tokens is not None
    assert data.tokens.refresh_token == flow.owner.refresh_token
    (kept,) = kept_tokens(hass).values()
    assert kept["tokens"] == data.tokens.as_dict()


async def test_change_of_the_token(flow: AccountFlow) -> None:
    before = await flow.add()
    new = flow.owner.grant_again()
    await flow.change()
    result = await flow.enter(**flow.fleet(refresh_token=new))
    assert result["reason"] == "reconfigure_successful"
    assert flow.data() != before


@pytest.mark.parametrize(
    "changes", [{"client_id": "another"}, {"base_url": "http://127.0.0.1:9"}]
)
async def test_another_client_or_server_needs_another_token(
    flow: AccountFlow, changes: dict[str, Any]
) -> None:
    await flow.add()
    await flow.change()
    result = await flow.enter(**flow.fleet(refresh_token="", **changes))
    assert result["errors"] == {"refresh_token": "token_needed"}


@pytest.mark.parametrize("kind", ["teslemetry", "tessie"])
async def test_a_stored_access_token_goes_to_no_other_server(
    flow: AccountFlow, kind: str
) -> None:
    urls = {"teslemetry": flow.cloud.teslemetry_url, "tessie": flow.cloud.tessie_url}
    token = flow.owner.third_party_token
    await flow.begin(kind)
    await flow.enter(access_token=token, advanced={"base_url": urls[kind]})
    before = flow.data()
    calls = len(flow.cloud.call_log.calls)

    for elsewhere in ({"base_url": "http://127.0.0.1:9"}, {}):
        await flow.change()
        result = await flow.enter(advanced=elsewhere)
        assert result["errors"] == {"access_token": "token_needed"}
    assert len(flow.cloud.call_log.calls) == calls
    assert flow.data() == before

    # The same server, written in another way.
    result = await flow.enter(advanced={"base_url": urls[kind].replace("http", "HTTP")})
    assert result["reason"] == "reconfigure_successful"


@pytest.mark.parametrize(
    "url",
    [
        "https://proxy.example.com",
        "https://proxy.example.com:8443/tesla/",
        "https://93.184.215.14",
        "http://localhost:4443",
        "http://127.0.0.1",
        "http://[::1]:4443",
        "http://192.168.1.2",
        "http://10.0.0.1/tesla",
        "http://[fd12::1]",
        "http://tesla-proxy:4443",
        "http://raspberrypi.local",
        "http://proxy.home.arpa",
        "http://tesla_proxy",
    ],
)
def test_servers_that_may_have_a_token(url: str) -> None:
    assert address_error(url) is None


async def test_change_to_another_account(flow: AccountFlow) -> None:
    before = await flow.add()
    other = Account(cars=[TeslaCar(car=Car(vin=make_vin(8)))], subject="other")
    flow.cloud.accounts.append(other)
    await flow.change()
    result = await flow.enter(**flow.fleet(refresh_token=other.refresh_token))
    assert result["errors"] == {"refresh_token": "wrong_account"}
    assert flow.data() == before


async def test_change_of_a_service(flow: AccountFlow) -> None:
    typed = {
        "access_token": flow.owner.third_party_token,
        "advanced": {"base_url": flow.cloud.tessie_url},
    }
    await flow.begin("tessie")
    await flow.enter(**typed)
    before = flow.data()
    result = await flow.change()
    assert shown_in(result) == {}
    result = await flow.enter(advanced=typed["advanced"])
    assert result["reason"] == "reconfigure_successful"
    assert flow.data() == before


# A token that was entered, and a dialog that was closed


async def test_a_token_outlives_the_dialog_that_used_it_up(flow: AccountFlow) -> None:
    flow.cloud.fail_next("products", Trouble.LOCKED)
    typed = flow.fleet()
    await flow.begin()
    result = await flow.enter(**typed)
    assert result["errors"] == {"base": Problem.REFUSED}
    flow.hass.config_entries.subentries.async_abort(result["flow_id"])

    await flow.begin()
    result = await flow.enter(**typed)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert flow.owner.refreshes == 1
    # From now on these are the account's, whose refreshes nothing else may spoil.
    await flow.begin()
    result = await flow.enter(**typed)
    assert result["errors"] == {"refresh_token": Problem.TOKEN_REFUSED}


async def test_a_token_of_another_account_can_still_be_added(flow: AccountFlow) -> None:
    await flow.add()
    other = Account(cars=[TeslaCar(car=Car(vin=make_vin(8)))], subject="other")
    flow.cloud.accounts.append(other)
    typed = flow.fleet(refresh_token=other.refresh_token)
    await flow.change()
    result = await flow.enter(**typed)
    assert result["errors"] == {"refresh_token": "wrong_account"}
    flow.hass.config_entries.subentries.async_abort(result["flow_id"])

    await flow.begin()
    result = await flow.enter(**typed)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert {item.unique_id for item in flow.accounts()} == {
        flow.owner.subject,
        "other",
    }


# Another token, because the account asks for it


@pytest.fixture
async def lost(flow: AccountFlow) -> AccountFlow:
    """An account that takes its token no more, and whose owner is asked for another."""
    await flow.add(region="na")
    flow.owner.revoke()
    async_need_reauth(flow.hass, flow.entry, flow.accounts()[0].subentry_id)
    return flow


async def test_reauth(hass: HomeAssistant, lost: AccountFlow) -> None:
    before = lost.data()
    reauth = Reauth(hass)
    result = await reauth.look()
    assert result["step_id"] == "reauth_confirm"
    assert result["description_placeholders"]["name"] == "Tesla (Red one)"
    assert not result["errors"]

    result = await reauth.enter(refresh_token="")
    assert result["errors"] == {"refresh_token": "token_missing"}
    result = await reauth.enter(refresh_token="used")
    assert result["errors"] == {"refresh_token": Problem.TOKEN_REFUSED}

    result = await reauth.enter(refresh_token=lost.owner.grant_again())
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    data = lost.data()
    assert data.tokens is not None
    assert data.tokens.refresh_token == lost.owner.refresh_token
    assert data.region is before.region
    assert data.base_url == before.base_url
    assert data.grant_id != before.grant_id


async def test_reauth_with_another_account(
    hass: HomeAssistant, lost: AccountFlow
) -> None:
    other = Account(cars=[TeslaCar(car=Car(vin=make_vin(8)))], subject="other")
    lost.cloud.accounts.append(other)
    before = dict(lost.accounts()[0].data)
    reauth = Reauth(hass)
    await reauth.look()
    result = await reauth.enter(refresh_token=other.refresh_token)
    assert result["errors"] == {"refresh_token": "wrong_account"}
    assert dict(lost.accounts()[0].data) == before


async def test_reauth_of_a_service(hass: HomeAssistant, flow: AccountFlow) -> None:
    await flow.begin("teslemetry")
    await flow.enter(
        access_token=flow.owner.third_party_token,
        advanced={"base_url": flow.cloud.teslemetry_url},
    )
    flow.owner.third_party_token = "another-token"
    async_need_reauth(hass, flow.entry, flow.accounts()[0].subentry_id)
    reauth = Reauth(hass)
    await reauth.look()
    result = await reauth.enter(access_token="another-token")
    assert result["reason"] == "reauth_successful"
    assert flow.data().access_token == "another-token"
    assert flow.data().base_url == flow.cloud.teslemetry_url


@pytest.mark.parametrize(
    ("sees", "ends"), [(7, "reauth_successful"), (8, "wrong_account")]
)
async def test_reauth_where_accounts_have_no_ids(
    hass: HomeAssistant, flow: AccountFlow, sees: int, ends: str
) -> None:
    """Tessie does not say whose account it is; its cars do, though some may have come or gone."""
    await flow.begin("tessie")
    await flow.enter(
        access_token=flow.owner.third_party_token,
        advanced={"base_url": flow.cloud.tessie_url},
    )
    (added,) = flow.accounts()
    for number in (6, 7):
        hass.config_entries.async_add_subentry(
            flow.entry, vehicle(vin=make_vin(number), account=added.subentry_id)
        )
    hass.config_entries.async_add_subentry(
        flow.entry, vehicle(vin=make_vin(8), account="another")
    )
    other = Account(
        cars=[TeslaCar(car=Car(vin=make_vin(number))) for number in (sees, 9)],
        subject="other",
        third_party_token="another-token",
    )
    flow.cloud.accounts.append(other)
    async_need_reauth(hass, flow.entry, added.subentry_id)
    reauth = Reauth(hass)
    await reauth.look()
    result = await reauth.enter(access_token="another-token")
    assert ends in {
        result.get("reason"),
        (result.get("errors") or {}).get("access_token"),
    }
    (now,) = flow.accounts()
    renewed = now.data["access_token"] == "another-token"
    assert renewed is (ends == "reauth_successful")


async def test_reauth_of_an_account_that_is_gone(
    hass: HomeAssistant, lost: AccountFlow
) -> None:
    reauth = Reauth(hass)
    await reauth.look()
    hass.config_entries.async_remove_subentry(
        lost.entry, lost.accounts()[0].subentry_id
    )
    result = await reauth.enter(refresh_token="x")
    assert result["reason"] == "account_gone"


# The words, and the secrets


def test_every_text_is_used() -> None:
    used = strings_in(account_form) | strings_in(server_address)
    used |= set(Problem) | {LIBRARY_ISSUE}
    assert set(TEXTS["error"]) <= used
    assert set(TEXTS["error"]) >= set(Problem) - {Problem.CANNOT_CONNECT}
    assert all(text and text == text.strip() for text in words_in(TEXTS))


def test_the_same_words_wherever_the_account_is_asked_for() -> None:
    assert (
        CONFIG_TEXTS["error"].items()
        >= {
            key: text for key, text in TEXTS["error"].items() if key != "token_needed"
        }.items()
    )


async def test_no_secret_is_logged(
    flow: AccountFlow, caplog: pytest.LogCaptureFixture
) -> None:
    # At its most talkative, asyncio logs of sockets only; all others may log what they like.
    caplog.set_level(logging.DEBUG)
    flow.cloud.fail_next("products", Trouble.LOCKED)
    typed = flow.fleet()
    secrets = [flow.owner.refresh_token, flow.owner.cars[0].vin, flow.owner.subject]
    await flow.begin()
    await flow.enter(**typed)
    await flow.enter(**typed)
    flow.owner.expire_access()
    await flow.change()
    await flow.enter(**flow.fleet(refresh_token=""))
    tokens = flow.data().tokens
    assert tokens is not None
    secrets += [tokens.refresh_token, tokens.access_token]
    await flow.hass.async_block_till_done()
    assert "twc_manager" in caplog.text
    for secret in secrets:
        assert secret not in caplog.text
        assert secret not in repr(flow.data())
