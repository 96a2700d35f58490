"""The plans of one bus: their sources, and the settings that the owner changes by entities and actions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..charging.planning.caps import CapSource
from ..charging.planning.series import Series
from ..charging.planning.tariff import EMPTY, Tariff
from ..charging.plans.battery import BatteryState
from ..charging.plans.inputs import PlanInputsOfBus, PluggedIn
from ..charging.plans.keeper import PlanKeeper
from ..charging.plans.reach import Reach
from ..charging.plans.request import PlanRequest, next_ready_of
from ..charging.plans.settings import PlanSettings
from ..charging.plans.stored import KeptPlans, StoredPlans
from ..const import LOGGER, PARSE_ERRORS
from ..state.persistence import BusPersistence
from ..state.plans import PlanStore, plugged_in_at
from ..twc import Snapshot
from ..vehicles.manager import VehicleManager
from .plan_place import PlanPlace, PlansOfHouse
from .planner import Planner


@dataclass(frozen=True, slots=True)
class PlanSources:
    """The sources of the inputs of a bus' plans.

    Attributes:
        plugged_in: returns what the vehicles have charged since they were plugged in, by connector.
        vehicles: returns the ids of the vehicles, by the connector that they are matched to.
        levels: returns what is known of their batteries, by connector, with what they have charged.
        battery: returns what was last known of the battery of a vehicle.

    """

    plugged_in: Callable[[], Mapping[int, PluggedIn]] = dict
    vehicles: Callable[[], Mapping[int, str]] = dict
    levels: Callable[[Mapping[int, PluggedIn]], Mapping[int, BatteryState]] = lambda _: {}
    battery: Callable[[str], BatteryState] = lambda _: BatteryState()


def sources_of(
    persistence: BusPersistence,
    vehicles: VehicleManager,
    snapshot: Callable[[], Snapshot],
) -> PlanSources:
    """Return the sources of the inputs of a bus' plans; `snapshot` returns the bus as it is now."""
    return PlanSources(
        lambda: plugged_in_at(persistence, snapshot()),
        lambda: vehicles.matches.at_connectors,
        vehicles.batteries,
        vehicles.battery_book.state,
    )


class PlanManager:
    """The plans of one bus, their settings, and the prices and forecasts that they follow."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        keeper: PlanKeeper,
        sources: PlanSources,
        changed: Callable[[], None],
    ) -> None:
        """Start without plans.

        Args:
            hass: Home Assistant.
            entry_id: the id of the entry of the bus.
            keeper: the plans among the rules.
            sources: the sources of the inputs of the plans.
            changed: called whenever the rules have to decide again.

        """
        self._hass = hass
        self._store = PlanStore(hass, entry_id)
        self._keeper = keeper
        self._planner = Planner(hass, keeper, self._async_made)
        self._sources = sources
        self._changed = changed
        self._stored = StoredPlans()
        self._added: tuple[PlanRequest, ...] = ()
        self._tariff = EMPTY
        self._sun = Series()
        self._caps: dict[CapSource, Series] = {}
        self._place = PlanPlace(PlansOfHouse(), entry_id)

    @property
    def settings(self) -> PlanSettings:
        """Return the settings that the owner changed by entities and actions."""
        return self._stored.settings

    @property
    def tariff(self) -> Tariff:
        """Return the prices as they are known now."""
        return self._tariff

    @property
    def sun(self) -> Series:
        """Return the solar power in W that the house is expected to leave over."""
        return self._sun

    @property
    def requests(self) -> tuple[PlanRequest, ...]:
        """Return all plans: those of actions first, then those that the owner has added."""
        return self.settings.requests(self._added)

    def request(self, plan_id: str) -> PlanRequest | None:
        """Return a plan; None if it does not exist."""
        return next((item for item in self.requests if item.plan_id == plan_id), None)

    async def async_load(self, added: Iterable[PlanRequest] = ()) -> None:
        """Continue from what was stored before a restart, with the plans that the owner has added."""
        self._added = tuple(added)
        self._stored = await self._store.async_load()
        if (kept := self._stored.kept) is None:
            return
        try:
            self._keeper.resume(KeptPlans.from_dict(kept))
        except PARSE_ERRORS as err:
            LOGGER.warning("The plan from before the restart makes no sense: %r", err)

    async def async_close(self) -> None:
        """Make no more plans, and write what has not been written yet."""
        self._planner.async_stop()
        self._store_followed()
        await self._store.async_close()

    def inputs(self) -> PlanInputsOfBus:
        """Return the inputs of the plans."""
        plugged_in = self._sources.plugged_in()
        vehicles = self._sources.vehicles()
        shared = self._place.read(
            self._caps, self._tariff, dt_util.now(), self._hass.loop.time()
        )
        return PlanInputsOfBus(
            requests=self.requests,
            settings=self.settings,
            tariff=self._tariff,
            sun=self._sun,
            caps=shared.caps,
            shared=shared,
            levels=self._sources.levels(plugged_in),
            away=self._away(vehicles),
            vehicles=vehicles,
            plugged_in=plugged_in,
        )

    def _away(self, vehicles: Mapping[int, str]) -> dict[str, BatteryState]:
        """Return what is known of the batteries of the vehicles that have a plan but are at no connector."""
        wanted = {item.vehicle_id for item in self.requests} - set(vehicles.values())
        return {key: self._sources.battery(key) for key in wanted if key is not None}

    @callback
    def async_follow(self) -> None:
        """Act on a decision of the rules: make a plan, end finished plans, store changes."""
        self._planner.async_make()
        self._place.publish(self._keeper, self._tariff)
        if self._keeper.finished:
            self._update(self.settings.without(self._keeper.finished))
        if self._keeper.take_news():
            self._store_followed()

    @callback
    def _async_made(self) -> None:
        """Publish a plan that was made to the other buses at once: the last one for them counts."""
        self._place.publish(self._keeper, self._tariff)
        self._changed()

    def _store_followed(self) -> None:
        self._stored = replace(self._stored, kept=self._keeper.kept.as_dict())
        self._store.save_soon(self._stored)

    # Inputs

    @callback
    def async_update_requests(self, added: Iterable[PlanRequest]) -> None:
        """Take the plans that the owner has added, in their order."""
        self._added = tuple(added)
        there = [item.plan_id for item in self._added]
        self._update(self.settings.settled(dt_util.utcnow(), there))

    @callback
    def async_update_tariff(self, tariff: Tariff) -> None:
        """Take the prices as they are known now."""
        self._tariff = tariff
        self._changed()

    @callback
    def async_update_sun(self, sun: Series) -> None:
        """Take the solar power in W that the house is expected to leave over."""
        self._sun = sun
        self._changed()

    @callback
    def async_share(self, place: PlanPlace) -> CALLBACK_TYPE:
        """Coordinate the plans with those of other buses; return the function that stops this."""
        self._place = place
        return place.join(self._changed)

    @callback
    def async_update_cap(self, source: CapSource, amps: Series) -> None:
        """Take a limit of all vehicles together over time, in A; limits of other sources stay as they are."""
        self._caps[source] = amps
        self._changed()

    # Settings

    @callback
    def async_set(self, request: PlanRequest) -> None:
        """Set a plan for a single time, instead of another one for the same connector and vehicle."""
        self._update(self.settings.with_once(request))

    def reach_of(self, request: PlanRequest, connector_id: int) -> Reach | None:
        """Return the maximum that the vehicle at a connector can reach of a plan; None if unknown."""
        return self._keeper.reach_of(
            request, connector_id, self.inputs(), dt_util.now()
        )

    def may_be_any(self, connector_id: int) -> bool:
        """Return whether the vehicle at a connector is unknown, and its matching will not be attempted any more."""
        session = self._keeper.sessions.get(connector_id)
        now = self._hass.loop.time()
        return (
            session is not None
            and session.vehicle_id is None
            and session.matched_by(now) is None
        )

    @callback
    def async_cancel(self, plan_id: str) -> bool:
        """Cancel a plan that was set for a single time; return whether there was one."""
        there = any(item.plan_id == plan_id for item in self.settings.once)
        self._update(self.settings.without({plan_id}) if there else self.settings)
        return there

    @callback
    def async_skip(self, plan_id: str, *, skip: bool = True) -> datetime | None:
        """Skip a plan once, or follow it after all; return until when it is not followed."""
        request, now = self.request(plan_id), dt_util.now()
        until = None
        if skip and request is not None:
            until = next_ready_of(request.ready, now)
        self._update(self.settings.with_skipped(plan_id, until))
        return until

    @callback
    def async_pause(self, *, paused: bool) -> None:
        """Pause all plans, or follow them again."""
        self._update(replace(self.settings, paused=paused))

    @callback
    def async_enable(self, plan_id: str, *, enabled: bool) -> None:
        """Switch a plan on or off."""
        self._update(self.settings.with_enabled(plan_id, enabled=enabled))

    def _update(self, settings: PlanSettings) -> None:
        self._stored = replace(self._stored, settings=settings)
        self._store.save_soon(self._stored)
        self._changed()
