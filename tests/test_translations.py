"""Translations that only a running Home Assistant can check; scripts/lint_lib and the tests of the flows check the rest."""

from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from custom_components.twc_manager import PLATFORMS, condition, trigger
from custom_components.twc_manager.const import DOMAIN
from custom_components.twc_manager.state.store import Part
from custom_components.twc_manager.twc import BusErrorReason, BusProblem
from scripts.lint_lib.languages import LANGUAGES
from scripts.lint_lib.project import Project, read_json

from .keeper.beside import BesideBus
from .scene import GRID_OPTIONS, NEW, OLD, Builder
from .test_rules import NIGHT, schedule
from .vehicles.scene import MadeUp, account, plan, vehicle

pytest_plugins = ["tests.cloud"]

PROJECT: Final = Project(Path(__file__).parents[1])
ENGLISH: Final = PROJECT.english
TEXTS: Final = {
    language: read_json(PROJECT.component / "translations" / f"{language}.json")
    for language in LANGUAGES
}


FIXED_PRICE: Final[dict[str, Any]] = {"price_source": "fixed", "price_base": 0.3}
WHOLE_HOUSE: Final[dict[str, Any]] = {
    "outside_number": True,
    "peak_tariff": "flanders",
}


def _vehicle_without_a_level(hass: HomeAssistant) -> ConfigSubentry:
    """Return a vehicle that reports no level, and is asked for less through a number whose calls have a price."""
    er.async_get(hass).async_get_or_create(
        "number", "tesla_fleet", "current", suggested_object_id="current"
    )
    return vehicle(
        "Reports no level",
        switch="switch.no",
        charge_current="number.current",
        through_vehicle=True,
    )


async def test_every_entity_has_its_words_and_no_word_is_for_none(
    hass: HomeAssistant,
    three_phases: None,
    set_up: Builder,
    made_up: MadeUp,
    all_entities: None,
    beside: BesideBus,
) -> None:
    added = account(made_up)
    car = vehicle(vin=made_up.cars[0].vin, account=added.subentry_id)
    silent = _vehicle_without_a_level(hass)
    work = plan(connector="032E")
    scene = await set_up(
        (OLD, None),
        (NEW, None),
        subentries=[added, car, silent, work],
        green_battery_power="sensor.battery",
        **GRID_OPTIONS,
        **FIXED_PRICE,
        **WHOLE_HOUSE,
    )
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
            event_types = texts["state_attributes"]["event_type"]["state"]
            assert set(event_types) == set(events)

    assert used == {domain: set(words) for domain, words in ENGLISH["entity"].items()}
    assert set(used) == {platform.value for platform in PLATFORMS}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_two_entities_of_a_device_share_a_name(
    hass: HomeAssistant,
    three_phases: None,
    set_up: Builder,
    made_up: MadeUp,
    all_entities: None,
    beside: BesideBus,
    language: str,
) -> None:
    hass.config.language = language
    added = account(made_up)
    car = vehicle(vin=made_up.cars[0].vin, account=added.subentry_id)
    silent = _vehicle_without_a_level(hass)
    work = plan(connector="032E")
    scene = await set_up(
        (OLD, None),
        (NEW, None),
        subentries=[added, car, silent, work],
        green_battery_power="sensor.battery",
        **GRID_OPTIONS,
        **FIXED_PRICE,
        **WHOLE_HOUSE,
    )
    names: dict[str | None, list[str]] = {}
    for entity in er.async_entries_for_config_entry(
        er.async_get(hass), scene.entry.entry_id
    ):
        assert entity.original_name
        names.setdefault(entity.device_id, []).append(entity.original_name.casefold())

    # A bus, two connectors, two vehicles, an account, a plan and the house.
    assert len(names) == 8
    shared = [
        name
        for of_one in names.values()
        for name in set(of_one)
        if of_one.count(name) > 1
    ]
    assert shared == []
    # The names are those of the language, not the English ones.
    limited_by = TEXTS[language]["entity"]["sensor"]["limited_by"]["name"]
    assert sum(limited_by.casefold() in of_one for of_one in names.values()) == 3


async def test_every_action_that_is_registered_is_described(
    hass: HomeAssistant,
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    registered = hass.services.async_services_for_domain(DOMAIN)
    described = PROJECT.yaml("services.yaml")
    assert set(registered) == set(described)
    for name, service in registered.items():
        schema: Any = service.schema
        fields = {str(key) for key in schema.schema}
        if "target" in described[name]:
            fields -= {str(key) for key in cv.ENTITY_SERVICE_FIELDS}
        assert fields == set(described[name].get("fields", ()))


async def test_every_trigger_and_condition_that_is_registered_is_described(
    hass: HomeAssistant,
) -> None:
    for registered, file in (
        (await trigger.async_get_triggers(hass), "triggers.yaml"),
        (await condition.async_get_conditions(hass), "conditions.yaml"),
    ):
        described = {name for name in PROJECT.yaml(file) if not name.startswith(".")}
        assert set(registered) == described


def test_every_way_a_port_fails_and_every_problem_of_the_bus_has_its_words() -> None:
    assert set(BusErrorReason) <= set(ENGLISH["exceptions"])
    assert set(BusProblem) <= set(ENGLISH["issues"])


def test_every_part_of_the_stored_data_that_can_be_unreadable_has_its_words() -> None:
    unreadable = {key for key in ENGLISH["issues"] if key.startswith("unreadable_")}
    assert {f"unreadable_{part}" for part in Part} == unreadable
