"""The place of a bus' plans beside those of the other buses of this Home Assistant."""

from collections.abc import Callable, Hashable, Mapping
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..charging.planning.caps import CapSource
from ..charging.planning.replan import MadePlan
from ..charging.planning.series import Series
from ..charging.plans.shared_plans import SharedPlans
from ..const import DOMAIN

_PLANS: Final[HassKey[SharedPlans]] = HassKey(f"{DOMAIN}_shared_plans")

type Caps = Mapping[CapSource, Series]
"""The expected limits of the vehicles of a bus over time, in A, by their source."""


def _of_bus(caps: Caps) -> dict[Hashable, Series]:
    """Return the limits of a bus that shares nothing with other buses."""
    return dict(caps.items())


@callback
def plans_of_house(hass: HomeAssistant) -> SharedPlans:
    """Return the plans of all buses."""
    return hass.data.setdefault(_PLANS, SharedPlans())


class PlanPlace:
    """The place of the plans of a bus."""

    def __init__(
        self,
        shared: SharedPlans,
        bus: str,
        rooms: Callable[[Caps], Mapping[Hashable, Series]] = _of_bus,
    ) -> None:
        """Start without a plan.

        Args:
            shared: the plans of all buses.
            bus: the bus.
            rooms: returns the A that each circuit, main fuse and peak budget leaves all its buses together.

        """
        self._shared = shared
        self._bus = bus
        self._rooms = rooms
        self._known: tuple[object, Series] | None = None

    @callback
    def tell(self, made: MadePlan | None, caps: Caps) -> None:
        """Take the plan that the bus follows."""
        self._shared.tell(self._bus, made, frozenset(self._rooms(caps)))

    @callback
    def leave(self) -> None:
        """Release the current that the bus has planned."""
        self._shared.leave(self._bus)

    def left(self, caps: Caps) -> Series:
        """Return the A that are left to the bus over time."""
        rooms = self._rooms(caps)
        source = self._shared.changes, rooms
        if self._known is None or self._known[0] != source:
            self._known = source, self._shared.left(self._bus, rooms)
        return self._known[1]
