"""The plans of one bus: where they come from, and what the owner sets of them by entities and actions."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..charging.planning.series import Series
from ..charging.planning.tariff import EMPTY, Tariff
from ..charging.plans.inputs import PlanInputsOfBus
from ..charging.plans.request import PlanRequest, next_ready_of
from ..charging.plans.settings import PlanSettings
from ..charging.plans.stored import StoredPlans
from ..state.plans import PlanStore


class PlanManager:
    """The plans of one bus, their settings, and the prices and the sun that they follow."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, changed: Callable[[], None]
    ) -> None:
        """Start without plans; `changed` is called whenever the rules have to decide again."""
        self._store = PlanStore(hass, entry_id)
        self._changed = changed
        self._stored = StoredPlans()
        self._added: tuple[PlanRequest, ...] = ()
        self._tariff = EMPTY
        self._sun = Series()

    @property
    def settings(self) -> PlanSettings:
        """Return what the owner set by entities and actions."""
        return self._stored.settings

    @property
    def requests(self) -> tuple[PlanRequest, ...]:
        """Return all plans: those of actions first, then those that the owner has added."""
        return self.settings.requests(self._added)

    def request(self, plan_id: str) -> PlanRequest | None:
        """Return a plan; None if there is no such one."""
        return next((item for item in self.requests if item.plan_id == plan_id), None)

    async def async_load(self) -> None:
        """Continue from what was stored before a restart."""
        self._stored = await self._store.async_load()

    async def async_close(self) -> None:
        """Write what has not been written yet."""
        await self._store.async_close()

    def inputs(self) -> PlanInputsOfBus:
        """Return what the plans follow from."""
        return PlanInputsOfBus(
            requests=self.requests,
            settings=self.settings,
            tariff=self._tariff,
            sun=self._sun,
        )

    # What others find out

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
        """Take the W that the house is expected to leave of the sun."""
        self._sun = sun
        self._changed()

    # What the owner sets

    @callback
    def async_set(self, request: PlanRequest) -> None:
        """Set a plan for a single time, instead of another one for the same connector and vehicle."""
        self._update(self.settings.with_once(request))

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
