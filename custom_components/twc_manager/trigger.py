"""Triggers of TWC Manager: what happens at a connector, and that a connection is lost.

All but the last are Home Assistant's triggers for states, applied to entities of the targeted connectors.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any, ClassVar, Final, cast, override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, State, callback
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    EntityTargetStateTriggerBase,
    EntityTransitionTriggerBase,
    EntityTriggerBase,
    NotTriggeredReasonReporter,
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .charging.metering.status import Status
from .charging.outcome import LimitReason
from .connection import LostConnection, async_on_connection_lost
from .targets import of_connectors, state_beside

# mypy sees another class than Home Assistant's schema, although it is the same one.
_NO_OPTIONS: Final[Any] = vol.Schema({vol.Optional("options"): {}})

PLUG_SETTLES: Final = timedelta(seconds=30)
"""How long a connector may take after a start to report a vehicle that has been plugged in all the time."""


class _KeyedTrigger(EntityTriggerBase):
    """A trigger on the entity of each targeted connector that has a translation key."""

    _key: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the entities to watch."""
        return of_connectors(self._hass, entities, self._key)


class PluggedInTrigger(_KeyedTrigger, EntityTargetStateTriggerBase):
    """A vehicle was plugged in.

    An older connector does not report that nothing is plugged in, so its cable changes from unknown to on.
    """

    _domain_specs: Mapping[str, DomainSpec] = {BINARY_SENSOR_DOMAIN: DomainSpec()}
    _key = "cable"
    _to_states = {STATE_ON}
    _excluded_from_states = frozenset({STATE_UNAVAILABLE})

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        """Return whether the vehicle was not plugged in before."""
        if not super().is_valid_transition(from_state, to_state):
            return False
        known = to_state.last_changed - from_state.last_changed
        return from_state.state != STATE_UNKNOWN or known >= PLUG_SETTLES


class ChargingStartedTrigger(_KeyedTrigger, EntityTargetStateTriggerBase):
    """A vehicle started drawing current."""

    _domain_specs: Mapping[str, DomainSpec] = {BINARY_SENSOR_DOMAIN: DomainSpec()}
    _key = "charging"
    _to_states = {STATE_ON}


class ChargingFinishedTrigger(_KeyedTrigger, EntityTransitionTriggerBase):
    """A vehicle stopped drawing current without a command to stop."""

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
        """Return whether it charged before and is not being stopped."""
        limited_by = state_beside(
            self._hass, to_state.entity_id, SENSOR_DOMAIN, "limited_by"
        )
        return limited_by != LimitReason.STOPPING and super().is_valid_transition(
            from_state, to_state
        )


class _LimitedByTrigger(_KeyedTrigger, EntityTargetStateTriggerBase):
    """A reason began to limit the current.

    A passing reason does not make the same reason a new one.
    """

    _domain_specs: Mapping[str, DomainSpec] = {SENSOR_DOMAIN: DomainSpec()}
    _key = "limited_by"
    _passing: ClassVar[frozenset[LimitReason]] = frozenset()

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Start without earlier reasons."""
        super().__init__(hass, config)
        self._before: dict[str, str | None] = {}
        self._lasting: dict[str, str] = {}

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Record the reason, and return whether it is the one to trigger on."""
        key, lasting = state.entity_id, self._lasting.get(state.entity_id)
        if state.state in self._passing:
            self._before[key] = lasting
        elif state.state != lasting:
            self._before[key], self._lasting[key] = lasting, state.state
        return super().is_valid_state(state, report_not_triggered)

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        """Return whether it is a new reason, also when a passing reason was shown in between."""
        if not super().is_valid_transition(from_state, to_state):
            return False
        if from_state.state not in self._passing:
            return True
        before = self._before.get(to_state.entity_id)
        return before is not None and before != to_state.state


class LimitedByMainFuseTrigger(_LimitedByTrigger):
    """The main fuse limits the current."""

    _to_states = {LimitReason.MAIN_FUSE}
    # Shown while an offer is raised, and while the meter has not confirmed it.
    _passing = frozenset({LimitReason.SETTLING, LimitReason.PHASE_UNPROVEN})


class CouldNotBeStoppedTrigger(_LimitedByTrigger):
    """A vehicle that has to be stopped continues to charge at the minimum."""

    _to_states = {LimitReason.CANNOT_STOP}
    # From time to time all methods are tried again.
    _passing = frozenset({LimitReason.STOPPING})


class PausedForGreenEnergyTrigger(_LimitedByTrigger):
    """A vehicle waits for green energy."""

    _to_states = {LimitReason.GREEN_ENERGY}
    # The delays of a start that a cloud interrupts.
    _passing = frozenset({LimitReason.START_DELAY, LimitReason.STARTS_CAPPED})

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Return whether green energy pauses the vehicle, and does not only limit its current."""
        if not super().is_valid_state(state, report_not_triggered):
            return False
        status = state_beside(self._hass, state.entity_id, SENSOR_DOMAIN, "status")
        return status == Status.PAUSED


class ConnectionLostTrigger(Trigger):
    """No vehicle charges because the port of a bus, or a connector with a vehicle, is lost; for every bus.

    It triggers together with the repair issue that reports the loss, not with each state that becomes unavailable.
    """

    @classmethod
    @override
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Return the configuration, which has no options."""
        return cast(ConfigType, _NO_OPTIONS(config))

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Run the action with each connection that is lost."""

        @callback
        def lost(connection: LostConnection) -> None:
            run_action(asdict(connection), f"connection of {connection.bus} lost")

        return async_on_connection_lost(self._hass, lost)


TRIGGERS: Final[dict[str, type[Trigger]]] = {
    "plugged_in": PluggedInTrigger,
    "charging_started": ChargingStartedTrigger,
    "charging_finished": ChargingFinishedTrigger,
    "paused_for_green_energy": PausedForGreenEnergyTrigger,
    "limited_by_main_fuse": LimitedByMainFuseTrigger,
    "could_not_be_stopped": CouldNotBeStoppedTrigger,
    "connection_lost": ConnectionLostTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
