"""Measures the average import of the running interval, and keeps the highest ones.

Powers are in W, energies in Ws, `now` is in s of a monotonic clock, `local` is the local time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import exp, inf, isfinite
from typing import Any, Final, Self

from .peak_allowance import IntervalFacts
from .peak_records import PeakRecords
from .peak_tariff import PeakTariff

USUAL_SECONDS: Final = 300.0
"""The time constant of the usual load of the house, in s."""

BURST_SECONDS: Final = 60.0
"""The time constant of the current load of the house, for its bursts, in s."""

BASE_SECONDS: Final = 1200.0
"""The time constant of the base load below a burst, in s."""

FORGET_SECONDS: Final = 4 * 86_400.0
"""The time constant with which a burst of the house is forgotten, in s."""

GAP_SECONDS: Final = 90.0
"""The maximum time between two values in s for which the first one counts."""


@dataclass(frozen=True, slots=True)
class RunningInterval:
    """An interval that is not over.

    Attributes:
        begin: when it began, in UTC.
        used: the energy that was imported in it.
        known: the time of it for which the import is known, in s.

    """

    begin: datetime
    used: float = 0.0
    known: float = 0.0


@dataclass(frozen=True, slots=True)
class _Sample:
    now: float
    house: float
    imported: float


class HouseLoad:
    """The usual load of a house, and how far it rises above its base for some minutes, in W."""

    def __init__(self, burst: float = 0.0) -> None:
        """Start without a known load; `burst` is the value of this attribute from before a restart."""
        self.usual: float | None = None
        self.burst = burst
        self._present = 0.0
        self._base = 0.0

    def update(self, house: float, seconds: float) -> None:
        """Take a load in W and the time for which it lasted, in s."""
        if self.usual is None:
            self.usual = self._present = self._base = house
            return
        self.usual = _followed(self.usual, house, seconds, USUAL_SECONDS)
        self._present = _followed(self._present, house, seconds, BURST_SECONDS)
        self._base = _followed(self._base, house, seconds, BASE_SECONDS)
        faded = self.burst * exp(-seconds / FORGET_SECONDS)
        self.burst = max(faded, self._present - self._base)


def _followed(value: float, new: float, seconds: float, constant: float) -> float:
    """Return a value that follows another one with a time constant."""
    return new + (value - new) * exp(-seconds / constant)


class PeakMeter:
    """The average import of a house."""

    def __init__(
        self,
        records: PeakRecords | None = None,
        running: RunningInterval | None = None,
        burst: float = 0.0,
    ) -> None:
        """Start; `records`, `running` and the burst of the house are the values from before a restart."""
        self.records = PeakRecords() if records is None else records
        self.running = running
        self._sample: _Sample | None = None
        self._load = HouseLoad(burst)

    def update(
        self,
        now: float,
        local: datetime,
        tariff: PeakTariff,
        imported: float | None,
        charging: float,
    ) -> None:
        """Take the import, None if unknown, and the part of it that charging takes."""
        self._end_interval(local, tariff, now)
        begin = tariff.begin_of(local)
        running = self.running or RunningInterval(begin)
        gone = (local - begin).total_seconds()
        self.running = self._with_time(running, now, gone - running.known)
        self._take(now, imported, charging)
        self.records = self.records.within(tariff, local.date())

    def _end_interval(self, local: datetime, tariff: PeakTariff, now: float) -> None:
        """Begin the next interval if one is over, and divide the time since the last sample between them."""
        running, begin = self.running, tariff.begin_of(local)
        if running is None or running.begin == begin:
            return
        rest = tariff.seconds - running.known
        ended = self._with_time(running, now - (local - begin).total_seconds(), rest)
        began = running.begin.astimezone(local.tzinfo)
        if begin > running.begin and tariff.counts(began):
            average = ended.used / tariff.seconds / 1000
            self.records = self.records.noted(tariff, began.date(), average)
        self.running = RunningInterval(begin)

    def _with_time(
        self, running: RunningInterval, now: float, longest: float
    ) -> RunningInterval:
        """Return an interval with the time since the last sample, of which at most `longest` s belong to it."""
        if (sample := self._sample) is None or not 0 < now - sample.now <= GAP_SECONDS:
            return running
        passed = min(now - sample.now, max(longest, 0.0))
        energy = max(sample.imported, 0.0) * passed
        return replace(
            running, used=running.used + energy, known=running.known + passed
        )

    def _take(self, now: float, imported: float | None, charging: float) -> None:
        if imported is None:
            self._sample = None
            return
        house = imported - charging
        if (sample := self._sample) is None:
            self._load.update(house, 0.0)
        else:
            self._load.update(sample.house, max(now - sample.now, 0.0))
        self._sample = _Sample(now, house, imported)

    def as_dict(self) -> dict[str, Any]:
        """Return the data to store over a restart, fit for JSON."""
        running = self.running
        return {
            "records": self.records.as_list(),
            "running": None
            if running is None
            else [running.begin.isoformat(), round(running.used), round(running.known)],
            "burst": round(self._load.burst),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return a meter that continues from the data of `as_dict`.

        Raises:
            KeyError, TypeError, ValueError: if they are not valid.

        """
        running = data["running"]
        return cls(
            PeakRecords.from_list(data["records"]),
            None if running is None else _running(*running),
            _burst(data.get("burst", 0.0)),
        )

    def facts(
        self, local: datetime, tariff: PeakTariff, budget: float
    ) -> IntervalFacts | None:
        """Return what is known of the running interval with this budget; None while the import is unknown."""
        if (sample := self._sample) is None or (running := self.running) is None:
            return None
        gone = (local - running.begin).total_seconds()
        return IntervalFacts(
            seconds=tariff.seconds,
            gone=gone,
            used=running.used,
            unknown=max(gone - running.known, 0.0),
            budget=budget,
            house=sample.house,
            usual=sample.house if self._load.usual is None else self._load.usual,
            burst=self._load.burst,
        )


def _running(begin: str, used: float, known: float) -> RunningInterval:
    began = datetime.fromisoformat(begin)
    if began.tzinfo is None or not isfinite(used + known) or min(used, known) < 0:
        raise ValueError("peak meter: the running interval cannot be")
    return RunningInterval(began, used, known)


def _burst(watts: float) -> float:
    if not 0 <= watts < inf:
        raise ValueError("peak meter: the burst of the house cannot be")
    return watts
