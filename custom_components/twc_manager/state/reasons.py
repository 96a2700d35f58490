"""What the rules decided, as an owner sees it: which rule, why no more, and until when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ..charging.allocation.budgets import rule_reason
from ..charging.control.stopping import Rung
from ..charging.modes.user_settings import Choices
from ..charging.outcome import Order, Reason, Rule
from ..charging.rules import Ruling
from ..charging.wiring import Wiring
from ..twc import BusStatus
from .deadband import HeldValue, Jitter

_STEADY: Final = timedelta(seconds=2)
"""Times worked out anew at every look differ by less than this."""

_SURPLUS: Final = Jitter(step=10, noise=150, band=500, seconds=60)

CALM_SECONDS: Final = 10.0
"""How long one of these must have been the reason instead of another one: with a meter that jitters, whether there
is an ampere more changes at every reading."""
_WAITING: Final = frozenset({Reason.SEARCHING, Reason.NO_CAR})
"""What connectors say that get nothing as long as others may be missing."""

_RESTLESS: Final = frozenset({Reason.GREEN_ENERGY, Reason.SETTLING})


@dataclass(frozen=True, slots=True)
class ConnectorVerdict:
    """What holds for one connector."""

    rule: Rule
    reason: Reason
    rung: Rung | None
    next_change: datetime | None


@dataclass(frozen=True, slots=True)
class BusVerdict:
    """What holds for the bus: the rule, why it is no more, and what green energy gives in W and A."""

    rule: Rule = Rule.FIXED
    reason: Reason = Reason.WIRING
    next_change: datetime | None = None
    surplus_w: int | None = None
    green_amps: int | None = None


@dataclass(slots=True)
class _Shown:
    """A reason as it is shown, and since when it has been another one."""

    reason: Reason
    other_since: float | None = None

    def update(self, reason: Reason, now: float) -> Reason:
        """Take the reason that holds now, and return the one to show."""
        if reason is self.reason or not {reason, self.reason} <= _RESTLESS:
            self.reason, self.other_since = reason, None
            return reason
        if self.other_since is None:
            self.other_since = now
        if now - self.other_since >= CALM_SECONDS:
            self.reason, self.other_since = reason, None
        return self.reason


class Judge:
    """Puts the rules' decisions into what does not flicker."""

    def __init__(self, wiring: Wiring) -> None:
        """Start with nothing shown."""
        self._wiring = wiring
        self._times: dict[object, datetime] = {}
        self._reasons: dict[object, _Shown] = {}
        self._surplus = HeldValue(_SURPLUS)

    def connectors(
        self, ruling: Ruling, now: float, local: datetime
    ) -> Mapping[int, ConnectorVerdict]:
        """Return what holds for each connector."""
        verdicts: dict[int, ConnectorVerdict] = {}
        for connector_id, decision in ruling.decision.connectors.items():
            ends = [decision.order.until]
            if decision.next_change is not None:
                ends.append(local + timedelta(seconds=decision.next_change - now))
            verdicts[connector_id] = ConnectorVerdict(
                rule=decision.rule,
                reason=self._calm(connector_id, decision.reason, now),
                rung=decision.rung,
                next_change=self._steady(connector_id, ends),
            )
        return verdicts

    def bus(
        self,
        ruling: Ruling,
        choices: Choices,
        now: float,
        status: BusStatus = BusStatus.RUNNING,
    ) -> BusVerdict:
        """Return what holds for the bus."""
        surplus, budget = ruling.surplus, ruling.budget
        watts = surplus.watts if surplus is not None else None
        return BusVerdict(
            rule=ruling.bus_order.rule,
            reason=self._calm(
                None,
                _silencing(ruling, status) or self._bus_reason(ruling, choices),
                now,
            ),
            next_change=self._steady(None, [ruling.bus_order.until]),
            surplus_w=None
            if watts is None
            else round(self._surplus.update(watts, now)),
            green_amps=budget.amps if budget is not None else None,
        )

    def _bus_reason(self, ruling: Ruling, choices: Choices) -> Reason:
        reasons = {item.reason for item in ruling.decision.connectors.values()}
        if Reason.MAIN_FUSE in reasons:
            return Reason.MAIN_FUSE
        if _is_fuse_silent(ruling):
            return Reason.SENSOR_STALE
        order: Order = ruling.bus_order
        if order.green:
            if ruling.budget is not None:
                return ruling.budget.reason
            return Reason.NO_CAR if ruling.surplus else Reason.SENSOR_STALE
        match order.rule:
            case Rule.OFF:
                return Reason.OFF
            case Rule.SCHEDULE if order.amps is not None:
                return Reason.SCHEDULE
        limits = [(self._wiring.max_current, Reason.WIRING)]
        if order.rule is Rule.FIXED and choices.current is not None:
            limits.append((choices.current, Reason.OWN_LIMIT))
        limits += [(item.amps or 0, rule_reason(item)) for item in order.limits]
        return min(limits, key=lambda limit: limit[0])[1]

    def _calm(self, key: object, reason: Reason, now: float) -> Reason:
        return self._reasons.setdefault(key, _Shown(reason)).update(reason, now)

    def _steady(self, key: object, times: Iterable[datetime | None]) -> datetime | None:
        """Return the first of some times to the second, as shown before if it is still the same."""
        end = min((item for item in times if item is not None), default=None)
        if end is None:
            self._times.pop(key, None)
            return None
        shown = self._times.get(key)
        if shown is None or abs(end - shown) > _STEADY:
            shown = self._times[key] = end.replace(microsecond=0)
        return shown


def _silencing(ruling: Ruling, status: BusStatus) -> Reason | None:
    """Return what keeps us from offering anybody more, whatever the rules say; None if nothing does."""
    if status is BusStatus.SECOND_MASTER:
        return Reason.SECOND_MASTER
    reasons = {item.reason for item in ruling.decision.connectors.values()}
    searching = status is BusStatus.SEARCHING and ruling.bus_order.rule is not Rule.OFF
    return Reason.SEARCHING if searching and reasons <= _WAITING else None


def _is_fuse_silent(ruling: Ruling) -> bool:
    """Return whether a silent sensor keeps connectors from charging that is not one of green energy."""
    budget = ruling.budget
    green_is_known = budget is not None and budget.reason is not Reason.SENSOR_STALE
    return any(
        item.reason is Reason.SENSOR_STALE and (green_is_known or not item.order.green)
        for item in ruling.decision.connectors.values()
    )
