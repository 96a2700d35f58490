"""A person who clicks through the flow of a subentry; every answer is checked for its words."""

from typing import Any, ClassVar

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .steps import TRANSLATIONS, check_texts


class SubentryClicks:
    """A flow that asks for one form, and may warn before it saves.

    Attributes:
        kind: the kind of the subentry.
        first: the step in which one is added.
        warning: the step of the warning.
        sometimes: the fields that the form does not always have.

    """

    kind: ClassVar[str]
    first: ClassVar[str]
    warning: ClassVar[str]
    sometimes: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, hass: HomeAssistant, entry: MockConfigEntry) -> None:
        self.hass = hass
        self.entry = entry
        self.result: Any

    async def begin(self, *path: str, change: str | None = None) -> Any:
        """Add one, or change the one of this name, and click through menus."""
        context: dict[str, Any] = {"source": SOURCE_USER}
        if change is not None:
            context = {
                "source": SOURCE_RECONFIGURE,
                "subentry_id": self.id_of(change),
            }
        self._keep(
            await self.hass.config_entries.subentries.async_init(
                (self.entry.entry_id, self.kind), context=context
            )
        )
        for option in path:
            assert option in self.result["menu_options"]
            await self.enter(next_step_id=option)
        return self.result

    async def enter(self, **user_input: Any) -> Any:
        return self._keep(
            await self.hass.config_entries.subentries.async_configure(
                self.result["flow_id"], user_input
            )
        )

    async def add(self, step: str | None = None, **user_input: Any) -> None:
        await self.begin(step or self.first)
        result = await self.save(**user_input)
        assert result["type"] is FlowResultType.CREATE_ENTRY

    async def save(self, **user_input: Any) -> Any:
        """Fill in the form, and save also after a warning."""
        result = await self.enter(**user_input)
        if result["type"] is FlowResultType.MENU:
            assert result["step_id"] == self.warning
            result = await self.enter(next_step_id="save")
        return result

    def id_of(self, name: str) -> str:
        return next(
            subentry.subentry_id
            for subentry in self.entry.subentries.values()
            if subentry.title == name
        )

    def stored(self) -> dict[str, dict[str, Any]]:
        """Return what is kept, by name."""
        return {
            subentry.title: dict(subentry.data)
            for subentry in self.entry.get_subentries_of_type(self.kind)
        }

    def _keep(self, result: Any) -> Any:
        texts = TRANSLATIONS["config_subentries"][self.kind]
        check_texts(result, texts, self.sometimes)
        self.result = result
        return result
