"""Tools for language models: they read what wall connectors do, and set plans for the vehicles there.

A model sees only the wall connectors whose switch *Charge* is exposed to its assistant. The tools call the actions of
the integration with the rights of the user who talks to the model. Names and descriptions are meant for the model, and
are in English like those of Home Assistant's own tools.
"""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
import re
from typing import Any, Final, override

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.components.llm import LLMTools
from homeassistant.const import ATTR_DEVICE_ID, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN
from .state.devices import device_id_at
from .state.identifiers import connector_key
from .state.names import connector_names
from .state.notation import Texts
from .state.sentence import sentence
from .state.texts import async_texts
from .twc import format_id
from .types import TwcConfigEntry
from .vehicles.vehicle_data import name_of

ATTR_CONNECTOR: Final = "wall_connector"
ATTR_READY: Final = "ready"

_EXPOSED: Final = "charge"
"""The key of the switch that is exposed with its connector."""
_GOALS: Final = {"level_percent": "level", "energy_kwh": "energy", "hours": "hours"}
"""The field of the action for each field of the tool."""
_OF_PLAN: Final = (
    *("plan", "goal", "goal_unit", "ready", "state", "feasible"),
    *("next_start", "next_end", "cost", "currency", "missing_kwh", "possible_level"),
)
_OF_REACH: Final = ("possible", "needed_kwh", "possible_kwh", "possible_level")
_TIME_OF_DAY: Final = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")


class _ToolError(HomeAssistantError):
    """What a model asked for is not possible."""


@dataclass(frozen=True, slots=True)
class _Connector:
    """A wall connector that is exposed, and its name."""

    entry: TwcConfigEntry
    connector_id: int
    device_id: str
    name: str

    @property
    def vehicle(self) -> str | None:
        """Return the name of the vehicle that is plugged in; None if it is not known."""
        matched = self.entry.runtime_data.vehicles.matches.at_connectors
        return name_of(self.entry, matched.get(self.connector_id))


@callback
def async_get_tools(
    hass: HomeAssistant, llm_context: LLMContext, api_id: str
) -> LLMTools | None:
    """Return the tools, if a wall connector is exposed to the assistant."""
    if api_id != LLM_API_ASSIST:
        return None
    names = list(_by_name(_exposed(hass, llm_context.assistant)))
    if not names:
        return None
    return LLMTools([tool(names) for tool in (GetCharging, SetPlan, CancelPlan)])


def _exposed(hass: HomeAssistant, assistant: str) -> list[_Connector]:
    """Return the wall connectors that are exposed to an assistant."""
    entries: list[TwcConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return [
        connector
        for entry in entries
        for connector in _connectors_of(hass, entry)
        if _is_exposed(hass, connector, assistant)
    ]


def _connectors_of(hass: HomeAssistant, entry: TwcConfigEntry) -> Iterator[_Connector]:
    for connector_id, name in connector_names(hass, entry).items():
        device_id = device_id_at(hass, entry.entry_id, connector_id)
        if device_id is not None:
            name = name or format_id(connector_id)
            yield _Connector(entry, connector_id, device_id, name)


def _is_exposed(hass: HomeAssistant, connector: _Connector, assistant: str) -> bool:
    key = connector_key(connector.entry.entry_id, connector.connector_id)
    entity_id = er.async_get(hass).async_get_entity_id(
        Platform.SWITCH, DOMAIN, f"{key}_{_EXPOSED}"
    )
    return entity_id is not None and async_should_expose(hass, assistant, entity_id)


def _by_name(connectors: Iterable[_Connector]) -> dict[str, _Connector]:
    """Return the wall connectors by their names, and by those of the vehicles that are plugged in."""
    found: dict[str, _Connector] = {}
    for connector in connectors:
        name = connector.name
        if name in found:
            name = f"{name} ({connector.entry.title} {connector.connector_id:04X})"
        found[name] = connector
    for connector in list(found.values()):
        if (vehicle := connector.vehicle) is not None:
            found.setdefault(vehicle, connector)
    return found


class _ConnectorTool(Tool):
    """A tool for wall connectors."""

    integration = DOMAIN

    def __init__(self, names: Iterable[str]) -> None:
        """Offer the names of wall connectors, and of the vehicles there."""
        # mypy sees another class than Home Assistant's schema, although it is the same one.
        schema: Any = vol.Schema(
            {
                vol.Optional(
                    ATTR_CONNECTOR,
                    description="Its name, or that of the vehicle that is plugged in",
                ): vol.In(list(names)),
                **self._fields(),
            }
        )
        self.parameters = schema

    def _fields(self) -> Mapping[Any, Any]:
        """Return the other parameters."""
        return {}

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Run the tool; an error is returned as its message."""
        # Models fill in the fields that they leave open with None or an empty text.
        given = {
            key: value
            for key, value in tool_input.tool_args.items()
            if value is not None and value != ""
        }
        try:
            answer = await self._async_do(hass, self.parameters(given), llm_context)
        except (vol.Invalid, HomeAssistantError) as err:
            return ToolResult(data={"error": str(err)}, error=True)
        return ToolResult(data=answer)

    @abstractmethod
    async def _async_do(
        self, hass: HomeAssistant, data: Mapping[str, Any], llm_context: LLMContext
    ) -> dict[str, Any]:
        """Run the tool and return its result; raises what the actions raise."""


class GetCharging(_ConnectorTool):
    """Reads what wall connectors do, and their plans."""

    name = f"{DOMAIN}__get_charging"
    title = "Get charging"
    description = (
        "Get what the wall connectors for electric vehicles do and why, what is plugged in, "
        "and by which plans vehicles will be ready. Without a name, all of them."
    )
    annotations = ToolAnnotations(
        read_only=True, destructive=False, idempotent=True, open_world=False
    )

    @override
    async def _async_do(
        self, hass: HomeAssistant, data: Mapping[str, Any], llm_context: LLMContext
    ) -> dict[str, Any]:
        connectors = _exposed(hass, llm_context.assistant)
        if ATTR_CONNECTOR in data:
            connectors = [_the_one(connectors, data)]
        texts = await async_texts(hass, llm_context.language or hass.config.language)
        return {
            "wall_connectors": [
                _as_answer(item, await _async_plans(hass, item, llm_context), texts)
                for item in connectors
            ]
        }


class SetPlan(_ConnectorTool):
    """Sets a plan for a single time."""

    name = f"{DOMAIN}__set_plan"
    title = "Set charging plan"
    description = (
        "Have the vehicle at a wall connector ready by a time, at the least cost. Give exactly one goal. "
        "It replaces the plan that was set so before for the same wall connector."
    )
    annotations = ToolAnnotations(idempotent=True, open_world=False)

    @override
    def _fields(self) -> Mapping[Any, Any]:
        return {
            vol.Optional(
                "level_percent", description="Goal: the level of the battery, 1 to 100"
            ): vol.Coerce(float),
            vol.Optional(
                "energy_kwh", description="Goal: energy to charge from now on"
            ): vol.Coerce(float),
            vol.Optional(
                "hours", description="Goal: hours of charging from now on"
            ): vol.Coerce(float),
            vol.Required(
                ATTR_READY,
                description="Local time: HH:MM for the next time the clock shows it, or YYYY-MM-DD HH:MM",
            ): str,
            vol.Optional(
                "strategy",
                description="In the cheapest times, in one block, or as late as possible",
            ): vol.In(["cheapest", "one_block", "latest"]),
        }

    @override
    async def _async_do(
        self, hass: HomeAssistant, data: Mapping[str, Any], llm_context: LLMContext
    ) -> dict[str, Any]:
        connector = _the_one(_exposed(hass, llm_context.assistant), data)
        ready: str = data[ATTR_READY].strip()
        field = "time" if _TIME_OF_DAY.fullmatch(ready) else "date_time"
        request = {
            field: ready,
            **{
                action: data[field] for field, action in _GOALS.items() if field in data
            },
            **{key: data[key] for key in ("strategy",) if key in data},
        }
        answer = await _async_act(
            hass, "set_plan", connector, llm_context, request, answers=True
        )
        (plan,) = answer["plans"]
        reach = {key: plan[key] for key in _OF_REACH if plan[key] is not None}
        return {"success": True, ATTR_CONNECTOR: connector.name, **reach}


class CancelPlan(_ConnectorTool):
    """Cancels a plan that was set for a single time."""

    name = f"{DOMAIN}__cancel_plan"
    title = "Cancel charging plan"
    description = (
        "Cancel the plan that was set for a single time at a wall connector. "
        "Plans that its owner has added in the settings stay."
    )
    annotations = ToolAnnotations(idempotent=True, open_world=False)

    @override
    async def _async_do(
        self, hass: HomeAssistant, data: Mapping[str, Any], llm_context: LLMContext
    ) -> dict[str, Any]:
        connector = _the_one(_exposed(hass, llm_context.assistant), data)
        once = connector.entry.runtime_data.plans.settings.once
        if all(item.connector_id != connector.connector_id for item in once):
            raise _ToolError(f"No plan was set for a single time at {connector.name}")
        await _async_act(hass, "cancel_plan", connector, llm_context, {})
        return {"success": True, ATTR_CONNECTOR: connector.name}


def _the_one(connectors: Iterable[_Connector], data: Mapping[str, Any]) -> _Connector:
    """Return the wall connector that is named, or the only one.

    Raises:
        _ToolError: if it is no longer exposed, or several are exposed and none is named.

    """
    found = _by_name(connectors)
    if ATTR_CONNECTOR in data:
        if (connector := found.get(data[ATTR_CONNECTOR])) is None:
            raise _ToolError(f"{data[ATTR_CONNECTOR]} is not there any more")
        return connector
    different = {item.device_id: item for item in found.values()}
    if len(different) != 1:
        raise _ToolError(f"Say which one: {', '.join(found)}")
    return next(iter(different.values()))


async def _async_act(
    hass: HomeAssistant,
    action: str,
    connector: _Connector,
    llm_context: LLMContext,
    data: Mapping[str, Any],
    *,
    answers: bool = False,
) -> Any:
    """Call an action for a wall connector with the rights of the user; return its response and raise its errors."""
    return await hass.services.async_call(
        DOMAIN,
        action,
        {ATTR_DEVICE_ID: connector.device_id, **data},
        blocking=True,
        context=llm_context.context,
        return_response=answers,
    )


async def _async_plans(
    hass: HomeAssistant, connector: _Connector, llm_context: LLMContext
) -> list[dict[str, Any]]:
    """Return the plans at a wall connector without their single slots."""
    answer = await _async_act(
        hass, "get_plan", connector, llm_context, {}, answers=True
    )
    return [
        {key: plan[key] for key in _OF_PLAN if plan[key] is not None}
        for item in answer["connectors"]
        for plan in item["plans"]
    ]


def _as_answer(
    connector: _Connector, plans: list[dict[str, Any]], texts: Texts
) -> dict[str, Any]:
    """Return what a wall connector does."""
    data = connector.entry.runtime_data.data
    reading = data.connectors.get(connector.connector_id)
    if reading is None:
        return {"name": connector.name, "status": "unavailable"}
    explanation = data.explanations.get(connector.connector_id)
    return {
        "name": connector.name,
        "vehicle": connector.vehicle,
        "plugged_in": reading.plugged_in,
        "status": reading.status.value,
        "power_kw": round(reading.power / 1000, 2),
        "explanation": explanation
        and sentence(explanation.statement, texts, dt_util.now()),
        "plans": plans,
    }
