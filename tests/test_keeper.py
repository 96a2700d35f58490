"""The keeper as an owner of Home Assistant sees it."""

import asyncio
from typing import Any
from unittest.mock import create_autospec

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import (
    CONF_KEEPER_KEY,
    CONF_KEEPER_LIMIT,
    CONF_MASTER_ID,
)
from custom_components.twc_manager.keeper_link.connection import (
    KeeperClient,
    KeeperError,
    KeyRefusedError,
    keeper_address,
)
from custom_components.twc_manager.twc import BusStatus
from custom_components.twc_manager.twc.lease_link import (
    Greeting,
    draw_nonce,
    greeting_line,
)
from keeper.states import KeeperState
from simulator import Bus, WallConnector, run_virtual

from .helpers import quick_car
from .keeper.beside import KEY, URL, BesideBus
from .scene import NEW, OLD, Builder, Scene
from .test_config_flow import WIRING, Flow


def leased(beside: BesideBus) -> dict[int, float]:
    """Return what was left with the keeper."""
    lease = beside.keeper._terms().lease
    if lease is None:
        return {}
    return {item.known.connector_id: item.amps for item in lease.connectors}


async def charging(scene: Scene, beside: BesideBus) -> None:
    """Wait until both cars charge and the keeper knows with what."""
    await scene.until(lambda: all(twc.drawn > 10 for twc in scene.bus.connectors))
    await scene.until(
        lambda: leased(beside) == {twc.id: twc.offered for twc in scene.bus.connectors}
    )


async def vanish(scene: Scene, beside: BesideBus) -> None:
    """End Home Assistant as its process does: what would unload its entries later reaches no one."""
    scene.hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await scene.hass.async_block_till_done()
    accept, beside.second.accept = beside.second.accept, None
    beside.second.reset_all()
    assert await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    beside.second.accept = accept


@pytest.mark.long
async def test_a_restart_of_minutes_interrupts_nobody(
    hass: HomeAssistant, bus: Bus, set_up: Builder, beside: BesideBus
) -> None:
    scene = await set_up((OLD, quick_car()), (NEW, quick_car()))
    await charging(scene, beside)
    assert scene.state("sensor.keeper") == "ready"
    offers = leased(beside)
    energy = float(scene.state("sensor.session_energy", NEW))

    await vanish(scene, beside)
    await asyncio.sleep(900)
    assert beside.keeper.state is KeeperState.IN_CHARGE
    taken = 900 * bus.connectors[1].power_w / 3.6e6

    assert await hass.config_entries.async_setup(scene.entry.entry_id)
    # Nothing has to be searched for: the keeper has had the line all the time.
    assert scene.entry.runtime_data.snapshot.status is BusStatus.RUNNING
    await asyncio.sleep(30)
    assert beside.keeper.state is KeeperState.FORWARDING
    assert {twc.id: twc.offered for twc in bus.connectors} == offers
    for twc in bus.connectors:
        assert twc.car is not None
        assert twc.car.interruptions == 0
    await scene.until(
        lambda: (
            float(scene.state("sensor.session_energy", NEW))
            == pytest.approx(energy + taken, rel=0.05)
        ),
        120,
    )


@pytest.mark.long
async def test_without_the_keepers_word_a_return_searches(
    hass: HomeAssistant, set_up: Builder, beside: BesideBus
) -> None:
    scene = await set_up((OLD, quick_car()), (NEW, quick_car()))
    await charging(scene, beside)
    await vanish(scene, beside)
    await asyncio.sleep(900)
    beside.second.accept = None
    assert await hass.config_entries.async_setup(scene.entry.entry_id)
    assert scene.entry.runtime_data.snapshot.status is BusStatus.SEARCHING
    assert scene.state("sensor.keeper") == "unreachable"


@pytest.mark.long
async def test_unloading_ends_what_was_left(
    hass: HomeAssistant, set_up: Builder, beside: BesideBus
) -> None:
    scene = await set_up((OLD, quick_car()), (NEW, quick_car()))
    await charging(scene, beside)
    assert await hass.config_entries.async_unload(scene.entry.entry_id)
    await hass.async_block_till_done()
    assert leased(beside) == {}
    await asyncio.sleep(20)
    # The owner's fallback holds.
    assert [twc.offered for twc in scene.bus.connectors] == [6, 6]


async def test_where_a_fuse_is_watched_only_the_emergency_current_is_left(
    hass: HomeAssistant, set_up: Builder, beside: BesideBus
) -> None:
    hass.states.async_set("sensor.l1", "10", {"unit_of_measurement": "A"})
    scene = await set_up(
        (OLD, quick_car()),
        fuse_size=63,
        fuse_current_l1="sensor.l1",
        emergency_amps=8,
    )
    (twc,) = scene.bus.connectors
    await scene.until(lambda: leased(beside) == {OLD: 8.0})
    await vanish(scene, beside)
    await asyncio.sleep(30)
    assert twc.offered <= 8


@pytest.mark.long
async def test_an_issue_says_that_the_keeper_is_in_charge(
    set_up: Builder, beside: BesideBus
) -> None:
    scene = await set_up((OLD, quick_car()), (NEW, quick_car()))
    await charging(scene, beside)
    beside.network.cut(to_client=False)
    await scene.until(lambda: scene.state("sensor.keeper") == "in_charge", 200)
    assert scene.problem("keeper_in_charge") is not None
    beside.network.mend()
    await scene.until(lambda: scene.state("sensor.keeper") == "ready", 200)
    assert scene.problem("keeper_in_charge") is None
    for twc in scene.bus.connectors:
        assert twc.car is not None
        assert twc.car.interruptions == 0


async def test_another_key_is_refused(
    hass: HomeAssistant, set_up: Builder, beside: BesideBus
) -> None:
    entry = set_up._entry
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_KEEPER_KEY: "f" * 16}
    )
    scene = await set_up((OLD, quick_car()))
    await scene.until(lambda: scene.state("sensor.keeper") == "refused")
    assert leased(beside) == {}
    assert scene.problem("keeper_refused") is not None
    beside.second.accept = None
    beside.second.reset_all()
    await scene.until(lambda: scene.state("sensor.keeper") == "unreachable")
    assert scene.problem("keeper_refused") is None


@pytest.mark.parametrize(
    ("ends", "error"), [(True, KeyRefusedError), (False, KeeperError)]
)
def test_only_a_keeper_that_ends_the_talk_has_another_key(
    ends: bool, error: type[KeeperError]
) -> None:
    """One that is too busy to answer in time has not refused anything."""

    async def talk() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(greeting_line(Greeting(draw_nonce(), 48.0)))
        if ends:
            reader.feed_eof()
        writer = create_autospec(asyncio.StreamWriter, instance=True)
        with pytest.raises(KeeperError) as raised:
            await KeeperClient(reader, writer).authenticate(KEY)
        assert raised.type is error

    run_virtual(talk())


async def test_a_lower_limit_of_the_keeper_holds_here_too(
    hass: HomeAssistant, set_up: Builder, beside: BesideBus
) -> None:
    beside.limit_to(20.0)
    scene = await set_up((OLD, quick_car()), (NEW, quick_car()))
    await asyncio.sleep(120)
    assert sum(twc.offered for twc in scene.bus.connectors) <= 20
    assert sum(twc.drawn for twc in scene.bus.connectors) > 10
    assert beside.keeper.report().dropped == 0
    assert scene.problem("keeper_limit") is not None


async def test_a_keeper_that_is_started_with_another_limit_is_obeyed(
    hass: HomeAssistant, set_up: Builder, beside: BesideBus
) -> None:
    scene = await set_up((OLD, quick_car()), (NEW, quick_car()))
    await scene.until(lambda: scene.state("sensor.keeper") == "ready", 120)
    assert scene.problem("keeper_limit") is None
    for limit in (20.0, 48.0):
        beside.limit_to(limit)
        await scene.until(
            lambda limit=limit: scene.entry.data[CONF_KEEPER_LIMIT] == limit, 120
        )
        await hass.async_block_till_done()
        found = scene.problem("keeper_limit")
        assert (found is None) is (limit == 48)
        if found is not None:
            assert found.translation_placeholders == {
                "bus": scene.entry.title,
                "keeper_limit": "20",
                "max_current": "48",
            }
    await hass.config_entries.async_unload(scene.entry.entry_id)
    assert scene.problem("keeper_limit") is None


async def test_without_the_key_the_limit_of_the_keeper_holds_too(
    hass: HomeAssistant, set_up: Builder, beside: BesideBus
) -> None:
    entry = set_up._entry
    data = {key: entry.data[key] for key in entry.data if key != CONF_KEEPER_KEY}
    hass.config_entries.async_update_entry(entry, data=data)
    beside.limit_to(20.0)
    scene = await set_up((OLD, quick_car()), (NEW, quick_car()))
    assert scene.entry.data[CONF_KEEPER_LIMIT] == 20
    assert scene.problem("keeper_limit") is not None
    await asyncio.sleep(120)
    assert sum(twc.offered for twc in scene.bus.connectors) <= 20
    assert beside.keeper.report().dropped == 0


@pytest.mark.parametrize(
    ("device", "address"),
    [
        ("socket://10.0.0.2:9600", ("10.0.0.2", 9601)),
        ("socket://[fe80::1]:9600", ("fe80::1", 9601)),
        ("rfc2217://10.0.0.2:9600", None),
        ("/dev/ttyUSB0", None),
        ("socket://10.0.0.2", None),
        ("socket://10.0.0.2:port", None),
    ],
)
def test_where_a_keeper_would_be(device: str, address: Any) -> None:
    assert keeper_address(device) == address


async def test_the_config_flow_recognises_a_keeper_and_takes_its_key(
    hass: HomeAssistant, bus: Bus, beside: BesideBus, config_entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_remove(config_entry.entry_id)
    bus.add(WallConnector(OLD, protocol=1))
    # Without Home Assistant the keeper links it, so that it does not announce itself.
    await asyncio.sleep(60)
    flow = Flow(hass)
    await flow.begin()
    result = await flow.enter(device=URL)
    assert result["step_id"] == "keeper"
    result = await flow.enter(keeper_key="wrong key")
    assert result["errors"] == {CONF_KEEPER_KEY: "keeper_key_refused"}
    result = await flow.enter(keeper_key=KEY)
    assert result["step_id"] == "wiring"
    await flow.enter(**WIRING)
    result = await flow.look()
    assert result["step_id"] == "found"
    assert "032E" in result["description_placeholders"]["connectors"]
    result = await flow.save()
    assert result["data"][CONF_KEEPER_KEY] == KEY
    assert result["data"][CONF_KEEPER_LIMIT] == 48
    assert result["data"][CONF_MASTER_ID] == beside.keeper.report().master_id
    await hass.async_block_till_done()
    assert await hass.config_entries.async_unload(result["result"].entry_id)
    await hass.async_block_till_done()


async def test_connectors_are_found_that_the_keeper_links_while_the_owner_types(
    hass: HomeAssistant, bus: Bus, beside: BesideBus, config_entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_remove(config_entry.entry_id)
    flow = Flow(hass)
    await flow.begin()
    await flow.enter(device=URL)
    await flow.enter(keeper_key=KEY)
    bus.add(WallConnector(OLD, protocol=1))
    await asyncio.sleep(60)
    await flow.enter(**WIRING)
    result = await flow.look()
    assert result["step_id"] == "found"


async def test_a_keeper_may_be_used_without_its_key(
    hass: HomeAssistant, bus: Bus, beside: BesideBus, config_entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_remove(config_entry.entry_id)
    bus.add(WallConnector(OLD, protocol=1))
    flow = Flow(hass)
    await flow.begin()
    await flow.enter(device=URL)
    result = await flow.enter()
    assert result["step_id"] == "wiring"
    await flow.enter(**WIRING)
    await flow.look()
    result = await flow.save()
    assert result["data"][CONF_KEEPER_LIMIT] == 48
    assert CONF_KEEPER_KEY not in result["data"]
    await hass.async_block_till_done()
    assert await hass.config_entries.async_unload(result["result"].entry_id)
    await hass.async_block_till_done()


async def test_a_bus_that_is_reconfigured_to_an_adapter_has_no_keeper_any_more(
    hass: HomeAssistant, set_up: Builder, beside: BesideBus
) -> None:
    scene = await set_up((OLD, quick_car()))
    flow = Flow(hass)
    await flow.begin(scene.entry)
    beside.second.accept = None
    await flow.enter(device=URL)
    await flow.enter(**WIRING)
    result = flow.result
    while result["type"] == "menu":
        result = await flow.save()
    await hass.async_block_till_done()
    assert not {CONF_KEEPER_KEY, CONF_KEEPER_LIMIT} & scene.entry.data.keys()


async def test_a_port_without_a_keeper_asks_for_no_key(
    hass: HomeAssistant, beside: BesideBus, config_entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_remove(config_entry.entry_id)
    beside.second.accept = None
    flow = Flow(hass)
    await flow.begin()
    result = await flow.enter(device=URL)
    assert result["step_id"] == "wiring"
