"""Measures what limits leave the vehicles, for plans: by the offers of vehicles that charge by a plan, and by meters.

It never allows a vehicle current: plans only use it as an expectation.
"""

from collections.abc import Mapping, Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from math import inf
from typing import Final

from ..twc import Snapshot
from .decision import ConnectorDecision, Decision
from .outcome import ActiveRule, LimitReason, Rule
from .planning.caps import lowest
from .planning.series import Series
from .plans.shortage import PROBE_AMPS, Shortage
from .supply.fuse_reading import FuseConfig, FuseReading

_METERED: Final = frozenset(
    {
        LimitReason.MAIN_FUSE,
        LimitReason.OUTSIDE_LIMIT,
        LimitReason.SENSOR_STALE,
        LimitReason.PHASE_UNPROVEN,
    }
)
"""The limits that are also known while no vehicle charges."""
_TRIED: Final = frozenset(
    {LimitReason.CIRCUIT, LimitReason.PEAK_BUDGET, LimitReason.OTHER_DISOBEYS}
)
"""The limits that only show in the offers of vehicles."""
_PASSING: Final = frozenset({LimitReason.SETTLING})
"""Reasons that end soon and prove nothing."""
_MARGIN_AMPS: Final = 1.0
"""The margin of the main fuse that is never offered."""


class PlanRoom:
    """What limits other than the wiring leave all vehicles of a bus together."""

    def __init__(self, limit: int) -> None:
        """Start without measurements; `limit` is that of the wiring in whole A."""
        self._limit = limit
        self._metered = Shortage()
        self._tried = Shortage()

    def left(self, caps: Series) -> Series:
        """Return the expected A with the measurements; `caps` are the A that were expected without them."""
        metered = self._metered.left(caps, self._limit)
        tried = self._tried.left(caps, self._limit)
        return metered if tried is caps else lowest([metered, tried])

    def lowered(self, caps: Series) -> Series:
        """Return the A that are expected to be left of a limit for several buses, with what was measured at this one."""
        metered, tried = self._metered.lowered(caps), self._tried.lowered(caps)
        return metered if tried is caps else lowest([metered, tried])

    @property
    def shortfalls(self) -> Series:
        """Return the A that were left in the last hours, where they were fewer than expected."""
        return lowest([self._metered.lately, self._tried.lately])

    def probed(
        self, rules: Mapping[int, ActiveRule], local: datetime
    ) -> dict[int, ActiveRule]:
        """Return the rules with more A for vehicles on a plan where the expectation was lowered, to test it again."""
        if not any(item.is_lowered(local) for item in (self._metered, self._tried)):
            return dict(rules)
        return {
            key: _with_more(item) if _charges(item) else item
            for key, item in rules.items()
        }

    def note(
        self,
        now: float,
        local: datetime,
        snapshot: Snapshot,
        decision: Decision,
        caps: Series,
        *,
        fuse: FuseConfig | None = None,
        reading: FuseReading | None = None,
    ) -> None:
        """Take a decision.

        Args:
            now: the time, in s of a monotonic clock.
            local: the local time.
            snapshot: the bus.
            decision: the decision.
            caps: the A that were expected without measurements.
            fuse: the main fuse; None if it has no meter.
            reading: the newest reading at it.

        """
        given = _given(snapshot, decision)
        short = frozenset(
            item.reason for item in decision.connectors.values() if _is_short(item)
        )
        meters = None
        if snapshot.connectors:
            # Connectors that do not answer may draw a part of what the meter shows.
            drawn = sum(item.drawn for item in snapshot.connectors)
            fuse_amps = _room_of_fuse(now, fuse, reading, drawn)
            meters = _lower(fuse_amps, decision.limits.outside_amps)
        metered = _room(given, short, _METERED)
        if meters is not None and metered in {None, inf} and (given or 0.0) <= meters:
            metered = meters
        self._metered.update(local, metered, caps, self._limit)
        self._tried.update(local, _room(given, short, _TRIED), caps, self._limit)


def _room(
    given: float | None,
    short: AbstractSet[LimitReason],
    limits: AbstractSet[LimitReason],
) -> float | None:
    """Return the A that some limits leave, infinite if they are not reached; None if unknown.

    Args:
        given: the A that all vehicles get; None if no vehicle charges by a plan.
        short: the reasons why vehicles get less than their plans allow.
        limits: the limits.

    """
    if short & limits:
        return given
    is_hidden = short & (_METERED | _TRIED | _PASSING)
    return None if given is None or is_hidden else inf


def _lower(one: float | None, other: float | None) -> float | None:
    """Return the lower of the known values; None if both are unknown."""
    return min((amps for amps in (one, other) if amps is not None), default=None)


def _charges(rule: ActiveRule) -> bool:
    """Return whether a vehicle charges by a plan."""
    return rule.rule is Rule.PLAN and bool(rule.amps)


def _with_more(rule: ActiveRule) -> ActiveRule:
    """Return the rule of a plan with more A."""
    more = replace(rule, amps=(rule.amps or 0) + PROBE_AMPS)
    return more if not rule.parts else replace(more, parts=(more, *rule.parts[1:]))


def _is_short(item: ConnectorDecision) -> bool:
    """Return whether a vehicle gets less than its plan allows."""
    return _charges(item.active_rule) and item.offer < (item.active_rule.amps or 0)


def _given(snapshot: Snapshot, decision: Decision) -> float | None:
    """Return the A that all vehicles get; None if no vehicle charges by a plan."""
    planned = {
        key: item.offer
        for key, item in decision.connectors.items()
        if _charges(item.active_rule)
    }
    if not planned:
        return None
    return sum(
        planned.get(item.connector_id, item.drawn) for item in snapshot.connectors
    )


def _room_of_fuse(
    now: float, fuse: FuseConfig | None, reading: FuseReading | None, drawn: float
) -> float | None:
    """Return the A that the house leaves of the main fuse, with those that the vehicles draw; None if unknown."""
    if fuse is None or reading is None or reading.silent(fuse, now):
        return None
    if (amps := reading.amps(fuse)) is None:
        return None
    return max(0.0, fuse.size - _MARGIN_AMPS - amps + drawn)
