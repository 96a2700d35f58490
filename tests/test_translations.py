"""Every word that is needed is there, and no other; icons belong to something. Those of the flows are with the flows."""

import json
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.yaml import load_yaml_dict

import custom_components.twc_manager
from custom_components.twc_manager import PLATFORMS, problems, services
from custom_components.twc_manager.twc import BusProblem
from custom_components.twc_manager.twc.transport import BusErrorReason

from .flows import placeholders_of, words_in
from .scene import NEW, OLD, Builder
from .test_rules import NIGHT, schedule

FOLDER: Final = Path(custom_components.twc_manager.__path__[0])


def _load(name: str) -> dict[str, Any]:
    loaded = json.loads((FOLDER / name).read_text())
    assert isinstance(loaded, dict)
    return loaded


ENGLISH: Final = _load("translations/en.json")
ICONS: Final = _load("icons.json")


async def test_every_entity_has_its_words_and_no_word_is_for_none(
    hass: HomeAssistant, set_up: Builder, all_entities: None
) -> None:
    scene = await set_up((OLD, None), (NEW, None))
    hass.config_entries.async_add_subentry(scene.entry, schedule("Night", **NIGHT))
    await hass.async_block_till_done()
    used: dict[str, set[str]] = {}
    for entity in er.async_entries_for_config_entry(
        er.async_get(hass), scene.entry.entry_id
    ):
        state = hass.states.get(entity.entity_id)
        assert state is not None
        # Without a name of its own it is called like what it measures.
        assert entity.has_entity_name
        assert entity.original_name
        if entity.translation_key is None:
            assert entity.original_device_class is not None
            continue
        used.setdefault(entity.domain, set()).add(entity.translation_key)
        texts = ENGLISH["entity"][entity.domain][entity.translation_key]
        assert texts["name"]
        options = (entity.capabilities or {}).get("options")
        assert set(texts.get("state", ())) == set(options or ())
        events = (entity.capabilities or {}).get("event_types")
        if events:
            told = texts["state_attributes"]["event_type"]["state"]
            assert set(told) == set(events)

    assert used == {domain: set(words) for domain, words in ENGLISH["entity"].items()}
    assert set(used) == {platform.value for platform in PLATFORMS}


def test_every_icon_is_for_something() -> None:
    for domain, icons in ICONS["entity"].items():
        words = ENGLISH["entity"][domain]
        assert set(icons) <= set(words)
        for key, icon in icons.items():
            states = set(icon.get("state", ()))
            if domain in {"select", "sensor"}:
                assert states <= set(words[key].get("state", ()))
            else:
                assert states <= {"on", "off"}
            for name in (icon["default"], *icon.get("state", {}).values()):
                assert re.fullmatch(r"mdi:[a-z0-9-]+", name)
    assert set(ICONS["services"]) == set(ENGLISH["services"])


def test_every_action_has_its_words() -> None:
    described = load_yaml_dict(str(FOLDER / "services.yaml"))
    schemas = {
        services.SERVICE_CHARGE_NOW: services.CHARGE_NOW_SCHEMA,
        services.SERVICE_CANCEL_CHARGE_NOW: services.CANCEL_CHARGE_NOW_SCHEMA,
        services.SERVICE_GET_SESSIONS: services.GET_SESSIONS_SCHEMA,
    }
    assert set(described) == set(ENGLISH["services"]) == set(schemas)
    for service, schema in schemas.items():
        texts = ENGLISH["services"][service]
        assert texts["name"]
        assert texts["description"]
        fields = {str(key) for key in schema.schema}
        assert fields == set(described[service]["fields"]) == set(texts["fields"])
        for field in texts["fields"].values():
            assert field["name"]
            assert field["description"]


def test_every_exception_and_problem_has_its_words() -> None:
    raised = {
        match
        for path in FOLDER.glob("*.py")
        for match in re.findall(
            r'translation_domain=DOMAIN,\s*translation_key="(\w+)"',
            path.read_text(),
        )
    }
    assert raised | set(BusErrorReason) == set(ENGLISH["exceptions"])
    told = {*BusProblem, problems.SENSOR_STALE, problems.CANNOT_STOP}
    assert told == set(ENGLISH["issues"])
    for texts in ENGLISH["issues"].values():
        assert set(texts) == {"title", "description"}
        for text in texts.values():
            assert placeholders_of(text) <= {"bus", "connectors"}


def test_no_word_is_empty() -> None:
    assert all(text and text == text.strip() for text in words_in(ENGLISH))
