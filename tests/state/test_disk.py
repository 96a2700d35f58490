"""What may be lost between two writes, and what a restart makes of it: nothing that safety rests on."""

import asyncio
from collections.abc import Callable, Generator
from copy import deepcopy
from itertools import pairwise
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    EVENT_HOMEASSISTANT_FINAL_WRITE,
    EVENT_HOMEASSISTANT_STOP,
)
from homeassistant.core import CoreState
from homeassistant.helpers.storage import Store
from homeassistant.util.file import WriteError
import pytest

from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.twc import BusStatus
from simulator import Bus, WallConnector
from tests.adapters import MemoryAdapter
from tests.helpers import quick_car
from tests.scene import NEW, OLD, OTHER, Builder, Scene


class Disk:
    """The disk of Home Assistant, which can be slow or full.

    Attributes:
        delay: how long a write of our file takes, in s.
        full: whether our file cannot be written.
        writes: when our file was written, in s of the loop's clock.

    """

    def __init__(self, files: dict[str, Any]) -> None:
        self.delay = 0.0
        self.full = False
        self.writes: list[float] = []
        self._files = files

    def connectors(self, scene: Scene) -> list[int]:
        """Return the ids of the connectors on the disk."""
        data = self._files[f"{DOMAIN}.{scene.entry.entry_id}"]["data"]
        return [int(item["id"], 16) for item in data["connectors"]]

    def total_limit(self, scene: Scene) -> float | None:
        """Return the total limit on the disk, in A."""
        data = self._files[f"{DOMAIN}.{scene.entry.entry_id}"]["data"]
        current: float | None = data["user_settings"]["current"]
        return current

    def image(self) -> dict[str, Any]:
        """Return what a crash would leave now."""
        return deepcopy(self._files)

    def restore(self, image: dict[str, Any]) -> None:
        """Bring back what a crash has left."""
        self._files.clear()
        self._files |= deepcopy(image)


@pytest.fixture
def disk(
    hass_storage: dict[str, Any],
) -> Generator[Disk]:
    """Make the disk of this test slow or full on demand."""
    disk = Disk(hass_storage)
    write = Store._async_write_data

    async def write_to_disk(store: Store[Any], data: dict[str, Any]) -> None:
        if not store.key.startswith(DOMAIN):
            await write(store, data)
            return
        if disk.delay:
            await asyncio.sleep(disk.delay)
        if disk.full:
            raise WriteError("no space left on device")
        await write(store, data)
        if not store.key.endswith(".sessions"):
            disk.writes.append(store.hass.loop.time())

    # Ended before the harness ends its own patch of the same method.
    with patch.object(Store, "_async_write_data", write_to_disk):
        yield disk


def status(scene: Scene) -> BusStatus:
    """Return the status of the bus."""
    found: BusStatus = scene.entry.runtime_data.snapshot.status
    return found


async def crash(scene: Scene, disk: Disk) -> None:
    """End as a power cut does: the disk keeps what it has at this moment."""
    image = disk.image()
    await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    disk.restore(image)


async def start(scene: Scene) -> None:
    """Start from what is on the disk."""
    assert await scene.hass.config_entries.async_setup(scene.entry.entry_id)
    assert scene.entry.state is ConfigEntryState.LOADED


def set_again_and_again(scene: Scene, every: float) -> Callable[[], bool]:
    """Let an automation set something all the time; return how to end that."""

    async def automation() -> None:
        number = 0
        while True:
            await scene.choose("number.total_current_limit", 20 + number % 10)
            number += 1
            await asyncio.sleep(every)

    return asyncio.ensure_future(automation()).cancel


async def test_what_is_set_every_300_ms_is_on_the_disk_within_5_s(
    set_up: Builder, disk: Disk
) -> None:
    scene = await set_up((OLD, quick_car()))
    await asyncio.sleep(10)
    disk.writes.clear()
    begin = scene.hass.loop.time()

    end_automation = set_again_and_again(scene, 0.3)
    await asyncio.sleep(30)
    end_automation()

    times = [begin, *disk.writes, begin + 30]
    gaps = [after - before for before, after in pairwise(times)]
    assert max(gaps) <= 5.1, f"written {len(disk.writes)} times, gaps {gaps}"


async def test_nothing_is_written_while_no_car_is_there(
    set_up: Builder, disk: Disk
) -> None:
    """It was once a minute: the time between two decisions counted as one in which the connector might have charged."""
    await set_up((OLD, None))
    await asyncio.sleep(420)
    disk.writes.clear()

    await asyncio.sleep(600)

    assert not disk.writes


@pytest.mark.parametrize("delay", [0.0, 3.0])
async def test_a_new_connector_is_on_the_disk_before_it_is_offered_anything(
    bus: Bus, set_up: Builder, disk: Disk, delay: float
) -> None:
    scene = await set_up((OLD, quick_car()))
    await asyncio.sleep(10)
    end_automation = set_again_and_again(scene, 0.3)
    disk.delay = delay
    newcomer = bus.add(WallConnector(OTHER, protocol=1))
    newcomer.plug_in(quick_car())
    await scene.until(lambda: newcomer.offered > 0, 60)
    on_disk = disk.connectors(scene)
    end_automation()

    assert on_disk == [OLD, OTHER]


async def test_after_a_crash_a_connector_that_was_new_breaks_no_limit(
    bus: Bus, set_up: Builder, disk: Disk
) -> None:
    scene = await set_up((OLD, quick_car()))
    old = bus.connectors[0]
    await scene.until(lambda: old.drawn > 38)
    await asyncio.sleep(10)
    end_automation = set_again_and_again(scene, 0.3)
    newcomer = bus.add(WallConnector(OTHER, protocol=1))
    newcomer.plug_in(quick_car())
    await scene.until(lambda: newcomer.drawn > 5, 60)
    await asyncio.sleep(10)

    end_automation()
    await crash(scene, disk)
    await start(scene)
    await asyncio.sleep(120)

    # The builder of the scene judges the sum, too.
    assert bus.safety.broken_s == 0, f"{bus.safety.highest_drawn:.0f} A were drawn"


@pytest.mark.parametrize("after", [0.0, 5.0, 60.0])
async def test_after_a_crash_connectors_are_searched_for_whatever_its_age(
    bus: Bus, set_up: Builder, disk: Disk, after: float
) -> None:
    scene = await set_up((OLD, quick_car()))
    await asyncio.sleep(30)

    await crash(scene, disk)
    await asyncio.sleep(after)
    await start(scene)

    assert status(scene) is BusStatus.SEARCHING


async def test_when_the_disk_is_full_known_connectors_go_on_and_an_issue_reports_it(
    bus: Bus, set_up: Builder, disk: Disk
) -> None:
    scene = await set_up((OLD, quick_car()))
    old = bus.connectors[0]
    await scene.until(lambda: old.drawn > 38)
    disk.full = True
    newcomer = bus.add(WallConnector(OTHER, protocol=1))
    newcomer.plug_in(quick_car())
    reported_after = await scene.until(lambda: scene.problem("not_stored") is not None)

    await asyncio.sleep(300)
    assert reported_after < 60
    issue = scene.problem("not_stored")
    assert issue is not None and issue.translation_placeholders is not None
    assert issue.translation_placeholders["connectors"] == f"{OTHER:04X}"
    assert newcomer.offered == 0
    assert old.drawn > 5
    assert disk.connectors(scene) == [OLD]

    disk.full = False
    await scene.until(lambda: newcomer.offered > 0, 60)
    assert disk.connectors(scene) == [OLD, OTHER]
    assert scene.problem("not_stored") is None


async def test_a_disk_that_is_full_at_the_start_holds_up_no_known_connector(
    bus: Bus, set_up: Builder, disk: Disk
) -> None:
    disk.full = True
    scene = await set_up((OLD, quick_car()))
    old = bus.connectors[0]
    took = await scene.until(lambda: old.drawn > 38, 60)
    reported_after = await scene.until(lambda: scene.problem("not_stored") is not None)

    assert took < 15
    assert took + reported_after < 60
    issue = scene.problem("not_stored")
    assert issue is not None and issue.translation_placeholders is not None
    assert issue.translation_placeholders["connectors"] == "–"


async def test_a_write_that_hangs_holds_up_no_known_connector_for_long(
    bus: Bus, set_up: Builder, disk: Disk
) -> None:
    disk.delay = 600.0
    scene = await set_up((OLD, quick_car()))
    old = bus.connectors[0]
    reported_after = await scene.until(lambda: scene.problem("not_stored") is not None)
    await scene.until(lambda: old.drawn > 38, 15)

    assert reported_after < 60
    disk.delay = 0.0
    await scene.until(lambda: scene.problem("not_stored") is None, 700)


async def test_a_bus_that_cannot_write_its_end_is_searched(
    bus: Bus, set_up: Builder, disk: Disk
) -> None:
    scene = await set_up((OLD, quick_car()))
    await asyncio.sleep(30)
    disk.full = True
    assert await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    disk.full = False
    await start(scene)

    assert status(scene) is BusStatus.SEARCHING


async def test_a_search_that_was_cut_short_by_a_reload_begins_anew(
    bus: Bus, set_up: Builder, disk: Disk
) -> None:
    scene = await set_up((OLD, quick_car()))
    await asyncio.sleep(30)
    await crash(scene, disk)
    await start(scene)
    await asyncio.sleep(30)
    await scene.reload()

    assert status(scene) is BusStatus.SEARCHING
    await asyncio.sleep(70)
    assert status(scene) is BusStatus.RUNNING
    await scene.reload()
    assert status(scene) is BusStatus.RUNNING


async def test_a_file_that_is_missing_leads_to_a_search(
    bus: Bus, set_up: Builder, disk: Disk
) -> None:
    scene = await set_up((OLD, quick_car()))
    assert await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    disk.restore({})
    await start(scene)

    assert status(scene) is BusStatus.SEARCHING


@pytest.mark.parametrize(
    ("away", "found"),
    [(30, BusStatus.RUNNING), (590, BusStatus.RUNNING), (660, BusStatus.SEARCHING)],
)
async def test_after_an_orderly_end_only_an_absence_of_ten_minutes_leads_to_a_search(
    bus: Bus, set_up: Builder, disk: Disk, away: float, found: BusStatus
) -> None:
    scene = await set_up((OLD, quick_car()))
    await asyncio.sleep(30)
    assert await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    await asyncio.sleep(away)
    await start(scene)

    assert status(scene) is found


async def test_an_end_of_home_assistant_is_orderly(
    bus: Bus, set_up: Builder, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of an update, too: all stores are written at the very end then."""
    scene = await set_up((OLD, quick_car()))
    await asyncio.sleep(30)
    hass = scene.hass
    hass.set_state(CoreState.stopping)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    hass.set_state(CoreState.final_write)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    image = disk.image()
    hass.set_state(CoreState.running)
    assert await hass.config_entries.async_unload(scene.entry.entry_id)
    disk.restore(image)
    await start(scene)

    assert status(scene) is BusStatus.RUNNING


async def test_what_changes_while_home_assistant_stops_is_kept_and_its_end_is_orderly(
    bus: Bus, set_up: Builder, disk: Disk
) -> None:
    scene = await set_up((OLD, quick_car()))
    await asyncio.sleep(30)
    hass = scene.hass
    hass.set_state(CoreState.stopping)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    await scene.choose("number.total_current_limit", 31)
    hass.set_state(CoreState.final_write)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert disk.total_limit(scene) == 31
    image = disk.image()
    hass.set_state(CoreState.running)
    assert await hass.config_entries.async_unload(scene.entry.entry_id)
    disk.restore(image)
    await start(scene)

    assert status(scene) is BusStatus.RUNNING


async def test_ten_quick_reloads_lead_to_no_search_and_no_issue(
    bus: Bus, set_up: Builder, disk: Disk
) -> None:
    scene = await set_up((OLD, quick_car()), (NEW, quick_car()))
    await asyncio.sleep(30)
    for _ in range(10):
        await scene.reload()
        assert status(scene) is BusStatus.RUNNING
        await asyncio.sleep(0.5)

    await asyncio.sleep(60)
    assert scene.problem("not_stored") is None
    for twc in bus.connectors:
        assert twc.car is not None
        assert twc.car.interruptions == 0


async def test_a_slow_disk_leads_to_no_search_and_no_issue_and_holds_up_nobody(
    bus: Bus, set_up: Builder, disk: Disk
) -> None:
    disk.delay = 3.0
    scene = await set_up((OLD, quick_car()))
    old = bus.connectors[0]
    took = await scene.until(lambda: old.drawn > 38, 60)
    newcomer = bus.add(WallConnector(OTHER, protocol=1))
    newcomer.plug_in(quick_car())
    took_new = await scene.until(lambda: newcomer.offered > 0, 90)
    end_automation = set_again_and_again(scene, 0.3)
    await asyncio.sleep(120)
    end_automation()
    assert scene.problem("not_stored") is None
    await scene.reload()

    assert status(scene) is BusStatus.RUNNING
    assert scene.problem("not_stored") is None
    assert took < 15
    # A newcomer is a device once it has answered for some seconds.
    assert took_new < 36


async def test_a_port_that_is_late_at_the_start_leads_to_no_search(
    bus: Bus, set_up: Builder, disk: Disk, adapter: MemoryAdapter
) -> None:
    scene = await set_up((OLD, quick_car()))
    await asyncio.sleep(30)
    assert await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    adapter.unplug()
    assert not await scene.hass.config_entries.async_setup(scene.entry.entry_id)
    adapter.replug()
    await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    await start(scene)

    assert status(scene) is BusStatus.RUNNING


async def test_an_orderly_end_that_was_written_late_hides_no_crash_after_it(
    bus: Bus, set_up: Builder, disk: Disk
) -> None:
    scene = await set_up((OLD, quick_car()))
    await asyncio.sleep(30)
    # Home Assistant waits for an unload for ten seconds only.
    disk.delay = 25.0
    await scene.reload()
    disk.delay = 0.0
    await asyncio.sleep(60)

    await crash(scene, disk)
    await start(scene)

    assert status(scene) is BusStatus.SEARCHING


async def test_a_connector_that_was_removed_and_comes_back_is_new(
    bus: Bus, set_up: Builder, disk: Disk
) -> None:
    scene = await set_up((OLD, quick_car()), (OTHER, None))
    await asyncio.sleep(30)
    other = bus.connectors[1]
    other.power_down()
    coordinator = scene.entry.runtime_data
    await scene.until(lambda: coordinator.snapshot.connector(OTHER) is None)
    coordinator.async_forget(OTHER)
    await asyncio.sleep(10)
    assert disk.connectors(scene) == [OLD]

    disk.full = True
    other.power_up()
    other.plug_in(quick_car())
    await asyncio.sleep(60)
    assert other.offered == 0
    disk.full = False
    await scene.until(lambda: other.offered > 0, 60)
    assert disk.connectors(scene) == [OLD, OTHER]
