"""What a target means when the registries do not hold what it names."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from custom_components.twc_manager.targets import (
    of_connectors,
    state_beside,
    state_of_bus,
)

from .scene import OLD, Builder


async def test_an_unknown_entity_has_nothing_beside_it(hass: HomeAssistant) -> None:
    assert state_beside(hass, "sensor.unknown", "sensor", "status") is None
    assert state_of_bus(hass, "sensor.unknown", "select", "mode") is None
    assert of_connectors(hass, {"sensor.unknown"}, "status") == set()


async def test_a_device_without_such_an_entity_has_no_state(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await set_up((OLD, None))
    status = scene.id("sensor.status", OLD)
    assert state_beside(hass, status, "sensor", "no_such_key") is None
    assert state_beside(hass, status, "sensor", "status") == scene.state(
        "sensor.status", OLD
    )


async def test_an_entity_whose_device_was_removed_targets_nothing(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await set_up((OLD, None))
    status = scene.id("sensor.status", OLD)
    entity = er.async_get(hass).async_get(status)
    assert entity is not None and entity.device_id is not None
    assert of_connectors(hass, {status}, "status") == {status}
    dr.async_get(hass).async_remove_device(entity.device_id)
    await hass.async_block_till_done()
    assert of_connectors(hass, {status}, "status") == set()
