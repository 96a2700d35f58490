"""Removes connectors that never existed: ids that a damaged unit or a bad line made up would stay in the registries."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.event import async_track_time_interval

from .const import DOMAIN, LOGGER
from .state.identifiers import connector_key
from .twc import BusStatus, format_id
from .types import TwcConfigEntry

GHOST_SECONDS: Final = 24 * 3600.0
"""How many s an id that never delivered energy may be silent, while others on its bus answer, before it is removed."""

CHECK_INTERVAL: Final = timedelta(minutes=10)
"""How often to look for silent connectors."""

_HEARING: Final = frozenset({BusStatus.RUNNING, BusStatus.SEARCHING})
"""The states of a bus in which every connected connector answers."""


@callback
def async_remove_ghosts(hass: HomeAssistant, entry: TwcConfigEntry) -> CALLBACK_TYPE:
    """Remove such connectors of a bus from now on; return the function that stops this."""
    ghosts = _Ghosts(hass, entry)
    return async_track_time_interval(hass, ghosts.async_check, CHECK_INTERVAL)


class _Ghosts:
    """The connectors of one bus that are silent."""

    def __init__(self, hass: HomeAssistant, entry: TwcConfigEntry) -> None:
        """Start without silent connectors."""
        self._hass = hass
        self._entry = entry
        self._silent_since: dict[int, float] = {}

    @callback
    def async_check(self, _: datetime) -> None:
        """Note which connectors are silent, and remove those that have been silent for long enough."""
        snapshot = self._entry.runtime_data.snapshot
        if snapshot.status not in _HEARING or not snapshot.connectors:
            # No connector can answer, or none does, as with a line that is cut: silence proves nothing.
            self._silent_since.clear()
            return
        now = self._hass.loop.time()
        self._silent_since = {
            connector_id: self._silent_since.get(connector_id, now)
            for connector_id in self._entry.runtime_data.persistence.connectors
            if snapshot.connector(connector_id) is None
        }
        for connector_id in tuple(self._found(now)):
            self._remove(connector_id)

    def _found(self, now: float) -> Iterator[int]:
        for connector_id, since in self._silent_since.items():
            if now - since >= GHOST_SECONDS and not self._has_delivered(connector_id):
                yield connector_id

    def _has_delivered(self, connector_id: int) -> bool:
        """Return whether a connector has delivered energy under this master."""
        persistence = self._entry.runtime_data.persistence
        sessions = [*persistence.counters.running, *persistence.sessions.find()]
        stored = persistence.connectors[connector_id]
        return stored.last_session_energy > 0 or any(
            session.connector_id == connector_id and session.energy_kwh > 0
            for session in sessions
        )

    def _remove(self, connector_id: int) -> None:
        """Remove a connector with its device and entities; if it comes back, it is found like a new one."""
        LOGGER.info(
            "Connector %s never delivered energy and is silent; it is removed",
            format_id(connector_id),
        )
        entry_id = self._entry.entry_id
        identifier = (DOMAIN, connector_key(entry_id, connector_id))
        devices = dr.async_get(self._hass)
        if device := devices.async_get_device_by_identifier(identifier, entry_id):
            devices.async_remove_device(device.id)
        self._entry.runtime_data.async_forget(connector_id)
