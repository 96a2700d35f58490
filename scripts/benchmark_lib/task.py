"""A day to replay by all rules, as a piece of work for a process of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from simulator.days import Day, make_day, read_day

from .contestants import Contestant, Ours, Site, TwcManager
from .replay import Result, replay


@dataclass(frozen=True, slots=True)
class Task:
    """A day to replay, by both rules.

    Attributes:
        day: name of a simulated day, or the file of a recorded one.
        seed: of the simulated day.
        connectors: each number of connectors to replay it with.

    """

    day: str | Path
    seed: int
    connectors: tuple[int, ...]


def run(task: Task) -> list[Result]:
    """Replay a day by all rules."""
    if isinstance(task.day, Path):
        day = read_day(task.day)
    else:
        day = make_day(task.day, task.seed)
    return [
        replay(day, site, name, rule)
        for site in map(Site, task.connectors)
        for name, rule in _contestants(day, site)
    ]


def _contestants(day: Day, site: Site) -> Iterator[tuple[str, Contestant]]:
    yield "ours", Ours(site)
    yield "twcmanager", TwcManager(site, fmean(day.house_w))
