"""Conditions of TWC Manager: the state of a connector or of the bus."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.select import DOMAIN as SELECT_DOMAIN
from homeassistant.const import CONF_MODE, CONF_OPTIONS, CONF_TARGET, STATE_ON
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ATTR_BEHAVIOR,
    BEHAVIOR_ALL,
    BEHAVIOR_ANY,
    Condition,
    ConditionConfig,
    EntityConditionBase,
    EntityStateConditionBase,
)
import voluptuous as vol

from .charging.modes.active_rule import Mode
from .const import MODE_OF_BUS
from .targets import of_connectors, state_of_bus, with_key

# For mypy, `vol.Schema` is another class than the one that Home Assistant takes.
MODE_SCHEMA: Final[Any] = vol.Schema(
    {
        vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
        vol.Required(CONF_OPTIONS): {
            vol.Required(ATTR_BEHAVIOR, default=BEHAVIOR_ANY): vol.In(
                [BEHAVIOR_ANY, BEHAVIOR_ALL]
            ),
            vol.Required(CONF_MODE): vol.All(
                cv.ensure_list, vol.Length(min=1), [vol.In([*Mode])]
            ),
        },
    }
)


class _ConnectorCondition(EntityStateConditionBase):
    """A condition on the entity of each targeted connector that has a translation key."""

    _key: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the entities to check."""
        return of_connectors(self._hass, entities, self._key)


class IsPluggedInCondition(_ConnectorCondition):
    """A vehicle is plugged in."""

    _domain_specs: Mapping[str, DomainSpec] = {BINARY_SENSOR_DOMAIN: DomainSpec()}
    _key = "cable"
    _states = {STATE_ON}


class IsChargingCondition(_ConnectorCondition):
    """A vehicle charges."""

    _domain_specs: Mapping[str, DomainSpec] = {BINARY_SENSOR_DOMAIN: DomainSpec()}
    _key = "charging"
    _states = {STATE_ON}


class IsModeCondition(EntityConditionBase):
    """The mode is one of several; a connector without its own mode has that of the bus."""

    _domain_specs: Mapping[str, DomainSpec] = {SELECT_DOMAIN: DomainSpec()}
    _schema = MODE_SCHEMA
    # A connector's own mode is a setting, not a primary entity.
    _primary_entities_only = False

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Store the modes to compare with."""
        super().__init__(hass, config)
        assert config.options is not None
        self._modes = frozenset(config.options[CONF_MODE])

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the entities to check."""
        return with_key(self._hass, super().entity_filter(entities), "mode", "own_mode")

    @property
    @override
    def needs_polling(self) -> bool:
        """Return True, as the mode of the bus may not be among the targeted entities."""
        return True

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Return whether the mode is one of the given ones."""
        mode: str | None = entity_state.state
        if mode == MODE_OF_BUS:
            mode = state_of_bus(
                self._hass, entity_state.entity_id, SELECT_DOMAIN, "mode"
            )
        return mode in self._modes


CONDITIONS: Final[dict[str, type[Condition]]] = {
    "is_plugged_in": IsPluggedInCondition,
    "is_charging": IsChargingCondition,
    "is_mode": IsModeCondition,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
