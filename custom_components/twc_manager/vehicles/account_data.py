"""The data of a Tesla account in its subentry, and which of them are secret."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Self
from uuid import uuid4

from ..tesla import Region, Tokens, region_of, token_url

SUBENTRY_ACCOUNT: Final = "tesla_account"

CONF_KIND: Final = "kind"
CONF_GRANT_ID: Final = "grant_id"
CONF_TOKENS: Final = "tokens"
CONF_ACCESS_TOKEN: Final = "access_token"
CONF_REGION: Final = "region"
CONF_KEY_FILE: Final = "key_file"
CONF_BASE_URL: Final = "base_url"
CONF_SERVER_SIGNS: Final = "server_signs"
CONF_CAN_LOCATE: Final = "can_locate"

ROTATING_KEYS: Final = frozenset({CONF_TOKENS})
"""The keys of the data that change at each refresh, although the account stays the same."""

TO_REDACT: Final = frozenset({CONF_TOKENS, CONF_ACCESS_TOKEN, CONF_BASE_URL})
"""The secrets of an account; a base URL may hold a password."""


class AccountKind(StrEnum):
    """The service through which an account is reached."""

    FLEET = "fleet"
    """Tesla's own Fleet API."""
    TESLEMETRY = "teslemetry"
    TESSIE = "tessie"


@dataclass(frozen=True, slots=True)
class AccountData:
    """The data of an account in its subentry; an open account stays valid while they are equal.

    Attributes:
        kind: the service through which it is reached.
        grant_id: a random id of the tokens that the owner entered last, which stays when they are refreshed.
        tokens: the tokens of the Fleet API when they were stored last; None for the other services.
        access_token: the token of the other services; empty for the Fleet API.
        region: the region of the account; None: the region in its token.
        key_file: the private key for signed commands, absolute or below Home Assistant's configuration.
        base_url: the server to call instead of the service's own.
        server_signs: whether that server signs the commands.
        can_locate: whether cars may be located, as found when the token was entered.

    """

    kind: AccountKind
    grant_id: str
    tokens: Tokens | None = field(default=None, compare=False)
    access_token: str = field(default="", repr=False)
    region: Region | None = None
    key_file: str | None = None
    base_url: str | None = field(default=None, repr=False)
    server_signs: bool = False
    can_locate: bool = True

    def as_dict(self) -> dict[str, Any]:
        """Return the data for a subentry."""
        return {
            CONF_KIND: self.kind.value,
            CONF_GRANT_ID: self.grant_id,
            CONF_TOKENS: None if self.tokens is None else self.tokens.as_dict(),
            CONF_ACCESS_TOKEN: self.access_token,
            CONF_REGION: None if self.region is None else self.region.value,
            CONF_KEY_FILE: self.key_file,
            CONF_BASE_URL: self.base_url,
            CONF_SERVER_SIGNS: self.server_signs,
            CONF_CAN_LOCATE: self.can_locate,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the data of a subentry."""
        tokens, region = data[CONF_TOKENS], data[CONF_REGION]
        return cls(
            kind=AccountKind(data[CONF_KIND]),
            grant_id=data[CONF_GRANT_ID],
            tokens=None if tokens is None else Tokens.from_dict(tokens),
            access_token=data[CONF_ACCESS_TOKEN],
            region=None if region is None else Region(region),
            key_file=data[CONF_KEY_FILE],
            base_url=data[CONF_BASE_URL],
            server_signs=data[CONF_SERVER_SIGNS],
            can_locate=data.get(CONF_CAN_LOCATE, True),
        )


def new_grant_id() -> str:
    """Return a random id for newly entered tokens."""
    return uuid4().hex


def token_server(tokens: Tokens, data: AccountData) -> str:
    """Return the URL where an account's tokens are refreshed."""
    return token_url(data.region or region_of(tokens), data.base_url)
