"""The examples in the documentation: Home Assistant takes them as they are."""

from pathlib import Path
import re
from typing import Any, Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.script import Script, async_validate_actions_config
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
import pytest

from .automations import async_automate
from .scene import NEW, Builder

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
FENCE: Final = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def examples() -> list[Any]:
    """Return the automations of all pages, with where they are."""
    return [
        pytest.param(automation, id=f"{page.name}: {automation['alias']}")
        for page in PAGES
        for text in FENCE.findall(page.read_text("utf-8"))
        if text.startswith("automation:")
        for automation in parse_yaml(text)["automation"]
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_no_entity_id_that_follows_the_owners_language(
    page: Path,
) -> None:
    made = re.compile(r"\b[a-z_]+\.(?:wall_connector|twc_manager)_\w+")

    assert made.findall(page.read_text("utf-8")) == []


@pytest.mark.parametrize("automation", examples())
async def test_an_example_is_an_automation(
    hass: HomeAssistant, set_up: Builder, automation: dict[str, Any]
) -> None:
    await set_up((NEW, None))
    assert await async_automate(hass, automation) == []


def steps() -> list[Any]:
    """Return the pieces of automations of all pages."""
    return [
        pytest.param(parse_yaml(text), id=page.name)
        for page in PAGES
        for text in FENCE.findall(page.read_text("utf-8"))
        if text.startswith("- action:")
    ]


@pytest.mark.parametrize("actions", steps())
async def test_an_example_does_what_it_does(
    hass: HomeAssistant, set_up: Builder, actions: Any
) -> None:
    await set_up((NEW, None))
    assert await async_setup_component(hass, "notify", {})
    sequence = await async_validate_actions_config(hass, cv.SCRIPT_SCHEMA(actions))
    await Script(hass, sequence, "example", "script").async_run(context=Context())


def test_there_are_examples() -> None:
    assert len(examples()) >= 3
    assert len(steps()) >= 1
