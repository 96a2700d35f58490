"""The claims of an access token: the account it is for, what it allows, and the account's region."""

from dataclasses import dataclass, field
from typing import Any, Self

import jwt

from ..untrusted import finite_number
from .regions import Region, region_named


class UnreadableTokenError(ValueError):
    """A token cannot be read; the text gives the reason and contains no part of the token."""


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of an access token, which are not verified.

    Attributes:
        subject: the account's unique id.
        scopes: what its owner allowed.
        region: the region of the account; None if the token does not name it.
        expires_at: in s since the epoch; None if the token does not name it.

    """

    subject: str = field(repr=False)
    scopes: frozenset[str]
    region: Region | None
    expires_at: float | None

    @classmethod
    def read(cls, token: str) -> Self:
        """Return the claims of a JSON Web Token.

        Raises:
            UnreadableTokenError: it is not a JSON Web Token, or does not name its account.

        """
        claims = _decode(token)
        subject = claims.get("sub")
        if not isinstance(subject, str) or not subject:
            msg = "the token does not name its account"
            raise UnreadableTokenError(msg)
        return cls(
            subject=subject,
            scopes=frozenset(_words(claims.get("scp"))),
            region=region_named(claims.get("ou_code")) or _audience(claims.get("aud")),
            expires_at=finite_number(claims.get("exp")),
        )


def _decode(token: str) -> dict[str, Any]:
    """Return the payload of a JSON Web Token without verifying its signature.

    The signature protects Tesla's servers, which check it at every call. We received the token from Tesla and read its
    claims only to inform the owner; a forged token would only cause refused calls.
    """
    try:
        return jwt.decode(token.strip(), options={"verify_signature": False})
    except jwt.InvalidTokenError, UnicodeEncodeError:
        # The error's own text may quote the token.
        msg = "the token is not a JSON Web Token"
        raise UnreadableTokenError(msg) from None


def _words(value: object) -> list[str]:
    """Return the words of a list, or of a line with spaces in between."""
    if isinstance(value, str):
        return value.split()
    if not isinstance(value, list):
        return []
    return [word for word in value if isinstance(word, str)]


def _audience(value: object) -> Region | None:
    """Return the region whose server a token is for, such as `https://fleet-api.prd.eu.vn.cloud.tesla.com`."""
    for url in _words(value):
        for region in Region:
            if f".prd.{region}." in url:
                return region
    return None
