"""The write gate: what reaches the port, whatever the software above it asks for."""

import asyncio
from collections.abc import Callable
import logging
from random import Random
from typing import Any

import pytest

from custom_components.twc_manager.twc import BusProblem
from custom_components.twc_manager.twc.exposure import REACTION_SECONDS
from custom_components.twc_manager.twc.gate import (
    REMEMBERED_SECONDS,
    ForbiddenFrameError,
    WriteGate,
)
from custom_components.twc_manager.twc.guard import WiringGuard, WiringLimits
from custom_components.twc_manager.twc.messages import (
    HEARTBEAT,
    PROTOCOL_2,
    Command,
    Query,
    encode_contactor,
    encode_heartbeat,
    encode_link_ready,
    encode_query,
)
from custom_components.twc_manager.twc.scheduler import Request
from simulator import Car, WallConnector

from .scene import MASTER_ID, Scene, play

A, B = 0xA, 0xB


def heartbeat(
    connector_id: int, amps: float | None, command: Command = Command.LIMIT
) -> bytes:
    if amps is None:
        command = Command.NO_CHANGE
    return encode_heartbeat(MASTER_ID, connector_id, command, amps or 0.0, PROTOCOL_2)


class Desk:
    """A gate before the books of two connectors that obey."""

    def __init__(self, *, total: float = 40.0, per_connector: float = 40.0) -> None:
        self.now = 100.0
        limits = WiringLimits(total, per_connector)
        self.guard = WiringGuard(limits, hold_until=0.0)
        self.gate = WriteGate(self.guard, MASTER_ID)
        for connector_id in (A, B):
            self.guard.watch(connector_id, 80.0, self.now)
            self.answer(heartbeat(connector_id, None), 0.0)
            self.answer(heartbeat(connector_id, None), 0.0)
        self.now += REACTION_SECONDS

    def send(self, body: bytes) -> bytes:
        return self.gate.check(body, self.now)

    def answer(self, body: bytes, echoed: float, drawn: float = 0.0) -> None:
        """Send a frame, have it answered, and let a second pass."""
        self.send(body)
        connector_id = int.from_bytes(body[4:6])
        self.guard.reported(connector_id, echoed, drawn, self.now)
        self.now += 1

    def passes(self, body: bytes) -> bool:
        return self.send(body) == body


def test_amps_pass_into_the_room_that_all_others_leave() -> None:
    desk = Desk()
    assert desk.passes(heartbeat(A, 30.0))
    assert not desk.passes(heartbeat(B, 10.01))
    assert desk.passes(heartbeat(B, 10.0))
    assert desk.gate.dropped == 1


def test_what_a_connector_already_has_passes_without_any_room() -> None:
    desk = Desk()
    for _ in range(3):
        desk.answer(heartbeat(A, 40.0), 40.0)
    desk.guard.watch(B, 80.0, desk.now)
    assert desk.passes(heartbeat(A, 40.0))
    assert not desk.passes(heartbeat(A, 40.01))


def test_an_offer_that_was_never_confirmed_needs_room() -> None:
    desk = Desk()
    assert desk.passes(heartbeat(A, 40.0))
    desk.guard.watch(B, 40.0, desk.now)
    assert not desk.passes(heartbeat(A, 40.0))


def test_amps_never_pass_above_the_caps_of_a_connector() -> None:
    desk = Desk(per_connector=16.0)
    assert not desk.passes(heartbeat(A, 17.0))
    assert desk.passes(heartbeat(A, 16.0))


def test_no_offer_grows_past_the_gate_while_connectors_are_looked_for() -> None:
    desk = Desk()
    desk.answer(heartbeat(A, 10.0), 10.0)
    desk.answer(heartbeat(A, 10.0), 10.0)
    desk.guard.hold(desk.now + 30)
    assert not desk.passes(heartbeat(A, 11.0))
    assert desk.passes(heartbeat(A, 10.0))


def test_no_amps_pass_to_one_that_has_not_reported_twice() -> None:
    desk = Desk()
    desk.guard.watch(B, 32.0, desk.now)
    assert not desk.passes(heartbeat(B, 6.0))
    assert desk.passes(heartbeat(B, None))
    assert desk.passes(heartbeat(B, 0.0))


def test_zero_amps_and_no_change_pass_always() -> None:
    desk = Desk()
    desk.guard.hold(desk.now + 30)
    for command in (Command.LIMIT, Command.LIMIT_WHILE_CHARGING):
        assert desk.passes(heartbeat(A, 0.0, command))
    for command in (Command.NO_CHANGE, Command.STOP_ACKNOWLEDGED):
        assert desk.passes(heartbeat(A, 0.0, command))


@pytest.mark.parametrize("command", [Command.RAISE, Command.LOWER, Command.ERROR])
def test_commands_whose_amps_are_not_in_the_frame_never_pass(command: Command) -> None:
    desk = Desk()
    assert not desk.passes(heartbeat(A, 0.0, command))


def test_amps_are_read_from_the_bytes_whatever_the_command() -> None:
    desk = Desk()
    body = bytearray(heartbeat(A, None))
    body[7:9] = (8000).to_bytes(2)
    assert not desk.passes(bytes(body))


def test_frames_of_another_master_and_to_strangers_never_pass() -> None:
    desk = Desk()
    other = encode_heartbeat(0x1234, A, Command.NO_CHANGE, 0.0, PROTOCOL_2)
    assert not desk.passes(other)
    assert not desk.passes(heartbeat(0x5555, None))


def test_only_frames_of_the_length_that_a_connector_understands_pass() -> None:
    desk = Desk()
    desk.guard.watch(B, 32.0, desk.now, length=13)
    assert not desk.passes(heartbeat(B, None))
    assert desk.passes(heartbeat(B, None)[:13])


def test_no_frame_passes_to_one_that_is_gone() -> None:
    desk = Desk()
    desk.guard.gone(B, desk.now)
    assert not desk.passes(heartbeat(B, None))


def test_in_place_of_a_dropped_frame_goes_one_to_whom_waited_longest() -> None:
    desk = Desk()
    desk.answer(heartbeat(A, 20.0), 20.0)
    desk.answer(heartbeat(A, 20.0), 20.0)
    desk.answer(heartbeat(B, 12.0), 12.0)
    assert desk.send(b"\xfc\x19".ljust(15, b"\0")) == heartbeat(A, 20.0)
    desk.now += 1
    # One report of 12 A after one of none: that is not yet what it has.
    assert desk.send(heartbeat(A, 80.0)) == heartbeat(B, 0.0)
    desk.now += 1
    assert desk.send(heartbeat(B, 80.0)) == heartbeat(A, 20.0)


def test_the_books_have_what_was_really_sent() -> None:
    desk = Desk()
    desk.send(heartbeat(A, 80.0))
    assert [desk.guard.standing(item) for item in (A, B)] == [0.0, 0.0]
    desk.send(heartbeat(A, 7.5))
    assert desk.guard.standing(A) == 7.5
    assert desk.guard.possible(desk.now) == 7.5


def test_of_ids_that_come_and_go_only_the_last_are_remembered() -> None:
    desk = Desk()
    ids = range(100, 130)
    for connector_id in ids:
        desk.guard.watch(connector_id, 6.0, desk.now)
        desk.answer(heartbeat(connector_id, None), 0.0)
    sent = desk.send(heartbeat(A, 80.0))
    # One of those waited longest, not one of the first.
    assert sent[4:6] == ids[-16].to_bytes(2)


def test_with_nothing_to_send_in_its_place_a_frame_is_refused() -> None:
    gate = WriteGate(WiringGuard(WiringLimits(40.0, 40.0), hold_until=0.0), MASTER_ID)
    with pytest.raises(ForbiddenFrameError):
        gate.check(heartbeat(A, None), 0.0)


def test_without_a_guard_only_frames_without_amps_pass() -> None:
    gate = WriteGate()
    for body in (
        heartbeat(A, None),
        heartbeat(A, 0.0),
        encode_query(1, A, Query.FIRMWARE, PROTOCOL_2),
        encode_link_ready(1, 2, second=True),
    ):
        assert gate.check(body, 0.0) == body
    with pytest.raises(ForbiddenFrameError):
        gate.check(heartbeat(A, 0.01), 0.0)


def test_drops_are_logged_once_and_remembered_for_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk()
    assert not desk.gate.has_dropped(desk.now)
    for _ in range(5):
        desk.send(heartbeat(A, 80.0))
        desk.now += 1
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "80 A to 000A, which may have 40 A" in caplog.text
    assert desk.gate.has_dropped(desk.now)
    desk.now += REMEMBERED_SECONDS
    assert not desk.gate.has_dropped(desk.now)
    assert desk.gate.dropped == 5


# A scheduler that lies


class Liar:
    """Puts lies in the place of the frames of the real scheduler."""

    def __init__(self, scene: Scene, seed: int, *, share: float) -> None:
        self.scene = scene
        self.dice = Random(seed)
        self.share = share
        scheduler = scene.master._scheduler
        self.honest: Callable[[float], Request | None] = scheduler.next
        scheduler.next = self.next  # type: ignore[method-assign]

    def next(self, now: float) -> Request | None:
        if self.dice.random() >= self.share:
            return self.honest(now)
        connectors = list(self.scene.master._roster)
        return Request(self.lie(), self.dice.choice([None, *connectors]), HEARTBEAT)

    def lie(self) -> bytes:
        dice = self.dice
        target = dice.choice([1, 2, 3, 0x5555])
        protocol = dice.choice([1, 2])
        sender = dice.choice([MASTER_ID] * 9 + [1, 0x1234])
        start = dice.choice(
            [b"\xfb\xe0" + sender.to_bytes(2) + target.to_bytes(2), b"\xfb\xe0", b""]
        )
        return dice.choice(
            [
                encode_heartbeat(
                    sender,
                    target,
                    dice.choice(list(Command)),
                    dice.choice([0, 6, 10, 20, 30, 40, 80, dice.uniform(0, 80)]),
                    protocol,
                )
            ]
            * 6
            + [
                (start + dice.randbytes(15))[: dice.choice([13, 15, 15, 7])],
                encode_query(sender, target, dice.choice(list(Query)), protocol),
                encode_link_ready(sender, dice.randrange(256), second=True),
                encode_contactor(sender, target, close=True, protocol=protocol),
            ]
        )


def lie_to(scene: Scene, seed: int, *, share: float, seconds: float) -> Any:
    """Return the scenario of a scheduler that begins to lie once all connectors are linked."""

    async def scenario() -> None:
        await scene.linked()
        scene.offer({1: 20.0, 2: 6.0, 3: 14.0})
        await asyncio.sleep(20)
        Liar(scene, seed, share=share)
        await asyncio.sleep(seconds)

    return scenario()


def three() -> list[WallConnector]:
    twcs = [
        WallConnector(number, protocol=protocol, rating=rating)
        for number, protocol, rating in ((1, 1, 80.0), (2, 2, 80.0), (3, 2, 32.0))
    ]
    for twc in twcs:
        # How exact its meter is shall not be the question here.
        twc.jitter = 0.0
    return twcs


@pytest.mark.parametrize("share", [0.2, 0.8, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_scheduler_that_lies_gets_no_ampere_past_the_gate_and_loses_no_link(
    seed: int, share: float
) -> None:
    twcs = three()

    async def scenario(scene: Scene) -> None:
        scene.bus.safety.limit = 40.0
        scene.bus.safety.per_connector_limit = 32.0
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=48, ramp=20))
        await lie_to(scene, seed, share=share, seconds=180)
        assert scene.ids == {1, 2, 3}
        assert BusProblem.FRAME_DROPPED in scene.snapshot.problems
        assert scene.master.statistics.dropped_frames > 30

    scene = play(scenario, *twcs, limit=40.0, per_connector=32.0, seed=seed)
    safety = scene.bus.safety
    assert safety.possible_broken_s == 0
    assert max(log.longest_gap for log in safety.heartbeats.values()) < 26
    assert all(twc.linked or not scene.bus.running for twc in twcs)


@pytest.mark.parametrize(
    "blind",
    [
        lambda gate, body, now: None,
        lambda gate, body, now: (
            None if body[1] == HEARTBEAT else WriteGate._check(gate, body, now)
        ),
    ],
)
@pytest.mark.long
def test_in_the_same_world_a_gate_that_checks_nothing_breaks_the_limit(
    blind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A world in which a blinded gate breaks nothing proves nothing."""
    monkeypatch.setattr(WriteGate, "_check", blind)
    twcs = three()

    async def scenario(scene: Scene) -> None:
        for twc in twcs:
            twc.plug_in(Car(onboard_limit=48, ramp=20))
        await lie_to(scene, 1, share=0.8, seconds=120)

    with pytest.raises(AssertionError, match="A (sent|offered)"):
        play(scenario, *twcs, limit=40.0, per_connector=32.0)
