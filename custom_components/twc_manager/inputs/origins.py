"""The origins of the value of a sensor: the sources of a helper, or the other measurements of its device.

A helper (template, sum, minimum and maximum, statistics, derivative, filter, utility meter ...) calculates its state
from other entities, and Home Assistant writes it whenever one of them changes. Another sensor of the same device proves
that a sensor is alive only if it measures as well: reports of a gateway about itself, which continue while its meter is
dead (signal strength, uptime, temperature, a button, an update), prove nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import ATTR_ENTITY_ID, Platform
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity, entity_sources
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.helpers.script_variables import ScriptVariables
from homeassistant.helpers.template import Template, is_template_string
from homeassistant.loader import IntegrationNotLoaded, async_get_loaded_integration
from homeassistant.util.unit_conversion import (
    ElectricCurrentConverter,
    ElectricPotentialConverter,
    EnergyConverter,
    PowerConverter,
)
from jinja2 import ChainableUndefined

from .restored import is_usable

_MEASURED_CLASSES: Final = frozenset(
    {
        SensorDeviceClass.APPARENT_POWER,
        SensorDeviceClass.CURRENT,
        SensorDeviceClass.ENERGY,
        SensorDeviceClass.POWER,
        SensorDeviceClass.POWER_FACTOR,
        SensorDeviceClass.REACTIVE_POWER,
        SensorDeviceClass.VOLTAGE,
    }
)
"""The device classes of meters. The state class does not help: the strength of a Wi-Fi signal is a measurement as well."""

_MEASURED_UNITS: Final = frozenset(
    unit
    for converter in (
        ElectricCurrentConverter,
        ElectricPotentialConverter,
        EnergyConverter,
        PowerConverter,
    )
    for unit in converter.VALID_UNITS
    if unit is not None
)
"""The units of these, for sensors that have no device class."""

_NO_TRIGGER: Final = ChainableUndefined(name="trigger")
"""The value of `trigger` between two triggers. Without it, Home Assistant would log an error each time it is read."""

_CALCULATED: Final = "calculated"
_HELPER: Final = "helper"

_NOT_OF_THE_VALUE: Final = frozenset(
    {"attributes", "icon", "name", "picture", "entity_picture"}
)
"""The keys of a template entity's configuration that do not affect its value."""

_KEPT_SOURCES: Final[Mapping[str, tuple[str, ...]]] = {
    "compensation": ("_source_entity_id",),
    "derivative": ("_sensor_source_id",),
    "filter": ("_entity",),
    "integration": ("_sensor_source_id",),
    "min_max": ("_entity_ids",),
    "statistics": ("_source_entity_id",),
    "template": ("_config",),
    "utility_meter": ("_sensor_source_id",),
}
"""The attributes in which helpers that were set up in YAML keep their sources, by integration.

No registry has a copy of the sources, and only some helpers show them. These names are Home Assistant's own: tests set
up each helper except the filter, which needs a database. A helper of another integration is alive by its own reports
only.
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """The origins of the value of a sensor.

    Attributes:
        sources: the measuring sensors of a helper; empty for any other sensor.
        siblings: the other measuring sensors of its device; empty for a helper.

    """

    sources: frozenset[str] = frozenset()
    siblings: frozenset[str] = frozenset()


def origin_of(hass: HomeAssistant, entity_id: str) -> Origin:
    """Return the origins of the value of a sensor."""
    if _is_helper(hass, entity_id):
        return Origin(sources=_sources(hass, entity_id))
    return Origin(siblings=_siblings(hass, entity_id))


def _is_helper(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity calculates its value from other entities."""
    entry = er.async_get(hass).async_get(entity_id)
    platform = entry.platform if entry is not None else None
    if platform is None and (source := entity_sources(hass).get(entity_id)):
        platform = source["domain"]
    if platform is None:
        # A state without an entity, such as that of an old group: only its attribute names the sources.
        state = hass.states.get(entity_id)
        return state is not None and ATTR_ENTITY_ID in state.attributes
    try:
        integration = async_get_loaded_integration(hass, platform)
    except IntegrationNotLoaded:
        return False
    return (
        integration.integration_type == _HELPER or integration.iot_class == _CALCULATED
    )


def _siblings(hass: HomeAssistant, entity_id: str) -> frozenset[str]:
    """Return the other measuring sensors of a device that come from the same integration."""
    registry = er.async_get(hass)
    own = registry.async_get(entity_id)
    if own is None or own.device_id is None:
        return frozenset()
    # Helpers, and other integrations with the same network address, belong to the device as well.
    return frozenset(
        other.entity_id
        for other in er.async_entries_for_device(registry, own.device_id)
        if other.entity_id != entity_id
        and other.platform == own.platform
        and other.config_entry_id == own.config_entry_id
        and other.entity_category is None
        and _measures(other, None)
    )


def _sources(hass: HomeAssistant, entity_id: str) -> frozenset[str]:
    """Return the measuring sensors of a helper, including those that no longer exist."""
    registry = er.async_get(hass)
    known = {
        source: (registry.async_get(source), hass.states.get(source))
        for source in _named_sensors(hass, entity_id)
    }
    measuring = {source for source, item in known.items() if _measures(*item)}
    if not measuring:
        # REST and MQTT sensors may have no unit: each source that may be a number may be the measured one.
        return frozenset(
            source for source, (_, state) in known.items() if _may_count(state)
        )
    missing = {source for source, item in known.items() if item == (None, None)}
    return frozenset(measuring | missing)


def _named_sensors(hass: HomeAssistant, entity_id: str) -> Iterator[str]:
    """Yield the other sensors that a helper names."""
    registry = er.async_get(hass)
    for item in _named(hass, entity_id):
        named = er.async_resolve_entity_id(registry, item)
        if named is None or named == entity_id:
            continue
        if split_entity_id(named)[0] == Platform.SENSOR:
            yield named


def _may_count(state: State | None) -> bool:
    """Return whether the value of a sensor is a number, or unknown."""
    if not is_usable(state):
        return True
    try:
        float(state.state)
    except ValueError:
        return False
    return True


def _measures(entry: er.RegistryEntry | None, state: State | None) -> bool:
    """Return whether a sensor shows a power, a current, a voltage, an energy or the like."""
    device_class, unit = None, None
    if entry is not None:
        if entry.domain != Platform.SENSOR:
            return False
        device_class = entry.device_class or entry.original_device_class
        unit = entry.unit_of_measurement
    if state is not None:
        device_class = device_class or state.attributes.get("device_class")
        unit = unit or state.attributes.get("unit_of_measurement")
    if device_class is not None:
        return device_class in _MEASURED_CLASSES
    return unit in _MEASURED_UNITS


def _named(hass: HomeAssistant, entity_id: str) -> Iterator[str]:
    """Yield the texts in a helper's options, attribute, configuration and templates, which include entity ids."""
    state = hass.states.get(entity_id)
    if state is not None:
        yield from _entities_in(hass, state.attributes.get(ATTR_ENTITY_ID), state)
    entry = er.async_get(hass).async_get(entity_id)
    if entry is not None and entry.config_entry_id is not None:
        config_entry = hass.config_entries.async_get_entry(entry.config_entry_id)
        if config_entry is not None:
            yield from _entities_in(hass, config_entry.options, state)
            # The entity itself has the same options.
            return
    if (entity := _entity(hass, entity_id)) is not None:
        for kept in _kept_by(entity):
            yield from _entities_in(hass, kept, state)


def _entity(hass: HomeAssistant, entity_id: str) -> Entity | None:
    """Return the object behind a sensor that was set up in YAML."""
    component = hass.data.get(DATA_INSTANCES, {}).get(split_entity_id(entity_id)[0])
    return None if component is None else component.get_entity(entity_id)


def _kept_by(entity: Entity) -> Iterator[object]:
    """Yield the attributes with the sources of a helper that was set up in YAML."""
    for name in _KEPT_SOURCES.get(entity.platform.platform_name, ()):
        yield getattr(entity, name, None)
    # The templates of a helper with triggers often name no entity, but its triggers do.
    config = getattr(getattr(entity, "coordinator", None), "config", None)
    if isinstance(config, Mapping):
        yield from (config.get(key) for key in ("triggers", "variables"))


def _entities_in(
    hass: HomeAssistant, item: object, this: State | None
) -> Iterator[str]:
    """Yield the texts in a configuration, and the entities that its templates read."""
    match item:
        case Template():
            variables = {"this": this, "trigger": _NO_TRIGGER}
            yield from item.async_render_to_info(variables).entities
        case str() if is_template_string(item):
            yield from _entities_in(hass, Template(item, hass), this)
        case str():
            yield item
        case ScriptVariables():
            yield from _entities_in(hass, item.variables, this)
        case Mapping():
            for key, value in item.items():
                if key not in _NOT_OF_THE_VALUE:
                    yield from _entities_in(hass, value, this)
        case list() | tuple() | set() | frozenset():
            for value in item:
                yield from _entities_in(hass, value, this)
