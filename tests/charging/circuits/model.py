"""Buses behind one circuit as an independent record sees them: what was sent, and what could be drawn because of it.

The record knows nothing of how the circuit counts: a car may go on with any offer of the last seconds, and a bus that
is away leaves its cars with what they had until they must have stopped.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from hypothesis import strategies as st

from custom_components.twc_manager.charging.bus_draw import BusDraw, BusVehicle
from custom_components.twc_manager.charging.circuits.circuit import (
    Circuit,
    CircuitConfig,
)
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

BUSES: Final = {
    "garage": frozenset({"one", "two"}),
    "panel": frozenset({"one", "two", "three"}),
}
"""The buses behind each circuit: the panel feeds the garage."""

LOADS: Final = {"garage": "pump", "panel": "boiler"}
"""The other load on each circuit."""

MAXIMUM: Final = 10.0
"""What such a load draws at most."""

PANEL_MORE: Final = 15
"""How much more A the panel carries than the garage."""


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

    def decide(self, circuits: Sequence[Circuit], now: float, random: Random) -> None:
        self.decided_at = now
        possible = [self._possible(plug, now) for plug in self.plugs]
        draw = BusDraw(
            tuple(
                BusVehicle(
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
        shares = [circuit.update(self.name, now, draw) for circuit in circuits]
        offers = self._divide(int(min(share.amps for share in shares)), random)
        raises = [
            Raise(number, offers[number], plug.offer, possible[number], 6)
            for number, plug in enumerate(self.plugs)
        ]
        committed = within_room(raises, min(share.room for share in shares))
        for circuit in circuits:
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
    """A circuit with two buses and a heat pump, and the panel that feeds it, a third bus and a boiler."""

    def __init__(self, amps: int, random: Random) -> None:
        self.now = 0.0
        self.amps = {"garage": amps, "panel": amps + PANEL_MORE}
        self.random = random
        self.loads: dict[str, float | None] = {"pump": 0.0, "boiler": 0.0}
        """What the sensor of each shows; None while it is silent."""
        self.lines = [
            Line("one", [Plug(), Plug()]),
            Line("two", [Plug()]),
            Line("three", [Plug(), Plug()]),
        ]
        self.circuits = {item.circuit_id: Circuit(item, 0.0) for item in self.configs}
        self.excused_until = 0.0

    @property
    def configs(self) -> list[CircuitConfig]:
        every = [
            CircuitConfig(
                name,
                name.capitalize(),
                self.amps[name],
                buses,
                (LoadConfig(LOADS[name], MAXIMUM),),
            )
            for name, buses in BUSES.items()
        ]
        return [item.above(every) for item in every]

    def excuse(self) -> None:
        """Note that something from outside leaves less now: buses decide, and cars follow, after some seconds."""
        self.excused_until = self.now + DECIDES + CONFIRMED

    def counted_load(self, name: str) -> float:
        amps = self.loads[name]
        return MAXIMUM if amps is None else amps

    def below(self, circuit: str) -> list[Line]:
        return [line for line in self.lines if line.name in BUSES[circuit]]

    def left_for_lines(self, circuit: str) -> float:
        """Return the A that the buses on a circuit that are here may have; the panel carries what the garage does."""
        lines = self.below(circuit)
        away = sum(line.could_draw(self.now) for line in lines if not line.is_here)
        loads = self.counted_load("pump")
        if circuit == "panel":
            loads += self.counted_load("boiler")
        return max(self.amps[circuit] - loads - away, 0.0)

    def could_draw(self, circuit: str) -> int:
        lines = self.below(circuit)
        return sum(line.could_draw(self.now) for line in lines if line.is_here)

    def step(self) -> None:
        """Let a second pass, in which the buses that are here decide in any order."""
        self.now += 1
        readings = [
            (name, LoadReading(amps, self.now))
            for name, amps in self.loads.items()
            if amps is not None
        ]
        for line in self.random.sample(self.lines, len(self.lines)):
            for circuit in self.circuits.values():
                circuit.measure(self.now, readings)
            is_due = self.now - line.decided_at >= DECIDES
            if line.is_here and (self.random.random() < 0.7 or is_due):
                line.decide(self.above(line), self.now, self.random)

    def above(self, line: Line) -> list[Circuit]:
        """Return the circuits that a bus is behind."""
        return [self.circuits[name] for name in BUSES if line.name in BUSES[name]]

    def resize(self, circuit: str, amps: int) -> None:
        if amps < self.amps[circuit]:
            self.excuse()
        self.amps[circuit] = amps
        for config in self.configs:
            self.circuits[config.circuit_id].configure(config, self.now)

    def leave(self, line: Line) -> None:
        if line.is_here:
            line.left_with = line.could_draw(self.now)
            if line.left_with > sum(plug.offer for plug in line.plugs):
                # It is not known any more whether its cars have followed a lower offer.
                self.excuse()
            line.is_here, line.left_at = False, self.now
            for circuit in self.above(line):
                circuit.lose(line.name, self.now)

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


def _load(name: str, load: float | None) -> Event:
    def change(site: Site) -> None:
        before = site.counted_load(name)
        site.loads[name] = load
        if site.counted_load(name) > before:
            site.excuse()

    return change


def _resize(circuit: str, amps: int) -> Event:
    return lambda site: site.resize(circuit, amps)


def _leave(line: int) -> Event:
    return lambda site: site.leave(site.lines[line])


def _come_back(line: int) -> Event:
    return lambda site: site.come_back(site.lines[line])


_LINES: Final = st.integers(0, 2)
EVENTS: Final[st.SearchStrategy[Event]] = st.one_of(
    st.builds(_plug, _LINES, st.integers(0, 1), st.sampled_from([0, 6, 13, 16, 32])),
    st.builds(
        _load,
        st.sampled_from(["pump", "boiler"]),
        st.sampled_from([None, 0.0, 3.0, 9.5]),
    ),
    st.builds(_resize, st.just("garage"), st.sampled_from([16, 25, 40])),
    st.builds(_resize, st.just("panel"), st.sampled_from([25, 40, 63])),
    st.builds(_leave, _LINES),
    st.builds(_come_back, _LINES),
)


def random_events(random: Random) -> list[tuple[Event, int]]:
    """Return the same events without a search for the worst."""
    choices: list[Callable[[], Event]] = [
        lambda: _plug(
            random.randrange(3), random.randrange(2), random.choice([0, 6, 13, 16, 32])
        ),
        lambda: _load(
            random.choice(["pump", "boiler"]), random.choice([None, 0.0, 3.0, 9.5])
        ),
        lambda: _resize("garage", random.choice([16, 25, 40])),
        lambda: _resize("panel", random.choice([25, 40, 63])),
        lambda: _leave(random.randrange(3)),
        lambda: _come_back(random.randrange(3)),
    ]
    return [(random.choice(choices)(), random.randint(1, 40)) for _ in range(25)]


def _hold(site: Site, circuit: str, before: float) -> None:
    """Assert that a circuit holds, or that nothing has grown since something from outside has needed less."""
    could = site.could_draw(circuit)
    if site.now < site.excused_until:
        assert could <= max(before, site.left_for_lines(circuit))
    else:
        assert could <= site.left_for_lines(circuit)


def run(random: Random, events: Iterable[tuple[Event, int]]) -> Site:
    """Let events happen, each with the seconds after it, and assert all the time that the circuits hold."""
    site = Site(25, random)
    for line in site.lines:
        for item in line.plugs:
            item.wanted = 16
    for change, seconds in [(_resize("garage", 25), 90), *events]:
        change(site)
        for _ in range(seconds):
            before = {circuit: site.could_draw(circuit) for circuit in BUSES}
            site.step()
            for circuit, could in before.items():
                _hold(site, circuit, could)
    return site
