"""One Home Assistant with all buses of a house, behind a common circuit and a common main fuse."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import chain
import logging
from math import nan
from random import Random
from typing import Final

from custom_components.twc_manager.charging.circuits.circuit import (
    Circuit,
    CircuitConfig,
    CircuitPlace,
)
from custom_components.twc_manager.charging.fuse_supply import FusePlace
from custom_components.twc_manager.charging.supply.fuse_reading import (
    FuseConfig,
    FuseReading,
)
from custom_components.twc_manager.charging.supply.shared_fuse import SharedFuse
from simulator import run_virtual
from tests.independent import (
    House,
    HouseSpec,
    HouseVerdict,
    MeterSpec,
    Reading,
    UpheavalKind,
    Verdict,
    World,
    random_house,
)

from .campaign import Judged, faults_of
from .lines import DirectLine
from .owner import VOLTS
from .product import Offers, Place, Product, Setup

_PHASES: Final = 3
_OWNER_SECONDS: Final = (5.0, 300.0)
_LOOK_SECONDS: Final = 60.0
_ALL_RESTART_SHARE: Final = 0.5


def house_faults(house: HouseVerdict, lines: Sequence[Verdict]) -> tuple[str, ...]:
    """Return what the masters did wrong in a house, in words."""
    found = (f"{name} {value}" for name, value in house.faults.items())
    return (*found, *chain.from_iterable(map(faults_of, lines)))


def judge_house(seed: int, hours: float) -> Judged:
    """Play a house with rules that know neither circuit nor fuse until one is broken, and if it is, with ours."""
    _, lines, spec = random_house(seed)
    words = [f"house with {len(lines)} {'line' if len(lines) == 1 else 'lines'}"]
    words += [] if spec.circuit_a is None else ["circuit"]
    words += [] if spec.fuse_a is None else ["main fuse"]
    product = ", ".join(words)
    blind, _ = play_house(seed, hours, blind=True)
    if not blind.faults:
        return Judged(seed, product, blind.hours, counts=False)
    house, verdicts = play_house(seed, hours)
    faults = house_faults(house, verdicts)
    return Judged(seed, product, house.hours, faults, house.used_share)


def play_house(
    seed: int,
    hours: float,
    mutant: Callable[[], AbstractContextManager[None]] = nullcontext,
    *,
    meter: MeterSpec | None = None,
    blind: bool = False,
) -> tuple[HouseVerdict, tuple[Verdict, ...]]:
    """Play a house once.

    Args:
        seed: of the house and all that happens in it.
        hours: for how many hours.
        mutant: takes something out of the rules; `nullcontext` for nothing.
        meter: replaces the meter that the seed gives it; None for that one.
        blind: whether the rules know neither circuit nor fuse; they are played until something is broken.

    """
    _, _, spec = random_house(seed)
    spec = spec if meter is None else replace(spec, meter=meter)
    logging.disable()
    with mutant():
        return run_virtual(_played(seed, hours, spec, blind=blind))


async def _played(
    seed: int, hours: float, spec: HouseSpec, *, blind: bool
) -> tuple[HouseVerdict, tuple[Verdict, ...]]:
    _, lines, _ = random_house(seed)
    house = House(seed, [World(*line) for line in lines], spec)
    home = Home(house, seed, HouseSpec() if blind else spec)
    house.start()
    await home.start()
    async with asyncio.TaskGroup() as group:
        tasks = (
            group.create_task(home.let_owners_act()),
            group.create_task(home.let_things_happen()),
        )
        loop = asyncio.get_running_loop()
        end = loop.time() + hours * 3600
        while loop.time() < end and not (blind and house.verdict().faults):
            await asyncio.sleep(min(_LOOK_SECONDS, end - loop.time()))
        for task in tasks:
            task.cancel()
    await home.stop()
    house.stop()
    return house.verdict(), tuple(world.verdict() for world in house.worlds)


class Home:
    """One Home Assistant in a house."""

    def __init__(self, house: House, seed: int, known: HouseSpec) -> None:
        """Prepare; `known` is the part of the house that its owner has set up."""
        self._house = house
        self._known = known
        self._dice = Random(f"home {seed}")
        self._lines = tuple(DirectLine(world) for world in house.worlds)
        self._buses = tuple(
            Product(
                Setup(f"{seed} {number}", Offers.RULES, world.limit_a, phases=_PHASES),
                line.open_port,
            )
            for number, (world, line) in enumerate(
                zip(house.worlds, self._lines, strict=True)
            )
        )
        self._fuse = SharedFuse()
        self._circuit: Circuit | None = None
        house.on_reading = self._read

    async def start(self) -> None:
        """Start the process: what the buses share begins anew."""
        self._fuse = SharedFuse()
        self._circuit = None
        if self._known.circuit_a is not None:
            self._circuit = Circuit(
                CircuitConfig(
                    "circuit",
                    "circuit",
                    self._known.circuit_a,
                    frozenset(map(str, range(len(self._buses)))),
                ),
                asyncio.get_running_loop().time(),
            )
        for number in range(len(self._buses)):
            await self._start(number)

    async def stop(self) -> None:
        """End the process in order."""
        for number in range(len(self._buses)):
            await self._stop(number)

    async def _kill(self) -> None:
        for bus, line in zip(self._buses, self._lines, strict=True):
            await line.kill_home(bus)

    async def _start(self, number: int) -> None:
        """Load a bus."""
        name = str(number)
        circuits = CircuitPlace(name)
        if self._circuit is not None:
            self._circuit.join(name, self._buses[number].house_changed)
            circuits = circuits.behind(self._circuit)
        if self._known.fuse_a is None:
            await self._buses[number].start(Place(circuits=circuits))
            return
        config = FuseConfig(self._known.fuse_a, VOLTS, _PHASES)
        place = Place(FusePlace(self._fuse, name), config, circuits)
        await self._buses[number].start(place)

    async def _stop(self, number: int) -> None:
        """Unload a bus."""
        await self._buses[number].stop()
        if self._circuit is not None:
            self._circuit.lose(str(number), asyncio.get_running_loop().time())
        self._fuse.leave(str(number))

    def _read(self, reading: Reading) -> None:
        amps = tuple(nan if value is None else value for value in reading.amps)
        read = FuseReading(reading.at, amps, times=(reading.at,) * _PHASES)
        for bus in self._buses:
            bus.reading = read
            bus.house_changed()

    async def let_owners_act(self) -> None:
        """Let the owners of the buses change something again and again."""
        while True:
            await asyncio.sleep(self._dice.uniform(*_OWNER_SECONDS) / len(self._buses))
            self._dice.choice(self._buses).owner_acts()

    async def let_things_happen(self) -> None:
        """Stall ports, reload buses, and restart or kill the process."""
        while True:
            number = self._dice.randrange(len(self._buses))
            upheaval = self._house.worlds[number].next_upheaval()
            await asyncio.sleep(upheaval.after_s)
            seconds = upheaval.seconds
            match upheaval.kind:
                case UpheavalKind.STALL:
                    await self._lines[number].trouble(seconds)
                case UpheavalKind.RESTART:
                    await self._restart(number, seconds)
                case UpheavalKind.KILL:
                    await self._kill()
                    await asyncio.sleep(seconds)
                    await self.start()

    async def _restart(self, number: int, seconds: float) -> None:
        """Reload a bus, or restart the process."""
        if self._dice.random() < _ALL_RESTART_SHARE:
            await self.stop()
            await asyncio.sleep(seconds)
            await self.start()
        else:
            await self._stop(number)
            await asyncio.sleep(seconds)
            await self._start(number)
