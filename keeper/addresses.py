"""From which addresses a client may come: loopback and private networks, unless the owner says otherwise."""

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

USUAL: Final = (
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)


class AllowedAddresses:
    """The networks that clients may come from."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        """Take the owner's networks; without any, loopback and private ones.

        Raises:
            ValueError: if one of them is no network.

        """
        self._networks = [ip_network(item) for item in tuple(networks) or USUAL]

    def permits(self, address: str) -> bool:
        """Return whether a client may come from an address."""
        try:
            found = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        return any(
            found in network
            for network in self._networks
            if network.version == found.version
        )
