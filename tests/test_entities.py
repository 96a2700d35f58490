"""How many entities an owner gets without asking, which, and whether their names are shown whole."""

from pathlib import Path
from typing import Any, Final

from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from custom_components.twc_manager import PLATFORMS
from scripts.lint_lib.languages import LANGUAGES
from scripts.lint_lib.project import Project, read_json

from .scene import GRID_OPTIONS, NEW, OLD, OTHER, Builder, Scene
from .vehicles.scene import MadeUp, account, plan, schedule, vehicle

pytest_plugins = ["tests.cloud"]

MAXIMUM: Final = 20
"""As many as fit on the page of a device without scrolling for long."""

EVERYTHING: Final[dict[str, Any]] = {
    **GRID_OPTIONS,
    "green_battery_power": "sensor.battery",
    "green_battery_level": "sensor.battery_level",
    "fuse_size": 63,
    "fuse_current_l1": "sensor.l1",
    "price_source": "fixed",
    "price_base": 0.3,
    "price_currency": "EUR",
    "outside_number": True,
    "peak_tariff": "flanders",
}
GLYPHS: Final[dict[float, str]] = {
    2.4: "'",
    3.3: "j",
    3.4: "il",
    3.5: " í",
    3.7: ".",
    3.8: "I",
    3.9: "-",
    4.6: "t",
    4.7: "r{}",
    4.8: "(",
    4.9: ")f",
    6.6: "y",
    6.8: "v",
    6.9: "xz",
    7.1: "k",
    7.2: "s",
    7.3: "c",
    7.4: "eèéê",
    7.5: "L",
    7.6: "aàáâäå",
    7.7: "FJhnuñúû",
    7.9: "bdgpø",
    8.0: "EoqÉóôö",
    8.3: "S",
    8.4: "TZ",
    8.6: "R",
    8.7: "B",
    8.8: "KP",
    8.9: "V",
    9.1: "ACUÄÅÚ",
    9.2: "D",
    9.5: "G",
    9.6: "OQØ",
    10.0: "HN",
    10.5: "w",
    12.2: "M",
    12.3: "m",
    12.4: "W",
}
"""The widths of characters in px as Home Assistant's frontend draws names: Roboto of 14 px, in Chromium."""

ROOM: Final = {
    "number.charge_below_price": 91,
    "number.charge_limit": 107,
    "number.total_current_limit": 107,
    "number": 143,
    "sensor.limited_by": 104,
    "sensor.rule": 104,
    "sensor.status": 104,
    "sensor.plan_state": 104,
    "sensor.vehicle_control": 85,
    "sensor": 181,
    "binary_sensor": 199,
    "event": 199,
    "switch": 242,
}
"""What a row leaves for the name on the page of a device at 1440 px, beside a slider, a unit, or a state in two lines."""

SCHEDULES: Final = ("Night", "Weekend", "Early")
"""Each adds a switch of its own, so that their number is for the owner to choose."""


def enabled(
    scene: Scene, connector_id: int | None = None
) -> dict[str, er.RegistryEntry]:
    """Return the enabled entities of a device, by domain and key."""
    device_id = scene.device(connector_id)
    registry = er.async_get(scene.hass)
    start = len(scene.entry.entry_id) + (1 if connector_id is None else 6)
    return {
        f"{entity.domain}.{entity.unique_id[start:]}": entity
        for entity in er.async_entries_for_device(registry, device_id)
    }


def counts(scene: Scene) -> dict[str, int]:
    """Return how many enabled entities each device has, by its identifier."""
    entry_id = scene.entry.entry_id
    devices = dr.async_entries_for_config_entry(dr.async_get(scene.hass), entry_id)
    registry = er.async_get(scene.hass)
    return {
        key: len(er.async_entries_for_device(registry, device.id))
        for device in devices
        for _, key in device.identifiers
    }


@pytest.mark.parametrize("ids", [[NEW], [OLD, NEW, OTHER]], ids=["one", "three"])
async def test_no_device_has_more_entities_than_an_owner_can_take_in(
    three_phases: None, set_up: Builder, ids: list[int]
) -> None:
    car = vehicle("Red one", switch="switch.red")
    scene = await set_up(
        *((connector_id, None) for connector_id in ids),
        subentries=[
            car,
            plan("Work", connector=f"{NEW:04X}"),
            *map(schedule, SCHEDULES),
        ],
        **EVERYTHING,
    )
    found = counts(scene)
    # The bus, the house, the vehicle and the plan.
    assert len(found) == len(ids) + 4
    assert max(found.values()) <= MAXIMUM, found
    assert found[f"{scene.entry.entry_id}.house"] > 7
    # All that is counted here is there: what is set up late would be missed otherwise.
    registry = er.async_get(scene.hass)
    entities = er.async_entries_for_config_entry(registry, scene.entry.entry_id)
    assert {entity.domain for entity in entities} == {item.value for item in PLATFORMS}
    assert {"sensor.price", "number.charge_below_price"} <= enabled(scene).keys()
    assert sum(key.startswith("switch.schedule") for key in enabled(scene)) == 3
    for connector_id in ids:
        assert "sensor.month_cost" in enabled(scene, connector_id)


async def test_nor_has_the_device_of_an_account_or_of_a_vehicle_on_it(
    set_up: Builder, made_up: MadeUp
) -> None:
    (red,) = made_up.cars
    added = account(made_up)
    car = vehicle("Red one", vin=red.vin, account=added.subentry_id)
    scene = await set_up((NEW, red.car), subentries=[added, car], **EVERYTHING)
    await scene.until(lambda: scene.of(car)("control") == "vin")
    found = counts(scene)
    for subentry in added, car:
        assert f"{scene.entry.entry_id}.{subentry.subentry_id}" in found
    assert max(found.values()) <= MAXIMUM, found


async def test_what_is_not_set_up_has_no_entities(set_up: Builder) -> None:
    scene = await set_up((NEW, None))
    registry = er.async_get(scene.hass)
    keys = {
        entity.translation_key
        for entity in er.async_entries_for_config_entry(registry, scene.entry.entry_id)
    }
    assert {"mode", "total_power", "charge_now"} <= keys
    of_green = {"green_power", "green_current", "reserved_power", "grid_share"}
    of_green |= {"start_delay", "stop_delay", "resume_green", "resume_green_at"}
    of_prices = {"price", "charge_below_price", "session_cost", "month_cost"}
    of_phases = {"vehicle_phases", "phases_in_use", "phases_source"}
    assert not keys & (of_green | of_prices | of_phases)


async def test_what_the_energy_dashboard_and_the_statistics_need_is_enabled(
    three_phases: None, set_up: Builder
) -> None:
    scene = await set_up((NEW, None), **EVERYTHING)
    for connector_id, keys in (
        (None, {"total_current", "total_power", "green_power", "price"}),
        (
            NEW,
            {"current", "power", "lifetime_energy", "session_energy", "month_cost"},
        ),
    ):
        there = enabled(scene, connector_id)
        for key in keys:
            capabilities = there[f"sensor.{key}"].capabilities
            assert capabilities is not None, key
            assert capabilities["state_class"], key


def width(name: str) -> float:
    """Return the width of a name in px; KeyError for a character that has not been measured."""
    widths = {char: px for px, chars in GLYPHS.items() for char in chars}
    return sum(widths[char] for char in name)


async def test_the_names_on_the_pages_of_the_devices_are_shown_whole(
    three_phases: None, set_up: Builder
) -> None:
    car, work = vehicle("Red one", switch="switch.red"), plan("Work", connector="1839")
    scene = await set_up((NEW, None), subentries=[car, work], **EVERYTHING)
    registry = er.async_get(scene.hass)
    shown = {
        (entity.domain, entity.translation_key)
        for entity in er.async_entries_for_config_entry(registry, scene.entry.entry_id)
        if entity.translation_key is not None and entity.disabled_by is None
    }
    texts = Project(Path(__file__).parents[1]).component / "translations"
    names = {
        (language, domain, key): read_json(texts / f"{language}.json")["entity"][
            domain
        ][key]["name"]
        for language in LANGUAGES
        for domain, key in shown
        if domain in ROOM
    }
    assert len(names) > 8 * 40
    cut = {
        key: name
        for key, name in names.items()
        if width(name) > ROOM.get(f"{key[1]}.{key[2]}", ROOM[key[1]])
    }
    assert cut == {}
