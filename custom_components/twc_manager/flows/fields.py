"""Fields and checks that several forms share."""

from collections.abc import Container, Iterable, Mapping
from typing import Any, Final

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, Platform
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import voluptuous as vol

from ..const import DOMAIN
from ..inputs.schedules import WEEKDAYS

CONF_CONNECTOR: Final = "connector"

type Errors = dict[str, str]
"""Errors by field."""


def number(unit: str | None = None, *, step: float = 1) -> NumberSelector:
    """Return a field for a number.

    The field has no limits: the errors of the flow explain the allowed range better than the browser does.
    """
    config = NumberSelectorConfig(step=step, mode=NumberSelectorMode.BOX)
    if unit is not None:
        config["unit_of_measurement"] = unit
    return NumberSelector(config)


def choice(key: str, options: Iterable[str]) -> SelectSelector:
    """Return a field for one of a few options, which are translated under the key.

    It has radio buttons, so what was chosen can be changed, but not taken back.
    """
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options), mode=SelectSelectorMode.LIST, translation_key=key
        )
    )


def several(
    options: Iterable[str], *, key: str | None = None, multiple: bool = True
) -> SelectSelector:
    """Return a drop-down list for one or multiple options, shown as they are or translated under the key."""
    config = SelectSelectorConfig(
        options=list(options), multiple=multiple, mode=SelectSelectorMode.DROPDOWN
    )
    if key is not None:
        config["translation_key"] = key
    return SelectSelector(config)


def named(
    names: Mapping[str, str],
    *,
    key: str | None = None,
    multiple: bool = False,
    can_be_emptied: bool = False,
) -> SelectSelector:
    """Return a field for one or several values, with their names.

    Args:
        names: the names, by value.
        key: the key of the texts of values whose name is the value; None without any.
        multiple: whether several can be chosen.
        can_be_emptied: whether a choice can be taken back, which radio buttons do not allow.

    """
    mode = SelectSelectorMode.DROPDOWN if can_be_emptied else SelectSelectorMode.LIST
    config = SelectSelectorConfig(
        options=[
            SelectOptionDict(value=item, label=name) for item, name in names.items()
        ],
        multiple=multiple,
        mode=mode,
    )
    if key is not None:
        config["translation_key"] = key
    return SelectSelector(config)


def weekdays() -> SelectSelector:
    """Return a field for days of the week."""
    return SelectSelector(
        SelectSelectorConfig(
            options=list(WEEKDAYS),
            multiple=True,
            mode=SelectSelectorMode.LIST,
            translation_key="weekday",
        )
    )


def is_whole(value: float, minimum: float, maximum: float) -> bool:
    """Return whether a number is whole and within limits, which NaN and infinity are not."""
    return minimum <= value <= maximum and value == int(value)


def whole_numbers(user_input: dict[str, Any]) -> dict[str, Any]:
    """Return the input with integers instead of the floats of a form, where these are whole."""
    return {
        key: int(value) if isinstance(value, float) and value.is_integer() else value
        for key, value in user_input.items()
    }


def connector_schema(names: Mapping[int, str]) -> Any:
    """Return a form that asks for one of the named connectors."""
    return vol.Schema(
        {
            vol.Required(CONF_CONNECTOR): named(
                {str(connector_id): name for connector_id, name in names.items()}
            )
        }
    )


def own_entities(hass: HomeAssistant) -> list[str]:
    """Return the entities of this integration, which cannot be its own sources."""
    registry = er.async_get(hass)
    return sorted(
        entity.entity_id
        for entity in registry.entities.values()
        if entity.platform == DOMAIN
    )


def entity_error(
    hass: HomeAssistant,
    entity_id: str,
    domains: Iterable[str],
    *,
    units: Iterable[str] = (),
    wrong: str = "wrong_entity",
) -> str | None:
    """Return the error of a chosen entity; None without an error.

    Args:
        hass: Home Assistant.
        entity_id: the entity.
        domains: allowed domains.
        units: allowed units of measurement; all if empty.
        wrong: error for another domain or unit.

    """
    state = hass.states.get(entity_id)
    if state is None:
        return "entity_missing"
    if split_entity_id(entity_id)[0] not in domains:
        return wrong
    allowed = tuple(units)
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    return wrong if allowed and unit not in allowed else None


def sensor_errors(
    hass: HomeAssistant,
    chosen: Mapping[str, str],
    units: Iterable[str],
    wrong: str,
    *,
    own: Container[str] = (),
) -> Errors:
    """Return the errors of sensors: missing, of another kind, of this integration, or chosen twice.

    Args:
        hass: Home Assistant.
        chosen: the sensors, by their fields.
        units: allowed units of measurement.
        wrong: error for another unit.
        own: the entities of this integration, where the form does not exclude them.

    """
    errors: Errors = {}
    seen: set[str] = set()
    for key, entity_id in chosen.items():
        error = entity_error(
            hass, entity_id, [Platform.SENSOR], units=units, wrong=wrong
        )
        if error is None and entity_id in own:
            error = "own_sensor"
        if error is None and entity_id in seen:
            error = "same_sensor"
        if error is not None:
            errors[key] = error
        seen.add(entity_id)
    return errors
