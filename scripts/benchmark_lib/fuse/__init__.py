"""The main fuse in a closed loop of house, meter, cars and rules (scripts/benchmark fuse)."""

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
import json
from typing import Final

from .cases import Case, all_cases
from .meters import Lie
from .world import Row, run_case

TOLD_S: Final = 120
"""A frozen meter is told within so many s of the chargers' next step, or of the test of one that stands still."""
STANDS_S: Final = 300
"""A meter that stands still for so long while a car charges is tested."""
CAUGHT: Final = 0.9
CAUGHT_INTERVAL_S: Final = 10
"""The longest interval of a sensor with which so much is to be caught."""
_FROZEN: Final = (Lie.FROZEN, Lie.RESTAMPED)


def broken(case: Case, row: Row) -> Iterator[str]:
    """Yield what is required of a case and does not hold."""
    if row.trip:
        yield f"{row.trip} trips"
    if case.lie is None:
        if row.told_after_s is not None:
            yield "false alarm"
        if case.every <= CAUGHT_INTERVAL_S and row.caught < CAUGHT:
            yield f"caught {row.caught:.0%}"
    if case.lie in _FROZEN:
        step = STANDS_S if row.step_after_s is None else min(row.step_after_s, STANDS_S)
        if row.told_after_s is None:
            yield "never told"
        elif row.told_after_s > step + TOLD_S:
            yield "told late"


def run_all(cases: Sequence[Case], seed: int) -> Iterator[tuple[Case, Row]]:
    """Run the cases on all cores, and yield them in order."""
    with ProcessPoolExecutor() as pool:
        yield from zip(
            cases, pool.map(partial(run_case, seed=seed), cases), strict=True
        )


def _seconds(value: int | None) -> str:
    return "-" if value is None else str(value)


def _print_table(done: Sequence[tuple[Case, Row]]) -> None:
    width = max(len(row.case) for _, row in done)
    print(
        f"{'case':<{width}} {'above s':>7} {'worst':>6} {'trip':>5} {'early':>5}"
        f" {'step s':>6} {'told s':>6} {'caught':>7}  broken"
    )
    for case, row in done:
        print(
            f"{row.case:<{width}} {row.seconds_above:>7} {row.worst_ratio:>6.2f}"
            f" {row.trip or '-':>5} {row.early_trip or '-':>5}"
            f" {_seconds(row.step_after_s):>6} {_seconds(row.told_after_s):>6}"
            f" {row.caught:>7.1%}  {', '.join(broken(case, row))}"
        )


def _print_verdict(done: Sequence[tuple[Case, Row]]) -> None:
    honest = [row for case, row in done if case.lie is None]
    lying = [row for case, row in done if case.lie is not None]
    for name, rows in (("honest", honest), ("lying", lying)):
        if rows:
            print(
                f"{name}: {len(rows)} cases, {sum(row.trip is not None for row in rows)} trip"
                f" ({sum(row.early_trip is not None for row in rows)} with the most sensitive devices),"
                f" worst {max(row.worst_ratio for row in rows):.2f} of the fuse,"
                f" {sum(row.seconds_above for row in rows)} s above it"
            )
    quick = [
        row.caught
        for case, row in done
        if case.lie is None and case.every <= CAUGHT_INTERVAL_S
    ]
    if quick:
        print(f"caught with sensors up to 10 s: {min(quick):.1%} at worst")
    failed = sum(any(broken(case, row)) for case, row in done)
    print(f"{failed} of {len(done)} cases do not hold")


def main(arguments: Sequence[str]) -> int:
    """Run the cases; return 1 if one of them does not hold."""
    # The words for a person are at the top of scripts/benchmark.
    parser = argparse.ArgumentParser(prog="scripts/benchmark fuse", add_help=False)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(arguments)
    done = list(run_all(all_cases(), args.seed))
    if args.json:
        print(json.dumps({"rows": [row.as_dict() for _, row in done]}, indent=2))
    else:
        _print_table(done)
        _print_verdict(done)
    return int(any(any(broken(case, row)) for case, row in done))
