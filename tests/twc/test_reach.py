"""The check whether connectors that were found receive us: what it finds, and that it disturbs nothing."""

from collections.abc import Callable
from typing import Final

import pytest

from custom_components.twc_manager.twc.reach import CHECK_SECONDS, check_reach
from custom_components.twc_manager.twc.scan import ScanResult, scan
from simulator import Bus, Frame, SecondMaster, WallConnector, run_virtual

from .port import Network, NetworkPort

QUICK_SECONDS: Final = 4.0


def connectors() -> list[WallConnector]:
    return [
        WallConnector(connector_id, protocol=protocol, rating=80.0)
        for connector_id, protocol in ((0x032E, 1), (0x1839, 2), (0x2431, 2))
    ]


class Scene:
    """A bus that was scanned, and is then checked."""

    def __init__(self, *twcs: WallConnector, network: Network | None = None) -> None:
        self.bus = Bus(seed=3)
        for twc in twcs:
            self.bus.add(twc)
        self.port = NetworkPort(self.bus, network or Network())
        self.senders: set[int] = set()
        self.seconds = 0.0

    def run(
        self,
        meanwhile: Callable[[], object] = lambda: None,
        after: float = 0.0,
        *,
        before: Callable[[], object] = lambda: None,
    ) -> ScanResult:
        async def main() -> ScanResult:
            self.bus.start()
            before()
            found = await scan("/dev/simulated", connect=self.port)
            self.bus.frame_listeners.append(self._note)
            self.bus.loop.call_later(after, meanwhile)
            begin = self.bus.now
            try:
                return await check_reach("/dev/simulated", found, connect=self.port)
            finally:
                self.seconds = self.bus.now - begin
                self.bus.stop()
                assert not self.port.memory.is_open

        return run_virtual(main())

    def _note(self, frame: Frame) -> None:
        if frame.body[0] in {0xFB, 0xFC}:
            self.senders.add(frame.sender)


def test_all_that_hear_us_are_heard_soon_and_stay_unlinked() -> None:
    twcs = connectors()
    scene = Scene(*twcs)
    assert scene.run().not_hearing == frozenset()
    assert scene.seconds < QUICK_SECONDS
    assert not any(twc.linked for twc in twcs)
    scene.bus.safety.assert_clean(0.0)


@pytest.mark.parametrize("seconds", [0.12, 0.5, 1.0])
def test_a_slow_network_changes_nothing(seconds: float) -> None:
    network = Network(seconds, seconds, pack_s=0.05, jitter_s=0.05)
    assert Scene(*connectors(), network=network).run().not_hearing == frozenset()


def test_nothing_that_is_sent_arrives() -> None:
    scene = Scene(*connectors(), network=Network(sends=False))
    assert scene.run().not_hearing == {0x032E, 0x1839, 0x2431}
    assert scene.seconds < CHECK_SECONDS


def test_one_of_three_does_not_hear_us() -> None:
    twcs = connectors()
    twcs[1].hear = lambda _: None  # type: ignore[method-assign]
    assert Scene(*twcs).run().not_hearing == {0x1839}


def test_one_that_does_not_answer_the_announcement_of_a_master_is_sent_heartbeats() -> (
    None
):
    twcs = connectors()
    hear = twcs[1].hear

    def hear_heartbeats(frame: Frame) -> None:
        if frame.body[1] != 0xE2:
            hear(frame)

    twcs[1].hear = hear_heartbeats  # type: ignore[method-assign]
    scene = Scene(*twcs)
    assert scene.run().not_hearing == frozenset()
    assert scene.seconds < 2 * QUICK_SECONDS


def test_one_that_is_switched_off_meanwhile_is_not_said_to_be_deaf() -> None:
    twcs = connectors()
    assert Scene(*twcs).run(twcs[0].power_down).not_hearing == frozenset()


def test_nothing_is_sent_to_a_line_with_a_master() -> None:
    scene = Scene(*connectors())
    master = SecondMaster(0x1234)
    result = scene.run(before=lambda: master.attach(scene.bus))
    assert result.second_master
    assert result.not_hearing == frozenset()
    assert scene.senders <= {0x1234}


def test_a_master_that_comes_meanwhile_ends_it_without_a_result() -> None:
    scene = Scene(*connectors(), network=Network(sends=False))
    master = SecondMaster(0x1234)
    result = scene.run(lambda: master.attach(scene.bus), after=8.0)
    assert result.not_hearing == frozenset()
    assert scene.seconds < 12


def test_a_port_that_is_lost_meanwhile_proves_nothing() -> None:
    scene = Scene(*connectors(), network=Network(sends=False))
    result = scene.run(scene.port.memory.unplug, after=5.0)
    assert result.not_hearing == frozenset()
    assert scene.seconds < 6
