"""The silence on the bus while Home Assistant restarts (scripts/benchmark restart).

Home Assistant is that of the demo, with a new process for each start. The heartbeats are those on the simulated bus.
"""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
import json
import sys
from typing import Final

from aiohttp import ClientError

from scripts.demo_lib.api import Api, ApiError
from scripts.demo_lib.demo import Home, running_home, wait_for
from scripts.demo_lib.errors import DemoError, causes
from scripts.demo_lib.flow import FlowWalk
from scripts.demo_lib.folder import temporary_folder
from scripts.demo_lib.net import free_port
from scripts.demo_lib.plan import DOMAIN, WIRING
from simulator import Frame
from simulator.codec import ASK, HEARTBEAT

_RESTARTS: Final = 3
_CHARGING_WITHIN_S: Final = 120.0
_BACK_WITHIN_S: Final = 180.0
_SETTLE_S: Final = 10.0
"""The time after each restart in s, in which interrupted cars are detected."""
_CHARGING_AMPS: Final = 10.0
_WORDS: Final = {
    "silent_s": "s from the last heartbeat before to the first after, the longest of all",
    "silent_s_median": "s likewise, half of all",
    "setup_s": "s to set up the entry when Home Assistant starts, the longest of all",
    "restarts": "restarts with three cars charging",
    "interruptions": "interruptions of a car, all together",
}


@dataclass(slots=True)
class _Heartbeats:
    """The times of each connector's heartbeats, in s of the loop's clock."""

    times: dict[int, list[float]] = field(default_factory=dict)

    def hear(self, frame: Frame) -> None:
        """Record a frame."""
        if frame.key == (ASK, HEARTBEAT):
            now = asyncio.get_running_loop().time()
            self.times.setdefault(frame.receiver, []).append(now)

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


async def _restart(home: Home, heard: _Heartbeats) -> tuple[float, float]:
    """Restart Home Assistant; return the silence on the bus and the set-up time of the entry, in s."""
    # It may stop before it has answered.
    with suppress(ClientError, TimeoutError, ApiError):
        await home.api.post("/api/services/homeassistant/restart")

    async def gone() -> bool:
        return not await home.api.answers()

    async def back() -> bool:
        each = heard.times.values()
        return await home.api.answers() and all(len(times) > 1 for times in each)

    await wait_for("the end of Home Assistant", gone, _BACK_WITHIN_S)
    heard.forget()
    await wait_for("heartbeats for all connectors", back, _BACK_WITHIN_S)
    await asyncio.sleep(_SETTLE_S)
    return heard.longest_silence(), await _setup_s(home.api)


async def _setup_s(api: Api) -> float:
    """Return the set-up time of the integration that Home Assistant reports, in s."""
    timings = await api.ask("integration/setup_info")
    return float(next(item["seconds"] for item in timings if item["domain"] == DOMAIN))


async def measure() -> dict[str, float]:
    """Return all figures.

    Raises:
        DemoError: if Home Assistant does not come up or come back, in a group.

    """
    heard = _Heartbeats()
    with temporary_folder() as folder:
        async with running_home(folder, free_port()) as home:
            bus = home.world.bus
            await FlowWalk(home.api, {"device": str(folder.port), **WIRING}).walk()
            bus.frame_listeners.append(heard.hear)

            async def charging() -> bool:
                return all(twc.drawn > _CHARGING_AMPS for twc in bus.connectors)

            await wait_for("cars that charge", charging, _CHARGING_WITHIN_S)
            cars = [twc.car for twc in bus.connectors if twc.car is not None]
            before = sum(car.interruptions for car in cars)
            each = [await _restart(home, heard) for _ in range(_RESTARTS)]
            interruptions = sum(car.interruptions for car in cars) - before
    silences = sorted(silent_s for silent_s, _ in each)
    return {
        "silent_s": round(silences[-1], 2),
        "silent_s_median": round(silences[len(silences) // 2], 2),
        "setup_s": round(max(setup_s for _, setup_s in each), 3),
        "restarts": len(each),
        "interruptions": interruptions,
    }


def main(arguments: Sequence[str]) -> int:
    """Measure all figures and print them; return the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark restart", add_help=False)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    figures: dict[str, float] = {}
    try:
        figures = asyncio.run(measure())
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
    return 1 if figures["interruptions"] else 0
