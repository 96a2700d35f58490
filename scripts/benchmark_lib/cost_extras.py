"""What the scenes of the cost benchmark may have besides the bus: a keeper before its port, or plans."""

from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Final

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.const import CONF_DEVICE

from scripts.demo_lib.net import HOST

_PLAN: Final = {
    "goal": "energy",
    "amount": 1000.0,
    "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    "at": "07:00:00",
    "strategy": "at_once",
    "keep": 0,
}
"""A goal that is not reached while the benchmark runs, so that the cars charge as without it."""


class With(StrEnum):
    """What a scene has besides the bus."""

    NOTHING = "nothing"
    KEEPER = "keeper"
    """A keeper in a process of its own, which is not measured."""
    PLANS = "plans"
    """A plan for each connector."""
    PARTS = "parts"
    """Nothing, but the parts of the cost are measured, which itself costs a little."""


@asynccontextmanager
async def ways_to(
    ports: list[str], folder: Path, extra: With
) -> AsyncGenerator[list[dict[str, str]]]:
    """Give what the entry of each bus has to say of its port; run a keeper before each if there are to be keepers."""
    if extra is not With.KEEPER:
        yield [{CONF_DEVICE: port} for port in ports]
        return
    # Not above: the set-up of the other scenes is measured before the integration is imported.
    keeper = import_module(".keeper_program", __package__)
    package = folder / "twc-keeper.pyz"
    keeper.pack_keeper(package)
    with ExitStack() as stack:
        ways: list[dict[str, str]] = []
        for number, port in enumerate(ports):
            program = stack.enter_context(
                keeper.running_keeper(package, port, folder / f"keeper-{number}")
            )
            await program.up()
            device = f"socket://{HOST}:{program.tcp_port}"
            ways.append({CONF_DEVICE: device, "keeper_key": program.key})
        yield ways


def plans_for(connector_ids: tuple[int, ...]) -> list[ConfigSubentryData]:
    """Return a plan for each connector."""
    return [
        ConfigSubentryData(
            data={**_PLAN, "connector": f"{item:04X}"},
            subentry_type="plan",
            title=f"Plan {item:04X}",
            unique_id=None,
        )
        for item in connector_ids
    ]
