"""The keeper as it is shipped, as a separate process: for the benchmarks that measure it or run behind it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import subprocess
import sys
from time import monotonic
from typing import Final

from custom_components.twc_manager.keeper_link.connection import (
    Address,
    greeted_limit,
    read_report,
)
from custom_components.twc_manager.twc.lease import KeeperReport
from scripts.demo_lib.net import HOST, free_pair

LIMIT_A: Final = 48.0
"""What the keeper lets all connectors together have."""

_ROOT: Final = Path(__file__).parents[2]
_UP_WITHIN_S: Final = 20.0
_OPENS_S: Final = 1.0
_LOOK_S: Final = 0.1


def pack_keeper(package: Path) -> None:
    """Make the keeper as one file, as it is shipped."""
    script = _ROOT / "scripts" / "package"
    subprocess.run(
        [sys.executable, str(script), "--keeper", str(package)],
        check=True,
        stdout=subprocess.DEVNULL,
    )


class KeeperProgram:
    """The keeper of a port, as a process."""

    def __init__(self, package: Path, port: str, folder: Path) -> None:
        """Start it."""
        self.tcp_port = free_pair()
        self._folder = folder
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-I", str(package), port),
                *("--limit", f"{LIMIT_A:g}", "--state", str(folder)),
                *("--listen", HOST, "--tcp-port", str(self.tcp_port)),
            ],
            stderr=subprocess.DEVNULL,
        )

    @property
    def _second(self) -> Address:
        return Address(HOST, self.tcp_port + 1)

    @property
    def key(self) -> str:
        """Return the key that Home Assistant has to prove."""
        return (self._folder / "key").read_text("ascii").strip()

    async def report(self) -> KeeperReport:
        """Return what it reports."""
        return await read_report(self._second, self.key)

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
def running_keeper(package: Path, port: str, folder: Path) -> Iterator[KeeperProgram]:
    """Run the keeper of a port; give the program."""
    program = KeeperProgram(package, port, folder)
    try:
        yield program
    finally:
        program.end()
