"""The keeper as a program: it runs until a signal stops it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
import ctypes
import gc
import logging
import signal
import sys

from .check import check
from .control import Control
from .keeper import Keeper, Setting
from .key import make_key
from .lease_holder import LeaseFile, LeaseHolder
from .options import Options, read_options
from .server import Server

_LOGGER = logging.getLogger(__name__)


def _free_memory() -> None:
    """Give the memory back that reading the program took: what is kept from here on is small."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


async def run(options: Options) -> None:
    """Run the keeper until a signal comes.

    Raises:
        OSError, ValueError: if the folder or a TCP port cannot be used.

    """
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    key = make_key(options.folder)
    fallback, file = options.fallback, LeaseFile(options.folder)
    holder = LeaseHolder(file, loop.time(), fallback.amps)
    keeper = Keeper(Setting(options.device, fallback, options.allowed), holder)
    server = Server(keeper, Control(keeper, options.allowed, key))
    try:
        await server.start(options.host, options.port)
        if options.shows_key:
            _LOGGER.info("Key for Home Assistant: %s", key)
        _free_memory()
        _LOGGER.info("Serving %s on TCP port %d", options.device, options.port)
        await stopped.wait()
    finally:
        await server.stop()


def main(arguments: Sequence[str]) -> int:
    """Run the command line; return the exit code."""
    options = read_options(arguments)
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.INFO,
        format="%(levelname)s %(message)s",
    )
    if options.check:
        return asyncio.run(check(options))
    try:
        asyncio.run(run(options))
    except (OSError, ValueError) as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    return 0
