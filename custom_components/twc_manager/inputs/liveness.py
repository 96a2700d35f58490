"""When the chosen sensors were measured last, and when they, their devices or their sources last reported.

Home Assistant writes no state if a value from MQTT or ESPHome is the same as before. So a sensor with an unchanged value
is alive while its device reports other measurements. This also holds for a value from before a restart, but only after
some time, since the device may not have published a new one yet. A helper is written whenever one of its sources is, so
it is alive only while all of them are.

Times are in s of the loop's clock, as the wall clock can be set; only the reports before the start are by the latter.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf
from typing import Final

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import (
    CALLBACK_TYPE,
    CoreState,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers import restore_state
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.util import dt as dt_util

from .origins import Origin, origin_of

ORIGINS_SECONDS: Final = 30.0
"""The time in s after which devices and helpers are looked up again, since both can be changed at any time."""

CONFIRMED_SECONDS: Final = 30.0
"""The time in s for which a device has to report to confirm a value from before a restart: it publishes its measurements
at least that often, and another value would have been written."""


@dataclass(frozen=True, slots=True)
class Report:
    """The state of a sensor.

    Attributes:
        state: its state; None if there is no usable one: the sensor does not exist, its value is from before a restart and
            not confirmed, or it is a helper with a source that is not available.
        at: when it was written last, even with an unchanged value; the present if it does not exist.
        alive_at: when it, its device or the sources of a helper last reported; as `at` without a usable value.

    """

    state: State | None
    at: float
    alive_at: float


def reported_at(state: State, now: float) -> float:
    """Return when a sensor reported last, even an unchanged value, by the wall clock."""
    age = (dt_util.utcnow() - state.last_reported).total_seconds()
    return now - max(age, 0.0)


class Liveness:
    """Tracks the reports of sensors and of their origins."""

    def __init__(self, hass: HomeAssistant, entity_ids: Iterable[str] = ()) -> None:
        """Start with the present states; no entity is tracked yet."""
        self._hass = hass
        self._chosen = frozenset(entity_ids)
        self._origins: dict[str, Origin] = {}
        self._found_at = -inf
        self._reports: dict[str, float] = {}
        self._restored: set[str] = set()
        self._changed: Callable[[], None] | None = None
        self._watched: frozenset[str] = frozenset()
        self._stop: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self, changed: Callable[[], None]) -> None:
        """Call `changed` whenever a chosen entity reports, or one of its origins is added or removed."""
        self._changed = changed
        self._watch()

    @callback
    def async_stop(self) -> None:
        """Stop tracking."""
        self._changed = None
        self._unwatch()

    @callback
    def async_choose(self, entity_ids: Iterable[str]) -> None:
        """Track other entities from now on."""
        self._chosen = frozenset(entity_ids)
        self._found_at = -inf
        if self._changed is not None:
            self._watch()

    @callback
    def async_rename(self, old: str, new: str) -> None:
        """Keep the reports of an entity under its new id."""
        if old in self._reports:
            self._reports[new] = self._reports.pop(old)

    @callback
    def async_update(self, now: float) -> None:
        """Look up the origins of the sensors again, if that was some time ago."""
        if now - self._found_at >= ORIGINS_SECONDS:
            self._find(now)

    def report(self, entity_id: str, now: float) -> Report:
        """Return the state of a chosen sensor."""
        self.async_update(now)
        state = self._hass.states.get(entity_id)
        if state is None:
            return Report(None, now, now)
        at = min(self._reports.get(entity_id, now), now)
        alive_at = self._alive_at(entity_id, now, frozenset())
        if alive_at is None:
            return Report(None if _is_usable(state) else state, at, at)
        return Report(state, at, alive_at)

    def _alive_at(
        self, entity_id: str, now: float, above: frozenset[str]
    ) -> float | None:
        """Return when a sensor last reported; None if it has no usable value.

        Args:
            entity_id: its entity.
            now: the present.
            above: the helpers of which it is a source; they do not count as its sources, although helpers may name each other.

        """
        if not _is_usable(self._hass.states.get(entity_id)):
            return None
        own = self._reports.get(entity_id, -inf)
        origin = self._origins.get(entity_id, Origin())
        above |= {entity_id}
        if sources := origin.sources - above:
            return self._helper_alive_at(entity_id, sources, now, above)
        spoken = [
            self._reports.get(other, -inf)
            for other in origin.siblings - self._restored
            if _is_usable(self._hass.states.get(other))
        ]
        newest = max([own, *spoken])
        if entity_id in self._restored and newest < own + CONFIRMED_SECONDS:
            return None
        return min(newest, now)

    def _helper_alive_at(
        self, entity_id: str, sources: frozenset[str], now: float, above: frozenset[str]
    ) -> float | None:
        """Return when all sources of a helper have reported; None if one of them has no usable value."""
        times = [self._alive_at(source, now, above) for source in sources]
        known = [at for at in times if at is not None]
        if len(known) < len(times):
            return None
        oldest = min(known)
        if entity_id in self._restored:
            # Helpers calculate only once Home Assistant runs, and until then show their state from before the restart.
            since = self._reports.get(entity_id, inf)
            if self._hass.state is not CoreState.running or oldest <= since:
                return None
        return oldest

    def _find(self, now: float) -> None:
        """Look up the origins of the chosen sensors, and the origins of those."""
        self._found_at = now
        self._origins = {}
        waiting = list(self._chosen)
        while waiting:
            entity_id = waiting.pop()
            if entity_id not in self._origins:
                origin = self._origins[entity_id] = origin_of(self._hass, entity_id)
                waiting += origin.sources
        for entity_id in self._relevant() - self._reports.keys():
            if (state := self._hass.states.get(entity_id)) is not None:
                self._reports[entity_id] = reported_at(state, now)
                if self._is_restored(state):
                    self._restored.add(entity_id)
        if self._changed is not None and self._relevant() != self._watched:
            self._watch()

    def _relevant(self) -> frozenset[str]:
        """Return the chosen sensors and all entities whose reports count for them."""
        siblings = (origin.siblings for origin in self._origins.values())
        return self._chosen.union(self._origins, *siblings)

    def _watch(self) -> None:
        self._unwatch()
        self._watched = self._relevant()
        if not self._watched:
            return
        # A meter that repeats its value is alive: its age counts, not only its value.
        self._stop = [
            async_track_state_change_event(
                self._hass, self._watched, self._state_changed
            ),
            async_track_state_report_event(
                self._hass, self._watched, self._state_reported
            ),
        ]

    def _unwatch(self) -> None:
        for stop in self._stop:
            stop()
        self._stop = []
        self._watched = frozenset()

    @callback
    def _state_changed(self, event: Event[EventStateChangedData]) -> None:
        old, new = event.data["old_state"], event.data["new_state"]
        entity_id = event.data["entity_id"]
        self._restored.discard(entity_id)
        if new is None or old is None:
            # A helper may have been changed.
            self._found_at = -inf
        if new is not None:
            self._reports[entity_id] = reported_at(new, self._hass.loop.time())
            if not _is_usable(old) and self._is_restored(new):
                self._restored.add(entity_id)
        if entity_id in self._chosen or _is_usable(old) != _is_usable(new):
            self._notify()

    @callback
    def _state_reported(self, event: Event[EventStateReportedData]) -> None:
        entity_id = event.data["entity_id"]
        state = event.data["new_state"]
        self._reports[entity_id] = reported_at(state, self._hass.loop.time())
        self._restored.discard(entity_id)
        if entity_id in self._chosen:
            self._notify()

    def _notify(self) -> None:
        if self._changed is not None:
            self._changed()

    def _is_restored(self, state: State) -> bool:
        """Return whether a state seems to be the one from before a restart, written once since.

        Some integrations show it until the first report of the device, and MQTT does not show a first report that is
        the same.
        """
        stored = _stored_state(restore_state.async_get(self._hass), state.entity_id)
        return (
            stored is not None
            and _is_usable(state)
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
    # Home Assistant 2026.10.
    return data.last_states.get(entity_id)


def _is_usable(state: State | None) -> bool:
    """Return whether there is a value."""
    return state is not None and state.state not in {STATE_UNAVAILABLE, STATE_UNKNOWN}
