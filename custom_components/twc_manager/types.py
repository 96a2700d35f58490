"""The type of a bus's config entry: a leaf module, so that any file can name it without importing the coordinator."""

from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry

if TYPE_CHECKING:
    from .coordinator import TwcCoordinator

type TwcConfigEntry = ConfigEntry[TwcCoordinator]
