"""The simulated house and its solar production."""

import asyncio
from itertools import pairwise

import pytest

from simulator import Bus, Car, House, Load, Sun, WallConnector, Weather, run_virtual

HOUR = 3600.0
DAY = range(0, 86_400, 60)


@pytest.mark.parametrize("weather", Weather)
def test_the_sun_rises_and_sets_within_its_peak(weather: Weather) -> None:
    sun = Sun(peak_w=8000, weather=weather, seed=3)
    power = [sun.production_w(second) for second in DAY]
    assert all(0 <= watts <= 8000 for watts in power)
    assert power[0] == power[-1] == 0
    assert max(power) > 0
    assert sun.production_w(3 * HOUR) == sun.production_w(23 * HOUR) == 0


def test_weather_matches_its_name() -> None:
    def kwh(weather: Weather) -> float:
        return sum(Sun(weather=weather, seed=1).production_w(t) for t in DAY) / 60_000

    assert kwh(Weather.CLEAR) > 1.2 * kwh(Weather.BROKEN)
    assert kwh(Weather.BROKEN) > 1.5 * kwh(Weather.OVERCAST)
    assert kwh(Weather.OVERCAST) > 3


def test_broken_clouds_come_and_go_within_minutes() -> None:
    sun = Sun(weather=Weather.BROKEN, seed=2)
    clear = Sun(weather=Weather.CLEAR)
    noon = range(int(11 * HOUR), int(15 * HOUR), 10)
    share = [sun.production_w(t) / clear.production_w(t) for t in noon]
    assert min(share) < 0.35
    assert max(share) > 0.9
    crossings = sum((a > 0.6) != (b > 0.6) for a, b in pairwise(share))
    assert crossings > 10


def test_a_seed_always_gives_the_same_day() -> None:
    times = (43_000.0, 43_060.0, 150_000.5)
    days = [[Sun(seed=s).production_w(t) for t in times] for s in (1, 1, 2)]
    assert days[0] == days[1] != days[2]
    loads = [[Load(seed=s).load_w(t) for t in DAY] for s in (1, 1, 2)]
    assert loads[0] == loads[1] != loads[2]


def test_the_house_always_uses_something_and_cooks_in_the_evening() -> None:
    load = Load(seed=1)
    power = [load.load_w(second) for second in DAY]
    assert min(power) >= 320
    assert max(power) > 2_400
    evening = [load.load_w(18 * HOUR + second) for second in range(0, 3600, 10)]
    assert sum(watts > 2_500 for watts in evening) > 100


def test_the_grid_supplies_the_difference() -> None:
    async def main() -> None:
        bus = Bus(seed=1)
        twc = bus.add(WallConnector(0x032E))
        bus.start()
        house = House(bus, Sun(weather=Weather.CLEAR), Load(), speed=60)
        assert house.charging_w == 0
        assert house.grid_w < 0
        twc.plug_in(Car())
        twc.supply.enable(bus.now)
        twc.supply.command(9, 32, bus.now)
        await asyncio.sleep(60)
        assert house.time == pytest.approx(13 * HOUR)
        assert house.charging_w == pytest.approx(31.2 * 240)
        assert house.grid_w == pytest.approx(
            house.load_w + house.charging_w - house.production_w
        )
        assert house.consumption_w == house.load_w + house.charging_w
        bus.stop()

    run_virtual(main())


def test_a_house_may_have_a_second_bus() -> None:
    async def main() -> None:
        bus, beside = Bus(seed=1), Bus(seed=2)
        twc = beside.add(WallConnector(0x032E))
        beside.start()
        house = House(bus, Sun(), Load(), beside=[beside])
        twc.plug_in(Car())
        twc.supply.enable(beside.now)
        twc.supply.command(9, 32, beside.now)
        await asyncio.sleep(60)
        assert house.charging_w == pytest.approx(31.2 * 240)
        beside.stop()

    run_virtual(main())


def test_observers_of_a_house_can_be_removed() -> None:
    async def main() -> None:
        bus = Bus()
        house = House(bus, Sun(), Load())
        seen: list[float] = []
        watch = house.watch(5, lambda h: seen.append(h.grid_w))
        await asyncio.sleep(21)
        assert len(seen) == 5
        watch.stop()
        await asyncio.sleep(60)
        assert len(seen) == 5

    run_virtual(main())
