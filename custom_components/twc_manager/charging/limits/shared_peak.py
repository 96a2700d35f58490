"""One peak budget with all the buses that charge behind the same meter.

Powers are in W, `now` is in s of a monotonic clock, `local` is the time by the clock on the wall.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .peak_allowance import allowance
from .peak_meter import PeakMeter
from .peak_tariff import PeakTariff

ABSENT_SECONDS: Final = 150.0
"""A bus that has reported nothing for this time no longer runs: a running one decides at least once a minute."""


@dataclass(frozen=True, slots=True)
class PeakLoad:
    """What the vehicles of a bus do.

    Attributes:
        charging: the power that they draw.
        wanted: the power that they could draw.
        minimum: the least power that one of them charges with.

    """

    charging: float = 0.0
    wanted: float = 0.0
    minimum: float = 0.0


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


class SharedPeak:
    """The peak budget of a house.

    Attributes:
        meter: what has been imported.

    """

    def __init__(self, meter: PeakMeter | None = None) -> None:
        """Start without a bus."""
        self.meter = PeakMeter() if meter is None else meter
        self._loads: dict[str, tuple[PeakLoad, float]] = {}

    def leave(self, bus: str) -> None:
        """Remove a bus: what its vehicles draw from now on is load of the house."""
        self._loads.pop(bus, None)

    def update(
        self, bus: str, now: float, local: datetime, inputs: PeakInputs, load: PeakLoad
    ) -> PeakShare:
        """Take what the vehicles of a bus do, and return what they may draw."""
        self._loads[bus] = load, now
        loads = {
            key: item
            for key, (item, at) in self._loads.items()
            if now - at <= ABSENT_SECONDS
        }
        charging = sum(item.charging for item in loads.values())
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
        allowed = allowance(facts, load.minimum)
        watts = _share(bus, allowed.watts, loads)
        return PeakShare(watts, allowed.may_start, is_silent=False, status=status)


def _share(bus: str, watts: float, loads: Mapping[str, PeakLoad]) -> float:
    """Return the fair part of a bus; a raise waits until the others draw no more than theirs."""
    others = {key: item for key, item in loads.items() if key != bus}
    if not others:
        return watts
    wanted = {key: max(item.wanted, item.charging) for key, item in loads.items()}
    fair = watts - sum(
        part for key, part in _divided(watts, wanted).items() if key != bus
    )
    free = watts - sum(item.charging for item in others.values())
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
