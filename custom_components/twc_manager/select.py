"""Selects of TWC Manager: the modes of the bus and of single connectors, and the phases of their vehicles."""

from dataclasses import replace
from typing import Final, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .charging.modes.active_rule import Mode
from .const import MODE_OF_BUS
from .entity import (
    TwcBusSetting,
    TwcConnectorSetting,
    add_for_each_connector,
    check_green,
)
from .types import TwcConfigEntry

PARALLEL_UPDATES = 0

LEARN: Final = "learn"
"""The option with which the phases of a vehicle are learned."""

MODE: Final = SelectEntityDescription(
    key="mode", translation_key="mode", options=list(Mode)
)
OWN_MODE: Final = SelectEntityDescription(
    key="own_mode",
    translation_key="own_mode",
    entity_category=EntityCategory.CONFIG,
    options=[MODE_OF_BUS, *Mode],
)

VEHICLE_PHASES: Final = SelectEntityDescription(
    key="vehicle_phases",
    translation_key="vehicle_phases",
    entity_category=EntityCategory.CONFIG,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: TwcConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the selects."""
    coordinator = entry.runtime_data
    async_add_entities([ModeSelect(coordinator, MODE)])
    add_for_each_connector(
        entry,
        async_add_entities,
        lambda connector_id: [
            OwnModeSelect(coordinator, OWN_MODE, connector_id),
            # On a single phase there is nothing to choose.
            *(
                [VehiclePhasesSelect(coordinator, VEHICLE_PHASES, connector_id)]
                if coordinator.wiring.phases > 1
                else []
            ),
        ],
    )


class ModeSelect(TwcBusSetting, SelectEntity):
    """The mode of the bus, in force while neither charge now nor a schedule is."""

    @property
    @override
    def current_option(self) -> str:
        """Return the mode."""
        return self.coordinator.data.user_settings.mode.value

    @override
    async def async_select_option(self, option: str) -> None:
        """Change the mode."""
        check_green(self.coordinator, option)
        user_settings = self.coordinator.user_settings
        self.coordinator.async_update_user_settings(
            user_settings.with_mode(Mode(option), dt_util.now()), self._context
        )


class OwnModeSelect(TwcConnectorSetting, SelectEntity):
    """The mode of a connector: its own, or that of the bus."""

    @property
    @override
    def current_option(self) -> str:
        """Return the mode."""
        own = self.coordinator.data.user_settings.overrides.get(self.connector_id)
        return MODE_OF_BUS if own is None else own.value

    @override
    async def async_select_option(self, option: str) -> None:
        """Change the mode."""
        check_green(self.coordinator, option)
        mode = None if option == MODE_OF_BUS else Mode(option)
        user_settings = self.coordinator.user_settings.with_override(
            self.connector_id, mode
        )
        self.coordinator.async_update_user_settings(user_settings, self._context)


class VehiclePhasesSelect(TwcConnectorSetting, SelectEntity):
    """How many phases the vehicles at a connector use, unless a measurement proves another number."""

    @property
    @override
    def options(self) -> list[str]:
        """Return `LEARN` and the numbers of phases that are possible at this connector."""
        return [LEARN, *map(str, range(1, self.coordinator.wiring.phases + 1))]

    @property
    @override
    def current_option(self) -> str:
        """Return the number of phases, or `LEARN`."""
        phases = self.settings.phases
        return LEARN if phases is None else str(phases)

    @override
    async def async_select_option(self, option: str) -> None:
        """Change the number."""
        phases = None if option == LEARN else int(option)
        settings = self.coordinator.user_settings.connector(self.connector_id)
        self.change_settings(replace(settings, phases=phases))
