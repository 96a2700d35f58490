"""The actions. That of the sessions is with the sessions."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from homeassistant.auth.permissions.models import PermissionLookup
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.twc_manager.charging.control.stopping import STEADY_SECONDS
from custom_components.twc_manager.const import DOMAIN

from .helpers import quick_car
from .scene import NEW, OLD, OTHER, Builder, Scene, WallClock
from .test_rules import NIGHT, schedule

pytestmark = pytest.mark.usefixtures("all_entities")


def hours_left(scene: Scene) -> float:
    until = datetime.fromisoformat(scene.state("sensor.charge_now_until"))
    return (until - dt_util.utcnow()) / timedelta(hours=1)


async def test_charge_now_for_all_or_some_connectors(
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, quick_car()), (OTHER, quick_car()))
    old, other = scene.bus.connectors
    await scene.choose("select.mode", "off")
    await scene.until(lambda: scene.why(OLD) == scene.why(OTHER) == "off")
    await asyncio.sleep(STEADY_SECONDS)

    # All of them: by the entry's device, or by none at all.
    await scene.act("charge_now", amps=30, device_id=scene.device())
    await scene.until(lambda: (old.offered, other.offered) == (15, 15))
    assert hours_left(scene) == pytest.approx(24, abs=0.01)
    assert scene.state("sensor.rule") == "charge_now"
    assert scene.why() == "own_limit"
    await scene.act("charge_now", duration={"days": 1, "hours": 12})
    await scene.until(lambda: (old.offered, other.offered) == (24, 24))
    assert hours_left(scene) == pytest.approx(36, abs=0.01)
    until = scene.state("sensor.charge_now_until")
    assert scene.why() == "wiring"

    # One of them gives it up, and the other one.
    await scene.act("cancel_charge_now", device_id=[scene.device(OLD)])
    await scene.until(lambda: (old.offered, other.offered) == (0, 40))
    assert scene.state("sensor.rule", OLD) == "off"
    assert scene.state("sensor.rule", OTHER) == "charge_now"
    assert scene.state("sensor.rule") == "off"
    assert scene.state("sensor.charge_now_until") == until
    await scene.act("cancel_charge_now", device_id=[scene.device(OTHER)])
    await scene.until(lambda: other.offered == 0)
    assert scene.state("switch.charge_now") == "off"
    await scene.act("cancel_charge_now")

    await asyncio.sleep(STEADY_SECONDS)
    await scene.act(
        "charge_now", amps="16", duration="01:30:00", device_id=[scene.device(OTHER)]
    )
    await scene.until(lambda: (old.offered, other.offered) == (0, 16))
    assert hours_left(scene) == pytest.approx(1.5, abs=0.01)
    assert scene.state("switch.charge_now") == "on"

    # Another one for the other connector leaves it alone; the bus shows when the last is over.
    await scene.act(
        "charge_now", amps=20, duration="00:30:00", device_id=[scene.device(OLD)]
    )
    end = dt_util.utcnow() + timedelta(minutes=30)
    await scene.until(lambda: (old.offered, other.offered) == (20, 16))
    assert hours_left(scene) == pytest.approx(1.5, abs=0.01)
    await scene.act("cancel_charge_now", device_id=[scene.device(OTHER)])
    await scene.until(lambda: (old.offered, other.offered) == (20, 0))
    left = (end - dt_util.utcnow()) / timedelta(hours=1)
    assert hours_left(scene) == pytest.approx(left, abs=0.01)
    await scene.choose("switch.charge_now", True)
    await scene.until(lambda: (old.offered, other.offered) == (24, 24))
    await scene.act("cancel_charge_now")
    await scene.until(lambda: old.offered == other.offered == 0)
    assert scene.state("switch.charge_now") == "off"


async def test_a_read_only_user_reads_reports_but_changes_nothing(
    hass: HomeAssistant, hass_read_only_user: MockUser, set_up: Builder
) -> None:
    scene = await set_up((OLD, None))
    before = scene.entry.runtime_data.user_settings

    async def act(service: str, **data: Any) -> Any:
        return await hass.services.async_call(
            DOMAIN,
            service,
            data,
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
            return_response=service.startswith("get_"),
        )

    for service, data in (
        ("charge_now", {"amps": 20}),
        ("cancel_charge_now", {}),
        ("set_current", {"amps": 20}),
    ):
        with pytest.raises(Unauthorized):
            await act(service, **data)
    assert scene.entry.runtime_data.user_settings == before
    assert "sessions" in await act("get_sessions")

    hass_read_only_user.groups[0].policy = {"entities": True}
    hass_read_only_user.invalidate_cache()
    await act("set_current", amps=20)
    assert scene.entry.runtime_data.user_settings.current == 20


async def test_reports_are_for_users_who_may_read_their_connectors(
    hass: HomeAssistant, hass_read_only_user: MockUser, set_up: Builder
) -> None:
    scene = await set_up((OLD, None), (OTHER, None))
    hass_read_only_user.perm_lookup = PermissionLookup(
        er.async_get(hass), dr.async_get(hass)
    )

    async def read(service: str, **target: Any) -> Any:
        return await hass.services.async_call(
            DOMAIN,
            service,
            target,
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
            return_response=True,
        )

    def allow(policy: Any) -> None:
        hass_read_only_user.groups[0].policy = policy
        hass_read_only_user.invalidate_cache()

    for service in "get_sessions", "get_plan":
        allow({})
        for target in {}, {"device_id": scene.device(OLD)}, {"entity_id": "all"}:
            with pytest.raises(Unauthorized):
                await read(service, **target)

        # One connector is not the other one, and one of its entities is not all of them.
        allow({"entities": {"device_ids": {scene.device(OLD): {"read": True}}}})
        await read(service, device_id=scene.device(OLD))
        for target in {}, {"device_id": [scene.device(OLD), scene.device(OTHER)]}:
            with pytest.raises(Unauthorized):
                await read(service, **target)
        status = scene.id("sensor.status", OTHER)
        allow({"entities": {"entity_ids": {status: {"read": True}}}})
        with pytest.raises(Unauthorized):
            await read(service, entity_id=status)

        # The bus stands for all its connectors.
        bus = {"device_ids": {scene.device(): {"read": True}}}
        allow({"entities": bus})
        with pytest.raises(Unauthorized):
            await read(service, device_id=scene.device())

    await hass.auth.async_remove_user(hass_read_only_user)
    with pytest.raises(UnknownUser):
        await read("get_sessions")


async def test_a_capture_is_for_administrators_and_one_at_a_time(
    hass: HomeAssistant,
    hass_read_only_user: MockUser,
    hass_admin_user: MockUser,
    set_up: Builder,
) -> None:
    scene = await set_up((OLD, None))

    async def capture(user: MockUser) -> Any:
        return await hass.services.async_call(
            DOMAIN,
            "capture_bus",
            {"seconds": 5},
            blocking=True,
            context=Context(user_id=user.id),
            return_response=True,
        )

    hass_read_only_user.groups[0].policy = {"entities": True}
    hass_read_only_user.invalidate_cache()
    with pytest.raises(Unauthorized):
        await capture(hass_read_only_user)

    first = hass.async_create_task(capture(hass_admin_user))
    await asyncio.sleep(1)
    with pytest.raises(ServiceValidationError, match="A capture is already running"):
        await scene.act("capture_bus", seconds=5)
    assert len(scene.entry.runtime_data.master.frames.listeners) == 1
    assert (await first)["buses"]

    # Neither one that ended nor one that was cancelled is in the way of the next.
    cancelled = hass.async_create_task(capture(hass_admin_user))
    await asyncio.sleep(1)
    cancelled.cancel()
    await asyncio.wait([cancelled])
    assert (await capture(hass_admin_user))["buses"]


async def test_what_cannot_be_is_refused_in_words_and_changes_nothing(
    hass: HomeAssistant, set_up: Builder
) -> None:
    async def act(**data: Any) -> None:
        await hass.services.async_call(DOMAIN, "charge_now", data, blocking=True)

    scene = await set_up((OLD, None))
    before = scene.entry.runtime_data.user_settings

    for amps in (1, 11, 49, 80, 81, 240):
        with pytest.raises(ServiceValidationError, match="Choose 12 to 48 A"):
            await act(amps=amps)
        with pytest.raises(ServiceValidationError, match="Choose 12 to 48 A"):
            await scene.act("set_current", amps=amps)
    with pytest.raises(ServiceValidationError, match="Choose 12 to 40 A"):
        await scene.act("set_current", amps=41, device_id=scene.device(OLD))
    for wrong in {"amps": -1}, {"amps": 241}, {"duration": "01:00:00"}, {}:
        with pytest.raises(vol.Invalid):
            await scene.act("set_current", **wrong)
    stranger = MockConfigEntry(domain="other")
    stranger.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=stranger.entry_id,
        identifiers={("other", "1")},
        name="Oven",
    )
    for device_id, name in ("nobody", "nobody"), (device.id, "Oven"):
        with pytest.raises(ServiceValidationError, match=f"^{name} is not a wall conn"):
            await act(device_id=[scene.device(OLD), device_id])
    for nonsense in (
        {"amps": 0},
        {"amps": "nan"},
        {"amps": 1e9},
        {"amps": float("inf")},
        {"amps": 0.9},
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
        with pytest.raises(ServiceValidationError, match="after the start"):
            await scene.act("get_sessions", **{"from": begin, "to": end})

    assert scene.entry.runtime_data.user_settings == before
    device_id = scene.device()
    assert await hass.config_entries.async_unload(scene.entry.entry_id)
    for data in ({}, {"device_id": device_id}):
        with pytest.raises(ServiceValidationError, match="is not set up"):
            await act(**data)


async def test_a_current_without_a_duration_stays(set_up: Builder) -> None:
    scene = await set_up((OLD, quick_car()), (OTHER, quick_car()))
    old, other = scene.bus.connectors
    await scene.act("set_current", amps=16, device_id=scene.device(OLD))
    await scene.until(lambda: (old.offered, other.offered) == (16, 32))
    assert scene.state("number.charge_limit", OLD) == "16"
    assert scene.state("number.total_current_limit") == "48"

    # Of the bus, it is the amps for all together.
    for device in {}, {"device_id": scene.device()}:
        amps = 30 if device else 28
        await scene.act("set_current", amps=amps, **device)
        await scene.until(lambda: old.offered + other.offered == amps)  # noqa: B023
        assert scene.state("number.total_current_limit") == str(amps)
    await scene.act("set_current", amps=0, device_id=scene.device(OLD))
    await scene.until(lambda: old.offered == 0)
    assert scene.state("switch.charge", OLD) == "off"
    # The limit is kept for later.
    await scene.choose("switch.charge", True, OLD)
    assert scene.state("number.charge_limit", OLD) == "16"


async def test_amps_for_a_while_fall_back_by_themselves(
    set_up: Builder, wall_clock: WallClock
) -> None:
    scene = await set_up((OLD, quick_car()), (OTHER, quick_car()))
    old, other = scene.bus.connectors
    await scene.choose("number.charge_limit", 14, OLD)
    await scene.choose("number.total_current_limit", 40)
    await scene.act(
        "set_current", amps=24, duration="02:00:00", device_id=scene.device(OLD)
    )
    await scene.act("set_current", amps=36, duration={"hours": 1})
    await scene.until(lambda: old.offered + other.offered == 36)
    assert scene.state("number.charge_limit", OLD) == "24"

    # The automation is gone and Home Assistant was restarted: the limit ends nevertheless.
    await scene.reload()
    await scene.until(lambda: old.offered + other.offered == 36)
    wall_clock.move(timedelta(minutes=61))
    await scene.until(lambda: old.offered + other.offered == 40)
    assert scene.state("number.total_current_limit") == "40"
    wall_clock.move(timedelta(minutes=60))
    await scene.until(lambda: old.offered == 14)
    assert scene.state("number.charge_limit", OLD) == "14"

    # What the owner sets meanwhile stays.
    await scene.act("set_current", amps=30, duration="01:00:00")
    await scene.choose("number.total_current_limit", 26)
    wall_clock.move(timedelta(minutes=61))
    await scene.reload()
    await scene.until(lambda: old.offered + other.offered == 26)


async def test_connectors_can_be_named_by_all_that_home_assistant_knows(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await set_up((OLD, None), (OTHER, None))
    devices, entities = dr.async_get(hass), er.async_get(hass)
    floor = fr.async_get(hass).async_create("Cellar")
    area = ar.async_get(hass).async_create("Garage", floor_id=floor.floor_id)
    empty = ar.async_get(hass).async_create("Attic")
    label = lr.async_get(hass).async_create("Cheap")
    devices.async_update_device(scene.device(OTHER), area_id=area.id)
    status = scene.id("sensor.status", OLD)
    entities.async_update_entity(status, labels={label.label_id})

    async def plan(**target: Any) -> list[str]:
        response = await scene.act("get_plan", **target)
        return [item["connector"] for item in response["connectors"]]

    await scene.until(lambda: len(scene.entry.runtime_data.data.explanations) == 2)
    assert await plan() == ["032E", "2431"]
    assert await plan(entity_id="all") == ["032E", "2431"]
    assert await plan(entity_id=status) == ["032E"]
    assert await plan(entity_id=[scene.id("sensor.rule")]) == ["032E", "2431"]
    assert await plan(device_id=scene.device(OTHER)) == ["2431"]
    assert await plan(area_id=area.id) == ["2431"]
    assert await plan(floor_id=floor.floor_id) == ["2431"]
    assert await plan(label_id=label.label_id) == ["032E"]
    assert await plan(label_id=label.label_id, area_id=area.id) == ["032E", "2431"]

    for nothing in {"area_id": empty.id}, {"entity_id": "none"}:
        with pytest.raises(ServiceValidationError, match="contains no wall connector"):
            await plan(**nothing)
    with pytest.raises(ServiceValidationError, match=r"light\.kitchen is not a wall"):
        await plan(entity_id=[status, "light.kitchen"])


async def test_the_plan(
    hass: HomeAssistant, set_up: Builder, wall_clock: WallClock
) -> None:
    wall_clock.set(6, "12:00:00")
    scene = await set_up((OLD, quick_car()), (OTHER, None))
    hass.config_entries.async_add_subentry(scene.entry, schedule("Night", **NIGHT))
    await hass.async_block_till_done()
    await scene.choose("select.own_mode", "off", OTHER)
    await scene.until(
        lambda: scene.why(OTHER) == "no_vehicle" and scene.why(OLD) == "wiring"
    )
    await scene.until(lambda: float(scene.state("sensor.offered_current", OLD)) == 40)

    response = await scene.act("get_plan")
    first, second = response["connectors"]
    now = wall_clock.now()
    start = now.replace(hour=23, minute=0, second=0, microsecond=0)
    assert first == {
        "connector": "032E",
        "rule": "fixed",
        "schedule": None,
        "amps": None,
        "green_only": False,
        "offered_amps": 40,
        "reason": "wiring",
        "until": start.isoformat(),
        "next_change": start.isoformat(),
        "next": {
            "rule": "schedule",
            "schedule": "Night",
            "amps": 16,
            "green_only": False,
        },
        "plans": [],
    }
    assert (second["connector"], second["rule"]) == ("2431", "off")

    await scene.act("charge_now", duration="12:00:00", device_id=scene.device(OLD))
    wall_clock.set(6, "23:30:00")
    await scene.until(lambda: scene.why(OTHER) == "no_vehicle")
    (one,) = (await scene.act("get_plan", device_id=scene.device(OLD)))["connectors"]
    assert (one["rule"], one["next"]["rule"]) == ("charge_now", "schedule")


async def test_a_capture_holds_no_serial_numbers_and_no_vins(
    set_up: Builder,
) -> None:
    car = quick_car()
    scene = await set_up((NEW, car))
    response = await scene.act("capture_bus", seconds=20)
    (bus,) = response["buses"]
    assert bus["bus"] == "TWC Manager"
    frames = bus["frames"]
    assert len(frames) > 10
    assert {frame["direction"] for frame in frames} == {"sent", "heard"}
    times = [datetime.fromisoformat(frame["time"]) for frame in frames]
    assert times == sorted(times)
    assert abs(times[-1] - dt_util.utcnow()) < timedelta(seconds=5)
    heartbeat = next(
        frame
        for frame in frames
        if frame["direction"] == "heard" and frame["hex"].startswith("fd e0 18 39")
    )
    assert heartbeat["meaning"].startswith("1839 to 7777: ")
    # Its VIN has been read, and must not be shown.
    secret = [frame for frame in frames if "redacted" in frame["hex"]]
    assert any(frame["meaning"].endswith(": vin part") for frame in secret)
    text = str(response)
    for part in car.vin[:7], car.vin[7:14]:
        assert part not in text
        assert part.encode().hex(" ") not in text
    # No listener is left.
    assert scene.entry.runtime_data.master.frames.listeners == []
    for seconds in 0, 301, "nan":
        with pytest.raises(vol.Invalid):
            await scene.act("capture_bus", seconds=seconds)
