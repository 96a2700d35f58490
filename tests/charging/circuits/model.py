"""Buses behind one circuit as an independent record sees them: what was sent, and what could be drawn because of it.

The record knows nothing of how the circuit counts: a car may go on with any offer of the last seconds, and a bus that
is away leaves its cars with what they had until they must have stopped.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from hypothesis import strategies as st

from custom_components.twc_manager.charging.circuits.circuit import (
    Circuit,
    CircuitConfig,
)
from custom_components.twc_manager.charging.circuits.draw import BusDraw, CircuitVehicle
from custom_components.twc_manager.charging.circuits.loads import (
    LoadConfig,
    LoadReading,
)
from custom_components.twc_manager.charging.circuits.raises import Raise, within_room

FOLLOWS = 5.0
"""How long a car may go on with an offer that was lowered."""

CONFIRMED = 7.0
"""When the guard of a line counts the lower offer."""

FALLS_BACK = 56.0
"""When a connector without a master has stopped its car."""

DECIDES = 5.0
"""How long a bus waits for its next decision at most."""

RATING = 32


@dataclass
class Plug:
    """A connector and its car."""

    wanted: int = 0
    priority: int = 0
    sent: list[tuple[float, int]] = field(default_factory=lambda: [(-1000.0, 0)])

    @property
    def offer(self) -> int:
        return self.sent[-1][1]

    def send(self, now: float, offer: int) -> None:
        if offer != self.offer:
            self.sent.append((now, offer))

    def within(self, now: float, seconds: float) -> int:
        """Return the highest offer that held at any time of the last seconds."""
        ends = [at for at, _ in self.sent[1:]] + [now]
        return max(
            offer
            for (_, offer), end in zip(self.sent, ends, strict=True)
            if end >= now - seconds
        )


@dataclass
class Line:
    """A bus."""

    name: str
    plugs: list[Plug]
    is_here: bool = True
    left_at: float = -1000.0
    left_with: int = 0
    linked_at: float = -1000.0
    decided_at: float = -1000.0

    def could_draw(self, now: float) -> int:
        """Return the A that its cars could really be drawing."""
        if not self.is_here:
            return self.left_with if now - self.left_at < FALLS_BACK else 0
        return sum(plug.within(now, FOLLOWS) for plug in self.plugs)

    def _possible(self, plug: Plug, now: float) -> int:
        new = now - self.linked_at < CONFIRMED
        return RATING if new else plug.within(now, CONFIRMED)

    def decide(self, circuit: Circuit, now: float, random: Random) -> None:
        self.decided_at = now
        possible = [self._possible(plug, now) for plug in self.plugs]
        draw = BusDraw(
            tuple(
                CircuitVehicle(
                    number,
                    taken=plug.offer,
                    wanted=plug.wanted,
                    priority=plug.priority,
                    is_charging=plug.offer > 0,
                )
                for number, plug in enumerate(self.plugs)
            ),
            possible=sum(possible),
        )
        share = circuit.update(self.name, now, draw)
        offers = self._divide(int(share.amps), random)
        raises = [
            Raise(number, offers[number], plug.offer, possible[number], 6)
            for number, plug in enumerate(self.plugs)
        ]
        committed = within_room(raises, share.room)
        circuit.commit(self.name, committed.amps)
        for number, plug in enumerate(self.plugs):
            plug.send(now, committed.offers[number])

    def _divide(self, left: int, random: Random) -> list[int]:
        """Return the offers within the share, in whatever way the rules of the bus like."""
        offers = [0] * len(self.plugs)
        for number in random.sample(range(len(self.plugs)), len(self.plugs)):
            amps = min(left, self.plugs[number].wanted)
            if amps >= 6:
                amps = random.choice([amps, max(6, amps // 2)])
                offers[number], left = amps, left - amps
        return offers


class Site:
    """A circuit with three buses and one other load."""

    def __init__(self, amps: int, random: Random) -> None:
        self.now = 0.0
        self.amps = amps
        self.random = random
        self.load: float | None = 0.0
        """What its sensor says; None while it is silent."""
        self.worst: list[tuple[float, float]] = []
        self.lines = [
            Line("one", [Plug(), Plug()]),
            Line("two", [Plug()]),
            Line("three", [Plug(), Plug()]),
        ]
        self.circuit = Circuit(self.config, 0.0)
        self.excused_until = 0.0

    @property
    def config(self) -> CircuitConfig:
        loads = (LoadConfig("pump", 10.0),)
        buses = frozenset({"one", "two", "three"})
        return CircuitConfig("garage", "Garage", self.amps, buses, loads)

    def excuse(self) -> None:
        """Note that something from outside leaves less now: buses decide, and cars follow, after some seconds."""
        self.excused_until = self.now + DECIDES + CONFIRMED

    def counted_load(self) -> float:
        return 10.0 if self.load is None else self.load

    def left_for_lines(self) -> float:
        """Return the A that the buses that are here may have."""
        away = sum(line.could_draw(self.now) for line in self.lines if not line.is_here)
        return max(self.amps - self.counted_load() - away, 0.0)

    def could_draw(self) -> int:
        return sum(line.could_draw(self.now) for line in self.lines if line.is_here)

    def step(self) -> None:
        """Let a second pass, in which the buses that are here decide in any order."""
        self.now += 1
        readings = []
        if self.load is not None:
            readings.append(("pump", LoadReading(self.load, self.now)))
        for line in self.random.sample(self.lines, len(self.lines)):
            self.circuit.measure(self.now, readings)
            is_due = self.now - line.decided_at >= DECIDES
            if line.is_here and (self.random.random() < 0.7 or is_due):
                line.decide(self.circuit, self.now, self.random)

    def leave(self, line: Line) -> None:
        if line.is_here:
            line.left_with = line.could_draw(self.now)
            if line.left_with > sum(plug.offer for plug in line.plugs):
                # Nobody knows any more whether its cars have followed a lower offer.
                self.excuse()
            line.is_here, line.left_at = False, self.now
            self.circuit.lose(line.name, self.now)

    def come_back(self, line: Line) -> None:
        if not line.is_here:
            if self.now - line.left_at >= FALLS_BACK:
                for plug in line.plugs:
                    plug.sent = [(self.now - 1000, 0)]
            line.is_here, line.linked_at = True, self.now
            # What it has from before may be more than is left by now.
            self.excuse()


type Event = Callable[[Site], None]


def _plug(line: int, number: int, wanted: int) -> Event:
    def change(site: Site) -> None:
        plugs = site.lines[line].plugs
        plugs[number % len(plugs)].wanted = wanted

    return change


def _load(load: float | None) -> Event:
    def change(site: Site) -> None:
        before = site.counted_load()
        site.load = load
        if site.counted_load() > before:
            site.excuse()

    return change


def _resize(amps: int) -> Event:
    def change(site: Site) -> None:
        if amps < site.amps:
            site.excuse()
        site.amps = amps
        site.circuit.configure(site.config, site.now)

    return change


def _leave(line: int) -> Event:
    return lambda site: site.leave(site.lines[line])


def _come_back(line: int) -> Event:
    return lambda site: site.come_back(site.lines[line])


_LINES: Final = st.integers(0, 2)
EVENTS: Final[st.SearchStrategy[Event]] = st.one_of(
    st.builds(_plug, _LINES, st.integers(0, 1), st.sampled_from([0, 6, 13, 16, 32])),
    st.builds(_load, st.sampled_from([None, 0.0, 3.0, 9.5])),
    st.builds(_resize, st.sampled_from([16, 25, 40])),
    st.builds(_leave, _LINES),
    st.builds(_come_back, _LINES),
)


def random_events(random: Random) -> list[tuple[Event, int]]:
    """Return the same events without a search for the worst."""
    choices: list[Callable[[], Event]] = [
        lambda: _plug(
            random.randrange(3), random.randrange(2), random.choice([0, 6, 13, 16, 32])
        ),
        lambda: _load(random.choice([None, 0.0, 3.0, 9.5])),
        lambda: _resize(random.choice([16, 25, 40])),
        lambda: _leave(random.randrange(3)),
        lambda: _come_back(random.randrange(3)),
    ]
    return [(random.choice(choices)(), random.randint(1, 40)) for _ in range(25)]


def _hold(site: Site, before: float) -> None:
    """Assert that the circuit holds, or that nothing has grown since something from outside has needed less."""
    could = site.could_draw()
    if site.now < site.excused_until:
        assert could <= max(before, site.left_for_lines())
    else:
        assert could <= site.left_for_lines()


def run(random: Random, events: Iterable[tuple[Event, int]]) -> Site:
    """Let events happen, each with the seconds after it, and assert all the time that the circuit holds."""
    site = Site(25, random)
    for line in site.lines:
        for item in line.plugs:
            item.wanted = 16
    for change, seconds in [(_resize(25), 90), *events]:
        change(site)
        for _ in range(seconds):
            before = site.could_draw()
            site.step()
            _hold(site, before)
    return site
