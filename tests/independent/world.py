"""The seam: one world, to which a master opens its serial port."""

import asyncio
from collections.abc import Sequence
from random import Random

from tests.independent import specs
from tests.independent.audit import Audit
from tests.independent.connector import Connector
from tests.independent.intruders import ForeignMaster, Ghost
from tests.independent.line import Line
from tests.independent.port import Port


class World:
    """A line with connectors, on the running event loop; everything random comes from the seed."""

    def __init__(
        self,
        seed: int,
        limit_a: float,
        specs: Sequence[specs.ConnectorSpec],
        line: specs.LineSpec,
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
        self._foreign = ForeignMaster(
            self._line, self._rng, (), self._audit.foreign_seen
        )
        self._running = False

    def start(self) -> None:
        """Switch the connectors on; cars, weather and intruders come by themselves."""
        loop = asyncio.get_running_loop()
        self._running = True
        for connector in self.connectors:
            connector.visit_at = loop.time() + connector.wait_s(connector.spec.away_s)
            connector.link.announce_at = loop.time() + self._rng.random() * 10
        loop.call_later(1.0, self._tick, loop.time() + 1.0)

    def stop(self) -> None:
        """End it; the verdict stays."""
        self._running = False

    def open_port(self, protocol: asyncio.Protocol) -> asyncio.Transport:
        """Return a new port; `connection_made` is called soon. Ports open at the same time are adapters of their own."""
        port = Port(self._line, protocol, self._audit.wrote)
        if not self._open_ports():
            self._audit.master_started()
        self._line.taps.append(port)
        self._ports.append(port)
        return port

    def stall_port(self, seconds: float) -> None:
        """Let the open ports carry nothing for a while; what arrived is delivered at once afterwards."""
        for port in self._open_ports():
            port.stall(seconds)

    def drop_port(self) -> None:
        """Unplug the open ports: `connection_lost` with an error is called soon."""
        for port in self._open_ports():
            port.drop(OSError("the adapter was unplugged"))

    @property
    def cars(self) -> tuple[specs.CarTruth, ...]:
        """The truth at each connector, in the order of the specs."""
        return tuple(
            specs.CarTruth(
                connector.car is not None,
                connector.draw_a,
                bool(connector.car and connector.car.wants_energy),
            )
            for connector in self.connectors
        )

    def next_upheaval(self) -> specs.Upheaval:
        """Return what happens next to the process of the master; the seed decides, and nothing that it does."""
        kind = self._fate.choices(list(specs.UpheavalKind), (1, 3, 3, 3))[0]
        longest = 1.6 if kind is specs.UpheavalKind.STALL else 2.2
        return specs.Upheaval(
            kind, self._fate.uniform(60, 900), 10 ** self._fate.uniform(-0.5, longest)
        )

    def verdict(self) -> specs.Verdict:
        """Return the judgement on the time so far."""
        return self._audit.verdict()

    def _open_ports(self) -> list[Port]:
        self._ports = [port for port in self._ports if not port.is_closing()]
        return self._ports

    def _tick(self, due: float) -> None:
        if not self._running:
            return
        asyncio.get_running_loop().call_at(due + 1.0, self._tick, due + 1.0)
        for connector in self.connectors:
            connector.tick(due)
        self._intrude(due)
        self._audit.tick(due)

    def _intrude(self, now: float) -> None:
        rng, spec = self._rng, self._line.spec
        if rng.random() * spec.storm_s < 1:
            self._line.storm_until = now + rng.uniform(10, 300)
        if rng.random() * spec.ghost_s < 1:
            Ghost(self._line, rng, self.connectors[0].spec.rating_a).start(
                rng.randint(5, 60)
            )
        if self._foreign.present:
            self._audit.wire.foreign_at = now
        elif rng.random() * spec.foreign_s < 1:
            self._foreign = ForeignMaster(
                self._line, rng, self.connectors, self._audit.foreign_seen
            )
            self._foreign.start(10 ** rng.uniform(0.7, 2.5))
