"""The states of the master: every transition is walked, and each row of the table is needed for its walk."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import inf
from typing import Any

import pytest

from custom_components.twc_manager.twc import BusStatus, KnownConnector, Master, master
from custom_components.twc_manager.twc.bus_state import (
    ABSENCE_SECONDS,
    SEARCH_SECONDS,
    TRANSITIONS,
    BusEvent,
    Listening,
    Observation,
    Offline,
    Running,
    Searching,
)
from custom_components.twc_manager.twc.transitions import find_transition
from simulator import SecondMaster, WallConnector, run_virtual

from .scene import MASTER_ID, Scene

OFFLINE, SEARCHING = BusStatus.OFFLINE, BusStatus.SEARCHING
RUNNING, LISTENING = BusStatus.RUNNING, BusStatus.SECOND_MASTER
KNOWN = (KnownConnector(1, 2, 80.0),)
RETRIED = 10.0
"""After so many s a port that is back has been reopened."""


@dataclass(frozen=True)
class Walk:
    """What leads to a transition, and what an owner then sees.

    Attributes:
        row: where the transition stands in the table.
        steps: what happens on the bus; returns what is seen.
        seen: the status before and after, and whether the master transmits then.

    """

    row: int
    steps: Callable[[Scene], Awaitable[tuple[BusStatus, BusStatus, bool]]]
    seen: tuple[BusStatus, BusStatus, bool]
    known: tuple[KnownConnector, ...] = KNOWN


def transmits(scene: Scene, since: float) -> bool:
    return any(frame.sender == MASTER_ID for _, frame in scene.sent(since=since))


def attach_other(scene: Scene) -> SecondMaster:
    """Let another master send that repeats itself every 10 s only."""
    other = SecondMaster(0x035D, heartbeats=False)
    other.attach(scene.bus)
    return other


async def seen_after(
    scene: Scene, seconds: float, step: Callable[[], object]
) -> tuple[BusStatus, BusStatus, bool]:
    """Return the status before a step and after it, and whether the master transmits in the last 3 s."""
    before = scene.status
    step()
    await asyncio.sleep(seconds - 3)
    since = scene.now
    await asyncio.sleep(3)
    return before, scene.status, transmits(scene, since)


async def open_port(scene: Scene) -> tuple[BusStatus, BusStatus, bool]:
    before = scene.status
    await scene.master.start()
    _, after, speaks = await seen_after(scene, 4, lambda: None)
    return before, after, speaks


async def lose_port(scene: Scene) -> tuple[BusStatus, BusStatus, bool]:
    await scene.master.start()
    await asyncio.sleep(5)
    return await seen_after(scene, 4, scene.port.memory.unplug)


async def lose_port_while_listening(scene: Scene) -> tuple[BusStatus, BusStatus, bool]:
    await scene.master.start()
    attach_other(scene)
    await asyncio.sleep(15)
    return await seen_after(scene, 4, scene.port.memory.unplug)


async def reopen_port_while_listening(
    scene: Scene,
) -> tuple[BusStatus, BusStatus, bool]:
    await lose_port_while_listening(scene)
    before, since = scene.status, scene.now
    scene.port.memory.replug()
    await asyncio.sleep(RETRIED)
    return before, scene.status, transmits(scene, since)


async def meet_other_master(scene: Scene) -> tuple[BusStatus, BusStatus, bool]:
    await scene.master.start()
    await asyncio.sleep(5)
    return await seen_after(scene, 15, lambda: attach_other(scene))


async def hear_nobody_for_long(scene: Scene) -> tuple[BusStatus, BusStatus, bool]:
    twc = scene.bus.connectors[0]
    await scene.master.start()
    await asyncio.sleep(5)
    twc.power_down()
    await asyncio.sleep(ABSENCE_SECONDS + 5)
    return await seen_after(scene, 15, twc.power_up)


async def finish_search(scene: Scene) -> tuple[BusStatus, BusStatus, bool]:
    await scene.master.start()
    await asyncio.sleep(SEARCH_SECONDS - 2)
    return await seen_after(scene, 5, lambda: None)


async def lose_other_master(scene: Scene) -> tuple[BusStatus, BusStatus, bool]:
    await scene.master.start()
    other = attach_other(scene)
    await asyncio.sleep(15)
    return await seen_after(scene, 30, other.detach)


WALKS = [
    Walk(0, reopen_port_while_listening, (OFFLINE, LISTENING, False)),
    Walk(1, open_port, (OFFLINE, SEARCHING, True), known=()),
    Walk(2, open_port, (OFFLINE, RUNNING, True)),
    Walk(3, lose_port, (SEARCHING, OFFLINE, False), known=()),
    Walk(4, lose_port, (RUNNING, OFFLINE, False)),
    Walk(5, lose_port_while_listening, (LISTENING, OFFLINE, False)),
    Walk(6, meet_other_master, (SEARCHING, LISTENING, False), known=()),
    Walk(7, meet_other_master, (RUNNING, LISTENING, False)),
    Walk(8, hear_nobody_for_long, (RUNNING, SEARCHING, True)),
    Walk(9, finish_search, (SEARCHING, RUNNING, True), known=()),
    Walk(10, lose_other_master, (LISTENING, SEARCHING, True)),
]


def name(walk: Walk) -> str:
    return f"{walk.seen[0]}-{walk.seen[1]}"


def take(walk: Walk) -> tuple[BusStatus, BusStatus, bool]:
    """Return what is seen on a walk."""

    async def main() -> tuple[BusStatus, BusStatus, bool]:
        scene = Scene(WallConnector(1, rating=80.0), known=walk.known)
        try:
            return await walk.steps(scene)
        finally:
            await scene.master.stop()
            scene.bus.stop()

    return run_virtual(main())


def test_there_is_a_walk_for_every_transition() -> None:
    assert [walk.row for walk in WALKS] == list(range(len(TRANSITIONS)))
    for walk, row in zip(WALKS, TRANSITIONS, strict=True):
        assert row.source is walk.seen[0]


@pytest.mark.parametrize("walk", WALKS, ids=name)
def test_transition(walk: Walk) -> None:
    assert take(walk) == walk.seen


@pytest.mark.parametrize("walk", WALKS, ids=name)
def test_transition_needs_its_row(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = TRANSITIONS[: walk.row] + TRANSITIONS[walk.row + 1 :]
    monkeypatch.setattr(master, "TRANSITIONS", rows)
    assert take(walk) != walk.seen


NOW = 1000.0
LATELY = NOW - ABSENCE_SECONDS + 1
LONG_AGO = NOW - ABSENCE_SECONDS


@pytest.mark.parametrize("event", BusEvent)
@pytest.mark.parametrize("other_master", [False, True])
@pytest.mark.parametrize("knows_connectors", [False, True])
@pytest.mark.parametrize("silence", [0.0, ABSENCE_SECONDS, inf])
@pytest.mark.parametrize(
    "state",
    [
        Offline(SEARCHING, LATELY),
        Offline(RUNNING, LATELY),
        Offline(RUNNING, LONG_AGO),
        Offline(LISTENING, LATELY),
        Searching(until=NOW),
        Searching(until=NOW + 1),
        Running(LATELY),
        Running(LONG_AGO),
        Running(-inf),
        Listening(),
    ],
    ids=str,
)
def test_no_offer_may_grow_before_the_bus_is_known(
    state: Any,
    event: BusEvent,
    other_master: bool,
    knows_connectors: bool,
    silence: float,
) -> None:
    """RUNNING is reached only from a search that is over, or with known connectors and nothing long interrupted."""
    seen = Observation(NOW, state, other_master, knows_connectors, silence)
    row = find_transition(TRANSITIONS, state.status, event, seen)
    if row is not None:
        assert row.action.state(seen).status is row.target
    if row is None or row.target is not RUNNING:
        return
    assert state in {
        Searching(until=NOW),
        Offline(RUNNING, LATELY),
    }
    assert knows_connectors or state == Searching(until=NOW)


def test_an_interrupted_search_starts_over() -> None:
    async def main() -> None:
        scene = Scene(WallConnector(1, rating=80.0))
        scene.master = Master(
            scene.url,
            MASTER_ID,
            scene.limits,
            known=KNOWN,
            search=True,
            connect=scene.port,
        )
        await scene.master.start()
        await asyncio.sleep(SEARCH_SECONDS - 10)
        scene.port.memory.unplug()
        await asyncio.sleep(1)
        scene.port.memory.replug()
        await asyncio.sleep(SEARCH_SECONDS - 5)
        assert scene.status is SEARCHING
        await asyncio.sleep(20)
        assert scene.status is RUNNING
        await scene.master.stop()
        scene.bus.stop()

    run_virtual(main())


def test_a_master_that_was_stopped_begins_as_it_ended() -> None:
    async def main() -> None:
        scene = Scene(WallConnector(1, rating=80.0), known=KNOWN)
        await scene.master.start()
        await asyncio.sleep(5)
        await scene.master.stop()
        stopped = scene.now
        scene.master.set_offers({1: 16.0})
        await asyncio.sleep(5)
        assert not transmits(scene, stopped)
        await scene.master.start()
        assert scene.status is RUNNING
        await asyncio.sleep(5)
        assert transmits(scene, stopped)
        await scene.master.stop()
        scene.bus.stop()

    run_virtual(main())
