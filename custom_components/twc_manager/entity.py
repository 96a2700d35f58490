"""Base classes of the entities of a bus and of its connectors."""

from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any, override

from homeassistant.core import callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .charging.modes.active_rule import Mode
from .charging.settings import ConnectorSettings
from .const import DOMAIN
from .coordinator import TwcCoordinator
from .state.devices import device_id_of
from .state.explanations import ConnectorExplanation
from .state.identifiers import HOUSE, connector_key, member_key
from .state.meters import ConnectorReading
from .twc import BusStatus, format_id
from .types import TwcConfigEntry


@callback
def add_for_each_connector(
    entry: TwcConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    entities_of: Callable[[int], Iterable[Entity]],
) -> None:
    """Add the entities of each known connector, and of each that is found later."""
    coordinator = entry.runtime_data
    added: set[int] = set()

    @callback
    def add_new() -> None:
        known = set(coordinator.persistence.connectors)
        added.intersection_update(known)
        if not (new := sorted(known - added)):
            return
        added.update(new)
        async_add_entities(
            entity for connector_id in new for entity in entities_of(connector_id)
        )

    add_new()
    entry.async_on_unload(coordinator.async_add_listener(add_new))


@callback
def add_for_each_subentry(
    entry: TwcConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    kind: str,
    entities_of: Callable[[str], Iterable[Entity]],
) -> None:
    """Add the entities of each subentry of a kind, such as plans, and of each that is added later.

    Home Assistant removes them together with their subentry.
    """
    coordinator = entry.runtime_data
    added: dict[str, str] = {}

    @callback
    def follow() -> None:
        names = {
            subentry.subentry_id: subentry.title
            for subentry in entry.get_subentries_of_type(kind)
        }
        if names == added:
            return
        for subentry_id in added.keys() & names.keys():
            _rename(coordinator, subentry_id, names[subentry_id])
        new = sorted(names.keys() - added.keys())
        added.clear()
        added.update(names)
        for subentry_id in new:
            async_add_entities(entities_of(subentry_id), config_subentry_id=subentry_id)

    follow()
    entry.async_on_unload(coordinator.async_add_listener(follow))


def _rename(coordinator: TwcCoordinator, subentry_id: str, name: str) -> None:
    """Have the device of a subentry follow the name of its subentry."""
    hass, entry_id = coordinator.hass, coordinator.config_entry.entry_id
    device_id = device_id_of(hass, entry_id, member_key(entry_id, subentry_id))
    if device_id is not None:
        dr.async_get(hass).async_update_device(device_id, name=name)


def check_green(coordinator: TwcCoordinator, mode: str) -> None:
    """Check that green energy is measured before a mode follows it.

    Raises:
        ServiceValidationError: if there is no source of green energy.

    """
    if mode == Mode.GREEN and coordinator.inputs.options.green is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="no_green_source"
        )


def require_finite(value: float) -> float:
    """Return a number that the user entered if it is finite; the limits of the entity let NaN pass.

    Raises:
        ServiceValidationError: if it is NaN or infinite.

    """
    if not isfinite(value):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_number",
            translation_placeholders={"value": str(value)},
        )
    return value


class TwcEntity(CoordinatorEntity[TwcCoordinator]):
    """An entity whose state is written only when it changed."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: TwcCoordinator, description: EntityDescription
    ) -> None:
        """Start without a written state."""
        super().__init__(coordinator)
        self.entity_description = description
        self._written: tuple[Any, ...] | None = None

    def _shown(self) -> Any:
        """Return every part of the state and the name that can change."""
        return self.state

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if it changed."""
        shown = (self.available, self._shown() if self.available else None)
        if shown != self._written:
            self._written = shown
            self.async_write_ha_state()


class TwcBusEntity(TwcEntity):
    """An entity of the bus."""

    def __init__(
        self, coordinator: TwcCoordinator, description: EntityDescription
    ) -> None:
        """Put the entity on the device of the bus."""
        super().__init__(coordinator, description)
        entry_id = coordinator.config_entry.entry_id
        self._attr_unique_id = f"{entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry_id)})

    @property
    @override
    def available(self) -> bool:
        """Return whether the port is open."""
        return self.coordinator.data.status is not BusStatus.OFFLINE


class TwcBusSetting(TwcBusEntity):
    """A setting of the bus; it is stored in Home Assistant and can be changed while the port is gone."""

    @property
    @override
    def available(self) -> bool:
        """Return whether it can be changed."""
        return True


class TwcHouseEntity(TwcBusSetting):
    """An entity for the whole house, on a device of its own that exists once such an entity is set up."""

    def __init__(
        self, coordinator: TwcCoordinator, description: EntityDescription
    ) -> None:
        """Put the entity on the device of the house."""
        super().__init__(coordinator, description)
        entry = coordinator.config_entry
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, member_key(entry.entry_id, HOUSE))},
            translation_key="house",
            translation_placeholders={"bus": entry.title},
            entry_type=DeviceEntryType.SERVICE,
        )


class TwcConnectorEntity(TwcEntity):
    """An entity of one connector."""

    def __init__(
        self,
        coordinator: TwcCoordinator,
        description: EntityDescription,
        connector_id: int,
    ) -> None:
        """Put the entity on the device of its connector."""
        super().__init__(coordinator, description)
        entry = coordinator.config_entry
        key = connector_key(entry.entry_id, connector_id)
        stored = coordinator.persistence.connectors[connector_id]
        self.connector_id = connector_id
        self._attr_unique_id = f"{key}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, key)},
            manufacturer="Tesla",
            model="Wall Connector Gen 2",
            translation_key="connector",
            translation_placeholders={"connector": format_id(connector_id)},
            serial_number=stored.serial_number,
            sw_version=stored.firmware,
            via_device_id=dr.async_get_device_id_by_identifier(
                coordinator.hass,
                (DOMAIN, entry.entry_id),
                config_entry_id=entry.entry_id,
            ),
        )

    @property
    def settings(self) -> ConnectorSettings:
        """Return what the owner set for the connector."""
        return self.coordinator.data.user_settings.connector(self.connector_id)

    @callback
    def change_settings(self, settings: ConnectorSettings) -> None:
        """Store and apply settings of the connector."""
        user_settings = self.coordinator.user_settings
        self.coordinator.async_update_user_settings(
            user_settings.with_connector(self.connector_id, settings), self._context
        )

    @property
    def reading(self) -> ConnectorReading:
        """Return the values of the connector; only valid while it is available."""
        return self.coordinator.data.connectors[self.connector_id]

    @property
    def explanation(self) -> ConnectorExplanation | None:
        """Return why the connector gets its offer; None if the rules decided nothing for it."""
        return self.coordinator.data.explanations.get(self.connector_id)

    @property
    @override
    def available(self) -> bool:
        """Return whether the connector answers."""
        return self.connector_id in self.coordinator.data.connectors


class TwcConnectorSetting(TwcConnectorEntity):
    """A setting of a connector; it is stored in Home Assistant and can be changed while the connector does not answer."""

    @property
    @override
    def available(self) -> bool:
        """Return whether the connector is still known."""
        return self.connector_id in self.coordinator.persistence.connectors


class TwcPlanEntity(TwcEntity):
    """An entity of a plan, on the device of its subentry."""

    def __init__(
        self, coordinator: TwcCoordinator, description: EntityDescription, plan_id: str
    ) -> None:
        """Put the entity on the device of its plan."""
        super().__init__(coordinator, description)
        entry = coordinator.config_entry
        key = member_key(entry.entry_id, plan_id)
        self.plan_id = plan_id
        self._attr_unique_id = f"{key}_{description.key}"
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, key)},
            name=entry.subentries[plan_id].title,
            entry_type=DeviceEntryType.SERVICE,
        )

    @property
    @override
    def available(self) -> bool:
        """Return whether the plan still exists; its settings can be changed while the port is gone."""
        return self.plan_id in self.coordinator.config_entry.subentries
