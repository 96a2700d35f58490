"""The command line of the keeper."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
import math
import os
from pathlib import Path
from typing import Final

from custom_components.twc_manager.twc.guard import MAX_CONNECTOR_AMPS, MAX_TOTAL_AMPS

from .addresses import AllowedAddresses
from .app import APP_OPTION, arguments_of_app
from .terms import Fallback

DEFAULT_PORT: Final = 9600
DEFAULT_FALLBACK_AMPS: Final = 6.0
DEFAULT_FOLDER: Final = "/var/lib/twc-keeper"

_DESCRIPTION: Final = """\
Keeps Tesla Wall Connectors (Gen 2) charging while Home Assistant is away: it owns the serial port and serves it over
TCP. In Home Assistant enter socket://HOST:PORT as the port of TWC Manager.
"""


@dataclass(frozen=True, slots=True)
class Options:
    """What the owner set.

    Attributes:
        device: path or URL of the serial port.
        host: the address to listen on; None for all.
        port: the TCP port of the bus; control connections have the next one.
        fallback: what holds without a lease.
        allowed: from where clients may come.
        folder: where state is kept.
        check: whether only to print what is found, and end.
        verbose: whether to log what happens on the bus.
        shows_key: whether the key is logged: the owner of an app has no other way to see it.

    """

    device: str
    host: str | None
    port: int
    fallback: Fallback
    allowed: AllowedAddresses
    folder: Path
    check: bool
    verbose: bool
    shows_key: bool = False


def _amps(minimum: float, maximum: float) -> Callable[[str], float]:
    """Return what reads a number of A between two limits."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not minimum <= value <= maximum:
            msg = f"'{text}' is not from {minimum:g} to {maximum:g} A"
            raise argparse.ArgumentTypeError(msg)
        return value

    return read


def _port(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 65534:
        raise ValueError(text)
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="twc-keeper", description=_DESCRIPTION)
    parser.add_argument(
        "device", metavar="PORT", help="the serial port, such as /dev/ttyUSB0"
    )
    parser.add_argument(
        "--limit",
        metavar="A",
        type=_amps(5.0, MAX_TOTAL_AMPS),
        required=True,
        help="what the wiring can carry for all connectors together, in A; never exceeded, whatever is asked for",
    )
    parser.add_argument(
        "--fallback-amps",
        metavar="A",
        type=_amps(0.0, MAX_CONNECTOR_AMPS),
        default=DEFAULT_FALLBACK_AMPS,
        help="what each connector may have if Home Assistant is away and has left nothing; 0 to stop (%(default)g)",
    )
    parser.add_argument(
        "--listen",
        metavar="ADDRESS",
        help="listen on this address only (all; clients from private networks are let in)",
    )
    parser.add_argument(
        "--tcp-port",
        metavar="N",
        type=_port,
        default=DEFAULT_PORT,
        help="TCP port of the bus; the next one is for what Home Assistant leaves (%(default)d)",
    )
    parser.add_argument(
        "--allow",
        metavar="NETWORK",
        action="append",
        default=[],
        help="let clients in from here only, such as 192.168.1.10 or 192.168.1.0/24; repeatable",
    )
    parser.add_argument(
        "--state",
        metavar="FOLDER",
        type=Path,
        default=Path(os.environ.get("STATE_DIRECTORY", DEFAULT_FOLDER)),
        help="folder for the key and the lease (%(default)s)",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="say what is found on the port, listen for 12 s, and end; transmits nothing",
    )
    parser.add_argument(
        APP_OPTION,
        metavar="FILE",
        help="take all of this from the file with the options of an app of Home Assistant OS, and no other argument",
    )
    parser.add_argument(
        "--verbose", action="store_true", help="log every frame that is not forwarded"
    )
    return parser


def read_options(arguments: Sequence[str]) -> Options:
    """Return the options; ends the program with a message if they are wrong."""
    parser = _parser()
    is_app = arguments[:1] == [APP_OPTION] and len(arguments) == 2
    if is_app:
        try:
            arguments = arguments_of_app(Path(arguments[1]))
        except (OSError, ValueError) as err:
            parser.error(f"the options of the app cannot be read: {err}")
    args = parser.parse_args(arguments)
    try:
        allowed = AllowedAddresses(args.allow)
    except ValueError as err:
        parser.error(str(err))
    if args.fallback_amps > args.limit:
        parser.error("--fallback-amps is above --limit")
    return Options(
        device=args.device,
        host=args.listen,
        port=args.tcp_port,
        fallback=Fallback(args.limit, args.fallback_amps),
        allowed=allowed,
        folder=args.state,
        check=args.check,
        verbose=args.verbose,
        shows_key=is_app,
    )
