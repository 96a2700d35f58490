"""One circuit above several buses: all of them together never get more than it carries, whoever comes and goes.

A cap on what the buses could be drawing. Each bus tells what its connectors do, and gets its share. What a bus has
is lowered before another one may grow, and a bus that is away counts with what its connectors could be drawing until
they must have stopped. The guard of the wiring of each bus stays as it is: a circuit can only give less.

Times are in s of a monotonic clock, currents in A.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from itertools import chain
from math import floor, inf
from typing import Final

from ..away import stopped_at
from ..bus_draw import BusDraw
from ..fair_shares import Turns, fair_shares
from ..outcome import LimitReason
from .loads import LoadConfig, LoadReading, Loads

GRANTED_SECONDS: Final = 1.0
"""How long a grant that was replaced by a lower one counts: it may have been sent, and no report tells of it yet."""

WAKE_SECONDS: Final = 1.0
"""How often a bus is woken at most since what the others do leaves it less."""


@dataclass(frozen=True, slots=True)
class CircuitConfig:
    """A circuit as it was set up.

    Attributes:
        circuit_id: its id.
        name: its name.
        amps: A that it carries; inf while it limits nothing.
        buses: the ids of the buses behind it.
        loads: the other loads on it.
        kept: A that buses may go on with for as long as they are away, as somebody else charges there then.
        reason: the reason to show when it is used up.

    """

    circuit_id: str
    name: str
    amps: float
    buses: frozenset[str]
    loads: tuple[LoadConfig, ...] = ()
    kept: Mapping[str, float] = field(default_factory=dict)
    reason: LimitReason = LimitReason.CIRCUIT

    def feeds(self, other: CircuitConfig) -> bool:
        """Return whether another circuit is below it: it has fewer of its buses, or the same and carries no more."""
        if other.circuit_id == self.circuit_id:
            return False
        if other.buses == self.buses:
            return other.amps <= self.amps
        return other.buses < self.buses

    def above(self, circuits: Iterable[CircuitConfig]) -> CircuitConfig:
        """Return it with the loads of those of the circuits that it feeds: they draw through it as well."""
        below = (item.loads for item in circuits if self.feeds(item))
        return replace(self, loads=(*self.loads, *chain.from_iterable(below)))


@dataclass(frozen=True, slots=True)
class CircuitShare:
    """What one bus may use; infinite where nothing limits it.

    Attributes:
        amps: A for its offers together: what it has may have to be lowered to this.
        room: A that its connectors could be drawing together at most after a raise.

    """

    amps: float
    room: float


@dataclass(frozen=True, slots=True)
class CircuitStatus:
    """What is known of a circuit.

    Attributes:
        amps: A that it carries.
        loads: A that the other loads count with.
        silent: the ids of those whose sensors are silent.
        buses: A that each bus could be drawing; inf if that is unknown.

    """

    amps: float
    loads: float
    silent: frozenset[str]
    buses: Mapping[str, float]


class _Standing(Enum):
    """Whether a bus tells what it does."""

    UNKNOWN = auto()
    """It has told nothing yet."""
    HERE = auto()
    AWAY = auto()


@dataclass(frozen=True, slots=True)
class _Member:
    """A bus.

    Attributes:
        standing: whether it tells what it does.
        draw: what it told last.
        told_at: when it told that.
        granted: A that its connectors could be drawing by what it was granted last.
        replaced: A by a higher grant before.
        replaced_at: when that was replaced.
        left: A that they could be drawing since before it was lost, until they must have stopped.
        until: when they must have.
        kept: A that they may go on with after that, until the bus is back.

    """

    standing: _Standing
    draw: BusDraw = BusDraw()
    told_at: float = -inf
    granted: float = 0.0
    replaced: float = 0.0
    replaced_at: float = -inf
    left: float = 0.0
    until: float = inf
    kept: float = 0.0

    def told(self, now: float, draw: BusDraw) -> _Member:
        """Return the bus with what it has just told."""
        if self.standing is _Standing.UNKNOWN:
            # The guard of its wiring knows what its connectors have from before.
            return _Member(_Standing.HERE, draw, now, kept=self.kept)
        return replace(self, standing=_Standing.HERE, draw=draw, told_at=now)

    def grant(self, amps: float) -> _Member:
        """Return the bus with a grant that follows from what it has just told."""
        before = self.grants(self.told_at)
        if amps >= before:
            return replace(self, granted=amps, replaced=0.0)
        replaced_at = self.told_at if amps < self.granted else self.replaced_at
        return replace(self, granted=amps, replaced=before, replaced_at=replaced_at)

    def grants(self, now: float) -> float:
        """Return the A that its connectors could be drawing by what it was granted."""
        counts = now - self.replaced_at < GRANTED_SECONDS
        return max(self.granted, self.replaced if counts else 0.0)

    def lost(self, now: float) -> _Member:
        """Return the bus as one that is away: what another master feeds there goes on without us."""
        if self.standing is not _Standing.HERE:
            return self
        possible = self.possible(now)
        return _Member(
            _Standing.UNKNOWN if possible == inf else _Standing.AWAY,
            left=possible,
            until=inf if self.draw.is_foreign else stopped_at(now),
            kept=self.kept,
        )

    def remaining(self, now: float) -> float:
        """Return the A that its connectors could be drawing since before it was lost."""
        if now < self.until:
            return self.left
        return 0.0 if self.standing is _Standing.HERE else self.kept

    def possible(self, now: float) -> float:
        """Return the A that its connectors could be drawing; inf if that is not known."""
        if self.standing is _Standing.HERE:
            if self.draw.is_searching:
                return inf
            return max(self.draw.possible, self.grants(now), self.remaining(now))
        return self.remaining(now)


class _Wakes:
    """Has a bus decide that has to give something up: nothing that it sees itself may tell it to."""

    def __init__(self) -> None:
        """Start without a bus."""
        self._wakes: dict[str, Callable[[], None]] = {}
        self._parts: dict[str, tuple[float, float]] = {}

    def join(self, bus: str, wake: Callable[[], None]) -> None:
        """Call `wake` from now on if the bus should decide."""
        self._wakes[bus] = wake

    def keep(self, buses: frozenset[str]) -> None:
        """Forget all other buses."""
        for items in (self._wakes, self._parts):
            for bus in items.keys() - buses:
                del items[bus]

    def note(self, bus: str, now: float, part: float) -> None:
        """Note the A of a bus that decides now."""
        self._parts[bus] = part, now

    def tell(self, bus: str, now: float, part: float) -> None:
        """Wake another bus if it has less A now than when it decided last."""
        wake = self._wakes.get(bus)
        before, at = self._parts.get(bus, (inf, -inf))
        if wake is not None and part < before and now - at >= WAKE_SECONDS:
            self._parts[bus] = part, now
            wake()


class Circuit:
    """One circuit."""

    def __init__(self, config: CircuitConfig, now: float) -> None:
        """Start without having heard of any bus.

        Args:
            config: the circuit.
            now: the time. What connectors have that are not heard of, they have from before it.

        """
        self._members: dict[str, _Member] = {}
        self._loads = Loads()
        self._turns = Turns()
        self._wakes = _Wakes()
        self._config = config
        self.configure(config, now)

    def configure(self, config: CircuitConfig, now: float) -> None:
        """Have these limits, buses and loads from now on; what is known of those that stay is kept."""
        # Of a bus that is not heard of nothing is known: until its connectors must have stopped no other one may grow.
        until = stopped_at(now)
        stranger = _Member(_Standing.UNKNOWN, left=inf, until=until)
        before, known = self._members, self._config.buses
        self._members = {
            bus: replace(
                before.get(bus, stranger) if bus in known else stranger,
                kept=config.kept.get(bus, 0.0),
            )
            for bus in config.buses
        }
        for bus in before.keys() - config.buses:
            # It was removed, or taken out: what its cars draw they draw until they must have stopped.
            left = replace(before[bus].lost(now), kept=0.0)
            if left.remaining(now):
                self._members[bus] = replace(left, until=min(left.until, until))
        self._config = config
        self._loads.configure(config.loads)
        self._wakes.keep(config.buses)

    @property
    def config(self) -> CircuitConfig:
        """Return the circuit as it is set up."""
        return self._config

    def join(self, bus: str, wake: Callable[[], None]) -> None:
        """Call `wake` from now on if a bus should decide since what the others do leaves it less than it takes."""
        self._wakes.join(bus, wake)

    @property
    def wake_at(self) -> float | None:
        """Return when to look again although nobody reports, in s; None if nothing changes by time alone."""
        times = [self._loads.wake_at, self._turns.next_at()]
        return min((at for at in times if at is not None), default=None)

    def status(self, now: float) -> CircuitStatus:
        """Return what is known."""
        return CircuitStatus(
            self._config.amps,
            self._loads.amps(now),
            self._loads.silent,
            {bus: self._members[bus].possible(now) for bus in self._config.buses},
        )

    def measure(self, now: float, readings: Iterable[tuple[str, LoadReading]]) -> None:
        """Take the newest readings of the other loads, by their ids."""
        self._loads.update(now, readings)

    def lose(self, bus: str, now: float) -> None:
        """Note that a bus is away: its port is lost, or it was unloaded."""
        if (member := self._members.get(bus)) is not None:
            self._members[bus] = member.lost(now)

    def update(self, bus: str, now: float, draw: BusDraw) -> CircuitShare:
        """Take what the connectors of a bus do, and return what it may use.

        Raises:
            KeyError: if the bus is not behind the circuit.

        """
        self._members[bus] = self._members[bus].told(now, draw)
        if self._config.amps == inf:
            return CircuitShare(inf, inf)
        amps = self._config.amps - self._loads.amps(now)
        fair = self._fair(now, amps)
        self._wake_others(bus, now, fair)
        others = [
            max(item.possible(now), fair.get(key, 0.0))
            for key, item in self._members.items()
            if key != bus
        ]
        room = max(amps - sum(others), 0.0)
        # Where there is no room it has what it had at most, so that nothing grows.
        share = max(min(draw.taken, fair[bus]), room)
        return CircuitShare(float(floor(share)), room)

    def _wake_others(self, bus: str, now: float, fair: Mapping[str, float]) -> None:
        """Have the other buses decide that take more than is theirs by what a bus has just told."""
        self._wakes.note(bus, now, fair[bus])
        for key, item in self._members.items():
            is_here = item.standing is _Standing.HERE
            if key != bus and is_here and fair[key] < item.draw.taken:
                self._wakes.tell(key, now, fair[key])

    def commit(self, bus: str, amps: float) -> None:
        """Note what the connectors of a bus could be drawing by the offers that now go out."""
        self._members[bus] = self._members[bus].grant(amps)

    def _fair(self, now: float, amps: float) -> dict[str, float]:
        """Return the fair share of each bus of these A; one that is away has what it could be drawing."""
        draws = {
            bus: item.draw
            for bus, item in self._members.items()
            if item.standing is _Standing.HERE
        }
        left = {
            bus: item.remaining(now)
            for bus, item in self._members.items()
            if item.standing is not _Standing.HERE and item.remaining(now) < inf
        }
        return {
            **left,
            **fair_shares(now, amps - sum(left.values()), draws, self._turns),
        }


@dataclass(frozen=True, slots=True)
class CircuitPlace:
    """The place of a bus behind circuits that other buses may be behind as well.

    Attributes:
        bus: the bus.
        circuits: the circuits.

    """

    bus: str = ""
    circuits: tuple[Circuit, ...] = ()

    def behind(self, circuit: Circuit) -> CircuitPlace:
        """Return the place of the bus if it is behind another circuit as well."""
        return replace(self, circuits=(*self.circuits, circuit))

    def lose(self, now: float) -> None:
        """Note that the bus is away."""
        for circuit in self.circuits:
            circuit.lose(self.bus, now)

    @property
    def wake_at(self) -> float | None:
        """Return when to look again although nobody reports, in s; None if nothing changes by time alone."""
        times = (item.wake_at for item in self.circuits)
        return min((at for at in times if at is not None), default=None)
