"""The faults of a campaign: of the bus, the port and the computer, and their end."""

import asyncio
from collections.abc import Callable
from dataclasses import fields
from random import Random
from typing import Final, override

from homeassistant.core import HomeAssistant

from simulator import Bus, Faults, MemoryPort, SecondMaster, WallConnector

from .disk import Disk
from .home import MASTER_ID, Home
from .judges import Leaks
from .plan import Event, What

_MAX_RATE: Final = 0.1
_SECONDS_TO_MEND: Final = 0.25
_MOMENT_S: Final = 1.0
_DOUBT_S: Final = 120.0
"""How long two units with one id are remembered after one is gone: a minute of announcements, which begin after 26 s."""


class Twin(WallConnector):
    """A second unit with the id of another one. No car is at it: an offer to it is not drawn by anybody."""

    @property
    @override
    def possible(self) -> float:
        return 0.0


class Mishaps:
    """Starts and ends mishaps."""

    def __init__(
        self,
        bus: Bus,
        port: MemoryPort,
        home: Home,
        *,
        leaks: Leaks,
        disk: Disk,
        over: Callable[[], None],
    ) -> None:
        """Prepare; `over` is called when the last one in progress has ended."""
        self._bus = bus
        self._port = port
        self._home = home
        self._leaks = leaks
        self._disk = disk
        self._over = over
        self._going_on = 0
        self._unplugged = 0
        self.off_for = 0.0
        """The time for which the computer stays off after it was stopped or killed, in s."""

    @property
    def going_on(self) -> bool:
        """Whether there is a fault now."""
        return self._going_on > 0

    def happen(self, event: Event) -> None:
        """Start a mishap."""
        self._going_on += 1
        match event.what:
            case What.WIRE:
                self._spoil_wire(event)
            case What.PORT:
                self._pull_port(event)
            case What.SECOND_MASTER:
                self._add_master(event)
            case What.POWER_CYCLE | What.POWER_OFF | What.SAME_ID:
                self._cut_connector(event)
            case What.RELOAD:
                self._home.do(self._reload)
                self._later(_SECONDS_TO_MEND, self._end_when, self._home_is_up)
            case What.STALL:
                self._home.stall(event.seconds)
                self._end_after(event.seconds)
            case What.DISK:
                self._disk.fill()
                self._later(event.seconds, self._free_disk)
            case What.DOUBLE_ID:
                self._add_twin(event)
            case What.RESTART | What.KILL:
                self._end_home(event)

    def _end_home(self, event: Event) -> None:
        self.off_for = event.seconds
        (self._home.stop if event.what is What.RESTART else self._home.kill)()
        # Where the port is missing then, Home Assistant tries the set-up again at its own pace.
        self._later(_SECONDS_TO_MEND, self._end_when, self._home_is_up)

    def _spoil_wire(self, event: Event) -> None:
        spoil(self._bus.faults, Random(event.dice))
        self._later(event.seconds, self._mend_wire)

    def _mend_wire(self) -> None:
        self._bus.faults.clear()
        self._end()

    def _pull_port(self, event: Event) -> None:
        self._unplugged += 1
        self._port.unplug()
        self._later(event.seconds, self._replug)

    def _replug(self) -> None:
        self._unplugged -= 1
        if not self._unplugged:
            self._port.replug()
        self._end()

    def _free_disk(self) -> None:
        self._disk.free()
        # What could not be written is written again.
        self._end_after(_DOUBT_S)

    def _add_twin(self, event: Event) -> None:
        """Switch on a second unit with the id of another one, without a car: it only has offers, and answers."""
        twc = self._bus.connectors[event.place]
        twin = Twin(
            twc.id,
            protocol=twc.protocol,
            rating=twc.rating,
            serial=f"TWIN{event.dice % 10_000_000:07}",
            firmware=twc.firmware,
            initial_kwh=twc.initial_kwh,
        )
        self._bus.add(twin)
        self._later(event.seconds, self._remove_twin, twin)

    def _remove_twin(self, twin: WallConnector) -> None:
        self._bus.remove(twin)
        self._end_after(_DOUBT_S)

    def _add_master(self, event: Event) -> None:
        dice = Random(event.dice)
        master = SecondMaster(0x0350 + event.place, heartbeats=dice.random() < 0.5)
        master.attach(self._bus)
        self._later(event.seconds, self._remove_master, master)

    def _remove_master(self, master: SecondMaster) -> None:
        master.detach()
        self._end()

    def _cut_connector(self, event: Event) -> None:
        twc = self._bus.connectors[event.place]
        if not twc.powered:
            self._end()
            return
        twc.power_down()
        self._bus.changed()
        if event.what is What.SAME_ID:
            twc.id = MASTER_ID

        def power_up() -> None:
            twc.power_up()
            self._end()

        self._later(max(event.seconds, 3.0), power_up)

    async def _reload(self, hass: HomeAssistant) -> None:
        entry = self._home.entry
        if entry is None:
            return
        await hass.config_entries.async_unload(entry.entry_id)
        if self._leaks.left(hass):
            # Home Assistant waits for 10 s, even if its loop was blocked for all of them: a finished task may still have
            # to notice it.
            await asyncio.sleep(_MOMENT_S)
        self._leaks.look(hass)
        await hass.config_entries.async_setup(entry.entry_id)

    def _home_is_up(self) -> bool:
        return self._home.entry is not None

    def _end_when(self, true: Callable[[], bool]) -> None:
        if true():
            self._end()
        else:
            self._later(_SECONDS_TO_MEND, self._end_when, true)

    def _end_after(self, seconds: float) -> None:
        self._later(seconds, self._end)

    def _later[*Ts](
        self, seconds: float, call: Callable[[*Ts], None], *args: *Ts
    ) -> None:
        self._bus.loop.call_later(seconds, call, *args)

    def _end(self) -> None:
        self._going_on -= 1
        if not self._going_on:
            self._over()


def spoil(faults: Faults, dice: Random) -> None:
    """Give some of the faults a rate, up to a tenth of the frames."""
    faults.clear()
    rates = [
        field.name
        for field in fields(Faults)
        if field.name not in {"echo", "idle_noise"}
    ]
    for name in dice.sample(rates, dice.randint(1, len(rates))):
        setattr(faults, name, dice.uniform(0.01, _MAX_RATE))
    faults.echo = dice.random() < 0.2
    faults.idle_noise = dice.choice((0.0, 0.0, 0.5, 2.0))
