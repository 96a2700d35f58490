"""A campaign of faults for a house with two lines on one circuit: the circuit holds, whichever line goes away and comes back."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime
import logging
from pathlib import Path
import random
from random import Random
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Final, Self, cast
from unittest.mock import patch
from zoneinfo import ZoneInfo

from homeassistant.config_entries import ConfigEntry, ConfigSubentryDataWithId
from homeassistant.const import CONF_DEVICE, UnitOfPower
from homeassistant.core import HomeAssistant

from custom_components.twc_manager.const import (
    CONF_MASTER_ID,
    CONF_MAX_CONNECTOR_CURRENT,
    CONF_MAX_CURRENT,
    CONF_MIN_CURRENT,
    CONF_PHASES,
    CONF_VOLTAGE,
    DOMAIN,
)
from custom_components.twc_manager.inputs.circuits import SUBENTRY_CIRCUIT
from custom_components.twc_manager.inputs.fuse import CONF_FUSE_POWER, CONF_FUSE_SIZE
from custom_components.twc_manager.twc import transport
from simulator import Bus, MemoryPort, WallConnector, World
from simulator.medium import Medium
from simulator.safety import SafetyRecord

from .home import MASTER_ID, PORT, TIME_ZONE, Home, ports_from
from .judges import Leaks, drawing
from .life import GRID, METER_S, NONSENSE, house_w, random_car, set_entity
from .mishaps import spoil
from .plan import LINE_PLACES, Event, What, line_events
from .wall_clock import WallClock

LINES: Final = 2
_EACH: Final = LINE_PLACES // LINES
_IDS: Final = (0x032E, 0x1839, 0x2431, 0x5C27)
_LIMITS_A: Final = (32, 40, 48)
_CIRCUIT_SHARES: Final = (0.45, 0.5, 0.6)
"""What the circuit carries, as a share of what the wirings of both lines do together."""
_FUSE_SHARES: Final = (0.0, 0.0, 1.2)
"""The size of the main fuse, as a share of what the circuit carries; 0 for none that is watched."""
_USED: Final = 0.9
_LOOK_S: Final = 10.0
_BEGIN: Final = datetime(2026, 11, 28, 6, tzinfo=ZoneInfo(TIME_ZONE))
# Mostly both lines want more than the circuit carries.
_MODES: Final = (*["fixed"] * 8, "green", "off")
_TOTALS: Final = (*[48] * 4, 6, 16)


@dataclass(frozen=True, slots=True)
class Result:
    """The results of a campaign.

    Attributes:
        hours: the time in the world, in h.
        charging_hours: the time for which cars drew, of all connectors together, in h.
        limit_broken_s: the time for which more than the wiring of a line was drawn or allowed, in s.
        circuit_broken_s: the time for which more than the circuit carries was drawn or allowed on both lines, in s.
        circuit_worst: the highest sum that was drawn or allowed, as a share of what the circuit carries.
        circuit_used_h: the time for which at least 90 % of the circuit were allowed, in h.
        forbidden_frames: frames written that a master must not write.
        leaked: the tasks and timers that a stop left behind.
        events: the number of events of each kind.

    """

    hours: float
    charging_hours: float
    limit_broken_s: float
    circuit_broken_s: float
    circuit_worst: float
    circuit_used_h: float
    forbidden_frames: int
    leaked: tuple[str, ...]
    events: MappingProxyType[str, int] | dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return the figures."""
        return asdict(self)

    def broken(self) -> Iterator[str]:
        """Yield the requirements that are not met."""
        for key in ("limit_broken_s", "circuit_broken_s", "forbidden_frames"):
            if found := getattr(self, key):
                yield f"{key} is {found:g}, more than 0"
        yield from self.leaked


@dataclass(frozen=True, slots=True)
class Site:
    """What the wiring of each line, the circuit and the main fuse carry, in A; a fuse of 0 is not watched."""

    limits: tuple[int, ...]
    circuit: int
    fuse: int

    @classmethod
    def drawn(cls, dice: Random) -> Self:
        """Return some site."""
        limits = tuple(dice.choice(_LIMITS_A) for _ in range(LINES))
        circuit = round(sum(limits) * dice.choice(_CIRCUIT_SHARES))
        return cls(limits, circuit, round(circuit * dice.choice(_FUSE_SHARES)))


@dataclass(frozen=True, slots=True)
class _Together:
    """All lines as one, for the record of the circuit."""

    world: World
    buses: Sequence[Bus]

    @property
    def now(self) -> float:
        """The time, in s."""
        return self.world.time()

    @property
    def connectors(self) -> list[WallConnector]:
        """The connectors of all lines."""
        return [twc for bus in self.buses for twc in bus.connectors]


@dataclass(slots=True)
class _Meter:
    """The faults of the meter of the house, and its last value."""

    silent: int = 0
    frozen: int = 0
    nonsense: str | None = None
    reported: str = ""


@dataclass(slots=True)
class _Progress:
    charged_s: float = 0.0
    used_s: float = 0.0
    cars: int = 0
    is_over: bool = False
    off_for: float = 0.0
    happened: dict[str, int] = field(default_factory=dict)


class TwoLines:
    """One campaign, of a seed."""

    def __init__(self, seed: int, folder: Path, plan: Iterable[Event]) -> None:
        """Build the world."""
        self.world = World()
        self.site = Site.drawn(Random(f"{seed} site"))
        dice = Random(f"{seed} connectors")
        self.buses = [
            _bus(self.world, seed * LINES + line, limit, _ids(line), dice)
            for line, limit in enumerate(self.site.limits)
        ]
        self.ports = [
            MemoryPort(bus, f"{PORT}{line}") for line, bus in enumerate(self.buses)
        ]
        self.together = _Together(self.world, self.buses)
        self.circuit = SafetyRecord(cast("Medium", self.together), self.site.circuit)
        for bus in self.buses:
            bus.change_listeners.append(self.circuit.update)
        self.clock = WallClock(self.world, _BEGIN)
        self.leaks = Leaks()
        entries = [_entry(self.site, line) for line in range(LINES)]
        self.home = Home(self.world, self.ports, folder, entries, self.leaks.look)
        self.meter = _Meter()
        self.progress = _Progress()
        self._plan = iter(plan)

    def run(self, charging_hours: float) -> Result:
        """Run all events until the cars have charged for some hours."""
        begin = self.world.time()
        with ExitStack() as stack:
            stack.enter_context(self.clock.in_use())
            stack.enter_context(
                patch.object(
                    transport, "create_serial_connection", ports_from(*self.ports)
                )
            )
            for bus in self.buses:
                bus.start()
            self._report_meter()
            self._look(charging_hours * 3600)
            self._next(begin)
            while not self.progress.is_over:
                self.home.live()
                self.world.advance(self.world.time() + self.progress.off_for)
            for bus in self.buses:
                bus.stop()
        return self._result(begin)

    def _next(self, begin: float) -> None:
        """Schedule the next event."""
        event = next(self._plan)
        self.world.call_at(begin + event.at, self._happen, event, begin)

    def _happen(self, event: Event, begin: float) -> None:
        happened = self.progress.happened
        happened[event.what] = happened.get(event.what, 0) + 1
        if not self._happen_to_home(event) and not self._happen_to_meter(event):
            self._happen_to_line(event)
        self._next(begin)

    def _happen_to_home(self, event: Event) -> bool:
        """Run an event of the computer; return whether it is one."""
        match event.what:
            case What.RESTART | What.KILL:
                self.progress.off_for = event.seconds
                killed = event.what is What.KILL
                (self.home.kill if killed else self.home.stop)()
            case What.STALL:
                self.home.stall(event.seconds)
            case _:
                return False
        return True

    def _happen_to_meter(self, event: Event) -> bool:
        """Run an event of the meter; return whether it is one."""
        meter = self.meter
        match event.what:
            case What.SILENCE:
                meter.silent += 1
            case What.FROZEN:
                meter.frozen += 1
            case What.NONSENSE:
                meter.nonsense = Random(event.dice).choice(NONSENSE)
            case _:
                return False
        self.world.call_later(event.seconds, self._mend_meter, event.what)
        return True

    def _mend_meter(self, what: What) -> None:
        self.meter.silent -= what is What.SILENCE
        self.meter.frozen -= what is What.FROZEN
        if what is What.NONSENSE:
            self.meter.nonsense = None

    def _happen_to_line(self, event: Event) -> None:
        """Run an event of one line, its connectors, its cars and its settings."""
        line = event.place // _EACH
        bus, twc = self.buses[line], self.together.connectors[event.place]
        match event.what:
            case What.WIRE:
                spoil(bus.faults, Random(event.dice))
                self.world.call_later(event.seconds, bus.faults.clear)
            case What.PORT:
                self.ports[line].unplug()
                self.world.call_later(event.seconds, self.ports[line].replug)
            case What.RELOAD:
                self.home.do(lambda hass: self._reload(hass, line))
            case What.POWER_OFF if twc.powered:
                twc.power_down()
                bus.changed()
                self.world.call_later(event.seconds, twc.power_up)
            case What.CHOICE:
                self.home.do(lambda hass: self._choose(hass, event))
            case What.PLUG_IN:
                self.progress.cars += 1
                twc.plug_in(random_car(Random(event.dice), self.progress.cars))
            case What.UNPLUG:
                twc.unplug()

    async def _reload(self, hass: HomeAssistant, line: int) -> None:
        if (entry := self.home.entry_of(line)) is not None:
            await hass.config_entries.async_reload(entry.entry_id)

    async def _choose(self, hass: HomeAssistant, event: Event) -> None:
        """Change a setting of a line as an owner does by an entity."""
        if (entry := self.home.entry_of(event.place // _EACH)) is None:
            return
        dice = Random(event.dice)
        key, values = dice.choice(
            (("select.mode", _MODES), ("number.total_current_limit", _TOTALS))
        )
        await set_entity(hass, entry, key, dice.choice(values))

    def _report_meter(self) -> None:
        """Let the meter of the house report, now and from now on."""
        if not self.meter.silent:
            self.home.call(self._report)
        self.world.call_later(METER_S, self._report_meter)

    def _report(self, hass: HomeAssistant) -> None:
        meter = self.meter
        if not (meter.frozen and meter.reported):
            charging_w = sum(twc.power_w for twc in self.together.connectors)
            meter.reported = f"{charging_w + house_w(self.clock.now()):.0f}"
        hass.states.async_set(
            GRID,
            meter.reported if meter.nonsense is None else meter.nonsense,
            {"unit_of_measurement": UnitOfPower.WATT},
            # A frozen one repeats its value with a new time, as some meters do.
            force_update=meter.frozen > 0,
        )

    def _look(self, charging_s: float) -> None:
        progress = self.progress
        progress.charged_s += _LOOK_S * sum(map(drawing, self.buses))
        possible = sum(twc.possible for twc in self.together.connectors)
        progress.used_s += _LOOK_S * (possible >= _USED * self.site.circuit)
        if progress.charged_s >= charging_s and self.home.entry is not None:
            progress.is_over, progress.off_for = True, 0.0
            self.home.stop()
            return
        self.world.call_later(_LOOK_S, self._look, charging_s)

    def _result(self, begin: float) -> Result:
        records = [bus.safety for bus in self.buses]
        return Result(
            hours=round((self.world.time() - begin) / 3600, 1),
            charging_hours=round(self.progress.charged_s / 3600, 1),
            limit_broken_s=sum(item.possible_broken_s for item in records),
            circuit_broken_s=self.circuit.possible_broken_s,
            circuit_worst=round(self.circuit.highest_possible / self.site.circuit, 3),
            circuit_used_h=round(self.progress.used_s / 3600, 1),
            forbidden_frames=sum(len(item.forbidden_frames) for item in records),
            leaked=tuple(self.leaks.found),
            events=self.progress.happened,
        )


def _ids(line: int) -> Sequence[int]:
    return _IDS[line * _EACH : (line + 1) * _EACH]


def _bus(world: World, seed: int, limit: int, ids: Sequence[int], dice: Random) -> Bus:
    """Return a line with its connectors."""
    bus = Bus(world, seed)
    bus.safety.limit = bus.safety.per_connector_limit = limit
    for connector_id in ids:
        protocol = dice.choice((1, 2))
        firmware = (4, 5, 3, 0) if protocol == 2 else (2, 1, 0, 0)
        bus.add(WallConnector(connector_id, protocol=protocol, firmware=firmware))
    return bus


def _entry(site: Site, line: int) -> ConfigEntry:
    """Return the entry of a line as its owner created it in the flows; the circuit belongs to the first one."""
    circuit: ConfigSubentryDataWithId = {
        "data": {"amps": site.circuit, "buses": [f"line{LINES - 1}"]},
        "subentry_id": "garage",
        "subentry_type": SUBENTRY_CIRCUIT,
        "title": "Garage",
        "unique_id": None,
    }
    fuse = {CONF_FUSE_SIZE: site.fuse, CONF_FUSE_POWER: GRID} if site.fuse else {}
    return ConfigEntry(
        data={
            CONF_DEVICE: f"{PORT}{line}",
            CONF_MASTER_ID: MASTER_ID,
            CONF_MAX_CURRENT: site.limits[line],
            CONF_MAX_CONNECTOR_CURRENT: site.limits[line],
            CONF_MIN_CURRENT: 6,
            CONF_PHASES: 1,
            CONF_VOLTAGE: 240,
        },
        discovery_keys=MappingProxyType({}),
        domain=DOMAIN,
        entry_id=f"line{line}",
        minor_version=1,
        options={"green_source": "grid", "green_grid": GRID, **fuse},
        source="user",
        subentries_data=[] if line else [circuit],
        title=f"Line {line + 1}",
        unique_id=None,
        version=1,
    )


def run_two_lines(seed: int, charging_hours: float) -> Result:
    """Run a campaign."""
    logging.disable(logging.ERROR)
    # The sign of the master on the bus is random, too.
    random.seed(seed)
    with TemporaryDirectory() as folder:
        campaign = TwoLines(seed, Path(folder), line_events(seed))
        return campaign.run(charging_hours)
