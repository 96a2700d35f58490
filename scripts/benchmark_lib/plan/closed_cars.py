"""The vehicles of a night in closed loop, at the simulator's connectors."""

from dataclasses import dataclass
from math import floor
from typing import Final

from custom_components.twc_manager.charging.control.stop_methods import VehicleRequest
from custom_components.twc_manager.charging.plans.battery import BatteryState
from simulator import Bus, Car, WallConnector

from .cars import VOLTS, CarSpec
from .loop import Outcome, energy_cost
from .nights import Event, Night

FIRST_ID: Final = 0x1000
_REPORT_AGE_S: Final = 60.0
STEP_S: Final = 10
"""The time between two looks at the vehicles, in s."""
_DRAWS_A: Final = 1.0
_RATING_A: Final = 80.0
_FULL: Final = 100.0
PHASES: Final = 3


@dataclass(slots=True)
class _Measured:
    """What a connector has measured since the vehicle was plugged in."""

    watts_per_amp: float
    kwh: float = 0.0
    seconds: float = 0.0
    _at: float | None = None
    _drawn: float = 0.0

    def update(self, now: float, drawn: float) -> None:
        """Take a report."""
        if self._at is not None:
            self.kwh += self._drawn * self.watts_per_amp * (now - self._at) / 3.6e6
            self.seconds += now - self._at if self._drawn >= _DRAWS_A else 0.0
        self._at, self._drawn = now, drawn


@dataclass(slots=True)
class Place:
    """A connector, and the vehicle that comes there."""

    spec: CarSpec
    twc: WallConnector
    car: Car
    measured: _Measured
    delivered: float = 0.0
    """What it had delivered when that was counted last, in kWh."""
    starts: int = 0
    charges: bool = False
    missing_kwh: float | None = None

    @property
    def takes_commands(self) -> bool:
        """Return whether the vehicle stops by a command."""
        return self.spec.protocol == 2 and self.spec.stoppable

    @property
    def battery(self) -> BatteryState:
        """Return what is reported of it."""
        level = min(_FULL, float(floor(self.car.soc + 1e-6)))
        return BatteryState(level, _REPORT_AGE_S, self.spec.capacity)

    def is_there(self, second: float) -> bool:
        """Return whether the vehicle is plugged in."""
        return self.spec.arrives * 60 <= second < self.spec.leaves * 60

    def counted(self, second: float) -> float:
        """Return the kWh since the last call that count: those until the goal is judged."""
        before, self.delivered = self.delivered, self.twc.delivered_kwh
        return self.delivered - before if second <= self.spec.judged_at * 60 else 0.0

    def step(self, second: float) -> None:
        """Plug in, unplug, judge, and let the vehicle take what it takes at its level."""
        if self.is_there(second) and self.twc.car is None:
            self.twc.plug_in(self.car)
            self.measured = _Measured(self.measured.watts_per_amp)
        elif not self.is_there(second) and self.twc.car is not None:
            self.twc.unplug()
        charges = self.twc.drawn >= _DRAWS_A
        self.starts += charges and not self.charges
        self.charges = charges
        self.car.onboard_limit = float(self.spec.cap(self.car.soc))
        if second >= self.spec.judged_at * 60 and self.missing_kwh is None:
            self.judge()

    def judge(self) -> None:
        """Note what is missing."""
        done = floor(self.car.soc + 1e-6) >= self.spec.target
        self.missing_kwh = 0.0 if done else self.spec.need_kwh(self.car.soc)

    def hear(self, request: VehicleRequest) -> None:
        """Hear a command."""
        if request is VehicleRequest.STOP:
            self.car.stop()
        else:
            self.car.start()
        self.twc.refresh()


def _place(number: int, spec: CarSpec) -> Place:
    """Return a connector of the night, with the vehicle that will come to it."""
    volts = tuple(float(VOLTS) if at < PHASES else 0.0 for at in range(PHASES))
    twc = WallConnector(
        FIRST_ID + number,
        protocol=spec.protocol,
        rating=_RATING_A,
        voltages=volts,  # type: ignore[arg-type]
        zero_stops=spec.protocol == 1,
        jitter=0.0,
        can_enabled=False,
    )
    car = Car(
        phases=spec.phases,
        onboard_limit=float(spec.max_amps),
        battery_kwh=spec.capacity,
        efficiency=spec.efficiency,
        soc=spec.level,
        target=_FULL,
        # The taper is that of the night.
        taper=0.0,
        shortfall=0.0,
    )
    return Place(spec, twc, car, _Measured(float(VOLTS * spec.phases)))


class World:
    """The vehicles that come and leave, and what their energy costs."""

    def __init__(self, night: Night, bus: Bus) -> None:
        """Add the connectors of a night to a bus."""
        self.night = night
        self.places = {
            FIRST_ID + at: _place(at, spec) for at, spec in enumerate(night.cars)
        }
        for place in self.places.values():
            bus.add(place.twc)
        self.cost = 0.0
        self.over_fuse_s = 0
        """How long the vehicles and the other load took more than the fuse, in s."""
        self._counted_at = 0.0

    def there(self, second: float) -> dict[int, Place]:
        """Return the places with a vehicle."""
        return {
            at: place for at, place in self.places.items() if place.is_there(second)
        }

    def step(self, second: float) -> None:
        """Go on to a time: count, judge, plug in and unplug."""
        kwh = sum(place.counted(second) for place in self.places.values())
        quarter = int(self._counted_at) // 900
        self.cost += energy_cost(
            self.night, quarter, kwh, (second - self._counted_at) / 60
        )
        self._counted_at = second
        if self.night.event is Event.INTERRUPTED:
            total = max(self.draws()) + self.night.limit - self.night.room[quarter]
            self.over_fuse_s += STEP_S if total > self.night.limit + 1 else 0
        for place in self.places.values():
            place.step(second)

    def draws(self) -> tuple[float, float, float]:
        """Return what all vehicles draw on each phase, in A."""
        found = [place.twc.phase_amps for place in self.places.values()]
        first, second, third = (sum(amps[at] for amps in found) for at in range(PHASES))
        return first, second, third

    def outcome(self, replans: int) -> Outcome:
        """Return what came of the night."""
        for place in self.places.values():
            if place.missing_kwh is None:
                place.judge()
        places = self.places.values()
        return Outcome(
            self.cost,
            sum(place.starts for place in places),
            tuple(place.missing_kwh or 0.0 for place in places),
            replans,
        )
