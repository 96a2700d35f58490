"""Triggers of TWC Manager: what happens to a car at a wall connector.

Home Assistant's own triggers for the states of entities, told by the entities of the connectors that are meant.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Final, override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    EntityTargetStateTriggerBase,
    EntityTransitionTriggerBase,
    EntityTriggerBase,
    NotTriggeredReasonReporter,
    Trigger,
)

from .charging.metering.status import Status
from .charging.outcome import LimitReason
from .targets import of_connectors, state_beside

PLUG_SETTLES: Final = timedelta(seconds=30)
"""For so long after a start a connector may not have told yet that a car has been there all the while."""


class _KeyedTrigger(EntityTriggerBase):
    """A trigger by the entity of each connector that one key describes."""

    _key: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the entities that are looked at."""
        return of_connectors(self._hass, entities, self._key)


class PluggedInTrigger(_KeyedTrigger, EntityTargetStateTriggerBase):
    """A car was plugged in.

    An older connector never tells that nobody is plugged in: there the plug goes from unknown to on.
    """

    _domain_specs: Mapping[str, DomainSpec] = {BINARY_SENSOR_DOMAIN: DomainSpec()}
    _key = "cable"
    _to_states = {STATE_ON}
    _excluded_from_states = frozenset({STATE_UNAVAILABLE})

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        """Return whether the car was not there before."""
        if not super().is_valid_transition(from_state, to_state):
            return False
        known = to_state.last_changed - from_state.last_changed
        return from_state.state != STATE_UNKNOWN or known >= PLUG_SETTLES


class ChargingStartedTrigger(_KeyedTrigger, EntityTargetStateTriggerBase):
    """A car began to draw."""

    _domain_specs: Mapping[str, DomainSpec] = {BINARY_SENSOR_DOMAIN: DomainSpec()}
    _key = "charging"
    _to_states = {STATE_ON}


class ChargingFinishedTrigger(_KeyedTrigger, EntityTransitionTriggerBase):
    """A car stopped drawing, and not because it was stopped."""

    _domain_specs: Mapping[str, DomainSpec] = {SENSOR_DOMAIN: DomainSpec()}
    _key = "status"
    _from_states = {Status.CHARGING}
    _to_states = {
        Status.CONNECTED,
        Status.COMPLETE,
        Status.READY,
        Status.DISCONNECTED,
    }

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        """Return whether it charged before, and nobody stops it."""
        limited_by = state_beside(
            self._hass, to_state.entity_id, SENSOR_DOMAIN, "limited_by"
        )
        return limited_by != LimitReason.STOPPING and super().is_valid_transition(
            from_state, to_state
        )


class _LimitedByTrigger(_KeyedTrigger, EntityTargetStateTriggerBase):
    """Something became the reason why there is no more.

    What comes and goes while it still is the reason does not make it a new one.
    """

    _domain_specs: Mapping[str, DomainSpec] = {SENSOR_DOMAIN: DomainSpec()}
    _key = "limited_by"
    _passing: ClassVar[frozenset[LimitReason]] = frozenset()

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        """Return whether it was not the reason before."""
        return from_state.state not in self._passing and super().is_valid_transition(
            from_state, to_state
        )


class LimitedByMainFuseTrigger(_LimitedByTrigger):
    """The main fuse keeps charging from more."""

    _to_states = {LimitReason.MAIN_FUSE}
    # An offer that has just been raised towards what the fuse leaves.
    _passing = frozenset({LimitReason.SETTLING})


class CouldNotBeStoppedTrigger(_LimitedByTrigger):
    """A car that should have stopped goes on at the least there is."""

    _to_states = {LimitReason.CANNOT_STOP}
    # Now and then it is tried again.
    _passing = frozenset({LimitReason.STOPPING})


class PausedForGreenEnergyTrigger(_LimitedByTrigger):
    """A car waits, since there is too little green energy."""

    _to_states = {LimitReason.GREEN_ENERGY}
    # A cloud that ends a gap between clouds.
    _passing = frozenset({LimitReason.START_DELAY, LimitReason.STARTS_CAPPED})

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Return whether there is no green energy for a car, and not only no more of it."""
        status = state_beside(self._hass, state.entity_id, SENSOR_DOMAIN, "status")
        return status == Status.PAUSED and super().is_valid_state(
            state, report_not_triggered
        )


TRIGGERS: Final[dict[str, type[Trigger]]] = {
    "plugged_in": PluggedInTrigger,
    "charging_started": ChargingStartedTrigger,
    "charging_finished": ChargingFinishedTrigger,
    "paused_for_green_energy": PausedForGreenEnergyTrigger,
    "limited_by_main_fuse": LimitedByMainFuseTrigger,
    "could_not_be_stopped": CouldNotBeStoppedTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
