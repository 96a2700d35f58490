"""What an access token says of itself: whose account it is for, what it allows, and where."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from math import isfinite
from typing import Any, Self

from .regions import Region, region_named


class UnreadableTokenError(ValueError):
    """A token is none that can be read; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says of itself; nobody has verified it.

    Attributes:
        subject: the account's unique id.
        scopes: what its owner allowed.
        region: where the account lives; None if the token does not say.
        expires_at: in s since the epoch; None if the token does not say.

    """

    subject: str = field(repr=False)
    scopes: frozenset[str]
    region: Region | None
    expires_at: float | None

    @classmethod
    def read(cls, token: str) -> Self:
        """Return the claims of a JSON Web Token.

        Raises:
            UnreadableTokenError: it is none, or does not say whose account it is for.

        """
        claims = _payload(token)
        subject = claims.get("sub")
        if not isinstance(subject, str) or not subject:
            msg = "the token does not say whose account it is for"
            raise UnreadableTokenError(msg)
        return cls(
            subject=subject,
            scopes=frozenset(_words(claims.get("scp"))),
            region=region_named(claims.get("ou_code")) or _audience(claims.get("aud")),
            expires_at=number(claims.get("exp")),
        )


def number(value: object) -> float | None:
    """Return a number; None for what is none, or none that a clock can show."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def _payload(token: str) -> Mapping[str, Any]:
    """Return the second part of a JSON Web Token, an object."""
    parts = token.strip().split(".")
    if len(parts) != 3:
        msg = "the token does not have the three parts of a JSON Web Token"
        raise UnreadableTokenError(msg)
    try:
        payload = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError, RecursionError:
        msg = "the middle part of the token is not JSON in base64"
        raise UnreadableTokenError(msg) from None
    if not isinstance(payload, dict):
        msg = "the middle part of the token is not a JSON object"
        raise UnreadableTokenError(msg)
    return payload


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
