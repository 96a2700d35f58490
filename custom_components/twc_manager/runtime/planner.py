"""Makes the plans that the rules ask for, beside the event loop."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant, callback

from ..charging.planning.replan import MadePlan, next_plan
from ..charging.plans.keeper import PlanJob, PlanKeeper
from ..const import LOGGER


class Planner:
    """Makes one plan after the other; an error in it is logged once until plans can be made again."""

    def __init__(
        self, hass: HomeAssistant, keeper: PlanKeeper, changed: Callable[[], None]
    ) -> None:
        """Start with nothing to do; `changed` is called when a plan was made."""
        self._hass = hass
        self._keeper = keeper
        self._changed = changed
        self._job: PlanJob | None = None
        self._has_failed = False
        self._is_stopped = False

    @callback
    def async_make(self) -> None:
        """Make the plan that is to be made, unless that is under way."""
        job = self._keeper.job
        if job is None or job is self._job or self._is_stopped:
            return
        self._job = job
        self._hass.async_create_background_task(
            self._async_make(job), "twc_manager plan", eager_start=False
        )

    @callback
    def async_stop(self) -> None:
        """Make no more plans."""
        self._is_stopped = True

    async def _async_make(self, job: PlanJob) -> None:
        made = await self._async_result(job)
        if self._is_stopped:
            return
        self._keeper.take(job, made, self._hass.loop.time())
        self._changed()

    async def _async_result(self, job: PlanJob) -> MadePlan | None:
        """Return a plan; None if it cannot be made."""
        try:
            made = await self._hass.async_add_executor_job(
                next_plan, job.made, job.inputs
            )
        except Exception:  # noqa: BLE001
            if not self._has_failed:
                LOGGER.exception("No plan can be made; what is planned goes on")
            self._has_failed = True
            return None
        self._has_failed = False
        return made
