"""A made-up Tesla account: its cars, the scopes granted to the client, and its tokens.

The rules of Tesla's tokens: a refresh token is valid once and for three months. An access token is valid for some
hours, and is a JWT with the account and the granted scopes.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
import json
import secrets
from typing import Any, Final

from .troubles import RefusalError, Trouble
from .vehicle import TeslaCar

_DAY_S: Final = 86_400.0
_ISSUER: Final = "https://fleet-auth.tesla.com/oauth2/v3/nts"


class Region(StrEnum):
    """The region of an account."""

    NA = "na"
    EU = "eu"
    CN = "cn"

    @property
    def host(self) -> str:
        """The host name of its server."""
        end = "cn" if self is Region.CN else "com"
        return f"fleet-api.prd.{self.value}.vn.cloud.tesla.{end}"


class Scope(StrEnum):
    """The scopes that an owner can grant."""

    OPENID = "openid"
    OFFLINE_ACCESS = "offline_access"
    USER_DATA = "user_data"
    VEHICLE_DEVICE_DATA = "vehicle_device_data"
    VEHICLE_LOCATION = "vehicle_location"
    VEHICLE_CMDS = "vehicle_cmds"
    VEHICLE_CHARGING_CMDS = "vehicle_charging_cmds"


@dataclass(eq=False, kw_only=True, slots=True)
class Account:
    """An account; all fields may be changed while the server runs."""

    cars: list[TeslaCar] = field(default_factory=list)
    subject: str = "8b0a1c52-0000-4000-8000-00000000abcd"
    """The id of the account, the `sub` of the JWT."""
    client_id: str = "made-up-client"
    region: Region = Region.NA
    scopes: frozenset[Scope] = frozenset(Scope)
    third_party_token: str = "made-up-third-party-token"
    """The access token of Teslemetry or Tessie."""
    access_lifetime_s: float = 28_800.0
    refresh_lifetime_s: float = 90 * _DAY_S
    grace_s: float = 0.0
    """The time for which a used refresh token still works, in s, unless a newer one was used."""
    refresh_token: str = ""
    """The valid refresh token; a made-up one by default."""

    refreshes: int = field(default=0, init=False)
    """The number of refreshes."""
    _issued_at: float | None = field(default=None, init=False)
    _previous: str = field(default="", init=False)
    _given: set[str] = field(default_factory=set, init=False)
    _good_until: dict[str, float] = field(default_factory=dict, init=False)
    _revoked: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        """Create the first refresh token."""
        if not self.refresh_token:
            self.refresh_token = self._new_refresh_token()
        self._given.add(self.refresh_token)

    def car(self, vin: str) -> TeslaCar:
        """Return a car of the account; RefusalError if it is not in the account."""
        found = next((car for car in self.cars if car.vin == vin), None)
        if found is None:
            raise RefusalError.of(Trouble.NOT_FOUND)
        return found

    def revoke(self) -> None:
        """Withdraw the grant: no token is valid any more."""
        self._revoked = True
        self._good_until.clear()

    def grant_again(self) -> str:
        """Log in as the owner again; return the new refresh token."""
        self._revoked = False
        self._issued_at = None
        self._previous = ""
        self.refresh_token = self._new_refresh_token()
        return self.refresh_token

    def restore(self, refresh_token: str) -> None:
        """Go on with the refresh token that was valid before a restart."""
        self._given.add(refresh_token)
        self.refresh_token = refresh_token

    def expire_access(self) -> None:
        """Expire all access tokens."""
        self._good_until.clear()

    def refresh(self, form: Mapping[str, str], now: float) -> dict[str, Any]:
        """Return new tokens for a refresh token; RefusalError if it is invalid."""
        if form.get("grant_type") != "refresh_token":
            raise RefusalError(400, "unsupported_grant_type")
        if form.get("client_id") != self.client_id:
            raise RefusalError.of(Trouble.INVALID_CLIENT)
        if not self._takes(form["refresh_token"], now):
            raise RefusalError.of(Trouble.LOGIN_REQUIRED)
        self._previous, self.refresh_token = (
            form["refresh_token"],
            self._new_refresh_token(),
        )
        self._issued_at = now
        self.refreshes += 1
        return {
            "access_token": self.new_access_token(now),
            "refresh_token": self.refresh_token,
            "expires_in": int(self.access_lifetime_s),
            "token_type": "Bearer",
        }

    def knows(self, refresh_token: str) -> bool:
        """Return whether a refresh token was ever one of this account."""
        return refresh_token in self._given

    def new_access_token(self, now: float) -> str:
        """Return a JWT that is valid from now on."""
        expires = now + self.access_lifetime_s
        token = ".".join(
            (
                _encode({"alg": "RS256", "typ": "JWT", "kid": "made-up"}),
                _encode(self._claims(now, expires)),
                secrets.token_urlsafe(32),
            )
        )
        self._good_until[token] = expires
        return token

    def accepts(self, token: str, now: float) -> bool:
        """Return whether an access token is valid."""
        return now < self._good_until.get(token, now)

    def _takes(self, refresh_token: str, now: float) -> bool:
        if self._revoked:
            return False
        age = 0.0 if self._issued_at is None else now - self._issued_at
        if refresh_token == self._previous:
            return age < self.grace_s
        return refresh_token == self.refresh_token and age < self.refresh_lifetime_s

    def _claims(self, now: float, expires: float) -> dict[str, Any]:
        return {
            "iss": _ISSUER,
            "azp": self.client_id,
            "sub": self.subject,
            "aud": [
                *(f"https://{region.host}" for region in (Region.NA, Region.EU)),
                "https://fleet-auth.tesla.com/oauth2/v3/userinfo",
            ],
            "scp": sorted(self.scopes),
            "amr": ["pwd", "mfa", "otp"],
            "exp": int(expires),
            "iat": int(now),
            "ou_code": self.region.upper(),
            "locale": "en-US",
        }

    def _new_refresh_token(self) -> str:
        token = f"{self.region.upper()}_{secrets.token_hex(32)}"
        self._given.add(token)
        return token


def _encode(part: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
