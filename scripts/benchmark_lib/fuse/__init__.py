"""The main fuse in a closed loop of house, meter, cars and rules (scripts/benchmark fuse)."""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
import json
from operator import itemgetter
from typing import Final

from .cases import Case, all_cases
from .meters import Kind, Lie
from .world import Row, run_case

REPORT_WITHIN_S: Final = 120
"""The time in s from the next change of the charging, or from the test of a frozen meter, to its report."""
TEST_AFTER_S: Final = 300
"""The time in s after which a frozen meter is tested while a car charges."""
CAUGHT: Final = 0.9
CAUGHT_INTERVAL_S: Final = 10
"""The longest interval of a sensor, in s, for which `CAUGHT` is required."""
_FROZEN: Final = (Lie.FROZEN, Lie.RESTAMPED)


def broken(case: Case, row: Row) -> Iterator[str]:
    """Yield the requirements that a case does not meet."""
    if row.trip:
        yield f"{row.trip} trips"
    if wrong := _report_fault(case, row):
        yield wrong
    # The clairvoyant knows nothing of a port that is lost.
    honest = case.lie is None and case.lost is None
    if honest and case.every <= CAUGHT_INTERVAL_S and row.caught < CAUGHT:
        yield f"caught {row.caught:.0%}"


def _report_fault(case: Case, row: Row) -> str | None:
    """Return what is wrong with the report of the rules about the meter; None if nothing is."""
    if case.lie is None:
        return None if row.reported_after_s is None else "false alarm"
    if case.lie not in _FROZEN:
        return None
    if row.reported_after_s is None:
        return "never reported"
    step = (
        TEST_AFTER_S
        if row.step_after_s is None
        else min(row.step_after_s, TEST_AFTER_S)
    )
    return "reported late" if row.reported_after_s > step + REPORT_WITHIN_S else None


def run_all(
    cases: Sequence[Case], seed: int, processes: int | None = None
) -> Iterator[tuple[Case, Row]]:
    """Run the cases in so many processes, by default on all cores, and yield them in order."""
    with ProcessPoolExecutor(processes) as pool:
        yield from zip(
            cases, pool.map(partial(run_case, seed=seed), cases), strict=True
        )


def _seconds(value: int | None) -> str:
    return "-" if value is None else str(value)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def chosen(cases: Iterable[Case], parts: Sequence[str]) -> list[Case]:
    """Return the cases whose name contains one of the parts; all without any."""
    return [
        case for case in cases if not parts or any(part in case.name for part in parts)
    ]


def _printed(
    rows: Iterable[tuple[Case, Row]], width: int
) -> Iterator[tuple[Case, Row]]:
    """Print the line of each case as soon as it is known, and yield it."""
    print(
        f"{'case':<{width}} {'above s':>7} {'worst':>6} {'trip':>5} {'early':>5}"
        f" {'step s':>6} {'report s':>8} {'caught':>7}"
        f" {'of possible':>11}  broken"
    )
    for case, row in rows:
        print(
            f"{row.case:<{width}} {row.seconds_above:>7} {row.worst_ratio:>6.2f}"
            f" {row.trip or '-':>5} {row.early_trip or '-':>5}"
            f" {_seconds(row.step_after_s):>6} {_seconds(row.reported_after_s):>8}"
            f" {row.caught:>7.1%} {_share(row.caught_of_possible):>11}"
            f"  {', '.join(broken(case, row))}",
            flush=True,
        )
        yield case, row


def _group(case: Case) -> str:
    """Return the group of a case in the summary."""
    if case.lost:
        return "two buses, port lost"
    if case.buses > 1:
        return "two buses"
    match case.lie:
        case Lie.FROZEN | Lie.RESTAMPED:
            return "frozen, restamped"
        case Lie.SIGN | Lie.UNSIGNED:
            return "wrong sign, unsigned"
        case Lie():
            return str(case.lie)
    if case.kind is Kind.POWER:
        return "honest, power"
    slow = case.every > CAUGHT_INTERVAL_S
    return "honest, amps, 30 s" if slow else "honest, amps, up to 10 s and on change"


def _summary(members: Sequence[tuple[Case, Row]]) -> str:
    """Return the figures of a group of cases."""
    rows = [row for _, row in members]
    wrong = sum(bool(_report_fault(case, row)) for case, row in members)
    return (
        f"{len(rows):>5} {sum(row.trip is not None for row in rows):>5}"
        f" {sum(row.early_trip is not None for row in rows):>5}"
        f" {sum(row.seconds_above for row in rows):>8}"
        f" {max(row.worst_ratio for row in rows):>6.2f} {wrong:>11}"
        f" {min(row.caught for row in rows):>13.1%}"
        f" {_share(_worst(rows)):>18}"
    )


def _worst(rows: Iterable[Row]) -> float | None:
    """Return the minimum that was caught of what is possible; None if no meter is honest."""
    shares = (row.caught_of_possible for row in rows)
    return min((share for share in shares if share is not None), default=None)


def _print_summary(done: Sequence[tuple[Case, Row]]) -> None:
    """Print a line for each group of cases, as in docs/benchmarks.md."""
    groups: dict[str, list[tuple[Case, Row]]] = {}
    for case, row in done:
        groups.setdefault(_group(case), []).append((case, row))
    print(
        f"\n{'':<38} {'cases':>5} {'trip':>5} {'early':>5} {'above s':>8} {'worst':>6}"
        f" {'misreported':>11} {'caught, worst':>13}"
        f" {'of possible, worst':>18}"
    )
    for name, members in groups.items():
        print(f"{name:<38} {_summary(members)}")
    _print_lost(groups)
    failed = sum(any(broken(case, row)) for case, row in done)
    print(f"\n{failed} of {len(done)} cases do not meet the requirements")


def _print_lost(groups: Mapping[str, Sequence[tuple[Case, Row]]]) -> None:
    """Print what kept the energy that was lost, as the mean of the cases with honest meters of each group."""
    for name, members in groups.items():
        rows = [row for case, row in members if case.lie is None]
        lost: dict[str, float] = defaultdict(float)
        for row in rows:
            for item, share in row.lost.items():
                lost[item] += share / len(rows)
        if rows:
            ordered = sorted(lost.items(), key=itemgetter(1), reverse=True)
            shares = ", ".join(f"{item} {share:.1%}" for item, share in ordered)
            print(f"lost, mean, {name}: {shares}")


def main(arguments: Sequence[str]) -> int:
    """Run the cases; return 1 if one of them does not meet the requirements."""
    # The help text is at the top of scripts/benchmark.
    parser = argparse.ArgumentParser(prog="scripts/benchmark fuse", add_help=False)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cases", action="append", default=[])
    parser.add_argument("--processes", type=int)
    args = parser.parse_args(arguments)
    cases = chosen(all_cases(), args.cases)
    if not cases:
        parser.error(f"no case has one of {args.cases} in its name")
    rows = run_all(cases, args.seed, args.processes)
    if args.json:
        done = list(rows)
        print(json.dumps({"rows": [row.as_dict() for _, row in done]}, indent=2))
    else:
        done = list(_printed(rows, max(len(case.name) for case in cases)))
        _print_summary(done)
    return int(any(any(broken(case, row)) for case, row in done))
