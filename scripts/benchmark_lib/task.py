"""A task for a process: a day to replay with all rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import fmean

from simulator.days import Day

from .contestants import Contestant, Lines, Ours, Site, TwcManager
from .replay import Result, replay
from .through_vehicle import THREE_PHASES, ThroughVehicle


@dataclass(frozen=True, slots=True)
class Task:
    """A day to replay with all rules.

    Attributes:
        make: creates or reads the day; raises a ValueError for an invalid file.
        connectors: each number of connectors to replay it with.
        through_vehicle: whether to replay it on three phases, with and without a car that can be asked for less.

    """

    make: Callable[[], Day]
    connectors: tuple[int, ...] = ()
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
    return [
        replay(day, site, name, rule)
        for site in map(Site, task.connectors)
        for name, rule in _contestants(day, site)
    ]


def _contestants(day: Day, site: Site) -> Iterator[tuple[str, Contestant]]:
    yield "ours", Ours(site)
    if site.connectors > 1:
        yield "lines", Lines(site)
    yield "twcmanager", TwcManager(site, fmean(day.house_w))
