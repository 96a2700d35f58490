"""The claims of a token, and the region of its account."""

from base64 import urlsafe_b64encode
from contextlib import suppress
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.tesla import (
    Claims,
    Region,
    Tokens,
    UnreadableTokenError,
    region_of,
    token_url,
)

from .conftest import World


def jwt(payload: Any) -> str:
    parts = ({"alg": "RS256"}, payload)
    encoded = [
        urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in parts
    ]
    return ".".join((*encoded, "c2lnbmF0dXJl"))


async def test_of_the_account_server(world: World) -> None:
    claims = Claims.read(await world.token_manager().access_token())
    assert claims.subject == world.owner.subject
    assert claims.scopes == {scope.value for scope in world.owner.scopes}
    assert claims.region is Region.NORTH_AMERICA
    assert claims.expires_at == world.clock.now + world.owner.access_lifetime_s
    assert world.owner.subject not in repr(claims)


@pytest.mark.parametrize(
    ("more", "region"),
    [
        ({"ou_code": "EU"}, Region.EUROPE),
        ({"ou_code": "cn"}, Region.CHINA),
        ({"ou_code": "XX"}, None),
        ({"ou_code": 5}, None),
        ({}, None),
        ({"aud": ["https://fleet-api.prd.eu.vn.cloud.tesla.com"]}, Region.EUROPE),
        ({"aud": "https://fleet-api.prd.cn.vn.cloud.tesla.cn"}, Region.CHINA),
        ({"aud": [None, "https://elsewhere.example"]}, None),
    ],
)
def test_region(more: dict[str, Any], region: Region | None) -> None:
    assert Claims.read(jwt({"sub": "me"} | more)).region is region


@pytest.mark.parametrize(
    ("scp", "scopes"),
    [
        (["a", "b"], {"a", "b"}),
        ("a b", {"a", "b"}),
        (["a", 5, None], {"a"}),
        (None, set()),
        ({"a": 1}, set()),
    ],
)
def test_scopes(scp: Any, scopes: set[str]) -> None:
    assert Claims.read(jwt({"sub": "me", "scp": scp})).scopes == scopes


@pytest.mark.parametrize("exp", [None, True, "soon", 1e999, -1e999, 10**400])
def test_end_that_is_none(exp: Any) -> None:
    assert Claims.read(jwt({"sub": "me", "exp": exp})).expires_at is None


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("", "not a JSON Web Token"),
        ("NA_0123", "not a JSON Web Token"),
        ("a.b", "not a JSON Web Token"),
        ("a.b.c.d", "not a JSON Web Token"),
        ("a.!!!.c", "not a JSON Web Token"),
        ("a.é.c", "not a JSON Web Token"),
        (f"a.{'W' * 40}.c", "not a JSON Web Token"),
        (f"a.{urlsafe_b64encode(b'[' * 100_000).decode()}.c", "not a JSON Web Token"),
        (jwt([1]), "not a JSON Web Token"),
        (jwt({}), "does not name"),
        (jwt({"sub": 5}), "does not name"),
        (jwt({"sub": ""}), "does not name"),
    ],
)
def test_nonsense(token: str, message: str) -> None:
    with pytest.raises(UnreadableTokenError, match=message) as caught:
        Claims.read(token)
    assert len(token) < 5 or token not in str(caught.value)


@given(
    st.text() | st.binary().map(lambda raw: f"a.{urlsafe_b64encode(raw).decode()}.c")
)
def test_whatever_is_typed_in(token: str) -> None:
    with suppress(UnreadableTokenError):
        assert Claims.read(token).subject


@pytest.mark.parametrize(
    ("token", "region"),
    [
        ("NA_0123", Region.NORTH_AMERICA),
        ("EU_0123", Region.EUROPE),
        (" CN_0123", Region.CHINA),
        ("eu_0123", Region.EUROPE),
        ("EU", None),
        ("XX_0123", None),
        ("", None),
    ],
)
def test_region_of_tokens(token: str, region: Region | None) -> None:
    assert region_of(Tokens("client", token)) is region
    european = jwt({"sub": "me", "ou_code": "EU"})
    by_claims = region_of(Tokens("client", token, european))
    assert by_claims is (region or Region.EUROPE)


def test_where_tokens_are_refreshed() -> None:
    tesla = "https://fleet-auth.prd.vn.cloud.tesla.com/oauth2/v3/token"
    assert token_url(None) == tesla
    assert token_url(Region.NORTH_AMERICA) == tesla
    assert token_url(Region.EUROPE) == tesla
    assert token_url(Region.CHINA) == "https://auth.tesla.cn/oauth2/v3/token"
    proxy = token_url(Region.CHINA, "http://proxy.example:4443/")
    assert proxy == "http://proxy.example:4443/oauth2/v3/token"
