"""The simulator alone, on a pty or a TCP port: `python -m simulator`.

The command line builds the bus, prints state changes of the connectors and executes commands from standard input
(`help` lists them).
"""

import argparse
import asyncio
from collections.abc import Callable
import contextlib
from datetime import datetime
import os
from pathlib import Path
import signal
import sys
from typing import Final

from .bus import Bus
from .car import Car, make_vin
from .connector import WallConnector
from .control import Control, ControlError, describe
from .house import Watch
from .pty import PtyPort
from .specs import SpecError, connector
from .tcp import TcpPort

_REPORT_S: Final = 0.5
_IDS: Final = (0x032E, 0x1839, 0x2431, 0x4085, 0x6061)
_CARS: Final = ((48.0, 35.0), (32.0, 55.0), (16.0, 70.0))


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/simulate",
        description="Simulates Tesla wall connectors (Gen 2) on an RS-485 bus, without hardware.",
        epilog="While it runs it obeys commands on standard input; 'help' lists them.",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--pty",
        metavar="LINK",
        nargs="?",
        type=_link,
        help="a pseudo terminal (the default), with a fixed link to it if given",
    )
    where.add_argument(
        "--tcp",
        metavar="HOST:PORT",
        nargs="?",
        type=_address,
        const=("127.0.0.1", 0),
        help="a raw TCP port instead (127.0.0.1 and a free port if not given)",
    )
    parser.add_argument(
        "--connectors",
        metavar="N",
        type=int,
        choices=range(1, len(_IDS) + 1),
        default=3,
        help="how many wall connectors (3)",
    )
    parser.add_argument(
        "--connector",
        metavar="SPEC",
        action="append",
        type=_connector,
        help="one wall connector, like id=032E,protocol=2,rating=80,firmware=4.5.3; may be repeated",
    )
    parser.add_argument(
        "--cars",
        metavar="N",
        type=int,
        help="how many connectors have a car plugged in at the start (all)",
    )
    parser.add_argument("--seed", type=int, default=0, help="of all dice (0)")
    return parser.parse_args(arguments)


def _link(text: str) -> Path:
    return Path(text).absolute()


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not port.isdigit():
        msg = f"'{text}' is not HOST:PORT"
        raise argparse.ArgumentTypeError(msg)
    return host or "127.0.0.1", int(port)


def _connector(spec: str) -> WallConnector:
    try:
        return connector(spec)
    except SpecError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _build(options: argparse.Namespace) -> Bus:
    """Return the bus with its connectors, not yet started."""
    bus = Bus(asyncio.get_running_loop(), seed=options.seed)
    for twc in options.connector or map(WallConnector, _IDS[: options.connectors]):
        bus.add(twc)
    return bus


def _plug_in_cars(bus: Bus, count: int | None) -> None:
    for index, twc in enumerate(bus.connectors[:count]):
        limit, soc = _CARS[index % len(_CARS)]
        twc.plug_in(Car(vin=make_vin(index + 1), onboard_limit=limit, soc=soc))


class _Reporter:
    """Prints a line whenever the state of a connector changes."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._said: dict[WallConnector, str] = {}

    def look(self) -> None:
        """Print the changes."""
        for twc in self._bus.connectors:
            line = describe(twc)
            if self._said.get(twc) != line:
                self._said[twc] = line
                print(f"{datetime.now():%H:%M:%S}  {line}", flush=True)


class _Input:
    """Reads commands from standard input without blocking."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, obey: Callable[[str], None]
    ) -> None:
        self._loop = loop
        self._obey = obey
        self._rest = b""
        self._watched = True
        try:
            loop.add_reader(sys.stdin.fileno(), self._read)
        except PermissionError:
            # A regular file or /dev/null cannot be watched, and is always ready.
            self._watched = False
            for line in sys.stdin:
                obey(line)

    def stop(self) -> None:
        """Stop reading."""
        if self._watched:
            self._loop.remove_reader(sys.stdin.fileno())
            self._watched = False

    def _read(self) -> None:
        data = os.read(sys.stdin.fileno(), 4096)
        if not data:
            self.stop()
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._obey(line.decode(errors="replace"))


class _Commands:
    """Executes commands one after the other."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._lines: asyncio.Queue[str] = asyncio.Queue()

    def put(self, line: str) -> None:
        """Queue a line; empty lines are ignored."""
        if line.strip():
            self._lines.put_nowait(line)

    async def work(self) -> None:
        """Execute commands until cancelled."""
        while True:
            line = await self._lines.get()
            try:
                print(await self._control.execute(line), flush=True)
            except ControlError as error:
                print(f"no: {error}", flush=True)


async def _open_port(
    bus: Bus, options: argparse.Namespace
) -> tuple[PtyPort | TcpPort, str]:
    """Return the port and its name."""
    if options.tcp is None:
        pty = PtyPort(bus, options.pty)
        return pty, str(pty.path)
    tcp = TcpPort(bus, *options.tcp)
    await tcp.start()
    return tcp, tcp.url


async def _close_port(port: PtyPort | TcpPort) -> None:
    if isinstance(port, PtyPort):
        port.close()
    else:
        await port.stop()


async def run(options: argparse.Namespace) -> None:
    """Simulate until stopped."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    bus = _build(options)
    port, name = await _open_port(bus, options)
    print(f"port: {name}", flush=True)
    bus.start()
    _plug_in_cars(bus, options.cars)
    reports = Watch(loop, _REPORT_S, _Reporter(bus).look)
    commands = _Commands(Control(bus, port, stop.set))
    worker = asyncio.create_task(commands.work())
    typed = _Input(loop, commands.put)
    await stop.wait()
    typed.stop()
    worker.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await worker
    reports.stop()
    await _close_port(port)
    bus.stop()


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    try:
        asyncio.run(run(_parse(arguments)))
    except OSError as error:
        print(f"cannot open the port: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
