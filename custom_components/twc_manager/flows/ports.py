"""What can be the port of a bus, and which of its names mean the same one."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from serialx import SerialException, get_serial_classes


def is_port(device: str) -> bool:
    """Return whether this can be a port: an absolute path, or a URL of a kind that can be opened."""
    if not device.isprintable() or " " in device:
        return False
    if device.startswith("/"):
        return True
    try:
        url = urlsplit(device)
        # Only asked for whether it raises; the kinds known depend on what Home Assistant has loaded.
        get_serial_classes(device)
        return bool(url.scheme and url.hostname) and url.port != 0
    except ValueError, SerialException:
        return False


def _port_key(device: str) -> tuple[object, ...]:
    """Return what different names of the same port have in common.

    A path may be a link, as those in /dev/serial/by-id are. A service of the network is the same whatever
    protocol it is spoken to in, and the query holds keys and options; only an ESPHome device has several
    ports behind one address, told apart by a name in the query.
    """
    if device.startswith("/"):
        return (Path(device).resolve(),)
    url = urlsplit(device)
    port_name = parse_qs(url.query).get("port_name")
    return (url.hostname, url.port, url.path.strip("/"), *(port_name or ()))


def is_any_of(device: str, others: Iterable[str]) -> bool:
    """Return whether a port is one of these, whatever they are called; asks the disk."""
    return _port_key(device) in map(_port_key, others)


def short_name(device: str) -> str:
    """Return a name that tells ports apart and hides what a URL may have to hide."""
    if device.startswith("/"):
        return Path(device).name
    url = urlsplit(device)
    port_name = parse_qs(url.query).get("port_name")
    return port_name[0] if port_name else str(url.hostname)
