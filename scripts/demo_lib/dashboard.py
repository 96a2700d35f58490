"""The dashboard of docs/dashboard.yaml, put into the demo as the page that Home Assistant opens.

The file is meant to be copied by owners, so it names entities as the integration names them; here
every one is looked up in the registry before it is used.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import yaml

from .api import Api
from .console import say
from .entities import registered
from .folder import ROOT

FILE: Final = ROOT / "docs" / "dashboard.yaml"
URL_PATH: Final = "wall-connectors"


def load(file: Path = FILE) -> dict[str, Any]:
    """Return the dashboard."""
    dashboard: dict[str, Any] = yaml.safe_load(file.read_text())
    return dashboard


def entities_in(part: Any) -> Iterator[str]:
    """Return the ids of all entities that a dashboard or a part of it names."""
    if isinstance(part, list):
        for item in part:
            yield from entities_in(item)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == "entity":
                yield value
            elif key == "entities":
                yield from (item for item in value if isinstance(item, str))
                yield from entities_in(
                    [item for item in value if isinstance(item, dict)]
                )
            else:
                yield from entities_in(value)


async def missing_entities(api: Api, dashboard: dict[str, Any]) -> list[str]:
    """Return which entities of a dashboard do not exist."""
    return sorted(set(entities_in(dashboard)) - await registered(api))


async def install(api: Api) -> None:
    """Make it the default dashboard; a person's changes to it stay until the file changes."""
    dashboard = load()
    if missing := await missing_entities(api, dashboard):
        say(f"{FILE.name} names entities that do not exist: {', '.join(missing)}")
    digest = sha256(FILE.read_bytes()).hexdigest()
    note = {"key": "twc_manager_demo"}
    if (await api.ask("frontend/get_system_data", **note))["value"] == digest:
        return
    dashboards = await api.ask("lovelace/dashboards/list")
    for item in dashboards:
        # Home Assistant adds a map, which would load its tiles from the internet.
        if item["url_path"] == "map":
            await api.ask("lovelace/dashboards/delete", dashboard_id=item["id"])
    if not any(item["url_path"] == URL_PATH for item in dashboards):
        await api.ask(
            "lovelace/dashboards/create",
            url_path=URL_PATH,
            title="Wall connectors",
            icon="mdi:ev-station",
            show_in_sidebar=True,
            require_admin=False,
        )
    await api.ask("lovelace/config/save", url_path=URL_PATH, config=dashboard)
    await api.ask(
        "frontend/set_system_data", key="core", value={"default_panel": URL_PATH}
    )
    await api.ask("frontend/set_system_data", **note, value=digest)
