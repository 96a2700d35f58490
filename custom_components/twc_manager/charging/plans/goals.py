"""The inputs of the planner from the plans in force: goals within what the rules can grant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...twc import DRAWING_AMPS
from ..planning.goals import MIN_AMPS, Goal, Strategy, TaperStep
from ..planning.series import Series
from ..planning.slots import PlanInputs
from ..wiring import Wiring
from .failures import blamed_on
from .others import Others
from .prices import Prices
from .session import PlanSession
from .situation import ConnectorSituation

_AHEAD = timedelta(days=2)
"""A vehicle that is late is planned for so long after its time, at most."""
_SAME_KWH = 2.0
"""What a vehicle takes near its goal counts as unchanged if it begins this much earlier or later."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A connector that is planned: its plan, and what the rules know of it."""

    session: PlanSession
    seen: ConnectorSituation

    @property
    def plan_id(self) -> str:
        """Return the id of its plan."""
        assert self.session.in_force is not None
        return self.session.in_force.request.plan_id


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What plans follow from besides their vehicles.

    Attributes:
        wiring: the wiring.
        prices: what is known of prices.
        sun: the W that the house is expected to leave of the sun.
        caps: the A for all vehicles together, where something besides the wiring limits them.
        shortfalls: the A that were left for them in the last hours, where these were fewer than expected.
        others: the connectors without a plan at which a vehicle is plugged in.
        expected: what vehicles with a plan need that are not plugged in yet.

    """

    wiring: Wiring
    prices: Prices
    sun: Series
    caps: Series
    shortfalls: Series
    others: Sequence[ConnectorSituation]
    expected: tuple[Goal, ...] = ()


def plan_inputs(
    planned: Iterable[Planned],
    around: Surroundings,
    before: Mapping[int, Goal],
    local: datetime,
) -> PlanInputs | None:
    """Return what the planner plans now; there may be none but expected vehicles. None if there is no vehicle at all.

    Args:
        planned: the connectors with a plan in force.
        around: what else it follows from.
        before: the goals of the last plan, by connector.
        local: the local time.

    """
    prices = around.prices
    goals = []
    for item in planned:
        if item.seen.usable < MIN_AMPS:
            continue
        with blamed_on(item.plan_id):
            last = before.get(item.seen.connector_id)
            goals.append(_goal(item, last, local, has_prices=prices.tariff.is_known))
    if not goals and not around.expected:
        return None
    end = max((goal.ready for goal in goals), default=local)
    others = Others(around.others, len(goals), around.wiring.max_current)
    limit = around.wiring.max_current - others.taken
    return PlanInputs(
        now=local,
        goals=tuple(sorted(goals, key=lambda goal: goal.connector_id)),
        expected=around.expected,
        limit=limit,
        caps=others.leave(around.caps, local, end + _AHEAD),
        prices=prices.tariff.prices,
        estimates=prices.estimates(local, end),
        sun_w=around.sun,
        feed_in=prices.feed_in(local),
        voltage=around.wiring.voltage,
        shortfalls=around.shortfalls,
    )


def taken_beside(around: Surroundings, inputs: PlanInputs) -> Series:
    """Return the A that vehicles without a plan take beside those that are planned, unknown if they take nothing."""
    others = Others(around.others, len(inputs.goals), around.wiring.max_current)
    end = max((goal.ready for goal in inputs.goals), default=inputs.now)
    return others.taken_until(inputs.now, end + _AHEAD)


def _goal(
    planned: Planned, before: Goal | None, local: datetime, *, has_prices: bool
) -> Goal:
    session, seen = planned.session, planned.seen
    assert session.in_force is not None
    request = session.in_force.request
    strategy = request.strategy
    if not has_prices and strategy in {Strategy.CHEAPEST, Strategy.ONE_BLOCK}:
        # Without prices all slots are alike.
        strategy = Strategy.LATEST
    goal = Goal(
        connector_id=seen.connector_id,
        kwh=session.need.kwh,
        ready=session.in_force.ready,
        max_amps=seen.usable,
        phases=seen.phases,
        stoppable=seen.is_stoppable,
        running=seen.drawn >= DRAWING_AMPS,
        strategy=strategy,
        keep=request.keep,
        priority=seen.priority,
        taper=session.need.taper,
        charged=session.charged.kwh,
        closed=tuple(
            item for item in seen.closed if item[0] < session.in_force.ready + _AHEAD
        ),
    )
    if before is None:
        return goal
    if _is_like(before.taper, goal.taper):
        goal = replace(goal, taper=before.taper)
    if _to_come(before, local) == _to_come(goal, local):
        # What is over is no reason to plan again.
        goal = replace(goal, closed=before.closed)
    return goal


def _to_come(goal: Goal, local: datetime) -> list[tuple[datetime, datetime]]:
    """Return the times in which a vehicle may not charge without those that are over."""
    return [item for item in goal.closed if item[1] > local]


def _is_like(before: Sequence[TaperStep], taper: Sequence[TaperStep]) -> bool:
    """Return whether two expectations of what a vehicle takes near its goal differ by nothing that matters."""
    return len(before) == len(taper) and all(
        one.amps == other.amps and abs(one.kwh_left - other.kwh_left) < _SAME_KWH
        for one, other in zip(before, taper, strict=True)
    )
