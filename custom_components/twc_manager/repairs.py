"""The flows that fix repair issues."""

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow in which the owner confirms that stored data was lost, or that a current was restored."""
    return ConfirmRepairFlow()
