"""The meter of a house, and random houses with a master that follows it and with a blind one."""

import asyncio
from itertools import pairwise
from math import inf

import pytest

from tests.independent import (
    FaultKind,
    House,
    HouseSpec,
    HouseVerdict,
    LoadSpec,
    MeterFault,
    MeterSpec,
    Reading,
    World,
    random_house,
)
from tests.independent.naive import NaiveMaster, run


async def published(spec: HouseSpec, seconds: float) -> list[Reading]:
    """Return what a meter publishes."""
    house, readings = House(1, [], spec), list[Reading]()
    house.on_reading = readings.append
    house.start()
    await asyncio.sleep(seconds)
    return readings


@pytest.mark.parametrize("interval_s", [1, 5, 10, 30])
def test_a_meter_publishes_by_its_interval(interval_s: int) -> None:
    spec = HouseSpec(solar_a=(9.0, 0.0, 0.0), meter=MeterSpec(interval_s, 4.0))
    readings = run(published(spec, 604))
    assert len(readings) == pytest.approx(600 / interval_s, abs=1)
    assert all(r.at - r.taken_at == pytest.approx(4.0, abs=0.01) for r in readings)
    assert min(r.amps[0] or 0.0 for r in readings) < 0 < (readings[0].amps[1] or 0.0)
    steps = {round(two.at - one.at, 2) for one, two in pairwise(readings)}
    assert steps == {interval_s}


def test_a_meter_publishes_on_change() -> None:
    loads = (LoadSpec(9.0, on_s=60, off_s=60, pulse_s=10, start_a=20.0),)
    still = run(published(HouseSpec(meter=MeterSpec(0)), 600))
    busy = run(published(HouseSpec(loads=loads, meter=MeterSpec(0)), 600))
    assert 20 <= len(still) < len(busy) < 300
    assert max(reading.amps[2] or 0.0 for reading in busy) > 25


def test_a_meter_has_faults() -> None:
    faults = (
        MeterFault(FaultKind.FROZEN, 60, 60, (0,)),
        MeterFault(FaultKind.UNKNOWN, 200, 60, (1, 2)),
        MeterFault(FaultKind.ABSENT, 300, 60),
    )
    readings = run(published(HouseSpec(meter=MeterSpec(1, 0.0, faults)), 400))
    assert len(readings) == pytest.approx(339, abs=1)
    frozen, unknown = readings[60:118], readings[200:258]
    assert len({reading.amps[0] for reading in frozen}) == 1
    assert len({reading.amps[1] for reading in frozen}) > 20
    assert len({reading.taken_at for reading in frozen}) == 58
    assert {reading.amps[1:] for reading in unknown} == {(None, None)}
    assert all(reading.amps[0] for reading in unknown)


class Controller:
    """Offers every connector of a house the same, which follows the meter as it should."""

    def __init__(self, house: House) -> None:
        self.masters = [NaiveMaster() for _ in house.worlds]
        self._spec = house.spec
        units = [unit for world in house.worlds for unit in world.connectors]
        limits = [world.limit_a / len(world.connectors) for world in house.worlds]
        ratings = [unit.spec.rating_a for unit in units]
        self._most = min((house.spec.circuit_a or inf) / len(units), *limits, *ratings)
        self._units = len(units)
        self._offer_a = 0.0
        self._changed_at = self._value_at = -inf
        self._moved_at = [0.0, 0.0, 0.0]
        self._amps: list[float | None] = [None] * 3
        house.on_reading = self.read

    def read(self, reading: Reading) -> None:
        """Follow a reading."""
        now = reading.at
        for phase, value in enumerate(reading.amps):
            if value is not None and value != self._amps[phase]:
                self._moved_at[phase] = now
                self._amps[phase] = value
        values = [value for value in reading.amps if value is not None]
        if len(values) < 3 or now - min(self._moved_at) > 20:
            return self._set(6.0)
        room = (self._spec.fuse_a or inf) - max(values)
        settled = now - self._changed_at > 45
        self._value_at = now
        if room < 0:
            self._set(self._offer_a + room)
            return None
        if settled and room > self._units * 1.0 + 6 * (self._offer_a < 6) * self._units:
            self._changed_at = now
            self._set(max(6.0, self._offer_a + 1))
        return None

    async def watch(self) -> None:
        """Go to the floor when nothing is published."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(5)
            if loop.time() - self._value_at > 60:
                self._set(6.0)

    def _set(self, offer_a: float) -> None:
        self._offer_a = float(int(max(0.0, min(offer_a, self._most))))
        for master in self.masters:
            master.offer_a = self._offer_a


async def controlled(seed: int, hours: float, blind: bool) -> HouseVerdict:
    """Return the verdict on the controller, or on masters that offer everything, in a random house."""
    number, lines, spec = random_house(seed)
    house = House(number, [World(*line) for line in lines], spec)
    controller = Controller(house)
    house.start()
    for world, master in zip(house.worlds, controller.masters, strict=True):
        world.open_port(master)
        if blind:
            master.offer_a = world.limit_a
    house.on_reading = (lambda reading: None) if blind else controller.read
    watch = asyncio.ensure_future(asyncio.sleep(0) if blind else controller.watch())
    await asyncio.sleep(hours * 3600)
    watch.cancel()
    house.stop()
    return house.verdict()


def test_a_house_repeats() -> None:
    first, second, other = (
        run(controlled(seed, 0.2, blind=True)) for seed in (3, 3, 4)
    )
    assert first == second
    assert first != other


@pytest.mark.parametrize("seed", [1, 3, 8, 9])
def test_a_master_that_follows_the_meter_breaks_no_fuse(seed: int) -> None:
    verdict = run(controlled(seed, 0.4, blind=False))
    assert (verdict.fuse_broken_s, verdict.trips) == (0, 0)
    assert (verdict.silent_broken_s, verdict.frozen_broken_s) == (0, 0)
    assert verdict.used_share > 0.2


@pytest.mark.long
def test_a_blind_master_breaks_most_random_houses() -> None:
    verdicts = [run(controlled(seed, 1.0, blind=True)) for seed in range(14)]
    assert sum(bool(verdict.faults) for verdict in verdicts) >= 12
    assert sum(verdict.trips > 0 for verdict in verdicts) >= 3
