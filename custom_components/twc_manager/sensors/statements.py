"""The attributes of sensors that explain the decision of the rules; none of them is recorded."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..charging.statement import Cause, NextChange, Statement
from ..state.sentence import sentence
from ..state.texts import async_server_texts

ATTR_EXPLANATION: Final = "explanation"

UNRECORDED: Final = frozenset(
    {
        ATTR_EXPLANATION,
        "activity",
        "amps",
        "change",
        "drawn",
        "green_power",
        "limit",
        "needed_power",
        "next",
        "next_at",
        "schedule",
        "vehicles",
    }
)
"""All attributes: they change with every measurement, and the state is what an owner looks for later."""


def reason_attributes(hass: HomeAssistant, statement: Statement) -> dict[str, Any]:
    """Return a statement as a sentence in the language of the server, and in parts, amps in A and powers in W."""
    texts = async_server_texts(hass)
    parts = as_parts(statement)
    if not texts.are_loaded:
        return parts
    return {ATTR_EXPLANATION: sentence(statement, texts, dt_util.now()), **parts}


def change_attributes(statement: Statement) -> dict[str, Any]:
    """Return what the next change is."""
    change = statement.next_change
    if change is None:
        return {}
    return _known(change=change.kind.value, schedule=change.schedule, amps=change.amps)


def as_parts(statement: Statement) -> dict[str, Any]:
    """Return the parts of a statement that are known, in plain values."""
    return {
        "activity": statement.activity.value,
        "amps": statement.amps,
        **_cause_parts(statement.cause),
        **_change_parts(statement.next_told),
    }


def _cause_parts(cause: Cause | None) -> dict[str, Any]:
    if cause is None:
        return {}
    return _known(
        limit=cause.limit,
        vehicles=cause.vehicles,
        drawn=cause.drawn,
        green_power=cause.surplus_w,
        needed_power=cause.needed_w,
        schedule=cause.schedule,
    )


def _change_parts(change: NextChange | None) -> dict[str, Any]:
    if change is None:
        return {}
    at = dt_util.as_local(change.at).isoformat(timespec="seconds")
    return {"next": change.kind.value, "next_at": at}


def _known(**parts: Any) -> dict[str, Any]:
    return {key: value for key, value in parts.items() if value is not None}
