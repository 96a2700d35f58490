"""The file that holds the plans of a bus across restarts: the owner's settings, and the plan that is followed."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..charging.plans.inputs import PluggedIn
from ..charging.plans.settings import PlanSettings
from ..charging.plans.stored import StoredPlans
from ..const import LOGGER, PARSE_ERRORS
from ..stored_files import PLANS, StoredFile
from ..twc import Snapshot
from .persistence import BusPersistence

_DELAY: Final = 1.0
"""How many s a write waits, so that several changes at once are written once."""


class PlanStore:
    """The file of the plans of one bus.

    It is not the file of the connectors, on which the safety of the wiring depends: a fault in one of the two does not
    affect the other.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Prepare; nothing is read yet."""
        self._store = StoredFile(hass, PLANS, entry_id)
        self._plans = StoredPlans()
        self._written = self._plans

    async def async_load(self) -> StoredPlans:
        """Return the stored plans; the settings and the followed plan are dropped separately if they cannot be read."""
        try:
            data = await self._store.async_load()
        except (HomeAssistantError, NotImplementedError) as err:
            LOGGER.warning("%s cannot be read: %r", self._store.key, err)
            data = None
        self._plans = self._written = self._read(data)
        return self._plans

    def save_soon(self, plans: StoredPlans) -> None:
        """Write plans after a short delay, if they differ from the stored ones."""
        if plans == self._plans:
            return
        self._plans = plans
        self._store.async_delay_save(self._data, _DELAY)

    async def async_close(self) -> None:
        """Write what has not been written yet."""
        if self._plans != self._written:
            await self._store.async_save(self._data())

    async def async_remove(self) -> None:
        """Remove the file."""
        await self._store.async_remove()

    def _data(self) -> dict[str, Any]:
        self._written = self._plans
        return self._plans.as_dict()

    def _read(self, data: Any) -> StoredPlans:
        if not isinstance(data, Mapping):
            return StoredPlans()
        try:
            settings = PlanSettings.from_dict(data["settings"])
        except PARSE_ERRORS as err:
            LOGGER.warning("%s: the settings make no sense: %r", self._store.key, err)
            settings = PlanSettings()
        kept = data.get("kept")
        return StoredPlans(settings, kept if isinstance(kept, Mapping) else None)


def plugged_in_at(
    persistence: BusPersistence, snapshot: Snapshot
) -> Mapping[int, PluggedIn]:
    """Return what the vehicles at the connectors have charged since they were plugged in."""
    found = {
        item.connector_id: persistence.meters(item).plugged_in
        for item in snapshot.connectors
    }
    return {key: value for key, value in found.items() if value is not None}
