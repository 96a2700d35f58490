"""Puts the statement about a connector or a bus into words.

The words are those of one language, from the category `config_panel` of the translations, which Home Assistant loads in
any language, and which may have keys of any depth. Values are written by a notation.
"""

from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final

from ..charging.outcome import LimitReason
from ..charging.statement import Cause, ChangeKind, NextChange, PlanStatement, Statement
from .notation import Notation, OpenNotation, Part, Texts

_SOON: Final = timedelta(hours=22)
"""Up to this long before it, a time of day alone says when something happens."""

_FAR: Final = timedelta(days=6)
"""A change that is further away is left out: its weekday alone would be ambiguous."""

_LONGEST_NAME: Final = 12
"""The maximum number of characters of a name in a sentence."""

_OF_PLAN: Final = frozenset(
    {LimitReason.PLAN, LimitReason.WAITS_FOR_PLAN, LimitReason.PLAN_REACHED}
)
"""The reasons that are left out beside the sentence about the plan, which says more."""


def sentence(statement: Statement, texts: Texts, local: datetime) -> str:
    """Return a statement in words; times are in the zone of the local time."""
    return _sentence(statement, Notation(texts, local.tzinfo), local)


def sentence_in_parts(
    statement: Statement, texts: Texts, local: datetime
) -> list[Part]:
    """Return a statement in words, in which numbers, prices and times are left open."""
    notation = OpenNotation(texts)
    return notation.parts(_sentence(statement, notation, local))


def change_in_parts(change: NextChange, texts: Texts, local: datetime) -> list[Part]:
    """Return what changes next in words, in which times are left open."""
    notation = OpenNotation(texts)
    return notation.parts(_change(change, notation, local))


def _sentence(statement: Statement, notation: Notation, local: datetime) -> str:
    texts = notation.texts
    now = texts[f"now.{statement.activity}"].format(amps=statement.amps)
    cause = statement.cause
    if cause is None or cause.reason.value == statement.activity.value:
        first = texts["alone"].format(now=now)
    else:
        first = texts["with_why"].format(now=now, why=_why(cause, notation))
    if (plan := statement.plan) is not None:
        if cause is not None and cause.reason in _OF_PLAN:
            first = texts["alone"].format(now=now)
        return f"{first} {_plan(plan, notation, local)}"
    change = statement.next_shown
    if change is None or change.at - local >= _FAR:
        return first
    return f"{first} {_change(change, notation, local)}"


def _plan(plan: PlanStatement, notation: Notation, local: datetime) -> str:
    """Return the sentence about a plan."""
    texts = notation.texts
    words = texts["plan.with_slot" if plan.end is not None else "plan.alone"]
    return words.format(
        name=_short(plan.name, notation),
        goal=texts[f"plan.goal.{plan.unit}"].format(
            amount=notation.amount(plan.amount)
        ),
        ready=_when(plan.ready, notation, local, soon="plan.by", later="plan.by_day"),
        slot=_slot(plan, notation, local),
        outcome=texts[f"plan.outcome.{plan.outcome}"],
    )


def _slot(plan: PlanStatement, notation: Notation, local: datetime) -> str:
    """Return when a plan charges now or next, with the price if it is known."""
    if plan.start is None or plan.end is None:
        return ""
    texts = notation.texts
    start, end = (notation.time(_minute(at)) for at in (plan.start, plan.end))
    key = "now" if plan.start <= local else "next"
    slot = texts[f"plan.{key}"].format(start=start, end=end)
    if plan.price is None:
        return slot
    price = notation.price(plan.price, plan.currency)
    key = "with_sun" if plan.has_sun else "at_price"
    return texts[f"plan.{key}"].format(slot=slot, price=price)


def _why(cause: Cause, notation: Notation) -> str:
    return notation.texts[f"why.{_why_key(cause)}"].format(
        limit=cause.limit,
        drawn=cause.drawn,
        surplus=_kilowatts(cause.surplus_w, notation),
        needed=_kilowatts(cause.needed_w, notation),
        schedule=_short(cause.schedule, notation),
    )


def _why_key(cause: Cause) -> str:
    """Return the key of the text for a cause with these values; a reason without values has a text of its own."""
    reason = cause.reason
    if cause.surplus_w is not None:
        return "green_power" if cause.needed_w is None else "green_short"
    if cause.from_grid:
        return f"{reason}_from_grid"
    if cause.schedule is not None:
        return "schedule_amps" if cause.limit else "schedule_off"
    has_amps = cause.limit is not None or cause.drawn is not None
    return f"{reason}_amps" if has_amps else reason


def _change(change: NextChange, notation: Notation, local: datetime) -> str:
    """Return what changes next in words."""
    return notation.texts[f"next.{_next_key(change)}"].format(
        schedule=_short(change.schedule, notation),
        amps=change.amps,
        when=_when(change.at, notation, local),
    )


def _next_key(change: NextChange) -> str:
    if change.kind is ChangeKind.MODE_CHANGES:
        return f"mode_{change.rule}"
    if change.kind is not ChangeKind.SCHEDULE_BEGINS:
        return change.kind
    if change.green:
        return "schedule_green"
    if change.amps is None:
        return change.kind
    return "schedule_amps" if change.amps else "schedule_off"


def _when(
    at: datetime,
    notation: Notation,
    local: datetime,
    *,
    soon: str = "at",
    later: str = "on",
) -> str:
    """Return a time in words, to the minute that has begun by then; `soon` and `later` are the keys of the words."""
    begun = _minute(at)
    time, texts = notation.time(begun), notation.texts
    if at - local < _SOON:
        return texts[soon].format(time=time)
    return texts[later].format(day=notation.day(begun), time=time)


def _minute(at: datetime) -> datetime:
    """Return the minute that has begun by a time."""
    return datetime.fromtimestamp(ceil(at.timestamp() / 60) * 60, UTC)


def _kilowatts(watts: float | None, notation: Notation) -> str:
    return "" if watts is None else notation.kilowatts(watts)


def _short(name: str | None, notation: Notation) -> str:
    """Return a name, cut if it is too long for a sentence."""
    name = notation.name(name or "")
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - 1].rstrip()}…"
