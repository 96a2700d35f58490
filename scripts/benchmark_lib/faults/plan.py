"""The random events of a campaign and their times; the same seed gives the same events."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
import heapq
from random import Random
from typing import Final

PLACES: Final = 3
"""Connectors on the bus."""
LINE_PLACES: Final = 4
"""Connectors of a house with two lines, half of them on each."""


class What(StrEnum):
    """The kinds of events."""

    # Mishaps: they last for a while, and what they broke has to mend itself then.
    WIRE = "wire"
    PORT = "port"
    SECOND_MASTER = "second master"
    POWER_CYCLE = "power cycle"
    POWER_OFF = "power off"
    SAME_ID = "same id"
    RELOAD = "reload"
    RESTART = "restart"
    KILL = "kill"
    STALL = "stall"
    DISK = "disk"
    DOUBLE_ID = "double id"
    # Life.
    PLUG_IN = "plug in"
    UNPLUG = "unplug"
    CHOICE = "choice"
    TIDY_UP = "tidy up"
    SILENCE = "silence"
    NONSENSE = "nonsense"
    CLOCK = "clock"
    DISOBEY = "disobey"
    FROZEN = "frozen meter"


LIES: Final = frozenset({What.DISK, What.DOUBLE_ID, What.DISOBEY, What.FROZEN})
"""What a connector, a car, a meter or a disk makes others believe: only in a campaign of lies."""


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """An event.

    Attributes:
        at: its time, in s after the beginning.
        what: its kind.
        seconds: its duration, in s.
        place: the connector.
        dice: the seed of its other random values.

    """

    at: float
    what: What
    seconds: float = 0.0
    place: int = 0
    dice: int = 0


_QUIET_S: Final = (150.0, 900.0)
"""The time between mishaps in s, long enough to recover."""

_STALLS_S: Final = (0.5, 2.0, 10.0, 40.0)

type _Mishaps = Mapping[What, tuple[int, Callable[[Random], float]]]

_MISHAPS: Final[_Mishaps] = {
    What.WIRE: (8, lambda dice: dice.uniform(20, 600)),
    What.PORT: (3, lambda dice: dice.choice((0.5, 5, 20, 35, 90))),
    What.SECOND_MASTER: (2, lambda dice: dice.uniform(5, 150)),
    What.POWER_CYCLE: (3, lambda _: 3.0),
    What.POWER_OFF: (2, lambda dice: dice.choice((5, 20, 40, 120))),
    What.SAME_ID: (1, lambda _: 0.0),
    What.RELOAD: (2, lambda _: 0.0),
    What.RESTART: (1, lambda dice: dice.choice((3, 20, 45, 90))),
    What.KILL: (1, lambda dice: dice.choice((3, 20, 45, 90, 90, 900))),
    What.STALL: (2, lambda dice: dice.choice(_STALLS_S)),
}
"""The relative frequency, and the duration in s."""

_LINE_MISHAPS: Final[_Mishaps] = {
    What.WIRE: (4, lambda dice: dice.uniform(20, 600)),
    What.PORT: (6, lambda dice: dice.choice((0.5, 5, 20, 45, 90, 300))),
    What.POWER_OFF: (2, lambda dice: dice.choice((3, 20, 40, 120))),
    What.RELOAD: (3, lambda _: 0.0),
    What.RESTART: (2, lambda dice: dice.choice((3, 20, 45, 90))),
    What.KILL: (3, lambda dice: dice.choice((3, 20, 45, 90, 900))),
    What.STALL: (2, lambda dice: dice.choice(_STALLS_S)),
}
"""The same for a house with two lines: a line goes away and comes back, or all of them do."""


def events(seed: int, *, lies: bool = False) -> Iterator[Event]:
    """Return an endless sequence of events, with `lies` also of those."""
    streams = [_mishaps(Random(f"{seed} mishaps")), _clock(Random(f"{seed} clock"))]
    streams += [_cars(Random(f"{seed} car {place}"), place) for place in range(PLACES)]
    streams += [
        _now_and_then(Random(f"{seed} {what}"), what, every, lasting)
        for what, every, lasting in (
            (What.CHOICE, 900.0, 0.0),
            (What.TIDY_UP, 6 * 3600.0, 0.0),
            (What.SILENCE, 5400.0, 900.0),
            (What.NONSENSE, 5400.0, 300.0),
        )
    ]
    if lies:
        streams += [
            _now_and_then(Random(f"{seed} {what}"), what, every, lasting)
            for what, every, lasting in (
                (What.DISK, 3600.0, 300.0),
                (What.DOUBLE_ID, 3 * 3600.0, 600.0),
                (What.DISOBEY, 600.0, 900.0),
                (What.FROZEN, 2700.0, 1200.0),
            )
        ]
    return heapq.merge(*streams)


def line_events(seed: int) -> Iterator[Event]:
    """Return an endless sequence of events for a house with two lines."""
    mishaps = _mishaps(Random(f"{seed} mishaps"), _LINE_MISHAPS, LINE_PLACES)
    streams = [mishaps]
    streams += [
        _cars(Random(f"{seed} car {place}"), place) for place in range(LINE_PLACES)
    ]
    streams += [
        _now_and_then(Random(f"{seed} {what}"), what, every, lasting, LINE_PLACES)
        for what, every, lasting in (
            (What.CHOICE, 1200.0, 0.0),
            (What.SILENCE, 5400.0, 900.0),
            (What.NONSENSE, 5400.0, 300.0),
            (What.FROZEN, 2700.0, 1200.0),
        )
    ]
    return heapq.merge(*streams)


def _mishaps(
    dice: Random, mishaps: _Mishaps = _MISHAPS, places: int = PLACES
) -> Iterator[Event]:
    """Return the mishaps: up to three at a time, and then a quiet time."""
    at = 600.0
    kinds = list(mishaps)
    weights = [weight for weight, _ in mishaps.values()]
    while True:
        at += dice.uniform(*_QUIET_S)
        end = at
        begin = at
        for what in dice.choices(kinds, weights, k=dice.choice((1, 1, 1, 2, 3))):
            seconds = mishaps[what][1](dice)
            yield Event(
                begin, what, seconds, dice.randrange(places), dice.getrandbits(32)
            )
            end = max(end, begin + seconds)
            begin += dice.uniform(0, 20)
        at = max(end, begin)


def _cars(dice: Random, place: int) -> Iterator[Event]:
    """Return the arrivals and departures at a connector."""
    at = dice.uniform(20, 400)
    while True:
        yield Event(at, What.PLUG_IN, place=place, dice=dice.getrandbits(32))
        at += dice.choice((dice.uniform(120, 900), *[dice.uniform(1800, 18_000)] * 3))
        yield Event(at, What.UNPLUG, place=place)
        # So long that the integration is never off for all of the car's absence.
        at += dice.uniform(300, 2400)


def _clock(dice: Random) -> Iterator[Event]:
    """Return the times at which the wall clock is set, and by how many s."""
    at = 0.0
    while True:
        at += dice.expovariate(1 / 14_400)
        yield Event(at, What.CLOCK, dice.choice((-3600.0, 3600.0, -30.0, 30.0)))


def _now_and_then(
    dice: Random, what: What, every: float, lasting: float, places: int = PLACES
) -> Iterator[Event]:
    at = 0.0
    while True:
        at += dice.expovariate(1 / every)
        seconds = dice.uniform(0, lasting)
        yield Event(at, what, seconds, dice.randrange(places), dice.getrandbits(32))
