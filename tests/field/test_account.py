"""The account of the owner at Tesla: tokens, refusals, outages."""

import asyncio

from homeassistant.core import HomeAssistant

from custom_components.twc_manager.charging.control.stopping import STEADY_SECONDS
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.vehicles.account_data import SUBENTRY_ACCOUNT
from custom_components.twc_manager.vehicles.vehicle_data import SUBENTRY_VEHICLE
from simulator.tesla import Kind, Trouble
from tests.scene import NEW, Builder, Scene
from tests.vehicles.scene import MadeUp, account, account_data, vehicle

from .arrangements import issues, reported, status, twc

pytest_plugins = ["tests.cloud"]


async def _charging(set_up: Builder, mine: MadeUp) -> Scene:
    """Return a scene in which the owner's car charges, and is known by its VIN."""
    (red,) = mine.cars
    red.car.soc = 10
    added = account(mine)
    car = vehicle("Red one", vin=red.vin, account=added.subentry_id)
    scene = await set_up((NEW, red.car), subentries=[added, car])
    await scene.until(
        lambda: twc(scene, NEW).drawn > 10 and scene.of(car)("control") == "vin"
    )
    await asyncio.sleep(STEADY_SECONDS)
    return scene


async def test_the_car_is_stopped_long_after_the_first_token_ended(
    set_up: Builder, made_up: MadeUp
) -> None:
    """ngardiner/TWCManager#419, #299, #533: after 8 h the token was not refreshed, and the car stayed at 6 A permanently."""
    scene = await _charging(set_up, made_up)
    for mode, drawn in (("off", False), ("fixed", True), ("off", False)):
        made_up.owner.expire_access()
        await scene.choose("select.mode", mode)
        await scene.until(lambda: (twc(scene, NEW).drawn > 0) == drawn, 180)  # noqa: B023
        await asyncio.sleep(2 * STEADY_SECONDS)
        await scene.reload()
        await scene.until(lambda: status(scene, NEW) in {"paused", "charging"}, 60)
    assert made_up.owner.refreshes >= 3
    (added,) = scene.entry.get_subentries_of_type(SUBENTRY_ACCOUNT)
    tokens = account_data(added).tokens
    assert tokens is not None
    assert tokens.refresh_token == made_up.owner.refresh_token


async def test_a_grant_that_was_withdrawn_is_reported_and_the_car_held_at_the_minimum(
    hass: HomeAssistant, set_up: Builder, made_up: MadeUp
) -> None:
    """ngardiner/TWCManager#564: for weeks the account answered 401, and only the log knew."""
    scene = await _charging(set_up, made_up)
    made_up.owner.revoke()
    await scene.choose("select.mode", "off")
    await scene.until(lambda: "cannot_stop" in issues(scene), 600)
    (flow,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert flow["context"]["source"] == "reauth"
    assert twc(scene, NEW).offered == 6
    calls = len(made_up.server.call_log.calls)
    await asyncio.sleep(300)
    assert len(made_up.server.call_log.calls) <= calls + 3


async def test_an_outage_at_tesla_leaves_no_car_at_its_full_current(
    set_up: Builder, made_up: MadeUp
) -> None:
    """dracoventions/TWCManager#10: while Tesla could not be reached, the car charged on at what it had."""
    scene = await _charging(set_up, made_up)
    made_up.server.fail("*", Trouble.DROP)
    await scene.choose("select.mode", "off")
    await scene.until(lambda: twc(scene, NEW).drawn <= 6, 60)
    await scene.until(lambda: "cannot_stop" in issues(scene), 600)
    assert "1839" in reported(scene, "cannot_stop")
    made_up.server.recover()
    await scene.until(lambda: twc(scene, NEW).drawn == 0, 1800)
    await scene.until(lambda: "cannot_stop" not in issues(scene), 60)


async def test_a_limit_on_calls_is_waited_for(set_up: Builder, made_up: MadeUp) -> None:
    """ngardiner/TWCManager#504, home-assistant/core#23227: refused calls were made again and again."""
    scene = await _charging(set_up, made_up)
    made_up.server.fail_next("charge_stop", Trouble.RATE_LIMITED, after=240)
    await scene.choose("select.mode", "off")
    after = await scene.until(lambda: twc(scene, NEW).drawn == 0, 900)
    assert after > 240
    assert made_up.commands().count("charge_stop") == 2
    assert made_up.count(Kind.WAKE) == 0


async def test_an_application_that_tesla_forgot_is_reported_and_works_once_registered(
    set_up: Builder, made_up: MadeUp
) -> None:
    """teslamotors/vehicle-command#195, evcc-io/evcc#19886, home-assistant/core#134826: every call was answered by 412."""
    scene = await _charging(set_up, made_up)
    (car,) = scene.entry.get_subentries_of_type(SUBENTRY_VEHICLE)
    made_up.server.fail("*", Trouble.NOT_REGISTERED)
    await scene.choose("select.mode", "off")
    await scene.until(lambda: "cannot_stop" in issues(scene), 600)
    assert twc(scene, NEW).offered == 6
    assert scene.of(car)("problem") not in {"none", "unknown", "reauth"}
    made_up.server.recover()
    await scene.until(lambda: twc(scene, NEW).drawn == 0, 1800)
    await scene.until(lambda: issues(scene) == set(), 60)
    assert scene.of(car)("problem") == "none"
