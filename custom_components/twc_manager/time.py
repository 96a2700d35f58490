"""Times of TWC Manager: when a temporary fixed mode ends."""

from datetime import time
from typing import Final, override

from homeassistant.components.time import TimeEntity, TimeEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .entity import TwcBusSetting
from .types import TwcConfigEntry

PARALLEL_UPDATES = 0

RESUME_GREEN_AT: Final = TimeEntityDescription(
    key="resume_green_at",
    translation_key="resume_green_at",
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: TwcConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the time."""
    if entry.runtime_data.inputs.options.green is not None:
        async_add_entities([ResumeGreenTime(entry.runtime_data, RESUME_GREEN_AT)])


class ResumeGreenTime(TwcBusSetting, TimeEntity):
    """When the mode changes from fixed back to green, if fixed is for today only."""

    @property
    @override
    def native_value(self) -> time:
        """Return the time of day."""
        return self.coordinator.data.user_settings.resume_clock

    @override
    async def async_set_value(self, value: time) -> None:
        """Change the time of day."""
        user_settings = self.coordinator.user_settings
        self.coordinator.async_update_user_settings(
            user_settings.with_resume(dt_util.now(), clock=value)
        )
