"""The peak budget for a simulated year (scripts/benchmark peak)."""

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
import json
from typing import Any, Final

from .world import CASES, Case, Year

DELIVERED: Final = 0.9
"""The share of the energy that a car wants which it has to get."""


def _run(case: Case, seed: int, days: int) -> dict[str, Any]:
    return Year(case, seed).run(days)


def _print_table(rows: Sequence[dict[str, Any]]) -> None:
    columns = list(rows[0])
    print("  ".join(columns))
    for row in rows:
        print("  ".join(f"{row[key]:>{len(key)}}" for key in columns))


def main(arguments: Sequence[str]) -> int:
    """Run a year for each tariff; return the exit code."""
    # The help text is at the top of scripts/benchmark.
    parser = argparse.ArgumentParser(prog="scripts/benchmark peak", add_help=False)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--days", type=int, default=365)
    args = parser.parse_args(arguments)
    with ProcessPoolExecutor() as pool:
        run = partial(_run, seed=args.seed, days=args.days)
        rows = list(pool.map(run, CASES))
    if args.json:
        print(json.dumps({"rows": rows}, indent=2))
    else:
        _print_table(rows)
    good = (
        not row["peak_exceeded_by_us"] and row["delivered"] >= DELIVERED for row in rows
    )
    return 0 if all(good) else 1
