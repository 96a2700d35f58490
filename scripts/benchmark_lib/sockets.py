"""Arbitrary bytes for both ports of the keeper (scripts/benchmark sockets).

A keeper in memory, on the virtual clock, at a simulated bus with three cars. Clients that do not stop come from
everywhere, send frames and requests that are broken in every way, noise and lines without an end, and some never read.
"""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import batched
import json
import logging
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final, override

from custom_components.twc_manager.twc import lease_link as link
from custom_components.twc_manager.twc.lease import KeeperReport
from keeper.addresses import AllowedAddresses
from keeper.clients import MAX_WAITING_BYTES
from keeper.control import MAX_CONNECTIONS, Control
from keeper.keeper import Keeper, Setting
from keeper.lease_holder import LeaseFile, LeaseHolder
from keeper.terms import Fallback
from simulator import Bus, Car, MemoryPort, WallConnector, run_virtual

from .fuzz_inputs import inputs

_LOGGER = logging.getLogger(__name__)

_INPUTS: Final = 1_000_000
_LIMIT_A: Final = 32.0
_KEY: Final = "0123456789abcdef"
_ADDRESSES: Final = ("192.168.1.10", "192.168.1.20", "8.8.8.8", "")
_CONNECTORS: Final = 3
_CLIENTS: Final = 2 * MAX_CONNECTIONS
_BATCH: Final = 100
_RECOVERS_S: Final = 180.0
_READER_BYTES: Final = 64 * 1024
_LONGEST: Final = 20_000
_JUNK: Final[tuple[Any, ...]] = (
    *(None, True, -1, 1e308, float("nan"), 10**400, "x", "ü" * 40, {}, [7], [{}] * 9),
    json.loads("[" * 50 + "]" * 50),
)
_LEASE: Final = {
    "type": link.LEASE,
    "master": "7777",
    "seconds": 3600,
    "total": 32,
    "per_connector": 32,
    "connectors": [{"id": "0001", "protocol": 2, "rating": 32, "amps": 16}],
}
_WORDS: Final = {
    "inputs": "inputs",
    "connections": "connections",
    "forwarded": "frames on the bus",
    "exceptions": "exceptions",
    "forbidden_frames": "frames on the wire that no master may send",
    "limit_broken_s": "s in which the cars drew more than the limit because of their offers",
    "leases": "leases taken, of which none was valid and signed",
    "peak_connections": "connections to the second port at once",
    "peak_waiting_bytes": "bytes that waited for a client at once",
    "works_at_the_end": "whether Home Assistant is still served",
    "seconds": "seconds",
}


@dataclass(slots=True)
class Findings:
    """What was counted."""

    inputs: int = 0
    connections: int = 0
    forwarded: int = 0
    exceptions: int = 0
    forbidden_frames: int = 0
    limit_broken_s: float = 0.0
    leases: int = 0
    peak_connections: int = 0
    peak_waiting_bytes: int = 0
    works_at_the_end: bool = False

    @property
    def are_good(self) -> bool:
        """Return whether everything held."""
        broken = (self.exceptions, self.forbidden_frames, self.limit_broken_s)
        return (
            not any((*broken, self.leases))
            and self.peak_connections <= MAX_CONNECTIONS
            and self.peak_waiting_bytes <= 2 * MAX_WAITING_BYTES + link.MAX_LINE * 5
            and self.works_at_the_end
        )


class _Client(asyncio.Transport):
    """A client, and its connection.

    Attributes:
        is_over: whether the keeper ended it.
        received: what the keeper sent, as far as it matters.
        waiting: how many bytes it has not read.

    """

    def __init__(
        self, protocol: asyncio.Protocol, address: str, *, reads: bool = True
    ) -> None:
        super().__init__({"peername": (address, 40000)})
        self.protocol = protocol
        self.is_over = False
        self.received = b""
        self.waiting = 0
        self._reads = reads
        protocol.connection_made(self)

    def send(self, data: bytes) -> None:
        """Send bytes, in pieces as large as the event loop reads."""
        for begin in range(0, len(data), _READER_BYTES):
            if not self.is_over:
                self.protocol.data_received(data[begin : begin + _READER_BYTES])

    @override
    def write(self, data: Any) -> None:
        if self._reads:
            self.received = (self.received + bytes(data))[-link.MAX_LINE :]
        else:
            self.waiting += len(data)

    @override
    def get_write_buffer_size(self) -> int:
        return self.waiting

    @override
    def is_closing(self) -> bool:
        return self.is_over

    @override
    def abort(self) -> None:
        if not self.is_over:
            self.is_over = True
            loop = asyncio.get_running_loop()
            loop.call_soon(self.protocol.connection_lost, None)

    @override
    def close(self) -> None:
        self.abort()


class _Requester(_Client):
    """A client of the second port, which may have the key."""

    def __init__(self, control: Control, address: str, dice: Random) -> None:
        super().__init__(control.protocol(), address, reads=dice.random() < 0.9)
        self._dice = dice
        self._lines: link.SignedLines | None = None
        if self.received and dice.random() < 0.5:
            greeting = link.read_greeting(self.received)
            nonces = link.Nonces(greeting.nonce, link.draw_nonce())
            self._lines = link.SignedLines(_KEY, link.Side.HOME, nonces)
            hello = {"type": link.HELLO, "nonce": nonces.home}
            self.send(self._lines.encode(hello))

    def request(self) -> None:
        """Send a request that is no valid one."""
        if self._lines is not None and self._dice.random() < 0.9:
            self.send(self._lines.encode(self._signed()))
        else:
            self.send(self._dice.choice((_noise, _text, _endless))(self._dice))

    def _signed(self) -> dict[str, Any]:
        kind = self._dice.random()
        if kind < 0.1:
            return {"type": self._dice.choice((link.ASK, link.END, "x", None, 7))}
        return _broken(self._dice, _LEASE)


def _broken(dice: Random, data: dict[str, Any]) -> dict[str, Any]:
    """Return a lease in which something is missing or out of bounds."""
    key = dice.choice([key for key in data if key != "type"])
    if key == "connectors" and dice.random() < 0.5:
        return {**data, key: [_broken(dice, data[key][0])]}
    if dice.random() < 0.1:
        return {name: value for name, value in data.items() if name != key}
    return {**data, key: dice.choice(_JUNK)}


def _noise(dice: Random) -> bytes:
    return dice.randbytes(dice.randrange(200)) + b"\n" * dice.randrange(2)


def _text(dice: Random) -> bytes:
    line = link.encode_line({**_LEASE, "mac": "0" * 64, "nonce": link.draw_nonce()})
    begin = dice.randrange(len(line))
    return line[:begin] + dice.randbytes(dice.randrange(4)) + line[begin + 1 :]


def _endless(dice: Random) -> bytes:
    return dice.choice((b"[", b"{", b"x", b"\xc0", b" ")) * dice.randrange(_LONGEST)


class _Siege:
    """A keeper, and the clients around it."""

    def __init__(self, bus: Bus, folder: Path, dice: Random) -> None:
        fallback, allowed = Fallback(_LIMIT_A, 6.0), AllowedAddresses()
        holder = LeaseHolder(LeaseFile(folder), bus.loop.time(), fallback.amps)
        port = MemoryPort(bus)

        async def connect(
            loop: asyncio.AbstractEventLoop,
            protocol_factory: Callable[[], asyncio.Protocol],
            url: str,
            *,
            baudrate: int,
        ) -> tuple[asyncio.Transport, Any]:
            return await port.connect(protocol_factory)

        self.keeper = Keeper(Setting("/dev/bus", fallback, allowed), holder, connect)
        self.control = Control(self.keeper, allowed, _KEY)
        self.findings = Findings()
        self._dice = dice
        self._masters: list[_Client] = []
        self._requesters: list[_Requester] = []
        bus.frame_listeners.append(self._heard)

    def _heard(self, _: object) -> None:
        self.findings.forwarded += 1

    def take(self, data: bytes) -> None:
        """Send an input to one of the ports."""
        self.findings.inputs += 1
        try:
            if self._dice.random() < 0.5:
                self._master().send(self._longer(data))
            else:
                self._requester().request()
        except Exception:
            _LOGGER.exception("an input was not borne")
            self.findings.exceptions += 1
        self._look()

    def _longer(self, data: bytes) -> bytes:
        return _endless(self._dice) if self._dice.random() < 0.01 else data

    def _master(self) -> _Client:
        """Return a client of the bus."""
        self._masters = [item for item in self._masters if not item.is_over]
        if len(self._masters) < _CLIENTS and self._dice.random() < 0.05:
            protocol = self.keeper.clients.protocol()
            reads = self._dice.random() < 0.7
            client = _Client(protocol, self._dice.choice(_ADDRESSES), reads=reads)
            self._masters.append(client)
            self.findings.connections += 1
        return self._dice.choice(self._masters or [self._closed()])

    def _closed(self) -> _Client:
        client = _Client(asyncio.Protocol(), "")
        client.abort()
        return client

    def _requester(self) -> _Requester:
        """Return a client of the second port."""
        self._requesters = [item for item in self._requesters if not item.is_over]
        if len(self._requesters) < _CLIENTS and self._dice.random() < 0.5:
            address = self._dice.choice(_ADDRESSES)
            self._requesters.append(_Requester(self.control, address, self._dice))
            self.findings.connections += 1
        if not self._requesters:
            return self._requester()
        return self._dice.choice(self._requesters)

    def _look(self) -> None:
        found = self.findings
        here = [item for item in self._requesters if not item.is_over]
        waiting = [item.waiting for item in (*self._masters, *here)]
        found.peak_waiting_bytes = max(found.peak_waiting_bytes, *waiting, 0)
        found.peak_connections = max(found.peak_connections, len(here))

    async def end(self) -> None:
        """Have all clients leave, and return whether a client with the key is served as before."""
        for client in (*self._masters, *self._requesters):
            client.abort()
        # The keeper becomes the master, and links the connectors.
        await asyncio.sleep(_RECOVERS_S)
        client = _Client(self.control.protocol(), _ADDRESSES[0])
        nonces = link.Nonces(link.read_greeting(client.received).nonce, "5" * 32)
        lines = link.SignedLines(_KEY, link.Side.HOME, nonces)
        client.received = b""
        client.send(lines.encode({"type": link.HELLO, "nonce": nonces.home}))
        report = KeeperReport.from_dict(lines.decode(client.received))
        self.findings.leases += report.has_lease
        self.findings.works_at_the_end = len(report.connectors) == _CONNECTORS


async def _run(count: int, seed: int, folder: Path) -> Findings:
    loop = asyncio.get_running_loop()
    dice = Random(seed)
    bus = Bus(loop, seed=seed)
    bus.safety.limit = _LIMIT_A
    for number in range(_CONNECTORS):
        bus.add(WallConnector(number + 1)).plug_in(Car())
    siege = _Siege(bus, folder, dice)
    found = siege.findings

    def failed(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        _LOGGER.error("%s", context)
        found.exceptions += 1

    loop.set_exception_handler(failed)
    bus.start()
    await siege.keeper.port.open()
    for some in batched(inputs(count, seed), _BATCH, strict=False):
        for data in some:
            siege.take(data)
        # Sometimes long enough for the keeper to become the master, or for a slow client to be given up.
        await asyncio.sleep(15 if dice.random() < 0.02 else 2 * dice.random())
    await siege.end()
    siege.control.close()
    await siege.keeper.close()
    bus.stop()
    found.forbidden_frames = len(bus.safety.forbidden_frames)
    found.limit_broken_s = round(bus.safety.broken_s, 2)
    return found


def fuzz(count: int, seed: int) -> Findings:
    """Send a number of inputs; return what was found."""
    with TemporaryDirectory() as folder:
        return run_virtual(_run(count, seed, Path(folder)))


def main(arguments: Sequence[str]) -> int:
    """Send inputs and print what was found; return the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark sockets", add_help=False)
    parser.add_argument("--inputs", type=int, default=_INPUTS, metavar="N")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    # What is refused is logged, and nearly everything is.
    logging.disable(logging.WARNING)
    begin = perf_counter()
    findings = fuzz(args.inputs, args.seed)
    figures = {**asdict(findings), "seconds": round(perf_counter() - begin)}
    if args.json:
        print(json.dumps(figures, indent=2))
    else:
        for name, words in _WORDS.items():
            print(f"{figures[name]:>12,} {words}")
    return 0 if findings.are_good else 1
