"""Adds the integration through its config flow, as an owner does in the settings."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from .api import Api
from .errors import DemoError
from .plan import DOMAIN

_FLOWS: Final = "/api/config/config_entries/flow"
_LOOK_S: Final = 0.25
_WITHIN_S: Final = 90.0
# The scan of the bus must end here; the other steps report problems.
_GOOD_ENDING: Final = "found"
_OFFER_OF_ACCOUNT: Final = "save"


class FlowError(DemoError):
    """The config flow went another way than it should have."""


class FlowWalk:
    """One pass through the flow; records its steps."""

    def __init__(self, api: Api, answers: Mapping[str, Any]) -> None:
        """Create a pass with answers by field name."""
        self._api = api
        self._answers = answers
        self.steps: list[str] = []
        self.found = ""

    async def walk(self) -> None:
        """Add the integration; raises FlowError if the flow cannot continue."""
        step = await self._api.post(_FLOWS, {"handler": DOMAIN})
        try:
            async with asyncio.timeout(_WITHIN_S):
                while step["type"] != "create_entry":
                    self._note(step)
                    step = await self._next(step)
        except TimeoutError as error:
            msg = f"the config flow was not through after {_WITHIN_S:.0f} s; seen: {self.steps}"
            raise FlowError(msg) from error

    def _note(self, step: dict[str, Any]) -> None:
        name = step.get("step_id") or step["type"]
        if name not in self.steps:
            self.steps.append(name)

    async def _next(self, step: dict[str, Any]) -> dict[str, Any]:
        """Complete a step as an owner does, and return the next one."""
        address = f"{_FLOWS}/{step['flow_id']}"
        match step["type"]:
            case "form" if not step.get("errors"):
                answer = self._fill_in(step)
            case "menu" if step["step_id"] == _GOOD_ENDING:
                self.found = str(step["description_placeholders"]["connectors"])
                answer = {"next_step_id": "save"}
            case "menu" if step["step_id"] == _OFFER_OF_ACCOUNT:
                answer = {"next_step_id": "skip_account"}
            case "progress":
                await asyncio.sleep(_LOOK_S)
                return await self._read(address)
            case _:
                msg = f"the config flow went wrong at {self.steps}: {step}"
                raise FlowError(msg)
        result: dict[str, Any] = await self._api.post(address, answer)
        return result

    async def _read(self, address: str) -> dict[str, Any]:
        result: dict[str, Any] = await self._api.get(address)
        return result

    def _fill_in(self, step: dict[str, Any]) -> dict[str, Any]:
        names = [field["name"] for field in step["data_schema"]]
        unknown = [
            field["name"]
            for field in step["data_schema"]
            if field.get("required")
            and "default" not in field
            and field["name"] not in self._answers
        ]
        if unknown:
            msg = f"the step {step['step_id']} asks for what the demo has no answer to: {unknown}"
            raise FlowError(msg)
        return {name: self._answers[name] for name in names if name in self._answers}
