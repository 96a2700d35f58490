"""Plans for a night at the least cost, next to other ways of planning and the optimum (scripts/benchmark plan)."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
import json
from typing import Any, Final

from .ours import time_of_plans
from .rows import (
    CLOSED,
    LINES,
    PLANNERS,
    Row,
    broken,
    broken_in_closed_loop,
    broken_on_two_lines,
    run_closed_night,
    run_lines_night,
    run_night,
    summed,
)

NIGHTS: Final = 220
"""Four of each shape of prices with each event."""
_STRIDE: Final = 12
"""The step from one night in closed loop to the next: each has another event, and another shape of prices in the end."""


def run_nights(count: int, seed: int) -> list[Row]:
    """Run the first nights on all cores; return the results in their order."""
    with ProcessPoolExecutor() as pool:
        nights = pool.map(partial(run_night, seed=seed), range(count))
        return [row for night in nights for row in night]


def run_lines_nights(count: int, seed: int, processes: int | None = None) -> list[Row]:
    """Run the first nights with the cars on one line and on two; return the results in their order."""
    with ProcessPoolExecutor(processes) as pool:
        nights = pool.map(partial(run_lines_night, seed=seed), range(count))
        return [row for night in nights for row in night]


def run_closed_nights(count: int, seed: int) -> list[Row]:
    """Run some nights in closed loop, with each event in turn; return the results in their order."""
    numbers = [_STRIDE * number % NIGHTS for number in range(count)]
    with ProcessPoolExecutor() as pool:
        nights = pool.map(partial(run_closed_night, seed=seed), numbers)
        return [row for night in nights for row in night]


def _run(args: argparse.Namespace) -> tuple[list[Row], Sequence[str]]:
    """Run the nights that are asked for; return the results, and the ways of planning."""
    if args.closed:
        return run_closed_nights(args.closed, args.seed), ("ours", CLOSED)
    if args.lines:
        rows = run_lines_nights(NIGHTS, args.seed, args.processes)
        return rows, ("ours", LINES)
    return run_nights(NIGHTS, args.seed), tuple(PLANNERS)


def _judge(args: argparse.Namespace, total: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Return the requirements that are not met."""
    if args.closed:
        return broken_in_closed_loop(total)
    if args.lines:
        return broken_on_two_lines(total)
    total["ours"]["plan_ms_192_slots"] = time_of_plans(args.seed)
    return broken(total)


def main(arguments: Sequence[str]) -> int:
    """Run the nights; return 1 if a requirement is not met."""
    # The help text is at the top of scripts/benchmark.
    parser = argparse.ArgumentParser(prog="scripts/benchmark plan", add_help=False)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--closed", type=int, default=0)
    form.add_argument("--lines", action="store_true")
    parser.add_argument("--processes", type=int)
    args = parser.parse_args(arguments)
    rows, names = _run(args)
    total = {name: summed(row for row in rows if row.planner == name) for name in names}
    wrong = list(_judge(args, total))
    if args.json:
        result = {"rows": [row.as_dict() for row in rows], "total": total}
        print(json.dumps(result, indent=2))
    else:
        _print_rows(rows)
        _print_total(total)
        for line in wrong:
            print(f"\n{line}")
    return 1 if wrong else 0


def _print_total(total: Mapping[str, Mapping[str, Any]]) -> None:
    for name, figures in total.items():
        print(f"\n{name}")
        for figure, value in figures.items():
            if value is not None:
                print(f"{value:>12,} {figure}")


def _print_rows(rows: Sequence[Row]) -> None:
    width = max(len(row.night) for row in rows)
    print(
        f"{'night':<{width}} {'planner':<17} {'missed':>6} {'cost':>8} {'optimum':>8}"
        f" {'starts':>6} {'replans':>7}"
    )
    for row in rows:
        print(
            f"{row.night:<{width}} {row.planner:<17} {row.goal_missed:>3}/{row.goals:<2}"
            f" {row.cost:>8.2f} {row.optimum:>8.2f} {row.starts:>6} {row.replans:>7}"
        )
