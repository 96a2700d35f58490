"""What an owner sees and sets of the phases that a vehicle uses, over the bytes of a simulated bus."""

import asyncio

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import (
    CONF_MIN_CURRENT,
    CONF_PHASES,
    CONF_VOLTAGE,
)
from simulator import WallConnector

from .helpers import quick_car, state
from .scene import NEW, Builder, Scene

pytestmark = pytest.mark.usefixtures("all_entities")


@pytest.fixture
async def scene(three_phases: None, set_up: Builder) -> Scene:
    """A connector on three phases that measures no current of a phase, without a vehicle."""
    scene = await set_up((NEW, None))
    connector = scene.bus.connectors[0]
    connector.voltages, connector.meter_amps = (230.0, 230.0, 230.0), False
    # An idle connector is asked for its volts only once a minute.
    await asyncio.sleep(120)
    return scene


def plug_in(scene: Scene, phases: int) -> WallConnector:
    connector: WallConnector = scene.bus.connectors[0]
    connector.plug_in(quick_car(phases=phases, onboard_limit=32, soc=10))
    return connector


def shown(scene: Scene, name: str) -> str:
    return scene.state(f"sensor.{name}", NEW)


def kilowatts(scene: Scene) -> float:
    return float(shown(scene, "power"))


async def test_what_is_assumed_is_said_and_the_owner_may_know_better(
    hass: HomeAssistant, scene: Scene
) -> None:
    assert shown(scene, "phases_source") == shown(scene, "phases_in_use") == "unknown"
    assert scene.state("select.vehicle_phases", NEW) == "learn"
    connector = plug_in(scene, 1)
    await scene.until(lambda: connector.drawn > 25 and kilowatts(scene) > 20)
    assert shown(scene, "phases_source") == "assumed"
    assert shown(scene, "phases_in_use") == "3"

    await scene.choose("select.vehicle_phases", "1", NEW)
    await scene.until(lambda: kilowatts(scene) < 8)
    assert shown(scene, "phases_source") == "owner"
    assert shown(scene, "phases_in_use") == "1"
    assert kilowatts(scene) == pytest.approx(connector.power_w / 1000, abs=0.2)

    await scene.reload()
    await scene.until(lambda: scene.state("select.vehicle_phases", NEW) == "1")
    await scene.choose("select.vehicle_phases", "learn", NEW)
    await scene.until(lambda: shown(scene, "phases_source") == "assumed")


async def test_the_counter_of_the_connector_corrects_what_was_counted(
    hass: HomeAssistant, scene: Scene
) -> None:
    connector = plug_in(scene, 1)
    await asyncio.sleep(300)
    session = float(shown(scene, "session_energy"))
    # What is shown is up to a minute old: 0.37 kWh at 22 kW.
    assert 0 <= 3 * connector.delivered_kwh - session < 0.4
    total = float(shown(scene, "lifetime_energy"))

    while shown(scene, "phases_source") != "counter":
        assert connector.delivered_kwh < 4.2
        await asyncio.sleep(30)
        before, total = total, float(shown(scene, "lifetime_energy"))
        assert total >= before
    await asyncio.sleep(120)
    assert shown(scene, "phases_in_use") == "1"
    assert kilowatts(scene) == pytest.approx(connector.power_w / 1000, abs=0.2)
    session = float(shown(scene, "session_energy"))
    assert session == pytest.approx(connector.delivered_kwh, rel=0.1)
    assert total == pytest.approx(924 + connector.delivered_kwh, abs=1)


async def test_on_one_phase_there_is_nothing_to_set(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await set_up((NEW, None))
    with pytest.raises(AssertionError):
        state(hass, scene.entry, "select", "vehicle_phases", NEW)


async def test_a_connector_on_two_phases(
    hass: HomeAssistant, config_entry: MockConfigEntry, set_up: Builder
) -> None:
    wiring = {CONF_PHASES: 2, CONF_VOLTAGE: 230, CONF_MIN_CURRENT: 6}
    hass.config_entries.async_update_entry(
        config_entry, data=config_entry.data | wiring
    )
    scene = await set_up((NEW, None))
    connector = scene.bus.connectors[0]
    connector.voltages, connector.meter_amps = (230.0, 230.0, 0.0), False
    plug_in(scene, 2)
    await scene.until(lambda: connector.drawn > 25)
    await scene.until(
        lambda: kilowatts(scene) == pytest.approx(connector.power_w / 1000, abs=0.3)
    )
    assert shown(scene, "phases_in_use") == "2"
    select = hass.states.get(scene.id("select.vehicle_phases", NEW))
    assert select is not None
    assert select.attributes["options"] == ["learn", "1", "2"]
