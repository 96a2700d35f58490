"""Which rule is in force for each connector, and which one is next: charge now, a schedule, or the mode.

Local times are aware and have the zone of the house; returned times are in UTC.
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
"""The maximum number of changes that the search for the next rule goes through."""

CHARGE_NOW_DURATION: Final = timedelta(hours=24)
"""How long charge now lasts by default."""


class Mode(StrEnum):
    """The mode: the rule while neither charge now nor a schedule is in force."""

    GREEN = "green"
    FIXED = "fixed"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class ChargeNow:
    """Charge now: full power for a time, before all schedules and modes.

    Attributes:
        start: when it begins.
        end: when it ends.
        amps: the maximum for all its connectors together, in whole A; None for no maximum of its own.
        connectors: the ids of its connectors; None for all.
        until_unplugged: whether it ends for a connector when its vehicle is unplugged, if that is before the end.

    """

    start: datetime
    end: datetime
    amps: int | None = None
    connectors: frozenset[int] | None = None
    until_unplugged: bool = False

    @classmethod
    def begin(
        cls,
        local: datetime,
        duration: timedelta = CHARGE_NOW_DURATION,
        amps: int | None = None,
        connectors: frozenset[int] | None = None,
        *,
        until_unplugged: bool = False,
    ) -> Self:
        """Return a charge now that begins at the local time."""
        # In UTC, since a local day may have 23 or 25 hours.
        start = local.astimezone(UTC)
        return cls(start, start + duration, amps, connectors, until_unplugged)

    def counts(self, connector_id: int | None, local: datetime) -> bool:
        """Return whether it is in force for a connector; None stands for the bus."""
        begun = self.start.astimezone(UTC) <= local.astimezone(UTC)
        return self.concerns(connector_id) and begun and not self.over(local)

    def concerns(self, connector_id: int | None) -> bool:
        """Return whether it is for a connector; None stands for the bus."""
        return self.connectors is None or connector_id in self.connectors

    def over(self, local: datetime) -> bool:
        """Return whether it has ended."""
        return self.end.astimezone(UTC) <= local.astimezone(UTC)

    def without(
        self, connectors: Collection[int], known: Collection[int]
    ) -> Self | None:
        """Return it without some of the known connectors; None if none of them remains."""
        concerned = known if self.connectors is None else self.connectors
        left = frozenset(concerned).difference(connectors)
        return replace(self, connectors=left) if left else None

    def as_dict(self) -> dict[str, Any]:
        """Return a dictionary that is fit for JSON."""
        return {
            "start": self.start.astimezone(UTC).isoformat(),
            "end": self.end.astimezone(UTC).isoformat(),
            "amps": self.amps,
            "connectors": None if self.connectors is None else sorted(self.connectors),
            "until_unplugged": self.until_unplugged,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what `as_dict` returned.

        Raises:
            KeyError, TypeError, ValueError: if the data is something else.

        """
        start, end = (datetime.fromisoformat(data[key]) for key in ("start", "end"))
        if start.tzinfo is None or end.tzinfo is None:
            raise ValueError("charge now: its times have no zone")
        amps, connectors = data["amps"], data["connectors"]
        return cls(
            start,
            end,
            None if amps is None else int(amps),
            None if connectors is None else frozenset(int(item) for item in connectors),
            bool(data["until_unplugged"]),
        )


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """The settings that decide which rule is in force.

    Attributes:
        mode: the mode of the bus.
        resume_green_at: when the mode changes from fixed, chosen for today only, to green; None if fixed stays.
        overrides: the modes of connectors that have their own.
        schedules: the schedules; if several are in force, the first one counts.
        charge_now: the requested ones, including ended ones; the first one in force for a connector counts.
        cheap: whether electricity is cheap enough now to charge from more than green energy.

    """

    mode: Mode = Mode.FIXED
    resume_green_at: datetime | None = None
    overrides: Mapping[int, Mode] = field(default_factory=dict)
    schedules: Sequence[Schedule] = ()
    charge_now: Sequence[ChargeNow] = ()
    cheap: bool = False

    def mode_now(self, local: datetime) -> Mode:
        """Return the mode of the bus, which is green again once fixed for today has ended."""
        resume = self.resume_green_at
        if self.mode is Mode.FIXED and resume is not None:
            if local.astimezone(UTC) >= resume.astimezone(UTC):
                return Mode.GREEN
        return self.mode


def resume_at(local: datetime, clock: time) -> datetime:
    """Return when green resumes, at a local time of day, if fixed for today only is chosen now."""
    return next_time(local, clock)


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """The rules that are in force at one time.

    Attributes:
        bus: the rule of the bus.
        connectors: the rule of each connector.

    """

    bus: ActiveRule
    connectors: Mapping[int, ActiveRule]


def rules_for(
    settings: RuleSettings, connector_ids: Iterable[int], local: datetime
) -> RulesInForce:
    """Return the rules in force for the bus and each connector."""
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
    """Return the rule in force for a connector, and until when; None stands for the bus."""
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
    """Return the rule of a schedule in force, until it ends or a schedule listed before it begins."""
    ends = [next_before(settings.schedules, connector_id, schedule, local)]
    if schedule.follows is None and (span := schedule.span(local)) is not None:
        ends.append(span.end)
    return ActiveRule(
        Rule.SCHEDULE,
        0 if schedule.kind is ScheduleKind.DO_NOT_CHARGE else schedule.amps,
        schedule.kind is ScheduleKind.GREEN_ONLY and not settings.cheap,
        min((end for end in ends if end is not None), default=None),
        schedule.name,
    )


def _combined(known: ActiveRule, doubted: ActiveRule) -> ActiveRule:
    """Return a rule restricted by a doubtful schedule, which may be in force instead of it."""
    amps = [item.amps for item in (known, doubted) if item.amps is not None]
    minimum = min(amps, default=None)
    if minimum == 0:
        return known if known.amps == 0 else doubted
    parts = (*(known.parts or (known,)), doubted)
    return replace(known, amps=minimum, green=known.green or doubted.green, parts=parts)


def _of_mode(
    settings: RuleSettings, connector_id: int | None, local: datetime
) -> ActiveRule:
    """Return the rule of the mode."""
    own = None if connector_id is None else settings.overrides.get(connector_id)
    mode = settings.mode_now(local) if own is None else own
    until = next_change(settings.schedules, connector_id, local)
    if own is None and mode is Mode.FIXED:
        until = _earlier(until, settings.resume_green_at)
    match mode:
        case Mode.GREEN if settings.cheap:
            return ActiveRule(Rule.CHEAP, until=until)
        case Mode.GREEN:
            return ActiveRule(Rule.GREEN, green=True, until=until)
        case Mode.FIXED:
            return ActiveRule(Rule.FIXED, until=until)
        case Mode.OFF:
            return ActiveRule(Rule.OFF, 0, until=until)


def _earlier(until: datetime | None, other: datetime | None) -> datetime | None:
    """Return the earlier of two times, in UTC; None is an unknown time."""
    if other is None:
        return until
    other = other.astimezone(UTC)
    return other if until is None else min(until, other)


@dataclass(frozen=True, slots=True)
class NextRule:
    """The rule that is in force next, and when it begins, in the zone of the given local time."""

    start: datetime
    active_rule: ActiveRule


def next_rule(
    settings: RuleSettings, connector_id: int | None, local: datetime
) -> NextRule | None:
    """Return the next rule for a connector, or for the bus if it is None; None if no other rule follows by the clock.

    Schedules that follow an entity are assumed to stay as they are, since its changes cannot be predicted. Cheap
    electricity counts only for the current rule.
    """
    now = rule_for(settings, connector_id, local)
    settings = replace(settings, cheap=False)
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
