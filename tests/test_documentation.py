"""The examples in the documentation: Home Assistant takes them as they are."""

from pathlib import Path
import re
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util.yaml import parse_yaml
import pytest

from .automations import async_automate
from .scene import NEW, Builder

ROOT: Final = Path(__file__).parents[1]
FENCE: Final = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def examples() -> list[Any]:
    """Return the automations of all pages, with where they are."""
    return [
        pytest.param(automation, id=f"{page.name}: {automation['alias']}")
        for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
        for text in FENCE.findall(page.read_text("utf-8"))
        if text.startswith("automation:")
        for automation in parse_yaml(text)["automation"]
    ]


@pytest.mark.parametrize("automation", examples())
async def test_an_example_is_an_automation(
    hass: HomeAssistant, set_up: Builder, automation: dict[str, Any]
) -> None:
    await set_up((NEW, None))
    assert await async_automate(hass, automation) == []


def test_there_are_examples() -> None:
    assert len(examples()) >= 3
