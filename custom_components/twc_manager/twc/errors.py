"""Why a port to the bus cannot be used, in words that carry nothing secret of its URL."""

from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl

_MIN_SECRET_LENGTH: Final = 4
"""A shorter secret cannot be distinguished from any number or word in an error."""


class BusErrorReason(StrEnum):
    """Why the port cannot be used, as far as a person can do something about it."""

    MISSING = "port_missing"
    BUSY = "port_busy"
    NO_PERMISSION = "port_no_permission"
    INVALID = "port_invalid"
    FAILED = "cannot_connect"


class BusError(Exception):
    """The port could not be opened or was lost."""

    def __init__(self, reason: BusErrorReason, detail: str) -> None:
        """Keep the reason for translation and the detail for the log."""
        super().__init__(detail)
        self.reason = reason


def public_name(url: str) -> str:
    """Return a port's path or URL without what may be secret: a user and password, and keys in the query."""
    scheme, separator, rest = url.partition("?")[0].rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def has_secret(text: str, url: str) -> bool:
    """Return whether a text repeats a user, a password, or a value in the query of a URL."""
    place, _, query = url.partition("://")[2].partition("?")
    values = [*place.rpartition("@")[0].split(":"), *dict(parse_qsl(query)).values()]
    return any(value in text for value in values if len(value) >= _MIN_SECRET_LENGTH)


def error_text(err: Exception, url: str) -> str:
    """Return the text of an error of the port with this URL; only its type if the text may be secret."""
    text = str(err).replace(url, public_name(url))
    return type(err).__name__ if not text or has_secret(text, url) else text
