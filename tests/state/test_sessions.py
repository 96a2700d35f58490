"""Charging sessions: what entities show while they run, and what events and actions return afterwards."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
import voluptuous as vol

from custom_components.twc_manager import async_remove_config_entry_device
from custom_components.twc_manager.charging.metering.amounts import Amounts
from custom_components.twc_manager.charging.metering.session_tracker import GONE_SECONDS
from custom_components.twc_manager.charging.metering.sessions import (
    MonthAmounts,
    Session,
)
from custom_components.twc_manager.const import DOMAIN
from tests.helpers import quick_car
from tests.scene import GRID_OPTIONS, NEW, OLD, Builder, Scene
from tests.vehicles.scene import vehicle


async def sessions(scene: Scene, **data: Any) -> list[dict[str, Any]]:
    return (await scene.act("get_sessions", **data))["sessions"]


async def test_a_session_from_plug_to_plug(set_up: Builder, all_entities: None) -> None:
    scene = await set_up((NEW, None), (OLD, None), **GRID_OPTIONS)
    new, old = scene.bus.connectors
    # Half of what it takes is from the sun.
    scene.house.sun_w = 20 * 240
    assert await sessions(scene) == []
    assert scene.state("event.session", NEW) == "unknown"
    assert scene.state("sensor.session_started", NEW) == "unknown"

    car = quick_car()
    new.plug_in(car)
    began = dt_util.utcnow()
    await scene.until(lambda: scene.state("sensor.session_started", NEW) != "unknown")
    started = datetime.fromisoformat(scene.state("sensor.session_started", NEW))
    assert abs(started - began) < timedelta(seconds=8)
    await scene.until(lambda: scene.state("sensor.vehicle_vin", NEW) == car.vin)
    await scene.until(lambda: new.delivered_kwh > 0.008)
    green, grid = (
        int(scene.state(f"sensor.session_{source}_share", NEW))
        for source in ("green", "grid")
    )
    assert 0 <= green <= 100
    assert green + grid == 100
    assert scene.state("sensor.session_charging_time", NEW) == "0"
    assert float(scene.state("sensor.session_peak_current", NEW)) > 30

    await scene.reload()
    await scene.until(lambda: scene.state("sensor.status", NEW) == "charging")
    assert scene.state("sensor.session_started", NEW) == started.isoformat()
    assert await sessions(scene) == []

    new.unplug()
    await scene.until(lambda: scene.state("event.session", NEW) != "unknown")
    event = scene.hass.states.get(scene.id("event.session", NEW))
    assert event is not None
    event_data = {
        key: event.attributes[key]
        for key in event.attributes
        if key not in {"friendly_name", "icon", "event_types"}
    }
    assert event_data.pop("event_type") == "finished"
    event_data = {"device_id": scene.device(NEW), **event_data}
    assert event_data == (await sessions(scene))[0]
    assert event_data["connector"] == "1839"
    assert event_data["started"] == started.isoformat()
    assert datetime.fromisoformat(event_data["ended"]) > started
    # A car that was not added; what the recorder keeps does not identify it.
    assert event_data["vehicle"] == f"…{car.vin[-4:]}"
    assert car.vin not in str(event.as_dict())
    assert event_data["end"] == "unplugged"
    assert event_data["peak_amps"] == pytest.approx(39.2, abs=0.2)
    assert 0 < event_data["energy_kwh"] < 0.2
    assert 20 < event_data["green_percent"] < 80
    assert event_data["green_kwh"] + event_data["grid_kwh"] == pytest.approx(
        event_data["energy_kwh"], abs=0.011
    )
    for key in (
        "started",
        "green_share",
        "grid_share",
        "charging_time",
        "peak_current",
    ):
        assert scene.state(f"sensor.session_{key}", NEW) == "unknown"

    # Another one at the other connector, which was never allowed to charge.
    await scene.choose("select.own_mode", "off", OLD)
    old.plug_in(quick_car())
    await scene.until(lambda: scene.state("sensor.status", OLD) == "paused")
    await asyncio.sleep(2 * GONE_SECONDS)
    old.unplug()
    await scene.until(lambda: scene.state("event.session", OLD) != "unknown")
    assert scene.hass.states.get(scene.id("event.session", NEW)) == event

    first, second = await sessions(scene)
    assert (first, second["connector"], second["end"]) == (event_data, "032E", "paused")
    assert second["energy_kwh"] == 0
    assert second["green_percent"] is None
    assert await sessions(scene, device_id=[scene.device(OLD)]) == [second]
    assert await sessions(scene, device_id=[scene.device()]) == [first, second]
    rows = (await scene.act("get_sessions"))["months"]
    assert [row["energy_kwh"] for row in rows] == [0, first["energy_kwh"]]
    assert await sessions(scene, to=first["started"]) == []
    assert await sessions(scene, to=second["started"]) == [first]
    after = datetime.fromisoformat(first["ended"]) + timedelta(seconds=1)
    assert await sessions(scene, **{"from": after.isoformat()}) == [second]
    # A time without a zone is one of the clock on the wall.
    local = dt_util.now().replace(tzinfo=None)
    tomorrow = str(local + timedelta(days=1))
    assert await sessions(scene, **{"from": tomorrow}) == []
    assert len(await sessions(scene, to=tomorrow)) == 2

    await scene.reload()
    kept = await sessions(scene)
    # Of so little energy only a rounded share is kept.
    assert kept[0].pop("green_percent") == pytest.approx(
        first.pop("green_percent"), abs=2
    )
    assert kept == [first, second]


async def months(scene: Scene, **data: Any) -> list[tuple[str, str, float]]:
    """Return the month, the connector and the energy of each row."""
    found = (await scene.act("get_sessions", **data))["months"]
    return [(row["month"], row["connector"], row["energy_kwh"]) for row in found]


async def test_sessions_are_summed_up_by_month(set_up: Builder) -> None:
    scene = await set_up((NEW, None), (OLD, None))
    log = scene.entry.runtime_data.persistence.sessions
    for connector_id, month, kwh in (
        (NEW, "2026-09", 4.0),
        (NEW, "2026-10", 5.0),
        (NEW, "2026-10", 6.0),
        (OLD, "2026-10", 7.0),
    ):
        started = datetime.fromisoformat(f"{month}-{kwh + 10:02.0f}T12:00:00+00:00")
        amounts = MonthAmounts(month, Amounts(kwh, grid_kwh=kwh))
        log.add(Session(connector_id, started, started, (amounts,)))

    september = ("2026-09", "1839", 4.0)
    october = [("2026-10", "032E", 7.0), ("2026-10", "1839", 11.0)]
    assert await months(scene) == [september, *october]
    assert await months(scene, device_id=[scene.device(OLD)]) == october[:1]
    assert await months(scene, **{"from": "2026-10-01 00:00:00"}) == october
    assert await months(scene, to="2026-10-01 00:00:00") == [september]
    both = {"from": "2026-09-30 23:00:00", "to": "2026-10-01 01:00:00"}
    assert await months(scene, **both) == [september, *october]
    # Without prices there is energy, and no cost.
    (row, *_) = (await scene.act("get_sessions"))["months"]
    assert row["grid_kwh"] == 4
    assert (row["cost"], row["currency"], row["average_price"]) == (None, None, None)
    assert row["priced_percent"] == 0


@pytest.mark.parametrize(
    "data",
    [
        {"from": "soon"},
        {"to": 7},
        {"from": "2026-10-02 00:00:00", "to": "2026-10-02 00:00:00"},
        {"month": "2026-10"},
    ],
)
async def test_times_that_are_none_are_refused(
    set_up: Builder, data: dict[str, Any]
) -> None:
    scene = await set_up((NEW, None))
    with pytest.raises((ServiceValidationError, vol.Invalid)):
        await scene.act("get_sessions", **data)


async def test_a_session_has_the_name_of_a_car_that_was_added(set_up: Builder) -> None:
    car = quick_car()
    red = vehicle("Red one", switch="switch.red", vin=car.vin)
    scene = await set_up((NEW, car), subentries=[red])
    (connector,) = scene.bus.connectors
    await scene.until(lambda: scene.state("sensor.vehicle", NEW) == "Red one")
    connector.unplug()
    await scene.until(lambda: scene.state("event.session", NEW) != "unknown")
    (session,) = await sessions(scene)
    assert session["vehicle"] == "Red one"
    assert "vin" not in session


async def test_no_state_shows_the_vin_unless_the_owner_enables_it(
    hass: HomeAssistant, set_up: Builder
) -> None:
    car = quick_car()
    scene = await set_up((NEW, car))
    entry = er.async_get(hass).async_get(scene.id("sensor.vehicle_vin", NEW))
    assert entry is not None
    assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    assert entry.entity_category is EntityCategory.DIAGNOSTIC
    data = scene.entry.runtime_data
    await scene.until(lambda: data.snapshot.connectors[0].vin == car.vin)
    await scene.until(lambda: scene.why(NEW) == "wiring")
    assert car.vin not in str([item.as_dict() for item in hass.states.async_all()])


async def test_a_connector_that_is_removed_leaves_nothing_but_its_session(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    set_up: Builder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "custom_components.twc_manager.twc.connector.SILENCE_SECONDS", 1.0
    )
    scene = await set_up((NEW, quick_car()), (OLD, None))
    new, _ = scene.bus.connectors
    await scene.choose("number.charge_limit", 20, NEW)
    await scene.choose("select.own_mode", "fixed", NEW)
    await scene.choose("number.priority", 3, NEW)
    await scene.act("charge_now", device_id=scene.device(NEW))
    await scene.until(lambda: new.drawn > 15)
    limit = scene.id("number.charge_limit", NEW)
    new.power_down()
    await scene.until(lambda: scene.state("sensor.status", NEW) == "unavailable")
    assert await sessions(scene) == []

    registry = dr.async_get(hass)
    device = registry.async_get(scene.device(NEW))
    assert device is not None
    assert await async_remove_config_entry_device(hass, scene.entry, device)
    registry.async_remove_device(device.id)
    await hass.async_block_till_done()

    (lost,) = await sessions(scene)
    assert (lost["connector"], lost["device_id"]) == ("1839", None)
    assert lost["end"] == "lost"
    assert hass.states.get(limit) is None
    assert er.async_get(hass).async_get(limit) is None
    user_settings = scene.entry.runtime_data.user_settings
    assert not user_settings.connectors
    assert not user_settings.overrides
    assert not user_settings.charge_now
    await scene.reload()
    stored = hass_storage[f"{DOMAIN}.{scene.entry.entry_id}"]["data"]
    assert [item["id"] for item in stored["connectors"]] == ["032E"]

    # It comes back as a connector that was never seen.
    new.power_up()
    await scene.until(lambda: hass.states.get(limit) is not None and new.offered == 40)
    assert scene.state("number.charge_limit", NEW) == "40"
    assert scene.state("select.own_mode", NEW) == "bus"
