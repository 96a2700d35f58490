"""The effect of limit commands with each protocol, and the resulting states."""

import asyncio

import pytest

from simulator import Car, Command, State, WallConnector
from simulator.codec import ANNOUNCE, CONTACTOR_CLOSE, CONTACTOR_OPEN, PLUG

from .master import Heartbeat, Rig, with_rig


def one(protocol: int = 2, **options: object) -> WallConnector:
    return WallConnector(0x032E, protocol=protocol, **options)  # type: ignore[arg-type]


async def send(rig: Rig, command: int, amps: float = 0.0) -> Heartbeat:
    answer = await rig.master.heartbeat(rig.twc, command, amps)
    assert answer is not None
    return answer


async def wait(rig: Rig, seconds: float) -> Heartbeat:
    answer = (await rig.master.heartbeats(seconds, *rig.twcs))[0]
    assert answer is not None
    return answer


@pytest.mark.parametrize("protocol", [1, 2])
def test_a_car_requests_power_is_offered_it_and_charges(protocol: int) -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car(onboard_limit=48))
        first = await send(rig, Command.NOTHING)
        assert (first.state, first.allowed, first.drawn) == (State.WANTS_POWER, 0, 0)
        answer = await send(rig, Command.LIMIT, 20)
        assert (answer.state, answer.allowed) == (State.BUSY, 20)
        states = [(await wait(rig, 1)).state for _ in range(8)]
        assert states[1] == State.STARTING
        assert states[-1] == State.CHARGING
        later = await wait(rig, 5)
        assert later.drawn == pytest.approx(19.2, abs=0.06)
        assert rig.twc.charging

    with_rig(scenario, one(protocol))


@pytest.mark.parametrize(
    ("offer", "drawn"), [(40, 39.2), (6, 5.2), (48, 47.2), (80, 48)]
)
def test_a_car_draws_a_little_less_than_offered(offer: float, drawn: float) -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car(onboard_limit=48))
        await rig.charge(offer)
        await rig.master.heartbeats(10, rig.twc)
        assert rig.twc.drawn == pytest.approx(drawn)

    with_rig(scenario, one())


def test_the_connector_accepts_any_offer() -> None:
    async def scenario(rig: Rig) -> None:
        answer = await send(rig, Command.LIMIT, 600)
        assert answer.allowed == 600

    with_rig(scenario, one())


def test_protocol_1_always_obeys_05() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car())
        await rig.charge(20)
        for amps in (10, 32, 5):
            answer = await send(rig, Command.LIMIT, amps)
            assert answer.allowed == amps
            await rig.master.heartbeats(15, rig.twc, command=Command.LIMIT, amps=amps)
            assert rig.twc.drawn == pytest.approx(amps - 0.8)
        ignored = await send(rig, Command.LIMIT_CHARGING, 40)
        assert ignored.allowed == 5

    with_rig(scenario, one(1))


def test_protocol_2_obeys_05_only_before_charging_and_09_always() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car())
        await rig.charge(20)
        assert (await send(rig, Command.LIMIT, 10)).allowed == 20
        answer = await send(rig, Command.LIMIT_CHARGING, 10)
        assert (answer.state, answer.allowed) == (State.LIMITED, 10)
        await asyncio.sleep(0.8)
        assert (await send(rig, Command.NOTHING)).state == State.ADJUSTED
        await asyncio.sleep(0.9)
        assert (await send(rig, Command.NOTHING)).state == State.CHARGING
        assert rig.twc.drawn == pytest.approx(9.2)
        rig.twc.unplug()
        assert (await send(rig, Command.LIMIT_CHARGING, 15)).allowed == 15

    with_rig(scenario, one())


def test_0_amps_open_the_relay_of_protocol_1() -> None:
    async def scenario(rig: Rig) -> None:
        car = Car()
        rig.twc.plug_in(car)
        await rig.charge(20)
        await rig.master.heartbeats(5, rig.twc, command=Command.LIMIT, amps=0)
        held = await send(rig, Command.LIMIT, 0)
        assert (held.state, held.allowed, held.drawn) == (State.NOT_CHARGING, 0, 0)
        assert not rig.twc.charging
        assert car.interruptions == 0
        await send(rig, Command.LIMIT, 16)
        await rig.master.heartbeats(12, rig.twc, command=Command.LIMIT, amps=16)
        assert rig.twc.drawn == pytest.approx(15.2)

    with_rig(scenario, one(1))


def test_alternating_00_and_05_makes_the_relay_of_protocol_1_click() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car())
        await rig.charge(20)
        await rig.master.heartbeats(10, rig.twc, command=Command.LIMIT, amps=0)
        before = rig.twc.supply.relay_operations
        await rig.master.heartbeats(10, rig.twc, command=Command.LIMIT, amps=0)
        assert rig.twc.supply.relay_operations == before
        for _ in range(10):
            await send(rig, Command.NOTHING)
            await send(rig, Command.LIMIT, 0)
        assert rig.twc.supply.relay_operations == before + 20

    with_rig(scenario, one(1))


@pytest.mark.parametrize("amps", [0, 1, 5])
def test_too_few_amps_do_not_stop_a_car_on_protocol_2(amps: float) -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car())
        await rig.charge(20)
        await send(rig, Command.LIMIT_CHARGING, amps)
        later = await wait(rig, 60)
        assert (later.state, later.allowed) == (State.CHARGING, amps)
        assert rig.twc.drawn == pytest.approx(5.2)

    with_rig(scenario, one())


@pytest.mark.parametrize("protocol", [1, 2])
@pytest.mark.parametrize("stops", [False, True])
def test_units_differ_in_whether_0_amps_stop_a_car(protocol: int, stops: bool) -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car())
        await rig.charge(20)
        limit = Command.LIMIT if protocol == 1 else Command.LIMIT_CHARGING
        await rig.master.heartbeats(60, rig.twc, command=limit, amps=0)
        assert rig.twc.charging is not stops
        assert (rig.twc.drawn == 0) is stops

    twc = WallConnector(0x032E, protocol=protocol, zero_stops=stops)
    with_rig(scenario, twc)


@pytest.mark.parametrize(("minimum", "drawn"), [(5, 4.2), (6, 0)])
def test_units_differ_in_the_minimum_offer(minimum: float, drawn: float) -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car())
        await rig.charge(20)
        await rig.master.heartbeats(30, rig.twc, command=Command.LIMIT, amps=5)
        assert rig.twc.drawn == pytest.approx(drawn)

    with_rig(scenario, WallConnector(0x032E, protocol=1, minimum_offer=minimum))


@pytest.mark.parametrize(("protocol", "amps"), [(1, 4), (2, 5)])
def test_too_few_amps_start_no_car(protocol: int, amps: float) -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car())
        await rig.charge(amps)
        assert rig.twc.drawn == 0

    with_rig(scenario, one(protocol))


def test_raise_and_lower_last_ten_seconds() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car())
        await rig.charge(20)
        answer = await send(rig, Command.RAISE)
        assert (answer.state, answer.allowed) == (State.RAISED, 22)
        assert (await wait(rig, 11)).allowed == 20
        answer = await send(rig, Command.LOWER)
        assert (answer.state, answer.allowed) == (State.LOWERED, 18)
        assert (await wait(rig, 5)).drawn == pytest.approx(17.2, abs=0.06)
        assert (await wait(rig, 8)).drawn == pytest.approx(19.2, abs=0.06)

    with_rig(scenario, one())


@pytest.mark.parametrize("protocol", [1, 2])
def test_a_car_stops_and_starts_on_command(protocol: int) -> None:
    async def scenario(rig: Rig) -> None:
        car = Car()
        rig.twc.plug_in(car)
        await rig.charge(20)
        car.stop()
        stopped = await wait(rig, 10)
        assert (stopped.state, stopped.allowed, stopped.drawn) == (
            State.NOT_CHARGING,
            20,
            0,
        )
        car.start()
        assert (await wait(rig, 15)).drawn == pytest.approx(19.2, abs=0.06)
        assert car.interruptions == 0

    with_rig(scenario, one(protocol))


def test_a_stopped_car_stops_drawing_without_a_query() -> None:
    async def scenario(rig: Rig) -> None:
        car = Car()
        rig.twc.plug_in(car)
        await rig.charge(20)
        car.stop()
        await asyncio.sleep(20)
        assert not rig.twc.supply.charging
        assert car.drawn == 0

    with_rig(scenario, one())


def test_the_contactor_opens_under_load_and_closes() -> None:
    async def scenario(rig: Rig) -> None:
        car = Car()
        rig.twc.plug_in(car)
        await rig.charge(20)
        assert await rig.master.ask(rig.twc, CONTACTOR_OPEN, ANNOUNCE) is not None
        assert rig.twc.drawn == 0
        assert (await wait(rig, 10)).state == State.NOT_CHARGING
        assert car.interruptions == 1
        assert await rig.master.ask(rig.twc, CONTACTOR_CLOSE, ANNOUNCE) is not None
        assert (await wait(rig, 15)).drawn == pytest.approx(19.2, abs=0.06)

    with_rig(scenario, one())


def test_a_contactor_may_strand_a_car_until_unplugged() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car(stranded_by_contactor=True))
        await rig.charge(20)
        await rig.master.ask(rig.twc, CONTACTOR_OPEN, ANNOUNCE)
        await rig.master.ask(rig.twc, CONTACTOR_CLOSE, ANNOUNCE)
        assert (await wait(rig, 60)).drawn == 0

    with_rig(scenario, one())


@pytest.mark.parametrize(
    ("protocol", "firmware"), [(1, (4, 5, 3, 0)), (2, (4, 5, 2, 0)), (2, (3, 9, 9, 0))]
)
def test_older_firmware_has_no_contactor_command(
    protocol: int, firmware: tuple[int, int, int, int]
) -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car())
        await rig.charge(20)
        assert await rig.master.ask(rig.twc, CONTACTOR_OPEN, ANNOUNCE) is None
        assert rig.twc.drawn > 19

    with_rig(scenario, one(protocol, firmware=firmware))


def test_plug_state_follows_the_car() -> None:
    async def scenario(rig: Rig) -> None:
        async def plug() -> int:
            frame = await rig.master.ask(rig.twc, PLUG)
            assert frame is not None
            return frame.body[4]

        assert await plug() == 0
        rig.twc.plug_in(Car())
        assert await plug() == 3
        await rig.charge(20)
        assert await plug() == 1
        rig.twc.unplug()
        assert await plug() == 0

    with_rig(scenario, one())


@pytest.mark.parametrize("idle", [0.0, 0.25])
def test_an_idle_connector_may_report_a_small_draw(idle: float) -> None:
    async def scenario(rig: Rig) -> None:
        assert (await wait(rig, 5)).drawn == idle

    with_rig(scenario, one(idle_draw=idle))


def test_reported_amps_jitter_only_while_charging() -> None:
    async def scenario(rig: Rig) -> None:
        rig.twc.plug_in(Car())
        idle = {(await wait(rig, 1)).drawn for _ in range(10)}
        assert idle == {0}
        await rig.charge(20)
        drawn = {(await wait(rig, 1)).drawn for _ in range(20)}
        assert len(drawn) > 3
        assert all(abs(amps - 19.2) < 0.06 for amps in drawn)

    with_rig(scenario, one())
