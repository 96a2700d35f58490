"""When the chosen sensors were measured last, and when they, their devices or their sources last reported.

Home Assistant writes no state if a value from MQTT or ESPHome is the same as before. So a sensor with an unchanged
value is alive while its device reports other measurements. This also holds for a value from before a restart, but only
after some time, since the device may not have published a new one yet. A helper is written whenever one of its sources
is written, so it is alive only while all its sources are alive.

Times are in s of the loop's clock, as the wall clock can be set; only reports before the start are dated by the wall
clock.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Final

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.util import dt as dt_util

from .origins import Origin, origin_of
from .restored import RestoredStates, is_usable

ORIGINS_SECONDS: Final = 30.0
"""How many s pass until devices and helpers are looked up again, since both can be changed at any time."""


class Condition(StrEnum):
    """Whether a sensor has a value that counts."""

    MISSING = "missing"
    """The entity does not exist."""
    UNAVAILABLE = "unavailable"
    """It has no value: it is unavailable or unknown."""
    UNCONFIRMED = "unconfirmed"
    """Its value is from before a restart, and nothing has confirmed it since."""
    INCOMPLETE = "incomplete"
    """It is a helper, and the value of one of its sources does not count."""
    USABLE = "usable"


@dataclass(frozen=True, slots=True)
class Report:
    """The last report of a sensor.

    Attributes:
        condition: whether it has a value that counts.
        state: its state; None unless its value counts.
        at: when it was written last, even with an unchanged value; the current time if it does not exist.
        alive_at: when it, its device or the sources of a helper last reported; as `at` unless its value counts.

    """

    condition: Condition
    state: State | None
    at: float
    alive_at: float


@dataclass(frozen=True, slots=True)
class _Life:
    """Whether the value of a sensor counts, and when it last reported, in s; -inf unless the value counts."""

    condition: Condition
    at: float = -inf


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
        self._restored = RestoredStates(hass)
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
        self._restored.rename(old, new)

    @callback
    def async_update(self, now: float) -> None:
        """Look up the origins of the sensors again, if that was some time ago."""
        if now - self._found_at >= ORIGINS_SECONDS:
            self._find(now)

    def report(self, entity_id: str, now: float) -> Report:
        """Return the last report of a chosen sensor."""
        self.async_update(now)
        life = self._life(entity_id, now, frozenset())
        if life.condition is Condition.MISSING:
            return Report(life.condition, None, now, now)
        at = min(self._reports.get(entity_id, now), now)
        if life.condition is not Condition.USABLE:
            return Report(life.condition, None, at, at)
        state = self._hass.states.get(entity_id)
        return Report(life.condition, state, at, life.at)

    def _life(self, entity_id: str, now: float, above: frozenset[str]) -> _Life:
        """Return whether the value of a sensor counts, and when the sensor last reported.

        Args:
            entity_id: its entity.
            now: the present.
            above: the helpers of which it is a source; they are ignored among its sources, since helpers may name each
                other.

        """
        state = self._hass.states.get(entity_id)
        if state is None:
            return _Life(Condition.MISSING)
        if not is_usable(state):
            return _Life(Condition.UNAVAILABLE)
        origin = self._origins.get(entity_id, Origin())
        above |= {entity_id}
        if sources := origin.sources - above:
            return self._life_of_helper(entity_id, sources, now, above)
        own = self._reports.get(entity_id, -inf)
        spoken = [
            self._reports.get(other, -inf)
            for other in origin.siblings
            if other not in self._restored and is_usable(self._hass.states.get(other))
        ]
        newest = max([own, *spoken])
        if not self._restored.is_confirmed(entity_id, own, newest):
            return _Life(Condition.UNCONFIRMED)
        return _Life(Condition.USABLE, min(newest, now))

    def _life_of_helper(
        self, entity_id: str, sources: frozenset[str], now: float, above: frozenset[str]
    ) -> _Life:
        """Return whether the value of a helper counts, which needs all its sources, and when its oldest source reported."""
        lives = [self._life(source, now, above) for source in sources]
        if any(life.condition is not Condition.USABLE for life in lives):
            return _Life(Condition.INCOMPLETE)
        oldest = min(life.at for life in lives)
        since = self._reports.get(entity_id, inf)
        if not self._restored.is_calculated(entity_id, since, oldest):
            return _Life(Condition.UNCONFIRMED)
        return _Life(Condition.USABLE, oldest)

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
                self._restored.note_found(state)
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
        self._restored.note_written(entity_id, old, new)
        if new is None or old is None:
            # A helper may have been changed.
            self._found_at = -inf
        if new is not None:
            self._reports[entity_id] = reported_at(new, self._hass.loop.time())
        if entity_id in self._chosen or is_usable(old) != is_usable(new):
            self._notify()

    @callback
    def _state_reported(self, event: Event[EventStateReportedData]) -> None:
        entity_id = event.data["entity_id"]
        state = event.data["new_state"]
        self._reports[entity_id] = reported_at(state, self._hass.loop.time())
        self._restored.note_repeated(entity_id)
        if entity_id in self._chosen:
            self._notify()

    def _notify(self) -> None:
        if self._changed is not None:
            self._changed()
