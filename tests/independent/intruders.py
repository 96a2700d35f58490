"""What disturbs the line: storms, a second master, and a damaged unit."""

from collections.abc import Callable, Sequence
from random import Random

from tests.independent import wire
from tests.independent.connector import Connector
from tests.independent.line import Line


class Intruders:
    """Come and go by the mean times of the line's spec; `seen` is called when a frame of another master has arrived."""

    def __init__(
        self,
        line: Line,
        rng: Random,
        connectors: Sequence[Connector],
        seen: Callable[[float], None],
    ) -> None:
        self.foreign_until = 0.0
        self._line = line
        self._rng = rng
        self._connectors = connectors
        self._seen = seen
        self._id = b""
        self._offers: list[bytes] = []
        self._ghost_until = 0.0

    def tick(self, now: float) -> None:
        """Pass one second."""
        rng, spec = self._rng, self._line.spec
        if rng.random() * spec.storm_s < 1:
            self._line.storm_until = now + rng.uniform(10, 300)
        if now < self.foreign_until:
            self._send_heartbeats()
        elif rng.random() * spec.foreign_s < 1:
            self.foreign_until = now + 10 ** rng.uniform(0.7, 2.5)
            self._announce()
        if now < self._ghost_until:
            head = (
                wire.LINKREADY
                + rng.randbytes(3)
                + wire.amps(self._connectors[0].spec.rating_a)
            )
            self._line.send("ghost", wire.complete(head, 16), rng.random())
        elif rng.random() * spec.ghost_s < 1:
            self._ghost_until = now + rng.uniform(5, 60)

    def _announce(self) -> None:
        self._id = self._rng.randbytes(2)
        self._offers = [
            wire.amps(self._rng.randint(6, int(unit.spec.rating_a)))
            for unit in self._connectors
        ]
        for index in range(10):
            kind = wire.ANNOUNCE_1 if index < 5 else wire.ANNOUNCE_2
            self._line.send(
                self,
                wire.complete(kind + self._id + b"\x77", 14),
                0.1 * index,
                seen=self._seen,
            )

    def _send_heartbeats(self) -> None:
        """Send each connector the offer of this master."""
        start = self._rng.random() * 0.1
        for index, (unit, offer) in enumerate(
            zip(self._connectors, self._offers, strict=True)
        ):
            command = b"\x05" if unit.spec.protocol == 1 else b"\x09"
            head = wire.HEARTBEAT + self._id + unit.link.id + command + offer
            self._line.send(
                self, wire.complete(head, 16), start + 0.3 * index, seen=self._seen
            )
