"""The simulated buses of the cost benchmark, in a process of their own that is not measured.

    python -m scripts.benchmark_lib.cost_bus BUSES CONNECTORS CARS FILE

Every bus has so many connectors, so many of them with a car that charges all the time. It prints the ports as a
JSON list, and when its standard input ends it writes to FILE what frames were heard, and when.
"""

import asyncio
from dataclasses import asdict, dataclass
from functools import partial
import json
from pathlib import Path
import sys
from typing import Any, Final

from simulator import Bus, Car, Frame, PtyPort, WallConnector, make_vin
from simulator.codec import ASK, HEARTBEAT, checksum, wrap

IDS: Final = (0x032E, 0x1839, 0x2431)
_BATTERY_KWH: Final = 10_000.0
"""A battery that does not get full during the benchmark, in kWh."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One frame on a bus.

    Attributes:
        at: when it had ended, in s of the clock that all processes share.
        bus: on which bus, by its number.
        length: bytes on the line.
        offered_to: the connector that it offers `amps` to; None if it is no offer.
        amps: the offer, in A.

    """

    at: float
    bus: int
    length: int
    offered_to: int | None = None
    amps: float | None = None

    @classmethod
    def of(cls, frame: Frame, at: float, bus: int) -> Heard:
        """Return the record of a frame."""
        length = len(wrap(frame.body + bytes([checksum(frame.body)])))
        if frame.key != (ASK, HEARTBEAT) or not frame.body[6]:
            return cls(at, bus, length)
        return cls(at, bus, length, frame.receiver, frame.amps(7))


def read_heard(path: Path) -> list[Heard]:
    """Return the frames that the buses wrote to their file."""
    items: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return [Heard(**item) for item in items]


async def _input_ends() -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    await reader.read()


async def _run(buses: int, connectors: int, cars: int) -> list[Heard]:
    """Run the buses until the input ends; return the frames on them."""
    loop = asyncio.get_running_loop()
    heard: list[Heard] = []

    def hear(number: int, frame: Frame) -> None:
        heard.append(Heard.of(frame, loop.time(), number))

    ports = []
    for number in range(buses):
        bus = Bus(loop, seed=number)
        bus.frame_listeners.append(partial(hear, number))
        ports.append(PtyPort(bus))
        for index, connector_id in enumerate(IDS[:connectors]):
            connector = bus.add(WallConnector(connector_id))
            if index < cars:
                vin = make_vin(number * len(IDS) + index)
                connector.plug_in(Car(vin=vin, battery_kwh=_BATTERY_KWH))
        bus.start()
    print(json.dumps([str(port.path) for port in ports]), flush=True)
    await _input_ends()
    return heard


if __name__ == "__main__":
    items = asyncio.run(_run(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
    Path(sys.argv[4]).write_text(json.dumps([asdict(item) for item in items]), "utf-8")
