"""The behaviour of simulated cars."""

import asyncio

import pytest

from simulator import Car, Command, State, WallConnector, make_vin
from simulator.codec import ANNOUNCE, CONTACTOR_OPEN

from .master import Rig, with_rig


def one(**options: object) -> WallConnector:
    return WallConnector(0x032E, **options)  # type: ignore[arg-type]


async def offer(rig: Rig, amps: float, seconds: float) -> float:
    """Offer a current in A for a time in s and return the draw at its end."""
    await rig.master.heartbeat(rig.twc, Command.LIMIT_CHARGING, amps)
    await rig.master.heartbeats(seconds, rig.twc)
    return rig.twc.drawn


def test_a_car_ramps_over_seconds() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car(ramp=2.0, ramp_down=5.0, reaction_s=1.0))
        await rig.charge(10)
        assert rig.twc.drawn == pytest.approx(9.2)
        await rig.master.heartbeat(rig.twc, Command.LIMIT_CHARGING, 30)
        await asyncio.sleep(0.8)
        assert rig.twc.drawn == pytest.approx(9.2)
        await asyncio.sleep(5)
        assert 17 < rig.twc.drawn < 21
        await asyncio.sleep(6)
        assert rig.twc.drawn == pytest.approx(29.2)
        await rig.master.heartbeat(rig.twc, Command.LIMIT_CHARGING, 10)
        await asyncio.sleep(3)
        assert 17 < rig.twc.drawn < 21
        await asyncio.sleep(3)
        assert rig.twc.drawn == pytest.approx(9.2)

    with_rig(scenario, one())


def test_a_car_ramps_to_its_old_offer_until_it_notices_the_new_one() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car(ramp=4.0, ramp_down=40.0, reaction_s=5.0))
        await rig.master.heartbeat(rig.twc, Command.LIMIT, 40)
        # It starts after 2 s, then the draw rises.
        await asyncio.sleep(4)
        assert 5 < rig.twc.drawn < 9
        begin, before = rig.bus.now, rig.twc.delivered_kwh
        await rig.master.heartbeat(rig.twc, Command.LIMIT_CHARGING, 6)
        risen = rig.twc.drawn
        await asyncio.sleep(begin + 4.8 - rig.bus.now)
        assert rig.twc.drawn == pytest.approx(risen + 4 * 4.8, abs=0.5)
        mean = (risen + rig.twc.drawn) / 2
        assert rig.twc.delivered_kwh - before == pytest.approx(
            mean * 4.8 * 240 / 3_600_000, rel=0.03
        )
        await asyncio.sleep(2)
        assert rig.twc.drawn == pytest.approx(5.2)

    with_rig(scenario, one())


def test_a_car_whose_power_is_cut_stops_ramping_up() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car(ramp=1.0, reaction_s=5.0))
        await rig.charge(40)
        assert 5 < rig.twc.drawn < 20
        await rig.master.ask(rig.twc, CONTACTOR_OPEN, ANNOUNCE)
        assert rig.twc.drawn == 0
        await asyncio.sleep(10)
        assert rig.twc.drawn == 0

    with_rig(scenario, one())


@pytest.mark.parametrize(("amps", "drawn"), [(20.5, 5.0), (15.99, 5.0), (20.0, 19.2)])
def test_fractional_offers_make_a_car_fall_back(amps: float, drawn: float) -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car())
        await rig.charge(30)
        assert await offer(rig, amps, 10) == pytest.approx(drawn)

    with_rig(scenario, one())


def test_energy_is_amps_times_volts_times_time() -> None:
    async def scenario(rig: Rig) -> None:
        car = Car(soc=20, battery_kwh=75, efficiency=0.9)
        rig.twc.plug_in(car)
        await rig.charge(32)
        before, soc = rig.twc.energy_kwh, car.soc
        await rig.master.heartbeats(3600, rig.twc)
        delivered = rig.twc.energy_kwh - before
        assert delivered == pytest.approx(31.2 * 240 / 1000, rel=0.001)
        assert car.soc - soc == pytest.approx(delivered * 0.9 / 75 * 100)
        assert rig.twc.delivered_kwh == pytest.approx(rig.twc.energy_kwh - 924)

    with_rig(scenario, one())


def test_energy_of_a_ramp_is_counted_exactly() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car(ramp=1.0))
        await rig.charge(6)
        before = rig.twc.delivered_kwh
        await rig.master.heartbeat(rig.twc, Command.LIMIT_CHARGING, 26)
        await asyncio.sleep(23)
        # 0.5 s at 5.2 A until it reacts, 20 s of ramp, then 25.2 A.
        amp_seconds = 5.2 * 0.5 + 20 * 15.2 + 25.2 * 2.5
        kwh = amp_seconds * 240 / 3_600_000
        assert rig.twc.delivered_kwh - before == pytest.approx(kwh, rel=0.01)

    with_rig(scenario, one())


@pytest.mark.parametrize(("phases", "used"), [(1, 1), (2, 2), (3, 3)])
def test_a_car_uses_its_own_phases_only(phases: int, used: int) -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car(phases=phases))
        await rig.charge(16)
        assert rig.twc.phase_amps == tuple(
            pytest.approx(15.2 if phase < used else 0) for phase in range(3)
        )
        assert rig.twc.power_w == pytest.approx(used * 230 * 15.2)

    with_rig(scenario, one(voltages=(230.0, 230.0, 230.0)))


def test_a_full_car_tapers_and_stops_and_draws_nothing() -> None:
    async def scenario(rig: Rig) -> None:
        car = Car(soc=78.5, target=80, taper=1.0)
        rig.twc.plug_in(car)
        await rig.charge(40)
        assert rig.twc.drawn == pytest.approx(39.2)
        drawn = []
        while not car.full:
            await rig.master.heartbeats(60, rig.twc)
            drawn.append(rig.twc.drawn)
        assert any(5 < amps < 30 for amps in drawn)
        [answer] = await rig.master.heartbeats(60, rig.twc)
        assert answer is not None
        assert (answer.state, answer.drawn) == (State.NOT_CHARGING, 0)
        assert answer.allowed == 40
        car.target = 90
        await rig.master.heartbeats(20, rig.twc)
        assert rig.twc.drawn > 30

    with_rig(scenario, one())


def test_a_car_with_its_own_schedule_waits_in_state_04() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car(not_before=rig.bus.now + 600))
        await rig.charge(20)
        [answer] = await rig.master.heartbeats(500, rig.twc)
        assert answer is not None
        assert (answer.state, answer.allowed) == (State.WANTS_POWER, 20)
        assert answer.drawn == 0
        await rig.master.heartbeats(120, rig.twc)
        assert rig.twc.drawn == pytest.approx(19.2)

    with_rig(scenario, one())


def test_a_command_overrides_the_cars_own_schedule() -> None:
    async def scenario(rig: Rig) -> None:
        car = Car(not_before=rig.bus.now + 86_400)
        rig.twc.plug_in(car)
        await rig.charge(20)
        assert rig.twc.drawn == 0
        car.start()
        await rig.master.heartbeats(15, rig.twc)
        assert rig.twc.drawn == pytest.approx(19.2)

    with_rig(scenario, one())


def test_a_sleeping_car_wakes_some_time_after_it_is_offered_power() -> None:
    async def scenario(rig: Rig) -> None:
        car = Car(asleep=True, wake_s=180)
        rig.twc.plug_in(car)
        await rig.master.heartbeats(300, rig.twc)
        assert car.asleep
        await rig.charge(20)
        await rig.master.heartbeats(120, rig.twc)
        assert rig.twc.drawn == 0
        await rig.master.heartbeats(60, rig.twc)
        assert rig.twc.drawn == pytest.approx(19.2)

    with_rig(scenario, one())


def test_a_sleeping_stopped_car_looks_like_ready() -> None:
    async def scenario(rig: Rig) -> None:
        car = Car()
        rig.twc.plug_in(car)
        car.stop()
        car.sleep()
        assert rig.state() is State.READY
        car.wake()
        assert rig.state() is State.NOT_CHARGING

    with_rig(scenario, one())


@pytest.mark.parametrize(("rating", "spike"), [(80.0, 21), (32.0, 16)])
def test_a_higher_offer_frees_a_car_from_the_6_a_trap(
    rating: float, spike: float
) -> None:
    async def scenario(rig: Rig) -> None:
        car = Car(six_amp_trap=True)
        rig.twc.plug_in(car)
        await rig.charge(10)
        assert await offer(rig, 12, 30) == pytest.approx(5.2)
        assert await offer(rig, 14, 30) == pytest.approx(5.2)
        # A spike that is too low or too short does not free the car.
        assert await offer(rig, spike - 1, 30) == pytest.approx(5.2)
        await offer(rig, spike, 3)
        assert await offer(rig, 12, 10) == pytest.approx(5.2)
        await offer(rig, spike, 6)
        assert await offer(rig, 12, 10) == pytest.approx(11.2)

    with_rig(scenario, one(rating=rating))


def test_a_large_raise_does_not_trap_a_car_at_6_a() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car(six_amp_trap=True))
        await rig.charge(10)
        assert await offer(rig, 18, 20) == pytest.approx(17.2)
        assert await offer(rig, 8, 20) == pytest.approx(7.2)

    with_rig(scenario, one())


def test_a_stubborn_trap_needs_two_amps_less_than_the_boost() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car(six_amp_trap=True, stubborn_trap=True))
        await rig.charge(10)
        assert await offer(rig, 12, 20) == pytest.approx(5.2)
        assert await offer(rig, 21, 12) == pytest.approx(5.2)
        assert await offer(rig, 19, 10) == pytest.approx(18.2)

    with_rig(scenario, one())


def test_a_car_plugged_in_without_an_offer_may_refuse_later() -> None:
    async def scenario(rig: Rig) -> None:
        car = Car(handshake_s=60)
        rig.twc.plug_in(car)
        await rig.master.heartbeats(90, rig.twc)
        await rig.charge(20)
        assert rig.twc.drawn == 0
        rig.twc.unplug()
        rig.twc.plug_in(car)
        await rig.charge(20)
        assert rig.twc.drawn > 19
        car.stop()
        await rig.master.heartbeats(300, rig.twc)
        car.start()
        await rig.master.heartbeats(15, rig.twc)
        assert rig.twc.drawn > 19

    with_rig(scenario, one())


def test_a_connector_has_one_car_at_most() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car())
        with pytest.raises(RuntimeError, match="has a car already"):
            rig.twc.plug_in(Car())
        rig.twc.unplug()
        rig.twc.unplug()
        assert rig.twc.car is None

    with_rig(scenario, one())


def test_vins_have_a_valid_check_digit() -> None:
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    values = {"5": 5, "Y": 8, "J": 1, "3": 3, "E": 5, "1": 1, "A": 1, "K": 2, "F": 6}
    for number in range(200):
        vin = make_vin(number)
        total = sum(
            values.get(c, int(c) if c.isdigit() else 0) * w
            for c, w in zip(vin, weights, strict=True)
        )
        assert vin[8] == "0123456789X"[total % 11]
    assert len({make_vin(number) for number in range(200)}) == 200
