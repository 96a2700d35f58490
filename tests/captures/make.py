"""Records the captures of this folder from the simulator: `.venv/bin/python -m tests.captures.make`.

Every run gives the same files, as long as neither the simulator nor the master says anything new. What must be
found in them is in tests/twc/test_captures.py.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
import random
from typing import Any, Final, override

from custom_components.twc_manager.twc import Connect, Master, WiringLimits
from scripts.twc_lib.listener import Listener
from scripts.twc_lib.recording import Recorder, new_file
from simulator import (
    Bus,
    Car,
    MemoryPort,
    SecondMaster,
    WallConnector,
    make_vin,
    run_virtual,
)
from simulator.bad_wiring import BadlyWiredPort, BadWiring

FOLDER: Final = Path(__file__).parent
MASTER_ID: Final = 0x7777
_STARTED: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scene:
    """What happens on a bus while it is recorded for some seconds."""

    about: str
    connectors: Callable[[], list[WallConnector]]
    seconds: float = 40.0
    master: bool = False
    prepare: Callable[[Bus], object] = lambda _: None
    wiring: BadWiring | None = None
    at_the_master: bool = False
    """Whether the recording is of what the master's own port hears."""


def _modern() -> list[WallConnector]:
    # Their ids and signs take escapes on the line.
    return [
        WallConnector(0x032E, protocol=2, rating=32.0),
        WallConnector(0xC0DB, protocol=2, rating=32.0),
    ]


def _old() -> list[WallConnector]:
    return [WallConnector(0x1839, protocol=1, rating=80.0)]


def _noise(bus: Bus) -> None:
    bus.faults.corrupt = 0.1
    bus.faults.noise = 0.1
    bus.faults.tail_garbage = 0.1
    bus.faults.idle_noise = 2.0


def _echo(bus: Bus) -> None:
    bus.faults.echo = True


def _second_master(bus: Bus) -> None:
    bus.loop.call_later(10, SecondMaster(0x035D).attach, bus)


def _differing() -> list[WallConnector]:
    ratings = (32.0, 80.0, 32.0, 32.0)
    return [WallConnector(0x1000 + n, rating=amps) for n, amps in enumerate(ratings)]


SCENES: Final = {
    "waiting": Scene("connectors without a master", _modern),
    "linking_protocol_1": Scene(
        "a master links, waits for unseen ones, and charges",
        _old,
        seconds=90.0,
        master=True,
    ),
    "queries_protocol_2": Scene(
        "a master links, asks, waits for unseen ones, and charges",
        _modern,
        seconds=90.0,
        master=True,
    ),
    "noise": Scene("a master on a bad line", _modern, master=True, prepare=_noise),
    "echo": Scene(
        "what a master hears with an adapter that echoes",
        _modern,
        master=True,
        prepare=_echo,
        at_the_master=True,
    ),
    "second_master": Scene("another master comes", _modern, prepare=_second_master),
    "two_masters": Scene(
        "a master, and 10 s later another", _modern, master=True, prepare=_second_master
    ),
    "unheard_master": Scene(
        "what a master's port hears: the connectors, and not itself",
        _modern,
        master=True,
        at_the_master=True,
    ),
    "four_connectors": Scene("one connector too many, of another kind", _differing),
    "swapped_wires": Scene(
        "A and B swapped", _modern, master=True, wiring=BadWiring(swapped=True)
    ),
    "swapped_wires_waiting": Scene(
        "A and B swapped, no master, talkers that drive the line early",
        _modern,
        wiring=BadWiring(swapped=True, failsafe=False, lead_bits=5),
    ),
    "read_at_115200": Scene("115200 baud", _modern, wiring=BadWiring(baud=115200)),
    "read_at_19200": Scene("19200 baud", _modern, wiring=BadWiring(baud=19200)),
    "read_at_4800": Scene("4800 baud", _modern, wiring=BadWiring(baud=4800)),
    "only_noise": Scene(
        "an open line", list, prepare=lambda bus: setattr(bus.faults, "idle_noise", 5.0)
    ),
    "silence": Scene("nobody there", list),
}


class _Tee(asyncio.Protocol):
    """Lets somebody else hear what a protocol hears."""

    def __init__(
        self, protocol: asyncio.Protocol, hear: Callable[[bytes], None]
    ) -> None:
        self._protocol = protocol
        self._hear = hear

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._protocol.connection_made(transport)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._protocol.connection_lost(exc)

    @override
    def data_received(self, data: bytes) -> None:
        self._hear(data)
        self._protocol.data_received(data)


class Port:
    """A port to a bus that opens as serialx opens ports, wired well or badly."""

    def __init__(
        self,
        bus: Bus,
        wiring: BadWiring | None = None,
        hear: Callable[[bytes], None] = lambda _: None,
    ) -> None:
        self.memory = MemoryPort(bus)
        self._port = (
            self.memory if wiring is None else BadlyWiredPort(self.memory, wiring)
        )
        self._hear = hear

    async def __call__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], asyncio.Protocol],
        url: str,
        *,
        baudrate: int,
    ) -> tuple[asyncio.Transport, Any]:
        return await self._port.connect(lambda: _Tee(protocol_factory(), self._hear))


def charging_master(connect: Connect) -> Master:
    master = Master(
        "/dev/simulated",
        MASTER_ID,
        WiringLimits(40.0, 32.0),
        search=False,
        on_change=lambda snapshot: master.set_offers(
            {connector.connector_id: 16.0 for connector in snapshot.connectors}
        ),
        connect=connect,
    )
    return master


async def record(scene: Scene, recorder: Recorder) -> None:
    """Play a scene and record it."""
    # The sign of our master.
    random.seed(1)
    bus = Bus(seed=1)
    for number, connector in enumerate(scene.connectors(), 1):
        bus.add(connector)
        connector.plug_in(Car(vin=make_vin(number)))
    scene.prepare(bus)
    bus.start()
    start = bus.now

    def heard_by_master(data: bytes) -> None:
        if scene.at_the_master:
            recorder.take(data, bus.now - start)

    master = charging_master(Port(bus, hear=heard_by_master)) if scene.master else None
    if master is not None:
        await master.start()
    if scene.at_the_master:
        await asyncio.sleep(scene.seconds)
    else:
        await _listen(bus, scene, recorder)
    if master is not None:
        await master.stop()
    recorder.finish()
    bus.stop()


async def _listen(bus: Bus, scene: Scene, recorder: Recorder) -> None:
    def lost(text: str) -> None:
        raise AssertionError(text)

    port = Port(bus, scene.wiring)
    async with Listener("/dev/simulated", on_note=lost, connect=port) as listener:
        async for time, data in listener.portions(scene.seconds):
            recorder.take(data, time)


def main() -> None:
    """Record them all."""
    for name, scene in SCENES.items():
        with new_file(str(FOLDER / f"{name}.txt"), replace=True) as stream:
            recorder = Recorder(stream, _STARTED, remarks=(scene.about,))
            run_virtual(record(scene, recorder))


if __name__ == "__main__":
    main()
