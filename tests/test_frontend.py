"""What the sources of the front end name, against the integration: entities, texts, and the shape of live data."""

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest

from scripts.lint_lib.project import Project, leaves

from .helpers import quick_car
from .scene import GRID_OPTIONS, NEW, OLD, Builder
from .test_dashboard import Viewer, viewer
from .test_translations import FIXED_PRICE, TEXTS as TEXTS_BY_LANGUAGE
from .vehicles.scene import MadeUp, account, plan, vehicle

__all__ = ["viewer"]

pytest_plugins = ["tests.cloud"]

PROJECT: Final = Project(Path(__file__).parents[1])
SOURCES: Final = PROJECT.root / "frontend" / "src"
PANEL: Final = PROJECT.english["config_panel"]
TEXTS: Final = {way for way, _ in leaves(PANEL) if not way.startswith("sentence.")}
OWNERS: Final = "|".join(name for name in PANEL if name != "sentence")
_FILLED: Final = r"(?:\$\{[^}]*\}[a-z_.]*)*"
# A key of a text as it stands in the sources, whole or with parts that are filled in.
KEY: Final = re.compile(rf'["`]((?:{OWNERS})\.[a-z_.]*{_FILLED})["`]')
# A key without its owner, as it is handed to a function of the owner's folder that adds it.
SHORT_KEY: Final = re.compile(rf'\.text\(\s*["`]([a-z_.]+{_FILLED})["`]')
LITERAL: Final = re.compile(r'["`]([a-z_.]+)["`]')
ADDS_OWNER: Final = re.compile(rf"`({OWNERS})\.\$\{{key\}}`")


def sources() -> Iterator[tuple[Path, str]]:
    """Yield the sources without their tests, with their folders."""
    for path in sorted(SOURCES.rglob("*.ts")):
        if not path.name.endswith(".test.ts"):
            yield path.parent, path.read_text("utf-8")


def named_texts() -> tuple[set[str], set[str]]:
    """Return the keys of texts that the sources name, and those that they may put together."""
    owners = {
        folder: found[1]
        for folder, source in sources()
        if (found := ADDS_OWNER.search(source))
    }
    named: set[str] = set()
    possible: set[str] = set()
    for folder, source in sources():
        named.update(key for key in KEY.findall(source) if not key.endswith(".${key}"))
        if owner := owners.get(folder):
            named.update(f"{owner}.{key}" for key in SHORT_KEY.findall(source))
            possible.update(f"{owner}.{key}" for key in LITERAL.findall(source))
    return named, possible


def pattern_of(key: str) -> re.Pattern[str]:
    """Return what a key with parts that are filled in may become."""
    parts = re.split(r"\$\{[^}]*\}", key)
    return re.compile("[a-z_]+".join(re.escape(part) for part in parts))


def members_of(interface: str) -> set[str]:
    """Return the members of an interface of live data."""
    text = (SOURCES / "live.ts").read_text("utf-8")
    found = re.search(
        rf"interface {interface} \{{\n(.*?)^\}}", text, re.DOTALL | re.MULTILINE
    )
    assert found is not None
    return set(re.findall(r"^  (\w+):", found[1], re.MULTILINE))


def test_every_text_that_is_named_exists_and_every_text_is_named() -> None:
    named, possible = named_texts()
    assert len(named) > 100
    patterns = {key: pattern_of(key) for key in named}
    assert [
        key
        for key, pattern in sorted(patterns.items())
        if not any(pattern.fullmatch(text) for text in TEXTS)
    ] == []
    assert [
        text
        for text in sorted(TEXTS - possible)
        if not any(pattern.fullmatch(text) for pattern in patterns.values())
    ] == []


@pytest.mark.parametrize("texts", TEXTS_BY_LANGUAGE.values(), ids=TEXTS_BY_LANGUAGE)
def test_a_card_calls_a_control_what_its_entity_is_called(texts: Any) -> None:
    entities, card = texts["entity"], texts["config_panel"]["connector_card"]
    assert [card[key] for key in ("charge_limit", "charge_now", "mode")] == [
        entities[platform][key]["name"]
        for platform, key in (
            ("number", "charge_limit"),
            ("switch", "charge_now"),
            ("select", "mode"),
        )
    ]


async def test_every_entity_that_is_looked_for_exists(
    hass: HomeAssistant,
    three_phases: None,
    set_up: Builder,
    made_up: MadeUp,
    all_entities: None,
) -> None:
    added = account(made_up)
    car = vehicle(vin=made_up.cars[0].vin, account=added.subentry_id)
    scene = await set_up(
        (OLD, None),
        (NEW, None),
        subentries=[added, car, plan(connector="032E")],
        green_battery_power="sensor.battery",
        **GRID_OPTIONS,
        **FIXED_PRICE,
    )
    there = {
        f"{entity.domain}.{entity.translation_key or entity.original_device_class}"
        for entity in er.async_entries_for_config_entry(
            er.async_get(hass), scene.entry.entry_id
        )
    }
    text = (SOURCES / "entities.ts").read_text("utf-8")
    keys = text.partition("export const KEYS = [")[2].partition("]")[0]
    wanted = set(re.findall(r'"([a-z_.]+)"', keys))
    assert len(wanted) > 20
    assert wanted - there == set()
    devices = dr.async_entries_for_config_entry(
        dr.async_get(hass), scene.entry.entry_id
    )
    models = re.search(r"export const MODELS = \[(.*)\]", text)
    assert models is not None
    shown = {item.model for item in devices} & set(re.findall('"(.*?)"', models[1]))
    assert len(shown) == 2
    assert {item.name for item in devices if item.model in shown} == {
        "TWC Manager",
        "Wall Connector 032E",
        "Wall Connector 1839",
    }


async def test_live_data_has_the_shape_that_the_cards_expect(
    viewer: Viewer, set_up: Builder
) -> None:
    scene = await set_up((OLD, quick_car()), **GRID_OPTIONS, **FIXED_PRICE)
    await scene.act("set_plan", device_id=scene.device(OLD), energy=20, time="07:00")
    await viewer.subscribe()

    def plans() -> list[dict[str, Any]]:
        return list(viewer.bus["plans"])

    await viewer.until(lambda: any(item["slots"] for item in plans()))
    await viewer.until(lambda: viewer.connector()["session"] is not None)
    assert set(viewer.live) == members_of("Live")
    assert set(viewer.bus) == members_of("LiveBus")
    assert set(viewer.connector()) == members_of("LiveConnector")
    assert set(viewer.connector()["vehicle"]) == members_of("LiveVehicle")
    (planned,) = plans()
    assert set(planned) == members_of("LivePlan")
    assert set(planned["slots"][0]) == members_of("LiveSlot")
    assert planned["goal"] == {"kind": "kwh", "value": 20}
    assert planned["connector"] == scene.device(OLD)
    assert viewer.bus["prices"][0][2] == pytest.approx(0.3)
