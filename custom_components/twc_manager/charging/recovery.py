"""Applies the 6 A recovery to a decision: a boost for a stuck vehicle, if all limits leave room for it.

Time is an argument, in s of a monotonic clock; amps are whole A.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

from .allocation.budgets import GREEN
from .allocation.sharing import CurrentClaim, Portion, divide
from .allocation.six_amp import boost_amps
from .candidate import ConnectorContext
from .report_clock import Reporting


def give_boost(
    now: float,
    contexts: Sequence[ConnectorContext],
    claims: Sequence[CurrentClaim],
    portions: dict[int, Portion],
    left: Mapping[Hashable, int],
    *,
    enabled: bool,
) -> ConnectorContext | None:
    """Give the first stuck vehicle its boost, if all limits leave room, and return its context; None without one.

    Args:
        now: the time, in s.
        contexts: the connectors that are served.
        claims: all claims to the budgets.
        portions: the portions of the claims, which the boost changes.
        left: the A of the budgets before the claims are served.
        enabled: whether the recovery is switched on.

    """
    recovering: ConnectorContext | None = None
    for context in contexts:
        amps = _recovery_amps(context, now, enabled=enabled)
        if amps is None:
            continue
        boosted = None
        if recovering is None:
            boosted = _boosted(context, amps, claims, portions, left)
        if boosted is None:
            context.runtime.recovery.cancel(now)
            continue
        context.runtime.recovery.begin(now, context.connector.drawn)
        portions.update(boosted)
        recovering = context
    return recovering


def _recovery_amps(
    context: ConnectorContext, now: float, *, enabled: bool
) -> int | None:
    """Return the boost that would help a vehicle, in A; None if it does not need one."""
    recovery = context.runtime.recovery
    if not enabled or context.runtime.is_asked_for_less:
        recovery.cancel(now)
        return None
    silent = context.runtime.reports.reporting is Reporting.SILENT
    if silent and not recovery.active:
        return None
    return recovery.update(
        now,
        offered=context.connector.offered,
        drawn=context.connector.drawn,
        boost=boost_amps(context.connector.rating),
    )


def _boosted(
    context: ConnectorContext,
    amps: int,
    claims: Sequence[CurrentClaim],
    portions: Mapping[int, Portion],
    left: Mapping[Hashable, int],
) -> dict[int, Portion] | None:
    """Return the portions with a boost, if all served connectors still get theirs; None without room.

    The boost is taken from what wiring, fuse and owner allow. It may exceed the surplus for its few seconds: green
    energy raises offers in small steps, which is the cause of stuck vehicles.
    """
    usual = portions[context.connector_id].amps
    room = amps <= context.limits.ceiling
    if not room or (usual >= amps and not context.runtime.recovery.active):
        return None
    left = dict(left)
    if GREEN in context.limits.budgets:
        left[GREEN] -= usual
    boosted = divide(_with_boost(claims, context.connector_id, amps), left)
    kept = all(
        boosted[key].amps or not portion.amps for key, portion in portions.items()
    )
    return boosted if kept else None


def _with_boost(
    claims: Sequence[CurrentClaim], connector_id: int, amps: int
) -> list[CurrentClaim]:
    """Return the claims with exactly these A for one connector, before all others and apart from green energy."""
    boosts = [
        replace(
            claim,
            minimum=amps,
            usable=amps,
            maximum=amps,
            budgets=tuple(key for key in claim.budgets if key != GREEN),
        )
        for claim in claims
        if claim.connector_id == connector_id
    ]
    return boosts + [item for item in claims if item.connector_id != connector_id]
