"""What a keeper costs and how late it makes a frame (scripts/benchmark keeper).

The keeper is the program as it is shipped, in a separate process. For the cost the bus is that of the cost benchmark,
with three cars that charge, and Home Assistant is the integration's master, which leaves then: the keeper goes on.
"""

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import json
from pathlib import Path
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Final

from custom_components.twc_manager.keeper_link.connection import KeeperError
from custom_components.twc_manager.twc import Master, WiringLimits
from scripts.demo_lib.net import HOST

from .cost_bus import IDS
from .cost_floor import floor_percent
from .keeper_delays import Way, delays
from .keeper_program import LIMIT_A, pack_keeper, running_keeper

_SECONDS: Final = 300.0
_CONNECTORS: Final = 3
_MASTER_ID: Final = 0x7777
_CHARGING_AMPS: Final = 10.0
_CHARGING_WITHIN_S: Final = 180.0
_IN_CHARGE_WITHIN_S: Final = 30.0
_SETTLE_S: Final = 10.0
_LOOK_S: Final = 0.1
_DELAYS_FOR_S: Final = 120.0
_MAX_DELAY_MS: Final = 3.0
_MAX_MEMORY_MB: Final = 25.0
_WORDS: Final = {
    "to_bus_ms_p50": "ms that a frame to the bus is late, half of all",
    "to_bus_ms_p99": "ms likewise, 99 % of all",
    "to_home_ms_p50": "ms that an answer from the bus is late, half of all",
    "to_home_ms_p99": "ms likewise, 99 % of all",
    "relay_to_bus_ms_p50": "ms likewise to the bus, through a relay that does nothing else, half of all",
    "relay_to_bus_ms_p99": "ms likewise, 99 % of all",
    "relay_to_home_ms_p50": "ms likewise from the bus, through the relay, half of all",
    "relay_to_home_ms_p99": "ms likewise, 99 % of all",
    "frames": "frames in each direction for these",
    "cpu_over_floor": "times the floor, forwarding for 3 connectors",
    "cpu_over_floor_in_charge": "times the floor, as the master of 3 connectors",
    "cpu_percent": "% of a core, forwarding",
    "cpu_percent_in_charge": "% of a core, as the master",
    "floor_percent": "% of a core, the floor of 3 connectors",
    "memory_mb": "MB of memory of the program (Rss, with the libraries that all programs share)",
    "private_memory_mb": "MB of memory that no other program shares",
}


async def _delays(package: Path, folder: Path, seconds: float) -> dict[str, float]:
    """Return how late the keeper makes frames, and a relay beside it.

    Raises:
        TimeoutError: if one did not pass.

    """
    way = Way()
    try:
        with running_keeper(package, way.path, folder) as program:
            await program.up()
            await way.open(program.tcp_port)
            return await delays(way, seconds)
    finally:
        way.close()


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
    with _bus(folder) as port, running_keeper(package, port, folder) as program:
        await program.up()
        device = f"socket://{HOST}:{program.tcp_port}"
        master = Master(device, _MASTER_ID, WiringLimits(LIMIT_A, LIMIT_A))
        await master.start()
        master.set_offers(dict.fromkeys(IDS, LIMIT_A / _CONNECTORS))
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


async def measure(seconds: float) -> dict[str, float]:
    """Return all figures.

    Raises:
        ChildProcessError, RuntimeError, TimeoutError: if something did not do its part.

    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        package = folder / "twc-keeper.pyz"
        pack_keeper(package)
        late = await _delays(package, folder / "delays", min(seconds, _DELAYS_FOR_S))
        cost, floor = await asyncio.gather(
            _cost(package, folder, seconds),
            asyncio.to_thread(floor_percent, 1, _CONNECTORS, seconds),
        )
    return {
        **late,
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
    # What else runs on the machine delays the relay as well.
    added = [
        figures[f"{way}_ms_p50"] - figures[f"relay_{way}_ms_p50"]
        for way in ("to_bus", "to_home")
    ]
    is_late = max(added) > _MAX_DELAY_MS
    return 1 if is_late or figures["private_memory_mb"] > _MAX_MEMORY_MB else 0
