"""Adds the made-up Tesla account, its cars and a plan through their flows, as an owner does in the settings."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from .api import Api
from .entities import entry_of
from .errors import DemoError
from .plan import BY_ACCOUNT, IN_ACCOUNT, PLAN
from .world import World

_FLOWS: Final = "/api/config/config_entries/subentries/flow"
_TIMES: Final = ("07:00:00", "17:00:00")
_CHOICE: Final = timedelta(hours=6)

type Answers = Sequence[Mapping[str, Any]]


class SubentryError(DemoError):
    """A subentry's flow went another way than it should have."""


async def add_account_and_cars(api: Api, world: World) -> None:
    """Add the account and its cars; a connector that reads no VIN is assigned to its car."""
    entry_id = (await entry_of(api))["entry_id"]
    await walk_subentry(api, entry_id, "tesla_account", _account(world))
    by_vin = {twc.car.vin: twc.id for twc in world.bus.connectors if twc.car}
    for car in world.account.cars:
        assigned = (
            {"connector": f"{BY_ACCOUNT:04X}"} if by_vin[car.vin] == BY_ACCOUNT else {}
        )
        known = {"vin": car.vin, "capacity": car.car.battery_kwh}
        answers = ({"next_step_id": "account"}, {**known, **assigned})
        await walk_subentry(api, entry_id, "vehicle", answers)


async def add_plan(api: Api) -> None:
    """Add a plan for a car of the account: half full every day, charged in the cheapest times."""
    entry_id = (await entry_of(api))["entry_id"]
    car = await subentry_of(api, "vehicle", IN_ACCOUNT[BY_ACCOUNT])
    answers = (
        {"next_step_id": "weekly"},
        {
            "name": PLAN,
            "car": f"vehicle_{car}",
            "goal": "percent",
            "amount": 50,
            "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
            "at": _ready_at(datetime.now()),
            "strategy": "cheapest",
            "keep": 0,
        },
    )
    await walk_subentry(api, entry_id, "plan", answers)


def _ready_at(now: datetime) -> str:
    """Return a time of day that leaves a plan some choice: the next one to leave at, or else the one after it."""
    earliest = (now + _CHOICE).time()
    return next((at for at in _TIMES if earliest <= time.fromisoformat(at)), _TIMES[0])


async def subentry_of(api: Api, kind: str, title: str) -> str:
    """Return the id of what was added, by its kind and its title; StopIteration if there is none."""
    entry_id = (await entry_of(api))["entry_id"]
    subentries = await api.ask("config_entries/subentries/list", entry_id=entry_id)
    return next(
        str(item["subentry_id"])
        for item in subentries
        if (item["subentry_type"], item["title"]) == (kind, title)
    )


def _account(world: World) -> Answers:
    return (
        {"next_step_id": "fleet"},
        {
            "client_id": world.account.client_id,
            "refresh_token": world.account.refresh_token,
            "advanced": {"base_url": world.cloud.url()},
        },
    )


async def walk_subentry(api: Api, entry_id: str, kind: str, answers: Answers) -> None:
    """Go through a flow with answers; raises SubentryError if it cannot continue."""
    step = await api.post(_FLOWS, {"handler": [entry_id, kind]})
    for answer in answers:
        step = await api.post(f"{_FLOWS}/{step['flow_id']}", answer)
    if step["type"] != "create_entry":
        msg = f"adding a {kind} stopped at {step.get('step_id')}: {step.get('errors') or step}"
        raise SubentryError(msg)
