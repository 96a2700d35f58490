"""What scripts/benchmark runs."""

import argparse
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
import json
from pathlib import Path
import sys

from simulator.days import day_names

from .replay import Result
from .task import Task, run

_MOST_CONNECTORS = 3


def _print_table(days: Iterable[Iterable[Result]]) -> None:
    """Print the results as they come."""
    head = f"{'day':<20} {'connectors':>10} {'rule':<10} {'kWh':>7} {'caught':>7} {'grid kWh':>9}"
    print(f"{head} {'starts':>6} {'changes':>7}")
    for results in days:
        for item in results:
            print(
                f"{item.day:<20} {item.connectors:>10} {item.rule:<10}"
                f" {item.charged_kwh:>7.2f} {item.surplus_caught:>7.1%}"
                f" {item.grid_kwh:>9.2f} {item.starts:>6} {item.offer_changes:>7}",
                flush=True,
            )


def _parser() -> argparse.ArgumentParser:
    # The words for a person are at the top of scripts/benchmark.
    parser = argparse.ArgumentParser(prog="scripts/benchmark", add_help=False)
    parser.add_argument("what", choices=["rules"])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--csv", type=Path)
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; return the exit code."""
    args = _parser().parse_args(arguments)
    connectors = (1,) if args.quick else tuple(range(1, _MOST_CONNECTORS + 1))
    names: list[str | Path] = [args.csv] if args.csv else [*day_names()]
    tasks = [Task(name, args.seed, connectors) for name in names]
    try:
        with ProcessPoolExecutor() as pool:
            days = pool.map(run, tasks)
            if args.json:
                results = [item.as_dict() for day in days for item in day]
                print(json.dumps({"days": results}, indent=2))
            else:
                _print_table(days)
    except (OSError, ValueError) as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
