"""What the owner set can be seen and changed while the bus or a connector is away, and holds when it is back."""

import asyncio

import pytest

from .adapters import MemoryAdapter
from .helpers import quick_car
from .scene import GRID_OPTIONS, OLD, OTHER, Builder, Scene
from .vehicles.scene import schedule
from .virtual import NOON

pytestmark = [
    pytest.mark.usefixtures("all_entities"),
    pytest.mark.starts_at(NOON),
]

BUS_SETTINGS = (
    "select.mode",
    "number.total_current_limit",
    "number.reserved_power",
    "number.grid_share",
    "number.start_delay",
    "number.stop_delay",
    "switch.charge_now",
    "switch.resume_green",
    "time.resume_green_at",
)
CONNECTOR_SETTINGS = (
    "number.charge_limit",
    "number.priority",
    "select.own_mode",
    "switch.charge",
)
MEASURED = ("sensor.status", "sensor.current", "sensor.offered_current")


def shown(scene: Scene, connector_id: int) -> dict[str, str]:
    """Return all that was set."""
    return {key: scene.state(key) for key in BUS_SETTINGS} | {
        key: scene.state(key, connector_id) for key in CONNECTOR_SETTINGS
    }


async def test_settings_made_while_the_adapter_is_away_hold_when_it_is_back(
    set_up: Builder, adapter: MemoryAdapter
) -> None:
    night = schedule("Night")
    scene = await set_up((OLD, quick_car()), subentries=[night], **GRID_OPTIONS)
    (old,) = scene.bus.connectors
    await scene.until(lambda: scene.state("sensor.status", OLD) == "charging")
    before = shown(scene, OLD)
    scheduled = f"switch.schedule_{night.subentry_id}"

    adapter.unplug()
    await scene.until(lambda: scene.state("binary_sensor.connection") == "off")
    assert all(scene.state(key, OLD) == "unavailable" for key in MEASURED)
    assert scene.state("sensor.total_current") == "unavailable"
    assert shown(scene, OLD) == before
    await scene.choose("number.charge_limit", 12, OLD)
    await scene.choose("number.priority", 7, OLD)
    await scene.choose("number.start_delay", 5)
    await scene.choose(scheduled, False)
    await scene.choose("select.own_mode", "fixed", OLD)
    made = shown(scene, OLD)
    assert made == before | {
        "number.charge_limit": "12",
        "number.priority": "7",
        "number.start_delay": "5.0",
        "select.own_mode": "fixed",
    }
    assert scene.state(scheduled) == "off"

    adapter.replug()
    await scene.until(lambda: scene.state("sensor.status", OLD) == "charging")
    await scene.until(lambda: old.offered == 12)
    assert shown(scene, OLD) == made
    assert scene.state(scheduled) == "off"


async def test_what_is_switched_off_while_the_adapter_is_away_does_not_charge_when_it_is_back(
    set_up: Builder, adapter: MemoryAdapter
) -> None:
    scene = await set_up((OLD, quick_car()))
    (old,) = scene.bus.connectors
    await scene.until(lambda: scene.state("sensor.status", OLD) == "charging")
    adapter.unplug()
    await scene.until(lambda: scene.state("sensor.status", OLD) == "unavailable")
    await scene.until(lambda: not old.charging)
    await scene.choose("select.mode", "off")
    assert scene.state("select.mode") == "off"
    adapter.replug()
    await scene.until(lambda: scene.state("sensor.status", OLD) == "paused")
    await asyncio.sleep(120)
    assert not old.charging
    assert scene.why(OLD) == "off"


async def test_the_settings_of_a_connector_that_is_gone_can_be_changed(
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, None), (OTHER, quick_car()))
    _, other = scene.bus.connectors
    await scene.until(lambda: scene.state("sensor.status", OTHER) == "charging")
    other.power_down()
    await scene.until(lambda: scene.state("sensor.status", OTHER) == "unavailable")
    await scene.choose("number.charge_limit", 14, OTHER)
    assert scene.state("number.charge_limit", OTHER) == "14"
    other.power_up()
    await scene.until(lambda: other.offered == 14)
