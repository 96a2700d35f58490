"""The slots of a plan in plain values, for attributes, responses and the calendar."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from homeassistant.util import dt as dt_util

from ..charging.planning.result import PlannedSlot
from ..charging.plans.status import PlanStatus


def slots_in_short(slots: Iterable[PlannedSlot]) -> list[dict[str, Any]]:
    """Return the times in which a plan charges without a break, in local time, energy in kWh."""
    return [
        {
            "start": _text(slot.start),
            "end": _text(slot.end),
            "energy": round(slot.kwh, 1),
            "cost": round(slot.cost, 2),
        }
        for slot in _runs(slots)
    ]


def slots_as_response(slots: Iterable[PlannedSlot]) -> list[dict[str, Any]]:
    """Return each slot of a plan, in local time, with its whole A, kWh, cost, and whether its price is known."""
    return [
        {
            "start": _text(slot.start),
            "end": _text(slot.end),
            "amps": slot.amps,
            "energy_kwh": round(slot.kwh, 3),
            "cost": round(slot.cost, 4),
            "price_known": slot.known,
        }
        for slot in slots
    ]


def runs_of(status: PlanStatus) -> list[PlannedSlot]:
    """Return the times in which a plan charges without a break; the current one keeps the start that it had."""
    runs = list(_runs(status.slots))
    if runs and status.next_start is not None:
        runs[0] = replace(runs[0], start=min(runs[0].start, status.next_start))
    return runs


def _runs(slots: Iterable[PlannedSlot]) -> Iterator[PlannedSlot]:
    """Yield slots that follow each other as one."""
    run: list[PlannedSlot] = []
    for slot in slots:
        if run and run[-1].end != slot.start:
            yield _joined(run)
            run = []
        run.append(slot)
    if run:
        yield _joined(run)


def _joined(run: list[PlannedSlot]) -> PlannedSlot:
    return replace(
        run[0],
        end=run[-1].end,
        kwh=sum(slot.kwh for slot in run),
        cost=sum(slot.cost for slot in run),
    )


def _text(at: Any) -> str:
    return dt_util.as_local(at).isoformat(timespec="minutes")
