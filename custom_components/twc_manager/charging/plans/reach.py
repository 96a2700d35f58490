"""The maximum that a vehicle can have by a time, so that an impossible goal is reported as soon as it is set.

It is an upper bound, for a vehicle that charges alone and at once. Whether a goal within it will be reached follows
only from the plan.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

from ..planning.goals import MIN_AMPS
from ..planning.series import Series
from ..wiring import Wiring
from .inputs import PlanInputsOfBus, PluggedIn
from .need import ENOUGH_KWH, Battery, Charged, need_of
from .request import PercentGoal, PlanRequest, next_ready_of
from .session import PlanSession
from .situation import ConnectorSituation

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reach:
    """What can be reached.

    Attributes:
        needed_kwh: what the goal takes, at the connector; None if that is not known.
        possible_kwh: the maximum that can be charged by the time.
        possible_percent: the level that is reached with it; None if it is not known, or was not asked for.

    """

    needed_kwh: float | None
    possible_kwh: float
    possible_percent: float | None = None

    @property
    def is_enough(self) -> bool | None:
        """Return whether the goal is possible at all; None if it is not known what it takes."""
        if self.needed_kwh is None:
            return None
        return self.needed_kwh <= self.possible_kwh + ENOUGH_KWH


def reach_of(
    request: PlanRequest,
    seen: ConnectorSituation,
    session: PlanSession | None,
    wiring: Wiring,
    *,
    inputs: PlanInputsOfBus,
    local: datetime,
) -> Reach | None:
    """Return what the vehicle at a connector can reach of a plan from now on; None if the time of the plan is over.

    Args:
        request: the plan.
        seen: the connector.
        session: the vehicle there; None if none is plugged in.
        wiring: the wiring.
        inputs: what plans follow from.
        local: the local time.

    """
    if (ready := next_ready_of(request.ready, local)) is None:
        return None
    # A vehicle may be plugged in for a day before it shall be ready again.
    start = local if request.is_once else min(local, ready - _DAY)
    possible = maximum_kwh(seen, wiring, inputs.caps, start, ready)
    kilowatts = max(seen.usable, MIN_AMPS) * seen.phases * wiring.voltage / 1000
    battery = Battery() if session is None else session.battery
    charged = inputs.plugged_in.get(seen.connector_id, PluggedIn()).energy_kwh
    need = need_of(request.goal, battery, Charged(charged), seen.usable, kilowatts)
    if not isinstance(request.goal, PercentGoal):
        return Reach(need.kwh, possible)
    if not need.is_known:
        return Reach(None, possible)
    return Reach(need.kwh, possible, battery.level_after(possible, charged))


def maximum_kwh(
    seen: ConnectorSituation,
    wiring: Wiring,
    caps: Series,
    start: datetime,
    end: datetime,
) -> float:
    """Return the maximum kWh that the vehicle at a connector can be given between two times.

    Args:
        seen: its connector.
        wiring: the wiring.
        caps: the A for all vehicles together, where something besides the wiring limits them.
        start: the beginning.
        end: the end.

    """
    # Of a vehicle of which nothing is known it is only assumed how much it takes.
    amps = seen.maximum if seen.is_assumed else seen.usable
    start, end = start.astimezone(UTC), max(start, end).astimezone(UTC)
    cuts = {start, end, *caps.boundaries(start, end)}
    cuts |= {at for span in seen.closed for at in span if start < at < end}
    total = 0.0
    for begin, stop in pairwise(sorted(cuts)):
        if any(first <= begin < last for first, last in seen.closed):
            continue
        cap = caps.at(begin)
        given = amps if cap is None else min(amps, cap)
        if given >= MIN_AMPS:
            total += given * (stop - begin).total_seconds()
    return total * wiring.voltage * seen.phases / 3.6e6
