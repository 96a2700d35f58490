"""The documentation: Home Assistant takes its examples as they are, and the texts that it quotes are there."""

import json
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


def _with_gaps(text: str) -> str:
    """Return a pattern for a text in which dots stand for what differs."""
    return ".+?".join(map(re.escape, text.split("...")))


def _logged() -> str:
    """Return the source of the integration, with texts that are written in several pieces joined."""
    folder = ROOT / "custom_components" / "twc_manager"
    text = "\n".join(path.read_text("utf-8") for path in folder.rglob("*.py"))
    return re.sub(r'"\s*\n\s*f?"', "", text)


def test_a_line_of_the_log_is_one_that_is_written() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    table = page.partition("## Lines in the log")[2].partition("\n## ")[0]
    cells = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    lines = [line for cell in cells for line in re.findall(r"`([^`]+)`", cell)]
    assert len(lines) > 15
    source = _logged()
    words = {line: ".+?".join(map(re.escape, line.split("..."))) for line in lines}
    missing = [
        line
        for line, pattern in words.items()
        if not re.search(f'"[^"\n]*{pattern.strip()}', source)
    ]
    assert missing == []


def test_every_reason_of_limited_by_is_explained() -> None:
    file = ROOT / "custom_components" / "twc_manager" / "translations" / "en.json"
    reasons = json.loads(file.read_text("utf-8"))["entity"]["sensor"]["limited_by"]
    page = (ROOT / "docs" / "entities.md").read_text("utf-8")
    table = page.partition("\n## Limited by\n")[2].partition("\n## ")[0]
    explained = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    assert sorted(explained) == sorted(reasons["state"].values())


def test_a_refusal_is_a_message_of_the_integration() -> None:
    file = ROOT / "custom_components" / "twc_manager" / "translations" / "en.json"
    messages = json.loads(file.read_text("utf-8"))["exceptions"].values()
    texts = "\n".join(item["message"] for item in messages)
    page = (ROOT / "docs" / "actions.md").read_text("utf-8")
    table = page.partition("### When an action is refused")[2].partition("\n## ")[0]
    cells = [row.split("|")[1] for row in table.splitlines() if row.startswith("|")]
    quoted = [text for cell in cells for text in re.findall(r"\*([^*]+)\*", cell)]
    assert len(quoted) > 15
    missing = {text for text in quoted if not re.search(_with_gaps(text), texts)}
    assert missing == {"Unauthorized"}
