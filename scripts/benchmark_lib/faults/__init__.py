"""A campaign of faults against the whole integration (scripts/benchmark faults)."""

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
import json
from math import ceil, inf
import multiprocessing
import sys
from typing import Any, Final

from .campaign import Result, run_campaign
from .two_lines import Result as LinesResult, run_two_lines

CHAPTER_HOURS: Final = 25.0
"""A long campaign consists of chapters, each with its own seed, connectors and process; their length in h."""

RELINK_S: Final = 30.0
ENERGY_ERROR: Final = 0.01
ENERGY_MIN_KWH: Final = 40.0
"""Below this, one percent is less than a connector without a meter delivers while Home Assistant is off."""
MEMORY_GROWTH: Final = 0.02
"""Relative to the memory in use at half-time; the log of sessions may grow."""
_LIMITS: Final[dict[str, float]] = {
    "limit_broken_s": 0,
    "forbidden_frames": 0,
    "relink_max_s": RELINK_S,
    "memory_growth": MEMORY_GROWTH,
}
"""The limits for each chapter alone."""
_LIES_LIMITS: Final[dict[str, float]] = {
    "limit_broken_s": 0,
    "forbidden_frames": 0,
    "overdrawn_late_s": 0,
}
"""The same in a campaign of lies: meters and disks that lie cost links, energy and sessions."""


@dataclass(frozen=True, slots=True)
class Report:
    """The results of all chapters."""

    chapters: Sequence[Result]
    lies: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the figures."""
        counted, true = self._sum("counted_kwh"), self._sum("true_kwh")
        events = (Counter(item.events) for item in self.chapters)
        return {
            "charging_hours": round(self._sum("charging_hours"), 1),
            "clock_hours": round(self._sum("hours"), 1),
            "limit_broken_s": round(self._sum("limit_broken_s"), 3),
            "overdrawn_s": round(self._sum("overdrawn_s")),
            "overdrawn_late_s": round(self._sum("overdrawn_late_s")),
            "overdrawn_worst": round(self._highest("overdrawn_worst"), 2),
            "forbidden_frames": self._sum("forbidden_frames"),
            "relink_max_s": round(self._highest("relink_max_s"), 2),
            "energy_error": round(abs(counted / true - 1), 5) if true else 0.0,
            "energy_kwh": round(true, 2),
            "leaked_tasks": self._number("leaked"),
            "memory_growth": round(self._highest("memory_growth"), 4),
            "sessions": self._sum("sessions"),
            "sessions_lost": self._number("lost"),
            "events": dict(sum(events, Counter())),
        }

    def _sum(self, figure: str) -> Any:
        return sum(getattr(item, figure) for item in self.chapters)

    def _highest(self, figure: str) -> Any:
        return max(getattr(item, figure) for item in self.chapters)

    def _number(self, found: str) -> int:
        """Return how many of something were found."""
        return sum(len(getattr(item, found)) for item in self.chapters)

    def broken(self) -> list[str]:
        """Return the requirements that are not met."""
        figures = self.as_dict()
        enough = figures["energy_kwh"] >= ENERGY_MIN_KWH
        limits = _LIMITS | {
            "energy_error": ENERGY_ERROR if enough else inf,
            "leaked_tasks": 0,
            "sessions_lost": 0,
        }
        if self.lies:
            limits = _LIES_LIMITS | {"leaked_tasks": 0}
        return [
            f"{key} is {figures[key]}, more than {limit}"
            for key, limit in limits.items()
            if figures[key] > limit
        ]


def run(
    hours: float, seed: int, *, lies: bool = False, processes: int | None = None
) -> Report:
    """Run the chapters that are needed for the hours, several at a time."""
    campaign = partial(run_campaign, lies=lies)
    return Report(_run_chapters(campaign, hours, seed, processes), lies)


def _run_chapters[Chapter](
    campaign: Callable[[int, float], Chapter],
    hours: float,
    seed: int,
    processes: int | None = None,
) -> list[Chapter]:
    count = max(1, ceil(hours / CHAPTER_HOURS))
    seeds = [seed * 1000 + number for number in range(count)]
    each = [hours / count] * count
    if count == 1:
        return [campaign(seeds[0], each[0])]
    # A process for each chapter, so that its memory can be measured.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        processes, mp_context=context, max_tasks_per_child=1
    ) as pool:
        return list(pool.map(campaign, seeds, each))


def run_lines(
    hours: float, seed: int, processes: int | None = None
) -> tuple[dict[str, Any], list[str]]:
    """Run a house with two lines; return the figures, and the requirements that are not met."""
    chapters = _run_chapters(run_two_lines, hours, seed, processes)
    broken = [
        f"chapter {number}: {line}"
        for number, item in enumerate(chapters)
        for line in item.broken()
    ]
    return _figures_of_lines(chapters), broken


def _figures_of_lines(chapters: Sequence[LinesResult]) -> dict[str, Any]:
    def total(figure: str) -> Any:
        return round(sum(getattr(item, figure) for item in chapters), 3)

    return {
        "charging_hours": total("charging_hours"),
        "clock_hours": total("hours"),
        "limit_broken_s": total("limit_broken_s"),
        "circuit_broken_s": total("circuit_broken_s"),
        "circuit_worst": max(item.circuit_worst for item in chapters),
        "circuit_used_h": total("circuit_used_h"),
        "forbidden_frames": total("forbidden_frames"),
        "leaked_tasks": sum(len(item.leaked) for item in chapters),
        "events": dict(sum((Counter(item.events) for item in chapters), Counter())),
    }


def main(arguments: Sequence[str]) -> int:
    """Run a campaign; return the exit code, 1 if a requirement is not met."""
    # The help text is at the top of scripts/benchmark.
    parser = argparse.ArgumentParser(prog="scripts/benchmark faults", add_help=False)
    parser.add_argument("--hours", type=float, default=1000.0)
    parser.add_argument("--seed", type=int, default=0)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--lies", action="store_true")
    form.add_argument("--lines", action="store_true")
    parser.add_argument("--processes", type=int)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    if not args.hours > 0:
        parser.error("--hours has to be more than 0")
    if args.lines:
        figures, broken = run_lines(args.hours, args.seed, args.processes)
        details: Sequence[str] = ()
    else:
        report = run(args.hours, args.seed, lies=args.lies, processes=args.processes)
        figures, broken, details = report.as_dict(), report.broken(), _details(report)
    if args.json:
        print(json.dumps(figures, indent=2))
    else:
        _print(figures)
    for item in (*broken, *details):
        print(item, file=sys.stderr)
    return 1 if broken else 0


def _print(figures: dict[str, Any]) -> None:
    for key, value in figures.items():
        if key == "events":
            print(
                f"{key:<18}"
                + ", ".join(f"{count} {what}" for what, count in value.items())
            )
        else:
            print(f"{key:<18}{value}")


def _details(report: Report) -> list[str]:
    """Return the chapters that are worse than allowed, to find the cause."""
    return [
        f"chapter {number}: {line}"
        for number, item in enumerate(report.chapters)
        for line in (*item.leaked, *item.lost, *_excesses(item, report.lies))
    ]


def _excesses(chapter: Result, lies: bool) -> list[str]:
    """Return the figures of a chapter that are worse than allowed."""
    limits = _LIES_LIMITS if lies else _LIMITS
    return [
        f"{key} is {getattr(chapter, key):.4g}"
        for key, limit in limits.items()
        if getattr(chapter, key) > limit
    ]
