"""The place of a bus' plans beside those of the other buses of this Home Assistant."""

from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..charging.planning.caps import CapSource, lowest
from ..charging.planning.series import Series
from ..charging.planning.tariff import EMPTY, Tariff
from ..charging.plans.keeper import PlanKeeper
from ..charging.plans.shared_plans import BusReport, SharedPlans
from ..charging.plans.together import Shared
from ..const import DOMAIN, LOGGER

_PLANS: Final[HassKey[PlansOfHouse]] = HassKey(f"{DOMAIN}_shared_plans")

type Caps = Mapping[CapSource, Series]
"""The expected limits of the vehicles of a bus over time, in A, by their source."""


def _of_bus(caps: Caps) -> dict[Hashable, Series]:
    """Return the limits of a bus that shares nothing with other buses."""
    return dict(caps.items())


class PlansOfHouse:
    """The plans of all buses, and how each is notified when another one has planned for it.

    Attributes:
        shared: the plans.

    """

    def __init__(self) -> None:
        """Start without a bus."""
        self.shared = SharedPlans()
        self._changed: dict[str, Callable[[], None]] = {}

    @callback
    def join(self, bus: str, changed: Callable[[], None]) -> CALLBACK_TYPE:
        """Call `changed` when another bus has planned for this one; return a function that ends that, and its plans."""
        self._changed[bus] = changed

        @callback
        def leave() -> None:
            self._changed.pop(bus, None)
            self.shared.leave(bus)

        return leave

    @callback
    def offer(self, keeper: PlanKeeper) -> None:
        """Offer the other buses what was planned for them."""
        for bus, made in keeper.making.take_others().items():
            if self.shared.offer(bus, made) and bus in self._changed:
                self._changed[bus]()


@callback
def plans_of_house(hass: HomeAssistant) -> PlansOfHouse:
    """Return the plans of all buses."""
    return hass.data.setdefault(_PLANS, PlansOfHouse())


class PlanPlace:
    """The place of the plans of a bus."""

    def __init__(
        self,
        house: PlansOfHouse,
        bus: str,
        voltage: float = 230.0,
        rooms: Callable[[Caps], Mapping[Hashable, Series]] = _of_bus,
    ) -> None:
        """Start without a plan.

        Args:
            house: the plans of all buses.
            bus: the bus.
            voltage: the V of its wiring.
            rooms: returns the A that each circuit, main fuse and peak budget leaves all its buses together.

        """
        self._house = house
        self._bus = bus
        self._rooms = rooms
        self._voltage = voltage
        self._has_failed = False
        self._outlook: tuple[Tariff, float] = (EMPTY, voltage)

    @callback
    def join(self, changed: Callable[[], None]) -> CALLBACK_TYPE:
        """Join the other buses; see `PlansOfHouse.join`."""
        return self._house.join(self._bus, changed)

    @callback
    def publish(self, keeper: PlanKeeper, tariff: Tariff) -> None:
        """Report to the others the plan that the bus follows, and offer them what it has planned for them."""
        making, outlook = keeper.making, self._outlook_of(tariff)
        shared = making.shared
        report = BusReport(
            keeper.made,
            making.inputs,
            shared.rooms,
            outlook,
            shared.beside,
            making.since,
        )
        self._house.shared.update(self._bus, report)
        self._house.offer(keeper)

    def _outlook_of(self, tariff: Tariff) -> tuple[Tariff, float]:
        """Return what has to be the same for buses that are planned together."""
        if self._outlook[0] is not tariff:
            self._outlook = tariff, self._voltage
        return self._outlook

    def read(self, caps: Caps, tariff: Tariff, local: datetime, now: float) -> Shared:
        """Return what the bus shares with others; `now` is in s of the loop's clock."""
        rooms, outlook = self._rooms(caps), self._outlook_of(tariff)
        try:
            found = self._house.shared.read(self._bus, rooms, outlook, local, now)
        except Exception:  # noqa: BLE001
            # No error in what another bus has reported may end the control of this one.
            if not self._has_failed:
                LOGGER.exception("What other lines have planned cannot be used")
            self._has_failed = True
            left = lowest(rooms.values())
            return Shared(self._bus, rooms, left, left=left)
        self._has_failed = False
        return found
