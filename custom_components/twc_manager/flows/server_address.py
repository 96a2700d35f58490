"""Checks the address of a server for an account: a token is sent there, so the connection has to be safe."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from yarl import URL

INVALID: Final = "base_url_invalid"
CREDENTIALS: Final = "base_url_credentials"
LINK_LOCAL: Final = "base_url_link_local"
INSECURE: Final = "base_url_insecure"

_PRIVATE_DOMAINS: Final = (".local", ".localhost", ".home.arpa")
"""The domains that by their standards exist only within a local network."""


def address_error(text: str) -> str | None:
    """Return the error of an address; None if it is https, or http within the local network."""
    url = _parse(text)
    if url is None:
        return INVALID
    if url.raw_user is not None or url.raw_password is not None:
        return CREDENTIALS
    assert url.host is not None
    address = _ip_address(url.host)
    if address is None:
        return _name_error(url.scheme, url.host)
    return _ip_error(url.scheme, address)


def is_same_server(one: str | None, other: str | None) -> bool:
    """Return whether two addresses have the same scheme, host and port; None stands for the service's own server."""
    if one is None or other is None:
        return one is other
    urls = _parse(one), _parse(other)
    return None not in urls and len({url.origin() for url in urls if url}) == 1


def _parse(text: str) -> URL | None:
    """Return the address of a web server; None if it is not valid, or has a query or a fragment."""
    # Parsers differ in how they read a backslash or white space.
    if "\\" in text or " " in text or not text.isprintable():
        return None
    try:
        url = URL(text)
    except ValueError:
        return None
    is_server = url.scheme in {"http", "https"} and bool(url.host) and url.port != 0
    return url if is_server and not url.query_string and not url.fragment else None


def _ip_address(host: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address of a host, mapped IPv4 addresses as IPv4; None for a name."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _ip_error(scheme: str, address: IPv4Address | IPv6Address) -> str | None:
    """Return the error of a host that is an IP address."""
    if address.is_link_local:
        return LINK_LOCAL
    if address.is_unspecified or address.is_multicast:
        return INVALID
    return None if scheme == "https" or address.is_private else INSECURE


def _name_error(scheme: str, host: str) -> str | None:
    """Return the error of a host name; a name without a dot belongs to the local network."""
    labels = host.lower().removesuffix(".").split(".")
    if labels[-1].isdigit() or labels[-1].startswith("0x"):
        # The resolver reads such numbers as an IP address of any network.
        return INVALID
    is_private = len(labels) == 1 or host.lower().endswith(_PRIVATE_DOMAINS)
    return None if scheme == "https" or is_private else INSECURE
