"""The sentence of a connector or a bus: its parts put into words.

The words are those of one language, from the category `config_panel` of the translations, which Home Assistant loads in
any language, and which may have keys of any depth.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final

from ..charging.outcome import LimitReason
from ..charging.statement import Cause, ChangeKind, NextChange, PlanStatement, Statement
from ..const import DOMAIN

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SOON: Final = timedelta(hours=22)
"""Up to this long before it, a time of day alone says when something happens."""

_FAR: Final = timedelta(days=6)
"""From this long before it on, the day of the week could be another one: nothing is said."""

_LONGEST_NAME: Final = 12
"""How many characters of a schedule's name are told."""

_OF_PLAN: Final = frozenset(
    {LimitReason.PLAN, LimitReason.WAITS_FOR_PLAN, LimitReason.PLAN_REACHED}
)
"""The reasons that what is told of a plan says better."""

CATEGORY: Final = "config_panel"
_PREFIX: Final = f"component.{DOMAIN}.{CATEGORY}.sentence."


class Texts:
    """The texts of the sentences in one language, by their keys below `sentence`."""

    __slots__ = ("_translations",)

    def __init__(self, translations: Mapping[str, str]) -> None:
        """Take the translations of the category, as Home Assistant returns them."""
        self._translations = translations

    def __getitem__(self, key: str) -> str:
        """Return a text."""
        return self._translations[f"{_PREFIX}{key}"]

    @property
    def are_loaded(self) -> bool:
        """Return whether there are any."""
        return bool(self._translations)


def sentence(statement: Statement, texts: Texts, local: datetime) -> str:
    """Return a statement in words; times are in the zone of the local time."""
    now = texts[f"now.{statement.activity}"].format(amps=statement.amps)
    cause = statement.cause
    if cause is None or cause.reason.value == statement.activity.value:
        first = texts["alone"].format(now=now)
    else:
        first = texts["with_why"].format(now=now, why=_why(cause, texts))
    if (plan := statement.plan) is not None:
        if cause is not None and cause.reason in _OF_PLAN:
            first = texts["alone"].format(now=now)
        return f"{first} {_plan(plan, texts, local)}"
    change = statement.next_told
    if change is None or change.at - local >= _FAR:
        return first
    return f"{first} {change_in_words(change, texts, local)}"


def _plan(plan: PlanStatement, texts: Texts, local: datetime) -> str:
    """Return what is told of a plan."""
    words = texts["plan.with_slot" if plan.end is not None else "plan.alone"]
    return words.format(
        name=_short(plan.name),
        goal=texts[f"plan.goal.{plan.unit}"].format(
            amount=number_text(plan.amount, 1, texts)
        ),
        ready=_when(plan.ready, texts, local, soon="plan.by", later="plan.by_day"),
        slot=_slot(plan, texts, local),
        outcome=texts[f"plan.outcome.{plan.outcome}"],
    )


def _slot(plan: PlanStatement, texts: Texts, local: datetime) -> str:
    """Return when a plan charges now or next, with the price if it is known."""
    if plan.start is None or plan.end is None:
        return ""
    key = "now" if plan.start <= local else "next"
    start, end = (at.astimezone(local.tzinfo) for at in (plan.start, plan.end))
    when = texts[f"plan.{key}"].format(start=f"{start:%H:%M}", end=f"{end:%H:%M}")
    if plan.price is None:
        return when
    price = number_text(plan.price, 2, texts)
    return (
        texts["plan.at_price"]
        .format(slot=when, price=price, currency=plan.currency)
        .rstrip()
    )


def number_text(value: float, digits: int, texts: Texts) -> str:
    """Return a number with so many digits at most where they are not zero, but all of them for a price."""
    text = f"{value:.{digits}f}"
    if digits == 1:
        text = text.removesuffix(".0")
    return text.replace(".", texts["decimal"])


def _why(cause: Cause, texts: Texts) -> str:
    return texts[f"why.{_why_key(cause)}"].format(
        limit=cause.limit,
        drawn=cause.drawn,
        surplus=_kilowatts(cause.surplus_w, texts),
        needed=_kilowatts(cause.needed_w, texts),
        schedule=_short(cause.schedule),
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


def change_in_words(change: NextChange, texts: Texts, local: datetime) -> str:
    """Return what changes next in words; times are in the zone of the local time."""
    return texts[f"next.{_next_key(change)}"].format(
        schedule=_short(change.schedule),
        amps=change.amps,
        when=_when(change.at, texts, local),
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
    texts: Texts,
    local: datetime,
    *,
    soon: str = "at",
    later: str = "on",
) -> str:
    """Return a time in words, to the minute that has begun by then; `soon` and `later` are the keys of the words."""
    minutes = ceil(at.timestamp() / 60)
    there = datetime.fromtimestamp(minutes * 60, UTC).astimezone(local.tzinfo)
    time = f"{there:%H:%M}"
    if at - local < _SOON:
        return texts[soon].format(time=time)
    return texts[later].format(day=texts[f"day.{_DAYS[there.weekday()]}"], time=time)


def _kilowatts(watts: float | None, texts: Texts) -> str:
    if watts is None:
        return ""
    return f"{watts / 1000:.1f}".replace(".", texts["decimal"])


def _short(name: str | None) -> str:
    """Return a name, cut if it is too long for a sentence."""
    name = name or ""
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - 1].rstrip()}…"
