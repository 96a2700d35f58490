"""How many entities an owner gets without asking, and which."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.twc_manager import PLATFORMS

from .scene import GRID_OPTIONS, NEW, OLD, OTHER, Builder, Scene
from .vehicles.scene import plan, schedule, vehicle

MAXIMUM: Final = 20
"""As many as fit on the page of a device without scrolling for long."""

EVERYTHING: Final[dict[str, Any]] = {
    **GRID_OPTIONS,
    "green_battery_power": "sensor.battery",
    "green_battery_level": "sensor.battery_level",
    "fuse_size": 63,
    "fuse_current_l1": "sensor.l1",
    "price_source": "fixed",
    "price_base": 0.3,
    "price_currency": "EUR",
}
SCHEDULES: Final = ("Night", "Weekend", "Early")
"""Each adds a switch of its own, so that their number is for the owner to choose."""


def enabled(
    scene: Scene, connector_id: int | None = None
) -> dict[str, er.RegistryEntry]:
    """Return the enabled entities of a device, by domain and key."""
    device_id = scene.device(connector_id)
    registry = er.async_get(scene.hass)
    start = len(scene.entry.entry_id) + (1 if connector_id is None else 6)
    return {
        f"{entity.domain}.{entity.unique_id[start:]}": entity
        for entity in er.async_entries_for_device(registry, device_id)
    }


@pytest.mark.parametrize("ids", [[NEW], [OLD, NEW, OTHER]], ids=["one", "three"])
async def test_no_device_has_more_entities_than_an_owner_can_take_in(
    hass: HomeAssistant, three_phases: None, set_up: Builder, ids: list[int]
) -> None:
    car = vehicle("Red one", switch="switch.red")
    scene = await set_up(
        *((connector_id, None) for connector_id in ids),
        subentries=[
            car,
            plan("Work", connector=f"{NEW:04X}"),
            *map(schedule, SCHEDULES),
        ],
        **EVERYTHING,
    )
    counts = {
        connector_id: len(enabled(scene, connector_id)) for connector_id in [None, *ids]
    }
    assert max(counts.values()) <= MAXIMUM, counts
    # All that is counted here is there: what is set up late would be missed otherwise.
    registry = er.async_get(hass)
    entities = er.async_entries_for_config_entry(registry, scene.entry.entry_id)
    assert {entity.domain for entity in entities} == {item.value for item in PLATFORMS}
    assert {"sensor.price", "number.charge_below_price"} <= enabled(scene).keys()
    assert sum(key.startswith("switch.schedule") for key in enabled(scene)) == len(
        SCHEDULES
    )
    for connector_id in ids:
        assert "sensor.month_cost" in enabled(scene, connector_id)


async def test_what_the_energy_dashboard_and_the_statistics_need_is_enabled(
    three_phases: None, set_up: Builder
) -> None:
    scene = await set_up((NEW, None), **EVERYTHING)
    for connector_id, keys in (
        (None, {"total_current", "total_power", "green_power", "price"}),
        (
            NEW,
            {"current", "power", "lifetime_energy", "session_energy", "month_cost"},
        ),
    ):
        there = enabled(scene, connector_id)
        for key in keys:
            capabilities = there[f"sensor.{key}"].capabilities
            assert capabilities is not None, key
            assert capabilities["state_class"], key
