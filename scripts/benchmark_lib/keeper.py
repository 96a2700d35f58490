"""What a keeper costs and how late it makes a frame (scripts/benchmark keeper).

The keeper is the program as it is shipped, in a process of its own. For the delays this process is both Home Assistant,
over a real socket, and the bus, behind a real pseudo terminal. For the cost the bus is that of the cost benchmark, with
three cars that charge, and Home Assistant is the integration's master, which is killed then: the keeper goes on.
"""

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import json
import os
from pathlib import Path
from statistics import median, quantiles
import subprocess
import sys
from tempfile import TemporaryDirectory
from time import monotonic
import tty
from typing import Final, override

from custom_components.twc_manager.keeper_link.connection import (
    Address,
    KeeperError,
    ask,
    greeted_limit,
)
from custom_components.twc_manager.twc import Master, WiringLimits
from custom_components.twc_manager.twc.frame import encode
from custom_components.twc_manager.twc.lease import KeeperReport
from scripts.demo_lib.net import HOST, free_pair

from .cost_bus import IDS
from .cost_floor import floor_percent

_ROOT: Final = Path(__file__).parents[2]
_SECONDS: Final = 300.0
_CONNECTORS: Final = 3
_LIMIT_A: Final = 48.0
_MASTER_ID: Final = 0x7777
_QUESTION: Final = encode(bytes.fromhex("FB E0 77 77 C0 DB 09 06 40 00 00 00 00 00 00"))
_ANSWER: Final = encode(bytes.fromhex("FD E0 C0 DB 77 77 01 06 40 06 0D 00 00 00 00"))
_CHARGING_AMPS: Final = 10.0
_STEP_S: Final = 0.3
_ANSWER_AFTER_S: Final = 0.03
_PASSES_WITHIN_S: Final = 1.0
_UP_WITHIN_S: Final = 20.0
_CHARGING_WITHIN_S: Final = 180.0
_IN_CHARGE_WITHIN_S: Final = 30.0
_SETTLE_S: Final = 10.0
_OPENS_S: Final = 1.0
_LOOK_S: Final = 0.1
_DELAYS_FOR_S: Final = 60.0
_MAX_DELAY_MS: Final = 3.0
_MAX_MEMORY_MB: Final = 25.0
_WORDS: Final = {
    "to_bus_ms_p50": "ms that a frame to the bus is late, half of all",
    "to_bus_ms_p99": "ms likewise, 99 % of all",
    "to_home_ms_p50": "ms that an answer from the bus is late, half of all",
    "to_home_ms_p99": "ms likewise, 99 % of all",
    "frames": "frames in each direction for these",
    "cpu_over_floor": "times the floor, forwarding for 3 connectors",
    "cpu_over_floor_in_charge": "times the floor, as the master of 3 connectors",
    "cpu_percent": "% of a core, forwarding",
    "cpu_percent_in_charge": "% of a core, as the master",
    "floor_percent": "% of a core, the floor of 3 connectors",
    "memory_mb": "MB of memory of the program (Rss, with the libraries that all programs share)",
    "private_memory_mb": "MB of memory that no other program shares",
}


class _Program:
    """The keeper of a port, as a process."""

    def __init__(self, package: Path, port: str, folder: Path) -> None:
        self.tcp_port = free_pair()
        self._folder = folder
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-I", str(package), port),
                *("--limit", f"{_LIMIT_A:g}", "--state", str(folder)),
                *("--listen", HOST, "--tcp-port", str(self.tcp_port)),
            ],
            stderr=subprocess.DEVNULL,
        )

    @property
    def _second(self) -> Address:
        return Address(HOST, self.tcp_port + 1)

    async def report(self) -> KeeperReport:
        """Return what it reports."""
        key = (self._folder / "key").read_text("ascii").strip()
        return await ask(self._second, key)

    async def up(self) -> None:
        """Wait until it serves."""
        async with asyncio.timeout(_UP_WITHIN_S):
            while await greeted_limit(self._second) is None:
                await asyncio.sleep(_LOOK_S)
        # It opens its serial port just after.
        await asyncio.sleep(_OPENS_S)

    async def percent(self, seconds: float) -> float:
        """Return what of a core it takes for some time, in percent."""
        begin, before = monotonic(), _cpu_s(self.process.pid)
        await asyncio.sleep(seconds)
        return 100 * (_cpu_s(self.process.pid) - before) / (monotonic() - begin)

    def memory_mb(self) -> tuple[float, float]:
        """Return the memory in which it is, and the part that no other process shares, in MB."""
        path = Path(f"/proc/{self.process.pid}/smaps_rollup")
        fields = dict(line.split(":", 1) for line in path.read_text().splitlines()[1:])
        rss, private = (
            sum(int(fields[name].split()[0]) * 1024 / 1e6 for name in names)
            for names in (("Rss",), ("Private_Clean", "Private_Dirty"))
        )
        return rss, private

    def end(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()


def _cpu_s(pid: int) -> float:
    """Return the time of a core that a process has taken, in s."""
    with Path(f"/proc/{pid}/schedstat").open(encoding="ascii") as file:
        return int(file.read().split()[0]) / 1e9


@contextmanager
def _keeper(package: Path, port: str, folder: Path) -> Iterator[_Program]:
    program = _Program(package, port, folder)
    try:
        yield program
    finally:
        program.end()


# How late it makes a frame


class _Pieces(asyncio.Protocol):
    """What comes in, until it is as long as a frame."""

    def __init__(self) -> None:
        self._data = b""
        self._awaited = b""
        self._is_in = asyncio.Event()

    @override
    def data_received(self, data: bytes) -> None:
        self._data += data
        if self._awaited and self._awaited in self._data:
            self._is_in.set()

    async def wait_for(self, frame: bytes) -> float:
        """Return when a frame was in, in s of the monotonic clock."""
        self._data, self._awaited = b"", frame
        self._is_in.clear()
        async with asyncio.timeout(_PASSES_WITHIN_S):
            await self._is_in.wait()
        return monotonic()


async def _delays(package: Path, folder: Path, seconds: float) -> dict[str, float]:
    """Pass frames in both directions for some time, and return how late they were.

    Raises:
        TimeoutError: if one did not pass.

    """
    loop = asyncio.get_running_loop()
    bus, port = os.openpty()
    tty.setraw(port)
    wires, home = _Pieces(), _Pieces()
    loop.add_reader(bus, lambda: wires.data_received(os.read(bus, 256)))
    to_bus, to_home = [], []
    with _keeper(package, os.ttyname(port), folder) as program:
        await program.up()
        client, _ = await loop.create_connection(lambda: home, HOST, program.tcp_port)
        for _ in range(max(int(seconds / _STEP_S), 2)):
            came = loop.create_task(wires.wait_for(_QUESTION))
            await asyncio.sleep(_STEP_S - _ANSWER_AFTER_S)
            sent_at = monotonic()
            client.write(_QUESTION)
            to_bus.append(await came - sent_at)
            came = loop.create_task(home.wait_for(_ANSWER))
            await asyncio.sleep(_ANSWER_AFTER_S)
            sent_at = monotonic()
            os.write(bus, _ANSWER)
            to_home.append(await came - sent_at)
        client.close()
    loop.remove_reader(bus)
    os.close(bus)
    os.close(port)
    return {
        **_late(to_bus, "to_bus"),
        **_late(to_home, "to_home"),
        "frames": len(to_bus),
    }


def _late(seconds: Sequence[float], name: str) -> dict[str, float]:
    worst = quantiles(seconds, n=100, method="inclusive")[-1]
    return {
        f"{name}_ms_p50": round(1000 * median(seconds), 3),
        f"{name}_ms_p99": round(1000 * worst, 3),
    }


# What it costs


@contextmanager
def _bus(folder: Path) -> Iterator[str]:
    """Run a bus with cars that charge; give its port."""
    count = str(_CONNECTORS)
    with subprocess.Popen(
        [
            *(sys.executable, "-m", f"{__package__}.cost_bus", "1", count, count),
            str(folder / "heard.json"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            (port,) = json.loads(process.stdout.readline())
            yield port
        finally:
            process.stdin.close()


async def _cost(package: Path, folder: Path, seconds: float) -> dict[str, float]:
    """Return what the keeper takes of a core while it forwards and while it is the master, and its memory.

    Raises:
        TimeoutError: if it does not do either.

    """
    with _bus(folder) as port, _keeper(package, port, folder) as program:
        await program.up()
        device = f"socket://{HOST}:{program.tcp_port}"
        master = Master(device, _MASTER_ID, WiringLimits(_LIMIT_A, _LIMIT_A))
        await master.start()
        master.set_offers(dict.fromkeys(IDS, _LIMIT_A / _CONNECTORS))
        async with asyncio.timeout(_CHARGING_WITHIN_S):
            while not _all_charge(master):
                await asyncio.sleep(_LOOK_S)
        forwarding = await program.percent(seconds)
        await master.stop()
        async with asyncio.timeout(_IN_CHARGE_WITHIN_S):
            while not (await program.report()).in_charge:
                await asyncio.sleep(_LOOK_S)
        await asyncio.sleep(_SETTLE_S)
        in_charge = await program.percent(seconds)
        kept = (await program.report()).connectors
        if len(kept) != _CONNECTORS:
            raise RuntimeError(f"the keeper has {len(kept)} connectors")
        memory, private = program.memory_mb()
    return {
        "cpu_percent": forwarding,
        "cpu_percent_in_charge": in_charge,
        "memory_mb": round(memory, 1),
        "private_memory_mb": round(private, 1),
    }


def _all_charge(master: Master) -> bool:
    connectors = master.snapshot.connectors
    return len(connectors) == _CONNECTORS and all(
        item.drawn > _CHARGING_AMPS for item in connectors
    )


def _pack(package: Path) -> None:
    """Make the keeper as one file, as it is shipped."""
    script = _ROOT / "scripts" / "package"
    subprocess.run(
        [sys.executable, str(script), "--keeper", str(package)],
        check=True,
        stdout=subprocess.DEVNULL,
    )


async def measure(seconds: float) -> dict[str, float]:
    """Return all figures.

    Raises:
        ChildProcessError, RuntimeError, TimeoutError: if something did not do its part.

    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        package = folder / "twc-keeper.pyz"
        _pack(package)
        delays = await _delays(package, folder / "delays", min(seconds, _DELAYS_FOR_S))
        cost, floor = await asyncio.gather(
            _cost(package, folder, seconds),
            asyncio.to_thread(floor_percent, 1, _CONNECTORS, seconds),
        )
    return {
        **delays,
        "cpu_over_floor": round(cost["cpu_percent"] / floor, 2),
        "cpu_over_floor_in_charge": round(cost["cpu_percent_in_charge"] / floor, 2),
        "cpu_percent": round(cost.pop("cpu_percent"), 3),
        "cpu_percent_in_charge": round(cost.pop("cpu_percent_in_charge"), 3),
        "floor_percent": round(floor, 3),
        **cost,
    }


def main(arguments: Sequence[str]) -> int:
    """Measure all figures and print them; return the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark keeper", add_help=False)
    parser.add_argument("--seconds", type=float, default=_SECONDS, metavar="N")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    try:
        figures = asyncio.run(measure(args.seconds))
    except (ChildProcessError, RuntimeError, TimeoutError, KeeperError) as error:
        print(f"error: {error!r}", file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, words in _WORDS.items():
            print(f"{figures[name]:>12,} {words}")
    # The latest ones also have what else runs on the machine in them.
    is_late = max(figures["to_bus_ms_p50"], figures["to_home_ms_p50"]) > _MAX_DELAY_MS
    return 1 if is_late or figures["private_memory_mb"] > _MAX_MEMORY_MB else 0
