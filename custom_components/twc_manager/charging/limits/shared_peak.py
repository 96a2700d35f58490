"""One peak budget with all the buses that charge behind the same meter.

Powers are in W, `now` is in s of a monotonic clock, `local` is the time by the clock on the wall.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf

from ..away import stopped_at
from .peak_allowance import allowance
from .peak_meter import PeakMeter
from .peak_tariff import PeakTariff


@dataclass(frozen=True, slots=True)
class PeakLoad:
    """What the vehicles of a bus do.

    Attributes:
        charging: the power that they draw.
        wanted: the power that they could draw.
        minimum: the least power that one of them charges with.
        possible: the power that they could be drawing, by the records of the guard of its wiring.

    """

    charging: float = 0.0
    wanted: float = 0.0
    minimum: float = 0.0
    possible: float = 0.0


@dataclass(frozen=True, slots=True)
class PeakInputs:
    """What is known of the peak budget.

    Attributes:
        tariff: the tariff.
        imported: the import from the grid; negative is export; None if it is not known.
        known_kw: the highest interval so far by the meter, in kW; None if it does not tell.
        wish_kw: the peak that the owner is content with, in kW.
        margin: the part of the budget that is kept free.

    """

    tariff: PeakTariff
    imported: float | None = None
    known_kw: float | None = None
    wish_kw: float = 0.0
    margin: float = 0.0


@dataclass(frozen=True, slots=True)
class PeakStatus:
    """What is told of the peak budget.

    Attributes:
        budget_kw: the average that the running interval may have; None while it does not count.
        expected_kw: the average that it will have if charging goes on; None while the import is not known.
        paid_kw: the peak that is paid for so far.
        until: when the running interval ends.

    """

    budget_kw: float | None
    expected_kw: float | None
    paid_kw: float
    until: datetime


@dataclass(frozen=True, slots=True)
class PeakShare:
    """What the vehicles of one bus may draw.

    Attributes:
        watts: the power; None if nothing limits it.
        may_start: whether more vehicles may begin.
        is_silent: whether the import is not known.
        status: what is told.

    """

    watts: float | None
    may_start: bool
    is_silent: bool
    status: PeakStatus


@dataclass(frozen=True, slots=True)
class _Member:
    """A bus.

    Attributes:
        load: what its vehicles did when it told that last.
        until: when they must have stopped if the bus is away; inf while it is here.

    """

    load: PeakLoad
    until: float = inf

    def lost(self, now: float) -> _Member:
        """Return the bus as one that is away: its vehicles may draw all that they could, and want no more."""
        if not self.is_here:
            return self
        possible = max(self.load.possible, self.load.charging)
        load = replace(self.load, possible=possible, wanted=possible)
        return _Member(load, stopped_at(now))

    @property
    def is_here(self) -> bool:
        """Return whether it tells what its vehicles do."""
        return self.until == inf

    @property
    def wanted(self) -> float:
        """Return the power that its vehicles could use."""
        return max(self.load.wanted, self.load.charging)

    @property
    def taken(self) -> float:
        """Return the power that no other bus may have."""
        return self.load.charging if self.is_here else self.load.possible


class SharedPeak:
    """The peak budget of a house.

    Attributes:
        meter: what has been imported.

    """

    def __init__(self, meter: PeakMeter | None = None) -> None:
        """Start without a bus."""
        self.meter = PeakMeter() if meter is None else meter
        self._members: dict[str, _Member] = {}

    def lose(self, bus: str, now: float) -> None:
        """Note that a bus is away: its vehicles count until they must have stopped."""
        if (member := self._members.get(bus)) is not None:
            self._members[bus] = member.lost(now)

    def update(
        self,
        bus: str,
        now: float,
        local: datetime,
        inputs: PeakInputs,
        load: PeakLoad | None,
    ) -> PeakShare:
        """Take what the vehicles of a bus do, and return what they may draw; None if the bus is away."""
        self._note(bus, now, load)
        # The house is what is imported beside them. A bus that is away charges on as far as anybody knows.
        charging = sum(item.load.charging for item in self._members.values())
        tariff, meter = inputs.tariff, self.meter
        meter.update(now, local, tariff, inputs.imported, charging)
        budget_kw = meter.records.budget(
            tariff, local.date(), inputs.wish_kw, inputs.known_kw or 0.0
        )
        budget = budget_kw * 1000 * (1 - inputs.margin)
        facts = meter.facts(local, tariff, budget)
        counts = tariff.counts(local)
        paid_kw = inputs.known_kw or meter.records.paid(tariff)
        begin = tariff.begin_of(local)
        status = PeakStatus(
            budget_kw if counts else None,
            None if facts is None else facts.expected_average(charging) / 1000,
            paid_kw,
            begin + timedelta(seconds=tariff.seconds),
        )
        if not counts:
            return PeakShare(None, may_start=True, is_silent=False, status=status)
        if facts is None:
            return PeakShare(0.0, may_start=False, is_silent=True, status=status)
        allowed = allowance(facts, 0.0 if load is None else load.minimum)
        watts = _share(bus, allowed.watts, self._members)
        return PeakShare(watts, allowed.may_start, is_silent=False, status=status)

    def _note(self, bus: str, now: float, load: PeakLoad | None) -> None:
        """Note what a bus has told, and forget those whose vehicles must have stopped."""
        if load is None:
            self.lose(bus, now)
        else:
            self._members[bus] = _Member(load)
        self._members = {
            key: item for key, item in self._members.items() if now < item.until
        }


def _share(bus: str, watts: float, members: Mapping[str, _Member]) -> float:
    """Return the fair part of a bus; a raise waits until the others draw no more than theirs.

    A bus that is away has all that it may be drawing.
    """
    if members.keys() == {bus}:
        return watts
    others = {key: item for key, item in members.items() if key != bus}
    left = watts - sum(item.taken for item in members.values() if not item.is_here)
    wanted = {key: item.wanted for key, item in members.items() if item.is_here}
    parts = _divided(left, wanted)
    fair = left - sum(parts.get(key, 0.0) for key in others)
    free = watts - sum(item.taken for item in others.values())
    return max(min(fair, free), 0.0)


def _divided(watts: float, wanted: Mapping[str, float]) -> dict[str, float]:
    """Return an equal part for each, or what it wants if that is less."""
    parts: dict[str, float] = {}
    for left, key in zip(
        range(len(wanted), 0, -1), sorted(wanted, key=wanted.__getitem__), strict=True
    ):
        parts[key] = min(wanted[key], watts / left)
        watts -= parts[key]
    return parts
