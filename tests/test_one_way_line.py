"""A line that works in one direction only, as its owner sees it."""

import asyncio
from collections.abc import Callable
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from custom_components.twc_manager.diagnostics import async_get_config_entry_diagnostics
from simulator import WallConnector

from .helpers import quick_car
from .scene import NEW, OLD, Builder, Scene


def deafen(connector: WallConnector) -> Callable[[], None]:
    """Have a connector receive nothing; return the function that ends this."""
    hear = connector.hear
    connector.hear = lambda _: None  # type: ignore[method-assign]

    def heal() -> None:
        connector.hear = hear  # type: ignore[method-assign]

    return heal


def words(scene: Scene) -> dict[str, str]:
    issue = scene.problem("not_hearing")
    assert issue is not None
    return issue.translation_placeholders or {}


async def test_a_line_that_breaks_in_one_direction_while_a_car_charges_is_reported(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await set_up((OLD, None), (NEW, quick_car()))
    _, new = scene.bus.connectors
    await scene.until(lambda: scene.state("sensor.status", NEW) == "charging")
    assert scene.problem("not_hearing") is None

    heal = deafen(new)
    assert await scene.until(lambda: scene.problem("not_hearing") is not None) < 60
    assert words(scene) == {"bus": "TWC Manager", "connectors": "1839"}
    # The other one is served all the same.
    assert scene.state("sensor.status", OLD) == "ready"
    diagnostics: dict[str, Any] = await async_get_config_entry_diagnostics(
        hass, scene.entry
    )
    assert diagnostics["not_hearing"] == ["1839"]
    assert "not_hearing" in diagnostics["problems"]
    await asyncio.sleep(120)
    assert scene.problem("not_hearing") is not None
    # It is not gone: that would be reported with another remedy.
    assert scene.problem("connector_lost") is None

    heal()
    await scene.until(lambda: scene.problem("not_hearing") is None)
    await scene.until(lambda: scene.state("sensor.status", NEW) == "charging")


async def test_a_new_connector_that_receives_nothing_is_reported_before_it_has_a_device(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await set_up((OLD, None))
    new = WallConnector(NEW, protocol=2)
    deafen(new)
    scene.bus.add(new)
    await scene.until(lambda: scene.problem("not_hearing") is not None)
    assert words(scene)["connectors"] == "1839"
    devices = dr.async_entries_for_config_entry(
        dr.async_get(hass), scene.entry.entry_id
    )
    assert not any("1839" in (device.name or "") for device in devices)
    new.power_down()
    await scene.until(lambda: scene.problem("not_hearing") is None)
