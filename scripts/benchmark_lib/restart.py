"""The silence on the bus while Home Assistant restarts (scripts/benchmark restart).

Home Assistant is that of the demo, with a new process for each start. The heartbeats are those on the simulated bus.
With a keeper, or where Home Assistant is killed for some time, it can write every gap between two heartbeats to a file.
"""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
import json
from pathlib import Path
from statistics import median_high
import sys
from typing import Final

from aiohttp import ClientError

from scripts.demo_lib.api import Api, ApiError
from scripts.demo_lib.demo import Home, running_home, wait_for
from scripts.demo_lib.entities import entry_of
from scripts.demo_lib.errors import DemoError, causes
from scripts.demo_lib.flow import FlowWalk
from scripts.demo_lib.folder import temporary_folder
from scripts.demo_lib.net import free_port
from scripts.demo_lib.plan import DOMAIN
from simulator import Frame
from simulator.codec import ASK, HEARTBEAT

_RESTARTS: Final = 3
_CHARGING_WITHIN_S: Final = 120.0
_BACK_WITHIN_S: Final = 180.0
_LEASE_S: Final = 5.0
_SETTLE_S: Final = 10.0
"""The time after each restart in s, in which interrupted cars are detected."""
_CHARGING_AMPS: Final = 10.0
_WORDS: Final = {
    "silent_s": "s from the last heartbeat before to the first after, the longest of all",
    "silent_s_median": "s likewise, half of all",
    "setup_s": "s to set up the entry when Home Assistant starts, the longest of all",
    "restarts": "restarts with three cars charging",
    "interruptions": "interruptions of a car, all together",
    "limit_broken_s": "s in which the cars drew more than the limit because of their offers",
    "forbidden_frames": "frames on the wire that no master may send",
}
_GAP_S: Final = 4.0
"""A longer time without a heartbeat is a gap in the record: in calm times a connector gets one in 3 s."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is measured.

    Attributes:
        has_keeper: whether a keeper is between the port and Home Assistant.
        away_s: for how long Home Assistant is killed each time; none for each of its own restarts.
        record: the file for the gaps; None for none.

    """

    has_keeper: bool = False
    away_s: Sequence[float | None] = (None,) * _RESTARTS
    record: Path | None = None


@dataclass(slots=True)
class _Heartbeats:
    """The times of each connector's heartbeats, in s of the loop's clock."""

    times: dict[int, list[float]] = field(default_factory=dict)

    def hear(self, frame: Frame) -> None:
        """Record a frame."""
        if frame.key == (ASK, HEARTBEAT):
            now = asyncio.get_running_loop().time()
            self.times.setdefault(frame.receiver, []).append(now)

    def gaps(self) -> list[dict[str, float | str]]:
        """Return every time of a connector without a heartbeat that is longer than usual."""
        return [
            {"connector": f"{key:04X}", "gap_s": round(after - before, 2)}
            for key, times in self.times.items()
            for before, after in pairwise(times)
            if after - before > _GAP_S
        ]

    def forget(self) -> None:
        """Drop all but the last heartbeat of each connector."""
        self.times = {key: times[-1:] for key, times in self.times.items()}

    def longest_silence(self) -> float:
        """Return the maximum time of a connector without a heartbeat, in s."""
        return max(
            after - before
            for times in self.times.values()
            for before, after in pairwise(times)
        )


async def _restart(home: Home, away_s: float | None) -> None:
    """Restart Home Assistant, or kill it for some s, and wait until it has been back for a while."""
    if away_s is not None:
        home.process.kill(away_s)
    else:
        # It may stop before it has answered.
        with suppress(ClientError, TimeoutError, ApiError):
            await home.api.post("/api/services/homeassistant/restart")

    async def gone() -> bool:
        return not await home.api.answers()

    async def back() -> bool:
        with suppress(ClientError, TimeoutError, ApiError):
            state = (await entry_of(home.api))["state"]
            return bool(state == "loaded")
        return False

    await wait_for("the end of Home Assistant", gone, _BACK_WITHIN_S)
    await wait_for("the integration", back, _BACK_WITHIN_S + (away_s or 0.0))
    await asyncio.sleep(_SETTLE_S)


async def _setup_s(api: Api) -> float:
    """Return the set-up time of the integration that Home Assistant reports, in s."""
    timings = await api.ask("integration/setup_info")
    return float(next(item["seconds"] for item in timings if item["domain"] == DOMAIN))


async def measure(plan: _Plan) -> dict[str, float]:
    """Return all figures.

    Raises:
        DemoError: if Home Assistant does not come up or come back, in a group.

    """
    heard = _Heartbeats()
    silences, set_ups, records = [], [], []
    with temporary_folder(has_keeper=plan.has_keeper) as folder:
        async with running_home(folder, free_port()) as home:
            bus = home.world.bus
            await FlowWalk(home.api, home.answers[0]).walk()
            bus.frame_listeners.append(heard.hear)

            async def charging() -> bool:
                return all(twc.drawn > _CHARGING_AMPS for twc in bus.connectors)

            await wait_for("cars that charge", charging, _CHARGING_WITHIN_S)
            # The keeper is left what holds within a minute.
            await asyncio.sleep(_LEASE_S if plan.has_keeper else 0.0)
            cars = [twc.car for twc in bus.connectors if twc.car is not None]
            before = sum(car.interruptions for car in cars)
            for number, away_s in enumerate(plan.away_s, 1):
                heard.forget()
                await _restart(home, away_s)
                silences.append(heard.longest_silence())
                set_ups.append(await _setup_s(home.api))
                records += [
                    {"restart": number, "away_s": away_s, **gap} for gap in heard.gaps()
                ]
            interruptions = sum(car.interruptions for car in cars) - before
            safety = bus.safety
    if plan.record is not None:
        plan.record.write_text("".join(f"{json.dumps(item)}\n" for item in records))
    return {
        "silent_s": round(max(silences), 2),
        "silent_s_median": round(median_high(silences), 2),
        "setup_s": round(max(set_ups), 3),
        "restarts": len(silences),
        "interruptions": interruptions,
        "limit_broken_s": round(safety.broken_s, 2),
        "forbidden_frames": len(safety.forbidden_frames),
    }


def _plan_of(args: argparse.Namespace) -> _Plan:
    away_s: list[float | None] = [
        seconds for seconds in args.kill or () for _ in range(args.times)
    ]
    return _Plan(args.keeper, away_s or (None,) * args.times, args.record)


def main(arguments: Sequence[str]) -> int:
    """Measure all figures and print them; return the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark restart", add_help=False)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keeper", action="store_true")
    parser.add_argument("--kill", type=float, action="append", metavar="S")
    parser.add_argument("--times", type=int, default=_RESTARTS, metavar="N")
    parser.add_argument("--record", type=Path, metavar="FILE")
    args = parser.parse_args(arguments)
    figures: dict[str, float] = {}
    try:
        figures = asyncio.run(measure(_plan_of(args)))
    except* DemoError as group:
        for error in causes(group):
            print(f"error: {error}", file=sys.stderr)
    if not figures:
        return 1
    if args.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, words in _WORDS.items():
            print(f"{figures[name]:>12,} {words}")
    wrong = ("interruptions", "limit_broken_s", "forbidden_frames")
    return 1 if any(figures[name] for name in wrong) else 0
