"""Every entity, every device and the diagnostics of one bus, as they were last reviewed.

After a change of what an owner sees, `scripts/test tests/test_snapshots.py --snapshot-update` writes `tests/snapshots`
anew; the difference is for the review.
"""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_DEVICE, PERCENTAGE, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    snapshot_platform,
)
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from custom_components.twc_manager import PLATFORMS
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.diagnostics import async_get_config_entry_diagnostics
from custom_components.twc_manager.inputs.schedules import SUBENTRY_SCHEDULE
from custom_components.twc_manager.tesla import Tokens
from custom_components.twc_manager.vehicles.account_data import (
    SUBENTRY_ACCOUNT,
    AccountData,
    AccountKind,
)
from simulator import Bus, make_vin

from .adapters import Adapter, MemoryAdapter, MemoryPorts
from .conftest import ENTRY_DATA
from .helpers import quick_car
from .scene import GRID_OPTIONS, NEW, OLD, Builder, Scene, async_give_car_a_switch
from .vehicles.scene import plan, vehicle

pytestmark = [
    pytest.mark.starts_at(datetime(2026, 6, 15, 19, 0, tzinfo=UTC)),
    pytest.mark.usefixtures("all_entities"),
]

WATCHED_UNTIL: Final = 1_040.3
"""When the bus is looked at, in s of the loop's clock, which begins at 1000; only what is counted still changes."""

NIGHT: Final = ConfigSubentry(
    data=MappingProxyType(
        {
            "days": ["sun", "mon"],
            "start": "23:00:00",
            "end": "05:00:00",
            "action": "amps",
            "amps": 16,
            "connectors": [],
        }
    ),
    subentry_id="night",
    subentry_type=SUBENTRY_SCHEDULE,
    title="Night",
    unique_id=None,
)
ACCOUNT: Final = ConfigSubentry(
    data=MappingProxyType(
        AccountData(
            AccountKind.FLEET, "made-up grant", tokens=Tokens("client", "refresh token")
        ).as_dict()
    ),
    subentry_id="account",
    subentry_type=SUBENTRY_ACCOUNT,
    title="Made-up account",
    unique_id="subject",
)


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Write what Home Assistant holds as core's own tests do."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture
def platforms(request: pytest.FixtureRequest) -> list[Platform]:
    """What is set up; a snapshot of a platform wants it alone."""
    return list(getattr(request, "param", PLATFORMS))


@pytest.fixture
def adapter(bus: Bus, memory_ports: MemoryPorts) -> Adapter:
    """An adapter of the same path in every run."""
    return MemoryAdapter(bus, memory_ports, Path("/dev/ttyTWC"))


@pytest.fixture
def config_entry(hass: HomeAssistant, adapter: Adapter) -> MockConfigEntry:
    """An entry of the same id in every run, as the unique ids hold it."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        entry_id="bus",
        title="TWC Manager",
        data={CONF_DEVICE: str(adapter.path), **ENTRY_DATA},
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def scene(
    hass: HomeAssistant,
    platforms: list[Platform],
    set_up: Builder,
    monkeypatch: pytest.MonkeyPatch,
) -> Scene:
    """A bus with a car that charges at one of its two connectors, after it was watched for a while."""
    monkeypatch.setattr("random.randrange", lambda start, stop: start)
    monkeypatch.setattr("custom_components.twc_manager.PLATFORMS", platforms)
    here, away = quick_car(vin=make_vin(1)), quick_car(vin=make_vin(2))
    switch = await async_give_car_a_switch(hass, away, "away")
    hass.states.async_set("sensor.away", "64", {"unit_of_measurement": PERCENTAGE})
    scene = await set_up(
        (OLD, None),
        (NEW, here),
        subentries=[
            NIGHT,
            ACCOUNT,
            vehicle("Red one", "red", vin=here.vin, account=ACCOUNT.subentry_id),
            vehicle("Away", "away", switch=switch, battery="sensor.away"),
            plan("Work", "work", connector="1839"),
        ],
        price_source="fixed",
        price_base=0.3,
        price_currency="EUR",
        feed_in_price=0.08,
        **GRID_OPTIONS,
    )
    scene.house.sun_w = 3_000
    await asyncio.sleep(WATCHED_UNTIL - hass.loop.time())
    return scene


@pytest.mark.parametrize(
    "platforms", [[item] for item in PLATFORMS], ids=[*PLATFORMS], indirect=True
)
async def test_platform(
    hass: HomeAssistant,
    scene: Scene,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    await snapshot_platform(hass, entity_registry, snapshot, scene.entry.entry_id)


async def test_what_there_is_only_on_three_phases(
    hass: HomeAssistant,
    three_phases: None,
    set_up: Builder,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    scene = await set_up((OLD, None))
    for key in (
        "select.vehicle_phases",
        "sensor.phases_in_use",
        "sensor.phases_source",
    ):
        entity_id = scene.id(key, OLD)
        assert entity_registry.async_get(entity_id) == snapshot(name=f"{key}-entry")
        assert hass.states.get(entity_id) == snapshot(name=f"{key}-state")


async def test_devices(
    scene: Scene, device_registry: dr.DeviceRegistry, snapshot: SnapshotAssertion
) -> None:
    devices = dr.async_entries_for_config_entry(device_registry, scene.entry.entry_id)
    assert {
        " ".join(sorted(key for _, key in device.identifiers)): device
        for device in devices
    } == snapshot


async def test_diagnostics(
    hass: HomeAssistant, scene: Scene, snapshot: SnapshotAssertion
) -> None:
    report = await async_get_config_entry_diagnostics(hass, scene.entry)
    report["frames"] = report["frames"][-12:]
    assert report == snapshot
