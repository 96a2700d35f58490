"""Other masters beside the keeper, and what it may report of the line afterwards."""

import asyncio
from typing import override

import pytest

from keeper.absence import Absence
from keeper.observer import BusObserver
from simulator import WallConnector
from simulator.codec import compose, wrap
from simulator.second_master import SecondMaster

from .judge import own
from .scene import HOME_ADDRESS, HOME_ID, Home, Scene, play, three


class QuietMaster(SecondMaster):
    """A master that sends only what connectors need, as programs on a computer do."""

    @override
    def _idle(self) -> None:
        return


@pytest.mark.long
@pytest.mark.parametrize("master_id", [HOME_ID, 0x1234])
def test_the_keeper_is_no_second_master_whatever_the_id_of_the_first(
    master_id: int,
) -> None:
    async def scenario(scene: Scene) -> None:
        await scene.charging()
        other = QuietMaster(master_id)
        other.attach(scene.bus)
        # Home Assistant receives it, and only listens.
        await asyncio.sleep(60)
        assert own(scene) == []
        await scene.home.stop()
        await asyncio.sleep(60)
        assert own(scene) == []
        other.detach()

    play(scenario, *three())


def test_only_a_master_that_knows_every_connector_can_leave_its_search_out() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.home.start()
        await asyncio.sleep(10)
        # It still searches for connectors that may be drawing what another master gave them.
        assert not scene.running.report().complete
        await asyncio.sleep(60)
        scene.lease({1: 16.0})
        assert scene.running.report().complete

    play(scenario, WallConnector(1))


def test_what_one_home_assistant_knows_another_one_does_not() -> None:
    async def scenario(scene: Scene) -> None:
        await scene.charging()
        assert scene.running.report().complete
        await scene.home.stop()
        other = Home(scene, HOME_ADDRESS, 0x1234)
        await other.start()
        await asyncio.sleep(40)
        await other.stop()
        await scene.home.start()
        await asyncio.sleep(10)
        assert scene.running.report().master_id == HOME_ID
        assert not scene.running.report().complete

    play(scenario, WallConnector(1))


def test_a_connector_of_no_possible_rating_is_noise() -> None:
    observer = BusObserver(HOME_ID)
    for amps in (0, 0xFFFF):
        payload = bytes([0x11]) + amps.to_bytes(2)
        body = compose(0xFD, 0xE2, 0x0001, payload=payload)
        observer.received(wrap(body), 1.0)
    assert not observer.announcing()


def test_a_connector_that_was_forgotten_meanwhile_has_taken_nothing_negative() -> None:
    absence = Absence()
    absence.frame_received({1: 7200.0})
    assert absence.ampere_hours({1: 3600.0}) == {1: 0.0}
