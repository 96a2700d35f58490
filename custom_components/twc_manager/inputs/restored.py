"""Tracks the entities that show a value from before a restart: it was stored, and not measured since.

Some integrations show it until the first report of the device, and MQTT does not write a first report with the same
value. Such a value does not count until something confirms it.
"""

from typing import Final, TypeGuard

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import CoreState, HomeAssistant, State
from homeassistant.helpers import restore_state

CONFIRMED_SECONDS: Final = 30.0
"""How many s a device has to report to confirm a value from before a restart: it publishes its measurements at least that
often, and another value would have been written."""


def is_usable(state: State | None) -> TypeGuard[State]:
    """Return whether a state has a value: neither None, unavailable nor unknown."""
    return state is not None and state.state not in {STATE_UNAVAILABLE, STATE_UNKNOWN}


class RestoredStates:
    """The entities whose value is from before a restart."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start without entities."""
        self._hass = hass
        self._values: dict[str, str] = {}

    def __contains__(self, entity_id: str) -> bool:
        """Return whether the value of an entity is from before a restart."""
        return entity_id in self._values

    def note_found(self, state: State) -> None:
        """Take the state of an entity that is found for the first time."""
        if self._is_as_stored(state):
            self._values[state.entity_id] = state.state

    def note_written(
        self, entity_id: str, old: State | None, new: State | None
    ) -> None:
        """Take a state that was written: only the first value after no value may be the stored one, also under a new id."""
        kept = self._values.pop(entity_id, None)
        if not is_usable(new) or is_usable(old):
            return
        if new.state == kept or self._is_as_stored(new):
            self._values[entity_id] = new.state

    def note_repeated(self, entity_id: str) -> None:
        """Note that an entity reported its value again."""
        self._values.pop(entity_id, None)

    def rename(self, old: str, new: str) -> None:
        """Keep what is known of an entity under its new id."""
        if (value := self._values.pop(old, None)) is not None:
            self._values[new] = value

    def is_confirmed(
        self, entity_id: str, written_at: float, reported_at: float
    ) -> bool:
        """Return whether the value of a sensor counts: its device has reported for `CONFIRMED_SECONDS` since.

        Args:
            entity_id: the sensor.
            written_at: when its value was written, in s.
            reported_at: when it or its device reported last, in s.

        """
        if entity_id not in self._values:
            return True
        return reported_at >= written_at + CONFIRMED_SECONDS

    def is_calculated(
        self, entity_id: str, written_at: float, sources_at: float
    ) -> bool:
        """Return whether the value of a helper counts: it has been calculated from its sources.

        Helpers calculate only once Home Assistant runs, and until then show their state from before the restart.

        Args:
            entity_id: the helper.
            written_at: when its value was written, in s.
            sources_at: the last report of the source that has been silent for longest, in s.

        """
        if entity_id not in self._values:
            return True
        return self._hass.state is CoreState.running and sources_at > written_at

    def _is_as_stored(self, state: State) -> bool:
        """Return whether a state seems to be the stored one: it has the same value, and was written only once."""
        stored = _stored_state(restore_state.async_get(self._hass), state.entity_id)
        return (
            stored is not None
            and is_usable(state)
            and stored.state.state == state.state
            and state.last_reported == state.last_changed
        )


def _stored_state(
    data: restore_state.RestoreStateData, entity_id: str
) -> restore_state.StoredState | None:
    """Return the state of an entity that was stored before the restart."""
    if hasattr(data, "async_get_stored_state"):
        stored: restore_state.StoredState | None
        stored = data.async_get_stored_state(entity_id)
        return stored
    # Home Assistant 2026.10 has no such method.
    return data.last_states.get(entity_id)
