"""The floor of the cost: a minimal program that exchanges the frames of a bus and does nothing else.

    python -m scripts.benchmark_lib.cost_floor BUSES CONNECTORS SECONDS

It sends each connector a heartbeat a second through serialx, as the integration does, and takes the answer: two wake-ups
of the event loop for each exchange, one to send and one to receive. Nothing is decoded, decided or checked. The answers
come from another process, behind real pseudo terminals, each in one piece. It prints in JSON what of a core it takes, in
percent, by the kernel's account of its process.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from itertools import cycle
import json
import os
from resource import RUSAGE_SELF, getrusage
import subprocess
import sys
from time import monotonic
import tty
from typing import Final, override

from serialx import create_serial_connection

from simulator.codec import ANSWER, ASK, HEARTBEAT, compose, wrap

from .cost_bus import IDS

PERIOD_S: Final = 1.0
"""The time between two exchanges with a connector."""
_MASTER_ID: Final = 0x7777
_LENGTH: Final = 16
_QUESTIONS: Final = tuple(
    wrap(compose(ASK, HEARTBEAT, _MASTER_ID, item, length=_LENGTH)) for item in IDS
)
_ANSWER: Final = wrap(
    compose(
        ANSWER, HEARTBEAT, IDS[0], _MASTER_ID, payload=b"\x01\x06\x40\x06\x0d",
        length=_LENGTH,
    )
)  # fmt: skip
"""Charging, 16.00 A allowed, 15.49 A drawn."""
_ANSWER_AFTER_S: Final = 0.04
"""The time of the question on the line, and that until a connector answers."""
_READ_BYTES: Final = 64
_BAUD_RATE: Final = 9600
_SETTLE_S: Final = 3.0
_ANSWERED_SHARE: Final = 0.98
"""Less than this has been answered only if the program or its peer is wrong."""


class _Line(asyncio.Protocol):
    """One bus: sends the questions in turn, and counts the answers.

    Attributes:
        asked: how many questions were sent.
        received: how many bytes came in.

    """

    def __init__(self, connectors: int, first_at: float) -> None:
        """Prepare; the first question is sent at `first_at`, in s of the event loop's clock."""
        self.asked = 0
        self.received = 0
        self._questions = cycle(_QUESTIONS[:connectors])
        self._step = PERIOD_S / connectors
        self._due = first_at
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        asyncio.get_running_loop().call_at(self._due, self._ask)

    @override
    def data_received(self, data: bytes) -> None:
        self.received += len(data)

    def _ask(self) -> None:
        assert self._transport is not None
        self._transport.write(next(self._questions))
        self.asked += 1
        self._due += self._step
        asyncio.get_running_loop().call_at(self._due, self._ask)


async def _run(ports: Sequence[str], connectors: int, seconds: float) -> float:
    """Exchange frames on all ports; return the percent of a core that it took.

    Raises:
        RuntimeError: if questions were not answered.

    """
    loop = asyncio.get_running_loop()
    lines: list[_Line] = []
    for number, port in enumerate(ports):
        # No two buses at the same moment: their wake-ups would be one.
        first_at = loop.time() + 1 + number * PERIOD_S / connectors / len(ports)
        lines.append(_Line(connectors, first_at))
        await create_serial_connection(
            loop, partial(lines.__getitem__, number), port, baudrate=_BAUD_RATE
        )
    await asyncio.sleep(_SETTLE_S)
    began, before = monotonic(), _cpu_s()
    await asyncio.sleep(seconds)
    percent = 100 * (_cpu_s() - before) / (monotonic() - began)
    asked = sum(line.asked for line in lines)
    answered = sum(line.received for line in lines) / len(_ANSWER)
    if answered < _ANSWERED_SHARE * (asked - len(lines)):
        raise RuntimeError(f"{asked} questions and only {answered:g} answers")
    return percent


def _cpu_s() -> float:
    usage = getrusage(RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def _answer_all(buses: int) -> None:
    """Print the ports of so many buses, and answer what comes in on them until the input ends."""
    loop = asyncio.get_running_loop()
    ports = []
    for _ in range(buses):
        ours, other = os.openpty()
        tty.setraw(other)
        # Both ends stay open: one that is not open for a moment reports a hangup.
        ports.append(os.ttyname(other))
        loop.add_reader(ours, _take, loop, ours)
    print(json.dumps(ports), flush=True)
    ended = asyncio.Event()
    loop.add_reader(sys.stdin, ended.set)
    await ended.wait()


def _take(loop: asyncio.AbstractEventLoop, port: int) -> None:
    if os.read(port, _READ_BYTES):
        loop.call_later(_ANSWER_AFTER_S, os.write, port, _ANSWER)


def floor_percent(buses: int, connectors: int, seconds: float) -> float:
    """Return the percent of a core that such a program takes, measured for some seconds in a separate process.

    Raises:
        ChildProcessError: if it failed.

    """
    done = subprocess.run(
        [
            *(sys.executable, "-m", f"{__package__}.cost_floor"),
            *(str(buses), str(connectors), str(seconds)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ChildProcessError(f"The floor could not be measured: {done.stderr}")
    return float(json.loads(done.stdout))


def _main(buses: int, connectors: int, seconds: float) -> float:
    """Measure against a process that answers."""
    with subprocess.Popen(
        [sys.executable, "-m", f"{__package__}.cost_floor", str(buses)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as peer:
        assert peer.stdin is not None and peer.stdout is not None
        ports = json.loads(peer.stdout.readline())
        try:
            return asyncio.run(_run(ports, connectors, seconds))
        finally:
            peer.stdin.close()


if __name__ == "__main__":
    if len(sys.argv) == 2:
        asyncio.run(_answer_all(int(sys.argv[1])))
    else:
        print(json.dumps(_main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))))
