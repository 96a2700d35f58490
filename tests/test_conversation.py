"""The tools for language models in a conversation: Home Assistant's own agents, chat log and rights; only the model is made.

Home Assistant installs what its conversations need at run time; requirements_test.txt names it for these tests.
"""

from collections.abc import AsyncGenerator
from typing import Any, Final, Literal, override

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.helpers.entity_component import EntityComponent
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.twc_manager.charging.plans.request import EnergyGoal

from .scene import OLD, Builder, Scene
from .test_llm import OLD_NAME, START, hide, once

pytestmark = pytest.mark.starts_at(START)

SET_PLAN: Final = (
    "twc_manager__set_plan",
    {"wall_connector": OLD_NAME, "energy_kwh": 12.5, "ready": "07:00"},
)


class Agent(conversation.ConversationEntity):
    """An agent whose model asks for one tool, and then says what that has answered."""

    _attr_name = "Agent"
    entity_id = "conversation.agent"

    def __init__(self, tool: str, data: dict[str, Any]) -> None:
        self._call = llm.ToolInput(tool, data)
        self.offered: dict[str, llm.Tool] = {}
        self.results: list[llm.ToolResult] = []

    @property
    @override
    def supported_languages(self) -> Literal["*"]:
        return "*"

    @override
    async def _async_handle_message(self, user_input: Any, chat_log: Any) -> Any:
        context = user_input.as_llm_context("test")
        await chat_log.async_provide_llm_data(context, llm.LLM_API_ASSIST)
        self.offered = {tool.name: tool for tool in chat_log.llm_api.tools}
        async for content in chat_log.async_add_delta_content_stream(
            self.entity_id, self._asks()
        ):
            if content.role == "tool_result":
                self.results.append(content.result)
        async for _ in chat_log.async_add_delta_content_stream(
            self.entity_id, self._says()
        ):
            pass
        return conversation.async_get_result_from_chat_log(user_input, chat_log)

    async def _asks(self) -> AsyncGenerator[dict[str, Any]]:
        yield {"role": "assistant", "tool_calls": [self._call]}

    async def _says(self) -> AsyncGenerator[dict[str, Any]]:
        yield {"role": "assistant", "content": str(self.results[-1].data)}


async def talk(scene: Scene, agent: Agent, user: MockUser | None = None) -> str:
    """Return what an agent says to a user."""
    hass = scene.hass
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    component: EntityComponent[Any] = hass.data[conversation.DOMAIN]
    await component.async_add_entities([agent])
    result = await conversation.async_converse(
        hass,
        "Have 12.5 kWh in the car by seven.",
        None,
        Context(user_id=None if user is None else user.id),
        language="en",
        agent_id=agent.entity_id,
    )
    return str(result.response.speech["plain"]["speech"])


async def test_an_agent_sets_a_plan_and_hears_what_can_be_reached(
    hass: HomeAssistant, set_up: Builder, hass_admin_user: MockUser
) -> None:
    scene = await set_up((OLD, None))
    agent = Agent(*SET_PLAN)
    said = await talk(scene, agent, hass_admin_user)
    assert {name for name in agent.offered if name.startswith("twc_manager")} == {
        "twc_manager__get_charging",
        "twc_manager__set_plan",
        "twc_manager__cancel_plan",
    }
    assert [item.goal for item in once(scene)] == [EnergyGoal(12.5)]
    assert "'possible': True" in said and OLD_NAME in said


async def test_a_user_who_may_not_control_it_is_refused(
    hass: HomeAssistant, set_up: Builder, hass_read_only_user: MockUser
) -> None:
    scene = await set_up((OLD, None))
    agent = Agent(*SET_PLAN)
    await talk(scene, agent, hass_read_only_user)
    (result,) = agent.results
    assert result.error and once(scene) == []


async def test_an_agent_knows_nothing_of_what_is_not_exposed(
    hass: HomeAssistant, set_up: Builder, hass_admin_user: MockUser
) -> None:
    scene = await set_up((OLD, None))
    assert await async_setup_component(hass, "homeassistant", {})
    hide(scene, OLD)
    agent = Agent(*SET_PLAN)
    await talk(scene, agent, hass_admin_user)
    assert not [name for name in agent.offered if name.startswith("twc_manager")]
    assert agent.results[0].error and once(scene) == []
