"""Other senders on the line: a second master, and a damaged unit."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random

from tests.independent import wire
from tests.independent.connector import Connector
from tests.independent.line import Line


class ForeignMaster:
    """A master with its own id and offers: it announces itself, then sends every connector a heartbeat a second."""

    def __init__(
        self,
        line: Line,
        rng: Random,
        connectors: Sequence[Connector],
        seen: Callable[[float], None],
    ) -> None:
        """`seen` is called when one of its frames has reached our master."""
        self._line = line
        self._rng = rng
        self._id = rng.randbytes(2)
        self._offers = [
            (connector, float(rng.randint(6, int(connector.spec.rating_a))))
            for connector in connectors
        ]
        self._seen = seen
        self._until = 0.0

    def start(self, seconds: float) -> None:
        """Appear for a while."""
        self._until = asyncio.get_running_loop().time() + seconds
        for index in range(10):
            kind = wire.ANNOUNCE_1 if index < 5 else wire.ANNOUNCE_2
            self._line.send(
                self,
                wire.complete(kind + self._id + b"\x77", 14),
                0.1 * index,
                seen=self._seen,
            )
        asyncio.get_running_loop().call_later(1.5, self._beat)

    @property
    def present(self) -> bool:
        """Whether it has not left."""
        return asyncio.get_running_loop().time() < self._until

    def _beat(self) -> None:
        if not self.present:
            return
        for index, (connector, offer_a) in enumerate(self._offers):
            command = bytes([5 if connector.spec.protocol == 1 else 9])
            body = wire.complete(
                wire.HEARTBEAT
                + self._id
                + connector.link.id
                + command
                + wire.amps(offer_a),
                16,
            )
            self._line.send(self, body, 0.3 * index, seen=self._seen)
        asyncio.get_running_loop().call_later(
            1.0 + self._rng.random() * 0.1, self._beat
        )


class Ghost:
    """A damaged unit that announces itself under a new id every second."""

    def __init__(self, line: Line, rng: Random, rating_a: float) -> None:
        self._line = line
        self._rng = rng
        self._rating_a = rating_a

    def start(self, seconds: float) -> None:
        """Announce for a while."""
        if seconds > 0:
            head = wire.LINKREADY + self._rng.randbytes(3) + wire.amps(self._rating_a)
            self._line.send(self, wire.complete(head, 16))
            asyncio.get_running_loop().call_later(1.0, self.start, seconds - 1)
