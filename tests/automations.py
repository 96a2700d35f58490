"""What tests of triggers, conditions and blueprints share: automations in a real Home Assistant."""

from typing import Any, Final

from homeassistant.core import Event, HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_capture_events

HAPPENED: Final = "it_happened"


async def async_automate(
    hass: HomeAssistant, *automations: dict[str, Any]
) -> list[Event[dict[str, Any]]]:
    """Run automations that report themselves; return their reports, one after the other."""
    events: list[Event[dict[str, Any]]] = async_capture_events(hass, HAPPENED)
    report = [
        {
            "event": HAPPENED,
            "event_data": {
                "which": "{{ trigger.id }}",
                "entity": "{{ trigger.entity_id }}",
            },
        }
    ]
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": [
                {"id": str(number), "alias": f"Automation {number}", "mode": "queued"}
                | {"actions": report}
                | automation
                for number, automation in enumerate(automations)
            ]
        },
    )
    await hass.async_block_till_done()
    running = hass.states.async_all("automation")
    assert len(running) == len(automations)
    assert all(state.state == "on" for state in running)
    return events
