"""The actions: charge now and its end. That of the sessions is with the sessions."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.twc_manager.const import DOMAIN

from .helpers import quick_car
from .scene import OLD, OTHER, Builder, Scene


def hours_left(scene: Scene) -> float:
    until = datetime.fromisoformat(scene.state("sensor.charge_now_until"))
    return (until - dt_util.utcnow()) / timedelta(hours=1)


async def test_charge_now_for_all_or_some_connectors(
    set_up: Builder, all_entities: None
) -> None:
    scene = await set_up((OLD, quick_car()), (OTHER, quick_car()))
    old, other = scene.bus.connectors
    await scene.choose("select.mode", "off")
    await scene.until(lambda: scene.why(OLD) == scene.why(OTHER) == "off")

    # All of them: by the entry's device, or by none at all.
    await scene.act("charge_now", amps=30, device_id=scene.device())
    await scene.until(lambda: (old.offered, other.offered) == (15, 15))
    assert hours_left(scene) == pytest.approx(24, abs=0.01)
    assert scene.state("sensor.rule") == "charge_now"
    assert scene.why() == "own_limit"
    await scene.act("charge_now", duration={"days": 1, "hours": 12})
    await scene.until(lambda: (old.offered, other.offered) == (24, 24))
    assert hours_left(scene) == pytest.approx(36, abs=0.01)
    assert scene.why() == "wiring"

    # One of them gives it up, and the other one.
    await scene.act("cancel_charge_now", device_id=[scene.device(OLD)])
    await scene.until(lambda: (old.offered, other.offered) == (0, 40))
    assert scene.state("sensor.rule", OLD) == "off"
    assert scene.state("sensor.rule", OTHER) == "charge_now"
    assert scene.state("sensor.rule") == "off"
    assert hours_left(scene) == pytest.approx(36, abs=0.01)
    await scene.act("cancel_charge_now", device_id=[scene.device(OTHER)])
    await scene.until(lambda: other.offered == 0)
    assert scene.state("switch.charge_now") == "off"
    await scene.act("cancel_charge_now")

    await scene.act(
        "charge_now", amps="16", duration="01:30:00", device_id=[scene.device(OTHER)]
    )
    await scene.until(lambda: (old.offered, other.offered) == (0, 16))
    assert hours_left(scene) == pytest.approx(1.5, abs=0.01)
    assert scene.state("switch.charge_now") == "on"
    await scene.act("cancel_charge_now")
    await scene.until(lambda: other.offered == 0)


async def test_what_cannot_be_is_refused_in_words_and_changes_nothing(
    hass: HomeAssistant, set_up: Builder
) -> None:
    async def act(**data: Any) -> None:
        await hass.services.async_call(DOMAIN, "charge_now", data, blocking=True)

    scene = await set_up((OLD, None))
    before = scene.entry.runtime_data.choices

    for amps in (1, 11, 49, 80):
        with pytest.raises(ServiceValidationError, match="Choose 12 to 48 A"):
            await act(amps=amps)
    stranger = MockConfigEntry(domain="other")
    stranger.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=stranger.entry_id, identifiers={("other", "1")}
    )
    for device_id in ("nobody", device.id):
        with pytest.raises(ServiceValidationError, match="no device of TWC Manager"):
            await act(device_id=[scene.device(OLD), device_id])
    for nonsense in (
        {"amps": 0},
        {"amps": "nan"},
        {"amps": 1e9},
        {"duration": "00:00:00"},
        {"duration": {"hours": -1}},
        {"duration": {"days": 8}},
        {"duration": "soon"},
        {"device": scene.device()},
    ):
        with pytest.raises(vol.Invalid):
            await act(**nonsense)
    for begin, end in (
        ("2026-11-02 00:00:00", "2026-11-01 00:00:00"),
        ("2026-11-01 00:00:00", "2026-11-01T00:00:00"),
    ):
        with pytest.raises(ServiceValidationError, match="after the beginning"):
            await scene.act("get_sessions", **{"from": begin, "to": end})

    assert scene.entry.runtime_data.choices == before
    device_id = scene.device()
    assert await hass.config_entries.async_unload(scene.entry.entry_id)
    for data in ({}, {"device_id": device_id}):
        with pytest.raises(ServiceValidationError, match="is not set up"):
            await act(**data)
