"""The parts of scripts/twc that need no bus: files, privacy, words, and what garbage looks like."""

from collections.abc import Iterable
from datetime import UTC, datetime
import io
from pathlib import Path
from random import Random
import re

from hypothesis import given, strategies as st
import pytest

from custom_components.twc_manager.twc import KnownConnector
from custom_components.twc_manager.twc.describe import (
    DANGEROUS,
    KINDS,
    as_dict,
    describe,
)
from custom_components.twc_manager.twc.frame import Decoder, encode
from custom_components.twc_manager.twc.messages import (
    Command,
    MasterHeartbeat,
    Query,
    encode_heartbeat,
    parse,
)
from scripts.twc_lib.doctor import Level, diagnose
from scripts.twc_lib.errors import ToolError, printable, shown
from scripts.twc_lib.garbage import Garbage, classify
from scripts.twc_lib.observer import Observer, ReceivedFrame
from scripts.twc_lib.privacy import IdentityFilter, hide_identity
from scripts.twc_lib.prober import Identity
from scripts.twc_lib.recording import Recorder, read
from scripts.twc_lib.view import View
from simulator.bad_wiring import BadWiring
from tests.twc.vectors import BODIES

SERIAL = bytes.fromhex("FD ED 03 2E 41 31 36 4B 30 30 30 37 38 32 33").ljust(19, b"\0")
VIN = bytes.fromhex("FD EE 03 2E 35 59 4A 33 45 31 45").ljust(19, b"\0")
LINK_READY = bytes.fromhex("FD E2 C0 DB 39 1F 40").ljust(15, b"\0")
STREAM = b"\xfc".join(map(encode, [LINK_READY, SERIAL, VIN, LINK_READY])) + b"\xfc"
STARTED = datetime(2026, 1, 1, tzinfo=UTC)


def file(folder: Path, text: str) -> str:
    path = folder / "capture.txt"
    path.write_text(text, "utf-8")
    return str(path)


def bodies(portions: Iterable[tuple[float | None, bytes]]) -> list[bytes]:
    return Decoder().feed(b"".join(data for _, data in portions))


# What the files may look like


@pytest.mark.parametrize(
    "text",
    [
        "FD E2 18 39 52 0C 80 00 00 00 00 00 00 00 00 11",
        "fde21839520c80000000000000000011  # remark",
        "0xFD,0xE2,0x18,0x39,0x52,0x0C,0x80,0,0x00".replace(",0,", ",0x00,")
        + ",0x00" * 6
        + ",0x11",
        "FD:E2:18:39:52:0C:80:00:00:00:00:00:00:00:00:11 | linkready",
        "\ufeffC0 FD E2 18 39 52 0C 80 00 00 00 00 00 00 00 00 11 C0 FC\r\n",
        "C0 FD E2 18 39 52 0C 80\n00 00 00 00 00 00 00 00 11 C0 FC",
        '"12.345 heard fd e2 18 39 52 0c 80 00 00 00 00 00 00 00 00",',
        "1.5 FD E2 18 39 52 0C 80 00 00 00 00 00 00 00 00 11",
        "FD ED 03 2E (redacted)\nFD E2 18 39 52 0C 80 00 00 00 00 00 00 00 00 11",
        "FD E2 18\nFD E2 18 39 52 0C 80 00 00 00 00 00 00 00 00 11",
    ],
)
def test_file_is_read_however_its_owner_wrote_it(text: str, tmp_path: Path) -> None:
    wanted = bytes.fromhex("FD E2 18 39 52 0C 80 00 00 00 00 00 00 00 00 11")
    assert bodies(read(file(tmp_path, text))) == [wanted]


def test_body_in_a_file_is_escaped(tmp_path: Path) -> None:
    body = Decoder().feed(encode(LINK_READY.replace(b"\xc0\xdb", b"\x01\xdb")))[0]
    assert bodies(read(file(tmp_path, body.hex(" ")))) == [body]


def test_times_are_read(tmp_path: Path) -> None:
    portions = list(read(file(tmp_path, "0.5 C0\n12.25 FC\nFD")))
    assert [time for time, _ in portions] == [0.5, 12.25, None]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "holds no bytes"),
        (b"# only remarks\n", "holds no bytes"),
        (b"hello\n", "line 1: 'hello' is not hex"),
        (b"C0 FD\nC0 F\n", "line 2: 'C0 F' is not hex"),
        (b"\x1b[31mC0\n", r"'\?\[31mC0' is not hex"),
        (b"C0\0FD", "not a text file"),
        (b"\xff\xfe\xfd", "not a text file"),
        (b"00 " * 100_000, "not a text file"),
    ],
)
def test_nonsense_is_refused_in_words(data: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "nonsense"
    path.write_bytes(data)
    with pytest.raises(ToolError, match=words):
        list(read(str(path)))


@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(data)
    refusal = ""
    try:
        list(read(str(path)))
    except ToolError as err:
        refusal = str(err)
    assert refusal.isprintable()


@pytest.mark.parametrize("name", ["/dev/zero", ".", "missing", "a\0b", "/dev/ptmx"])
def test_no_file_is_refused_in_words(name: str) -> None:
    with pytest.raises(ToolError):
        list(read(name))


# What is written


def recorded(data: bytes, cuts: Iterable[int], *, show_identity: bool) -> str:
    stream = io.StringIO()
    recorder = Recorder(stream, STARTED, show_identity=show_identity)
    begin = 0
    for number, end in enumerate([*sorted(cuts), len(data)]):
        recorder.take(data[begin:end], number / 100)
        begin = end
    recorder.finish()
    return stream.getvalue()


@given(
    st.binary(max_size=200),
    st.sets(st.integers(0, 200), max_size=20),
    st.booleans(),
)
def test_recording_has_every_byte(data: bytes, cuts: set[int], show: bool) -> None:
    # Nothing in it looks like a serial number, so nothing is replaced.
    data = re.sub(rb"[0-9A-Za-z]", b"\x00", data)
    text = recorded(data, [cut for cut in cuts if cut < len(data)], show_identity=show)
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert b"".join(bytes.fromhex(line.split(" ", 1)[1]) for line in lines) == data


@given(st.sets(st.integers(1, len(STREAM) - 1)))
def test_recording_identifies_nobody(cuts: set[int]) -> None:
    text = recorded(STREAM, cuts, show_identity=False)
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    data = b"".join(bytes.fromhex(line.split(" ", 1)[1]) for line in lines)
    assert b"A16K" not in data
    assert b"5YJ" not in data
    heard = Decoder().feed(data)
    assert [body[:4] for body in heard] == [
        body[:4] for body in (LINK_READY, SERIAL, VIN, LINK_READY)
    ]
    assert heard[0][:-1] == heard[3][:-1] == LINK_READY
    assert heard[1][4:15] == b"X" * 11


def test_recording_shows_identity_on_request() -> None:
    text = recorded(STREAM, [], show_identity=True)
    assert STREAM.hex(" ").upper() in text


@pytest.mark.parametrize("flipped", range(1, 20))
def test_broken_frame_identifies_nobody_either(flipped: int) -> None:
    spoiled = bytearray(encode(SERIAL))
    spoiled[flipped] ^= 0x80
    passed = IdentityFilter()
    data = passed.feed(bytes(spoiled), 0.0) + passed.flush()
    assert b"0007823"[:4] not in data
    assert b"A16K" not in data


def test_what_is_held_back_does_not_wait_for_ever() -> None:
    passed = IdentityFilter()
    assert passed.feed(b"\xc0\xfd\xe2", 0.0) == b"\xc0"
    assert passed.feed(b"\x01", 1.0) == b"\xfd\xe2\x01"


def test_listening_identifies_nobody() -> None:
    observer = Observer()
    events = observer.feed(STREAM, 0.0)
    assert "A16K" not in str(events)
    assert observer.summary.connectors[0x032E].serial_number == "X" * 11
    shown_to = Observer(show_identity=True)
    assert "A16K0007823" in str(shown_to.feed(STREAM, 0.0))


@pytest.mark.parametrize("body", BODIES)
def test_hidden_body_is_as_good_a_frame(body: bytes) -> None:
    hidden = hide_identity(body)
    assert Decoder().feed(encode(hidden[:-1])) == [hidden]
    assert hidden[:4] == body[:4]


# What the doctor makes of a line on which little was said

REPAIRED = encode(LINK_READY)[:-1] + b"\xff\xc0"
SPOILED = encode(LINK_READY).replace(b"\x39", b"\x38")


@pytest.mark.parametrize(
    ("stream", "code", "level"),
    [
        (encode(LINK_READY), "too_little", Level.NOTE),
        (REPAIRED, "too_little", Level.NOTE),
        (SPOILED + encode(LINK_READY) * 3, "too_little", Level.NOTE),
        (SPOILED * 2 + encode(LINK_READY) * 10, "too_little", Level.NOTE),
        (b"\x12" + encode(LINK_READY), "too_little", Level.NOTE),
        (b"\x12" * 40 + encode(LINK_READY) * 3, "noise", Level.PROBLEM),
        (SPOILED * 3 + encode(LINK_READY) * 3, "noise", Level.PROBLEM),
        (SPOILED * 3 + encode(LINK_READY) * 47, "noise", Level.NOTE),
        (encode(LINK_READY) * 4, "clean_line", Level.GOOD),
        (SPOILED + encode(LINK_READY) * 99, "clean_line", Level.GOOD),
    ],
    ids=range(10),
)
def test_no_share_is_made_of_little(stream: bytes, code: str, level: Level) -> None:
    observer = Observer()
    observer.feed(stream, None)
    found = {finding.code: finding for finding in diagnose(observer.summary)}
    assert found.keys() - {"waiting"} == {"connectors", code}
    assert found[code].level is level
    assert ("%" in found[code].text) == (code == "noise")


# What the doctor makes of connectors that announce themselves

HEARTBEAT = encode(encode_heartbeat(0x7777, 0xC0DB, Command.NO_CHANGE, 0.0, 2))
ANSWER = encode(bytes.fromhex("FD E0 C0 DB 77 77 00").ljust(15, b"\0"))
ANNOUNCED = encode(LINK_READY)


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (ANNOUNCED * 4, "waiting"),
        (ANNOUNCED, None),
        (ANNOUNCED + HEARTBEAT * 6 + ANNOUNCED, "not_hearing"),
        (ANNOUNCED + (HEARTBEAT * 10 + ANNOUNCED) * 4, "not_hearing"),
        (ANNOUNCED + HEARTBEAT * 5 + ANNOUNCED, "waiting"),
        # One that was off, or linked, when these were sent.
        (HEARTBEAT * 9 + ANNOUNCED + HEARTBEAT + ANSWER, None),
        ((HEARTBEAT + ANSWER) * 9 + HEARTBEAT * 9 + ANNOUNCED + ANSWER, None),
        (ANNOUNCED + HEARTBEAT * 9 + ANNOUNCED + HEARTBEAT + ANSWER, None),
    ],
    ids=range(8),
)
def test_doctor_names_what_waits_for_a_master_and_what_does_not_receive_it(
    stream: bytes, code: str | None
) -> None:
    observer = Observer()
    observer.feed(stream, None)
    findings = {
        finding.code: finding
        for finding in diagnose(observer.summary, own_master=0x7777)
    }
    codes = findings.keys() & {"waiting", "not_hearing"}
    assert codes == ({code} if code else set())
    if code is None:
        return
    finding = findings[code]
    assert "C0DB" in finding.text
    assert any("stand-alone unit" in check for check in finding.check)
    assert finding.level is (Level.NOTE if code == "waiting" else Level.PROBLEM)
    if code == "not_hearing":
        advice = " ".join(finding.check)
        for word in "adapter", "D+ and D-", "120 ohms", "breaker":
            assert word in advice


# Words


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:2].hex(" "))
def test_every_message_has_words_and_a_name(body: bytes) -> None:
    message = parse(body)
    words = describe(message)
    assert words
    assert words.isprintable()
    assert as_dict(message)["type"] == KINDS[type(message)]


def test_the_words_say_it() -> None:
    said = {describe(parse(body)) for body in BODIES}
    assert {
        "waiting for a master; 32 A, protocol 2",
        "take 16 A at most",
        "take 80 A at most, also while charging",
        "charging; may take 16 A, takes 15.00 A",
        "firmware 4.5.3",
        "serial number A16K0007823",
        "VIN, characters 1 to 7: 5YJ3E1E",
        "VIN, characters 15 to 17: none",
        "the plug is plugged in, not charging",
        "contactor closes",
        "open the contactor",
    } <= said


def test_no_command_and_no_question_is_left_without_words() -> None:
    for command in range(256):
        assert describe(MasterHeartbeat(0x7777, 0x032E, command, 16.0))
    for query in Query:
        asked = bytes([0xFB, query, 0x77, 0x77, 3, 0x2E]).ljust(15, b"\0") + b"\0"
        assert "?" in describe(parse(asked))
    assert (
        describe(MasterHeartbeat(0x7777, 1, Command.ERROR, 10.24)) == "stop: error 04"
    )


@pytest.mark.parametrize("start", DANGEROUS)
def test_frame_that_nobody_should_send_is_called_so(start: tuple[int, int]) -> None:
    observer = Observer()
    [event] = observer.feed(encode(bytes(start).ljust(15, b"\0")), 0.0)
    assert isinstance(event, ReceivedFrame)
    assert "permanently" in describe(event.message)
    assert diagnose(observer.summary)[0].code == "dangerous_frame"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("/dev/ttyUSB0", "/dev/ttyUSB0"),
        ("socket://10.0.0.5:9999", "socket://10.0.0.5:9999"),
        ("socket://me:secret@host:1", "socket://host:1"),
        ("socket://me:sec@ret@host:1", "socket://host:1"),
        ("socket://me:sec?ret@host:1", "socket://(hidden)"),
        ("esphome://host:6053/?key=secret&port=0", "esphome://host:6053/"),
        ("esphome://host:6053/?key=sec@ret", "esphome://(hidden)"),
        ("socket://me:secret@", "socket://"),
    ],
)
def test_nothing_secret_of_a_port_is_shown(url: str, name: str) -> None:
    assert shown(url) == name


def test_nothing_that_a_terminal_obeys_is_shown() -> None:
    assert printable("a\x1b[31m\udcff\n") == "a?[31m??"


def test_a_narrow_terminal_shows_all_of_who_is_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    known = KnownConnector(0x032E, 2, 80.0)
    View(as_json=False).identities([Identity(known, "4.5.3", "A16K0000814")])
    rows = [line.split("│") for line in capsys.readouterr().out.splitlines()]
    cells = ["".join(row[at].strip() for row in rows if len(row) == 7) for at in (1, 5)]
    assert cells == ["032E", "A16K0000814"]


# Garbage


def link_ready(dice: Random) -> bytes:
    start = b"\xfd\xe2" + dice.randbytes(3) + b"\x1f\x40"
    return encode(start.ljust(15, b"\0")) + b"\xfc"


ANNOUNCED = [link_ready(Random(seed)) for seed in range(20)]


@pytest.mark.parametrize("lead", [0, 1, 3, 5, 8, 12])
@pytest.mark.parametrize("failsafe", [True, False])
def test_swapped_wires_are_recognised(lead: int, failsafe: bool) -> None:
    wiring = BadWiring(swapped=True, lead_bits=lead, failsafe=failsafe)
    for said in ANNOUNCED:
        assert classify(wiring.read(said) * 4) is Garbage.SWAPPED


@pytest.mark.parametrize("baud", [19200, 28800, 38400, 57600, 115200])
def test_too_high_a_speed_is_recognised(baud: int) -> None:
    for said in ANNOUNCED:
        assert classify(BadWiring(baud=baud).read(said) * 4) is Garbage.TOO_FAST


@pytest.mark.parametrize("baud", [4800, 7200, 14400])
def test_another_speed_is_recognised(baud: int) -> None:
    for said in ANNOUNCED:
        assert classify(BadWiring(baud=baud).read(said) * 4) is Garbage.OTHER_SPEED


@pytest.mark.parametrize("length", [14, 28, 100, 1000, 8192])
def test_noise_is_not_blamed_on_the_wiring(length: int) -> None:
    for seed in range(20):
        assert classify(Random(seed).randbytes(length)) is Garbage.NOISE


def test_a_few_bytes_prove_nothing() -> None:
    assert classify(b"") is classify(b"\xff" * 13) is Garbage.LITTLE


def test_a_well_wired_port_reads_what_is_said() -> None:
    assert BadWiring().read(STREAM) == STREAM
    assert BadWiring(lead_bits=7).read(STREAM) == STREAM
