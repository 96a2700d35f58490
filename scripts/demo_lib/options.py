"""Telling the integration of the demo's meters and cars, through its real options flow."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .api import Api
from .entities import entry_of, template_entity
from .errors import DemoError
from .plan import CAR_SWITCHES, GRID_METER

_FLOWS: Final = "/api/config/config_entries/options/flow"

type Answers = Sequence[Mapping[str, Any]]


class OptionsError(DemoError):
    """The options flow went another way than it should have."""


async def choose_options(api: Api) -> None:
    """Choose the grid's meter and the switches of the cars that 0 A does not stop."""
    entry_id = (await entry_of(api))["entry_id"]
    meter = await template_entity(api, GRID_METER)
    await _walk(api, entry_id, _green(meter))
    for connector_id, unique_id in CAR_SWITCHES.items():
        switch = await template_entity(api, unique_id)
        await _walk(api, entry_id, _car(connector_id, switch))


def _green(meter: str) -> Answers:
    return (
        {"next_step_id": "green"},
        {"next_step_id": "green_grid"},
        {"green_grid": meter, "green_grid_positive": "import"},
        {"next_step_id": "save"},
    )


def _car(connector_id: int, switch: str) -> Answers:
    return (
        {"next_step_id": "cars"},
        {"connector": str(connector_id)},
        {"car_switch": switch},
    )


async def _walk(api: Api, entry_id: str, answers: Answers) -> None:
    """Go through the flow with these answers; raises OptionsError where a person would be stuck."""
    step = await api.post(_FLOWS, {"handler": entry_id})
    for answer in answers:
        if step["type"] == "create_entry":
            break
        step = await api.post(f"{_FLOWS}/{step['flow_id']}", answer)
    if step["type"] != "create_entry":
        msg = f"the options flow stopped at {step.get('step_id')}: {step.get('errors')}"
        raise OptionsError(msg)
