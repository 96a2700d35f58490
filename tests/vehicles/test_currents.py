"""Cars that take less than the minimum of their connector, since they are asked for it through their own number."""

import asyncio
from collections.abc import Callable
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import CONF_MIN_CURRENT, DOMAIN
from custom_components.twc_manager.state.store import BusStore
from tests.helpers import quick_car
from tests.scene import GRID_OPTIONS, OLD, Builder, Scene, async_give_car_a_switch

from .numbers import NUMBER, CarNumber, async_give_car_a_number
from .scene import async_until_charging, vehicle


@pytest.fixture(autouse=True)
def six_amps(hass: HomeAssistant, config_entry: MockConfigEntry) -> None:
    """The connectors offer 6 A and more."""
    hass.config_entries.async_update_entry(
        config_entry, data={**config_entry.data, CONF_MIN_CURRENT: 6}
    )


async def async_green(
    hass: HomeAssistant,
    set_up: Builder,
    *,
    through_vehicle: bool = True,
    **of_number: Any,
) -> tuple[Scene, CarNumber]:
    """Charge a car that has a number by plenty of sun."""
    car = quick_car()
    number = await async_give_car_a_number(hass, car, **of_number)
    added = vehicle(
        switch=await async_give_car_a_switch(hass, car, "model_3"),
        connector="032E",
        subentry_id="car",
        charge_current=NUMBER,
        through_vehicle=through_vehicle,
    )
    scene = await set_up((OLD, car), subentries=[added], **GRID_OPTIONS)
    await scene.choose("number.start_delay", 0)
    await scene.choose("number.stop_delay", 5)
    await scene.choose("select.mode", "green")
    sun(scene, 20)
    await async_until_charging(scene)
    return scene, number


def sun(scene: Scene, amps: float) -> None:
    """Have the sun give what the car takes at some A."""
    (connector,) = scene.bus.connectors
    scene.house.sun_w = amps * connector.voltages[0]


def shown(scene: Scene, key: str) -> str:
    """Return the state of a sensor of the car."""
    found = scene.entry.subentries["car"]
    return scene.of(found)(key)


async def async_lower(scene: Scene, number: CarNumber) -> None:
    """Leave the sun less than the connector can offer, and wait until the car follows."""
    (connector,) = scene.bus.connectors
    sun(scene, 3.6)
    await scene.until(lambda: connector.drawn == pytest.approx(3.0, abs=0.2), 180)
    assert connector.offered == scene.entry.data["min_current"]
    assert number.values[-1] == 3.0
    await scene.until(lambda: shown(scene, "charge_request") == "followed", 60)


async def test_a_car_takes_less_than_its_connector_can_offer(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene, number = await async_green(hass, set_up)
    (connector,) = scene.bus.connectors
    await async_lower(scene, number)
    await scene.until(lambda: scene.why(OLD) == "through_vehicle", 30)
    await asyncio.sleep(300)
    assert connector.drawn == pytest.approx(3.0, abs=0.2)
    assert shown(scene, "requested_current") == "3.0"
    assert shown(scene, "request_calls") == "1"
    sun(scene, 20)
    await scene.until(lambda: connector.drawn > 15, 300)
    assert number.values == [3.0, 32.0]


async def test_nothing_is_asked_before_the_owners_value_is_on_the_disk(
    hass: HomeAssistant, set_up: Builder, hass_storage: dict[str, Any]
) -> None:
    """After a crash before that, the 3 A of ours were taken for what the owner had set."""
    on_disk: list[float] = []
    scene, number = await async_green(hass, set_up, initial=24.0)

    def note(value: float) -> float:
        stored = hass_storage[f"{DOMAIN}.{scene.entry.entry_id}"]["data"]["vehicles"]
        on_disk.extend(item["given"]["owner"] for item in stored["currents"].values())
        return value

    number.made_of = note
    await async_lower(scene, number)
    assert on_disk == [24.0]


async def test_while_nothing_can_be_written_nothing_is_asked(
    hass: HomeAssistant, set_up: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise OSError("The disk is full")

    scene, number = await async_green(hass, set_up)
    with monkeypatch.context() as patch:
        patch.setattr(BusStore, "async_save", fail)
        sun(scene, 3.6)
        await asyncio.sleep(400)
        assert number.value == "32.0"
        assert 3.0 not in number.values
    sun(scene, 20)
    (connector,) = scene.bus.connectors
    await scene.until(lambda: connector.drawn > 15, 600)


async def test_without_the_owners_consent_nothing_is_set(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene, number = await async_green(hass, set_up, through_vehicle=False)
    (connector,) = scene.bus.connectors
    sun(scene, 3.6)
    await scene.until(lambda: not connector.drawn, 1200)
    assert number.values == []


async def test_leaving_green_restores_what_the_owner_had_set(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene, number = await async_green(hass, set_up, initial=24.0)
    (connector,) = scene.bus.connectors
    await async_lower(scene, number)
    await scene.choose("select.mode", "fixed")
    await scene.until(lambda: number.values == [3.0, 24.0], 10)
    await scene.until(lambda: connector.drawn > 20, 60)
    await scene.until(lambda: shown(scene, "charge_request") == "own", 120)
    assert number.values == [3.0, 24.0]


async def test_unplugging_restores_what_the_owner_had_set(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene, number = await async_green(hass, set_up)
    (connector,) = scene.bus.connectors
    await async_lower(scene, number)
    connector.unplug()
    await scene.until(lambda: number.values == [3.0, 32.0], 60)


async def test_the_end_of_home_assistant_restores_what_the_owner_had_set(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene, number = await async_green(hass, set_up)
    await async_lower(scene, number)
    assert await hass.config_entries.async_unload(scene.entry.entry_id)
    assert number.values == [3.0, 32.0]


async def test_removing_the_vehicle_restores_what_the_owner_had_set(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene, number = await async_green(hass, set_up)
    await async_lower(scene, number)
    hass.config_entries.async_remove_subentry(scene.entry, "car")
    await scene.until(lambda: number.values == [3.0, 32.0], 60)


async def test_a_restore_that_failed_is_repeated_after_a_restart(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene, number = await async_green(hass, set_up)
    (connector,) = scene.bus.connectors
    await async_lower(scene, number)
    number.is_asleep = True
    await scene.reload()
    assert number.values == [3.0]
    connector.unplug()
    await scene.until(lambda: shown(scene, "charge_request") == "restoring", 180)
    await scene.until(lambda: scene.problem("current_not_restored") is not None, 900)
    number.is_asleep = False
    await scene.until(lambda: number.values == [3.0, 32.0], 900)
    await scene.until(lambda: scene.problem("current_not_restored") is None, 120)


async def test_a_number_that_is_away_is_restored_once_it_is_back(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene, number = await async_green(hass, set_up)
    (connector,) = scene.bus.connectors
    await async_lower(scene, number)
    await number.async_make_available(available=False)
    connector.unplug()
    await scene.until(lambda: shown(scene, "charge_request") == "restoring", 120)
    assert number.values == [3.0]
    await number.async_make_available(available=True)
    await scene.until(lambda: number.values == [3.0, 32.0], 30)


async def test_an_issue_names_a_number_that_stays_away(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene, number = await async_green(hass, set_up)
    (connector,) = scene.bus.connectors
    await async_lower(scene, number)
    await number.async_make_available(available=False)
    connector.unplug()
    await scene.until(lambda: scene.problem("current_not_restored") is not None, 900)
    await number.async_make_available(available=True)
    await scene.until(lambda: scene.problem("current_not_restored") is None, 180)
    assert number.values == [3.0, 32.0]


async def test_an_issue_names_a_number_that_was_removed_until_the_next_start(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene, number = await async_green(hass, set_up)
    (connector,) = scene.bus.connectors
    await async_lower(scene, number)
    er.async_get(hass).async_remove(NUMBER)
    await hass.async_block_till_done()
    connector.unplug()
    await scene.until(lambda: scene.problem("current_not_restored") is not None, 900)
    await scene.reload()
    await scene.until(lambda: scene.problem("current_not_restored") is None, 180)
    await asyncio.sleep(900)
    assert scene.problem("current_not_restored") is None


async def test_what_the_owner_sets_meanwhile_stays(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene, number = await async_green(hass, set_up)
    (connector,) = scene.bus.connectors
    await async_lower(scene, number)
    await number.async_set(16)
    await scene.until(lambda: shown(scene, "charge_request") == "left", 30)
    await asyncio.sleep(120)
    connector.unplug()
    await scene.until(lambda: shown(scene, "charge_request") == "own", 120)
    assert number.values == [3.0]
    assert number.value == "16.0"


async def test_a_car_that_goes_down_only_part_of_the_way_counts_with_that(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene, number = await async_green(hass, set_up, floor=5.0)
    (connector,) = scene.bus.connectors
    sun(scene, 5.2)
    await scene.until(lambda: connector.drawn == pytest.approx(5.0, abs=0.2), 180)
    await scene.until(lambda: shown(scene, "charge_request") == "followed", 60)
    sun(scene, 3.6)
    await scene.until(lambda: number.values == [5.0, 3.0], 180)
    await scene.until(lambda: shown(scene, "requested_current") == "5.0", 180)
    assert shown(scene, "charge_request") == "followed"


async def test_a_car_that_does_not_follow_gets_its_own_back(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene, number = await async_green(hass, set_up, obeys=False)
    sun(scene, 3.6)
    await scene.until(lambda: number.values == [3.0, 32.0], 300)
    assert scene.why(OLD) != "through_vehicle"


@pytest.mark.parametrize(
    "made_of",
    [lambda amps: max(amps, 5.0), lambda amps: amps + 0.4, lambda amps: amps - 0.1],
    ids=["goes down to 5 A", "rounds up", "rounds down"],
)
async def test_what_a_car_makes_of_it_is_not_taken_for_its_owners_wish(
    hass: HomeAssistant, set_up: Builder, made_of: Callable[[float], float]
) -> None:
    scene, number = await async_green(hass, set_up)
    (connector,) = scene.bus.connectors
    number.made_of = made_of
    sun(scene, 3.6)
    await scene.until(lambda: number.values == [3.0], 180)
    await scene.until(lambda: shown(scene, "charge_request") == "followed", 180)
    number.made_of = float
    await asyncio.sleep(60)
    assert shown(scene, "charge_request") == "followed"
    connector.unplug()
    await scene.until(lambda: number.values[-1] == 32.0, 60)


async def test_a_car_that_leaves_before_it_has_followed_gets_its_own_back(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene, number = await async_green(hass, set_up)
    (connector,) = scene.bus.connectors
    number.made_of = lambda amps: max(amps, 5.0)
    sun(scene, 3.6)
    await scene.until(lambda: number.values == [3.0], 180)
    assert number.value == "5.0"
    connector.unplug()
    await scene.until(lambda: number.values[-1] == 32.0, 60)


async def test_an_issue_says_what_a_removed_bus_could_not_restore(
    hass: HomeAssistant, set_up: Builder
) -> None:
    """The issue survives, and goes once its owner has confirmed it."""
    scene, number = await async_green(hass, set_up)
    await async_lower(scene, number)
    number.is_asleep = True
    await hass.config_entries.async_remove(scene.entry.entry_id)
    issue_id = f"current_left_{scene.entry.entry_id}"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.is_persistent
    assert issue.is_fixable
    assert issue.translation_placeholders == {
        "bus": scene.entry.title,
        "vehicles": "Model 3 (32 A)",
    }


async def test_a_removed_bus_that_has_restored_all_is_not_reported(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene, number = await async_green(hass, set_up)
    await async_lower(scene, number)
    await hass.config_entries.async_remove(scene.entry.entry_id)
    assert number.values == [3.0, 32.0]
    issue_id = f"current_left_{scene.entry.entry_id}"
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue_id) is None
