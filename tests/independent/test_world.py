"""The world itself: it lets a sharing master pass and convicts a blind one."""

import asyncio
from collections.abc import Coroutine
import selectors
from typing import override

import pytest

from tests.independent import ConnectorSpec, LineSpec, Verdict, World, random_world
from tests.independent.wire import (
    ANNOUNCE_1,
    ANNOUNCE_2,
    HEARTBEAT,
    amps,
    complete,
    enclose,
    sound,
    take,
)

MASTER_ID = b"\x11\x22"


class _Jump(selectors.SelectSelector):
    """Returns at once and moves the clock to the next timer."""

    now = 1000.0

    @override
    def select(
        self, timeout: float | None = None
    ) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop on which time passes only between events."""

    def __init__(self) -> None:
        """Start at a fixed time."""
        self._jump = _Jump()
        super().__init__(self._jump)

    @override
    def time(self) -> float:
        return self._jump.now


class NaiveMaster(asyncio.Protocol):
    """Offers each of a known number of connectors its even share of the limit; blind: offers each the limit."""

    def __init__(self, limit_a: float, connectors: int, blind: bool = False) -> None:
        self.port: asyncio.WriteTransport
        self.lost = False
        self._buffer = bytearray()
        self._share = int(limit_a if blind else limit_a / connectors)
        self._protocols: dict[bytes, int] = {}

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.port = transport
        loop = asyncio.get_running_loop()
        for index in range(10):
            kind = ANNOUNCE_1 if index < 5 else ANNOUNCE_2
            loop.call_later(
                0.1 * index, self.write, complete(kind + MASTER_ID + b"\x55", 14)
            )
        loop.call_later(1.5, self.beat)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True

    @override
    def data_received(self, data: bytes) -> None:
        self._buffer += data
        for body, _ in take(self._buffer):
            if sound(body) and body[:2] == b"\xfd\xe2":
                self._protocols[body[2:4]] = 1 if len(body) == 14 else 2

    def write(self, body: bytes) -> None:
        self.port.write(enclose(body))

    def beat(self) -> None:
        if self.lost:
            return
        loop = asyncio.get_running_loop()
        for index, (unit, protocol) in enumerate(self._protocols.items()):
            command, length = (b"\x05", 14) if protocol == 1 else (b"\x09", 16)
            body = complete(
                HEARTBEAT + MASTER_ID + unit + command + amps(self._share), length
            )
            loop.call_later(0.3 * index, self.write, body)
        loop.call_later(1.0, self.beat)


def run[T](scenario: Coroutine[object, object, T]) -> T:
    """Run a scenario in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(scenario)


async def judged(
    world: World, connectors: int, hours: float, blind: bool = False
) -> Verdict:
    """Return the verdict on the naive master."""
    world.start()
    world.open_port(NaiveMaster(world.limit_a, connectors, blind))
    await asyncio.sleep(hours * 3600)
    world.stop()
    return world.verdict()


def quiet() -> World:
    """Three sound hungry cars that want twice the limit."""
    return World(
        1,
        48.0,
        [ConnectorSpec(protocol=protocol) for protocol in (1, 2, 2)],
        LineSpec(),
    )


def test_a_sharing_master_breaks_nothing_in_a_quiet_world() -> None:
    verdict = run(judged(quiet(), 3, 1.0))
    assert verdict.hours == pytest.approx(1.0, abs=0.01)
    assert verdict.over_limit_s == 0
    assert (
        verdict.offered_broken_s,
        verdict.frames_not_allowed,
        verdict.lost_links,
    ) == (0, 0, 0)
    assert verdict.used_share > 0.85
    assert verdict.linked_share > 0.95


def test_a_blind_master_is_convicted() -> None:
    verdict = run(judged(quiet(), 3, 1.0, blind=True))
    assert verdict.broken_s > 3000
    assert verdict.offered_broken_s > 3000
    assert verdict.worst_a > 30


def test_a_seed_repeats() -> None:
    assert run(judged(World(*random_world(3)), 3, 0.5)) == run(
        judged(World(*random_world(3)), 3, 0.5)
    )


@pytest.mark.long
def test_a_blind_master_breaks_most_random_worlds() -> None:
    verdicts = [
        run(judged(World(*random_world(seed)), 3, 1.0, blind=True))
        for seed in range(10)
    ]
    assert sum(verdict.broken_s > 0 for verdict in verdicts) >= 8
