"""Random frames, faults and commands at the same time: the simulator must never fail."""

import asyncio
import contextlib
from random import Random

import pytest

from simulator import (
    Bus,
    Car,
    Control,
    ControlError,
    MemoryPort,
    WallConnector,
    make_vin,
    run_virtual,
)
from simulator.codec import ALLOWED, ASK, HEARTBEAT, centiamps, compose

from .master import MASTER, Master

MINUTES = 30


def random_body(dice: Random, bus: Bus) -> bytes:
    """Return a random frame of a master, which may make no sense."""
    twc = dice.choice(bus.connectors)
    length = 14 if twc.protocol == 1 else 16
    if dice.random() < 0.7:
        command = dice.choice((0, 0, 0, 5, 6, 7, 8, 9))
        payload = bytes((command,)) + centiamps(
            dice.choice((0, 5, 6, 12.5, 20, 40, 80))
        )
        return compose(ASK, HEARTBEAT, MASTER, twc.id, payload=payload, length=length)
    kind, command = dice.choice(sorted(ALLOWED))
    return compose(kind, command, MASTER, twc.id, length=length)


def random_command(dice: Random) -> str:
    return dice.choice(
        (
            "plug 1 trap=on",
            "plug 2 asleep=on wake=30",
            "plug 3 soc=79.9",
            "unplug 1",
            "unplug 2",
            "unplug 3",
            "car 1 stop",
            "car 1 start",
            "car 2 sleep",
            "car 3 schedule 60",
            "power-cycle 2",
            "second-master on",
            "second-master off",
            f"fault {dice.choice(('lose', 'corrupt', 'noise', 'late', 'split'))} 0.1",
            f"fault {dice.choice(('double', 'forge', 'tail_garbage', 'echo'))} on",
            "fault idle_noise 2",
            "fault clear",
            "port unplug",
            "port replug",
            "status",
        )
    )


@pytest.mark.parametrize("seed", range(5))
def test_no_input_makes_the_simulator_fail(seed: int) -> None:
    async def main() -> None:
        failures: list[object] = []
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: failures.append(context)
        )
        dice = Random(seed)
        bus = Bus(seed=seed)
        bus.add(WallConnector(0xC0DB, extended=seed % 2 == 0))
        bus.add(WallConnector(0xDBDC, voltages=(230.0, 230.0, 230.0)))
        bus.add(WallConnector(0x2431, protocol=1))
        bus.start()
        bus.connectors[0].plug_in(Car(vin=make_vin(1)))
        port = MemoryPort(bus)
        control = Control(bus, port)
        before = 0.0
        for _ in range(MINUTES):
            if port.failure is None and not port.is_open:
                _, master = await port.connect(Master)
            for _ in range(100):
                master.write(random_body(dice, bus))
                await asyncio.sleep(dice.choice((0, 0.002, 0.06, 0.3, 1)))
            # Some are impossible at the moment, such as unplugging without a car.
            with contextlib.suppress(ControlError):
                await control.execute(random_command(dice))
            for twc in bus.connectors:
                assert 0 <= twc.drawn <= 80
                assert twc.state is not None
            delivered = sum(twc.delivered_kwh for twc in bus.connectors)
            assert delivered >= before
            before = delivered
        assert before > 0
        assert not bus.safety.problems()
        bus.stop()
        assert failures == []

    run_virtual(main())
