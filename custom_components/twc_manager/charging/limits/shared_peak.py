"""Divides one peak budget among all buses behind the same grid meter.

Powers are in W, `now` is in s of a monotonic clock, `local` is the local time.
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
    """The load of the vehicles of a bus.

    Attributes:
        charging: the power that they draw.
        wanted: the power that they could use.
        minimum: the lowest minimum power of one of them.
        possible: the power that they could be drawing, by the records of the guard of the wiring.

    """

    charging: float = 0.0
    wanted: float = 0.0
    minimum: float = 0.0
    possible: float = 0.0


@dataclass(frozen=True, slots=True)
class PeakInputs:
    """The inputs of a peak budget.

    Attributes:
        tariff: the tariff.
        imported: the import from the grid; negative for export; None if unknown.
        known_kw: the highest interval so far by the meter, in kW; None if the meter does not report it.
        wish_kw: the peak that the owner accepts, in kW.
        margin: the part of the budget that is kept free.

    """

    tariff: PeakTariff
    imported: float | None = None
    known_kw: float | None = None
    wish_kw: float = 0.0
    margin: float = 0.0


@dataclass(frozen=True, slots=True)
class PeakStatus:
    """The state of a peak budget, for entities and plans.

    Attributes:
        budget_kw: the average that the running interval may have; None while the tariff does not count it.
        expected_kw: the average that it will have if charging continues; None while the import is unknown.
        paid_kw: the peak that is billed so far.
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
        may_start: whether more vehicles may start.
        is_silent: whether the import is unknown.
        status: the state of the budget.

    """

    watts: float | None
    may_start: bool
    is_silent: bool
    status: PeakStatus


@dataclass(frozen=True, slots=True)
class _Member:
    """A bus.

    Attributes:
        load: the load that it reported last.
        until: when its vehicles must have stopped if the bus is away; inf while it reports.

    """

    load: PeakLoad
    until: float = inf

    def lost(self, now: float) -> _Member:
        """Return the bus as away: its vehicles count with all that they could be drawing."""
        if not self.is_here:
            return self
        possible = max(self.load.possible, self.load.charging)
        load = replace(self.load, possible=possible, wanted=possible)
        return _Member(load, stopped_at(now))

    @property
    def is_here(self) -> bool:
        """Return whether it reports."""
        return self.until == inf

    @property
    def wanted(self) -> float:
        """Return the power that its vehicles could use."""
        return max(self.load.wanted, self.load.charging)

    @property
    def taken(self) -> float:
        """Return the power that is not available to other buses."""
        return self.load.charging if self.is_here else self.load.possible


class SharedPeak:
    """The peak budget of a house.

    Attributes:
        meter: the measurement of the import.

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
        """Take the load of a bus, None if the bus is away, and return what its vehicles may draw."""
        self._note(bus, now, load)
        # The rest of the import is the house. A bus that is away is assumed to continue to charge.
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
        """Note the report of a bus, and forget buses whose vehicles must have stopped."""
        if load is None:
            self.lose(bus, now)
        else:
            self._members[bus] = _Member(load)
        self._members = {
            key: item for key, item in self._members.items() if now < item.until
        }


def _share(bus: str, watts: float, members: Mapping[str, _Member]) -> float:
    """Return the fair part of a bus; a raise waits until the other buses draw no more than their parts.

    A bus that is away keeps all that it may be drawing.
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
    """Return an equal part for each bus, or what it wants if that is less."""
    parts: dict[str, float] = {}
    for left, key in zip(
        range(len(wanted), 0, -1), sorted(wanted, key=wanted.__getitem__), strict=True
    ):
        parts[key] = min(wanted[key], watts / left)
        watts -= parts[key]
    return parts
