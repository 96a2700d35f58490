"""What tests of flows share: a person who clicks, and a look at the words on each screen."""

import ast
from collections.abc import Iterable, Iterator
import json
from pathlib import Path
import string
from types import ModuleType
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.data_entry_flow import _BaseFlowManagerView
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.selector import SelectSelector, SelectSelectorMode
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.twc_manager import const
from custom_components.twc_manager.const import DOMAIN

TRANSLATIONS: Final[dict[str, Any]] = json.loads(
    (Path(const.__file__).parent / "translations" / "en.json").read_text()
)
NAN: Final = float("nan")
INFINITY: Final = float("inf")


def placeholders_of(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def words_in(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    else:
        for child in node.values():
            yield from words_in(child)


def strings_in(module: ModuleType) -> set[str]:
    """Return all strings in a module."""
    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text())
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def steps_of(flow: type) -> set[str]:
    return {
        name.removeprefix("async_step_")
        for name in vars(flow)
        if name.startswith("async_step_")
    }


def check_texts(
    result: Any, texts: dict[str, Any], sometimes: frozenset[str] = frozenset()
) -> None:
    """Check that a step can be sent to a browser, and has all its texts with the placeholders in them."""
    if "result" not in result:
        # That of a new entry is prepared by a view of its own.
        manager: Any = None
        assert json_bytes(_BaseFlowManagerView(manager)._prepare_result_json(result))
    given = set(result.get("description_placeholders") or {})
    shown: list[str] = []
    if result["type"] in {FlowResultType.FORM, FlowResultType.MENU}:
        step = texts["step"][result["step_id"]]
        shown += [step["title"], step["description"]]
    if result["type"] is FlowResultType.MENU:
        assert set(result["menu_options"]) <= set(step["menu_options"])
        shown += step["menu_options"].values()
        descriptions = step.get("menu_option_descriptions", step["menu_options"])
        assert set(descriptions) == set(step["menu_options"])
        shown += descriptions.values()
    if result["type"] is FlowResultType.FORM:
        schema = result["data_schema"].schema
        sections = {key: item for key, item in schema.items() if is_section(item)}
        shown += check_fields(schema.keys() - sections.keys(), step, sometimes)
        assert set(map(str, sections)) == set(step.get("sections", ()))
        for name, item in sections.items():
            texts_inside = step["sections"][str(name)]
            shown += [texts_inside["name"], texts_inside["description"]]
            shown += check_fields(item.schema.schema, texts_inside, sometimes)
        errors = result["errors"] or {}
        assert set(errors) <= {"base", *map(str, schema)}
        shown += [texts["error"][error] for error in errors.values()]
        for key, field in schema.items():
            check_choices(field)
            # After an error a form shows the input, which may lack what was suggested.
            if not errors:
                check_can_be_emptied(key, field)
    if result["type"] is FlowResultType.SHOW_PROGRESS:
        shown.append(texts["progress"][result["progress_action"]])
    if result["type"] is FlowResultType.ABORT and not result.get("translation_domain"):
        shown.append(texts["abort"][result["reason"]])
    for text in shown:
        assert placeholders_of(text) <= given


def is_section(field: Any) -> bool:
    return isinstance(field, section)


def check_fields(
    fields: Iterable[Any], texts: dict[str, Any], sometimes: frozenset[str]
) -> Iterator[str]:
    """Check that fields and their words belong together; return the words."""
    assert {str(key) for key in fields} | sometimes == set(texts["data"]) | sometimes
    assert set(texts["data"]) == set(texts["data_description"])
    yield from texts["data"].values()
    yield from texts["data_description"].values()


def check_choices(field: Any) -> None:
    if isinstance(field, SelectSelector) and "translation_key" in field.config:
        words = TRANSLATIONS["selector"][field.config["translation_key"]]["options"]
        options = field.config["options"]
        # What has a name of its own needs no words.
        own = [item for item in options if not isinstance(item, str)]
        named = {item["value"] for item in own if item["label"] != item["value"]}
        values = {item if isinstance(item, str) else item["value"] for item in options}
        assert set(words) == values - named


def check_can_be_emptied(key: Any, field: Any) -> None:
    """Check that a field that may be empty can be emptied again, which radio buttons cannot be."""
    if not isinstance(field, SelectSelector) or not isinstance(key, vol.Optional):
        return
    has_radio_buttons = field.config["mode"] == SelectSelectorMode.LIST
    begins_empty = key.default is vol.UNDEFINED and not (key.description or {})
    assert field.config["multiple"] or not (has_radio_buttons and begins_empty), key


def shown_in(result: Any) -> dict[str, Any]:
    """Return what the fields of a form hold."""
    return {
        str(key): key.description["suggested_value"]
        for key in result["data_schema"].schema
        if key.description
    }


def add_connector(
    hass: HomeAssistant, entry: MockConfigEntry, connector_id: int
) -> None:
    """Add the device of a connector, as if it had been found."""
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, f"{entry.entry_id}_{connector_id:04X}")},
        name=f"Wall Connector {connector_id:04X}",
    )


def add_entity(
    hass: HomeAssistant,
    entity_id: str,
    state: Any = 0,
    unit: str | None = None,
    **attributes: Any,
) -> None:
    if unit is not None:
        attributes["unit_of_measurement"] = unit
    hass.states.async_set(entity_id, str(state), attributes)


def add_own_entity(
    hass: HomeAssistant, entity_id: str, unit: str | None = None
) -> None:
    """Add an entity of the integration itself."""
    domain, _, object_id = entity_id.partition(".")
    er.async_get(hass).async_get_or_create(
        domain, DOMAIN, object_id, suggested_object_id=object_id
    )
    add_entity(hass, entity_id, unit=unit)
