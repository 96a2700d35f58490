"""What the rules decided, as an owner sees it: which rule, why no more, and until when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ..charging.allocation.budgets import rule_reason
from ..charging.control.stopping import StopMethod
from ..charging.modes.user_settings import UserSettings
from ..charging.outcome import ActiveRule, LimitReason, Rule
from ..charging.rules import RulesResult
from ..charging.wiring import Wiring
from ..twc import BusStatus
from .deadband import Deadband, DeadbandConfig

_STEADY: Final = timedelta(seconds=2)
"""Times worked out anew at every look differ by less than this."""

_SURPLUS: Final = DeadbandConfig(step=10, noise=150, band=500, seconds=60)

DEBOUNCE_SECONDS: Final = 10.0
"""How long one of these must have been the reason instead of another one: with a meter that jitters, whether there
is an ampere more changes at every reading."""
_WAITING: Final = frozenset({LimitReason.SEARCHING, LimitReason.NO_CAR})
"""What connectors say that get nothing as long as others may be missing."""

_RESTLESS: Final = frozenset({LimitReason.GREEN_ENERGY, LimitReason.SETTLING})


@dataclass(frozen=True, slots=True)
class ConnectorExplanation:
    """What holds for one connector."""

    rule: Rule
    reason: LimitReason
    stop_method: StopMethod | None
    next_change: datetime | None


@dataclass(frozen=True, slots=True)
class BusExplanation:
    """What holds for the bus: the rule, why it is no more, and what green energy gives in W and A."""

    rule: Rule = Rule.FIXED
    reason: LimitReason = LimitReason.WIRING
    next_change: datetime | None = None
    surplus_w: int | None = None
    green_amps: int | None = None


@dataclass(slots=True)
class _Shown:
    """A reason as it is shown, and since when it has been another one."""

    reason: LimitReason
    other_since: float | None = None

    def update(self, reason: LimitReason, now: float) -> LimitReason:
        """Take the reason that holds now, and return the one to show."""
        if reason is self.reason or not {reason, self.reason} <= _RESTLESS:
            self.reason, self.other_since = reason, None
            return reason
        if self.other_since is None:
            self.other_since = now
        if now - self.other_since >= DEBOUNCE_SECONDS:
            self.reason, self.other_since = reason, None
        return self.reason


class Explainer:
    """Puts the rules' decisions into what does not flicker."""

    def __init__(self, wiring: Wiring) -> None:
        """Start with nothing shown."""
        self._wiring = wiring
        self._times: dict[object, datetime] = {}
        self._reasons: dict[object, _Shown] = {}
        self._surplus = Deadband(_SURPLUS)

    def connectors(
        self, ruling: RulesResult, now: float, local: datetime
    ) -> Mapping[int, ConnectorExplanation]:
        """Return what holds for each connector."""
        explanations: dict[int, ConnectorExplanation] = {}
        for connector_id, decision in ruling.decision.connectors.items():
            ends = [decision.order.until]
            if decision.next_change is not None:
                ends.append(local + timedelta(seconds=decision.next_change - now))
            explanations[connector_id] = ConnectorExplanation(
                rule=decision.rule,
                reason=self._calm(connector_id, decision.reason, now),
                stop_method=decision.stop_method,
                next_change=self._steady(connector_id, ends),
            )
        return explanations

    def bus(
        self,
        ruling: RulesResult,
        user_settings: UserSettings,
        now: float,
        status: BusStatus = BusStatus.RUNNING,
    ) -> BusExplanation:
        """Return what holds for the bus."""
        surplus, budget = ruling.surplus, ruling.budget
        watts = surplus.watts if surplus is not None else None
        return BusExplanation(
            rule=ruling.bus_order.rule,
            reason=self._calm(
                None,
                _silencing(ruling, status) or self._bus_reason(ruling, user_settings),
                now,
            ),
            next_change=self._steady(None, [ruling.bus_order.until]),
            surplus_w=None
            if watts is None
            else round(self._surplus.update(watts, now)),
            green_amps=budget.amps if budget is not None else None,
        )

    def _bus_reason(
        self, ruling: RulesResult, user_settings: UserSettings
    ) -> LimitReason:
        reasons = {item.reason for item in ruling.decision.connectors.values()}
        if LimitReason.MAIN_FUSE in reasons:
            return LimitReason.MAIN_FUSE
        if _is_fuse_silent(ruling):
            return LimitReason.SENSOR_STALE
        order: ActiveRule = ruling.bus_order
        if order.green:
            if ruling.budget is not None:
                return ruling.budget.reason
            return LimitReason.NO_CAR if ruling.surplus else LimitReason.SENSOR_STALE
        match order.rule:
            case Rule.OFF:
                return LimitReason.OFF
            case Rule.SCHEDULE if order.amps is not None:
                return LimitReason.SCHEDULE
        limits = [(self._wiring.max_current, LimitReason.WIRING)]
        if order.rule is Rule.FIXED and user_settings.current is not None:
            limits.append((user_settings.current, LimitReason.OWN_LIMIT))
        limits += [(item.amps or 0, rule_reason(item)) for item in order.limits]
        return min(limits, key=lambda limit: limit[0])[1]

    def _calm(self, key: object, reason: LimitReason, now: float) -> LimitReason:
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


def _silencing(ruling: RulesResult, status: BusStatus) -> LimitReason | None:
    """Return what keeps us from offering anybody more, whatever the rules say; None if nothing does."""
    if status is BusStatus.SECOND_MASTER:
        return LimitReason.SECOND_MASTER
    reasons = {item.reason for item in ruling.decision.connectors.values()}
    searching = status is BusStatus.SEARCHING and ruling.bus_order.rule is not Rule.OFF
    return LimitReason.SEARCHING if searching and reasons <= _WAITING else None


def _is_fuse_silent(ruling: RulesResult) -> bool:
    """Return whether a silent sensor keeps connectors from charging that is not one of green energy."""
    budget = ruling.budget
    green_is_known = (
        budget is not None and budget.reason is not LimitReason.SENSOR_STALE
    )
    return any(
        item.reason is LimitReason.SENSOR_STALE
        and (green_is_known or not item.order.green)
        for item in ruling.decision.connectors.values()
    )
