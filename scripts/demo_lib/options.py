"""Sets the demo's meters in the options flow of the integration."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .api import Api
from .entities import entry_of, template_entity
from .errors import DemoError
from .plan import GRID_METER, MAIN_FUSE, PRICE
from .prices import FEED_IN

_FLOWS: Final = "/api/config/config_entries/options/flow"

type Answers = Sequence[Mapping[str, Any]]

_STARTS: Final[Answers] = (
    {"next_step_id": "behaviour"},
    {"starts_per_hour": 30},
)
_FORECAST: Final[Answers] = (
    {"next_step_id": "forecast"},
    {"forecast": True},
)


class OptionsError(DemoError):
    """The options flow went another way than it should have."""


async def choose_options(api: Api, line: int = 0, *, has_fuse: bool = False) -> None:
    """Choose the grid meter, the made prices and forecast, and a maximum of starts per hour that suits a demo.

    With `has_fuse` also the main fuse, watched by the same meter.
    """
    entry_id = (await entry_of(api, line))["entry_id"]
    meter = await template_entity(api, GRID_METER)
    if has_fuse:
        await walk_options(api, entry_id, _fuse(meter))
    await walk_options(api, entry_id, _green(meter))
    await walk_options(api, entry_id, _STARTS)
    await walk_options(api, entry_id, _prices(await template_entity(api, PRICE)))
    await walk_options(api, entry_id, _FORECAST)


async def forecast_of_tomorrow(api: Api) -> str:
    """Return what the form of the forecast says that the house leaves of the sun tomorrow."""
    entry_id = (await entry_of(api))["entry_id"]
    step = await api.post(_FLOWS, {"handler": entry_id})
    address = f"{_FLOWS}/{step['flow_id']}"
    step = await api.post(address, {"next_step_id": "forecast"})
    return str(step["description_placeholders"]["left_tomorrow"])


def _green(meter: str) -> Answers:
    return (
        {"next_step_id": "green"},
        {"next_step_id": "green_grid"},
        {"green_grid": meter, "green_grid_positive": "import"},
        {"next_step_id": "save"},
    )


def _fuse(meter: str) -> Answers:
    return (
        {"next_step_id": "fuse"},
        {"fuse_size": MAIN_FUSE, "fuse_power": meter},
        {"next_step_id": "save"},
    )


def _prices(entity: str) -> Answers:
    return (
        {"next_step_id": "prices"},
        {"next_step_id": "prices_entity"},
        {"price_entity": entity, "feed_in": "fixed", "feed_in_price": FEED_IN},
        {"next_step_id": "save"},
    )


async def walk_options(api: Api, entry_id: str, answers: Answers) -> None:
    """Go through the flow with answers; raises OptionsError if it cannot continue."""
    step = await api.post(_FLOWS, {"handler": entry_id})
    for answer in answers:
        if step["type"] == "create_entry":
            break
        step = await api.post(f"{_FLOWS}/{step['flow_id']}", answer)
    if step["type"] != "create_entry":
        msg = f"the options flow stopped at {step.get('step_id')}: {step.get('errors')}"
        raise OptionsError(msg)
