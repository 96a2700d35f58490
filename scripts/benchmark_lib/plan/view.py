"""What a way of planning sees of a night, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from .prices import Price


@dataclass(frozen=True, slots=True)
class CarView:
    """A car that is plugged in, as an integration sees it.

    Attributes:
        level: its level in whole %, as cars report it.
        target: % that it shall have.
        capacity: kWh of its battery.
        phases: on how many phases it charges.
        max_amps: the maximum A on each phase.
        stoppable: whether it can be stopped.
        arrived: when it was plugged in.
        ready: when it shall be ready.
        charged_kwh: kWh that the connector has measured since it was plugged in.
        drawn: A that it draws now.

    """

    level: int
    target: int
    capacity: float
    phases: int
    max_amps: int
    stoppable: bool
    arrived: datetime
    ready: datetime
    charged_kwh: float
    drawn: int


@dataclass(frozen=True, slots=True)
class View:
    """What is known at a time; all times are in UTC.

    Attributes:
        now: the time, a whole minute.
        prices: the published prices, those of the last days as well, without gaps.
        cars: the cars that are plugged in, by the number of their connector.
        room: A for all cars together in each quarter from `origin` on, as expected.
        left: A for all cars together that a meter at the main fuse leaves now.
        sun_w: the forecast of what the house leaves of the sun in each quarter from `origin` on, in W.
        origin: the start of the night.
        feed_in: what a kWh of sun earns when it is exported.
        start_cost: what a start of a car costs by its wear.

    """

    now: datetime
    prices: Sequence[Price]
    cars: Mapping[int, CarView]
    room: Sequence[int]
    left: int
    sun_w: Sequence[float]
    origin: datetime
    feed_in: float
    start_cost: float


class Planner(Protocol):
    """A way of planning."""

    @property
    def replans(self) -> int:
        """Return how often it has made another plan."""

    def wanted(self, view: View) -> Mapping[int, int]:
        """Return the A that each car is to charge with now; those left out wait."""
