"""A connector check as an owner begins, watches and ends it, and what is kept of it."""

import asyncio
from datetime import datetime, timedelta
import json
from typing import Any

from homeassistant.auth.permissions.models import PermissionLookup
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Context
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.diagnostics import async_get_config_entry_diagnostics
from custom_components.twc_manager.twc import format_id
from tests.adapters import Adapter
from tests.helpers import quick_car
from tests.scene import NEW, OLD, Builder, Scene

pytestmark = pytest.mark.usefixtures("all_entities")


async def charging(set_up: Builder, *ids: int, zero_stops: bool = True) -> Scene:
    """Set up connectors whose cars have charged for a minute."""
    scene = await set_up(*((key, quick_car()) for key in ids or (NEW,)))
    for twc in scene.bus.connectors:
        twc.zero_stops = zero_stops
    await scene.until(lambda: all(twc.drawn > 5 for twc in scene.bus.connectors))
    await asyncio.sleep(70)
    return scene


async def check(
    scene: Scene, *, wait: bool = True, connector_id: int = NEW, **data: Any
) -> dict[str, Any]:
    """Call the action; return its response if it is waited for."""
    context = data.pop("context", None)
    found = await scene.hass.services.async_call(
        DOMAIN,
        "check_connector",
        {"entity_id": scene.id("sensor.status", connector_id), **data},
        blocking=True,
        return_response=wait,
        context=context,
    )
    return dict(found or {})


async def test_the_action_returns_what_it_found(set_up: Builder) -> None:
    scene = await charging(set_up)
    (new,) = scene.bus.connectors
    began = scene.hass.loop.time()
    report = await check(scene, confirm=True)

    assert 200 < scene.hass.loop.time() - began < 360
    found = report["check"]
    assert found["outcome"] == "complete"
    # The minimum current of this bus is 12 A.
    assert [step["offered"] for step in found["steps"]] == [12, 16, 12, 12]
    assert found["minimum_accepted"] == 12
    assert found["zero_stops"] is True
    assert report["zero_amps"] == {"agreed": 1, "failed": False, "believed": False}
    assert report["phases"] == {"count": 1, "source": "wiring"}
    assert report["counter_kwh_per_count"] == 1.0
    assert found["answers"]["vin"]
    await scene.until(lambda: new.drawn > 38)


async def test_the_report_does_not_identify_its_owner(set_up: Builder) -> None:
    scene = await charging(set_up)
    (new,) = scene.bus.connectors
    assert new.car is not None
    text = json.dumps(await check(scene, confirm=True))
    diagnostics = await async_get_config_entry_diagnostics(scene.hass, scene.entry)

    for secret in (new.car.vin, new.serial, format_id(NEW), scene.entry.entry_id):
        assert secret not in text
    assert diagnostics["connector_checks"] == {format_id(NEW): json.loads(text)}


async def test_progress_is_shown_with_its_end(set_up: Builder) -> None:
    scene = await charging(set_up)
    await check(scene, wait=False, confirm=True)
    await scene.until(lambda: scene.why(NEW) == "connector_check")
    end = datetime.fromisoformat(scene.state("sensor.next_change", NEW))
    assert timedelta(minutes=3) < end - dt_util.utcnow() < timedelta(minutes=6)

    await scene.until(lambda: scene.why(NEW) != "connector_check")
    assert abs(dt_util.utcnow() - end) < timedelta(minutes=1)


async def test_it_has_to_be_confirmed(set_up: Builder) -> None:
    scene = await charging(set_up)
    with pytest.raises(ServiceValidationError, match="Confirm"):
        await check(scene, wait=False)
    await asyncio.sleep(10)
    assert scene.why(NEW) != "connector_check"


async def test_a_second_call_ends_it(set_up: Builder) -> None:
    scene = await charging(set_up)
    (new,) = scene.bus.connectors
    first = asyncio.create_task(check(scene, confirm=True))
    await scene.until(lambda: new.offered == 16)
    second = await check(scene)

    assert second["check"]["outcome"] == "cancelled"
    assert (await first)["check"]["outcome"] == "cancelled"
    assert second["zero_amps"]["agreed"] == 0
    await scene.until(lambda: new.offered == 40)


@pytest.mark.parametrize("what", ["switch.charge", "select.mode"])
async def test_the_owner_ends_it_by_switching_off(set_up: Builder, what: str) -> None:
    scene = await charging(set_up)
    task = asyncio.create_task(check(scene, confirm=True))
    await scene.until(lambda: scene.why(NEW) == "connector_check")
    if what == "switch.charge":
        await scene.choose(what, False, NEW)
    else:
        await scene.choose(what, "off")

    assert (await task)["check"]["outcome"] == "switched_off"


async def test_unplugging_ends_it(set_up: Builder) -> None:
    scene = await charging(set_up)
    task = asyncio.create_task(check(scene, confirm=True))
    await scene.until(lambda: scene.why(NEW) == "connector_check")
    scene.bus.connectors[0].unplug()
    assert (await task)["check"]["outcome"] == "unplugged"


async def test_a_lost_port_ends_it(set_up: Builder, adapter: Adapter) -> None:
    scene = await charging(set_up)
    task = asyncio.create_task(check(scene, confirm=True))
    await scene.until(lambda: scene.why(NEW) == "connector_check")
    adapter.unplug()
    assert (await task)["check"]["outcome"] == "lost"
    adapter.replug()


async def test_an_unload_ends_it_and_keeps_what_was_found(set_up: Builder) -> None:
    scene = await charging(set_up)
    (new,) = scene.bus.connectors
    await check(scene, wait=False, confirm=True)
    await scene.until(lambda: not new.charging)
    await asyncio.sleep(10)
    await scene.reload()

    await scene.until(lambda: scene.state("sensor.status", NEW) != "unavailable")
    diagnostics = await async_get_config_entry_diagnostics(scene.hass, scene.entry)
    kept = diagnostics["connector_checks"][format_id(NEW)]
    assert kept["check"]["outcome"] == "cancelled"
    assert [step["offered"] for step in kept["check"]["steps"]] == [12, 16, 12]
    # It has not charged again, so it may have stopped by itself just then.
    assert kept["check"]["zero_stops"] is None
    assert kept["zero_amps"]["agreed"] == 0
    await scene.until(lambda: new.offered == 40)


async def test_home_assistant_stops_without_waiting_for_it(set_up: Builder) -> None:
    scene = await charging(set_up)
    task = asyncio.create_task(check(scene, confirm=True))
    await scene.until(lambda: scene.why(NEW) == "connector_check")
    scene.hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    async with asyncio.timeout(1):
        assert (await task)["check"]["outcome"] == "cancelled"


async def test_after_two_checks_off_stops_a_new_connector(set_up: Builder) -> None:
    scene = await charging(set_up)
    (new,) = scene.bus.connectors
    for _ in range(2):
        await check(scene, confirm=True)
        await scene.until(lambda: new.drawn > 38)
        await asyncio.sleep(70)
    await scene.choose("switch.charge", False, NEW)
    await scene.until(lambda: new.drawn == 0, 60)
    await scene.until(lambda: scene.state("sensor.status", NEW) == "paused")

    # It fails once: from then on the car is held at the minimum.
    await scene.choose("switch.charge", True, NEW)
    await scene.until(lambda: new.drawn > 38)
    await asyncio.sleep(70)
    new.zero_stops = False
    await scene.choose("switch.charge", False, NEW)
    await scene.until(lambda: scene.why(NEW) == "cannot_stop", 200)
    diagnostics = await async_get_config_entry_diagnostics(scene.hass, scene.entry)
    zero = diagnostics["connector_checks"][format_id(NEW)]["zero_amps"]
    assert zero == {"agreed": 0, "failed": True, "believed": False}


async def test_it_is_refused_with_the_reason(set_up: Builder) -> None:
    scene = await charging(set_up, NEW, OLD)
    new, _ = scene.bus.connectors
    with pytest.raises(ServiceValidationError, match="exactly one"):
        await scene.act("check_connector", confirm=True)
    await check(scene, wait=False, confirm=True)
    with pytest.raises(ServiceValidationError, match="already running"):
        await check(scene, wait=False, confirm=True, connector_id=OLD)
    await check(scene, wait=False)

    await scene.choose("switch.charge", False, OLD)
    await scene.until(lambda: scene.state("sensor.status", OLD) == "paused")
    with pytest.raises(ServiceValidationError, match="no current"):
        await check(scene, wait=False, confirm=True, connector_id=OLD)
    new.unplug()
    await scene.until(lambda: scene.state("binary_sensor.cable", NEW) == "off")
    with pytest.raises(ServiceValidationError, match="no vehicle"):
        await check(scene, wait=False, confirm=True)
    scene.bus.remove(new)
    await scene.until(lambda: scene.state("sensor.status", NEW) == "unavailable")
    with pytest.raises(ServiceValidationError, match="does not answer"):
        await check(scene, wait=False, confirm=True)


async def test_a_user_without_the_right_can_neither_begin_nor_read_it(
    set_up: Builder,
) -> None:
    scene = await charging(set_up)
    user = MockUser(is_owner=False).add_to_hass(scene.hass)
    lookup = PermissionLookup(er.async_get(scene.hass), dr.async_get(scene.hass))
    user.mock_policy({"entities": {"domains": {"light": True}}})
    user.perm_lookup = lookup
    context = Context(user_id=user.id)
    for wait in (True, False):
        with pytest.raises(Unauthorized):
            await check(scene, wait=wait, confirm=True, context=context)
    assert scene.why(NEW) != "connector_check"


# The options


async def options(scene: Scene, **answers: Any) -> ConfigFlowResult:
    """Open the check in the options, and give the answers one after the other."""
    flow = scene.hass.config_entries.options
    result = await flow.async_init(scene.entry.entry_id)
    result = await flow.async_configure(result["flow_id"], {"next_step_id": "check"})
    for key, value in answers.items():
        result = await flow.async_configure(result["flow_id"], {key: value})
    return result


async def test_the_options_begin_and_end_it(set_up: Builder) -> None:
    scene = await charging(set_up)
    result = await options(scene, confirm=False)
    assert result["errors"] == {"confirm": "check_not_confirmed"}
    assert scene.why(NEW) != "connector_check"

    result = await options(scene, confirm=True)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "check_begun")
    await scene.until(lambda: scene.why(NEW) == "connector_check")

    result = await options(scene)
    assert result["type"] is FlowResultType.MENU
    assert result["description_placeholders"] == {"connector": "1839"}
    result = await options(scene, next_step_id="check_cancel")
    assert result["reason"] == "check_cancelled"
    await scene.until(lambda: scene.why(NEW) != "connector_check")


async def test_the_options_ask_which_connector_and_say_why_not(
    set_up: Builder,
) -> None:
    scene = await charging(set_up, NEW, OLD)
    scene.bus.connectors[0].unplug()
    await scene.until(lambda: scene.state("binary_sensor.cable", NEW) == "off")
    result = await options(scene, connector=str(NEW), confirm=True)
    assert result["errors"] == {"base": "check_no_vehicle"}
    result = await options(scene, connector=str(OLD), confirm=True)
    assert result["reason"] == "check_begun"


async def test_the_options_say_that_the_bus_is_not_set_up(set_up: Builder) -> None:
    scene = await charging(set_up)
    await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    assert (await options(scene))["reason"] == "check_not_loaded"


async def test_a_result_that_cannot_be_read_costs_nothing_else(
    set_up: Builder, hass_storage: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    scene = await charging(set_up)
    await check(scene, confirm=True)
    assert await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    (stored,) = hass_storage[f"{DOMAIN}.{scene.entry.entry_id}"]["data"]["connectors"]
    assert stored["check"]["format"] == 1
    stored["check"]["format"] = 99
    assert await scene.hass.config_entries.async_setup(scene.entry.entry_id)

    kept = scene.entry.runtime_data.persistence.connectors[NEW]
    assert kept.check is None
    assert kept.stop is not None
    assert kept.stop.zero.agreed == 1
    assert "connector check cannot be read" in caplog.text
