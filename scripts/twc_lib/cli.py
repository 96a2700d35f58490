"""The command line: its arguments, and the one line that is printed when a command cannot run."""

import argparse
import asyncio
from collections.abc import Callable, Coroutine, Sequence
import logging
import math
import os
import re
import sys
from typing import Any, Final, Never, override

from custom_components.twc_manager.twc import Connect

from . import commands
from .doctor import LISTEN_SECONDS
from .errors import ToolError, file_error, shown
from .view import View, error

BAD_INPUT: Final = 2
_INTERRUPTED: Final = 130
_HELP: Final = "see scripts/twc --help."

_URL: Final = re.compile(r"\S+://\S+")

type Command = Callable[
    [argparse.Namespace, View, Connect | None], Coroutine[Any, Any, int]
]


class _Parser(argparse.ArgumentParser):
    """Reports a wrong argument in one line. The help for a person is at the top of scripts/twc."""

    @override
    def error(self, message: str) -> Never:
        error(f"{_URL.sub(lambda url: shown(url[0]), message)}; {_HELP}")
        sys.exit(BAD_INPUT)


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        msg = f"'{text}' is not a number above 0"
        raise argparse.ArgumentTypeError(msg)
    return value


def _unit_id(text: str) -> int:
    try:
        value = int(text, 16)
    except ValueError:
        value = -1
    if not 0 <= value <= 0xFFFF:
        msg = f"'{text}' is not an id of four hex digits"
        raise argparse.ArgumentTypeError(msg)
    return value


def _parser() -> _Parser:
    parser = _Parser(prog="scripts/twc", add_help=False, allow_abbrev=False)
    actions = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_Parser
    )

    def add(name: str, run: Command) -> argparse.ArgumentParser:
        action = actions.add_parser(name, add_help=False, allow_abbrev=False)
        action.add_argument("--json", action="store_true")
        action.set_defaults(run=run, hex=False, show_identity=False)
        return action

    listen = add("listen", commands.listen)
    listen.add_argument("port", metavar="PORT")
    record = add("record", commands.record)
    record.add_argument("places", metavar="PORT FILE", nargs="+")
    record.add_argument("--port", metavar="PORT")
    record.add_argument("--force", action="store_true")
    decode = add("decode", commands.decode)
    replay = add("replay", commands.replay)
    replay.add_argument("--speed", type=_positive, default=1.0)
    for reader in (decode, replay):
        reader.add_argument("file", metavar="FILE")
    for shower in (listen, decode, replay):
        shower.add_argument("--hex", action="store_true")
    for keeper in (listen, record, decode, replay):
        keeper.add_argument("--show-identity", action="store_true")
    for live in (listen, record):
        live.add_argument("--seconds", type=_positive)
    add("scan", commands.scan).add_argument("port", metavar="PORT")
    doctor = add("doctor", commands.doctor)
    doctor.add_argument("port", metavar="PORT", nargs="?")
    doctor.add_argument("--file", metavar="FILE")
    doctor.add_argument("--seconds", type=_positive, default=LISTEN_SECONDS)
    doctor.add_argument("--master", metavar="ID", type=_unit_id)
    doctor.add_argument("--transmit", action="store_true")
    old = add("import-twcmanager", commands.import_twcmanager)
    old.add_argument("files", metavar="FILE", nargs="+")
    return parser


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments.

    Raises:
        ToolError: if they do not fit together.

    """
    options = _parser().parse_args(arguments)
    if options.command == "record":
        options.port, options.file = _record_places(options)
    if options.command == "doctor" and (options.port is None) == (options.file is None):
        raise ToolError(f"doctor takes a PORT or --file FILE; {_HELP}")
    return options


def _record_places(options: argparse.Namespace) -> tuple[str, str]:
    places = options.places if options.port is None else [options.port, *options.places]
    if len(places) != 2:
        raise ToolError(f"record takes PORT FILE, or FILE --port PORT; {_HELP}")
    return places[0], places[1]


def main(arguments: Sequence[str]) -> int:
    """Run a command; return the exit code."""
    # The tool prints its own errors; log messages of the rooms below may contain a URL.
    logging.getLogger().addHandler(logging.NullHandler())
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show an arrow shows a replacement.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        options = parse(arguments)
        view = View(as_json=options.json, show_hex=options.hex)
        command: Command = options.run
        return asyncio.run(command(options, view, None))
    except ToolError as err:
        error(str(err))
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader of the pipe is gone: nothing must be left to flush at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return commands.TROUBLE
    except OSError as err:
        error(str(file_error("standard output", err)))
    return BAD_INPUT
