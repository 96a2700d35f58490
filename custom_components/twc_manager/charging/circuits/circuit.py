"""One circuit above several buses: together they never get more than it carries, whichever bus is added or lost.

The circuit limits what the buses could be drawing. Each bus reports the draw of its connectors, and gets its share. A
bus is lowered before another one may grow, and a bus that is away counts with what its connectors could be drawing
until they must have stopped. The guard of the wiring of each bus is not changed: a circuit can only give less.

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
"""How many s a grant counts after a lower one replaced it: it may have been sent, but not be in a report yet."""

WAKE_SECONDS: Final = 1.0
"""The minimum number of s between two wakes of a bus to which the other buses leave less."""


@dataclass(frozen=True, slots=True)
class CircuitConfig:
    """A circuit as it was set up.

    Attributes:
        circuit_id: its id.
        name: its name.
        amps: the A that it carries; inf while it limits nothing.
        buses: the ids of the buses behind it.
        loads: the other loads on it.
        kept: the A that a bus may draw for as long as it is away, since its keeper charges then.
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
        """Return whether another circuit is below: it has a part of these buses, or the same and carries no more."""
        if other.circuit_id == self.circuit_id:
            return False
        if other.buses == self.buses:
            return other.amps <= self.amps
        return other.buses < self.buses

    def above(self, circuits: Iterable[CircuitConfig]) -> CircuitConfig:
        """Return it with the loads of the circuits below it, which draw through it as well."""
        below = (item.loads for item in circuits if self.feeds(item))
        return replace(self, loads=(*self.loads, *chain.from_iterable(below)))


@dataclass(frozen=True, slots=True)
class CircuitShare:
    """What one bus may use; infinite where nothing limits it.

    Attributes:
        amps: the A for its offers together, to which they may have to be lowered.
        room: the maximum A that its connectors could be drawing together after a raise.

    """

    amps: float
    room: float


@dataclass(frozen=True, slots=True)
class CircuitStatus:
    """What is known of a circuit.

    Attributes:
        amps: the A that it carries.
        loads: the A with which the other loads count.
        silent: the ids of the loads whose sensors are silent.
        buses: the A that each bus could be drawing; inf if unknown.

    """

    amps: float
    loads: float
    silent: frozenset[str]
    buses: Mapping[str, float]


class _Standing(Enum):
    """Whether a bus reports."""

    UNKNOWN = auto()
    """It has not reported yet."""
    HERE = auto()
    AWAY = auto()


@dataclass(frozen=True, slots=True)
class _Member:
    """A bus.

    Attributes:
        standing: whether it reports.
        draw: its last report.
        reported_at: the time of its last report.
        granted: the A that its connectors could be drawing by its last grant.
        replaced: the A by a higher grant before that.
        replaced_at: when the higher grant was replaced.
        left: the A that its connectors could still be drawing since before the bus was lost, until they must have
            stopped.
        until: when they must have stopped.
        kept: the A that they may draw after that, until the bus is back.

    """

    standing: _Standing
    draw: BusDraw = BusDraw()
    reported_at: float = -inf
    granted: float = 0.0
    replaced: float = 0.0
    replaced_at: float = -inf
    left: float = 0.0
    until: float = inf
    kept: float = 0.0

    def reported(self, now: float, draw: BusDraw) -> _Member:
        """Return the bus with its new report."""
        if self.standing is _Standing.UNKNOWN:
            # The guard of its wiring knows the earlier offers of its connectors.
            return _Member(_Standing.HERE, draw, now, kept=self.kept)
        return replace(self, standing=_Standing.HERE, draw=draw, reported_at=now)

    def grant(self, amps: float) -> _Member:
        """Return the bus with the grant for its new report."""
        before = self.grants(self.reported_at)
        if amps >= before:
            return replace(self, granted=amps, replaced=0.0)
        replaced_at = self.reported_at if amps < self.granted else self.replaced_at
        return replace(self, granted=amps, replaced=before, replaced_at=replaced_at)

    def grants(self, now: float) -> float:
        """Return the A that its connectors could be drawing by its grants."""
        counts = now - self.replaced_at < GRANTED_SECONDS
        return max(self.granted, self.replaced if counts else 0.0)

    def lost(self, now: float) -> _Member:
        """Return the bus as away; what another master supplies there continues without us."""
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
        """Return the A that its connectors could still be drawing since before it was lost."""
        if now < self.until:
            return self.left
        return 0.0 if self.standing is _Standing.HERE else self.kept

    def possible(self, now: float) -> float:
        """Return the A that its connectors could be drawing; inf if unknown."""
        if self.standing is _Standing.HERE:
            if self.draw.is_searching:
                return inf
            return max(self.draw.possible, self.grants(now), self.remaining(now))
        return self.remaining(now)


class _Wakes:
    """Wakes a bus that has to give up current for other buses, which it would not notice by itself."""

    def __init__(self) -> None:
        """Start without a bus."""
        self._wakes: dict[str, Callable[[], None]] = {}
        self._parts: dict[str, tuple[float, float]] = {}

    def join(self, bus: str, wake: Callable[[], None]) -> None:
        """Call `wake` from now on when the bus has to decide."""
        self._wakes[bus] = wake

    def keep(self, buses: frozenset[str]) -> None:
        """Forget all other buses."""
        for items in (self._wakes, self._parts):
            for bus in items.keys() - buses:
                del items[bus]

    def note(self, bus: str, now: float, part: float) -> None:
        """Note the share in A of a bus that decides now."""
        self._parts[bus] = part, now

    def note_lowered(self, bus: str, now: float, part: float) -> None:
        """Wake another bus if its share in A is lower than at its last decision."""
        wake = self._wakes.get(bus)
        before, at = self._parts.get(bus, (inf, -inf))
        if wake is not None and part < before and now - at >= WAKE_SECONDS:
            self._parts[bus] = part, now
            wake()


class Circuit:
    """One circuit."""

    def __init__(self, config: CircuitConfig, now: float) -> None:
        """Start without a report of a bus.

        Args:
            config: the circuit.
            now: the time; offers that are not reported were made before it.

        """
        self._members: dict[str, _Member] = {}
        self._loads = Loads()
        self._turns = Turns()
        self._wakes = _Wakes()
        self._config = config
        self.configure(config, now)

    def configure(self, config: CircuitConfig, now: float) -> None:
        """Use these limits, buses and loads from now on; what is known of remaining buses and loads is kept."""
        # Nothing is known of a bus without a report: until its connectors must have stopped, no other bus may grow.
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
            # A removed bus counts until its vehicles must have stopped.
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
        """Call `wake` from now on when a bus has to decide because other buses leave it less than it takes."""
        self._wakes.join(bus, wake)

    @property
    def wake_at(self) -> float | None:
        """Return when to update again if nothing is reported, in s; None if nothing changes by time alone."""
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

    def leaves(self, bus: str, now: float) -> float:
        """Return the A that loads and other buses leave a bus, whatever it draws."""
        if self._config.amps == inf:
            return inf
        others = (item for key, item in self._members.items() if key != bus)
        taken = sum(item.possible(now) for item in others)
        return self._config.amps - self._loads.amps(now) - taken

    def measure(self, now: float, readings: Iterable[tuple[str, LoadReading]]) -> None:
        """Take the newest readings of the other loads, by their ids."""
        self._loads.update(now, readings)

    def lose(self, bus: str, now: float) -> None:
        """Note that a bus is away: its port is lost, or it was unloaded."""
        if (member := self._members.get(bus)) is not None:
            self._members[bus] = member.lost(now)

    def update(self, bus: str, now: float, draw: BusDraw) -> CircuitShare:
        """Take the report of a bus, and return what it may use.

        Raises:
            KeyError: if the bus is not behind the circuit.

        """
        self._members[bus] = self._members[bus].reported(now, draw)
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
        # Without room it keeps what it has at most, so that nothing grows.
        share = max(min(draw.taken, fair[bus]), room)
        return CircuitShare(float(floor(share)), room)

    def _wake_others(self, bus: str, now: float, fair: Mapping[str, float]) -> None:
        """Wake the other buses that take more than their fair share after the report of a bus."""
        self._wakes.note(bus, now, fair[bus])
        for key, item in self._members.items():
            is_here = item.standing is _Standing.HERE
            if key != bus and is_here and fair[key] < item.draw.taken:
                self._wakes.note_lowered(key, now, fair[key])

    def commit(self, bus: str, amps: float) -> None:
        """Note the A that the connectors of a bus could be drawing by the offers that are sent now."""
        self._members[bus] = self._members[bus].grant(amps)

    def _fair(self, now: float, amps: float) -> dict[str, float]:
        """Return the fair share of each bus in these A; a bus that is away has what it could be drawing."""
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
        """Return the place of the bus with another circuit."""
        return replace(self, circuits=(*self.circuits, circuit))

    def lose(self, now: float) -> None:
        """Note that the bus is away."""
        for circuit in self.circuits:
            circuit.lose(self.bus, now)

    def leaves(self, now: float) -> float:
        """Return the A that loads and other buses leave the bus, whatever it draws; inf if nothing limits it."""
        return min((item.leaves(self.bus, now) for item in self.circuits), default=inf)

    @property
    def wake_at(self) -> float | None:
        """Return when to update again if nothing is reported, in s; None if nothing changes by time alone."""
        times = (item.wake_at for item in self.circuits)
        return min((at for at in times if at is not None), default=None)
