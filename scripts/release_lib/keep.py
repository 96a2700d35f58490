"""Keeps the state that the integration leaves on the disk, from which the tests of later releases set it up.

It is the state of a real Home Assistant with a keeper, three connectors and a Tesla account, all options and kinds of
subentries, settings that are not the defaults, and sessions. Beside the files it keeps what an owner sees of them.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
import json
from pathlib import Path
import shutil
from typing import Any, Final

from scripts.demo_lib import plan
from scripts.demo_lib.api import Api
from scripts.demo_lib.demo import Demo, running_demo
from scripts.demo_lib.entities import (
    Entities,
    connector_devices,
    entry_of,
    template_entity,
)
from scripts.demo_lib.folder import ROOT, Folder, temporary_folder
from scripts.demo_lib.net import free_port
from scripts.demo_lib.options import walk_options
from scripts.demo_lib.plan import DOMAIN
from scripts.demo_lib.seeing import charges, seconds_until
from scripts.demo_lib.subentries import subentry_of, walk_subentry

KEPT: Final = ROOT / "tests" / "kept"
DEVICE: Final = "/dev/ttyUSB0"
"""The port in a kept entry, in place of the one of the machine that it was made on."""

_CHARGING_WITHIN_S: Final = 300.0
_CHARGES_S: Final = 60.0
_SESSIONS_WITHIN_S: Final = 120.0
_WRITTEN_WITHIN_S: Final = 30.0

_SETTINGS: Final[tuple[tuple[int | None, str, Any], ...]] = (
    (None, "number.total_current_limit", 64),
    (None, "number.reserved_power", 250),
    (None, "number.grid_share", 20),
    (None, "number.start_delay", 2),
    (None, "number.stop_delay", 7),
    (None, "number.charge_below_price", 0.11),
    (None, "select.mode", "green"),
    (None, "switch.pause_plans", True),
    (plan.EXTENDED, "number.charge_limit", 30),
    (plan.EXTENDED, "number.priority", 3),
    (plan.PROTOCOL_1, "select.own_mode", "green"),
    (plan.BY_ACCOUNT, "switch.charge", False),
)
"""By connector, None for the bus: an entity, and the value that an owner sets it to."""

_ENTITY_FIELDS: Final = (
    "config_subentry_id",
    "disabled_by",
    "entity_id",
    "name",
    "unique_id",
)
_NO_BOOT: Final = "00000000-0000-4000-8000-000000000000"
"""The boot in a kept file, in place of the one of the machine that it was made on."""
_RENAMED: Final = "Drive"


async def keep(version: str) -> Path:
    """Make the state and return its folder, which replaces an earlier one of the version."""
    target = KEPT / version
    with temporary_folder(has_keeper=True) as folder:
        async with running_demo(folder, free_port()) as demo:
            await _choose(demo.api)
            await _charge(demo)
            await _set(demo)
            await asyncio.sleep(_WRITTEN_WITHIN_S)
            seen = await _seen(demo)
        shutil.rmtree(target, ignore_errors=True)
        _write(folder, target, seen)
    return target


async def _choose(api: Api) -> None:
    """Choose the options, and add the subentries, that the demo does without."""
    entry_id = (await entry_of(api))["entry_id"]
    meter = await template_entity(api, plan.GRID_METER)
    house = {"next_step_id": "house"}
    await walk_options(
        api,
        entry_id,
        (
            house,
            {"next_step_id": "peak"},
            {"peak_tariff": "flanders", "peak_power": meter},
            {
                "peak_minutes": "15",
                "peak_months": [str(month) for month in range(1, 13)],
                "peak_days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
                "peak_start": "00:00:00",
                "peak_end": "00:00:00",
                "peak_highest": 1,
                "peak_distinct_days": False,
                "peak_window": "month",
                # Enough for all that the demo draws.
                "peak_floor": 40,
            },
        ),
    )
    await walk_options(
        api, entry_id, (house, {"next_step_id": "circuits"}, {"circuits": True})
    )
    await walk_subentry(api, entry_id, "circuit", ({"name": "Panel", "amps": 90},))
    schedule = {
        "name": "Night",
        "days": ["mon", "tue"],
        "start": "23:00:00",
        "end": "05:00:00",
        "action": "amps",
        "amps": 40,
    }
    await walk_subentry(
        api, entry_id, "schedule", ({"next_step_id": "times"}, schedule)
    )
    await api.ask(
        "config/entity_registry/update",
        entity_id=(await _entities(api)).of_connector(plan.EXTENDED, "status"),
        name=_RENAMED,
    )


async def _entities(api: Api) -> Entities:
    return Entities(
        (await entry_of(api))["entry_id"],
        {item["unique_id"]: item["entity_id"] for item in await _registry(api)},
    )


async def _registry(api: Api) -> list[dict[str, Any]]:
    registry = await api.ask("config/entity_registry/list")
    return [item for item in registry if item["platform"] == DOMAIN]


async def _charge(demo: Demo) -> None:
    """Let all vehicles charge for a while; two of them are unplugged then."""
    connectors = demo.world.bus.connectors
    plans = (await demo.entities()).of_plan(
        await subentry_of(demo.api, "plan", plan.PLAN), "plan"
    )
    await demo.api.call("switch.turn_off", plans)
    await seconds_until(
        "all vehicles charge",
        lambda: all(charges(demo.world, twc) for twc in connectors),
        _CHARGING_WITHIN_S,
    )
    await asyncio.sleep(_CHARGES_S)
    for connector_id in (plan.PROTOCOL_1, plan.EXTENDED):
        demo.world.connector(connector_id).unplug()

    async def are_finished() -> bool:
        return len((await _sessions(demo))["sessions"]) == 2

    await seconds_until("two sessions are finished", are_finished, _SESSIONS_WITHIN_S)


async def _set(demo: Demo) -> None:
    """Set what an owner sets by entities and actions."""
    api, entities = demo.api, await demo.entities()
    for connector_id, key, value in _SETTINGS:
        platform, _, name = key.partition(".")
        found = (
            entities.of_bus(name)
            if connector_id is None
            else entities.of_connector(connector_id, name)
        )
        match platform:
            case "number":
                await api.call("number.set_value", found, value=value)
            case "select":
                await api.call("select.select_option", found, option=value)
            case "time":
                await api.call("time.set_value", found, time=value)
            case _:
                await api.call(f"switch.turn_{'on' if value else 'off'}", found)
    tomorrow = datetime.now().astimezone() + timedelta(days=1)
    await api.call(
        f"{DOMAIN}.set_plan",
        entities.of_connector(plan.BY_ACCOUNT, "status"),
        energy=12,
        date_time=tomorrow.isoformat(timespec="seconds"),
        name="Trip",
    )


async def _sessions(demo: Demo) -> dict[str, Any]:
    entities = await demo.entities()
    answer = await demo.api.post(
        f"/api/services/{DOMAIN}/get_sessions?return_response",
        {"entity_id": entities.of_bus("mode")},
    )
    found: dict[str, Any] = answer["service_response"]
    return found


async def _seen(demo: Demo) -> dict[str, Any]:
    """Return what an owner sees: entities with their states, names of devices, sessions, and the simulated counters."""
    api, entities = demo.api, await demo.entities()
    states = {item["entity_id"]: item["state"] for item in await api.get("/api/states")}
    rows = [
        {name: row[name] for name in _ENTITY_FIELDS}
        | {"state": states.get(row["entity_id"])}
        for row in sorted(await _registry(api), key=lambda row: row["entity_id"])
    ]
    devices = await connector_devices(api, entities)
    return {
        "entities": rows,
        "connectors": {f"{key:04X}": item["name"] for key, item in devices.items()},
        "sessions": await _sessions(demo),
        "counters_kwh": {
            f"{twc.id:04X}": round(twc.energy_kwh, 3)
            for twc in demo.world.bus.connectors
        },
    }


def _write(folder: Folder, target: Path, seen: Mapping[str, Any]) -> None:
    """Copy what the integration owns, without what names this machine."""
    target.mkdir(parents=True)
    storage = folder.config / ".storage"
    entries = json.loads((storage / "core.config_entries").read_text("utf-8"))
    (entry,) = (item for item in entries["data"]["entries"] if item["domain"] == DOMAIN)
    _store(target / "entry.json", entry | {"data": entry["data"] | {"device": DEVICE}})
    _store(target / "seen.json", seen)
    for path in sorted(storage.glob(f"{DOMAIN}.*")):
        name = path.name.replace(entry["entry_id"], "ENTRY")
        content = json.loads(path.read_text("utf-8"))
        if "run_mark" in content["data"]:
            content["data"]["run_mark"]["boot_id"] = _NO_BOOT
        _store(target / "storage" / f"{name}.json", content)


def _store(path: Path, content: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False)
    path.write_text(f"{text}\n", "utf-8")
