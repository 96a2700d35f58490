"""The keeper as a master: the integration's own, with its guard, on the keeper's port, and with offers that only fall."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, override

from custom_components.twc_manager.twc import ConnectorState, Master, Observed, Snapshot
from custom_components.twc_manager.twc.frame import Decoder

from .terms import Terms

_URL: Final = "keeper"


class _Pipe(asyncio.Transport):
    """The port of the master: what it writes goes to the keeper, until it is cut off."""

    def __init__(
        self, protocol: asyncio.Protocol, write: Callable[[bytes], None]
    ) -> None:
        super().__init__()
        self._protocol = protocol
        self._write = write
        self._decoder = Decoder()
        self._is_closing = False

    @override
    def write(self, data: Any) -> None:
        """Pass on the bodies of frames, without their checksums."""
        if not self._is_closing:
            for body in self._decoder.feed(bytes(data)):
                self._write(body[:-1])

    @override
    def get_write_buffer_size(self) -> int:
        """Return 0: the keeper takes everything at once."""
        return 0

    @override
    def is_closing(self) -> bool:
        """Return whether it is cut off."""
        return self._is_closing

    @override
    def close(self) -> None:
        """Cut it off."""
        if not self._is_closing:
            self._is_closing = True
            loop = asyncio.get_running_loop()
            loop.call_soon(self._protocol.connection_lost, None)

    @override
    def abort(self) -> None:
        """Cut it off."""
        self.close()


class Ceilings:
    """The highest offer that each connector may still get, in A: it only falls."""

    def __init__(self, standing: Mapping[int, float], unseen: Iterable[int]) -> None:
        """Start.

        Args:
            standing: what connectors have.
            unseen: further connectors that may be linked already; they keep what they report to have.

        """
        self._ceilings = dict(standing)
        self._unseen = set(unseen)
        self._settled = set(standing)

    def update(self, snapshot: Snapshot, terms: Terms) -> dict[int, float]:
        """Return what to offer, for a state of the bus and the terms that hold now."""
        present = {item.connector_id: item for item in snapshot.connectors}
        for gone in self._ceilings.keys() - present.keys():
            # It has stopped its car. If it comes back it announces itself.
            del self._ceilings[gone]
            self._settled.discard(gone)
        for item in present.values():
            self._ceilings[item.connector_id] = self._ceiling_of(item, terms)
        return self.offers(terms)

    def offers(self, terms: Terms) -> dict[int, float]:
        """Return what to offer, with what the terms lower."""
        self._ceilings = {
            connector_id: min(ceiling, terms.amps_for(connector_id))
            for connector_id, ceiling in self._ceilings.items()
        }
        return dict(self._ceilings)

    def announced(self, connector_id: int) -> None:
        """Note that a connector announces itself: it has no master, and has none of what it had."""
        self._unseen.discard(connector_id)

    def _ceiling_of(self, item: ConnectorState, terms: Terms) -> float:
        connector_id = item.connector_id
        ceiling = self._ceilings.get(connector_id)
        if ceiling is None:
            is_linked = connector_id in self._unseen
            ceiling = item.offered if is_linked else terms.amps_for(connector_id)
            self._unseen.discard(connector_id)
        if item.sent is None:
            return ceiling
        if item.sent >= ceiling:
            self._settled.add(connector_id)
        # What the guard had to lower stays so: only Home Assistant raises it again.
        return min(ceiling, item.sent) if connector_id in self._settled else ceiling


class Standby:
    """A master in the place of Home Assistant."""

    def __init__(
        self,
        master_id: int,
        terms: Terms,
        observed: tuple[Observed, ...],
        write: Callable[[bytes], None],
    ) -> None:
        """Prepare.

        Args:
            master_id: Home Assistant's id on the bus.
            terms: what holds now.
            observed: the connectors that have answered until now.
            write: writes the frame with a body, given without its checksum.

        """
        standing = {item.known.connector_id: item.standing for item in observed}
        unseen = [item for item in terms.known if item.connector_id not in standing]
        self._terms = terms
        self._write = write
        self._ceilings = Ceilings(standing, (item.connector_id for item in unseen))
        self._pipe: _Pipe | None = None
        self._protocol: asyncio.Protocol | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._master = Master(
            _URL,
            master_id,
            terms.limits,
            known=[*(item.known for item in observed), *unseen],
            resumed=observed,
            on_change=self._changed,
            connect=self._connect,
        )
        self._master.set_offers(self._ceilings.offers(terms))

    def begin(self) -> None:
        """Become the master at once."""
        self._run(self._master.start())

    def end(self) -> None:
        """Send nothing from this moment on."""
        self._write = lambda _: None
        self._run(self._master.stop())

    def received(self, data: bytes) -> None:
        """Take bytes from the bus."""
        if self._protocol is not None:
            self._protocol.data_received(data)

    def update(self, terms: Terms) -> None:
        """Take terms that have changed; limits of the wiring count from the next time on."""
        self._terms = terms
        self._master.set_offers(self._ceilings.offers(terms))

    def announced(self, connector_id: int) -> None:
        """Note that a connector announces itself."""
        self._ceilings.announced(connector_id)

    def _changed(self, snapshot: Snapshot) -> None:
        self._master.set_offers(self._ceilings.update(snapshot, self._terms))

    def _take(self, body: bytes) -> None:
        """Pass on a frame of the master, unless it is to be silent."""
        self._write(body)

    def _run(self, coroutine: Any) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], asyncio.Protocol],
        url: str,
        *,
        baudrate: int,
    ) -> tuple[asyncio.Transport, Any]:
        self._protocol = protocol_factory()
        pipe = _Pipe(self._protocol, self._take)
        self._protocol.connection_made(pipe)
        return pipe, self._protocol
