"""Makes the plans that the rules request, outside the event loop."""

from collections.abc import Callable, Mapping, Set as AbstractSet

from homeassistant.core import HomeAssistant, callback

from ..charging.plans.keeper import PlanKeeper
from ..charging.plans.making import PlanAttempt, PlanJob, try_plan
from ..const import LOGGER
from ..twc import format_id


class Planner:
    """Makes one plan after the other; an error is logged once per vehicle until a plan can be made for it again."""

    def __init__(
        self, hass: HomeAssistant, keeper: PlanKeeper, made: Callable[[], None]
    ) -> None:
        """Start with nothing to do; `made` is called when a plan was made."""
        self._hass = hass
        self._keeper = keeper
        self._made = made
        self._job: PlanJob | None = None
        self._failed: frozenset[int] = frozenset()
        self._is_apart = False
        self._is_stopped = False

    @callback
    def async_make(self) -> None:
        """Make the requested plan, unless that is in progress."""
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
        attempt = await self._async_attempt(job)
        if self._is_stopped:
            return
        self._keeper.take(job, attempt, self._hass.loop.time())
        self._made()

    async def _async_attempt(self, job: PlanJob) -> PlanAttempt | None:
        """Return the result of a plan job; None if it failed."""
        asked = {goal.connector_id for goal in job.inputs.goals}
        try:
            attempt = await self._hass.async_add_executor_job(try_plan, job)
        except Exception as err:  # noqa: BLE001
            self._log(asked, dict.fromkeys(asked, err))
            return None
        self._log(asked, attempt.failed)
        if attempt.apart is not None and not self._is_apart:
            LOGGER.warning(
                "The plans of several lines cannot be made together; each is made for itself",
                exc_info=attempt.apart,
            )
        self._is_apart = attempt.apart is not None
        return attempt

    def _log(self, asked: AbstractSet[int], failed: Mapping[int, Exception]) -> None:
        """Log the vehicles for which no plan can be made; `asked` are those that the job was for."""
        new = sorted(failed.keys() - self._failed)
        self._failed = (self._failed - asked) | failed.keys()
        if new:
            LOGGER.error(
                "No plan can be made for the vehicle at %s; what is planned goes on",
                ", ".join(map(format_id, new)),
                exc_info=failed[new[0]],
            )
