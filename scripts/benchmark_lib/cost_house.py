"""The cost of the integration in Home Assistant, with a separate process for each scene.

    python -m scripts.benchmark_lib.cost_house BUSES CONNECTORS CARS CHANGES SECONDS WITH

It runs Home Assistant's own core with its recorder, first without the integration and then with it, against buses
in another process. CPU and memory are those of this process by the kernel, so other processes have little
influence. WITH is what there is besides, see `cost_extras.With`. The two windows have the same length, and lie at the same place in the recorder's interval of five minutes.
During the second one, the floor is measured in another process. It prints a `Scene` as JSON.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
import json
from math import ceil
import os
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
import sqlite3
import subprocess
import sys
from tempfile import TemporaryDirectory
from time import monotonic, thread_time, time
from typing import Any, Final

from homeassistant import bootstrap, config_entries, loader
from homeassistant.components.recorder import get_instance
from homeassistant.config_entries import ConfigEntry, ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import async_initialize_recorder
from homeassistant.setup import async_setup_component

from scripts.demo_lib.net import HOST, free_port

from .cost_bus import IDS, Heard, read_heard
from .cost_extras import With, plans_for, ways_to
from .cost_floor import floor_percent
from .cost_parts import RECORDER, REST, PartMeter, measured_parts

DOMAIN: Final = "twc_manager"
_ALWAYS_THERE: Final = ("homeassistant", "recorder", "usb", "input_boolean")
"""The dependencies of the integration, which Home Assistant's default configuration loads anyway."""
_SETTLE_S: Final = 100.0
"""The time in s until the search has ended, the cars have ramped up and all initial queries were sent."""
STATISTICS_S: Final = 300.0
"""The interval of the recorder's statistics in s."""
_CHANGE_EVERY_S: Final = 7.0
"""The time between changes for a connector in s, since a raise right after another change is delayed by 5 s."""
_LIMITS: Final = (13, 16)
"""The limits of the connectors in turn, in A; so low that none has to wait for another to be reduced."""
_LONGEST_WAIT_S: Final = 2.0


@dataclass(slots=True)
class Scene:
    """The cost of a scene.

    Attributes:
        cpu_percent: the additional CPU time of the integration, in percent of one core.
        main_percent: that of the main thread alone, without the recorder's.
        floor_percent: that of a program that only exchanges the frames, see `cost_floor`.
        cpu_percent_without: the CPU time without the integration.
        memory_mb: the additional memory of the integration.
        setup_s: the time from adding the entries until all are set up, divided by their number.
        bus_bytes_per_s: both ways, on one bus.
        rows_per_connector_hour: written by the recorder for entities of the integration.
        charging_w: the power of all cars together.
        set_to_wire_ms: for each change, the time from calling an action to the end of the frame with its offer.
        parts_percent: what the cost consists of, in percent of one core; empty unless that was asked for.

    """

    cpu_percent: float
    main_percent: float
    floor_percent: float
    cpu_percent_without: float
    memory_mb: float
    setup_s: float
    bus_bytes_per_s: float
    rows_per_connector_hour: float
    charging_w: float
    set_to_wire_ms: list[float] = field(default_factory=list)
    parts_percent: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Usage:
    at: float
    cpu_s: float
    main_s: float
    memory_mb: float

    @classmethod
    def now(cls) -> _Usage:
        usage = getrusage(RUSAGE_SELF)
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        memory = pages * os.sysconf("SC_PAGESIZE") / 1e6
        cpu_s = usage.ru_utime + usage.ru_stime
        return cls(monotonic(), cpu_s, thread_time(), memory)

    def cpu_percent_since(self, before: _Usage) -> float:
        return 100 * (self.cpu_s - before.cpu_s) / (self.at - before.at)

    def main_percent_since(self, before: _Usage) -> float:
        """Return the same of the main thread, which has to be the one that calls this."""
        return 100 * (self.main_s - before.main_s) / (self.at - before.at)


class _Buses:
    """The process with the buses."""

    def __init__(self, buses: int, connectors: int, cars: int, file: Path) -> None:
        self._file = file
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", f"{__package__}.cost_bus"),
                *(str(buses), str(connectors), str(cars), str(file)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.ports: list[str] = json.loads(self._process.stdout.readline())

    def end(self) -> list[Heard]:
        """End the process and return the frames on the buses."""
        self._process.communicate()
        return read_heard(self._file)


@asynccontextmanager
async def _home_assistant(folder: Path) -> AsyncGenerator[HomeAssistant]:
    """Run Home Assistant's core with a recorder and little else."""
    hass = HomeAssistant(str(folder))
    hass.config.skip_pip = True
    loader.async_setup(hass)
    hass.config_entries = config_entries.ConfigEntries(hass, {})
    await loader.async_get_custom_components(hass)
    await bootstrap.async_load_base_functionality(hass)
    await async_process_ha_core_config(hass, {"name": "Cost", "time_zone": "UTC"})
    async_initialize_recorder(hass)
    # The recorder loads the web server: only on this machine, and on a port beside another Home Assistant.
    config = {"http": {"server_host": HOST, "server_port": free_port()}}
    for name in _ALWAYS_THERE:
        assert await async_setup_component(hass, name, {name: {}, **config})
    await hass.async_start()
    try:
        yield hass
    finally:
        await hass.async_stop(force=True)


def _entry(
    way: dict[str, str], number: int, plans: list[ConfigSubentryData]
) -> ConfigEntry:
    return ConfigEntry(
        data={
            **way,
            "master_id": 0x7777,
            "max_current": 48,
            "max_connector_current": 40,
            "min_current": 12,
            "phases": 1,
            "voltage": 240,
        },
        discovery_keys={},  # type: ignore[arg-type]
        domain=DOMAIN,
        minor_version=1,
        options={},
        source="user",
        subentries_data=plans,
        title=f"Bus {number}",
        unique_id=None,
        version=1,
    )


async def _change_limits(
    hass: HomeAssistant, entries: list[ConfigEntry], connectors: int, rounds: int
) -> list[tuple[float, int, int, float]]:
    """Change every connector's limit in some rounds; return the time, the bus, the connector and the A of each."""
    registry = er.async_get(hass)
    limits: list[tuple[int, int, str]] = []
    for connector_id in IDS[:connectors]:
        for number, entry in enumerate(entries):
            unique_id = f"{entry.entry_id}_{connector_id:04X}_charge_limit"
            entity_id = registry.async_get_entity_id("number", DOMAIN, unique_id)
            assert entity_id is not None
            limits.append((number, connector_id, entity_id))
    changes = []
    for index in range(rounds):
        amps = _LIMITS[index % len(_LIMITS)]
        for number, connector_id, entity_id in limits:
            await asyncio.sleep(_CHANGE_EVERY_S / len(limits))
            changes.append((monotonic(), number, connector_id, float(amps)))
            await hass.services.async_call(
                "number", "set_value", {"entity_id": entity_id, "value": amps}, True
            )
    # The first round only sets the starting values of the others.
    return changes[len(limits) :]


def _waits(
    changes: list[tuple[float, int, int, float]], heard: list[Heard]
) -> Iterator[float]:
    """Return the time of each change until it was on the wire, in ms."""
    for at, bus, connector_id, amps in changes:
        ends = (
            item.at
            for item in heard
            if item.at >= at
            and (item.bus, item.offered_to, item.amps) == (bus, connector_id, amps)
        )
        yield 1000 * min(next(ends, at + _LONGEST_WAIT_S) - at, _LONGEST_WAIT_S)


def _rows(file: Path, hass: HomeAssistant, begin: float, end: float) -> int:
    """Return the number of recorded states of the integration's entities in a span of time."""
    ours = {
        item.entity_id
        for item in er.async_get(hass).entities.values()
        if item.platform == DOMAIN
    }
    with sqlite3.connect(file) as database:
        written = database.execute(
            "SELECT states_meta.entity_id FROM states JOIN states_meta"
            " USING (metadata_id) WHERE last_updated_ts BETWEEN ? AND ?",
            (begin, end),
        )
        return sum(entity_id in ours for (entity_id,) in written)


async def measure(
    buses: int, connectors: int, cars: int, rounds: int, seconds: float, *, extra: With
) -> Scene:
    """Measure one scene, with two windows of so many s."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        hass = await stack.enter_async_context(_home_assistant(folder))
        # The cost in the first second of any integration is not caused by this one.
        await asyncio.sleep(5)
        without = _Usage.now()
        await asyncio.sleep(seconds)
        before = _Usage.now()
        process = await asyncio.to_thread(
            _Buses, buses, connectors, cars, folder / "heard.json"
        )
        ways = await stack.enter_async_context(ways_to(process.ports, folder, extra))
        if extra is With.PARTS:
            parts = stack.enter_context(measured_parts())
        else:
            parts = PartMeter()
        plans = plans_for(IDS[:connectors]) if extra is With.PLANS else []
        began = monotonic()
        entries = [_entry(way, at, plans) for at, way in enumerate(ways)]
        for entry in entries:
            await hass.config_entries.async_add(entry)
        setup_s = (monotonic() - began) / buses
        await asyncio.sleep(_until_same_phase(without.at))
        floor = asyncio.create_task(
            asyncio.to_thread(floor_percent, buses, connectors, seconds)
        )
        settled, settled_at, parts_before = _Usage.now(), time(), parts.seconds()
        await asyncio.sleep(seconds)
        after, after_at, parts_after = _Usage.now(), time(), parts.seconds()
        watts = sum(entry.runtime_data.data.total_power for entry in entries)
        changes = await _change_limits(hass, entries, connectors, rounds)
        await asyncio.sleep(_LONGEST_WAIT_S)
        heard = await asyncio.to_thread(process.end)
        await get_instance(hass).async_block_till_done()
        rows = _rows(folder / "home-assistant_v2.db", hass, settled_at, after_at)
    lengths = [item.length for item in heard if settled.at <= item.at < after.at]
    scene = Scene(
        cpu_percent=after.cpu_percent_since(settled)
        - before.cpu_percent_since(without),
        main_percent=after.main_percent_since(settled)
        - before.main_percent_since(without),
        floor_percent=await floor,
        cpu_percent_without=before.cpu_percent_since(without),
        memory_mb=after.memory_mb - before.memory_mb,
        setup_s=setup_s,
        bus_bytes_per_s=sum(lengths) / seconds / buses,
        rows_per_connector_hour=rows * 3600 / seconds / (buses * connectors),
        charging_w=watts,
        set_to_wire_ms=list(_waits(changes, heard)),
    )
    if extra is With.PARTS:
        percents = {
            part: 100 * (parts_after[part] - parts_before[part]) / seconds
            for part in parts_after
        }
        percents[REST] = scene.main_percent - sum(percents.values())
        percents[RECORDER] = scene.cpu_percent - scene.main_percent
        scene.parts_percent = percents
    return scene


def _until_same_phase(first_at: float) -> float:
    """Return after how many s a second window may begin that differs by whole intervals from the first one."""
    earliest = monotonic() + _SETTLE_S - first_at
    return first_at + ceil(earliest / STATISTICS_S) * STATISTICS_S - monotonic()


async def _main(arguments: list[str]) -> Any:
    *numbers, seconds, extra = arguments
    buses, connectors, cars, rounds = map(int, numbers)
    return asdict(
        await measure(
            buses, connectors, cars, rounds, float(seconds), extra=With(extra)
        )
    )


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_main(sys.argv[1:]))))
