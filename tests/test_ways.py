"""How many files of the integration three usual ways enter: the fewer, the sooner a change is found.

`scripts/test tests/test_ways.py -s` prints them, for docs/architecture.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import sys
from types import FrameType
from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager import const

from .helpers import quick_car
from .scene import OLD, Builder
from .vehicles.test_accounts import (
    entry,  # noqa: F401
    hass_config_dir,  # noqa: F401
    hass_storage,  # noqa: F401
    token_manager_of,
)

pytest_plugins = ["tests.cloud"]

ROOM = Path(const.__file__).parent


@contextmanager
def files_entered(way: str) -> Iterator[set[str]]:
    """Collect the files of the integration in which a function is called meanwhile, and print them."""
    files: set[str] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(ROOM):
            files.add(str(path.relative_to(ROOM)))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield files
    finally:
        sys.setprofile(before)
    sys.stdout.write("\n  ".join([f"\n{way}: {len(files)} files", *sorted(files), ""]))


async def test_from_a_byte_to_a_state(hass: HomeAssistant, set_up: Builder) -> None:
    scene = await set_up((OLD, quick_car()))
    (connector,) = scene.bus.connectors
    await scene.until(lambda: connector.drawn > 20)
    await scene.until(lambda: float(scene.state("sensor.current", OLD)) > 20)
    with files_entered("from a byte to a state") as files:
        connector.unplug()
        await scene.until(lambda: float(scene.state("sensor.current", OLD)) < 1)
    assert "twc/transport.py" in files
    assert "sensors/connector.py" in files


async def test_from_an_amps_number_to_the_wire(
    hass: HomeAssistant, set_up: Builder
) -> None:
    scene = await set_up((OLD, quick_car()))
    (connector,) = scene.bus.connectors
    await scene.until(lambda: connector.drawn > 20)
    with files_entered("from an amps number to the wire") as files:
        await scene.choose("number.charge_limit", 12, OLD)
        await scene.until(lambda: connector.offered == 12)
    assert "number.py" in files
    assert "twc/transport.py" in files


async def test_of_a_token_refresh(
    hass: HomeAssistant,
    entry: MockConfigEntry,  # noqa: F811
) -> None:
    token_manager = await token_manager_of(hass, entry)
    with files_entered("of a token refresh") as files:
        await token_manager.refresh()
        await hass.async_block_till_done()
    assert "tesla/tokens.py" in files
