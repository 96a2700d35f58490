"""Adds the made-up Tesla account and its cars through their flows, as an owner does in the settings."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .api import Api
from .entities import entry_of
from .errors import DemoError
from .plan import BY_ACCOUNT
from .world import World

_FLOWS: Final = "/api/config/config_entries/subentries/flow"

type Answers = Sequence[Mapping[str, Any]]


class SubentryError(DemoError):
    """A subentry's flow went another way than it should have."""


async def add_account_and_cars(api: Api, world: World) -> None:
    """Add the account and its cars; a connector that reads no VIN is assigned to its car."""
    entry_id = (await entry_of(api))["entry_id"]
    await _walk(api, entry_id, "tesla_account", _account(world))
    by_vin = {twc.car.vin: twc.id for twc in world.bus.connectors if twc.car}
    for car in world.account.cars:
        assigned = (
            {"connector": f"{BY_ACCOUNT:04X}"} if by_vin[car.vin] == BY_ACCOUNT else {}
        )
        answers = ({"next_step_id": "account"}, {"vin": car.vin, **assigned})
        await _walk(api, entry_id, "vehicle", answers)


def _account(world: World) -> Answers:
    return (
        {"next_step_id": "fleet"},
        {
            "client_id": world.account.client_id,
            "refresh_token": world.account.refresh_token,
            "advanced": {"base_url": world.cloud.url()},
        },
    )


async def _walk(api: Api, entry_id: str, kind: str, answers: Answers) -> None:
    """Go through a flow with answers; raises SubentryError if it cannot continue."""
    step = await api.post(_FLOWS, {"handler": [entry_id, kind]})
    for answer in answers:
        step = await api.post(f"{_FLOWS}/{step['flow_id']}", answer)
    if step["type"] != "create_entry":
        msg = f"adding a {kind} stopped at {step.get('step_id')}: {step.get('errors') or step}"
        raise SubentryError(msg)
