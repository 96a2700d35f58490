"""The charging rules on simulated days (scripts/benchmark rules)."""

import argparse
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
import json
from pathlib import Path
import sys

from simulator.days import day_names, make_day, read_day

from .replay import Result
from .task import Task, run
from .year import DAYS, make_day_of_year, months

_MAX_CONNECTORS = 3


def _print_table(days: Iterable[Iterable[Result]]) -> None:
    """Print the results one by one."""
    head = f"{'day':<20} {'connectors':>10} {'rule':<15} {'kWh':>7} {'caught':>7} {'possible':>8} {'grid kWh':>8} {'equal':>8}"
    print(f"{head} {'starts':>6} {'changes':>7}")
    for results in days:
        for item in results:
            print(
                f"{item.day:<20} {item.connectors:>10} {item.rule:<15}"
                f" {item.charged_kwh:>7.2f} {item.surplus_caught:>7.1%}"
                f" {_or_dash(item.caught_of_possible, '.1%'):>8} {item.grid_kwh:>8.2f}"
                f" {_or_dash(item.grid_kwh_at_equal_energy, '.2f'):>8}"
                f" {item.starts:>6} {item.offer_changes:>7}",
                flush=True,
            )


def _or_dash(value: float | None, form: str) -> str:
    return "-" if value is None else f"{value:{form}}"


def _parser() -> argparse.ArgumentParser:
    # The help text is at the top of scripts/benchmark.
    parser = argparse.ArgumentParser(prog="scripts/benchmark rules", add_help=False)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    days = parser.add_mutually_exclusive_group()
    days.add_argument("--csv", type=Path)
    days.add_argument("--year", action="store_true")
    days.add_argument("--through-vehicle", action="store_true")
    return parser


def _tasks(args: argparse.Namespace) -> list[Task]:
    if args.year:
        return [
            Task(partial(make_day_of_year, number, args.seed), (1,))
            for number in range(1, DAYS + 1)
        ]
    if args.through_vehicle:
        return [
            Task(partial(make_day, name, args.seed), through_vehicle=True)
            for name in day_names()
        ]
    connectors = (1,) if args.quick else tuple(range(1, _MAX_CONNECTORS + 1))
    if args.csv:
        return [Task(partial(read_day, args.csv), connectors, compares=True)]
    return [
        Task(partial(make_day, name, args.seed), connectors, compares=True)
        for name in day_names()
    ]


def main(arguments: Sequence[str]) -> int:
    """Replay days; return the exit code."""
    args = _parser().parse_args(arguments)
    tasks = _tasks(args)
    try:
        with ProcessPoolExecutor() as pool:
            days = pool.map(run, tasks)
            if args.json:
                results = [item.as_dict() for day in days for item in day]
                print(json.dumps({"days": results}, indent=2))
            elif args.year:
                for line in months(chain.from_iterable(days)):
                    print(line)
            else:
                _print_table(days)
    except (OSError, ValueError) as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    return 0
