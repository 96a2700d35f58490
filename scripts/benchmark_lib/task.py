"""A task for a process: a day to replay with all rules."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from statistics import fmean

from simulator.days import Day

from .contestants import Contestant, Lines, Ours, Site, TwcManager
from .possible import Possible
from .replay import Result, replay
from .through_vehicle import THREE_PHASES, ThroughVehicle


@dataclass(frozen=True, slots=True)
class Task:
    """A day to replay with all rules.

    Attributes:
        make: creates or reads the day; raises a ValueError for an invalid file.
        connectors: each number of connectors to replay it with.
        compares: whether to calculate what would have been possible, which takes some seconds for each day.
        through_vehicle: whether to replay it on three phases, with and without a car that can be asked for less.

    """

    make: Callable[[], Day]
    connectors: tuple[int, ...] = ()
    compares: bool = False
    through_vehicle: bool = False


def run(task: Task) -> list[Result]:
    """Replay a day with all rules."""
    day = task.make()
    if task.through_vehicle:
        site = THREE_PHASES
        rules: dict[str, Contestant] = {
            "ours": Ours(site),
            "through the car": ThroughVehicle(site),
        }
        return [replay(day, site, name, rule) for name, rule in rules.items()]
    sites = map(Site, task.connectors)
    return list(chain.from_iterable(_replayed(task, day, site) for site in sites))


def _replayed(task: Task, day: Day, site: Site) -> list[Result]:
    """Replay a day at an installation with all rules."""
    results = [replay(day, site, name, rule) for name, rule in _contestants(day, site)]
    return _compared(results, Possible(day, site)) if task.compares else results


def _compared(results: Sequence[Result], possible: Possible) -> list[Result]:
    """Return the results beside what would have been possible, and beside each other at equal energy."""
    maximum = max(item.charged_kwh for item in results)
    return [
        replace(
            item,
            caught_of_possible=_share(item, possible),
            grid_kwh_at_equal_energy=round(
                item.grid_kwh + maximum - item.charged_kwh, 3
            ),
        )
        for item in results
    ]


def _share(result: Result, possible: Possible) -> float:
    maximum = possible.caught_wh(result.grid_kwh * 1000) / 1000
    return round(result.caught_kwh / maximum, 4) if maximum else 1.0


def _contestants(day: Day, site: Site) -> Iterator[tuple[str, Contestant]]:
    yield "ours", Ours(site)
    if site.connectors > 1:
        yield "lines", Lines(site)
    yield "twcmanager", TwcManager(site, fmean(day.house_w))
