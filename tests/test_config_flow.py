"""The config flow, every branch of it, against a simulated bus on a real port."""

import asyncio
from collections.abc import Callable, Generator, Iterator
import fcntl
import os
from pathlib import Path
from typing import Any, Final
from unittest.mock import AsyncMock, patch

from homeassistant import config_entries
from homeassistant.config_entries import ConfigFlow
from homeassistant.const import CONF_DEVICE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import (
    EVENT_DATA_ENTRY_FLOW_PROGRESSED,
    FlowResultType,
    InvalidData,
    UnknownFlow,
)
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.twc_manager import config_flow
from custom_components.twc_manager.const import (
    CONF_MASTER_ID,
    CONF_MAX_CONNECTOR_CURRENT,
    CONF_MAX_CURRENT,
    CONF_MIN_CURRENT,
    CONF_PHASES,
    CONF_VOLTAGE,
    DOMAIN,
)
from custom_components.twc_manager.flows import (
    account_form,
    account_steps,
    keeper as keeper_steps,
    reauth,
    server_address,
    wiring as wiring_fields,
)
from custom_components.twc_manager.tesla import Problem
from custom_components.twc_manager.twc import BusErrorReason
from custom_components.twc_manager.twc.scan import ScanResult
from custom_components.twc_manager.vehicles.account_data import (
    SUBENTRY_ACCOUNT,
    AccountKind,
)
from custom_components.twc_manager.vehicles.open_account import LIBRARY_ISSUE
from simulator import Bus, SecondMaster, WallConnector
from simulator.tesla import Account, TeslaCloud

from .adapters import Adapter, MemoryAdapter, MemoryPorts
from .conftest import ENTRY_DATA, MASTER_ID
from .flows.steps import TRANSLATIONS, check_texts, strings_in, words_in

pytest_plugins = ["tests.cloud"]

TEXTS: Final = TRANSLATIONS["config"]
WIRING: Final = {
    CONF_MAX_CURRENT: 48,
    CONF_MAX_CONNECTOR_CURRENT: 32,
    CONF_PHASES: "1",
}


SCAN: Final = "custom_components.twc_manager.twc.scan"


async def until(condition: Callable[[], bool]) -> None:
    """Wait for longer than the 10 s in which each connector announces itself."""
    async with asyncio.timeout(15):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def setup_entry() -> Generator[AsyncMock]:
    """Leave the port alone after the flow."""
    with patch(
        f"custom_components.{DOMAIN}.async_setup_entry", return_value=True
    ) as mock:
        yield mock


class Flow:
    """A flow as a person clicks through it; every answer is checked for its words."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.hass = hass
        self.result: Any

    async def begin(self, entry: MockConfigEntry | None = None) -> Any:
        if entry is None:
            context = config_entries.ConfigFlowContext(
                source=config_entries.SOURCE_USER
            )
        else:
            context = config_entries.ConfigFlowContext(
                source=config_entries.SOURCE_RECONFIGURE, entry_id=entry.entry_id
            )
        return self._keep(
            await self.hass.config_entries.flow.async_init(DOMAIN, context=context)
        )

    async def enter(self, **user_input: Any) -> Any:
        return self._keep(
            await self.hass.config_entries.flow.async_configure(
                self.result["flow_id"], user_input
            )
        )

    async def choose(self, option: str) -> Any:
        return await self.enter(next_step_id=option)

    async def save(self) -> Any:
        """Save a new bus, without an account."""
        result = await self.choose("save")
        if result["type"] is FlowResultType.MENU:
            result = await self.choose("skip_account")
        return result

    async def look(self) -> Any:
        """See what the screen shows after the progress is over."""
        assert self.result["type"] is FlowResultType.SHOW_PROGRESS
        assert self.result["progress_action"] == "scan"
        await self.hass.async_block_till_done(wait_background_tasks=True)
        return self._keep(
            await self.hass.config_entries.flow.async_configure(self.result["flow_id"])
        )

    async def scan(self, device: str | Path, **wiring: Any) -> Any:
        """Go from the beginning to what was found."""
        await self.begin()
        result = await self.enter(device=str(device))
        if result.get("errors"):
            return result
        await self.enter(**{**WIRING, **wiring})
        return await self.look()

    def suggested(self) -> dict[str, Any]:
        """Return what the fields of the form hold."""
        return {
            str(key): key.description["suggested_value"]
            for key in self.result["data_schema"].schema
            if key.description
        }

    def _keep(self, result: Any) -> Any:
        check_texts(result, TEXTS)
        self.result = result
        return result


@pytest.fixture
def flow(hass: HomeAssistant) -> Flow:
    return Flow(hass)


@pytest.fixture
def connector(bus: Bus) -> WallConnector:
    return bus.add(WallConnector(0x032E, protocol=2, rating=80.0))


@pytest.fixture
def silent_port(tmp_path: Path) -> Iterator[Path]:
    """A port that nothing is connected to."""
    master, slave = os.openpty()
    link = tmp_path / "adapter"
    link.symlink_to(os.ttyname(slave))
    yield link
    os.close(master)
    os.close(slave)


@pytest.fixture
def any_port_opens() -> Iterator[None]:
    """Let ports be opened that are not there."""
    with (
        patch("custom_components.twc_manager.config_flow.probe"),
        patch.object(keeper_steps, "greeted_limit", AsyncMock(return_value=None)),
    ):
        yield


# The whole way


@pytest.mark.usefixtures("connector")
async def test_set_up_a_bus(
    hass: HomeAssistant,
    flow: Flow,
    bus: Bus,
    adapter: Adapter,
    setup_entry: AsyncMock,
) -> None:
    bus.add(WallConnector(0x6052, protocol=1, rating=80.0))

    result = await flow.begin()
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "user"
    assert not result["errors"]

    result = await flow.enter(device=f" {adapter.path} ")
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "wiring"
    assert not result["errors"]
    assert result["data_schema"]({}) == {
        CONF_MAX_CURRENT: 6,
        CONF_MAX_CONNECTOR_CURRENT: 6,
        CONF_PHASES: "1",
    }

    await flow.enter(**WIRING)
    result = await flow.look()
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "found"
    assert result["menu_options"][0] == "save"
    assert result["description_placeholders"]["connectors"].splitlines() == [
        "| 032E | 80 A | 2 |",
        "| 6052 | 80 A | 1 |",
    ]
    assert not adapter.is_open
    assert not bus.safety.heartbeats
    setup_entry.assert_not_called()

    result = await flow.save()
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "TWC Manager"
    master_id = result["data"][CONF_MASTER_ID]
    assert 0x0001 <= master_id <= 0xFFFF
    assert master_id not in {0x032E, 0x6052}
    assert result["data"] == {
        CONF_DEVICE: str(adapter.path),
        CONF_MASTER_ID: master_id,
        CONF_MAX_CURRENT: 48,
        CONF_MAX_CONNECTOR_CURRENT: 32,
        CONF_MIN_CURRENT: 12,
        CONF_PHASES: 1,
        CONF_VOLTAGE: 240,
    }
    assert all(
        type(result["data"][key]) is int for key in result["data"] if key != CONF_DEVICE
    )
    assert result["result"].unique_id is None
    assert (result["version"], result["minor_version"]) == (1, 1)
    setup_entry.assert_awaited_once()


async def test_master_id_is_used_by_no_other_unit(
    flow: Flow, connector: WallConnector, adapter: Adapter
) -> None:
    await flow.scan(adapter.path)
    with patch("random.randint", side_effect=[connector.id, connector.id, 0x1234]):
        result = await flow.save()
    assert result["data"][CONF_MASTER_ID] == 0x1234


async def test_count_goes_up_while_looking(
    hass: HomeAssistant, flow: Flow, connector: WallConnector, adapter: Adapter
) -> None:
    changes = async_capture_events(hass, EVENT_DATA_ENTRY_FLOW_PROGRESSED)
    await flow.begin()
    await flow.enter(device=str(adapter.path))
    result = await flow.enter(**WIRING)
    assert result["description_placeholders"] == {"count": "0"}

    await until(lambda: bool(changes))
    assert changes[0].data["flow_id"] == result["flow_id"]
    result = await hass.config_entries.flow.async_configure(result["flow_id"])
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    assert result["description_placeholders"] == {"count": "1"}
    assert (await flow.look())["step_id"] == "found"


# A Tesla account


@pytest.mark.parametrize("kind", ["fleet", "teslemetry", "tessie"])
async def test_the_bus_is_saved_before_an_account_is_asked_for(
    hass: HomeAssistant, flow: Flow, silent_port: Path, kind: str
) -> None:
    await flow.scan(silent_port)
    result = await flow.choose("save")
    assert result["type"] is FlowResultType.MENU
    assert result["menu_options"] == ["skip_account", "fleet", "teslemetry", "tessie"]
    result = await flow.choose(kind)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert not result["result"].subentries
    entries = hass.config_entries.async_entries(DOMAIN)
    assert entries == [result["result"]]

    # The screen goes on with the form of that account; closing it leaves the bus as it is.
    follows, flow_id = result["next_flow"]
    assert follows is config_entries.FlowType.CONFIG_SUBENTRIES_FLOW
    form = hass.config_entries.subentries.async_get(flow_id)
    assert form["step_id"] == kind
    hass.config_entries.subentries.async_abort(flow_id)
    assert hass.config_entries.async_entries(DOMAIN) == entries


async def test_an_account_follows_the_bus(
    hass: HomeAssistant,
    flow: Flow,
    silent_port: Path,
    cloud: TeslaCloud,
    owner: Account,
) -> None:
    await flow.scan(silent_port)
    await flow.choose("save")
    result = await flow.choose("tessie")
    entry = result["result"]
    account: Any = await hass.config_entries.subentries.async_configure(
        result["next_flow"][1],
        {
            "access_token": owner.third_party_token,
            "advanced": {"base_url": cloud.tessie_url},
        },
    )
    assert account["type"] is FlowResultType.CREATE_ENTRY
    (subentry,) = entry.subentries.values()
    assert subentry.subentry_type == SUBENTRY_ACCOUNT
    assert subentry.title == "Tessie (Red one)"


async def test_without_an_account_the_library_is_not_loaded(
    flow: Flow, connector: WallConnector, adapter: Adapter
) -> None:
    with patch(
        "custom_components.twc_manager.vehicles.open_account.async_get_integration_with_requirements"
    ) as install:
        await flow.scan(adapter.path)
        result = await flow.save()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert not result["result"].subentries
    install.assert_not_called()


# What the look finds


async def test_rating_below_the_limit(
    flow: Flow, bus: Bus, connector: WallConnector, adapter: Adapter
) -> None:
    bus.add(WallConnector(0x6052, rating=32.0))
    result = await flow.scan(adapter.path, max_connector_current=40)
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "low_rating"
    assert result["description_placeholders"]["limit"] == "40"
    assert "| 6052 | 32 A | 2 |" in result["description_placeholders"]["connectors"]

    # Another limit needs no other look.
    result = await flow.choose("wiring")
    assert result["step_id"] == "wiring"
    assert flow.suggested() == {**WIRING, CONF_MAX_CONNECTOR_CURRENT: 40}
    result = await flow.enter(**WIRING)
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "found"

    result = await flow.save()
    assert result["data"][CONF_MAX_CONNECTOR_CURRENT] == 32


async def test_none_found_then_found(flow: Flow, bus: Bus, adapter: Adapter) -> None:
    result = await flow.scan(adapter.path)
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "none_found"
    assert result["menu_options"][0] == "scan"

    bus.add(WallConnector(0x032E))
    await flow.choose("scan")
    result = await flow.look()
    assert result["step_id"] == "found"


async def test_none_found_is_saved(flow: Flow, adapter: Adapter) -> None:
    await flow.scan(adapter.path)
    result = await flow.save()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_DEVICE] == str(adapter.path)


async def test_a_connector_that_does_not_hear_us(
    flow: Flow, connector: WallConnector, adapter: Adapter
) -> None:
    hear = connector.hear
    connector.hear = lambda _: None  # type: ignore[method-assign]
    result = await flow.scan(adapter.path)
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "not_hearing"
    assert result["menu_options"][0] == "scan"
    assert result["description_placeholders"]["deaf"] == f"{connector.id:04X}"

    # The wire is fastened.
    connector.hear = hear  # type: ignore[method-assign]
    await flow.choose("scan")
    result = await flow.look()
    assert result["step_id"] == "found"
    result = await flow.save()
    assert result["type"] is FlowResultType.CREATE_ENTRY


class Talker:
    name = "talker"


async def test_only_noise(flow: Flow, bus: Bus, adapter: Adapter) -> None:
    await flow.begin()
    await flow.enter(device=str(adapter.path))
    await flow.enter(**WIRING)
    await until(lambda: adapter.is_open)
    bus.transmit(Talker(), b"\x3f\xc0\x81\x07" * 10)
    result = await flow.look()
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "only_noise"
    assert result["menu_options"][0] == "scan"

    result = await flow.save()
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_second_master(
    flow: Flow, bus: Bus, connector: WallConnector, adapter: Adapter
) -> None:
    master = SecondMaster(0x035D)
    master.attach(bus)
    try:
        result = await flow.scan(adapter.path)
    finally:
        master.detach()
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "second_master"
    assert result["description_placeholders"]["masters"] == "035D"
    assert result["description_placeholders"]["others"] == "032E"
    assert result["menu_options"][0] == "scan"

    result = await flow.save()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_MASTER_ID] not in {0x035D, 0x032E}


async def test_second_master_without_connectors(
    flow: Flow, bus: Bus, adapter: Adapter
) -> None:
    master = SecondMaster(0x035D)
    master.attach(bus)
    try:
        result = await flow.scan(adapter.path)
    finally:
        master.detach()
    assert result["step_id"] == "second_master"
    assert result["description_placeholders"]["others"] == "–"


# Ports that cannot be opened


async def test_missing_port_is_refused_where_it_is_entered(
    flow: Flow, connector: WallConnector, adapter: Adapter, tmp_path: Path
) -> None:
    missing = str(tmp_path / "ttyUSB7")
    await flow.begin()
    result = await flow.enter(device=missing)
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "user"
    assert result["errors"] == {CONF_DEVICE: "port_missing"}
    assert flow.suggested() == {CONF_DEVICE: missing}

    result = await flow.enter(device=str(adapter.path))
    assert result["step_id"] == "wiring"
    assert not adapter.is_open


@pytest.mark.real_time
async def test_busy_port(
    flow: Flow, connector: WallConnector, adapter: Adapter
) -> None:
    other_program = os.open(adapter.path, os.O_RDWR | os.O_NOCTTY)
    try:
        fcntl.flock(other_program, fcntl.LOCK_EX)
        result = await flow.scan(adapter.path)
        assert result["errors"] == {CONF_DEVICE: "port_busy"}
    finally:
        os.close(other_program)

    await flow.enter(device=str(adapter.path))
    await flow.enter(**WIRING)
    assert (await flow.look())["step_id"] == "found"


async def test_no_permission(flow: Flow, adapter: Adapter) -> None:
    # A process that runs as root may open everything.
    with patch(
        "custom_components.twc_manager.twc.transport.create_serial_connection",
        side_effect=PermissionError(13, "Permission denied"),
    ):
        result = await flow.scan(adapter.path)
    assert result["errors"] == {CONF_DEVICE: "port_no_permission"}


async def test_not_a_serial_port(flow: Flow, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    result = await flow.scan(file)
    assert result["errors"] == {CONF_DEVICE: "port_invalid"}


async def test_port_that_is_lost_while_looking(flow: Flow, adapter: Adapter) -> None:
    await flow.begin()
    await flow.enter(device=str(adapter.path))
    await flow.enter(**WIRING)
    await until(lambda: adapter.is_open)
    adapter.unplug()
    result = await flow.look()
    assert result["step_id"] == "user"
    assert result["errors"] == {CONF_DEVICE: "cannot_connect"}


@pytest.mark.parametrize(
    "device",
    [
        "",
        "   ",
        "ttyUSB0",
        "COM3",
        "/dev/tty USB0",
        "/dev/ttyUSB0\x00",
        "/dev/tty\nUSB0",
        "gopher://192.168.1.5:70",
        "socket://",
        "socket:///path",
        "socket://192.168.1.5:0",
        "socket://192.168.1.5:99999",
        "socket://192.168.1.5:port",
        "socket://[::1",
        "://",
        "socket:192.168.1.5:8899",
    ],
)
async def test_nonsense_for_a_port(flow: Flow, device: str, adapter: Adapter) -> None:
    await flow.begin()
    result = await flow.enter(device=device)
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "user"
    assert result["errors"] == {CONF_DEVICE: "port_invalid"}

    result = await flow.enter(device=str(adapter.path))
    assert result["step_id"] == "wiring"


@pytest.mark.parametrize("user_input", [{}, {"device": 5}, {"device": None}])
async def test_port_of_a_wrong_type(flow: Flow, user_input: dict[str, Any]) -> None:
    await flow.begin()
    with pytest.raises(InvalidData):
        await flow.enter(**user_input)


@pytest.mark.parametrize(
    "device",
    [
        "socket://192.168.1.5:8899",
        "socket://[::1]:8899",
        "rfc2217://adapter.local:2217",
        "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0",
    ],
)
@pytest.mark.usefixtures("any_port_opens")
async def test_ports_of_all_kinds(flow: Flow, device: str) -> None:
    await flow.begin()
    result = await flow.enter(device=device)
    assert result["step_id"] == "wiring"


# The same port twice


@pytest.mark.parametrize(
    ("used", "device"),
    [
        ("socket://192.168.1.5:8899", "socket://192.168.1.5:8899"),
        ("socket://192.168.1.5:8899", "socket://192.168.1.5:8899/?connect_timeout=5"),
        ("socket://adapter.local:8899", "tcp://ADAPTER.local:8899"),
        (
            "esphome-hass://esphome/abc?port_name=TWC&key=1",
            "esphome-hass://esphome/abc?key=2&port_name=TWC",
        ),
    ],
)
async def test_same_address_twice(
    hass: HomeAssistant, flow: Flow, used: str, device: str
) -> None:
    MockConfigEntry(domain=DOMAIN, data={CONF_DEVICE: used, **ENTRY_DATA}).add_to_hass(
        hass
    )
    await flow.begin()
    result = await flow.enter(device=device)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


@pytest.mark.parametrize(
    ("used", "device"),
    [
        ("socket://192.168.1.5:8899", "socket://192.168.1.5:8898"),
        ("socket://192.168.1.5:8899", "socket://192.168.1.6:8899"),
        (
            "esphome-hass://esphome/abc?port_name=TWC",
            "esphome-hass://esphome/abc?port_name=Meter",
        ),
        ("/dev/ttyUSB0", "/dev/ttyUSB1"),
    ],
)
@pytest.mark.usefixtures("any_port_opens")
async def test_another_address(
    hass: HomeAssistant, flow: Flow, used: str, device: str
) -> None:
    MockConfigEntry(domain=DOMAIN, data={CONF_DEVICE: used, **ENTRY_DATA}).add_to_hass(
        hass
    )
    await flow.begin()
    result = await flow.enter(device=device)
    assert result["step_id"] == "wiring"


async def test_same_port_by_another_name(
    flow: Flow, config_entry: MockConfigEntry, tmp_path: Path
) -> None:
    by_id = tmp_path / "usb-FTDI-if00"
    by_id.symlink_to(config_entry.data[CONF_DEVICE])
    await flow.begin()
    result = await flow.enter(device=str(by_id))
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_port_taken_by_another_flow(
    hass: HomeAssistant, connector: WallConnector, adapter: Adapter
) -> None:
    first, second = Flow(hass), Flow(hass)
    await first.scan(adapter.path)
    await second.scan(adapter.path)
    await first.save()
    result = await second.save()
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


@pytest.mark.parametrize(
    ("device", "title"),
    [
        ("adapter", "TWC Manager (adapter)"),
        ("socket://adapter.local:8899?key=secret", "TWC Manager (adapter.local)"),
        ("esphome-hass://esphome/abc?port_name=TWC", "TWC Manager (TWC)"),
    ],
)
@pytest.mark.usefixtures("any_port_opens")
async def test_second_bus(
    flow: Flow,
    config_entry: MockConfigEntry,
    silent_port: Path,
    device: str,
    title: str,
) -> None:
    await flow.scan(silent_port)
    await flow.choose("another_port")
    if "://" in device:
        with patch.object(
            keeper_steps, "async_find", AsyncMock(return_value=ScanResult())
        ):
            await flow.enter(device=device)
            await flow.look()
    else:
        await flow.enter(device=str(silent_port))
        await flow.look()
    result = await flow.save()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == title


# The wiring


@pytest.mark.parametrize(
    ("user_input", "wiring"),
    [
        ({}, (6, 6, 6, 1, 240)),
        ({"phases": "3"}, (6, 6, 6, 3, 230)),
        ({"phases": "2"}, (6, 6, 6, 2, 230)),
        ({"max_current": 80, "max_connector_current": 80}, (80, 80, 12, 1, 240)),
        (
            {"max_current": 32, "max_connector_current": 32, "phases": "3"},
            (32, 32, 6, 3, 230),
        ),
        ({"max_current": 40, "max_connector_current": 10}, (40, 10, 10, 1, 240)),
        (
            {
                "max_current": 40.0,
                "max_connector_current": 20.0,
                "min_current": 20.0,
                "voltage": 208.0,
            },
            (40, 20, 20, 1, 208),
        ),
        ({"min_current": 6, "voltage": 277}, (6, 6, 6, 1, 277)),
        ({"voltage": 100}, (6, 6, 6, 1, 100)),
    ],
)
async def test_wiring(
    flow: Flow,
    silent_port: Path,
    user_input: dict[str, Any],
    wiring: tuple[int, int, int, int, int],
) -> None:
    await flow.begin()
    await flow.enter(device=str(silent_port))
    await flow.enter(**user_input)
    await flow.look()
    data = (await flow.save())["data"]
    assert wiring == (
        data[CONF_MAX_CURRENT],
        data[CONF_MAX_CONNECTOR_CURRENT],
        data[CONF_MIN_CURRENT],
        data[CONF_PHASES],
        data[CONF_VOLTAGE],
    )


async def test_three_circuits_of_60_a_are_entered_after_a_confirmation(
    flow: Flow, silent_port: Path
) -> None:
    await flow.begin()
    await flow.enter(device=str(silent_port))
    result = await flow.enter(
        **WIRING | {"max_current": 144, "max_connector_current": 48}
    )
    assert result["type"] is FlowResultType.MENU
    assert result["step_id"] == "own_circuits"
    assert result["description_placeholders"] == {"total": "144"}
    # An owner who does not confirm it enters other numbers.
    result = await flow.choose("wiring")
    assert result["step_id"] == "wiring"
    assert flow.suggested()["max_current"] == 144
    await flow.enter(**WIRING | {"max_current": 240, "max_connector_current": 80})
    result = await flow.choose("wiring_confirmed")
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await flow.look()
    data = (await flow.save())["data"]
    assert (data[CONF_MAX_CURRENT], data[CONF_MAX_CONNECTOR_CURRENT]) == (240, 80)


async def test_80_a_need_no_confirmation(flow: Flow, silent_port: Path) -> None:
    await flow.begin()
    await flow.enter(device=str(silent_port))
    result = await flow.enter(**WIRING | {"max_current": 80})
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await flow.look()


NAN = float("nan")
INFINITY = float("inf")


@pytest.mark.parametrize(
    ("user_input", "errors"),
    [
        *(
            ({"max_current": value}, {"max_current": "total_range"})
            for value in (241, 5, 0, -6, 6.5, 1e9, -1e9, NAN, INFINITY, -INFINITY, True)
        ),
        *(
            (
                {"max_connector_current": value},
                {"max_connector_current": "current_range"},
            )
            for value in (81, 5, 0, -6, 6.5, 1e9, NAN, INFINITY)
        ),
        (
            {"max_current": 20, "max_connector_current": 21},
            {"max_connector_current": "above_total"},
        ),
        (
            {"max_current": 500, "max_connector_current": 500},
            {
                "max_current": "total_range",
                "max_connector_current": "current_range",
            },
        ),
        (
            {"max_current": 20, "max_connector_current": 500},
            {"max_connector_current": "current_range"},
        ),
        *(
            ({"min_current": value}, {"min_current": "minimum_range"})
            for value in (33, 5, 0, -12, 12.5, 1e9, NAN, INFINITY)
        ),
        *(
            ({"voltage": value}, {"voltage": "voltage_range"})
            for value in (99, 278, 0, -230, 230.5, 1e9, NAN, INFINITY)
        ),
        (
            {"max_current": NAN, "min_current": 90, "voltage": 12},
            {
                "max_current": "total_range",
                "min_current": "minimum_range",
                "voltage": "voltage_range",
            },
        ),
    ],
)
async def test_nonsense_for_the_wiring(
    flow: Flow, silent_port: Path, user_input: dict[str, Any], errors: dict[str, str]
) -> None:
    await flow.begin()
    await flow.enter(device=str(silent_port))
    result = await flow.enter(**{**WIRING, **user_input})
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "wiring"
    assert result["errors"] == errors
    assert set(flow.suggested()) == set(WIRING) | set(user_input)

    result = await flow.enter(**WIRING)
    assert result["type"] is FlowResultType.SHOW_PROGRESS
    await flow.look()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("max_current", "much"),
        ("max_current", None),
        ("max_current", [6]),
        ("max_connector_current", ""),
        ("min_current", "little"),
        ("voltage", {}),
        ("phases", "4"),
        ("phases", 3),
        ("phases", None),
        ("fuse", 16),
    ],
)
async def test_wrong_types_for_the_wiring(
    flow: Flow, silent_port: Path, key: str, value: Any
) -> None:
    await flow.begin()
    await flow.enter(device=str(silent_port))
    with pytest.raises(InvalidData):
        await flow.enter(**{**WIRING, key: value})


# Closing the flow


@pytest.mark.usefixtures("connector")
@pytest.mark.parametrize("opened", [False, True])
async def test_closing_the_flow_releases_the_port(
    hass: HomeAssistant, flow: Flow, adapter: Adapter, opened: bool
) -> None:
    await flow.begin()
    await flow.enter(device=str(adapter.path))
    with patch(f"{SCAN}.LISTEN_SECONDS", 60):
        result = await flow.enter(**WIRING)
        if opened:
            await until(lambda: adapter.is_open)
        hass.config_entries.flow.async_abort(result["flow_id"])
        await until(lambda: not adapter.is_open)
    with pytest.raises(UnknownFlow):
        await flow.enter()

    # It is free for the next one.
    assert (await flow.scan(adapter.path))["step_id"] == "found"


@pytest.mark.usefixtures("connector")
async def test_home_assistant_stops_while_looking(
    hass: HomeAssistant, flow: Flow, adapter: Adapter
) -> None:
    await flow.begin()
    await flow.enter(device=str(adapter.path))
    with patch(f"{SCAN}.LISTEN_SECONDS", 60):
        await flow.enter(**WIRING)
        await until(lambda: adapter.is_open)
        async with asyncio.timeout(5):
            await hass.async_stop(force=True)
    await until(lambda: not adapter.is_open)


# Reconfiguring


async def test_reconfigure_the_wiring_only(
    hass: HomeAssistant,
    flow: Flow,
    config_entry: MockConfigEntry,
    adapter: Adapter,
    setup_entry: AsyncMock,
) -> None:
    result = await flow.begin(config_entry)
    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "reconfigure"
    assert flow.suggested() == {CONF_DEVICE: str(adapter.path)}

    result = await flow.enter(device=str(adapter.path))
    assert result["step_id"] == "wiring"
    # What followed from the rest is left to follow again.
    assert flow.suggested() == {
        CONF_MAX_CURRENT: 48,
        CONF_MAX_CONNECTOR_CURRENT: 40,
        CONF_PHASES: "1",
    }

    # The entry has the port open, so there is no look at the bus.
    result = await flow.enter(max_current=32, max_connector_current=16, phases="3")
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert config_entry.title == "TWC Manager"
    assert config_entry.data == {
        CONF_DEVICE: str(adapter.path),
        CONF_MASTER_ID: MASTER_ID,
        CONF_MAX_CURRENT: 32,
        CONF_MAX_CONNECTOR_CURRENT: 16,
        CONF_MIN_CURRENT: 6,
        CONF_PHASES: 3,
        CONF_VOLTAGE: 230,
    }
    setup_entry.assert_awaited_once()


async def test_reconfigure_shows_the_stored_values(
    hass: HomeAssistant, flow: Flow, config_entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(
        config_entry, data={**config_entry.data, CONF_MIN_CURRENT: 8, CONF_VOLTAGE: 208}
    )
    await flow.begin(config_entry)
    await flow.enter(device=config_entry.data[CONF_DEVICE])
    assert flow.suggested() == {
        CONF_MAX_CURRENT: 48,
        CONF_MAX_CONNECTOR_CURRENT: 40,
        CONF_PHASES: "1",
        CONF_MIN_CURRENT: 8,
        CONF_VOLTAGE: 208,
    }


async def test_reconfigure_to_another_name_of_the_port(
    hass: HomeAssistant, flow: Flow, config_entry: MockConfigEntry, tmp_path: Path
) -> None:
    by_id = tmp_path / "usb-FTDI-if00"
    by_id.symlink_to(config_entry.data[CONF_DEVICE])
    await flow.begin(config_entry)
    await flow.enter(device=str(by_id))
    result = await flow.enter(**WIRING)
    await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    assert config_entry.data[CONF_DEVICE] == str(by_id)


@pytest.mark.usefixtures("connector")
async def test_reconfigure_to_another_port(
    hass: HomeAssistant,
    flow: Flow,
    bus: Bus,
    config_entry: MockConfigEntry,
    setup_entry: AsyncMock,
    memory_ports: MemoryPorts,
    tmp_path: Path,
) -> None:
    new = MemoryAdapter(bus, memory_ports, tmp_path / "ttyNEW")
    await flow.begin(config_entry)
    await flow.enter(device=str(new.path))
    await flow.enter(**WIRING)
    result = await flow.look()
    assert result["step_id"] == "found"
    assert not new.is_open

    result = await flow.save()
    await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    assert config_entry.data[CONF_DEVICE] == str(new.path)
    assert config_entry.data[CONF_MASTER_ID] == MASTER_ID
    setup_entry.assert_awaited_once()
    new.close()


async def test_reconfigure_to_a_missing_port_and_back(
    hass: HomeAssistant, flow: Flow, config_entry: MockConfigEntry, tmp_path: Path
) -> None:
    before = config_entry.data[CONF_DEVICE]
    await flow.begin(config_entry)
    result = await flow.enter(device=str(tmp_path / "ttyUSB7"))
    assert result["step_id"] == "reconfigure"
    assert result["errors"] == {CONF_DEVICE: "port_missing"}
    assert config_entry.data[CONF_DEVICE] == before

    await flow.enter(device=before)
    result = await flow.enter(**WIRING)
    await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    assert config_entry.data[CONF_DEVICE] == before
    assert config_entry.data[CONF_MAX_CONNECTOR_CURRENT] == 32


async def test_reconfigure_to_the_port_of_another_bus(
    hass: HomeAssistant, flow: Flow, config_entry: MockConfigEntry
) -> None:
    other = MockConfigEntry(
        domain=DOMAIN, data={CONF_DEVICE: "socket://adapter:8899", **ENTRY_DATA}
    )
    other.add_to_hass(hass)
    await flow.begin(config_entry)
    result = await flow.enter(device="socket://adapter:8899")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


# The words


def test_every_text_is_used() -> None:
    """What a step needs is checked wherever a test sees one; this finds what none needs."""
    used = {
        text
        for module in (
            config_flow,
            keeper_steps,
            account_form,
            account_steps,
            server_address,
            wiring_fields,
        )
        for text in strings_in(module)
    }
    steps = {
        name.removeprefix("async_step_")
        for name in dir(config_flow.TwcManagerConfigFlow)
        if name.startswith("async_step_")
    }
    discovery = {name.removeprefix("async_step_") for name in dir(ConfigFlow)}
    shown = steps - discovery | {"user", "reconfigure"}
    assert set(TEXTS["error"]) <= used | {*BusErrorReason, *Problem, LIBRARY_ISSUE}
    # The account that does not answer has words of its own: `cannot_connect` is about the port.
    assert set(TEXTS["error"]) >= {*BusErrorReason, *Problem, "no_answer"}
    assert set(TEXTS["abort"]) <= strings_in(config_flow) | strings_in(reauth)
    assert set(TEXTS["progress"]) == {"scan"} <= used
    hidden = {
        "another_port",
        *AccountKind,
        "reauth",
        "scan",
        "skip_account",
        "wiring_confirmed",
    }
    assert set(TEXTS["step"]) == shown - hidden
    assert set(TRANSLATIONS["selector"]["phases"]["options"]) == {"1", "2", "3"}


def test_no_text_has_an_empty_word() -> None:
    assert all(text and text == text.strip() for text in words_in(TEXTS))
