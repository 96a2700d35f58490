"""Conditions of TWC Manager: what is so at a wall connector, or on the bus."""

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

# To mypy `vol.Schema` is not the class that Home Assistant takes, though it is the same one.
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
    """A condition on the entity of each connector that one key describes."""

    _key: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the entities that are looked at."""
        return of_connectors(self._hass, entities, self._key)


class IsPluggedInCondition(_ConnectorCondition):
    """A car is plugged in."""

    _domain_specs: Mapping[str, DomainSpec] = {BINARY_SENSOR_DOMAIN: DomainSpec()}
    _key = "cable"
    _states = {STATE_ON}


class IsChargingCondition(_ConnectorCondition):
    """A car charges."""

    _domain_specs: Mapping[str, DomainSpec] = {BINARY_SENSOR_DOMAIN: DomainSpec()}
    _key = "charging"
    _states = {STATE_ON}


class IsModeCondition(EntityConditionBase):
    """The mode of the bus, or of a connector, is one of some; a connector without its own has that of the bus."""

    _domain_specs: Mapping[str, DomainSpec] = {SELECT_DOMAIN: DomainSpec()}
    _schema = MODE_SCHEMA
    # The mode of a connector's own is a setting of it.
    _primary_entities_only = False

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Take the modes."""
        super().__init__(hass, config)
        assert config.options is not None
        self._modes = frozenset(config.options[CONF_MODE])

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the entities that are looked at."""
        return with_key(self._hass, super().entity_filter(entities), "mode", "own_mode")

    @property
    @override
    def needs_polling(self) -> bool:
        """Return True, as the mode of the bus may not be among the targeted entities."""
        return True

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Return whether the mode is one of those."""
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
