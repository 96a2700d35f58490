"""Which rule is in force for each connector, and which one is next: charge now, a schedule, or the mode.

Local times are aware, with the zone whose clock counts; what is returned is in UTC.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from ..outcome import ActiveRule, Rule
from .schedules import (
    Schedule,
    ScheduleKind,
    doubtful,
    in_force,
    next_before,
    next_change,
    next_time,
)

_CHANGES: Final = 20
"""So many edges of schedules that change nothing are passed over."""

CHARGE_NOW_DURATION: Final = timedelta(hours=24)
"""How long charge now lasts by default."""


class Mode(StrEnum):
    """What holds while neither charge now nor a schedule does."""

    GREEN = "green"
    FIXED = "fixed"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class ChargeNow:
    """Full power for a while, whatever else was set.

    Attributes:
        start: from when.
        end: until when.
        amps: the most whole A for all its connectors together; None is all there is.
        connectors: for which; None is all.

    """

    start: datetime
    end: datetime
    amps: int | None = None
    connectors: frozenset[int] | None = None

    @classmethod
    def begin(
        cls,
        local: datetime,
        duration: timedelta = CHARGE_NOW_DURATION,
        amps: int | None = None,
        connectors: frozenset[int] | None = None,
    ) -> Self:
        """Return one that begins now."""
        # In UTC, as a day of the clock on the wall may have 23 or 25 hours.
        start = local.astimezone(UTC)
        return cls(start, start + duration, amps, connectors)

    def counts(self, connector_id: int | None, local: datetime) -> bool:
        """Return whether it is in force for a connector, or None for the bus."""
        concerned = self.connectors is None or connector_id in self.connectors
        begun = self.start.astimezone(UTC) <= local.astimezone(UTC)
        return concerned and begun and not self.over(local)

    def over(self, local: datetime) -> bool:
        """Return whether its end has passed."""
        return self.end.astimezone(UTC) <= local.astimezone(UTC)

    def without(
        self, connectors: Collection[int], known: Collection[int]
    ) -> Self | None:
        """Return it for fewer connectors of those that are known; None if there are none left."""
        concerned = known if self.connectors is None else self.connectors
        left = frozenset(concerned).difference(connectors)
        return replace(self, connectors=left) if left else None

    def as_dict(self) -> dict[str, Any]:
        """Return it in a form for JSON."""
        return {
            "start": self.start.astimezone(UTC).isoformat(),
            "end": self.end.astimezone(UTC).isoformat(),
            "amps": self.amps,
            "connectors": None if self.connectors is None else sorted(self.connectors),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` gave; a KeyError, TypeError or ValueError says that it is something else."""
        start, end = (datetime.fromisoformat(data[key]) for key in ("start", "end"))
        if start.tzinfo is None or end.tzinfo is None:
            raise ValueError("charge now: its times tell no zone")
        amps, connectors = data["amps"], data["connectors"]
        return cls(
            start,
            end,
            None if amps is None else int(amps),
            None if connectors is None else frozenset(int(item) for item in connectors),
        )


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """All that decides which rule is in force.

    Attributes:
        mode: the mode of the bus.
        resume_green_at: when the mode fixed, chosen for today only, gives way to green; None if it stays.
        overrides: connectors with a mode of their own.
        schedules: the schedules; of those in force at the same time the first counts.
        charge_now: what was asked for, which may be over; of those for the same connector the first counts.

    """

    mode: Mode = Mode.FIXED
    resume_green_at: datetime | None = None
    overrides: Mapping[int, Mode] = field(default_factory=dict)
    schedules: Sequence[Schedule] = ()
    charge_now: Sequence[ChargeNow] = ()

    def mode_now(self, local: datetime) -> Mode:
        """Return the mode of the bus, which is green again once fixed for today is over."""
        resume = self.resume_green_at
        if self.mode is Mode.FIXED and resume is not None:
            if local.astimezone(UTC) >= resume.astimezone(UTC):
                return Mode.GREEN
        return self.mode


def resume_at(local: datetime, clock: time) -> datetime:
    """Return when green comes back, at a time of the clock, if fixed was chosen for today only now."""
    return next_time(local, clock)


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rules that are in force at one time.

    Attributes:
        bus: what holds for the bus, where no connector has a rule of its own.
        connectors: what holds for each connector.

    """

    bus: ActiveRule
    connectors: Mapping[int, ActiveRule]


def rules_for(
    settings: RuleSettings, connector_ids: Iterable[int], local: datetime
) -> RulesInForce:
    """Return what the rules in force allow the bus and each connector, and until when."""
    return RulesInForce(
        rule_for(settings, None, local),
        {
            connector_id: rule_for(settings, connector_id, local)
            for connector_id in connector_ids
        },
    )


def rule_for(
    settings: RuleSettings, connector_id: int | None, local: datetime
) -> ActiveRule:
    """Return what the rule in force allows one connector, or None for the bus, and until when."""
    for charge_now in settings.charge_now:
        if charge_now.counts(connector_id, local):
            end = charge_now.end.astimezone(UTC)
            return ActiveRule(Rule.CHARGE_NOW, charge_now.amps, until=end)
    schedule = in_force(settings.schedules, connector_id, local)
    known = (
        _of_mode(settings, connector_id, local)
        if schedule is None
        else _of_schedule(schedule, settings, connector_id, local)
    )
    for item in doubtful(settings.schedules, connector_id, schedule):
        known = _combined(known, _of_schedule(item, settings, connector_id, local))
    return known


def _of_schedule(
    schedule: Schedule,
    settings: RuleSettings,
    connector_id: int | None,
    local: datetime,
) -> ActiveRule:
    """Return what a schedule in force allows, until its end or until one that is listed before it comes."""
    ends = [next_before(settings.schedules, connector_id, schedule, local)]
    if schedule.follows is None and (span := schedule.span(local)) is not None:
        ends.append(span.end)
    return ActiveRule(
        Rule.SCHEDULE,
        0 if schedule.kind is ScheduleKind.DO_NOT_CHARGE else schedule.amps,
        schedule.kind is ScheduleKind.GREEN_ONLY,
        min((end for end in ends if end is not None), default=None),
        schedule.name,
    )


def _combined(known: ActiveRule, doubted: ActiveRule) -> ActiveRule:
    """Return a rule, less what another one takes away that may be in force instead of it."""
    amps = [item.amps for item in (known, doubted) if item.amps is not None]
    minimum = min(amps, default=None)
    if minimum == 0:
        return known if known.amps == 0 else doubted
    parts = (*(known.parts or (known,)), doubted)
    return replace(known, amps=minimum, green=known.green or doubted.green, parts=parts)


def _of_mode(
    settings: RuleSettings, connector_id: int | None, local: datetime
) -> ActiveRule:
    """Return what the mode allows."""
    own = None if connector_id is None else settings.overrides.get(connector_id)
    mode = settings.mode_now(local) if own is None else own
    until = next_change(settings.schedules, connector_id, local)
    if own is None and mode is Mode.FIXED:
        until = _earlier(until, settings.resume_green_at)
    match mode:
        case Mode.GREEN:
            return ActiveRule(Rule.GREEN, green=True, until=until)
        case Mode.FIXED:
            return ActiveRule(Rule.FIXED, until=until)
        case Mode.OFF:
            return ActiveRule(Rule.OFF, 0, until=until)


def _earlier(until: datetime | None, other: datetime | None) -> datetime | None:
    """Return the earlier one of two times that may not be known, in UTC."""
    if other is None:
        return until
    other = other.astimezone(UTC)
    return other if until is None else min(until, other)


@dataclass(frozen=True, slots=True)
class NextRule:
    """What will be in force, and from when; in the zone that was asked with."""

    start: datetime
    active_rule: ActiveRule


def next_rule(
    settings: RuleSettings, connector_id: int, local: datetime
) -> NextRule | None:
    """Return what is in force for a connector after what is now; None if the clock brings nothing else.

    What follows an entity stays as it is, since nobody knows when that changes.
    """
    now = rule_for(settings, connector_id, local)
    at, current = local, now
    for _ in range(_CHANGES):
        if current.until is None:
            return None
        at = current.until.astimezone(local.tzinfo)
        current = rule_for(settings, connector_id, at)
        if _meaning(current) != _meaning(now):
            return NextRule(at, current)
    return None


def _meaning(what: ActiveRule) -> tuple[Rule, int | None, bool, str | None]:
    return what.rule, what.amps, what.green, what.name
