"""Our blueprints: imported from the address they give, run in Home Assistant, and what the connectors are offered."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.const import EVENT_HOMEASSISTANT_START
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
import yaml
import yarl

from custom_components.twc_manager.const import DOMAIN

from .adapters import MemoryAdapter
from .helpers import quick_car
from .scene import GRID_OPTIONS, NEW, OLD, OTHER, Builder, WallClock

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "blueprints" / "automation" / DOMAIN
PAGES: Final = "https://github.com/twc-manager/twc-manager/blob/main/"
IMPORT: Final = "https://my.home-assistant.io/redirect/blueprint_import/"
RAW: Final = "https://raw.githubusercontent.com/twc-manager/twc-manager/main/"

type Use = Callable[..., Awaitable[None]]


@pytest.fixture
async def use(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    aioclient_mock: AiohttpClientMocker,
    tmp_path: Path,
) -> AsyncGenerator[Use]:
    """Import one of our blueprints as the interface does, and run an automation made of it."""

    async def use(name: str, **inputs: Any) -> None:
        path = f"blueprints/automation/{DOMAIN}/{name}.yaml"
        aioclient_mock.get(f"{RAW}{path}", text=(ROOT / path).read_text())
        # Blueprints are files of the owner's.
        hass.config.config_dir = str(tmp_path)
        assert await async_setup_component(hass, "automation", {})
        client = await hass_ws_client(hass)

        async def ask(kind: str, **data: Any) -> Any:
            await client.send_json_auto_id({"type": f"blueprint/{kind}", **data})
            answer = await client.receive_json()
            assert answer["success"], answer
            return answer["result"]

        imported = await ask("import", url=f"{PAGES}{path}")
        assert imported["validation_errors"] is None
        file = f"{imported['suggested_filename']}.yaml"
        await ask(
            "save",
            domain="automation",
            path=file,
            yaml=imported["raw_data"],
            source_url=f"{PAGES}{path}",
        )
        kept = await ask("list", domain="automation")
        assert file in kept
        automation = {"use_blueprint": {"path": file, "input": inputs}, "alias": name}
        (tmp_path / "configuration.yaml").write_text(
            yaml.dump({"automation": [automation]})
        )
        await hass.services.async_call("automation", "reload", blocking=True)
        await hass.async_block_till_done()
        state = hass.states.get(f"automation.{name}")
        assert state is not None
        assert state.state == "on"

    yield use
    # They wait for times that are yet to come.
    everything = {"entity_id": "all"}
    await hass.services.async_call("automation", "turn_off", everything, blocking=True)


async def run(hass: HomeAssistant, name: str) -> None:
    """Run an automation as it runs when the clock shows one of its times."""
    data = {"entity_id": f"automation.{name}", "skip_condition": False}
    await hass.services.async_call("automation", "trigger", data, blocking=True)
    await hass.async_block_till_done()


def test_each_is_offered_for_import() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    links = [
        yarl.URL(link)
        for page in pages
        for link in re.findall(rf"{re.escape(IMPORT)}[^)\s]+", page.read_text())
    ]
    offered = {link.query["blueprint_url"] for link in links}
    files = [path.relative_to(ROOT).as_posix() for path in FOLDER.iterdir()]
    assert offered == {f"{PAGES}{file}" for file in files}
    assert len(files) == 5


async def test_cheap_by_the_price(
    hass: HomeAssistant, set_up: Builder, use: Use
) -> None:
    scene = await set_up((OLD, quick_car()))
    (old,) = scene.bus.connectors
    price = "sensor.price"
    hass.states.async_set(price, "0.30")
    await scene.until(lambda: old.offered == 40)
    await use(
        "time_of_use",
        mode=scene.id("select.mode"),
        price_sensor=price,
        price_limit=0.2,
    )
    for said, amps in (
        ("0.31", 0),
        ("0.2", 40),
        ("0.21", 0),
        ("-0.1", 40),
        ("unavailable", 0),
    ):
        hass.states.async_set(price, said)
        await scene.until(lambda: old.offered == amps)  # noqa: B023
        assert scene.state("select.mode") == ("fixed" if amps else "off")


async def test_cheap_by_the_clock(
    hass: HomeAssistant, set_up: Builder, use: Use, wall_clock: WallClock
) -> None:
    scene = await set_up((OLD, quick_car()), (OTHER, quick_car()), **GRID_OPTIONS)
    old, other = scene.bus.connectors
    await use(
        "time_of_use",
        mode=scene.id("select.own_mode", OLD),
        otherwise="green",
        cheap_from="22:00:00",
        cheap_to="05:00:00",
    )
    for clock, cheap in (
        ("12:00:00", False),
        ("22:00:00", True),
        ("02:00:00", True),
        ("05:00:00", False),
    ):
        wall_clock.set(wall_clock.now().weekday(), clock)
        await run(hass, "time_of_use")
        await scene.until(lambda: (old.offered > 0) is cheap and other.offered > 0)  # noqa: B023
        assert scene.state("select.own_mode", OLD) == ("fixed" if cheap else "green")
    # The adapter was away when the cheap hours began.
    assert await hass.config_entries.async_unload(scene.entry.entry_id)
    wall_clock.set(wall_clock.now().weekday(), "22:30:00")
    assert await hass.config_entries.async_setup(scene.entry.entry_id)
    await scene.until(
        lambda: scene.state("select.own_mode", OLD) == "fixed" and old.offered > 0
    )


async def test_solar_only_with_a_minimum_at_night(
    hass: HomeAssistant, set_up: Builder, use: Use, wall_clock: WallClock
) -> None:
    scene = await set_up((OLD, quick_car()), **GRID_OPTIONS)
    (old,) = scene.bus.connectors
    await scene.choose("number.stop_delay", 0)
    energy = "sensor.energy"
    hass.states.async_set(energy, "3")
    wall_clock.set(2, "18:00:00")
    await use(
        "solar_with_night_minimum",
        mode=scene.id("select.mode"),
        connectors={"device_id": scene.device(OLD)},
        night_amps=14,
        session_energy=energy,
        minimum=10,
    )
    # Nothing from the sun, and it is not night.
    hass.bus.async_fire(EVENT_HOMEASSISTANT_START)
    await run(hass, "solar_with_night_minimum")
    await scene.until(lambda: old.offered == 0)
    assert scene.state("select.mode") == "green"

    wall_clock.set(2, "23:00:00")
    await run(hass, "solar_with_night_minimum")
    await scene.until(lambda: old.offered == 14)
    end = scene.entry.runtime_data.user_settings.charge_now_end
    assert end is not None
    assert (end - wall_clock.now()).total_seconds() == pytest.approx(7 * 3600, abs=60)
    # It has got enough.
    hass.states.async_set(energy, "10.1")
    await scene.until(lambda: old.offered == 0)
    # What the owner chooses by day stays, whatever the car gets.
    wall_clock.set(3, "12:00:00")
    await scene.choose("select.mode", "fixed")
    hass.states.async_set(energy, "9")
    await hass.async_block_till_done()
    hass.states.async_set(energy, "11")
    await hass.async_block_till_done()
    await scene.until(lambda: old.offered > 14)
    assert scene.state("select.mode") == "fixed"
    # Another car, the next night; it ends by itself.
    hass.states.async_set(energy, "0")
    wall_clock.set(3, "23:30:00")
    await run(hass, "solar_with_night_minimum")
    await scene.until(lambda: old.offered == 14)
    wall_clock.set(4, "06:00:30")
    await scene.until(lambda: old.offered == 0)


async def test_being_notified(
    hass: HomeAssistant, set_up: Builder, use: Use, adapter: MemoryAdapter
) -> None:
    car = quick_car()
    scene = await set_up((NEW, quick_car()), (OTHER, car))
    new, other = scene.bus.connectors
    await scene.until(
        lambda: (
            scene.state("sensor.status", NEW)
            == scene.state("sensor.status", OTHER)
            == "charging"
        )
    )
    events = async_capture_events(hass, "reported")
    devices = [scene.device(NEW), scene.device(OTHER)]
    await use(
        "tell_me",
        connectors={"device_id": devices},
        quiet_for={"seconds": 1},
        tell=[{"event": "reported", "event_data": {"text": "{{ message }}"}}],
    )
    car.soc = car.target
    await scene.until(lambda: bool(events))
    assert "2431 has finished charging" in events[0].data["text"]
    assert scene.state("sensor.status", OTHER) == "complete"

    await scene.choose("select.mode", "off")
    await scene.until(lambda: len(events) == 2)
    assert "1839 should not charge, but could not be stopped" in events[1].data["text"]
    await scene.until(lambda: new.offered == 6)
    # Pulling the plug is no news.
    new.unplug()
    other.unplug()
    await scene.until(lambda: scene.state("sensor.status", NEW) == "disconnected")
    assert len(events) == 2

    adapter.unplug()
    await scene.until(lambda: len(events) == 3)
    assert events[2].data["text"].strip() == (
        "The adapter of TWC Manager is gone; nobody charges."
    )
    adapter.replug()
    other.plug_in(quick_car())
    await scene.choose("select.mode", "fixed")
    await scene.until(lambda: scene.state("sensor.status", OTHER) == "charging")
    other.power_down()
    await scene.until(lambda: len(events) == 4)
    assert "2431" in events[3].data["text"]


async def test_the_house_battery_first(
    hass: HomeAssistant, set_up: Builder, use: Use
) -> None:
    scene = await set_up((OLD, quick_car()), **GRID_OPTIONS)
    (old,) = scene.bus.connectors
    battery = "sensor.house_battery"
    for delay in "number.start_delay", "number.stop_delay":
        await scene.choose(delay, 0)
    scene.house.sun_w = 20.5 * 240
    hass.states.async_set(battery, "30")
    await use(
        "battery_first",
        mode=scene.id("select.mode"),
        battery=battery,
        enough=80,
        too_little=60,
    )
    for said, mode in (
        ("40", "off"),
        ("79", "off"),
        ("80", "green"),
        ("61", "green"),
        ("unavailable", "green"),
        ("59.9", "off"),
        ("unknown", "off"),
        ("95", "green"),
    ):
        hass.states.async_set(battery, said)
        await hass.async_block_till_done()
        assert scene.state("select.mode") == mode
        amps = 0 if mode == "off" else 21
        await scene.until(lambda: old.offered == amps)  # noqa: B023


@pytest.mark.parametrize(
    ("kind", "held", "free"),
    [
        ("input_number", "0", "3000"),
        ("input_select", "standby", "normal"),
        ("input_boolean", "off", "on"),
    ],
)
async def test_the_house_battery_is_held_and_released(
    hass: HomeAssistant, set_up: Builder, use: Use, kind: str, held: str, free: str
) -> None:
    helpers: dict[str, dict[str, Any]] = {
        "input_number": {"min": 0, "max": 5000, "initial": 3000},
        "input_select": {"options": ["normal", "standby"], "initial": "normal"},
        "input_boolean": {"initial": True},
    }
    target = f"{kind}.inverter"
    assert await async_setup_component(hass, kind, {kind: {"inverter": helpers[kind]}})
    hass.states.async_set("sensor.battery", "0", {"unit_of_measurement": "W"})
    scene = await set_up(
        (OLD, quick_car()), green_battery_power="sensor.battery", **GRID_OPTIONS
    )
    registry = er.async_get(hass)
    unique_id = f"{scene.entry.entry_id}_hold_battery"
    hold = registry.async_get_entity_id("binary_sensor", DOMAIN, unique_id)
    await use(
        "hold_house_battery",
        hold=hold,
        target=target,
        while_held=held,
        otherwise=free,
    )

    def is_set(value: str) -> bool:
        state = hass.states.get(target)
        assert state is not None
        return state.state in {value, f"{value}.0"}

    await scene.until(lambda: is_set(held), 120)
    await scene.choose("select.mode", "off")
    await scene.until(lambda: is_set(free), 300)
