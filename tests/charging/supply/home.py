"""A house whose loads and sun change, with sensors of every kind that an owner may have."""

from dataclasses import dataclass, replace
from random import Random

from custom_components.twc_manager.charging.settings import GreenSettings
from custom_components.twc_manager.charging.supply.green import GreenController
from custom_components.twc_manager.charging.supply.surplus import (
    Fault,
    Reading,
    Readings,
    SourceConfig,
    Surplus,
)
from custom_components.twc_manager.charging.supply.surplus_meter import SurplusMeter

from .sky import DEMAND

KINDS = [
    "zero export",
    "battery",
    "0.1 kW",
    "60 s",
    "60 s, stamped every 15 s",
    "production only",
    "whole W",
    "whole A",
]


@dataclass
class Home:
    """A house whose loads and sun change, a draw that is set, and sensors of some kind."""

    kind: str
    dice: Random

    def __post_init__(self) -> None:
        self.meter = SurplusMeter()
        self.config = SourceConfig(grid=self.kind != "production only")
        self.every = 60 if self.kind.startswith("60 s") else 5
        self.stamped = 15 if self.kind == "60 s, stamped every 15 s" else self.every
        self.step = {"0.1 kW": 100.0, "whole A": 230.0}.get(self.kind, 1.0)
        self.now = 0
        self.draw = 0.0
        self.readings = Readings()
        self.faults: set[Fault] = set()
        self._stamped_at = self._measured_at = -100
        self._values = (0.0, 0.0)

    def run(self, seconds: int, every: int = 5) -> None:
        for _ in range(seconds // every):
            self.step_by(every)

    def step_by(self, seconds: int) -> Surplus:
        self.now += seconds
        self._measure()
        surplus = self.meter.update(
            self.readings,
            self.config,
            230 * self.draw,
            self.now,
            is_dark=self.is_dark,
        )
        self.faults.update(fault for _, fault in surplus.faults)
        return surplus

    @property
    def is_dark(self) -> bool:
        return abs(self.now / 3600 % 24 - 13) >= 6

    def _measure(self) -> None:
        if self.now - self._measured_at >= self.every:
            self._values, self._measured_at = self._measured(), self.now
        if self.now - self._stamped_at >= self.stamped:
            self._stamped_at = self.now
        grid, battery = self._values
        if self.kind == "production only":
            self.readings = Readings(production=Reading(4000.0, self._stamped_at))
            return
        self.readings = Readings(grid=Reading(grid, self._stamped_at))
        if self.kind == "battery":
            power = Reading(battery, self._stamped_at)
            self.readings = replace(self.readings, battery_power=power)

    def _measured(self) -> tuple[float, float]:
        hour = self.now / 3600 % 24
        sun = max(0.0, 1 - abs(hour - 13) / 6) * 7000
        hob = 1800 if self.now % 3600 < 1500 and self.now % 22 < 9 else 0
        kettle = 2000 if self.now % 5000 < 200 else 0
        load = 300 + hob + kettle + 150 * (self.now % 1500 < 600)
        net = load + 230 * self.draw - sun
        if self.kind == "steady at night" and self.is_dark:
            net = 300 + 230 * self.draw
        battery = 0.0
        if self.kind == "zero export":
            net = max(net, 0.0)
        elif self.kind == "hidden battery":
            # It is never exact to the watt.
            net = max(abs(net) - 4000.0, 0.0) * (1 if net > 0 else -1)
            net += self.dice.randrange(-3, 4)
        elif self.kind == "battery":
            battery = max(min(-net, 4000.0), -4000.0)
            net += battery
        return round(net / self.step) * self.step, round(battery)


class DrivenHome(Home):
    """A home with a car that always wants to charge, and follows green energy."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.follower = GreenController(GreenSettings())
        self.charged_kwh = 0.0
        if self.kind in {"zero export", "hidden battery"}:
            # Nothing else starts a car where nothing is ever exported.
            self.config = replace(self.config, reserved_w=-1500.0)

    def drive(self, seconds: int, every: int = 5) -> None:
        for _ in range(seconds // every):
            surplus = self.step_by(every)
            drawing = int(self.draw > 0)
            demand = replace(
                DEMAND,
                watts_per_amp=230.0,
                offered=self.draw,
                drawn=self.draw,
                drawing=drawing,
                waiting=1 - drawing,
            )
            self.draw = self.follower.update(self.now, surplus, demand).amps
            self.charged_kwh += self.draw * 0.23 * every / 3600
