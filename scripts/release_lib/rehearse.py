"""Rehearses a release: the zip is copied into a clean Home Assistant, set up, used and removed, and nothing is left.

All of it goes through Home Assistant's own API, against simulated connectors.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
import json
from pathlib import Path
import re
import shutil
import tempfile
from typing import Any, Final
from zipfile import ZipFile

from scripts.demo_lib import plan
from scripts.demo_lib.demo import (
    Home,
    restart_without_integration,
    running_home,
    wait_for_connectors,
)
from scripts.demo_lib.entities import Entities, entry_of
from scripts.demo_lib.flow import FlowWalk
from scripts.demo_lib.folder import Folder, temporary_folder
from scripts.demo_lib.net import free_port
from scripts.demo_lib.plan import DOMAIN
from scripts.demo_lib.seeing import Protocol, require, seconds_until

_CHARGING_WITHIN_S: Final = 300.0
_WIRE_WITHIN_S: Final = 60.0
# Home Assistant compiles statistics every 5 minutes.
_STATISTICS_WITHIN_S: Final = 400.0
_LIMIT_A: Final = 16
# The sensors of the simulated house are Home Assistant's own templates.
_OURS: Final = re.compile(rf"{DOMAIN}(?!_demo)")
_MADE_AT_A_RESTART: Final = {"deps"}
_DELETED: Final = ("deleted_entities", "deleted_devices")
"""Home Assistant remembers for 30 days what was removed, to give it its names again if it comes back."""


async def rehearse(environment: Path, archive: Path) -> None:
    """Install, use and remove the zip of a release; print what was seen; raise CheckError at the first fault."""
    protocol = Protocol()
    with temporary_folder(environment, None) as folder:
        async with running_home(folder, free_port()) as home:
            version = (await home.api.get("/api/config"))["version"]
            protocol.saw(f"Home Assistant {version} without the integration")
            folder.finish()
        before = set(_files(folder))
        install(archive, folder.config)
        async with running_home(folder, free_port()) as home:
            entities = await _set_up(home, protocol.saw)
            await _use(home, entities, protocol.saw)
            await _remove(home, entities, protocol.saw)
            shutil.rmtree(folder.config / "custom_components" / DOMAIN)
            await restart_without_integration(home.api)
            await _see_nothing(home, protocol.saw)
        left = sorted(set(_files(folder)) - before)
        require(not left, f"files are left: {', '.join(left)}")
        traces = list(_traces(folder.config / ".storage"))
        require(not traces, f"traces are left: {'; '.join(traces)}")
        protocol.saw("removed: no file and no entry is left in its configuration")


def install(archive: Path, config: Path) -> None:
    """Unpack a zip as an owner does without HACS, by copying its files."""
    with (
        tempfile.TemporaryDirectory(prefix="twc-manager-zip-") as unpacked,
        ZipFile(archive) as packed,
    ):
        packed.extractall(unpacked)
        shutil.copytree(unpacked, config / "custom_components" / DOMAIN)


async def _set_up(home: Home, saw: Callable[[str], None]) -> Entities:
    walk = FlowWalk(home.api, home.answers[0])
    await walk.walk()
    await wait_for_connectors(home.api, home.world)
    entry = await entry_of(home.api)
    require(entry["state"] == "loaded", f"the entry is {entry['state']}")
    manifest = await home.api.ask("manifest/get", integration=DOMAIN)
    saw(f"{DOMAIN} {manifest['version']} set up: {' > '.join(walk.steps)}")
    return await home.entities()


async def _use(home: Home, entities: Entities, saw: Callable[[str], None]) -> None:
    """Let the vehicles charge, and move a slider: the offer on the wire has to follow."""
    twc = home.world.connector(plan.EXTENDED)
    took = await seconds_until(
        f"more than {_LIMIT_A} A are offered to {twc.id:04X}",
        lambda: twc.offered > _LIMIT_A,
        _CHARGING_WITHIN_S,
    )
    saw(f"{twc.id:04X} is offered {twc.offered:.0f} A after {took:.0f} s")
    slider = entities.of_connector(twc.id, "charge_limit")
    await home.api.call("number.set_value", slider, value=_LIMIT_A)
    took = await seconds_until(
        f"{_LIMIT_A} A are offered to {twc.id:04X}",
        lambda: twc.offered == _LIMIT_A,
        _WIRE_WITHIN_S,
    )
    saw(f"set to {_LIMIT_A} A: on the wire after {took:.1f} s")
    problems = home.world.bus.safety.problems()
    require(not problems, f"not safe: {'; '.join(problems)}")
    complaints = home.process.complaints()
    require(not complaints, "it complained:\n" + "\n".join(complaints))

    meter = entities.of_connector(twc.id, "lifetime_energy")
    today = datetime.now().astimezone().replace(hour=0, minute=0).isoformat()

    async def has_statistics() -> bool:
        return bool(
            await home.api.ask(
                "recorder/statistics_during_period",
                start_time=today,
                statistic_ids=[meter],
                period="5minute",
            )
        )

    took = await seconds_until(
        "there are statistics", has_statistics, _STATISTICS_WITHIN_S
    )
    saw(f"statistics are there after {took:.0f} s")


async def _remove(home: Home, entities: Entities, saw: Callable[[str], None]) -> None:
    """Delete the entry as an owner does; what is left is no secret: the statistics of its sensors."""
    api = home.api
    await api.delete(f"/api/config/config_entries/entry/{entities.entry_id}")
    rows = await api.ask("config/entity_registry/list")
    found = [row["entity_id"] for row in rows if row["platform"] == DOMAIN]
    require(not found, f"entities are left: {found}")
    devices = await api.ask("config/device_registry/list")
    found = [
        row["name"]
        for row in devices
        if DOMAIN in {item for item, _ in row["identifiers"]}
    ]
    require(not found, f"devices are left: {found}")
    issues = (await api.ask("repairs/list_issues"))["issues"]
    found = [row["issue_id"] for row in issues if row["domain"] == DOMAIN]
    require(not found, f"repair issues are left: {found}")
    left = await _statistics(home, entities)
    require(left, "no statistics are left, which the documentation says")
    saw(
        f"entry deleted: no entity, device or repair issue is left; the statistics of {len(left)} former sensors are"
    )


async def _see_nothing(home: Home, saw: Callable[[str], None]) -> None:
    """Check a start without the files of the integration."""
    config = await home.api.get("/api/config")
    require(DOMAIN not in config["components"], "it is still loaded")
    require(not await home.api.ask("config_entries/get", domain=DOMAIN), "an entry")
    issues = (await home.api.ask("repairs/list_issues"))["issues"]
    ours = [row for row in issues if _OURS.search(json.dumps(row))]
    require(not ours, f"repair issues: {ours}")
    saw("started without its files: nothing misses it")


async def _statistics(home: Home, entities: Entities) -> set[str]:
    """Return the sensors of the integration that the recorder has statistics of."""
    rows: list[dict[str, Any]] = await home.api.ask("recorder/list_statistic_ids")
    return {row["statistic_id"] for row in rows} & set(entities.by_unique_id.values())


def _files(folder: Folder) -> Iterator[str]:
    """Return the files that are named after the integration, and all at the top of the configuration."""
    for path in folder.config.rglob("*"):
        name = path.relative_to(folder.config).as_posix()
        if name not in _MADE_AT_A_RESTART and (
            _OURS.search(name) or path.parent == folder.config
        ):
            yield name


def _traces(storage: Path) -> Iterator[str]:
    """Return where the files of Home Assistant still name the integration, other than as removed."""
    for path in sorted(storage.iterdir()):
        data = json.loads(path.read_text("utf-8"))["data"]
        if isinstance(data, dict):
            data = {key: item for key, item in data.items() if key not in _DELETED}
        for found in _OURS.finditer(json.dumps(data)):
            text = json.dumps(data)[max(0, found.start() - 60) : found.end() + 60]
            yield f"{path.name}: {text}"
