"""An honest meter at the main fuse is never taken for a dead or reversed one, whatever the house does to its readings."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import pytest

from custom_components.twc_manager.charging.supply.fuse_evidence import FuseEvidence
from custom_components.twc_manager.charging.supply.fuse_load import (
    FuseLoad,
    VehicleLoad,
)
from custom_components.twc_manager.charging.supply.fuse_reading import (
    FuseConfig,
    FuseReading,
)
from custom_components.twc_manager.charging.supply.phases import VehicleDraw
from custom_components.twc_manager.charging.supply.response_votes import MeterState
from tests.charging.supply.meters import SimulatedMeter
from tests.charging.world import ONE

VOLTS = 230.0
DAY = 24 * 3600


def _sun(now: float) -> float:
    return max(0.0, 1 - abs(now / 3600 % 24 - 13) / 6) * 30


def _house(now: float) -> float:
    """A fridge, and a hob that pulses for half of each hour."""
    hob = 8.0 if now % 3600 < 1800 and now % 22 < 9 else 0.0
    return 3.0 + hob + (0.7 if now % 1500 < 600 else 0.0)


def _quiet(now: float) -> float:
    """A load that changes seldom."""
    return 4.0 + (9.0 if now % 7200 < 900 else 0.0)


def _grid(now: float, drawn: float) -> float:
    return _house(now) + drawn


def _zero_export(now: float, drawn: float) -> float:
    """The inverter makes no more than is used."""
    return max(_quiet(now) + drawn - _sun(now), 0.0)


def _battery(now: float, drawn: float) -> float:
    """The battery keeps the grid at zero as far as its 20 A go."""
    amps = _quiet(now) + drawn - _sun(now)
    return amps - max(min(amps, 20.0), -20.0)


def _production(now: float, _: float) -> float:
    """The chosen sensor measures production, which counts as fed in; no vehicle shows there."""
    return -_sun(now)


def _constant(_: float, drawn: float) -> float:
    return 4.0 + drawn


@dataclass(frozen=True, slots=True)
class Honest:
    """A house with an honest meter: what it shows, how often, and how coarsely, in A."""

    shown: Callable[[float, float], float]
    every: float = 5.0
    stamped: float = 0.0
    resolution: float = 0.01
    is_power: bool = False


HOUSES = {
    "zero export": Honest(_zero_export),
    "battery regulating": Honest(_battery, resolution=0.1),
    "0.1 kW": Honest(_grid, resolution=100 / VOLTS, is_power=True),
    "60 s": Honest(_grid, every=60.0),
    "60 s, stamped every 15 s": Honest(_grid, every=60.0, stamped=15.0),
    "production only": Honest(_production),
    "whole amps": Honest(_grid, every=2.0, resolution=1.0),
    "whole amps, constant": Honest(_constant, every=2.0, resolution=1.0),
}


@dataclass(slots=True)
class Trial:
    """The evidence of a main fuse, and a vehicle that follows the tests of its meter."""

    house: Honest
    dice: Random
    frozen: bool = False
    aim: float = 0.0
    now: float = 0.0
    alarms: list[tuple[float, MeterState]] = field(default_factory=list)
    evidence: FuseEvidence = field(
        default_factory=lambda: FuseEvidence(FuseConfig(63.0, VOLTS, 1))
    )
    meter: SimulatedMeter = field(init=False)
    _drawn: float = 0.0
    _allowed: float = 99.0
    _changed_at: float = 0.0

    def __post_init__(self) -> None:
        house = self.house
        self.meter = SimulatedMeter(
            house.every, house.stamped, resolution=house.resolution
        )

    def run(self, seconds: float, every: float = 1.0) -> None:
        end = self.now + seconds
        while self.now < end:
            self.now += every
            self._follow(every)
            self.meter.frozen = self.frozen
            seen = self.meter.read(self.now, self.house.shown(self.now, self._drawn))
            assert seen is not None
            if self.house.is_power:
                reading = FuseReading(seen.at, power_w=seen.value * VOLTS)
            else:
                reading = FuseReading(seen.at, (seen.value,))
            proof = self.evidence.update(self.now, reading, self._load())
            if min(proof.amps, self.aim) != min(self._allowed, self.aim):
                self._changed_at = self.now
            self._allowed = proof.amps
            if self.evidence.disproved:
                self.alarms.append((self.now, self.evidence.state))

    def set(self, amps: float) -> None:
        self.aim, self._changed_at = amps, self.now

    def _follow(self, seconds: float) -> None:
        offer = min(self.aim, self._allowed)
        ramp = 4.0 * seconds
        self._drawn += max(min(offer - self._drawn, ramp), -ramp)

    def _load(self) -> FuseLoad:
        offered = min(self.aim, self._allowed)
        jitter = self.dice.choice((0.0, 0.1, -0.1)) if self._drawn else 0.0
        draw = VehicleDraw("", ONE, self._drawn + jitter)
        vehicle = VehicleLoad(
            draw,
            offered=offered if self._drawn else 0.0,
            kept=max(offered, 6.0) if offered else 0.0,
            is_served=offered > 0,
        )
        return FuseLoad((vehicle,), self._changed_at, 6)

    def day(self) -> None:
        """Live a day: what the vehicle does second by second, the hours without it in steps of five minutes."""
        for _ in range(2):
            self.set(self.dice.choice((0.0, 6.0, 9.0, 12.0, 16.0, 20.0, 32.0)))
            self.run(150)
            self.set(max(self.aim + self.dice.choice((3.0, -3.0, 6.0)), 0.0))
            self.run(150)
            # It rests for long enough to be tested.
            self.run(420)
            self.set(0.0)
            self.run(100)
            self.run(DAY / 2 - 820 - 900, every=300)
            # From this the interval of the meter is learned again.
            self.run(900, every=60)


def _alarms(name: str, days: int) -> list[tuple[float, MeterState]]:
    trial = Trial(HOUSES[name], Random(name))
    for _ in range(days):
        trial.day()
    return trial.alarms


@pytest.mark.parametrize("name", HOUSES)
def test_there_is_no_false_alarm_in_a_few_days(name: str) -> None:
    assert _alarms(name, days=3) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", HOUSES)
def test_there_is_no_false_alarm_in_100_days(name: str) -> None:
    assert _alarms(name, days=100) == []


@pytest.mark.parametrize(
    "name", ["0.1 kW", "60 s", "whole amps", "whole amps, constant"]
)
def test_the_same_meters_are_recognized_when_they_freeze(name: str) -> None:
    """A world in which a frozen meter is not found proves nothing about false alarms."""
    trial = Trial(HOUSES[name], Random(name))
    trial.set(20.0)
    trial.run(400)
    assert trial.alarms == []
    trial.frozen = True
    trial.run(800)
    assert trial.alarms
