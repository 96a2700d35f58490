"""The energy preferences of Home Assistant: what the owner has chosen for the energy dashboard."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from homeassistant.components.energy.data import async_get_manager
from homeassistant.core import HomeAssistant

_ENERGY: Final = "energy"


async def async_energy_sources(
    hass: HomeAssistant, kind: str
) -> Sequence[Mapping[str, Any]]:
    """Return the sources of a kind, such as "grid" or "solar", that the owner has chosen; may be empty."""
    if _ENERGY not in hass.config.components:
        return ()
    data = (await async_get_manager(hass)).data
    sources: Sequence[Mapping[str, Any]] = data["energy_sources"] if data else ()
    return [source for source in sources if source.get("type") == kind]
