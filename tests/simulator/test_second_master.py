"""A second master on the bus."""

import asyncio

import pytest

from simulator import SecondMaster, WallConnector
from simulator.codec import (
    ANNOUNCE,
    ASK,
    HEARTBEAT,
    IDLE_NOTICE,
    LINKREADY_1,
    LINKREADY_2,
)

from .master import Rig, with_rig


def test_a_second_master_announces_itself_and_takes_over_the_connectors() -> None:
    async def scenario(rig: Rig) -> None:
        second = SecondMaster()
        second.attach(rig.bus)
        await asyncio.sleep(60)
        heard = {key: rig.master.heard(*key) for key in (
            (ANNOUNCE, LINKREADY_1), (ASK, LINKREADY_2), (ASK, HEARTBEAT), (ANNOUNCE, IDLE_NOTICE),
        )}  # fmt: skip
        assert len(heard[ANNOUNCE, LINKREADY_1]) == 5
        assert len(heard[ASK, LINKREADY_2]) >= 5
        assert len(heard[ASK, HEARTBEAT]) > 80
        assert len(heard[ANNOUNCE, IDLE_NOTICE]) == 5
        assert {frame.sender for _, frame in heard[ASK, HEARTBEAT]} == {0x035D}
        assert [twc.master for twc in rig.twcs] == [0x035D, 0x035D]
        assert rig.bus.safety.forbidden_frames == []
        second.detach()
        await asyncio.sleep(1)
        rig.master.frames.clear()
        await asyncio.sleep(25.5)
        assert rig.master.heard(ASK, HEARTBEAT) == []
        assert not rig.linked()

    with_rig(scenario, WallConnector(0x032E), WallConnector(0x1839, protocol=1))


def test_a_second_master_may_leave_and_return() -> None:
    async def scenario(rig: Rig) -> None:
        second = SecondMaster(0x1111, heartbeats=False)
        for _ in range(3):
            second.attach(rig.bus)
            second.attach(rig.bus)
            await asyncio.sleep(20)
            second.detach()
            assert not second.attached
            second.detach()
            assert rig.master.heard(ASK, HEARTBEAT) == []
            assert len(rig.master.heard(ANNOUNCE, LINKREADY_1)) == 5
            rig.master.frames.clear()
            await asyncio.sleep(20)

    with_rig(scenario, WallConnector(0x032E))


@pytest.mark.parametrize("position", [0x0, 0x1, 0xE])
def test_a_connector_whose_switch_is_not_at_f_is_a_master(position: int) -> None:
    async def scenario(rig: Rig) -> None:
        await asyncio.sleep(30)
        senders = {frame.sender for _, frame in rig.master.heard(ANNOUNCE, LINKREADY_1)}
        assert senders == {0x035D}
        assert rig.twcs[1].master == 0x035D
        assert not rig.linked()
        rig.twc.power_cycle()
        await asyncio.sleep(40)
        assert len(rig.master.heard(ANNOUNCE, LINKREADY_1)) == 10

    with_rig(scenario, WallConnector(0x035D, switch=position), WallConnector(0x032E))
