"""The parts of a statement in plain values, for attributes and answers: amps in A, powers in W, times in local time."""

from typing import Any

from homeassistant.util import dt as dt_util

from ..charging.statement import Cause, NextChange, Statement


def change_as_parts(change: NextChange) -> dict[str, Any]:
    """Return what changes, with what is known of it."""
    return _known(change=change.kind.value, schedule=change.schedule, amps=change.amps)


def as_parts(statement: Statement) -> dict[str, Any]:
    """Return the parts of a statement that are known, in plain values."""
    return {
        "activity": statement.activity.value,
        "amps": statement.amps,
        **_cause_parts(statement.cause),
        **_change_parts(statement.next_shown),
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
