"""The seam: one world, to which a master opens its serial port."""

import asyncio
from collections.abc import Sequence
from math import inf
from random import Random

from tests.independent.audit import Audit
from tests.independent.connector import Connector
from tests.independent.intruders import Intruders
from tests.independent.line import Line
from tests.independent.port import Port
from tests.independent.specs import (
    CarTruth,
    ConnectorSpec,
    LineSpec,
    Upheaval,
    UpheavalKind,
    Verdict,
)


class World:
    """A line with connectors, on the running event loop; everything random comes from the seed."""

    def __init__(
        self, seed: int, limit_a: float, specs: Sequence[ConnectorSpec], line: LineSpec
    ) -> None:
        """Build it; nothing happens before `start`. The limit is the sum that the draws must not exceed, in A."""
        self.limit_a = limit_a
        self._rng = Random(seed)
        self._fate = Random(f"upheavals {seed}")
        self.connectors: list[Connector] = []
        self._line = Line(line, self._rng, self.connectors)
        self.connectors += (
            Connector(spec, self._rng, self._line, self.connectors) for spec in specs
        )
        self._audit = Audit(limit_a, self.connectors)
        self._ports: list[Port] = []
        self._intruders = Intruders(
            self._line, self._rng, self.connectors, self._audit.foreign_seen
        )
        self._joined: list[Audit] = []
        self._master_started_at = inf
        self._next_tick: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Switch the connectors on; cars, weather and intruders come by themselves."""
        loop = asyncio.get_running_loop()
        for connector in self.connectors:
            connector.visit_at = loop.time() + connector.wait_s(connector.spec.away_s)
            connector.link.announce_at = loop.time() + self._rng.random() * 10
        self._schedule(loop.time() + 1.0)

    def stop(self) -> None:
        """End it; the verdict stays. What is still on the line arrives within some seconds."""
        if self._next_tick:
            self._next_tick.cancel()

    def open_port(self, protocol: asyncio.Protocol) -> asyncio.Transport:
        """Return a new port; `connection_made` is called soon. Ports open at the same time are adapters of their own."""
        port = Port(self._line, protocol, self._wrote)
        if not self._open_ports():
            self.master_started()
        self._line.taps.append(port)
        self._ports.append(port)
        return port

    def master_started(self) -> None:
        """Note that a master starts with no knowledge of what was seen before, be it behind a port that was open all along."""
        self._master_started_at = asyncio.get_running_loop().time()
        for audit in (self._audit, *self._joined):
            audit.master_started(self.connectors, self._master_started_at)

    def stall_port(self, seconds: float) -> None:
        """Let the open ports carry nothing for a while; what arrived is delivered at once afterwards."""
        for port in self._open_ports():
            port.stall(seconds)

    def drop_port(self) -> None:
        """Unplug the open ports: `connection_lost` with an error is called soon."""
        for port in self._open_ports():
            port.drop(OSError("the adapter was unplugged"))

    def judge_without_stops(self) -> None:
        """Judge a program that offers 0 A to no car that ignores its pilot."""
        self._audit.stops_ignoring = False

    def join(self, audit: Audit) -> None:
        """Let an audit of several lines know what happens on this one."""
        self._joined.append(audit)

    def reaches(self, unit: Connector, now: float) -> float:
        """Return for how long a master has been there whose words reach the connector now, in s; 0 if they do not."""
        trouble, link = unit.trouble, unit.link
        at_work = any(now >= port.stalled_until for port in self._open_ports())
        linked = link.master == self._audit.wire.id != b""
        sound = now >= max(
            trouble.unpowered_until, trouble.deaf_until, trouble.mute_until
        )
        started_at = self._master_started_at
        if at_work and linked and sound and not self._audit.void(now):
            return now - started_at if link.heard_at >= started_at else 0.0
        return 0.0

    def has_second_master(self, now: float) -> bool:
        """Return whether another master is on the line, or was so recently that its offers are still in force."""
        return self._audit.void(now) == "foreign_s"

    @property
    def cars(self) -> tuple[CarTruth, ...]:
        """The truth at each connector, in the order of the specs."""
        return tuple(
            CarTruth(
                connector.car is not None,
                connector.draw_a,
                bool(connector.car and connector.car.wants_energy),
            )
            for connector in self.connectors
        )

    def next_upheaval(self) -> Upheaval:
        """Return what happens next to the process of the master; the seed decides, and nothing that it does."""
        kind = self._fate.choices(list(UpheavalKind), (1, 3, 3, 3))[0]
        longest = 1.6 if kind is UpheavalKind.STALL else 2.2
        return Upheaval(
            kind, self._fate.uniform(60, 900), 10 ** self._fate.uniform(-0.5, longest)
        )

    def verdict(self) -> Verdict:
        """Return the judgement on the time so far."""
        return self._audit.verdict()

    def _open_ports(self) -> list[Port]:
        self._ports = [port for port in self._ports if not port.is_closing()]
        return self._ports

    def _wrote(self, body: bytes, now: float) -> None:
        sound = self._audit.wrote(body, now)
        for audit in self._joined if sound else ():
            audit.offered(body, now)

    def _schedule(self, due: float) -> None:
        self._next_tick = asyncio.get_running_loop().call_at(due, self._tick, due)

    def _tick(self, now: float) -> None:
        self._schedule(now + 1.0)
        for connector in self.connectors:
            connector.tick(now)
        self._intruders.tick(now)
        if now < self._intruders.foreign_until:
            for audit in (self._audit, *self._joined):
                audit.wire.foreign_at = now
        self._audit.tick(now)
