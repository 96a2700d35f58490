"""A household with a car behind a peak budget, on 10 s, for tests of the budget alone: the engine is not in it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from custom_components.twc_manager.charging.limits.peak_tariff import (
    PRESETS,
    PeakPreset,
)
from custom_components.twc_manager.charging.limits.shared_peak import (
    PeakInputs,
    PeakLoad,
    SharedPeak,
)
from scripts.benchmark_lib.peak.bill import CONTRACTS, Bill
from scripts.benchmark_lib.peak.house import House

STEP = 10
UTC = ZoneInfo("UTC")
START = datetime(2026, 1, 5, tzinfo=UTC)
MINIMUM, MAXIMUM = 1380.0, 3680.0
STOP_STEPS = 3


class Household:
    """A household whose car always wants to charge."""

    def __init__(self, preset: str, wish_kw: float, seed: int) -> None:
        self.inputs = PeakInputs(
            PRESETS[PeakPreset(preset)], wish_kw=wish_kw, margin=0.05
        )
        self.peak = SharedPeak()
        self.bill = Bill(CONTRACTS[preset], wish_kw)
        self.house = House(seed)
        self.car = 0.0
        self.stopping = 0
        self.charged_kwh = 0.0
        self.starts = 0

    def run(self, days: int) -> Bill:
        """Return the bill after so many days."""
        length = self.bill.contract.minutes * 60 // STEP
        loads = (watts for day in self.house.year(days=days) for watts in day)
        alone = together = measured = 0.0
        for at, watts in enumerate(loads):
            local = START + timedelta(seconds=at * STEP)
            if at and not at % length:
                begin = local - timedelta(seconds=length * STEP)
                self.bill.write(begin, together, alone)
                alone = together = 0.0
            self._decide(at * STEP, local, measured)
            measured = watts + self.car
            alone += watts / length / 1000
            together += measured / length / 1000
            self.charged_kwh += self.car * STEP / 3_600_000
        return self.bill

    def _decide(self, now: float, local: datetime, measured: float) -> None:
        inputs = PeakInputs(
            self.inputs.tariff, measured, wish_kw=self.inputs.wish_kw, margin=0.05
        )
        load = PeakLoad(self.car, MAXIMUM, MINIMUM)
        share = self.peak.update("bus", now, local, inputs, load)
        watts = MAXIMUM if share.watts is None else min(share.watts, MAXIMUM)
        if watts >= MINIMUM and (self.car or share.may_start):
            self.starts += not self.car
            self.car, self.stopping = watts, 0
        elif self.car:
            # A vehicle does not stop at once.
            self.stopping += 1
            self.car = MINIMUM if self.stopping < STOP_STEPS else 0.0
