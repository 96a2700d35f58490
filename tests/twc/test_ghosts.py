"""Ids that are no connector, or are one for a moment only: they count for the wiring, but are no device."""

import asyncio
from collections.abc import Callable
import gc

from custom_components.twc_manager.twc import BusProblem, KnownConnector
from custom_components.twc_manager.twc.exchange import Exchange
from custom_components.twc_manager.twc.guard import WiringGuard, WiringLimits
from custom_components.twc_manager.twc.messages import Heartbeat, LinkReady
from custom_components.twc_manager.twc.roster import ESTABLISHED_SECONDS, Roster
from custom_components.twc_manager.twc.waiting import MAX_WAITING, WaitingList
from simulator import Bus, Car, Frame, WallConnector
from simulator.codec import (
    ANSWER,
    ASK,
    HEARTBEAT,
    LINKREADY_2,
    centiamps,
    compose,
    wrap,
)

from .scene import Scene, play

MASTER = 0x7777


class Chameleon:
    """Announces a new id every second, and answers for each of them a few times."""

    name = "chameleon"

    def __init__(self, bus: Bus, answers: int, rating: float = 32.0) -> None:
        self._bus = bus
        self._answers = answers
        self._rating = rating
        self.left: dict[int, int] = {}
        bus.frame_listeners.append(self._hear)

    async def announce(self, count: int) -> None:
        for number in range(count):
            connector_id = 0x4000 + number
            self.left[connector_id] = self._answers
            payload = b"\x11" + centiamps(self._rating)
            self._say(
                compose(ANSWER, LINKREADY_2, connector_id, payload=payload, length=16)
            )
            await asyncio.sleep(1)

    def _hear(self, frame: Frame) -> None:
        if frame.key == (ASK, HEARTBEAT) and self.left.get(frame.receiver, 0) > 0:
            self.left[frame.receiver] -= 1
            ids = frame.receiver, frame.sender
            body = compose(ANSWER, HEARTBEAT, *ids, payload=bytes(5), length=16)
            self._bus.loop.call_later(0.02, self._say, body)

    def _say(self, body: bytes) -> None:
        self._bus.transmit(self, wrap(body))


def one() -> WallConnector:
    return WallConnector(1, protocol=2, rating=32.0)


def test_a_new_connector_is_shown_after_it_has_answered_for_some_seconds() -> None:
    twc = one()

    async def scenario(scene: Scene) -> None:
        heartbeats = scene.bus.safety.heartbeats
        await scene.until(lambda: 1 in heartbeats and heartbeats[1].answers == 1)
        began = scene.now
        # It counts for the wiring meanwhile.
        assert scene.ids == set()
        assert scene.master.possible_amps == 32
        await scene.until(lambda: scene.ids == {1})
        assert ESTABLISHED_SECONDS <= scene.now - began < ESTABLISHED_SECONDS + 1.5

    play(scenario, twc)


def test_a_connector_from_before_is_shown_at_once() -> None:
    twc = one()

    async def scenario(scene: Scene) -> None:
        assert await scene.until(lambda: scene.ids == {1}) < 2
        # Also after an absence.
        scene.bus.remove(twc)
        await scene.until(lambda: scene.ids == set())
        scene.bus.add(twc)
        await scene.until(lambda: twc.linked)
        assert await scene.until(lambda: scene.ids == {1}) < 2

    play(scenario, twc, known=[KnownConnector(1, 2, 32.0)], forgets=True)


def test_ids_that_answer_for_a_moment_are_no_devices() -> None:
    twc = one()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        chameleon = Chameleon(scene.bus, answers=3)
        shown: set[int] = set()
        scene.bus.frame_listeners.append(lambda _: shown.update(scene.ids))
        await chameleon.announce(120)
        assert min(chameleon.left.values()) < 3
        assert shown == {1}
        # Each of them may be drawing for a minute after its last word.
        assert scene.master.possible_amps > scene.limit
        await asyncio.sleep(120)
        assert scene.master.possible_amps == 0

    play(scenario, twc, limit=40.0)


def test_ids_that_answer_for_a_moment_get_no_connector_more_than_the_wiring_bears() -> (
    None
):
    twc = one()

    async def scenario(scene: Scene) -> None:
        await scene.linked()
        twc.plug_in(Car())
        scene.offer({1: 32.0})
        chameleon = Chameleon(scene.bus, answers=3)
        await chameleon.announce(5)
        # Two of 32 A are announced, and one has 32 A of 40 A: nothing is left for it.
        before = twc.offered
        await chameleon.announce(30)
        assert twc.offered <= before

    play(scenario, twc, limit=40.0)


def test_a_connector_is_linked_among_ids_that_come_and_go() -> None:
    twc = one()

    async def scenario(scene: Scene) -> None:
        chameleon = Chameleon(scene.bus, answers=0)
        flood = asyncio.create_task(chameleon.announce(300))
        await asyncio.sleep(40)
        scene.bus.add(twc)
        assert await scene.until(lambda: scene.ids == {1}) < 60
        flood.cancel()

    play(scenario)


def roster(say: Callable[[Roster, WiringGuard], None]) -> WiringGuard:
    guard = WiringGuard(WiringLimits(80, 80), hold_until=0.0)
    say(Roster(guard, ()), guard)
    return guard


def test_all_ids_count_though_only_some_wait() -> None:
    def say(found: Roster, guard: WiringGuard) -> None:
        for number in range(20):
            message = LinkReady(number + 1, 7, 32.0, protocol=2)
            assert found.link_ready_received(message, now=number * 0.1) is None
            assert guard.possible(number * 0.1) == 32 * (number + 1)

    roster(say)


def test_six_wait_at_a_time_and_those_that_went_silent_make_way() -> None:
    waiting = WaitingList()
    for number in range(20):
        waiting.add(KnownConnector(number, 2, 32.0), number * 0.1)
    first = [item.connector_id for item in waiting.waiting(2.0)]
    assert first == list(range(MAX_WAITING))
    # The first one goes on announcing itself.
    waiting.add(KnownConnector(0, 2, 32.0), 10.0)
    waiting.add(KnownConnector(99, 2, 32.0), 20.0)
    assert [item.connector_id for item in waiting.waiting(20.0)] == first
    waiting.add(KnownConnector(99, 2, 32.0), 30.0)
    assert [item.connector_id for item in waiting.waiting(30.0)] == [0, 99]
    waiting.remove(0)
    assert [item.connector_id for item in waiting.waiting(31.0)] == [99]
    assert waiting.waiting(60.0) == ()
    assert waiting
    assert waiting.waiting(90.0) == ()
    assert not waiting


def test_ratings_that_differ_are_a_problem_once_both_are_devices() -> None:
    def say(found: Roster, _: WiringGuard) -> None:
        ready = [LinkReady(1, 7, 32.0, protocol=2), LinkReady(2, 7, 80.0, protocol=2)]
        for at in (0.0, 13.0):
            for message in ready:
                found.link_ready_received(message, at)
        for second in range(10):
            now = 14.0 + second
            for connector_id in (1, 2):
                found.reported(Heartbeat(connector_id, MASTER, 0, 0.0, 0.0), now)
            assert bool(found.states(now)) is (second >= ESTABLISHED_SECONDS)
            problem = BusProblem.RATINGS_DIFFER in set(found.problems(now))
            assert problem is (second >= ESTABLISHED_SECONDS)

    roster(say)


def test_nothing_is_kept_of_ids_that_owe_no_answer() -> None:
    """A bad line makes up a new one every second, for months."""
    exchange = Exchange()
    for number in range(1000):
        report = Heartbeat(number, MASTER, 0, 0.0, 0.0)
        exchange.received(report, b"", float(number))
    held = sum(
        len(item) for item in gc.get_referents(exchange) if isinstance(item, dict)
    )
    assert held == 0
    assert exchange.late_answers == 0
