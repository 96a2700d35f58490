"""The world around the process that is killed: connectors and cars go on, new ones come, and safety is judged."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
import json
import multiprocessing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from simulator import Bus, Car, Frame, PtyPort, WallConnector
from simulator.codec import ASK, HEARTBEAT, Command

from .fast import FastLoop
from .process import LIMIT, Life, live

_OFFERS: Final = (Command.LIMIT, Command.LIMIT_CHARGING)
_PLACES: Final = 3
_PROCESS: Final = f"{__package__}.process"
_FIRST_S: Final = 600.0
"""How long the first process gets for a car to charge."""
_AFTER_S: Final = 5.0
"""How long after what it was waited for a process lives on at most."""
_STOP_S: Final = 60.0
"""In real time; a stop that takes longer is an error."""


@dataclass(slots=True)
class Result:
    """What came of it.

    Attributes:
        kills: processes that were killed.
        stops: processes that were ended in order.
        kills_while_charging: of the kills, those while a car drew current.
        newcomers: connectors that came while a process ran.
        newcomers_fed: of these, those that drew current when their process was killed.
        unknown_fed: connectors with an offer that the file of a killed process did not name.
        believed_orderly: files of processes that were killed after they had sent offers, and that record an
            orderly end.
        highest_drawn: highest sum of the cars' draws, in A.
        limit_broken_s: for how long more was drawn, or could have been, than the wiring bears.
        hours: how long the world went on, in its own h.

    """

    kills: int = 0
    stops: int = 0
    kills_while_charging: int = 0
    newcomers: int = 0
    newcomers_fed: int = 0
    unknown_fed: int = 0
    believed_orderly: int = 0
    highest_drawn: float = 0.0
    limit_broken_s: float = 0.0
    hours: float = 0.0


class KillWorld:
    """Kills processes, one after the other, while the connectors and cars go on."""

    def __init__(
        self, seed: int, folder: Path, speed: float, loop: asyncio.AbstractEventLoop
    ) -> None:
        """Build a bus with one connector and a car."""
        self._dice = Random(seed)
        self._loop = loop
        self.bus = Bus(loop, seed)
        self.bus.safety.limit = LIMIT
        self.result = Result()
        self._ids = self._new_ids()
        self._sent_offers = False
        self.bus.frame_listeners.append(self._hear)
        self._port = PtyPort(self.bus, folder / "adapter")
        self._life = Life(folder / "config", self._port.path, speed)
        self._life.folder.mkdir()
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([_PROCESS])
        self.bus.start()
        self._add()

    async def run(self, kills: int) -> Result:
        """Kill so many processes."""
        began = self._loop.time()
        # A process has run here before, and ended in order.
        await self._live(_FIRST_S, kill=False, until=self._charging)
        while self.result.kills < kills:
            newcomers = self._change_connectors()
            if self._dice.random() < 0.5:
                # The moments at which most may be lost: a new connector has just been fed.
                await self._live(90.0, kill=True, until=partial(_any_draws, newcomers))
            else:
                await self._live(self._duration(), kill=self._dice.random() < 0.8)
            self._note_newcomers(newcomers)
            await asyncio.sleep(self._dice.choice((0.0, 0.0, 2.0, 10.0, 40.0)))
        # What the last one has left shows itself.
        await self._live(130.0, kill=False)
        safety = self.bus.safety
        self.result.limit_broken_s = round(safety.possible_broken_s, 3)
        self.result.highest_drawn = round(safety.highest_drawn, 2)
        self.result.hours = round((self._loop.time() - began) / 3600, 2)
        self._port.close()
        self.bus.stop()
        return self.result

    def _duration(self) -> float:
        """Return how long a process lives, in s: it may die while it starts, searches or charges."""
        bounds = self._dice.choice(((0.0, 15.0), (5.0, 60.0), (60.0, 130.0)))
        return self._dice.uniform(*bounds)

    def _charging(self) -> bool:
        return _any_draws(self.bus.connectors)

    async def _live(
        self, seconds: float, *, kill: bool, until: Callable[[], bool] = lambda: False
    ) -> None:
        """Run a process for so long, or until something holds, and end it."""
        process = self._context.Process(target=live, args=(self._life,))
        process.start()
        self._sent_offers = False
        end = self._loop.time() + seconds
        while (left := end - self._loop.time()) > 0 and not until():
            await asyncio.sleep(min(left, 0.5))
        if left > 0:
            await asyncio.sleep(self._dice.uniform(0, _AFTER_S))
        if kill:
            process.kill()
            self._note_kill()
        else:
            process.terminate()
            self.result.stops += 1
        await asyncio.to_thread(process.join, _STOP_S)
        if process.exitcode is None:
            process.kill()
            raise RuntimeError("a process did not end")

    def _note_kill(self) -> None:
        self.result.kills += 1
        fed = {twc.id for twc in self.bus.connectors if twc.offered > 0}
        self.result.kills_while_charging += self._charging()
        if not self._life.stored.exists():
            self.result.unknown_fed += len(fed)
            return
        data = json.loads(self._life.stored.read_text())["data"]
        known = {int(item["id"], 16) for item in data["connectors"]}
        self.result.unknown_fed += len(fed - known)
        self.result.believed_orderly += self._sent_offers and data["ended_in_order"]

    def _hear(self, frame: Frame) -> None:
        if frame.key == (ASK, HEARTBEAT) and frame.body[6] in _OFFERS:
            self._sent_offers = True

    def _note_newcomers(self, newcomers: list[WallConnector]) -> None:
        self.result.newcomers += len(newcomers)
        self.result.newcomers_fed += sum(twc.drawn > 1 for twc in newcomers)

    def _change_connectors(self) -> list[WallConnector]:
        """Take connectors away if all places are taken; one or two new ones come while the next process lives."""
        while len(self.bus.connectors) >= _PLACES or (
            len(self.bus.connectors) > 1 and self._dice.random() < 0.2
        ):
            gone = self._dice.choice(self.bus.connectors)
            gone.power_down()
            self.bus.remove(gone)
        if self._dice.random() < 0.2:
            return []
        newcomers: list[WallConnector] = []
        self._loop.call_later(
            self._dice.uniform(0, 40), lambda: newcomers.append(self._add())
        )
        return newcomers

    def _add(self) -> WallConnector:
        dice = self._dice
        twc = WallConnector(next(self._ids), protocol=dice.choice((1, 2)), rating=80)
        if len(self.bus.connectors) < _PLACES:
            self.bus.add(twc)
            twc.plug_in(Car(ramp=20.0, soc=10.0, reaction_s=dice.choice((0.2, 2.0))))
        return twc

    def _new_ids(self) -> Iterator[int]:
        """Return ids; an owner who has had twelve connectors plugs in an old one again."""
        ids = self._dice.sample(range(0x1000, 0xF000), 12)
        while True:
            taken = {twc.id for twc in self.bus.connectors}
            yield self._dice.choice([item for item in ids if item not in taken])


def _any_draws(connectors: Iterable[WallConnector]) -> bool:
    return any(twc.drawn > 1 for twc in connectors)


def run_kills(seed: int, kills: int, speed: float) -> Result:
    """Kill so many processes; return what came of it."""
    with (
        TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=lambda: FastLoop(speed)) as runner,
    ):
        world = KillWorld(seed, Path(folder), speed, runner.get_loop())
        return runner.run(world.run(kills))
