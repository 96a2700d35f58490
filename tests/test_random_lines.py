"""Two lines on a circuit to which whatever happens: at no time is there a raise beyond what the circuit carries."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from custom_components.twc_manager.twc import BusStatus

from .adapters import Adapter
from .helpers import quick_car
from .test_circuits import says, subentry
from .two_lines import Lines, LinesBuilder

EVENTS: Final = 30
VOLTS: Final = 240
REACTION_SECONDS: Final = 15.0
"""How long cars may go on with what they had before a limit was lowered."""
AMPS_WATCHED: Final = 0.6
"""More than a meter's error."""


@dataclass
class House:
    """Both lines, with the limits that held lately.

    Attributes:
        limits: the A that cars may take, by the time from which on.
        breaks: where they took more: when, how much, and what was allowed.
        away_since: when a line could not be lowered any more; None while both can.
        back_at: when the last of them came back.

    """

    lines: Lines
    adapters: tuple[Adapter, Adapter]
    random: Random
    circuit: float = 32.0
    load: float = 0.0
    limits: list[tuple[float, float]] = field(default_factory=list)
    breaks: list[tuple[float, float, float]] = field(default_factory=list)
    away_since: float | None = None
    back_at: float = 0.0

    @property
    def now(self) -> float:
        return self.lines.one.hass.loop.time()

    def note_limit(self) -> None:
        self.limits.append((self.now, max(self.circuit - self.load, 0.0)))

    def watch(self) -> None:
        """Judge this moment: a line that is away goes on with what it had before."""
        if not all(map(self._is_there, range(2))):
            self.away_since = self.now if self.away_since is None else self.away_since
            self.back_at = self.now
        elif self.now - self.back_at > REACTION_SECONDS:
            self.away_since = None
        since = (
            self.now if self.away_since is None else self.away_since
        ) - REACTION_SECONDS
        ends = [at for at, _ in self.limits[1:]] + [self.now]
        allowed = max(
            amps
            for (_, amps), end in zip(self.limits, ends, strict=True)
            if end >= since
        )
        if self.lines.drawn > allowed + AMPS_WATCHED:
            self.breaks.append((self.now, self.lines.drawn, allowed))

    def _is_there(self, line: int) -> bool:
        entry = (self.lines.one, self.lines.two)[line].entry
        is_loaded = entry.state is ConfigEntryState.LOADED
        is_running = is_loaded and entry.runtime_data.data.status is BusStatus.RUNNING
        return is_running and self.adapters[line].plugged

    async def wait(self, *seconds: float) -> None:
        for _ in range(int(2 * self.random.choice(seconds))):
            await asyncio.sleep(0.5)
            self.watch()

    # What happens

    async def lose_port(self) -> None:
        adapter = self.random.choice(self.adapters)
        adapter.unplug()
        await self.wait(3, 20, 70, 140, 200)
        adapter.replug()

    async def lose_both_ports(self) -> None:
        one, other = self.random.sample(self.adapters, 2)
        one.unplug()
        await self.wait(1, 20, 60)
        other.unplug()
        await self.wait(5, 50, 100)
        self.random.choice([one.replug, other.replug])()
        await self.wait(1, 30, 80)
        one.replug()
        other.replug()

    async def reload(self) -> None:
        await self.random.choice([self.lines.one, self.lines.two]).reload()

    async def unload(self) -> None:
        scene = self.random.choice([self.lines.one, self.lines.two])
        await scene.hass.config_entries.async_unload(scene.entry.entry_id)
        await self.wait(1, 30, 120, 180)
        await scene.hass.config_entries.async_setup(scene.entry.entry_id)

    async def change_car(self) -> None:
        scene = self.random.choice([self.lines.one, self.lines.two])
        (connector,) = scene.bus.connectors
        if connector.car is None:
            connector.plug_in(quick_car())
        else:
            connector.unplug()

    async def change_load(self) -> None:
        """Have a heat pump of 20 A run, stop, or say nonsense."""
        amps = self.random.choice([0, 5, 12, 20])
        nonsense = self.random.choice(["unavailable", "nan", "-3000", "inf", "much"])
        is_sane = self.random.random() < 0.7
        self.load = amps if is_sane else 20.0
        says(self.lines.one.hass, amps * VOLTS if is_sane else nonsense)

    async def change_circuit(self) -> None:
        self.circuit = self.random.choice([12.0, 20.0, 32.0, 40.0])
        entry = self.lines.one.entry
        (circuit,) = entry.get_subentries_of_type("circuit")
        data = {**circuit.data, "amps": self.circuit}
        hass = self.lines.one.hass
        hass.config_entries.async_update_subentry(entry, circuit, data=data)

    async def something(self) -> None:
        events: list[Callable[[], Awaitable[None]]] = [
            self.lose_port,
            self.lose_both_ports,
            self.reload,
            self.unload,
            self.change_car,
            self.change_load,
            self.change_circuit,
        ]
        await self.random.choice(events)()
        self.note_limit()


@pytest.mark.long
@pytest.mark.parametrize("seed", [2, 9])
async def test_whatever_happens_to_two_lines_no_car_is_raised_beyond_their_circuit(
    hass: HomeAssistant, two_lines: LinesBuilder, adapter: Adapter, seed: int
) -> None:
    says(hass, 0)
    circuit = subentry("circuit", "panel", amps=32, buses=[two_lines.entry.entry_id])
    pump = subentry("load", "pump", circuit="panel", maximum=20, power="sensor.pump")
    lines = await two_lines(subentries=[circuit, pump])
    house = House(lines, (adapter, lines.adapter), Random(seed))
    house.note_limit()
    for _ in range(EVENTS):
        await house.something()
        await house.wait(1, 5, 20, 60, 150)
    assert house.breaks == []
