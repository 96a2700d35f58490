"""Charge now at one connector: a switch on its device, with its end."""

from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util
import pytest

from .helpers import quick_car
from .scene import OLD, OTHER, Builder, Scene

pytestmark = pytest.mark.usefixtures("all_entities")


def left(scene: Scene, of: int) -> timedelta:
    until = datetime.fromisoformat(scene.state("sensor.charge_now_until", of))
    return until - dt_util.utcnow()


@pytest.fixture
async def paused(set_up: Builder) -> Scene:
    """Return two connectors with vehicles that may not charge."""
    scene = await set_up((OLD, quick_car()), (OTHER, quick_car()))
    await scene.choose("select.mode", "off")
    await scene.until(lambda: scene.why(OLD) == scene.why(OTHER) == "off")
    return scene


async def test_one_connector_charges_now_until_it_is_switched_off(
    paused: Scene,
) -> None:
    scene = paused
    old, other = scene.bus.connectors
    assert scene.state("switch.charge_now", OLD) == "off"
    assert scene.state("sensor.charge_now_until", OLD) == "unknown"

    await scene.choose("switch.charge_now", True, OLD)
    await scene.until(lambda: old.drawn > 38)
    assert other.offered == 0
    assert timedelta(hours=23) < left(scene, OLD) <= timedelta(hours=24)
    assert scene.state("switch.charge_now", OTHER) == "off"
    assert scene.state("sensor.charge_now_until", OTHER) == "unknown"

    await scene.choose("switch.charge_now", False, OLD)
    await scene.until(lambda: old.drawn == 0)
    assert scene.state("sensor.charge_now_until", OLD) == "unknown"


async def test_it_ends_when_the_vehicle_is_unplugged(paused: Scene) -> None:
    scene = paused
    old, other = scene.bus.connectors
    for of in OLD, OTHER:
        await scene.choose("switch.charge_now", True, of)
    await scene.until(lambda: old.drawn > 10 and other.drawn > 10)

    old.unplug()
    await scene.until(lambda: scene.state("switch.charge_now", OLD) == "off")
    assert scene.state("sensor.charge_now_until", OLD) == "unknown"
    assert scene.state("switch.charge_now", OTHER) == "on"
    # The next vehicle is one like any other.
    old.plug_in(quick_car())
    await scene.until(lambda: scene.why(OLD) == "off")
    await scene.until(lambda: other.drawn > 38)
    assert old.drawn == 0


async def test_it_waits_for_a_vehicle(set_up: Builder) -> None:
    scene = await set_up((OLD, None))
    (old,) = scene.bus.connectors
    await scene.choose("select.mode", "off")
    await scene.choose("switch.charge_now", True, OLD)
    await scene.until(lambda: True, 5)
    assert scene.state("switch.charge_now", OLD) == "on"
    old.plug_in(quick_car())
    await scene.until(lambda: old.drawn > 38)


async def test_it_shows_and_leaves_the_charge_now_of_the_bus(paused: Scene) -> None:
    scene = paused
    old, other = scene.bus.connectors
    await scene.choose("switch.charge_now", True)
    await scene.until(lambda: old.drawn > 20 and other.drawn > 20)
    assert scene.state("switch.charge_now", OLD) == "on"
    assert scene.state("sensor.charge_now_until", OLD) == scene.state(
        "sensor.charge_now_until"
    )
    await scene.choose("switch.charge_now", False, OLD)
    await scene.until(lambda: old.drawn == 0 and other.drawn > 38)
    assert scene.state("switch.charge_now") == "on"
    assert scene.state("switch.charge_now", OTHER) == "on"
    # That of the whole bus was asked for a time, not for a vehicle.
    other.unplug()
    await scene.until(lambda: scene.why(OTHER) == "no_vehicle")
    assert scene.state("switch.charge_now", OTHER) == "on"


async def test_it_outlives_a_restart(paused: Scene) -> None:
    scene = paused
    await scene.choose("switch.charge_now", True, OLD)
    until = scene.state("sensor.charge_now_until", OLD)
    await scene.reload()
    (old, _) = scene.bus.connectors
    await scene.until(lambda: old.drawn > 38)
    assert scene.state("sensor.charge_now_until", OLD) == until
    old.unplug()
    await scene.until(lambda: scene.state("switch.charge_now", OLD) == "off")
