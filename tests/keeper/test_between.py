"""An attacker in the network between Home Assistant and the keeper, or in the place of either."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
import json
from typing import Any, override

import pytest

from custom_components.twc_manager.keeper_link import connection
from custom_components.twc_manager.keeper_link.connection import (
    ANSWER_SECONDS,
    Address,
    KeeperClient,
    KeeperError,
    KeyRefusedError,
    greeted_limit,
    read_report,
)
from custom_components.twc_manager.twc import lease_link as link
from keeper.addresses import AllowedAddresses
from keeper.control import Control

from .scene import HOME_ADDRESS, Scene, play, three
from .test_lease import KEY, LEASE

RAISED = {**LEASE.as_dict(), "total": 80, "per_connector": 80}


type Passes = Callable[[bytes], list[bytes]]


def untouched(line: bytes) -> list[bytes]:
    return [line]


class Between(asyncio.Transport):
    """A connection to a keeper on which an attacker decides what passes.

    Attributes:
        to_keeper, to_home: return the lines that pass in place of each one.
        seen: the lines that Home Assistant sent.
        is_over: whether the keeper has ended it.

    """

    def __init__(self, control: Control) -> None:
        super().__init__()
        self.to_keeper: Passes = untouched
        self.to_home: Passes = untouched
        self.reader = asyncio.StreamReader()
        self.seen: list[bytes] = []
        self.is_over = False
        self.end = control.protocol()
        self.end.connection_made(self)

    @override
    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return (HOME_ADDRESS, 40000) if name == "peername" else default

    @override
    def write(self, data: Any) -> None:
        for line in bytes(data).splitlines(keepends=True):
            for passed in self.to_home(line):
                self.reader.feed_data(passed)

    @override
    def get_write_buffer_size(self) -> int:
        return 0

    @override
    def is_closing(self) -> bool:
        return self.is_over

    @override
    def abort(self) -> None:
        if not self.is_over:
            self.is_over = True
            self.reader.feed_eof()
            self.end.connection_lost(None)

    def talk(self) -> KeeperClient:
        """Return Home Assistant's end."""
        return KeeperClient(self.reader, _Writer(self))  # type: ignore[arg-type]


@dataclass(slots=True)
class _Writer:
    between: Between

    def write(self, data: bytes) -> None:
        self.between.seen.append(data)
        for line in self.between.to_keeper(data):
            self.between.end.data_received(line)

    async def drain(self) -> None:
        """Everything has passed at once."""


def between(scenario: Callable[[Scene, Control], Any]) -> None:
    async def main(scene: Scene) -> None:
        control = Control(scene.running, AllowedAddresses(), KEY)
        await scenario(scene, control)
        control.close()

    play(main, *three())


def altered(line: bytes, **changes: Any) -> bytes:
    """Return a line with other values, and its old signature."""
    return link.encode_line({**json.loads(line), **changes})


def test_a_lease_passes_that_nobody_touches() -> None:
    async def scenario(scene: Scene, control: Control) -> None:
        talk = Between(control).talk()
        assert not (await talk.authenticate(KEY)).has_lease
        assert (await talk.send_lease(LEASE)).has_lease
        assert (await talk.send_lease(LEASE)).has_lease
        assert not (await talk.end_lease()).has_lease

    between(scenario)


def tampered() -> Iterator[tuple[str, Passes]]:
    """Return what an attacker may do to a line with a lease."""
    yield "raised", lambda line: [altered(line, total=80, per_connector=80)]
    yield "longer", lambda line: [altered(line, seconds=86400)]
    yield "ended", lambda line: [altered(line, type=link.END)]
    yield "renumbered", lambda line: [altered(line, n=3)]
    yield "unsigned", lambda line: [altered(line, mac="0" * 64)]
    yield "no signature", lambda _: [link.encode_line({"n": 2, **RAISED})]
    yield "repeated", lambda line: [line, line]
    yield "spelt otherwise", lambda line: [line.replace(b'"n":', b'"n": ')]
    yield "cut short", lambda line: [line[:-10] + b"\n"]
    yield "empty", lambda _: [b"\n"]


@pytest.mark.parametrize(
    "tamper", [pytest.param(how, id=name) for name, how in tampered()]
)
def test_a_line_that_was_tampered_with_ends_the_talk(
    tamper: Passes,
) -> None:
    async def scenario(scene: Scene, control: Control) -> None:
        middle = Between(control)
        talk = middle.talk()
        await talk.authenticate(KEY)
        middle.to_keeper = tamper
        with suppress(KeeperError):
            await talk.send_lease(LEASE)
        assert middle.is_over
        # The first of two passed as it was sent.
        assert scene.running._terms().lease in {None, LEASE}
        assert scene.running.report().has_lease is (len(tamper(b"{}\n")) == 2)

    between(scenario)


def test_lines_cannot_be_left_out_or_swapped() -> None:
    async def scenario(scene: Scene, control: Control) -> None:
        for order in ([1], [1, 0]):
            middle = Between(control)
            talk = middle.talk()
            await talk.authenticate(KEY)
            assert talk._lines is not None
            lines = [talk._lines.encode({"type": link.END}) for _ in range(2)]
            middle.end.data_received(lines[order[0]])
            assert middle.is_over

    between(scenario)


def test_what_was_said_on_one_connection_cannot_be_said_on_another() -> None:
    async def scenario(scene: Scene, control: Control) -> None:
        first = Between(control)
        talk = first.talk()
        await talk.authenticate(KEY)
        await talk.send_lease(LEASE)
        scene.running.end_lease()
        again = Between(control)
        for line in first.seen:
            if not again.is_over:
                again.end.data_received(line)
        assert again.is_over
        assert not scene.running.report().has_lease

    between(scenario)


@pytest.mark.parametrize(
    "change",
    [{"complete": True}, {"in_charge": True}, {"total": 80}, {"n": 7}, {"mac": ""}],
    ids=str,
)
def test_a_report_that_was_altered_is_no_report(change: dict[str, Any]) -> None:
    """Otherwise an attacker could report that every car charged on, and that no search is needed."""

    async def scenario(_: Scene, control: Control) -> None:
        middle = Between(control)
        talk = middle.talk()
        await talk.authenticate(KEY)
        middle.to_home = lambda line: [altered(line, **change)]
        with pytest.raises(KeeperError):
            await talk.request_report()
        middle = Between(control)
        talk = middle.talk()
        # The greeting has passed.
        middle.to_home = lambda line: [altered(line, **change)]
        with pytest.raises(KeyRefusedError):
            await talk.authenticate(KEY)

    between(scenario)


def test_an_old_report_is_no_answer() -> None:
    async def scenario(_: Scene, control: Control) -> None:
        middle = Between(control)
        talk = middle.talk()
        reports: list[bytes] = []
        middle.to_home = lambda line: (reports.append(line), [line])[1]
        await talk.authenticate(KEY)
        middle.to_home = lambda _: reports[-1:]
        with pytest.raises(KeeperError):
            await talk.request_report()

    between(scenario)


def test_what_a_keeper_said_on_one_connection_is_no_answer_on_another() -> None:
    """An attacker repeats all of it, from the greeting on, in the keeper's place."""

    async def scenario(_: Scene, control: Control) -> None:
        said: list[bytes] = []
        middle = Between(control)
        greeting = bytes(middle.reader._buffer)  # type: ignore[attr-defined]
        middle.to_home = lambda line: (said.append(line), [line])[1]
        await middle.talk().authenticate(KEY)
        again = Between(control)
        again.reader = asyncio.StreamReader()
        again.reader.feed_data(greeting + b"".join(said))
        again.to_keeper = lambda _: []
        with pytest.raises(KeyRefusedError):
            await again.talk().authenticate(KEY)

    between(scenario)


def test_own_lines_are_no_answer() -> None:
    async def scenario(_: Scene, control: Control) -> None:
        middle = Between(control)
        talk = middle.talk()
        middle.to_keeper = lambda line: (middle.reader.feed_data(line), [])[1]
        with pytest.raises(KeyRefusedError):
            await talk.authenticate(KEY)

    between(scenario)


class Impostor:
    """Something that answers in the place of a keeper, and does not have the key."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = answers

    async def open_connection(self, *_: Any, limit: int) -> tuple[Any, Any]:
        reader = asyncio.StreamReader(limit=limit)
        for answer in self.answers:
            reader.feed_data(answer)

        class Writer:
            def write(self, data: bytes) -> None:
                """Take it."""

            def close(self) -> None:
                """Have nothing to close."""

            async def drain(self) -> None:
                """Have nothing that waits."""

            async def wait_closed(self) -> None:
                """Have nothing to wait for."""

        return reader, Writer()


GREETING = link.greeting_line(link.Greeting("5" * 32, 80.0))
REPORT = {
    "type": link.REPORT,
    "master": "7777",
    "in_charge": False,
    "has_lease": True,
    "complete": True,
    "absent_seconds": 1,
    "total": 80,
    "dropped": 0,
    "connectors": [],
}


@pytest.mark.parametrize(
    ("answers", "greets", "error"),
    [
        ((GREETING, link.encode_line(REPORT)), True, KeyRefusedError),
        (
            (GREETING, link.encode_line({"mac": "0" * 64, "n": 1, **REPORT})),
            True,
            KeyRefusedError,
        ),
        ((GREETING, b"[" * 3000 + b"\n"), True, KeyRefusedError),
        ((GREETING, b"x" * 100_000), True, KeeperError),
        ((GREETING,), True, KeeperError),
        ((b"x" * 100_000,), False, KeeperError),
        ((b"SSH-2.0-OpenSSH_9.2p1\r\n",), False, KeeperError),
        ((b"\xff\xfe\n",), False, KeeperError),
        ((GREETING.replace(b"80.0", b"1e9"),), False, KeeperError),
        ((GREETING.replace(b"80.0", b"NaN"),), False, KeeperError),
        ((), False, KeeperError),
    ],
)
def test_who_does_not_have_the_key_is_not_the_keeper(
    answers: tuple[bytes, ...],
    greets: bool,
    error: type[KeeperError],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scenario(scene: Scene) -> None:
        there = Address("192.168.1.66", 9601)
        impostor = Impostor(*answers)
        monkeypatch.setattr(
            connection.asyncio, "open_connection", impostor.open_connection
        )
        assert await greeted_limit(there) == (80 if greets else None)
        begin = scene.now
        with pytest.raises(KeeperError) as raised:
            await read_report(there, KEY)
        assert raised.type is error
        assert scene.now - begin <= ANSWER_SECONDS

    play(scenario)
