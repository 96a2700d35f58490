"""A house with a car for a year, on 10 s: what it wants, what the rules give it, and what the meter counts."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from custom_components.twc_manager.charging.decision import AllocationInputs
from custom_components.twc_manager.charging.engine import Engine
from custom_components.twc_manager.charging.house_limits import LimitInputs, PeakPlace
from custom_components.twc_manager.charging.limits.peak_tariff import (
    PRESETS,
    PeakPreset,
)
from custom_components.twc_manager.charging.limits.shared_peak import (
    PeakInputs,
    SharedPeak,
)
from custom_components.twc_manager.charging.modes.house_settings import (
    HouseUserSettings,
)
from custom_components.twc_manager.charging.phase_knowledge import (
    PhaseKnowledge,
    PhaseSource,
)
from custom_components.twc_manager.charging.wiring import Wiring
from custom_components.twc_manager.twc import BusStatus, ConnectorState, Snapshot, State

from .bill import CONTRACTS, Bill
from .house import DAY_S, House

STEP_S: Final = 10
VOLTS: Final = 230
CONNECTOR: Final = 0x1839
MARGIN: Final = 0.05
ZONE: Final = ZoneInfo("Europe/Brussels")
START: Final = datetime(2025, 1, 1, tzinfo=ZONE)
IDLE_STEPS: Final = 6
"""Without a car the rules decide once a minute."""


@dataclass(frozen=True, slots=True)
class Case:
    """A house for a year.

    Attributes:
        preset: the tariff.
        phases: of the car, whose maximum is 16 A.
        wish_kw: the peak that its owner is content with.

    """

    preset: str
    phases: int
    wish_kw: float


CASES: Final = (
    Case("flanders", 1, 4.0),
    Case("flanders", 3, 6.5),
    Case("norway", 1, 5.0),
    Case("norway", 3, 10.0),
    Case("sweden", 3, 6.5),
)


@dataclass(slots=True)
class Car:
    """A car: it is at home from the evening to the morning, and takes 1 A less than it may.

    Attributes:
        phases: on how many phases it charges.
        lacks_kwh: what it still wants.
        offered: what it may take, in A.
        drawn: what it takes, in A.
        wanted_kwh: all it has wanted.
        charged_kwh: all it got.
        starts: how often it began.

    """

    phases: int
    lacks_kwh: float = 0.0
    offered: int = 0
    drawn: float = 0.0
    wanted_kwh: float = 0.0
    charged_kwh: float = 0.0
    starts: int = 0
    is_here: bool = False

    @property
    def watts(self) -> float:
        """Return its power in W."""
        return self.drawn * VOLTS * self.phases

    def arrive(self, kwh: float) -> None:
        """Be plugged in, and want so much."""
        self.is_here, self.lacks_kwh = True, kwh
        self.wanted_kwh += kwh

    def leave(self) -> None:
        """Be unplugged."""
        self.is_here, self.lacks_kwh, self.drawn = False, 0.0, 0.0

    def step(self) -> None:
        """Follow its offer within 10 s, and charge as long."""
        aim = max(min(self.offered - 1.0, 15.5), 0.0) if self.offered >= 6 else 0.0
        if not self.is_here or self.lacks_kwh <= 0:
            aim = 0.0
        self.starts += aim > 0 and not self.drawn
        kwh = self.watts * STEP_S / 3_600_000
        self.charged_kwh += kwh
        self.lacks_kwh -= kwh
        self.drawn = aim

    @property
    def state(self) -> ConnectorState:
        """Return what its connector reports."""
        wants = self.is_here and self.lacks_kwh > 0
        state = State.READY
        if self.drawn:
            state = State.CHARGING
        elif self.is_here:
            state = State.WANTS_POWER if wants else State.NOT_CHARGING
        return ConnectorState(
            CONNECTOR, 1, 32.0, state=state, offered=self.offered, drawn=self.drawn
        )


@dataclass(slots=True)
class Year:
    """One case."""

    case: Case
    seed: int
    car: Car = field(init=False)
    bill: Bill = field(init=False)

    def __post_init__(self) -> None:
        """Begin on New Year's Day without a car at home."""
        self.car = Car(self.case.phases)
        self.bill = Bill(CONTRACTS[self.case.preset], self.case.wish_kw)

    def run(self, days: int = 365) -> dict[str, Any]:
        """Return what came of so many days."""
        engine = Engine(Wiring(32, 32, 6, VOLTS, self.case.phases))
        limits = LimitInputs(
            peak=PeakInputs(PRESETS[PeakPreset(self.case.preset)], margin=MARGIN),
            place=PeakPlace(SharedPeak()),
        )
        settings = HouseUserSettings(peak_target_kw=self.case.wish_kw)
        known = PhaseKnowledge(self.case.phases, PhaseSource.MEASURED, 3, True)
        inputs = AllocationInputs(0.0, Snapshot(), phases={CONNECTOR: known})
        measured = 0.0
        for at, local, alone in self._steps(days):
            imported = alone + self.car.watts
            if self.car.lacks_kwh > 0 or not at % IDLE_STEPS:
                snapshot = Snapshot(BusStatus.RUNNING, (self.car.state,))
                inputs = replace(inputs, now=float(at * STEP_S), snapshot=snapshot)
                # The meter is 10 s late.
                peak = replace(limits.peak, imported=measured)  # type: ignore[type-var]
                now = replace(limits, peak=peak).at(local, settings)
                decision = engine.decide(inputs, limits=now)
                self.car.offered = decision.offers[CONNECTOR]
            measured = imported
            self.car.step()
        return self._row()

    def _steps(self, days: int) -> Iterator[tuple[int, datetime, float]]:
        """Yield the number, the local time and the load of the house at each step, and write the bill."""
        random = Random(self.seed + 1)
        length = self.bill.contract.minutes * 60 // STEP_S
        begin, alone_ws, all_ws, at = START, 0.0, 0.0, 0
        for watts in House(self.seed).year(days=days):
            arrives = random.randint(16 * 360, 20 * 360)
            leaves = random.randint(6 * 360, 8 * 360)
            kwh = random.uniform(4, 22)
            for step in range(DAY_S // STEP_S):
                if step == leaves:
                    self.car.leave()
                if step == arrives:
                    self.car.arrive(kwh)
                local = (
                    START.astimezone(UTC) + timedelta(seconds=at * STEP_S)
                ).astimezone(ZONE)
                if at and not at % length:
                    scale = 1000 * length
                    self.bill.write(begin, all_ws / scale, alone_ws / scale)
                    begin, alone_ws, all_ws = local, 0.0, 0.0
                yield at, local, watts[step]
                alone_ws += watts[step]
                all_ws += watts[step] + self.car.watts
                at += 1
        self.bill.close()

    def _row(self) -> dict[str, Any]:
        car, bill = self.car, self.bill
        peaks = bill.month_peaks
        return {
            "preset": self.case.preset,
            "phases": self.case.phases,
            "wish_kw": self.case.wish_kw,
            "intervals": bill.intervals,
            "peak_exceeded_by_us": bill.too_high_by_charging,
            "exceeded_by_kw": round(bill.worst_kw, 3),
            "exceeded_by_house": bill.too_high_alone,
            "paid_kw": round(sum(peaks) / len(peaks), 2) if peaks else 0.0,
            "wanted_kwh": round(car.wanted_kwh, 1),
            "delivered": round(car.charged_kwh / max(car.wanted_kwh, 0.1), 4),
            "starts": car.starts,
        }
