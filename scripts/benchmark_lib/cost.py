"""The cost of the integration in CPU, memory and delays (scripts/benchmark cost)."""

import argparse
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import astuple, dataclass, replace
import json
from math import ceil
from pathlib import Path
from statistics import median
import subprocess
import sys
from time import sleep
from typing import Any, Final

from .cost_decode import decode_frames_per_s
from .cost_extras import With
from .cost_house import STATISTICS_S

_ROOT: Final = Path(__file__).parents[2]
_LINE_BYTES_PER_S: Final = 960
_CHARGING_W: Final = 2000.0
"""A car that charges takes more than this."""
_STAGGER_S: Final = 10.0
"""The time between the starts of scenes in s, so that no two are set up at once."""
_CHANGES_ONLY_S: Final = 20.0
"""Windows of scenes of which only the delays are used: these are over before the long windows of the others begin."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """A scene to measure.

    Attributes:
        rounds: the number of changes of each connector's limit.
        seconds: the length of the windows without and with the integration.
        extra: what there is besides the buses.

    """

    buses: int
    connectors: int
    cars: int
    rounds: int = 0
    seconds: float = STATISTICS_S
    extra: With = With.NOTHING


_HOUSES: Final = {
    "1": _Setting(1, 1, 1),
    "3": _Setting(1, 3, 3),
    "3_idle": _Setting(1, 3, 0),
    "3_keeper": _Setting(1, 3, 3, extra=With.KEEPER),
    "3_plans": _Setting(1, 3, 3, extra=With.PLANS),
}
_CROWDS: Final = {
    "16": _Setting(16, 1, 1, rounds=10, seconds=_CHANGES_ONLY_S),
    "24": _Setting(8, 3, 3, rounds=8, seconds=_CHANGES_ONLY_S),
    "48": _Setting(16, 3, 3),
}
_PARTS: Final = {
    "charging": _Setting(1, 3, 3, extra=With.PARTS),
    "idle": _Setting(1, 3, 0, extra=With.PARTS),
}
"""Apart from the houses, since scenes that run side by side compete for the caches, as nothing in a house does."""
_WORDS: Final = {
    "cpu_over_floor_3": "times the floor, 3 connectors charging",
    "cpu_over_floor_idle": "times the floor, 3 connectors without cars",
    "cpu_over_floor_48": "times the floor, 48 connectors on 16 buses charging",
    "main_over_floor_3": "times the floor, the main thread alone, 3 connectors charging",
    "main_over_floor_idle": "likewise, 3 connectors without cars",
    "main_over_floor_48": "likewise, 48 connectors on 16 buses charging",
    "keeper_over_without": "times as much behind a keeper, which is not counted, 3 connectors charging",
    "plans_over_without": "times as much with a plan for each connector, 3 connectors charging",
    "floor_percent_3": "% of a core, the floor of 3 connectors",
    "floor_percent_48": "% of a core, the floor of 48 connectors on 16 buses",
    "cpu_percent_1": "% of a core, 1 connector charging",
    "cpu_percent_3": "% of a core, 3 connectors charging",
    "cpu_percent_3_idle": "% of a core, 3 connectors without cars",
    "cpu_percent_48": "% of a core, 48 connectors on 16 buses charging",
    "cpu_s_per_hour_3": "s of a core in an hour, 3 connectors charging",
    "memory_mb_3": "MB of memory, 3 connectors",
    "memory_mb_48": "MB of memory, 48 connectors on 16 buses",
    "decode_frames_per_s": "frames decoded in a second of a core",
    "set_to_wire_ms_p50": "ms from an action to the end of its frame, half of all, 3 connectors to a bus",
    "set_to_wire_ms_p99": "ms likewise, 99 % of all",
    "set_to_wire_ms_p50_1": "ms from an action to the end of its frame, half of all, 1 connector to a bus",
    "set_to_wire_ms_p99_1": "ms likewise, 99 % of all",
    "set_to_wire_changes": "changes measured for these, all together",
    "bus_bytes_per_s_3": "bytes in a second on the bus, 3 connectors charging",
    "bus_percent_3": "% of what the line can carry",
    "recorder_rows_per_connector_hour": "rows in the database for a connector and an hour of charging",
    "setup_s": "s to set up an entry",
}


def _measure(setting: _Setting) -> dict[str, Any]:
    """Return the cost of a scene, see `cost_house.Scene`.

    Raises:
        ChildProcessError: if its process failed, or if not all cars charged.

    """
    numbers = map(str, astuple(setting))
    done = subprocess.run(
        [sys.executable, "-m", f"{__package__}.cost_house", *numbers],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ChildProcessError(f"{setting} failed: {done.stderr}")
    scene: dict[str, Any] = json.loads(done.stdout)
    if scene["charging_w"] < setting.buses * setting.cars * _CHARGING_W:
        raise ChildProcessError(f"{setting}: {scene['charging_w']} W are too little")
    return scene


def _percentile(values: Sequence[float], percent: float) -> float:
    ordered = sorted(values)
    return ordered[ceil(len(ordered) * percent / 100) - 1]


def _measure_all(settings: Mapping[str, _Setting]) -> dict[str, dict[str, Any]]:
    """Return the costs of scenes, which run side by side, since each is idle most of the time."""
    futures: dict[str, Future[dict[str, Any]]] = {}
    with ThreadPoolExecutor(len(settings)) as pool:
        for name, setting in settings.items():
            futures[name] = pool.submit(_measure, setting)
            sleep(_STAGGER_S)
        return {name: future.result() for name, future in futures.items()}


def _multiple(scene: Mapping[str, Any], what: str = "cpu") -> float:
    """Return the cost of a scene as a multiple of what only exchanges the same frames at the same time."""
    multiple: float = scene[f"{what}_percent"] / scene["floor_percent"]
    return multiple


def _over_floor(scenes: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    names = {"3": "3", "idle": "3_idle", "48": "48"}
    return {
        f"{what}_over_floor_{short}": _multiple(scenes[name], what)
        for what in ("cpu", "main")
        for short, name in names.items()
    }


def _with_windows_of(
    seconds: float, settings: Mapping[str, _Setting]
) -> dict[str, _Setting]:
    return {
        name: replace(item, seconds=min(item.seconds, seconds))
        for name, item in settings.items()
    }


def measure(seconds: float) -> dict[str, float]:
    """Return all figures, from windows of at most so many s."""
    houses = _measure_all(_with_windows_of(seconds, _HOUSES))
    scenes = houses | _measure_all(_with_windows_of(seconds, _CROWDS))
    three, waits = scenes["3"], scenes["24"]["set_to_wire_ms"]
    waits_1 = scenes["16"]["set_to_wire_ms"]
    figures = (
        _over_floor(scenes)
        | {
            f"cpu_percent_{name}": scenes[name]["cpu_percent"]
            for name in ("1", "3", "3_idle", "48")
        }
        | {
            f"{extra}_over_without": _multiple(scenes[f"3_{extra}"]) / _multiple(three)
            for extra in (With.KEEPER, With.PLANS)
        }
        | {
            "floor_percent_3": three["floor_percent"],
            "floor_percent_48": scenes["48"]["floor_percent"],
            "cpu_s_per_hour_3": 36 * three["cpu_percent"],
            "memory_mb_3": three["memory_mb"],
            "memory_mb_48": scenes["48"]["memory_mb"],
            "decode_frames_per_s": decode_frames_per_s(),
            "set_to_wire_ms_p50": median(waits),
            "set_to_wire_ms_p99": _percentile(waits, 99),
            "set_to_wire_ms_p50_1": median(waits_1),
            "set_to_wire_ms_p99_1": _percentile(waits_1, 99),
            "set_to_wire_changes": len(waits) + len(waits_1),
            "bus_bytes_per_s_3": three["bus_bytes_per_s"],
            "bus_percent_3": 100 * three["bus_bytes_per_s"] / _LINE_BYTES_PER_S,
            "recorder_rows_per_connector_hour": three["rows_per_connector_hour"],
            "setup_s": three["setup_s"],
        }
    )
    return {name: round(value, 3) for name, value in figures.items()}


def measure_parts(seconds: float) -> dict[str, dict[str, float]]:
    """Return of what the multiples of the floor consist, from windows of so many s."""
    scenes = _measure_all(_with_windows_of(seconds, _PARTS))
    return {
        name: {
            part: round(percent / scene["floor_percent"], 3)
            for part, percent in scene["parts_percent"].items()
        }
        for name, scene in scenes.items()
    }


def _print_parts(parts: Mapping[str, Mapping[str, float]]) -> None:
    print("  ".join(f"{name:>10}" for name in parts), " times the floor, 3 connectors")
    for part in next(iter(parts.values())):
        row = "  ".join(f"{figures[part]:>10,.2f}" for figures in parts.values())
        print(f"{row}  {part}")
    sums = "  ".join(f"{sum(figures.values()):>10,.2f}" for figures in parts.values())
    print(f"{sums}  all together")


def _print_figures(figures: Mapping[str, float]) -> None:
    for name, words in _WORDS.items():
        print(f"{figures[name]:>12,} {words}")


def main(arguments: Sequence[str]) -> int:
    """Measure all figures, or the parts, and print them; return the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark cost", add_help=False)
    parser.add_argument("--parts", action="store_true")
    parser.add_argument("--seconds", type=float, default=STATISTICS_S, metavar="N")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    try:
        if args.parts:
            figures: Mapping[str, Any] = measure_parts(args.seconds)
        else:
            figures = measure(args.seconds)
    except ChildProcessError as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps(figures, indent=2))
    elif args.parts:
        _print_parts(figures)
    else:
        _print_figures(figures)
    return 0
