"""What a crash at any moment does to the wiring (scripts/benchmark kill)."""

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
import json
import multiprocessing
import sys
from typing import Any, Final

from .world import Result, run_kills

_SPEED: Final = 8.0
"""How many s pass in one: fast, and slow enough that frames are answered in time on a busy machine."""
_WORLDS: Final = 3
"""As many worlds at a time, of seeds of their own, share a long run."""
_ENOUGH: Final = 20
_MUST_BE_NONE: Final = ("limit_broken_s", "unknown_fed", "believed_orderly")


def main(arguments: Sequence[str]) -> int:
    """Kill processes; return the exit code, 1 if a requirement does not hold."""
    # The words for a person are at the top of scripts/benchmark.
    parser = argparse.ArgumentParser(prog="scripts/benchmark kill", add_help=False)
    parser.add_argument("--times", type=int, default=190)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--speed", type=float, default=_SPEED)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    if args.times < 1 or not args.speed > 0:
        parser.error("--times and --speed have to be more than 0")
    figures = run(args.seed, args.times, args.speed)
    if args.json:
        print(json.dumps(figures, indent=2))
    else:
        for key, value in figures.items():
            print(f"{key:<22}{value}")
    broken = [
        f"{key} is {figures[key]}, not 0" for key in _MUST_BE_NONE if figures[key]
    ]
    for line in broken:
        print(line, file=sys.stderr)
    return 1 if broken else 0


def run(seed: int, kills: int, speed: float) -> dict[str, Any]:
    """Return the figures of so many kills."""
    count = _WORLDS if kills >= _ENOUGH else 1
    seeds = [seed * 1000 + number for number in range(count)]
    each = [kills // count + (number < kills % count) for number in range(count)]
    if count == 1:
        return _together([run_kills(seed, kills, speed)])
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=context) as pool:
        results = list(pool.map(run_kills, seeds, each, [speed] * count))
    return _together(results)


def _together(results: Sequence[Result]) -> dict[str, Any]:
    """Return the figures of all worlds: sums, and the highest of what is a peak."""
    figures = [asdict(item) for item in results]
    return {
        key: max(item[key] for item in figures)
        if key == "highest_drawn"
        else round(sum(item[key] for item in figures), 3)
        for key in figures[0]
    }
