"""Text commands to the simulator."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace

import pytest

from simulator import (
    Bus,
    Control,
    ControlError,
    MemoryPort,
    TcpPort,
    WallConnector,
    run_virtual,
)
from simulator.specs import SpecError, connector

from .master import Master


class Desk:
    """A bus and its text commands."""

    def __init__(self) -> None:
        self.bus = Bus(seed=4)
        for number in (0x032E, 0x1839):
            self.bus.add(WallConnector(number))
        self.port = MemoryPort(self.bus)
        self.quits = 0
        self.control = Control(self.bus, self.port, self._quit)

    def _quit(self) -> None:
        self.quits += 1

    @property
    def twc(self) -> WallConnector:
        return self.bus.connectors[0]

    async def type(self, line: str) -> str:
        return await self.control.execute(line)


def at_desk(scenario: Callable[[Desk], Coroutine[None, None, None]]) -> None:
    async def main() -> None:
        desk = Desk()
        desk.bus.start()
        await scenario(desk)
        desk.bus.stop()

    run_virtual(main())


def test_plug_and_unplug() -> None:
    async def scenario(desk: Desk) -> None:
        said = await desk.type("plug 1 limit=32 soc=40.5 phases=3 trap=on")
        car = desk.twc.car
        assert car is not None
        assert car.vin in said
        assert (car.onboard_limit, car.soc, car.phases) == (32, 40.5, 3)
        assert car.six_amp_trap
        await desk.type("plug 1839 vin=5YJ3E1EA1KF000042")
        other = desk.bus.connectors[1].car
        assert other is not None
        assert other.vin == "5YJ3E1EA1KF000042"
        await desk.type("unplug 032e")
        assert desk.twc.car is None

    at_desk(scenario)


def test_cars_are_commanded() -> None:
    async def scenario(desk: Desk) -> None:
        await desk.type("plug 1")
        car = desk.twc.car
        assert car is not None
        for what, name, value in (
            ("stop", "stopped", True),
            ("start", "stopped", False),
            ("sleep", "asleep", True),
            ("wake", "asleep", False),
            ("soc 55", "soc", 55),
            ("target 90", "target", 90),
            ("limit 16", "onboard_limit", 16),
            ("schedule 600", "not_before", desk.bus.now + 600),
            ("schedule off", "not_before", None),
        ):
            await desk.type(f"car 1 {what}")
            assert getattr(car, name) == value

    at_desk(scenario)


def test_faults_are_switched() -> None:
    async def scenario(desk: Desk) -> None:
        await desk.type("fault lose 0.1")
        await desk.type("fault echo on")
        await desk.type("fault corrupt on")
        await desk.type("fault idle_noise 5")
        faults = desk.bus.faults
        assert (faults.lose, faults.echo, faults.corrupt) == (0.1, True, 1)
        assert faults.idle_noise == 5
        await desk.type("fault corrupt off")
        assert faults.corrupt == 0
        await desk.type("fault clear")
        assert (faults.lose, faults.echo) == (0, False)

    at_desk(scenario)


def test_the_port_is_pulled_out_and_put_back() -> None:
    async def scenario(desk: Desk) -> None:
        await desk.type("port unplug")
        with pytest.raises(FileNotFoundError):
            await desk.port.connect(Master)
        await desk.type("port replug")
        transport, _ = await desk.port.connect(Master)
        transport.close()

    at_desk(scenario)


@pytest.mark.usefixtures("socket_enabled")
def test_a_port_that_takes_time_is_waited_for() -> None:
    async def scenario(desk: Desk) -> None:
        port = TcpPort(desk.bus)
        control = Control(desk.bus, port)
        await port.start()
        await control.execute("port unplug")
        with pytest.raises(ConnectionError):
            await asyncio.open_connection(port.host, port.port)
        await control.execute("port replug")
        _, writer = await asyncio.open_connection(port.host, port.port)
        writer.close()
        await port.stop()

    at_desk(scenario)


def test_connectors_and_masters_are_switched() -> None:
    async def scenario(desk: Desk) -> None:
        await desk.type("second-master on")
        await asyncio.sleep(30)
        assert desk.twc.linked
        assert "032E" in await desk.type("status")
        await desk.type("second-master off")
        await desk.type("power-cycle 2")
        assert not desk.bus.connectors[1].powered
        assert "second-master" in await desk.type("help")
        assert "second-master" in await desk.type("")
        await desk.type("quit")
        assert desk.quits == 1

    at_desk(scenario)


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "plug",
        "plug 0",
        "plug 3",
        "plug 99999",
        "plug FFFF",
        "plug 0000",
        "plug 1",
        "plug 2 soc",
        "plug 2 soc=",
        "plug 2 soc=101",
        "plug 2 soc=nan",
        "plug 2 soc=-1",
        "plug 2 colour=red",
        "plug 2 phases=4",
        "plug 2 phases=²",
        "plug 2 vin=SHORT",
        "plug 2 asleep=maybe",
        "unplug",
        "unplug 2",
        "unplug 1 now",
        "car 1",
        "car 1 fly",
        "car 1 stop now",
        "car 1 soc",
        "car 1 soc x",
        "car 1 limit 1 2",
        "car 1 schedule soon",
        "car 2 stop",
        "fault",
        "fault lose",
        "fault lose 1.5",
        "fault lose -1",
        "fault lose maybe",
        "fault echo 0.5",
        "fault gravity on",
        "fault clear all",
        "port",
        "port burn",
        "power-cycle",
        "power-cycle 7",
        "power-cycle 1 2",
        "second-master",
        "second-master perhaps",
        "status now",
        "quit now",
    ],
)
def test_wrong_commands_are_explained_and_change_nothing(line: str) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.type("plug 1")
        car = desk.twc.car
        assert car is not None
        before = (repr(car), replace(desk.bus.faults), repr(desk.bus.connectors))
        with pytest.raises(ControlError, match=r"\w"):
            await desk.type(line)
        assert desk.twc.car is car
        assert desk.bus.connectors[1].car is None
        after = (repr(car), desk.bus.faults, repr(desk.bus.connectors))
        assert after == before
        assert desk.quits == 0
        transport, _ = await desk.port.connect(Master)
        transport.close()

    at_desk(scenario)


def test_a_car_that_charges_does_not_sleep() -> None:
    async def scenario(desk: Desk) -> None:
        await desk.type("plug 1")
        desk.twc.supply.charging = True
        with pytest.raises(ControlError, match="does not sleep"):
            await desk.type("car 1 sleep")

    at_desk(scenario)


def test_commands_for_a_port_fail_without_one() -> None:
    async def main() -> None:
        with pytest.raises(ControlError, match="no port"):
            await Control(Bus()).execute("port unplug")

    run_virtual(main())


def test_connectors_are_described_in_words() -> None:
    twc = connector(
        "id=032E,protocol=1,rating=32,firmware=4.2.1,serial=X,volts=230/231/229,"
        "tail=none,queries=off,switch=3,kwh=5,idle=0.25,can=off"
    )
    assert (twc.id, twc.protocol, twc.rating) == (0x032E, 1, 32)
    assert twc.firmware == (4, 2, 1, 0)
    assert twc.voltages == (230.0, 231.0, 229.0)
    assert (twc.tail, twc.serial, twc.switch) == (b"", "X", 3)
    assert (twc.can_enabled, twc.idle_draw) == (False, 0.25)
    twc = connector(
        "id=1,zero-stops=on,minimum-offer=5,counter-unit=0.1,meter-volts=off,meter-amps=off,plug=off"
    )
    assert (twc.zero_stops, twc.minimum_offer, twc.counter_unit) == (True, 5, 0.1)
    assert not (twc.meter_volts or twc.meter_amps or twc.answers_plug)
    assert connector("id=1,volts=240").voltages == (240.0, 0.0, 0.0)


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "protocol=2",
        "id=0",
        "id=FFFF",
        "id=G",
        "id=1,protocol=3",
        "id=1,rating=inf",
        "id=1,firmware=4",
        "id=1,firmware=4.5.x",
        "id=1,firmware=4.5.999",
        "id=1,volts=1/2/3/4",
        "id=1,tail=aa",
        "id=1,counter-unit=0",
        "id=1,switch=zz",
        "id=1,what=1",
    ],
)
def test_wrong_descriptions_are_explained(spec: str) -> None:
    with pytest.raises(SpecError, match=r"\w"):
        connector(spec)
