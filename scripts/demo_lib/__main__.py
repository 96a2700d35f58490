"""The command line of `scripts/demo`, which has the help text."""

import argparse
import asyncio
from collections.abc import Coroutine
from pathlib import Path
import signal
import sys
from typing import Final

from .check import check
from .console import say
from .demo import Demo, running_demo
from .errors import DemoError, causes
from .folder import ROOT, Folder
from .people import PASSWORD, USER
from .report import Reporter

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", add_help=False)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--dir", type=Path, metavar="DIR")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--keeper", action="store_true")
    parser.add_argument("--port", type=_port, metavar="N")
    parser.add_argument("--two-lines", action="store_true")
    options = parser.parse_args()
    if options.check and (options.dir or options.fresh or options.port):
        parser.error(
            "--check has a folder and a port of its own and takes no other option than --keeper or --two-lines"
        )
    if options.keeper and options.two_lines:
        parser.error("--keeper is for one line")
    return options


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65_535:
        msg = f"'{text}' is not a port"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


async def _demo(folder: Folder, port: int, *, fresh: bool) -> int:
    """Run the demo until it is stopped."""
    connectors = "five" if folder.has_two_lines else "three"
    say(f"Starting Home Assistant and {connectors} simulated wall connectors ...")
    async with running_demo(folder, port, fresh=fresh) as demo:
        _welcome(demo, folder)
        await Reporter(demo.world).run()
    return 0


def _welcome(demo: Demo, folder: Folder) -> None:
    say(
        f"\n  {demo.url}\n  user {USER}, password {PASSWORD}\n\n"
        f"Its state is in {folder.path}. Ctrl-C stops everything.\n"
    )


async def _until_stopped(work: Coroutine[None, None, int]) -> int:
    """Run a coroutine; Ctrl-C and a closed terminal end it gracefully."""
    task = asyncio.ensure_future(work)

    def stop() -> None:
        if not task.cancelling():
            say("\nStopping ...")
            task.cancel()

    for number in _SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return await task


def main() -> int:
    """Run the command line."""
    options = _parse()
    if options.check:
        work = check(has_keeper=options.keeper, has_two_lines=options.two_lines)
    else:
        path = (options.dir or ROOT / ".demo").resolve()
        folder = Folder(
            path, has_keeper=options.keeper, has_two_lines=options.two_lines
        )
        work = _demo(folder, options.port or 8123, fresh=options.fresh)
    code = 1
    try:
        code = asyncio.run(_until_stopped(work))
    except* DemoError as group:
        for error in causes(group):
            print(f"\nerror: {error}", file=sys.stderr)
    except* asyncio.CancelledError:
        # A demo ends by being stopped; a check that is stopped has failed.
        code = 1 if options.check else 0
    return code


if __name__ == "__main__":
    sys.exit(main())
