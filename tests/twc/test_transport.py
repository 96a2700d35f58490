"""The port: what may be written, how it fails, and that it comes back."""

import asyncio
from collections.abc import Callable
import errno
import itertools
import logging
import traceback
from typing import Any, override

import pytest
from serialx import SerialException, UnsupportedSetting
from serialx.common import UnknownUriScheme

from custom_components.twc_manager.twc import BusError, BusErrorReason
from custom_components.twc_manager.twc.frame import encode
from custom_components.twc_manager.twc.gate import (
    ALLOWED_FRAMES,
    ForbiddenFrameError,
    check_allowed,
)
from custom_components.twc_manager.twc.messages import (
    Command,
    Query,
    encode_contactor,
    encode_heartbeat,
    encode_link_ready,
    encode_query,
)
from custom_components.twc_manager.twc.transport import (
    CLOSE_TIMEOUT,
    CONNECT_TIMEOUT,
    MAX_RETRY_SECONDS,
    MAX_WAITING_BYTES,
    STABLE_SECONDS,
    BusTransport,
)
from simulator import run_virtual

# Typed over from the protocol document.
ALLOWED = "FCE1 FBE2 FBE0 FBEB FBEC FBED FBEE FBEF FBF1 FBB4 FB1B FCB1 FCB2"
HEARTBEAT = encode_heartbeat(0x7777, 0x032E, Command.NO_CHANGE, 0.0, 2)


class Wire(asyncio.Transport):
    """An open port of which a test decides what becomes of it."""

    def __init__(self, protocol: asyncio.Protocol) -> None:
        super().__init__()
        self.protocol = protocol
        self.written = b""
        self.waiting = 0
        self.closing = False
        self.closes_by_itself = True
        self.write_error: Exception | None = None

    @override
    def write(self, data: Any) -> None:
        if self.write_error is not None:
            raise self.write_error
        self.written += bytes(data)

    @override
    def get_write_buffer_size(self) -> int:
        return self.waiting

    @override
    def close(self) -> None:
        if self.closes_by_itself:
            self.abort()

    @override
    def abort(self) -> None:
        self.lose(None)

    def lose(self, error: Exception | None) -> None:
        if not self.closing:
            self.closing = True
            loop = asyncio.get_running_loop()
            loop.call_soon(self.protocol.connection_lost, error)


class Port:
    """Opens wires, or fails as configured."""

    def __init__(self) -> None:
        self.wires: list[Wire] = []
        self.attempts: list[float] = []
        self.error: Exception | None = None
        self.error_after_opening: Exception | None = None
        self.takes = 0.0
        self.hangs_up = False

    async def __call__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], asyncio.Protocol],
        url: str,
        *,
        baudrate: int,
    ) -> tuple[asyncio.Transport, Any]:
        assert baudrate == 9600
        self.attempts.append(loop.time())
        await asyncio.sleep(self.takes)
        if self.error is not None:
            # The same error again and again would carry the frames of all times before.
            raise self.error.with_traceback(None)
        wire = Wire(protocol_factory())
        self.wires.append(wire)
        wire.protocol.connection_made(wire)
        if self.hangs_up:
            wire.lose(None)
        if self.error_after_opening is not None:
            raise self.error_after_opening
        return wire, wire.protocol


class Setup:
    """A transport on such a port, and what it reported."""

    def __init__(self, url: str = "/dev/ttyTWC") -> None:
        self.port = Port()
        self.data: list[bytes] = []
        self.changes: list[bool] = []
        self.transport = BusTransport(
            url,
            on_data=self.data.append,
            on_change=self.changes.append,
            connect=self.port,
        )

    @property
    def wire(self) -> Wire:
        return self.port.wires[-1]


def timers() -> list[Any]:
    """Return what the loop still has to do, the running test aside."""
    loop = asyncio.get_running_loop()
    scheduled = loop._scheduled  # type: ignore[attr-defined]
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    return [*(timer for timer in scheduled if not timer.cancelled()), *tasks]


def port_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.message
        for record in caplog.records
        if record.name.endswith("twc.transport") and record.levelno > logging.DEBUG
    ]


# What may be written


def test_the_allow_list_is_that_of_the_protocol_document() -> None:
    listed = {(code[0], code[1]) for code in map(bytes.fromhex, ALLOWED.split())}
    assert listed == ALLOWED_FRAMES


def test_every_other_start_of_a_frame_is_refused() -> None:
    refused = 0
    for start in itertools.product(range(256), repeat=2):
        body = bytes(start).ljust(15, b"\0")
        if start in ALLOWED_FRAMES:
            check_allowed(body)
            continue
        with pytest.raises(ForbiddenFrameError):
            check_allowed(body)
        refused += 1
    assert refused == 256 * 256 - len(ALLOWED_FRAMES)


def test_only_harmless_heartbeat_commands_pass() -> None:
    harmless = {0x00, 0x05, 0x06, 0x07, 0x08, 0x09}
    for command, length in itertools.product(range(256), (13, 15)):
        body = bytes.fromhex("FB E0 77 77 03 2E") + bytes([command])
        if command in harmless:
            check_allowed(body.ljust(length, b"\0"))
            continue
        with pytest.raises(ForbiddenFrameError):
            check_allowed(body.ljust(length, b"\0"))


@pytest.mark.parametrize(
    "start", ["FB E0 77 77 03 2E 05", "FC E1 77 77", "FB EB 77 77 03 2E"]
)
def test_frames_of_other_lengths_are_refused(start: str) -> None:
    for length in {*range(30)} - {13, 15}:
        body = bytes.fromhex(start).ljust(length, b"\0")[:length]
        with pytest.raises(ForbiddenFrameError):
            check_allowed(body)


def test_all_that_can_be_encoded_may_be_sent_except_the_error_command() -> None:
    for protocol in (1, 2):
        for query in Query:
            check_allowed(encode_query(0x7777, 0x032E, query, protocol))
        for close in (True, False):
            check_allowed(
                encode_contactor(0x7777, 0x032E, close=close, protocol=protocol)
            )
        for command in set(Command) - {Command.ERROR}:
            check_allowed(encode_heartbeat(0x7777, 0x032E, command, 80.0, protocol))
        with pytest.raises(ForbiddenFrameError):
            check_allowed(encode_heartbeat(0x7777, 0x032E, Command.ERROR, 0, protocol))
    for second in (True, False):
        check_allowed(encode_link_ready(0x7777, 0x77, second=second))


def test_a_forbidden_frame_never_reaches_the_port() -> None:
    async def main() -> None:
        setup = Setup()
        await setup.transport.open()
        for start in ("FC 19", "FC 1A", "FB E8"):
            with pytest.raises(ForbiddenFrameError):
                setup.transport.send(bytes.fromhex(start).ljust(15, b"\0"))
        assert setup.wire.written == b""
        await setup.transport.close()

    run_virtual(main())


def test_a_frame_is_written_with_markers_and_checksum() -> None:
    async def main() -> None:
        setup = Setup()
        await setup.transport.open()
        body = encode_heartbeat(0xC0DB, 0x032E, Command.NO_CHANGE, 0.0, 2)
        sent = setup.transport.send(body)
        assert sent.body == body
        assert sent.length == len(encode(body))
        assert setup.wire.written == encode(body)
        await setup.transport.close()

    run_virtual(main())


# How it fails


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (FileNotFoundError(errno.ENOENT, "no"), BusErrorReason.MISSING),
        (OSError(errno.ENODEV, "no"), BusErrorReason.MISSING),
        (OSError(errno.ENXIO, "no"), BusErrorReason.MISSING),
        (NotADirectoryError(errno.ENOTDIR, "no"), BusErrorReason.MISSING),
        (OSError(errno.EBUSY, "no"), BusErrorReason.BUSY),
        (BlockingIOError(errno.EAGAIN, "no"), BusErrorReason.BUSY),
        (PermissionError(errno.EACCES, "no"), BusErrorReason.NO_PERMISSION),
        (PermissionError(errno.EPERM, "no"), BusErrorReason.NO_PERMISSION),
        (OSError(errno.ENOTTY, "no"), BusErrorReason.INVALID),
        (IsADirectoryError(errno.EISDIR, "no"), BusErrorReason.INVALID),
        (ValueError("no"), BusErrorReason.INVALID),
        (ImportError("no"), BusErrorReason.INVALID),
        (UnknownUriScheme("no"), BusErrorReason.INVALID),
        (UnsupportedSetting("no"), BusErrorReason.INVALID),
        (ConnectionRefusedError(errno.ECONNREFUSED, "no"), BusErrorReason.FAILED),
        (SerialException("no"), BusErrorReason.FAILED),
        (RuntimeError("no"), BusErrorReason.FAILED),
        (OSError("no"), BusErrorReason.FAILED),
    ],
    ids=repr,
)
def test_failure_to_open_reports_its_reason(
    error: Exception, reason: BusErrorReason
) -> None:
    async def main() -> None:
        setup = Setup()
        setup.port.error = error
        with pytest.raises(BusError) as caught:
            await setup.transport.open()
        assert caught.value.reason is reason
        assert "/dev/ttyTWC" in str(caught.value)
        assert not setup.transport.is_open
        assert timers() == []
        assert setup.changes == []

    run_virtual(main())


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("/dev/there-is-no-such-port", BusErrorReason.MISSING),
        ("", BusErrorReason.MISSING),
        ("/dev/null/port", BusErrorReason.MISSING),
        ("/dev/null", BusErrorReason.INVALID),
        ("/tmp", BusErrorReason.INVALID),  # noqa: S108
        ("carrier-pigeon://here", BusErrorReason.INVALID),
        ("socket://", BusErrorReason.INVALID),
        ("socket://localhost:port", BusErrorReason.INVALID),
    ],
)
def test_real_serialx_fails_with_the_same_reasons(
    url: str, reason: BusErrorReason
) -> None:
    async def main() -> None:
        transport = BusTransport(url, on_data=lambda _: None, on_change=lambda _: None)
        with pytest.raises(BusError) as caught:
            await transport.open()
        assert caught.value.reason is reason

    run_virtual(main())


@pytest.mark.parametrize(
    "url",
    [
        "esphome://host/?key=c2VjcmV0&port_name=bus",
        "esphome://host/?key=c2Vj%63mV0",
        "socket://me:c2VjcmV0@host:1",
    ],
)
def test_a_key_that_the_stack_below_repeats_is_not_shown(url: str) -> None:
    async def main() -> None:
        setup = Setup(url)
        # As aioesphomeapi words it; Home Assistant logs what an error came of, too.
        setup.port.error = ConnectionError("Malformed PSK `c2VjcmV0`")
        with pytest.raises(BusError) as caught:
            await setup.transport.open()
        text = "".join(traceback.format_exception(caught.value))
        assert "c2VjcmV0" not in text
        assert "ConnectionError" in str(caught.value)

    run_virtual(main())


def test_a_key_in_a_url_is_not_shown() -> None:
    async def main() -> None:
        setup = Setup("esphome://user:secret@host/?key=secret")
        setup.port.error = ConnectionRefusedError(errno.ECONNREFUSED, "no")
        with pytest.raises(BusError) as caught:
            await setup.transport.open()
        assert "secret" not in str(caught.value)
        with pytest.raises(BusError) as caught:
            setup.transport.send(HEARTBEAT)
        assert "secret" not in str(caught.value)

    run_virtual(main())


def test_a_port_that_does_not_open_in_time_fails() -> None:
    async def main() -> None:
        setup = Setup()
        setup.port.takes = 3600
        begin = asyncio.get_running_loop().time()
        with pytest.raises(BusError) as caught:
            await setup.transport.open()
        assert caught.value.reason is BusErrorReason.FAILED
        assert asyncio.get_running_loop().time() - begin == CONNECT_TIMEOUT
        assert timers() == []

    run_virtual(main())


def test_a_failure_after_the_port_had_opened_leaves_nothing_behind() -> None:
    async def main() -> None:
        setup = Setup()
        setup.port.error_after_opening = SerialException("half open")
        with pytest.raises(BusError):
            await setup.transport.open()
        await asyncio.sleep(0)
        assert setup.wire.closing
        assert not setup.transport.is_open
        await asyncio.sleep(100)
        assert len(setup.port.attempts) == 1
        assert timers() == []

    run_virtual(main())


def test_a_failed_opening_can_be_tried_again() -> None:
    async def main() -> None:
        setup = Setup()
        setup.port.error = OSError(errno.EBUSY, "no")
        with pytest.raises(BusError):
            await setup.transport.open()
        setup.port.error = None
        await setup.transport.open()
        assert setup.changes == [True]
        await setup.transport.close()

    run_virtual(main())


def test_nothing_can_be_sent_while_the_port_is_closed() -> None:
    async def main() -> None:
        with pytest.raises(BusError):
            Setup().transport.send(HEARTBEAT)

    run_virtual(main())


@pytest.mark.parametrize(
    "error", [OSError(errno.EIO, "gone"), SerialException("gone"), RuntimeError("gone")]
)
def test_an_error_on_writing_becomes_a_bus_error(error: Exception) -> None:
    async def main() -> None:
        setup = Setup()
        await setup.transport.open()
        setup.wire.write_error = error
        with pytest.raises(BusError, match="Cannot write"):
            setup.transport.send(HEARTBEAT)
        await setup.transport.close()

    run_virtual(main())


def test_nothing_more_is_written_to_a_port_that_takes_nothing() -> None:
    async def main() -> None:
        setup = Setup()
        await setup.transport.open()
        setup.wire.waiting = MAX_WAITING_BYTES + 1
        with pytest.raises(BusError, match="takes nothing"):
            setup.transport.send(HEARTBEAT)
        assert setup.wire.written == b""
        await setup.transport.close()

    run_virtual(main())


# Closing


def test_close_releases_the_port_and_leaves_no_timer() -> None:
    async def main() -> None:
        setup = Setup()
        await setup.transport.open()
        await setup.transport.close()
        assert setup.wire.closing
        assert not setup.transport.is_open
        assert timers() == []
        assert setup.changes == [True]

    run_virtual(main())


def test_nothing_is_passed_on_after_close_has_begun() -> None:
    async def main() -> None:
        setup = Setup()
        await setup.transport.open()
        setup.wire.protocol.data_received(b"1")
        closing = asyncio.create_task(setup.transport.close())
        await asyncio.sleep(0)
        setup.wire.protocol.data_received(b"2")
        await closing
        assert setup.data == [b"1"]

    run_virtual(main())


def test_close_while_opening_ends_the_opening() -> None:
    async def main() -> None:
        setup = Setup()
        setup.port.takes = 5
        opening = asyncio.create_task(setup.transport.open())
        await asyncio.sleep(1)
        await setup.transport.close()
        with pytest.raises(BusError, match="closed meanwhile"):
            await opening
        await asyncio.sleep(100)
        assert setup.port.wires == []
        assert timers() == []

    run_virtual(main())


def test_cancelled_opening_is_cancelled_for_its_caller_too() -> None:
    async def main() -> None:
        setup = Setup()
        setup.port.takes = 5
        opening = asyncio.create_task(setup.transport.open())
        await asyncio.sleep(1)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        await asyncio.sleep(100)
        assert setup.port.wires == []
        assert timers() == []

    run_virtual(main())


def test_close_while_reopening_ends_the_reopening() -> None:
    async def main() -> None:
        setup = Setup()
        await setup.transport.open()
        setup.port.takes = 5
        setup.wire.lose(None)
        await asyncio.sleep(3)
        await setup.transport.close()
        await asyncio.sleep(100)
        assert len(setup.port.wires) == 1
        assert timers() == []

    run_virtual(main())


def test_close_while_waiting_to_reopen_ends_the_waiting() -> None:
    async def main() -> None:
        setup = Setup()
        await setup.transport.open()
        setup.wire.lose(None)
        await asyncio.sleep(0.5)
        await setup.transport.close()
        assert timers() == []
        await asyncio.sleep(100)
        assert len(setup.port.attempts) == 1

    run_virtual(main())


def test_close_of_a_port_that_will_not_close_ends_after_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        setup = Setup()
        await setup.transport.open()
        setup.wire.closes_by_itself = False
        begin = asyncio.get_running_loop().time()
        await setup.transport.close()
        assert asyncio.get_running_loop().time() - begin == CLOSE_TIMEOUT
        assert setup.wire.closing

    run_virtual(main())
    assert port_lines(caplog) == ["The port /dev/ttyTWC did not close in time"]


def test_close_twice_is_harmless_and_open_again_works() -> None:
    async def main() -> None:
        setup = Setup()
        await setup.transport.open()
        await setup.transport.close()
        await setup.transport.close()
        await setup.transport.open()
        assert setup.transport.is_open
        assert setup.changes == [True, True]
        await setup.transport.close()

    run_virtual(main())


# Coming back


def test_lost_port_is_tried_for_ever_with_growing_pauses(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        setup = Setup()
        await setup.transport.open()
        setup.port.error = FileNotFoundError(errno.ENOENT, "no")
        setup.wire.lose(OSError(errno.EIO, "pulled"))
        await asyncio.sleep(3600)
        pauses = [
            later - earlier
            for earlier, later in itertools.pairwise(setup.port.attempts)
        ]
        assert pauses[:4] == pytest.approx([1, 2, 4, 8])
        assert set(pauses[4:]) == {MAX_RETRY_SECONDS}
        setup.port.error = None
        await asyncio.sleep(MAX_RETRY_SECONDS)
        assert setup.transport.is_open
        assert setup.changes == [True, False, True]
        await asyncio.sleep(STABLE_SECONDS)
        await setup.transport.close()
        assert timers() == []

    run_virtual(main())
    lost, back = port_lines(caplog)
    assert lost.startswith("Lost the port /dev/ttyTWC: ")
    assert "pulled" in lost
    assert back == "The port /dev/ttyTWC is back"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ConnectionError("Encryption with c2VjcmV0 failed"), "ConnectionError"),
        (ConnectionResetError(), "ConnectionResetError"),
        (OSError(errno.EIO, "pulled"), "[Errno 5] pulled"),
    ],
)
def test_why_a_port_was_lost_is_reported_without_its_key(
    error: Exception, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        setup = Setup("esphome://host/?key=c2VjcmV0")
        await setup.transport.open()
        setup.wire.lose(error)
        await asyncio.sleep(0.5)
        await setup.transport.close()

    run_virtual(main())
    assert port_lines(caplog) == [f"Lost the port esphome://host/: {text}"]


def test_a_gateway_that_accepts_and_hangs_up_costs_one_line_and_growing_pauses(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        setup = Setup("socket://gateway:4000")
        await setup.transport.open()
        setup.port.hangs_up = True
        setup.wire.lose(None)
        await asyncio.sleep(3600)
        assert len(setup.port.attempts) <= 3600 / MAX_RETRY_SECONDS + 5
        await setup.transport.close()

    run_virtual(main())
    assert port_lines(caplog) == ["Lost the port socket://gateway:4000: closed"]


def test_a_port_lost_again_later_costs_one_line_each(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        setup = Setup()
        await setup.transport.open()
        for _ in range(3):
            setup.wire.lose(None)
            await asyncio.sleep(100)
        await setup.transport.close()

    run_virtual(main())
    assert len(port_lines(caplog)) == 6


def test_restart_opens_anew_without_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        setup = Setup("socket://gateway:4000")
        await setup.transport.open()
        setup.transport.restart()
        await asyncio.sleep(30)
        assert setup.transport.is_open
        assert setup.changes == [True, False, True]
        await setup.transport.close()

    run_virtual(main())
    assert port_lines(caplog) == []


def test_restart_that_does_not_succeed_is_a_loss(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        setup = Setup("socket://gateway:4000")
        await setup.transport.open()
        setup.port.error = ConnectionRefusedError(errno.ECONNREFUSED, "no")
        setup.transport.restart()
        await asyncio.sleep(300)
        setup.port.error = None
        await asyncio.sleep(30)
        await setup.transport.close()

    run_virtual(main())
    assert len(port_lines(caplog)) == 2


def test_restart_of_a_closed_port_does_nothing() -> None:
    async def main() -> None:
        setup = Setup()
        setup.transport.restart()
        assert timers() == []

    run_virtual(main())


@pytest.mark.parametrize(
    ("url", "network"),
    [("/dev/ttyUSB0", False), ("socket://host:4000", True), ("esphome://host", True)],
)
def test_ports_behind_a_network_are_known_by_their_url(url: str, network: bool) -> None:
    async def main() -> None:
        assert Setup(url).transport.is_network == network

    run_virtual(main())


def test_a_failure_while_reopening_that_had_opened_is_tried_again() -> None:
    async def main() -> None:
        setup = Setup()
        await setup.transport.open()
        setup.port.error_after_opening = SerialException("half open")
        setup.wire.lose(None)
        await asyncio.sleep(60)
        assert all(wire.closing for wire in setup.port.wires)
        setup.port.error_after_opening = None
        await asyncio.sleep(20)
        assert setup.transport.is_open
        assert setup.changes[-1]
        await setup.transport.close()
        assert timers() == []

    run_virtual(main())
