"""When a start looks for connectors although the end before it was orderly: what was stored may be of another bus."""

from pathlib import Path

from homeassistant.const import CONF_DEVICE
import pytest

from custom_components.twc_manager.state import run_mark
from custom_components.twc_manager.twc import BusStatus
from simulator import Bus
from tests.adapters import MemoryAdapter, MemoryPorts
from tests.helpers import quick_car
from tests.scene import OLD, OTHER, Builder, Scene

from .test_disk import start, status


class Machine:
    """A machine that shows which boot this is, as Linux does."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._boots = 0

    def boot(self) -> None:
        """Begin another run."""
        self._boots += 1
        self._path.write_text(f"7d1c5a30-{self._boots:04}\n", encoding="ascii")

    def hide_boot(self) -> None:
        """Be a machine that does not show it."""
        self._path.unlink()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return the machine of this test."""
    path = tmp_path / "boot_id"
    monkeypatch.setattr(run_mark, "BOOT_ID_PATH", path)
    machine = Machine(path)
    machine.boot()
    return machine


async def run_and_stop(set_up: Builder) -> Scene:
    """Control a connector for half a minute, and end in order."""
    scene = await set_up((OLD, quick_car()))
    await scene.until(lambda: status(scene) is BusStatus.RUNNING, 70)
    assert await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    return scene


async def test_the_same_boot_and_the_same_port_lead_to_no_search(
    set_up: Builder, machine: Machine
) -> None:
    scene = await run_and_stop(set_up)
    await start(scene)

    assert status(scene) is BusStatus.RUNNING


async def test_another_boot_leads_to_a_search_although_the_clock_shows_a_moment(
    set_up: Builder, machine: Machine
) -> None:
    """A Raspberry Pi has no clock that goes on without power; a backup may come to another machine."""
    scene = await run_and_stop(set_up)
    machine.boot()
    await start(scene)

    assert status(scene) is BusStatus.SEARCHING


async def test_a_machine_that_does_not_show_its_boot_is_searched(
    set_up: Builder, machine: Machine
) -> None:
    scene = await run_and_stop(set_up)
    machine.hide_boot()
    for _ in range(2):
        await start(scene)
        assert status(scene) is BusStatus.SEARCHING
        await scene.until(lambda: status(scene) is BusStatus.RUNNING, 70)
        assert await scene.hass.config_entries.async_unload(scene.entry.entry_id)


async def test_another_port_leads_to_a_search(
    bus: Bus,
    set_up: Builder,
    memory_ports: MemoryPorts,
    machine: Machine,
    tmp_path: Path,
) -> None:
    """What is known of the connectors on one bus says nothing about those on another."""
    scene = await run_and_stop(set_up)
    other = MemoryAdapter(bus, memory_ports, tmp_path / "ttyOther")
    scene.hass.config_entries.async_update_entry(
        scene.entry, data={**scene.entry.data, CONF_DEVICE: str(other.path)}
    )
    await start(scene)
    assert status(scene) is BusStatus.SEARCHING

    # One that was cut short begins anew.
    await scene.reload()
    assert status(scene) is BusStatus.SEARCHING
    await scene.until(lambda: status(scene) is BusStatus.RUNNING, 70)
    await scene.reload()
    assert status(scene) is BusStatus.RUNNING


async def test_a_connector_that_was_removed_counts_until_it_must_have_stopped(
    bus: Bus, set_up: Builder, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its wires are cut: its car goes on with what it was offered last, until it misses its master."""
    scene = await set_up((OLD, quick_car()), (OTHER, quick_car()))
    old, other = bus.connectors
    await scene.until(lambda: old.drawn > 20 and other.drawn > 20)
    for way in ("hear", "_say"):
        monkeypatch.setattr(other, way, lambda _: None)
    coordinator = scene.entry.runtime_data
    await scene.until(lambda: coordinator.snapshot.connector(OTHER) is None, 60)
    assert other.drawn > 20
    coordinator.async_forget(OTHER)
    await scene.reload()

    # The builder of the scene judges the sum.
    assert status(scene) is BusStatus.SEARCHING
    await scene.until(lambda: old.drawn > 30, 90)
    await scene.reload()
    assert status(scene) is BusStatus.RUNNING
