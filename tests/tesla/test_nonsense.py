"""Random answers of a Tesla account, or of a proxy: they are read, or give one of the documented errors."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass
import json
from math import isfinite
from typing import Any, Final

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.twc_manager.tesla import (
    AccountError,
    Answer,
    TokenManager,
    Tokens,
    meaning,
)
from custom_components.twc_manager.tesla.account import Account
from custom_components.twc_manager.tesla.answers import (
    MAX_RETRY_AFTER,
    Result,
    read_answer,
    seconds_after,
)
from custom_components.twc_manager.tesla.checking import check
from custom_components.twc_manager.tesla.claims import Claims, UnreadableTokenError
from custom_components.twc_manager.tesla.regions import (
    region_named,
    region_of_refresh_token,
)
from custom_components.twc_manager.tesla.tokens import TokenError
from custom_components.twc_manager.tesla.vehicles import (
    read_data,
    read_state,
    read_unpaired,
    read_vehicles,
)
from custom_components.twc_manager.untrusted import MAX_TEXT_LENGTH, redacted_line
from custom_components.twc_manager.vehicles.home_zone import Home, home_state
from simulator import make_vin

NOW: Final = 1_800_000_000.0
VIN: Final = make_vin(7)
HOME: Final = Home(52.0, 5.0, 100.0)
# What Python's JSON reads, which is more than JSON.
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.sampled_from([10**400, -(10**400)])
    | st.floats()
    | st.text(max_size=40)
)
nonsense = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def _like(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Something with the fields that are looked for, each of them right, nonsense or missing."""
    return st.fixed_dictionaries(
        {}, optional={name: value | nonsense for name, value in fields.items()}
    )


words = st.sampled_from(
    ["Charging", "online", "asleep", "required", "is_charging", VIN, "invalid_grant", "EU"]
)  # fmt: skip
numbers = st.sampled_from([0, 1, 52.0, 5.0, 91, -181, NOW, NOW + 1e9])
car = _like(vin=words, display_name=words, state=words, command_signing=words)
place = _like(latitude=numbers, longitude=numbers, gps_as_of=numbers)
response = (
    nonsense
    | st.lists(car | nonsense, max_size=3)
    | _like(result=st.booleans(), reason=words, state=words)
    | _like(unpaired_vins=st.lists(words | nonsense, max_size=3))
    | _like(
        charge_state=_like(
            charging_state=words,
            battery_level=numbers,
            charge_limit_soc=numbers,
            scheduled_charging_pending=st.booleans(),
        ),
        location_data=place,
        drive_state=place,
    )
)
sent = (
    nonsense
    | _like(response=response, error=words)
    | _like(
        access_token=words,
        refresh_token=words,
        expires_in=numbers,
        error=words,
        scopes=st.lists(words | nonsense, max_size=3),
        uid=words,
        region=words,
    )
)


@given(sent | response)
def test_an_answer_is_read_or_its_error_is_returned(body: Any) -> None:
    assert isinstance(read_answer(body), Answer)
    read_state(body)
    with suppress(AccountError):
        assert all(item.vin for item in read_vehicles(body))
    with suppress(AccountError):
        assert all(isinstance(vin, str) for vin in read_unpaired(body))
    with suppress(AccountError):
        data = read_data(body)
        assert data.battery_level is None or isfinite(data.battery_level)
        assert home_state(data.location, HOME, NOW)


@given(nonsense)
def test_words_and_numbers(value: Any) -> None:
    line = redacted_line(value)
    assert len(line) <= MAX_TEXT_LENGTH and "\n" not in line
    assert isinstance(meaning(line), Result)
    after = seconds_after(value)
    assert after is None or 0 <= after <= MAX_RETRY_AFTER
    region_named(value)


@given(
    _like(sub=words, scp=words, ou_code=words, aud=words, exp=numbers) | nonsense,
    st.text(max_size=30),
)
def test_tokens(claims: Any, text: str) -> None:
    middle = urlsafe_b64encode(json.dumps(claims).encode()).decode()
    for token in (f"a.{middle}.b", f"a.{text}.b", text):
        region_of_refresh_token(token)
        with suppress(UnreadableTokenError):
            assert Claims.read(token).subject


@given(nonsense | _like(client_id=words, refresh_token=words, expires_at=numbers))
def test_tokens_that_were_kept(stored: Any) -> None:
    with suppress(AttributeError, KeyError, OverflowError, TypeError, ValueError):
        assert Tokens.from_dict(stored).client_id is not None


# Over the network


@dataclass(slots=True)
class Server:
    """An account server that gives the same answer to all calls."""

    url: str = ""
    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"

    async def answer(self, _: web.Request) -> web.Response:
        return web.Response(
            status=self.status,
            body=self.body,
            headers={"Content-Type": self.content_type, "Retry-After": "soon"},
        )


@pytest.fixture
async def server(socket_enabled: None) -> AsyncGenerator[Server]:
    server = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    async with TestServer(app) as running:
        server.url = str(running.make_url("")).rstrip("/")
        yield server


@pytest.fixture
async def session(server: Server) -> AsyncGenerator[ClientSession]:
    async with ClientSession() as session:
        yield session


def _as_body(value: Any) -> bytes:
    return json.dumps(value).encode()


answered = st.tuples(
    st.sampled_from([200, 200, 200, 202, 204, 301, 400, 401, 402, 403, 404, 405, 408])
    | st.sampled_from([412, 421, 422, 423, 429, 451, 499, 500, 502, 503, 504, 540]),
    sent.map(_as_body)
    | st.binary(max_size=60)
    | st.sampled_from([b"", b"<html><body>Sign in</body></html>", b"{", b"[" * 5000]),
    st.sampled_from(["application/json", "text/html", "", "text/plain; charset=none"]),
)
over_the_network = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@over_the_network
@given(answer=answered, way=st.sampled_from(["fleet", "teslemetry", "tessie"]))
async def test_calls(
    server: Server,
    session: ClientSession,
    answer: tuple[int, bytes, str],
    way: str,
) -> None:
    server.status, server.body, server.content_type = answer
    account = _account(server, session, way)

    for question in (
        account.grant(),
        account.vehicles(),
        account.state(VIN),
        account.data(VIN, location=True),
        account.unpaired([VIN]),
    ):
        with suppress(AccountError, UnreadableTokenError):
            await question
    for command in (account.start_charging, account.stop_charging, account.wake):
        assert isinstance((await command(VIN)).result, Result)
    assert (await check(account)).vehicles is not None


def _account(server: Server, session: ClientSession, way: str) -> Account:
    if way == "teslemetry":
        return Account.teslemetry(session, "token", base_url=server.url)
    if way == "tessie":
        return Account.tessie(session, "token", base_url=server.url)
    token_manager = _keeper(server, session, Tokens("id", "refresh", "access", NOW * 2))
    return Account.fleet(session, token_manager, base_url=server.url)


def _keeper(server: Server, session: ClientSession, tokens: Tokens) -> TokenManager:
    return TokenManager(
        session, tokens, lambda _: None, url=f"{server.url}/token", clock=lambda: NOW
    )


@over_the_network
@given(answer=answered)
async def test_no_answer_costs_the_refresh_token(
    server: Server, session: ClientSession, answer: tuple[int, bytes, str]
) -> None:
    server.status, server.body, server.content_type = answer
    token_manager = _keeper(server, session, Tokens("id", "refresh"))

    with suppress(TokenError):
        assert await token_manager.access_token()
    assert token_manager.tokens.refresh_token
    assert isfinite(token_manager.tokens.expires_at)
