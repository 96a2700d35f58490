"""Two lines: two buses, each with its own port, connector and car."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.twc_manager.const import CONF_MIN_CURRENT
from simulator import Bus

from .adapters import MemoryAdapter
from .helpers import quick_car
from .scene import OLD, OTHER, Builder, Scene


@dataclass
class Lines:
    """Two lines that are set up."""

    one: Scene
    two: Scene
    adapter: MemoryAdapter
    """The adapter of the second line."""

    @property
    def offered(self) -> tuple[float, float]:
        return tuple(item.bus.connectors[0].offered for item in (self.one, self.two))  # type: ignore[return-value]

    @property
    def drawn(self) -> float:
        return sum(item.bus.connectors[0].drawn for item in (self.one, self.two))

    def let_rules_of_second_fail(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*args: object) -> None:
            raise ValueError("made up")

        rules = self.two.entry.runtime_data._rules.rules
        monkeypatch.setattr(rules, "decide", fail)


@dataclass
class LinesBuilder:
    """Sets up both lines, each with a car on a connector."""

    hass: HomeAssistant
    storage: dict[str, Any]
    first: Builder
    first_entry: MockConfigEntry
    bus: Bus
    """The second bus."""
    adapter: MemoryAdapter
    """Its adapter."""
    entry: MockConfigEntry
    """Its entry."""

    async def __call__(
        self,
        *,
        subentries: Iterable[ConfigSubentry] = (),
        shared: Mapping[str, Any] = MappingProxyType({}),
        **options: Any,
    ) -> Lines:
        """Set up both; `subentries` and options are those of the first one, `shared` are options of both."""
        data = {**self.first_entry.data, CONF_MIN_CURRENT: 6}
        self.hass.config_entries.async_update_entry(self.first_entry, data=data)
        one = await self.first(
            (OLD, quick_car()), subentries=subentries, **shared, **options
        )
        # Both would be set up with the first one.
        self.entry.add_to_hass(self.hass)
        second = Builder(self.hass, self.storage, self.bus, self.entry)
        two = await second((OTHER, quick_car()), **shared)
        return Lines(one, two, self.adapter)
