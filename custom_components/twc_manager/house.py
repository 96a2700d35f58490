"""The rules' window on Home Assistant: sensors, followed entities and the cars' switches."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

import aiohttp
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    DOMAIN as HOMEASSISTANT_DOMAIN,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)
import voluptuous as vol

from .charging.rules import House, RulesConfig
from .const import LOGGER
from .options import (
    Options,
    async_watch_schedules,
    fuse_reading,
    green_readings,
    options_of,
    reported_at,
    schedules_of,
)

_DISOBEDIENCE: Final = (
    HomeAssistantError,
    vol.Invalid,
    ValueError,
    TimeoutError,
    aiohttp.ClientError,
)
"""What the services of the cars' integrations raise when they fail."""


def rules_config(options: Options) -> RulesConfig:
    """Return what was chosen in the options, as the rules take it."""
    config = RulesConfig(
        starts_per_hour=options.starts_per_hour,
        fuse=options.fuse.config if options.fuse is not None else None,
        contactors=options.contactors,
        welcome_charge=options.welcome_charge,
        six_amp_recovery=options.six_amp_recovery,
        turn_minutes=options.turn_minutes,
    )
    if (green := options.green) is None:
        return config
    return replace(
        config,
        source=green.config,
        stop_when_stale=green.stop_when_stale,
        stop_energy_wh=green.stop_energy_wh,
    )


class HouseWatch:
    """Watches what the options and the schedules of a bus name."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Read what to watch; nothing is watched yet."""
        self._hass = hass
        self._entry = entry
        self._stop: list[CALLBACK_TYPE] = []
        self._changed: Callable[[], None] = lambda: None
        # By entity id, in s of the loop's clock, which nobody sets, unlike the one on the wall.
        self._heard: dict[str, float] = {}
        self._disobedient: set[str] = set()
        self.options = options_of(entry)
        self.schedules = schedules_of(entry)

    @callback
    def async_start(self, changed: Callable[[], None]) -> CALLBACK_TYPE:
        """Call `changed` whenever something speaks that the rules listen to; return how to end that."""
        self._changed = changed
        stop = async_watch_schedules(self._hass, self._entry, self._schedules_changed)
        self._watch()

        @callback
        def end() -> None:
            stop()
            self._unwatch()

        return end

    def look(self, now: float, disabled_schedules: frozenset[str]) -> House:
        """Return what is known of the house; `now` in s of the loop's clock."""
        options = self.options
        self._recall(now)
        return House(
            readings=green_readings(self._hass, options.green, now, self._heard)
            if options.green is not None
            else None,
            fuse=fuse_reading(self._hass, options.fuse, now, self._heard)
            if options.fuse is not None
            else None,
            schedules=tuple(
                item.now(self._hass, enabled=item.schedule.id not in disabled_schedules)
                for item in self.schedules
            ),
            cars=frozenset(
                connector_id
                for connector_id, entity_id in options.car_switches.items()
                if self._is_there(entity_id)
            ),
        )

    async def async_tell_car(self, connector_id: int, *, charge: bool) -> None:
        """Tell the car at a connector to charge or to stop; whether it did is for the measured amps to say."""
        entity_id = self.options.car_switches[connector_id]
        try:
            await self._hass.services.async_call(
                HOMEASSISTANT_DOMAIN,
                SERVICE_TURN_ON if charge else SERVICE_TURN_OFF,
                {ATTR_ENTITY_ID: entity_id},
                blocking=True,
            )
        except _DISOBEDIENCE as err:
            if entity_id not in self._disobedient:
                self._disobedient.add(entity_id)
                LOGGER.warning(
                    "%s did not obey: %s", entity_id, str(err) or type(err).__name__
                )
        else:
            self._disobedient.discard(entity_id)

    def _recall(self, now: float) -> None:
        """Note when those spoke last that have not been heard since we listen."""
        for entity_id in self._entities():
            if entity_id not in self._heard and (
                state := self._hass.states.get(entity_id)
            ):
                self._heard[entity_id] = reported_at(state, now)

    def _is_there(self, entity_id: str) -> bool:
        state = self._hass.states.get(entity_id)
        return state is not None and state.state not in {
            STATE_UNAVAILABLE,
            STATE_UNKNOWN,
        }

    def _entities(self) -> Iterable[str]:
        options = self.options
        if options.green is not None:
            yield from (item.entity_id for item in options.green.sensors.values())
        if options.fuse is not None:
            yield from options.fuse.entity_ids
        yield from options.car_switches.values()
        yield from (item.followed for item in self.schedules if item.followed)

    def _watch(self) -> None:
        entities = sorted(set(self._entities()))
        if not entities:
            return
        # A meter that repeats itself is alive: its age counts, not only its value.
        self._stop = [
            async_track_state_change_event(self._hass, entities, self._spoke),
            async_track_state_report_event(self._hass, entities, self._spoke),
        ]

    def _unwatch(self) -> None:
        for stop in self._stop:
            stop()
        self._stop = []

    @callback
    def _spoke(
        self, event: Event[EventStateChangedData] | Event[EventStateReportedData]
    ) -> None:
        if (state := event.data["new_state"]) is not None:
            self._heard[state.entity_id] = reported_at(state, self._hass.loop.time())
        self._changed()

    @callback
    def _schedules_changed(self) -> None:
        self._unwatch()
        self.schedules = schedules_of(self._entry)
        self._watch()
        self._changed()
