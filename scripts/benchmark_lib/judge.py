"""What a judge that knows nothing of our code finds in the master, the guard and the rules (scripts/benchmark judge)."""

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import batched, count
import json
import os
import sys
from typing import Any

from tests.judged.campaign import Judged, judge
from tests.judged.homes import judge_house


def main(arguments: Sequence[str]) -> int:
    """Judge worlds until enough hours count; return the exit code."""
    args = _arguments(arguments)
    rows: list[dict[str, Any]] = []
    for world in _worlds(args.seed, args.each, args.processes):
        rows.append(_as_row(world))
        if not args.json:
            _print_row(rows[-1])
        if _hours(rows, counting=True) >= args.hours:
            break
    total = _total(rows)
    if args.json:
        print(json.dumps({"rows": rows, "total": total}, indent=2))
    else:
        print(*(f"{name} {value:g}" for name, value in total.items()), sep=", ")
    return 1 if total["worlds_with_faults"] else 0


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    # The help text is at the top of scripts/benchmark.
    parser = argparse.ArgumentParser(prog="scripts/benchmark judge", add_help=False)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--hours", type=float, default=20)
    parser.add_argument("--each", type=float, default=3)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args(arguments)
    if not args.hours > 0 or not args.each > 0 or args.processes < 1:
        parser.error("hours and processes are above 0")
    return args


def _hours(rows: Sequence[dict[str, Any]], *, counting: bool) -> float:
    """Return the hours of the worlds that count, or of those that do not."""
    return float(sum(row["hours"] for row in rows if row["counts"] is counting))


def _total(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    return {
        "hours": round(_hours(rows, counting=True), 2),
        "hours_without_proof": round(_hours(rows, counting=False), 2),
        "worlds_with_faults": sum(bool(row["faults"]) for row in rows),
    }


def _worlds(seed: int, hours: float, workers: int) -> Iterator[Judged]:
    with ProcessPoolExecutor(workers) as pool:
        for seeds in batched(count(seed), 2 * workers):
            yield from pool.map(partial(_judged, hours=hours), seeds)


def _judged(seed: int, hours: float) -> Judged:
    """Judge a line, or every third time a house."""
    return judge_house(seed, hours) if seed % 3 == 2 else judge(seed, hours)


def _as_row(judged: Judged) -> dict[str, Any]:
    return {
        "seed": judged.seed,
        "product": judged.product,
        "counts": judged.counts,
        "hours": round(judged.hours, 2),
        "faults": judged.faults,
        "used_share": round(judged.used_share, 3),
    }


def _print_row(row: dict[str, Any]) -> None:
    words = "; ".join(row["faults"]) or "no fault"
    if not row["counts"]:
        words = "a blind guard breaks nothing, so it does not count"
    print(f"world {row['seed']}, {row['product']}, {row['hours']:g} h: {words}")
    sys.stdout.flush()
