"""The room that is left for vehicles that are expected: those with a plan that are not plugged in yet.

It is not known when they come. So what they need is left free for them as late as possible: the vehicles that are there
charge when it is cheapest, as long as another one that came at any time could still be ready.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil

from .goals import MIN_AMPS, Goal, Strategy
from .jobs import Load, Window, make_job
from .result import Plan
from .series import Piece, Series
from .shapes import amounts_for
from .slots import PlanInputs, Slot, cut, excess


def with_room_for_expected(inputs: PlanInputs) -> PlanInputs:
    """Return inputs with caps that leave the expected vehicles what they will need; the same if that is nothing."""
    ends = {at: _end(inputs, goal) for at, goal in enumerate(inputs.expected)}
    coming = [(inputs.expected[at], end) for at, end in ends.items() if end is not None]
    if not coming:
        return inputs
    horizon = max(goal.ready for goal in (*inputs.goals, *inputs.expected))
    slots = cut(inputs, horizon.astimezone(UTC), [end for _, end in coming])
    anyway = _taken_anyway(inputs, slots)
    load = anyway.copy()
    for goal, end in sorted(coming, key=lambda item: item[0].ready, reverse=True):
        job = make_job(
            inputs, _steady(goal, inputs), slots, Window(end), Load.none(slots)
        )
        latest = amounts_for(job.task(slots, load), Strategy.LATEST)
        load.add(job, slots, latest.taken)
    return _with_left(inputs, slots, load, anyway)


def _with_left(
    inputs: PlanInputs, slots: Sequence[Slot], load: Load, anyway: Load
) -> PlanInputs:
    """Return inputs with what is left of each limit by the expected vehicles, see `_left`."""
    rooms = [slot.room for slot in slots]
    limits = (
        replace(
            limit,
            caps=_left(
                slots,
                [slot.rooms[number] for slot in slots],
                load.parts[number],
                anyway.parts[number],
            ),
        )
        for number, limit in enumerate(inputs.limits)
    )
    return replace(
        inputs,
        caps=_left(slots, rooms, load.amps, anyway.amps),
        limits=tuple(limits),
    )


def _left(
    slots: Sequence[Slot],
    rooms: Sequence[int],
    taken: Sequence[int],
    anyway: Sequence[int],
) -> Series:
    """Return the A that the expected vehicles leave of a limit: by all that is taken but what others take anyway."""
    pieces = (
        Piece(slot.start, slot.end, room - (amps - held))
        for slot, room, amps, held in zip(slots, rooms, taken, anyway, strict=True)
    )
    return Series(tuple(pieces))


def with_sun_for_expected(inputs: PlanInputs) -> PlanInputs:
    """Return inputs with what the expected vehicles leave of the sun; the same if they need nothing.

    It is not known when they come. Where the sun is not enough for all, each has as much of it as its need is of all
    needs.
    """
    coming = sum(goal.kwh for goal in inputs.expected if goal.ready > inputs.now)
    horizon = max(
        (goal.ready for goal in (*inputs.goals, *inputs.expected)), default=inputs.now
    )
    sun = _energy(inputs.sun_w, inputs.instant, horizon)
    if not coming or not sun:
        return inputs
    here = sum(goal.kwh for goal in inputs.goals)
    share = max(1 - coming / sun, here / (here + coming))
    pieces = (replace(item, value=item.value * share) for item in inputs.sun_w.pieces)
    return replace(inputs, sun_w=Series(tuple(pieces)))


def _energy(watts: Series, start: datetime, end: datetime) -> float:
    """Return the kWh between two instants."""
    return sum(
        max(0.0, piece.value)
        * max(
            timedelta(), min(piece.end, end) - max(piece.start, start)
        ).total_seconds()
        / 3.6e6
        for piece in watts.pieces
    )


def _end(inputs: PlanInputs, goal: Goal) -> datetime | None:
    """Return when an expected vehicle has to be done; None if it could not be ready any more if it came now.

    What it needs is counted with care already: a reserve besides would only make the others charge earlier.
    """
    needed = timedelta(seconds=goal.charging_seconds(inputs.voltage))
    ready = goal.ready.astimezone(UTC)
    early = ready - max(inputs.set_back_of(goal), goal.keep)
    return next((end for end in (early, ready) if inputs.instant + needed <= end), None)


def _taken_anyway(inputs: PlanInputs, slots: Sequence[Slot]) -> Load:
    """Return what the vehicles that are there take in each slot whatever is planned."""
    load = Load.none(slots)
    for goal in inputs.goals:
        if not goal.stoppable:
            make_job(inputs, goal, slots, Window(goal.ready), load)
    return load


def _steady(goal: Goal, inputs: PlanInputs) -> Goal:
    """Return the goal of a vehicle that takes all the time what it takes on average."""
    seconds = goal.charging_seconds(inputs.voltage)
    amps = goal.amp_seconds(inputs.voltage) / seconds if seconds else 0.0
    return replace(
        goal,
        max_amps=max(MIN_AMPS, ceil(amps - 1e-6)),
        taper=(),
        # One that cannot be stopped needs no more than that either.
        stoppable=True,
        keep=timedelta(),
    )


def taken_from_expected(plan: Plan, inputs: PlanInputs) -> float:
    """Return the kWh that a plan takes of the room that is left for expected vehicles.

    Args:
        plan: the plan.
        inputs: what it was made for, as `with_room_for_expected` returns it.

    """
    slots = [slot for vehicle in plan.vehicles.values() for slot in vehicle.slots]
    times = {time for slot in slots for time in (slot.start, slot.end)}
    for slot in slots:
        times.update(inputs.boundaries(slot.start, slot.end))
    phases = max((goal.phases for goal in inputs.expected), default=1)
    watts_per_amp = phases * inputs.voltage
    return sum(
        excess(plan, inputs, start)
        * watts_per_amp
        * (end - start).total_seconds()
        / 3.6e6
        for start, end in pairwise(sorted(times))
    )
