"""What an owner reads of a connector and the bus: one sentence, its parts, and what changes next."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.twc_manager.inputs.schedules import WEEKDAYS

from .helpers import quick_car
from .scene import GRID_OPTIONS, NEW, OLD, Builder, Scene
from .test_rules import NIGHT, schedule

pytestmark = [
    pytest.mark.starts_at(datetime(2026, 6, 15, 19, 0, tzinfo=UTC)),
    pytest.mark.usefixtures("all_entities"),
]

EVERY_NIGHT = {**NIGHT, "days": list(WEEKDAYS)}


def attribute(
    scene: Scene, name: str, key: str = "sensor.limited_by", of: int | None = None
) -> Any:
    state = scene.hass.states.get(scene.id(key, of))
    assert state is not None
    return state.attributes.get(name)


def explanation(scene: Scene, of: int | None = None) -> str:
    return attribute(scene, "explanation", of=of)


async def test_a_connector_and_the_bus_say_what_happens_why_and_what_is_next(
    set_up: Builder,
) -> None:
    scene = await set_up(
        (NEW, quick_car()), (OLD, None), subentries=[schedule("Night", **EVERY_NIGHT)]
    )
    (new, _) = scene.bus.connectors
    await scene.until(lambda: new.drawn > 38)
    following = f"Next: Night, {EVERY_NIGHT['amps']} A, at 23:00."
    await scene.until(
        lambda: (
            explanation(scene, NEW)
            == f"Charging at up to 40 A: the wiring allows 40 A. {following}"
        )
    )
    assert explanation(scene) == explanation(scene, NEW)
    assert explanation(scene, OLD) == f"No vehicle. {following}"
    assert attribute(scene, "limit", of=NEW) == 40
    assert attribute(scene, "limit", of=OLD) is None
    change = "sensor.next_change"
    assert attribute(scene, "change", change, NEW) == "schedule_begins"
    assert attribute(scene, "schedule", change, NEW) == "Night"
    assert attribute(scene, "change", change) == "schedule_begins"

    await scene.act("charge_now", duration={"hours": 1})
    await scene.until(
        lambda: attribute(scene, "change", change, NEW) == "charge_now_ends"
    )
    assert scene.state("sensor.next_change", NEW) == scene.state(
        "sensor.charge_now_until"
    )
    assert "Next: charge now ends at" in explanation(scene, NEW)


async def test_the_sentence_is_in_the_language_of_the_server_and_has_the_numbers(
    hass: HomeAssistant, set_up: Builder
) -> None:
    hass.config.language = "de"
    scene = await set_up((OLD, quick_car()), **GRID_OPTIONS)
    await scene.choose("number.stop_delay", 0)
    scene.house.sun_w = 1400
    await scene.choose("select.mode", "green")
    await scene.until(
        lambda: explanation(scene, OLD) == "Pausiert: 1,4 von 2,9 kW Sonne."
    )
    assert attribute(scene, "green_power", of=OLD) == 1400
    assert attribute(scene, "needed_power", of=OLD) == 2900
    # A little more or less sun is no other sentence.
    before = hass.states.get(scene.id("sensor.limited_by", OLD))
    scene.house.sun_w = 1440
    await scene.until(lambda: True, 20)
    assert hass.states.get(scene.id("sensor.limited_by", OLD)) is before


async def test_a_limit_for_a_time_says_when_it_ends(set_up: Builder) -> None:
    scene = await set_up((NEW, quick_car()))
    await scene.act(
        "set_current", amps=16, duration={"hours": 2}, device_id=scene.device(NEW)
    )
    change = "sensor.next_change"
    await scene.until(lambda: attribute(scene, "change", change, NEW) == "limit_ends")
    until = datetime.fromisoformat(scene.state("sensor.next_change", NEW))
    left = until - dt_util.utcnow()
    assert timedelta(minutes=119) < left <= timedelta(minutes=120)
    assert "limit set to 16 A. Next: limit ends at" in explanation(scene, NEW)


async def test_the_explanation_is_not_recorded(set_up: Builder) -> None:
    scene = await set_up((NEW, quick_car()))
    for key, of in (
        ("sensor.limited_by", NEW),
        ("sensor.limited_by", None),
        ("sensor.next_change", NEW),
        ("sensor.next_change", None),
    ):
        state = scene.hass.states.get(scene.id(key, of))
        assert state is not None and state.state_info is not None
        unrecorded = state.state_info["unrecorded_attributes"]
        ours = set(state.attributes) - {
            "device_class",
            "friendly_name",
            "options",
        }
        assert ours <= unrecorded
