"""How plans are doing, as it is shown."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ..planning.result import Prospect, VehiclePlan
from ..statement import PlanOutcome, PlanStatement, PlanUnit
from .offers import Run, next_run
from .prices import Prices
from .progress import Progress, ProgressState
from .request import DurationGoal, EnergyGoal, PercentGoal, PlanRequest, next_ready_of
from .session import PlanSession
from .settings import PlanSettings
from .situation import ConnectorSituation
from .status import PlanDoubt, PlanState, PlanStatus

_LACK_KWH = 0.05
"""Less missing energy is not shown."""

_SAME_PRICE = 0.02
"""Less than this share of a price is no difference."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A plan in force.

    Attributes:
        session: its vehicle.
        seen: its connector.
        plan: what is planned; None if nothing is.
        charges: whether it is a slot of the plan now.
        has_failed: whether no plan could be made.

    """

    session: PlanSession
    seen: ConnectorSituation
    plan: VehiclePlan | None
    charges: bool
    has_failed: bool

    @property
    def progress(self) -> Progress:
        """Return how far the plan is."""
        assert self.session.in_force is not None
        return self.session.in_force


def status_waiting(
    request: PlanRequest,
    settings: PlanSettings,
    sessions: Iterable[PlanSession],
    local: datetime,
) -> PlanStatus:
    """Return the status of a plan that is not in force."""
    at = max([local, *filter(None, [settings.skipped.get(request.plan_id)])])
    ready = next_ready_of(request.ready, at.astimezone(local.tzinfo))
    places = (item.connector_id for item in sessions if item.concerns(request))
    connector_id = request.connector_id
    if connector_id is None:
        connector_id = next(places, None)
    state = PlanState.OFF if ready is None else PlanState.WAITING
    return PlanStatus(request.plan_id, state, connector_id, ready)


def status_in_force(at: Followed, prices: Prices, local: datetime) -> PlanStatus:
    """Return the status of a plan that is in force."""
    progress = at.progress
    plan = None if progress.state is ProgressState.REACHED else at.plan
    missing = _missing(at, plan)
    status = PlanStatus(
        plan_id=progress.request.plan_id,
        state=_state(at, plan, missing),
        connector_id=at.session.connector_id,
        ready=progress.ready.astimezone(UTC),
        currency=prices.tariff.currency,
        missing_kwh=round(missing, 2),
        possible_percent=at.session.need.maximum_percent,
        doubts=_doubts(at, plan, prices, local),
    )
    if missing > _LACK_KWH:
        status = replace(
            status,
            possible_percent=_possible_percent(at, missing),
            possible_kwh=round(_possible_kwh(at, missing), 2),
        )
    if plan is None:
        return status
    status = _with_plan(status, plan, prices, local)
    began = at.session.slot_began
    if began is not None and status.next_start is not None:
        # Each new plan begins its first slot now: the slot that is running began earlier.
        status = replace(status, next_start=min(began, status.next_start))
    return status


def _with_plan(
    status: PlanStatus, plan: VehiclePlan, prices: Prices, local: datetime
) -> PlanStatus:
    """Return a status with what is planned, and what that costs if that is known."""
    run = next_run(plan, local)
    if run is not None:
        status = replace(status, next_start=run.start, next_end=run.end)
    status = replace(status, slots=plan.slots)
    if not prices.tariff.is_known:
        return status
    return replace(
        status,
        cost=plan.cost,
        cost_at_once=plan.cost_at_once,
        next_price=None if run is None else run.price,
        next_has_sun=run is not None and _has_sun(run, prices),
    )


def _has_sun(run: Run, prices: Prices) -> bool:
    """Return whether a run costs less than the grid would at any time of it."""
    grid = min(prices.tariff.prices.values(run.start, run.end), default=None)
    if grid is None or run.price is None or not run.is_known:
        return False
    return run.price < grid - abs(grid) * _SAME_PRICE


def plan_statement(request: PlanRequest, status: PlanStatus) -> PlanStatement:
    """Return the statement on a plan that is in force."""
    match request.goal:
        case PercentGoal(target):
            amount, unit = target, PlanUnit.PERCENT
        case EnergyGoal(kwh):
            amount, unit = kwh, PlanUnit.ENERGY
        case DurationGoal(hours):
            amount, unit = hours, PlanUnit.DURATION
    assert status.ready is not None
    return PlanStatement(
        request.name,
        amount,
        unit,
        status.ready,
        _outcome(status),
        status.next_start,
        status.next_end,
        status.next_price,
        status.currency,
        status.next_has_sun,
    )


def _outcome(status: PlanStatus) -> PlanOutcome:
    if status.state is PlanState.REACHED:
        return PlanOutcome.REACHED
    if status.state is PlanState.UNREACHABLE:
        return PlanOutcome.UNREACHABLE
    if PlanDoubt.LEVEL_UNKNOWN in status.doubts:
        return PlanOutcome.UNKNOWN
    return PlanOutcome.REACHABLE


def _missing(at: Followed, plan: VehiclePlan | None) -> float:
    """Return the kWh that it will not have in time."""
    progress = at.progress
    if progress.state is ProgressState.REACHED:
        return 0.0
    if progress.state is ProgressState.OVERDUE or at.seen.maximum <= 0:
        return at.session.need.kwh
    return 0.0 if plan is None else plan.missing_kwh


def _state(at: Followed, plan: VehiclePlan | None, missing: float) -> PlanState:
    progress, need = at.progress, at.session.need
    if need.maximum_percent is not None:
        return PlanState.UNREACHABLE
    if progress.state is ProgressState.REACHED:
        return PlanState.REACHED if need.is_known else PlanState.WAITING
    late = plan is None or plan.prospect is Prospect.LATE
    if progress.state is ProgressState.OVERDUE or (missing > _LACK_KWH and late):
        return PlanState.UNREACHABLE
    return PlanState.CHARGING if at.charges else PlanState.WAITING


def _possible_kwh(at: Followed, missing: float) -> float:
    """Return the kWh that it will have got in time since its plan began."""
    return at.session.charged.kwh + max(0.0, at.session.need.kwh - missing)


def _possible_percent(at: Followed, missing: float) -> float | None:
    """Return the level that is reached in time; None if it is not known."""
    if not isinstance(at.progress.request.goal, PercentGoal):
        return None
    more = max(0.0, at.session.need.kwh - missing)
    level = at.session.battery.level_after(more, at.session.charged.total_kwh)
    return None if level is None else round(level, 1)


def _doubts(
    at: Followed, plan: VehiclePlan | None, prices: Prices, local: datetime
) -> frozenset[PlanDoubt]:
    doubts = set(at.session.need.doubts)
    progress = at.progress
    if plan is not None and not prices.are_known(local, progress.ready):
        doubts.add(PlanDoubt.PRICES_UNKNOWN)
    if not at.seen.is_stoppable:
        doubts.add(PlanDoubt.NOT_STOPPABLE)
    if at.has_failed:
        doubts.add(PlanDoubt.PLANNER_FAILED)
    return frozenset(doubts)
