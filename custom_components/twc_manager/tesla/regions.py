"""Tesla's regions, and the servers at which tokens are refreshed."""

from enum import StrEnum
from typing import Final

TOKEN_PATH: Final = "/oauth2/v3/token"
_TOKEN_HOST: Final = "https://fleet-auth.prd.vn.cloud.tesla.com"
_TOKEN_HOST_CHINA: Final = "https://auth.tesla.cn"


class Region(StrEnum):
    """A region, as Tesla's own addresses name it."""

    NORTH_AMERICA = "na"
    """North America and all places in no other region."""
    EUROPE = "eu"
    """Europe, the Middle East and Africa."""
    CHINA = "cn"


def region_named(code: object) -> Region | None:
    """Return the region with a code such as `EU`; None if there is no such region."""
    try:
        return Region(str(code).lower())
    except ValueError:
        return None


def region_of_refresh_token(token: str) -> Region | None:
    """Return the region that a refresh token such as `EU_0123...` begins with; None if it does not."""
    prefix, underscore, _ = token.strip().partition("_")
    return region_named(prefix) if underscore else None


def token_url(region: Region | None, base_url: str | None = None) -> str:
    """Return the URL to refresh tokens at: Tesla's for a region, or the same path of another server."""
    if base_url is not None:
        return base_url.rstrip("/") + TOKEN_PATH
    host = _TOKEN_HOST_CHINA if region is Region.CHINA else _TOKEN_HOST
    return host + TOKEN_PATH
