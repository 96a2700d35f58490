"""Serves the module of the front end, which every page of Home Assistant loads."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components.frontend import add_extra_js_url
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration

from ..const import DOMAIN, LOGGER

FOLDER: Final = Path(__file__).parents[1] / "frontend"
MODULE: Final = "twc-manager.js"
URL: Final = f"/{DOMAIN}_frontend"

_FRONTEND: Final = "frontend"


async def async_register_module(hass: HomeAssistant) -> str:
    """Serve the module if Home Assistant has a front end, and return its version.

    Browsers keep a static file for a month without asking again, so its address changes with its content.
    """
    version = f"{(await async_get_integration(hass, DOMAIN)).version}"
    try:
        digest = await hass.async_add_executor_job(_digest)
    except OSError as err:
        LOGGER.error("There are no cards for dashboards: %s", err)
        return version
    version = f"{version}-{digest}"
    if _FRONTEND in hass.config.components:
        await hass.http.async_register_static_paths(
            [StaticPathConfig(URL, str(FOLDER), cache_headers=True)]
        )
        add_extra_js_url(hass, f"{URL}/{MODULE}?v={version}")
    return version


def _digest() -> str:
    return sha256((FOLDER / MODULE).read_bytes()).hexdigest()[:8]
