"""Published frames and recordings of the simulator are taken for what they are."""

from dataclasses import dataclass, field

import pytest

from custom_components.twc_manager.twc.frame import Decoder, DropReason, encode
from custom_components.twc_manager.twc.messages import (
    Command,
    Heartbeat,
    IdleNotice,
    LinkReady,
    MasterHeartbeat,
    MasterLinkReady,
    MasterQuery,
    Message,
    Meter,
    State,
    parse,
)
from scripts.twc_lib.doctor import diagnose
from scripts.twc_lib.observer import Observer, ReceivedFrame, Summary
from scripts.twc_lib.recording import read
from tests.captures.make import FOLDER, SCENES

from .vectors import Capture, captures

CAPTURES = captures()
REPAIRED = [capture for capture in CAPTURES if "repaired" in capture.meaning]
REJECTED = [capture for capture in CAPTURES if "rejected" in capture.meaning]
TAKEN = [
    capture
    for capture in CAPTURES
    if capture not in REPAIRED and capture not in REJECTED
]

# In the order of the file, the rejected ones left out.
MEANINGS: list[Message] = [
    LinkReady(0x1839, 0x52, 32.0, protocol=2),
    MasterLinkReady(0x7777, second=False, sign=0x77),
    MasterLinkReady(0x7777, second=True, sign=0x77),
    MasterLinkReady(0x035D, second=False, sign=0x39),
    MasterLinkReady(0x035D, second=True, sign=0x5F),
    MasterLinkReady(0x32AB, second=False, sign=0x77),
    MasterHeartbeat(0x7777, 0x2019, 0x00, 0.0),
    MasterHeartbeat(0x7777, 0x4085, 0x09, 32.0),
    MasterHeartbeat(0x7777, 0x022C, 0x05, 22.0),
    Heartbeat(0x2019, 0x7777, state=0x08, offered=6.0, drawn=5.28),
    Heartbeat(0x2433, 0x7777, state=0x03, offered=6.0, drawn=0.0),
    Heartbeat(0x2433, 0x7777, state=0x08, offered=20.0, drawn=3.5),
    LinkReady(0x2431, 0x2D, 32.0, protocol=2),
    Meter(0x6061, 10690796, (241, 0, 0), (0.0, 0.0, 0.0)),
    IdleNotice(),
    MasterQuery(0x7777, 0x2019, 0xEE),
]


def feed(capture: Capture) -> tuple[list[bytes], Decoder]:
    """Put the body on the line as it was, with whatever checksum it has."""
    assert not {0xC0, 0xDB} & set(capture.body)
    decoder = Decoder()
    return decoder.feed(b"\xc0" + capture.body + b"\xc0"), decoder


def test_the_file_was_read_whole() -> None:
    assert (len(TAKEN), len(REPAIRED), len(REJECTED)) == (16, 1, 2)


@pytest.mark.parametrize(("capture", "meaning"), zip(TAKEN, MEANINGS, strict=True))
def test_published_frame_means_what_its_finder_says(
    capture: Capture, meaning: Message
) -> None:
    bodies, decoder = feed(capture)
    assert [parse(body) for body in bodies] == [meaning]
    assert decoder.counts.repaired == 0


@pytest.mark.parametrize("capture", TAKEN)
def test_published_frame_is_encoded_to_the_same_bytes(capture: Capture) -> None:
    assert encode(capture.body[:-1]) == b"\xc0" + capture.body + b"\xc0"


def test_published_frame_with_garbage_before_its_end_is_repaired() -> None:
    bodies, decoder = feed(REPAIRED[0])
    assert bodies == [REPAIRED[0].body[:-1]]
    assert parse(bodies[0]) == MEANINGS[0]
    assert decoder.counts.repaired == 1


@pytest.mark.parametrize(
    ("capture", "reason"),
    zip(REJECTED, [DropReason.CHECKSUM, DropReason.LENGTH], strict=True),
)
def test_published_noise_is_rejected(capture: Capture, reason: DropReason) -> None:
    bodies, decoder = feed(capture)
    assert bodies == []
    assert decoder.counts.dropped[reason] == 1


def test_all_published_frames_in_one_stream() -> None:
    stream = b"".join(b"\xc0" + capture.body + b"\xc0\xfc" for capture in CAPTURES)
    bodies = Decoder().feed(stream)
    assert len(bodies) == len(TAKEN) + len(REPAIRED)


@dataclass(frozen=True)
class Expected:
    """What must be found in a recording: the senders with their frames, the noise, and the doctor's codes."""

    codes: set[str]
    frames: int = 0
    repaired: int = 0
    bad: int = 0
    noise_bytes: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    masters: dict[int, int] = field(default_factory=dict)
    connectors: set[int] = field(default_factory=set)


MODERN = {0x032E, 0xC0DB}
ANSWERS = {
    "firmware": 2,
    "heartbeat": 80,
    "link_ready": 2,
    "meter": 2,
    "plug_report": 16,
    "serial_number": 2,
    "vin_part": 6,
}
RECORDED = {
    "waiting": Expected(
        {"connectors", "waiting", "clean_line"},
        8,
        kinds={"link_ready": 8},
        connectors=MODERN,
    ),
    "linking_protocol_1": Expected(
        {"second_master", "connectors", "clean_line"},
        209,
        kinds={
            "heartbeat": 90,
            "link_ready": 1,
            "master_heartbeat": 90,
            "master_link_ready": 10,
            "master_query": 18,
        },
        masters={0x7777: 118},
        connectors={0x1839},
    ),
    "queries_protocol_2": Expected(
        {"second_master", "connectors", "clean_line"},
        452,
        kinds={
            "firmware": 2,
            "heartbeat": 180,
            "link_ready": 2,
            "master_heartbeat": 180,
            "master_link_ready": 10,
            "master_query": 40,
            "meter": 8,
            "plug_report": 22,
            "serial_number": 2,
            "vin_part": 6,
        },
        masters={0x7777: 230},
        connectors=MODERN,
    ),
    "echo": Expected(
        {"second_master", "connectors", "clean_line"},
        228,
        kinds=ANSWERS
        | {"master_heartbeat": 80, "master_link_ready": 10, "master_query": 28},
        masters={0x7777: 118},
        connectors=MODERN,
    ),
    "unheard_master": Expected(
        {"unheard_master", "connectors", "clean_line"},
        110,
        kinds=ANSWERS,
        connectors=MODERN,
    ),
    "noise": Expected(
        {"second_master", "noise", "connectors"},
        197,
        repaired=8,
        bad=33,
        noise_bytes=268,
        kinds={
            "firmware": 2,
            "heartbeat": 62,
            "link_ready": 2,
            "master_heartbeat": 69,
            "master_link_ready": 8,
            "master_query": 30,
            "meter": 2,
            "plug_report": 14,
            "serial_number": 2,
            "vin_part": 6,
        },
        masters={0x7777: 107},
        connectors=MODERN,
    ),
    "second_master": Expected(
        {"second_master", "connectors", "clean_line"},
        136,
        kinds={
            "heartbeat": 56,
            "idle_notice": 2,
            "link_ready": 12,
            "master_heartbeat": 56,
            "master_link_ready": 10,
        },
        masters={0x035D: 66},
        connectors=MODERN,
    ),
    "two_masters": Expected(
        {"second_master", "connectors", "clean_line"},
        165,
        bad=1,
        kinds={
            "firmware": 2,
            "heartbeat": 52,
            "idle_notice": 2,
            "link_ready": 3,
            "master_heartbeat": 53,
            "master_link_ready": 19,
            "master_query": 18,
            "meter": 2,
            "plug_report": 6,
            "serial_number": 2,
            "vin_part": 6,
        },
        masters={0x035D: 40, 0x7777: 50},
        connectors=MODERN,
    ),
    "four_connectors": Expected(
        {"too_many_connectors", "ratings_differ", "waiting", "clean_line"},
        16,
        kinds={"link_ready": 16},
        connectors={0x1000, 0x1001, 0x1002, 0x1003},
    ),
    "swapped_wires": Expected({"swapped_wires"}, bad=83, noise_bytes=992),
    "swapped_wires_waiting": Expected({"swapped_wires"}, noise_bytes=83),
    "read_at_115200": Expected({"wrong_baud_rate"}, noise_bytes=203),
    "read_at_19200": Expected({"wrong_baud_rate"}, noise_bytes=135),
    "read_at_4800": Expected({"wrong_baud_rate"}, noise_bytes=39),
    "only_noise": Expected({"only_noise"}, noise_bytes=584),
    "silence": Expected({"nobody"}),
}


def observed(name: str) -> Summary:
    observer = Observer()
    for time, data in read(str(FOLDER / f"{name}.txt")):
        observer.feed(data, time)
    return observer.summary


def test_every_recording_is_expected_and_can_be_made_again() -> None:
    files = {file.stem for file in FOLDER.glob("*.txt")}
    assert files - {"owners"} == RECORDED.keys() == SCENES.keys()


@pytest.mark.parametrize(("name", "expected"), RECORDED.items(), ids=RECORDED)
def test_recording_shows_what_happened(name: str, expected: Expected) -> None:
    summary = observed(name)
    assert summary.kinds == expected.kinds
    assert summary.masters == expected.masters
    assert summary.connectors.keys() == expected.connectors
    counts = summary.counts
    assert (counts.frames, counts.repaired, counts.bad_frames, counts.noise_bytes) == (
        expected.frames,
        expected.repaired,
        expected.bad,
        expected.noise_bytes,
    )
    assert {finding.code for finding in diagnose(summary)} == expected.codes


@pytest.mark.parametrize("name", RECORDED)
def test_recording_means_the_same_in_any_portions(name: str) -> None:
    stream = b"".join(data for _, data in read(str(FOLDER / f"{name}.txt")))
    whole = Observer()
    whole.feed(stream, None)
    bytewise = Observer()
    for byte in stream:
        bytewise.feed(bytes([byte]), None)
    assert whole.summary == bytewise.summary
    assert whole.summary.counts == observed(name).counts


def test_no_recording_identifies_a_car_or_a_connector() -> None:
    for name in RECORDED:
        text = (FOLDER / f"{name}.txt").read_text("utf-8")
        data = b"".join(data for _, data in read(str(FOLDER / f"{name}.txt")))
        assert "X in place of them" in text
        assert b"A16K" not in data
        assert b"5YJ" not in data


def test_owners_file_as_a_person_decodes_it() -> None:
    observer = Observer()
    events = [
        event
        for time, data in read(str(FOLDER / "owners.txt"))
        for event in observer.feed(data, time)
    ]
    heard = [event.message for event in events if isinstance(event, ReceivedFrame)]
    assert heard == [MEANINGS[0], *MEANINGS]
    counts = observer.summary.counts
    assert (counts.frames, counts.repaired, counts.bad_frames) == (17, 1, 2)


@pytest.mark.parametrize("name", ["linking_protocol_1", "queries_protocol_2"])
def test_recorded_cars_take_what_they_are_offered(name: str) -> None:
    observer = Observer()
    messages = [
        event.message
        for time, data in read(str(FOLDER / f"{name}.txt"))
        for event in observer.feed(data, time)
        if isinstance(event, ReceivedFrame)
    ]
    charging = [
        message
        for message in messages
        if isinstance(message, Heartbeat) and message.state == State.CHARGING
    ]
    offers = {
        message.amps
        for message in messages
        if isinstance(message, MasterHeartbeat) and message.command == Command.LIMIT
    }
    assert 16.0 in offers
    assert max(message.drawn for message in charging) > 15.0
    assert all(message.drawn <= message.offered <= 16.0 for message in charging)
