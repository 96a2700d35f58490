"""The dashboard of the demo: the integration's own, made as *Add dashboard* makes it, and the page that opens first."""

from typing import Any, Final

from .api import Api

URL_PATH: Final = "wall-connectors"
OVERVIEW: Final = f"/{URL_PATH}/overview"
HISTORY: Final = f"/{URL_PATH}/history"

CONFIG: Final[dict[str, Any]] = {"strategy": {"type": "custom:twc-manager"}}
"""What Home Assistant stores of it."""


async def install(api: Api) -> None:
    """Make it the default dashboard, once: what a person changes of it stays."""
    dashboards = await api.ask("lovelace/dashboards/list")
    if any(item["url_path"] == URL_PATH for item in dashboards):
        return
    for item in dashboards:
        # Home Assistant adds a map, which would load its tiles from the internet.
        if item["url_path"] == "map":
            await api.ask("lovelace/dashboards/delete", dashboard_id=item["id"])
    await api.ask(
        "lovelace/dashboards/create",
        url_path=URL_PATH,
        title="Wall connectors",
        icon="mdi:ev-station",
        show_in_sidebar=True,
        require_admin=False,
    )
    await api.ask("lovelace/config/save", url_path=URL_PATH, config=CONFIG)
    await api.ask(
        "frontend/set_system_data", key="core", value={"default_panel": URL_PATH}
    )
