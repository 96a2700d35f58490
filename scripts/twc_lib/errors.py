"""Errors of ports and files, as one line for the person who ran the command."""

import os
from typing import Final

from custom_components.twc_manager.twc import BusError, BusErrorReason, public_name

KINDS_OF_PORTS: Final = "/dev/ttyUSB0, socket://HOST:PORT or rfc2217://HOST:PORT"
_HIDDEN: Final = "(hidden)"

_PORT_PROBLEMS: Final = {
    BusErrorReason.MISSING: "does not exist. Is the adapter plugged in?",
    BusErrorReason.BUSY: "is in use by another program, perhaps by Home Assistant.",
    BusErrorReason.NO_PERMISSION: "may not be opened by this user. On Linux it often takes the group dialout.",
    BusErrorReason.INVALID: f"is no serial port. A port looks like {KINDS_OF_PORTS}.",
}


class ToolError(Exception):
    """The command cannot run; the text says why."""


def printable(text: str) -> str:
    """Return a text from outside without control characters, which a terminal would obey."""
    return "".join(char if char.isprintable() else "?" for char in text)


def shown(url: str) -> str:
    """Return a port, or a file name that may be a port by mistake, without a user, a password or a key."""
    if "://" not in url:
        return printable(url)
    scheme, _, rest = url.partition("://")
    if "@" in rest.partition("?")[2]:
        # A password with a question mark cannot be distinguished from a host with options.
        return printable(f"{scheme}://{_HIDDEN}")
    return printable(public_name(url))


def port_error(url: str, err: BusError) -> ToolError:
    """Return why a port cannot be used, without anything secret of its URL."""
    name = shown(url) or "''"
    if err.reason is BusErrorReason.INVALID and url.startswith("esphome:"):
        return ToolError(f"{name} can be opened by Home Assistant only.")
    if words := _PORT_PROBLEMS.get(err.reason):
        return ToolError(f"{name} {words}")
    if err.__cause__ is None:
        return port_lost(url)
    return ToolError(f"{name} cannot be opened: {_reason(err.__cause__)}")


def port_lost(url: str) -> ToolError:
    """Return that a port was lost while it was in use."""
    return ToolError(f"{shown(url)} was lost. Is the adapter still plugged in?")


def file_error(name: str, err: OSError) -> ToolError:
    """Return why a file cannot be read or written."""
    return ToolError(f"{shown(name)}: {err.strerror or type(err).__name__}")


def _reason(cause: BaseException) -> str:
    # Not the text of the error: it may repeat the whole URL.
    if isinstance(cause, TimeoutError):
        return "it did not answer in time."
    if isinstance(cause, OSError) and cause.errno is not None:
        known = cause.errno > 0
        words = os.strerror(cause.errno) if known else str(cause.strerror)
        return f"{words}."
    return f"{type(cause).__name__}."
