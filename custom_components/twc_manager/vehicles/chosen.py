"""The vehicles that the owner has chosen as plugged in, which count more than the automatic matching."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from ..charging.control.vehicle_facts import ConnectorFacts, PlugIn

GUEST: Final = "guest"
"""Stands for the vehicle of a guest; it cannot be mistaken for the id of a vehicle, which is longer."""

_CERTAIN_S: Final = 10.0
"""After a start, a choice ends only if the connector has reported no vehicle for this time in s."""


class ChosenVehicles:
    """The vehicles that the owner has chosen, by connector; each choice holds until the vehicle is unplugged."""

    def __init__(self, stored: Mapping[int, str], changed: Callable[[], None]) -> None:
        """Continue from `stored`; `changed` is called when a choice ends by itself."""
        self._chosen = {**stored}
        self._during = {at: PlugIn(at, None) for at in stored}
        """The plug-in during which each was chosen; for a choice from before a restart, one without a beginning."""
        self._seen: dict[int, PlugIn] = {}
        self._changed = changed

    @property
    def by_connector(self) -> Mapping[int, str]:
        """Return the id of the vehicle, or `GUEST`, by connector."""
        return {**self._chosen}

    @property
    def guests(self) -> frozenset[int]:
        """Return the connectors with a vehicle of another owner."""
        return frozenset(at for at, chosen in self._chosen.items() if chosen == GUEST)

    def choose(self, connector_id: int, chosen: str | None) -> None:
        """Choose a vehicle or `GUEST`; None returns to the automatic matching. A vehicle can be at one connector only."""
        if chosen is not None and chosen != GUEST:
            self._drop(at for at, other in self._chosen.items() if other == chosen)
        if chosen is None:
            self._chosen.pop(connector_id, None)
        else:
            self._chosen[connector_id] = chosen
            there = self._seen.get(connector_id, PlugIn(connector_id, None))
            self._during[connector_id] = there

    def keep(self, vehicle_ids: Collection[str]) -> None:
        """Drop the choices of vehicles that were removed."""
        self._drop(
            at
            for at, chosen in self._chosen.items()
            if chosen != GUEST and chosen not in vehicle_ids
        )

    def update(self, now: float, connectors: Iterable[ConnectorFacts]) -> None:
        """End the choices of vehicles that were unplugged; `now` is in s of the clock of the connectors."""
        ended: list[int] = []
        for item in connectors:
            at = item.connector_id
            if at in self._chosen and self._has_ended(now, item):
                ended.append(at)
            if item.plugged:
                self._seen[at] = item.plug_in
            else:
                self._seen.pop(at, None)
        if ended:
            self._drop(ended)
            self._changed()

    def _has_ended(self, now: float, item: ConnectorFacts) -> bool:
        if item.plugged:
            return item.plug_in != self._during[item.connector_id]
        return item.connector_id in self._seen or item.heard_since <= now - _CERTAIN_S

    def assignments(self, assigned: Mapping[int, str]) -> dict[int, str]:
        """Return the vehicles by connector: the chosen ones, otherwise those that `assigned` has for the connector."""
        chosen = self._chosen.values()
        return {
            **{
                at: vehicle for at, vehicle in assigned.items() if vehicle not in chosen
            },
            **{at: chosen for at, chosen in self._chosen.items() if chosen != GUEST},
        }

    def _drop(self, connector_ids: Iterable[int]) -> None:
        for connector_id in list(connector_ids):
            del self._chosen[connector_id]
