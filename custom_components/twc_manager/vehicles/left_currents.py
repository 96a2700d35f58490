"""Finds the vehicles that a removed bus leaves with less current, which nothing restores any more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..charging.control.current_states import EQUAL_AMPS, StoredCurrent
from ..types import TwcConfigEntry
from ..untrusted import number_of
from .config import vehicle_config


@dataclass(frozen=True, slots=True)
class LeftCurrent:
    """A vehicle that is left with less current than its owner has set.

    Attributes:
        vehicle: its name.
        owner: the A that its owner had set.

    """

    vehicle: str
    owner: float


def left_currents(
    hass: HomeAssistant, entry: TwcConfigEntry, stored: Mapping[str, StoredCurrent]
) -> Iterator[LeftCurrent]:
    """Yield the vehicles of a bus whose numbers do not show their owners' values again."""
    registry = er.async_get(hass)
    names = {
        config.data.charge_current: config.name
        for config in vehicle_config(entry).vehicles.values()
    }
    for key, current in stored.items():
        if (given := current.given) is None:
            continue
        entity_id = er.async_resolve_entity_id(registry, key) or key
        state = hass.states.get(entity_id)
        shown = None if state is None else number_of(state.state)
        if shown is None or abs(shown - given.owner) > EQUAL_AMPS:
            yield LeftCurrent(names.get(entity_id, entity_id), given.owner)
