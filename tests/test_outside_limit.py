"""What an owner sees of the limit from outside."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.twc_manager.const import DOMAIN

from .helpers import quick_car
from .scene import OLD, Builder, Scene
from .two_lines import LinesBuilder

LIMIT: Final = "sensor.manager"


def _says(hass: HomeAssistant, state: str, unit: str | None = "W") -> None:
    attributes = {} if unit is None else {"unit_of_measurement": unit}
    hass.states.async_set(LIMIT, state, attributes)


async def _set_up(set_up: Builder, **options: Any) -> Scene:
    scene = await set_up((OLD, quick_car()), **options)
    await scene.until(lambda: scene.bus.connectors[0].drawn > 5, 120)
    return scene


def _offered(scene: Scene) -> float:
    return scene.bus.connectors[0].offered


def _number(scene: Scene) -> str:
    key = f"{scene.entry.entry_id}_outside_limit"
    found = er.async_get(scene.hass).async_get_entity_id("number", DOMAIN, key)
    assert found is not None
    return found


async def test_the_number_limits_and_its_maximum_is_no_limit(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await _set_up(set_up, outside_number=True)
    shown = hass.states.get(_number(scene))
    assert shown is not None
    assert float(shown.state) == shown.attributes["max"]

    async def choose(watts: float) -> None:
        await hass.services.async_call(
            "number",
            "set_value",
            {"entity_id": _number(scene), "value": watts},
            blocking=True,
        )

    await choose(3400)
    await scene.until(lambda: _offered(scene) == 14, 60)
    await scene.until(lambda: scene.why(OLD) == "outside_limit", 60)
    assert scene.why() == "outside_limit"
    sentence = hass.states.get(scene.id("sensor.limited_by", OLD))
    assert sentence is not None
    assert "limit from outside leaves 14 A" in sentence.attributes["explanation"]

    await scene.reload()
    await scene.until(lambda: _offered(scene) == 14, 120)
    await choose(shown.attributes["max"])
    await scene.until(lambda: _offered(scene) > 14, 120)


async def test_it_has_a_device_of_its_own_and_none_without_it(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await _set_up(set_up)
    key = f"{scene.entry.entry_id}_outside_limit"
    registry = er.async_get(hass)
    assert registry.async_get_entity_id("number", DOMAIN, key) is None
    hass.config_entries.async_update_entry(
        scene.entry, options={"outside_number": True}
    )
    await scene.reload()
    entity = registry.async_get(_number(scene))
    assert entity is not None
    assert entity.device_id != scene.device()
    device = dr.async_get(hass).async_get(entity.device_id or "")
    assert device is not None
    assert device.name == f"{scene.entry.title} house"


async def test_an_entity_limits_and_its_silence_is_reported(
    hass: HomeAssistant, set_up: Builder
) -> None:
    _says(hass, "5", "kW")
    scene = await _set_up(
        set_up,
        outside_entity=LIMIT,
        outside_hold_minutes=5,
        outside_fallback_w=3000,
    )
    await scene.until(lambda: _offered(scene) == 20, 60)
    _says(hass, "unavailable")
    took = await scene.until(lambda: _offered(scene) == 12, 400)
    assert took == pytest.approx(300, abs=10)
    issue = scene.problem("outside_silent")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert LIMIT in issue.translation_placeholders["sensors"]
    _says(hass, "18", "A")
    await scene.until(lambda: _offered(scene) == 18, 60)
    await scene.until(lambda: scene.problem("outside_silent") is None, 60)


async def test_a_value_that_is_too_old_is_silent(
    hass: HomeAssistant, set_up: Builder
) -> None:
    _says(hass, "20", "A")
    scene = await _set_up(
        set_up,
        outside_entity=LIMIT,
        outside_silent_minutes=2,
        outside_hold_minutes=0,
        outside_fallback_w=3400,
    )
    await scene.until(lambda: _offered(scene) == 20, 60)
    took = await scene.until(lambda: _offered(scene) == 14, 200)
    assert took <= 130


async def test_a_contact_limits_while_it_is_on(
    hass: HomeAssistant, set_up: Builder
) -> None:
    contact = "binary_sensor.ripple"
    hass.states.async_set(contact, "off")
    scene = await _set_up(set_up, outside_entity=contact, outside_contact_w=3600)
    await scene.until(lambda: _offered(scene) > 20, 60)
    hass.states.async_set(contact, "on")
    await scene.until(lambda: _offered(scene) == 15, 30)


@pytest.mark.parametrize(
    ("state", "unit"),
    [("nan", "W"), ("-1", "W"), ("900000", "W"), ("9000", "A"), ("5", "%"), ("x", "W")],
)
async def test_what_is_no_limit_is_silence(
    hass: HomeAssistant, set_up: Builder, state: str, unit: str
) -> None:
    _says(hass, state, unit)
    scene = await set_up(
        (OLD, quick_car()), outside_entity=LIMIT, outside_fallback_w=3600
    )
    await scene.until(lambda: _offered(scene) == 15, 120)


async def test_it_follows_an_entity_that_is_renamed(
    hass: HomeAssistant, set_up: Builder
) -> None:
    registry = er.async_get(hass)
    entity = registry.async_get_or_create(
        "sensor", "test", "limit", suggested_object_id="manager"
    )
    assert entity.entity_id == LIMIT
    _says(hass, "15", "A")
    scene = await _set_up(set_up, outside_entity=LIMIT)
    await scene.until(lambda: _offered(scene) == 15, 60)
    registry.async_update_entity(LIMIT, new_entity_id="sensor.other")
    hass.states.async_remove(LIMIT)
    hass.states.async_set("sensor.other", "13", {"unit_of_measurement": "A"})
    await scene.until(lambda: _offered(scene) == 13, 60)
    assert scene.entry.options["outside_entity"] == "sensor.other"


async def test_one_limit_holds_for_two_lines_together(
    hass: HomeAssistant, two_lines: LinesBuilder
) -> None:
    _says(hass, "50", "kW")
    lines = await two_lines(outside_entity=LIMIT)
    await lines.one.until(lambda: lines.offered == (40, 40), 200)
    _says(hass, "4.2", "kW")
    await lines.one.until(lambda: sum(lines.offered) == 17, 8)
    await lines.one.until(lambda: lines.drawn <= 17, 8)
    for scene in (lines.one, lines.two):
        await scene.until(lambda scene=scene: scene.why() == "outside_limit", 60)  # type: ignore[misc]
    assert lines.two.problem("outside_silent") is None


async def test_it_holds_on_while_the_line_that_it_is_set_up_at_is_away(
    hass: HomeAssistant, two_lines: LinesBuilder
) -> None:
    lines = await two_lines(outside_number=True)
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": _number(lines.one), "value": 4800},
        blocking=True,
    )
    await lines.one.until(lambda: lines.offered == (10, 10), 200)
    number = hass.states.get(_number(lines.one))
    assert number is not None
    assert number.attributes["max"] == 2 * 48 * 240
    assert await hass.config_entries.async_unload(lines.one.entry.entry_id)
    await lines.two.until(lambda: lines.offered[1] == 20, 200)
    await hass.config_entries.async_remove(lines.one.entry.entry_id)
    await lines.two.until(lambda: lines.offered[1] == 40, 200)


async def test_after_a_start_a_line_does_not_charge_without_a_limit_that_is_read_with_the_other(
    hass: HomeAssistant, two_lines: LinesBuilder
) -> None:
    lines = await two_lines(outside_number=True)
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": _number(lines.one), "value": 4800},
        blocking=True,
    )
    await lines.one.until(lambda: lines.offered == (10, 10), 200)
    for scene in (lines.one, lines.two):
        assert await hass.config_entries.async_unload(scene.entry.entry_id)
    # A new Home Assistant knows nothing of it.
    hass.data.pop(f"{DOMAIN}_outside")
    await hass.config_entries.async_setup(lines.two.entry.entry_id)
    await lines.two.until(lambda: lines.offered[1] == 17, 200)
    await hass.config_entries.async_setup(lines.one.entry.entry_id)
    await lines.one.until(lambda: lines.offered == (10, 10), 300)
