"""Each frame that an owner published is taken for what its finder says it is."""

import pytest

from custom_components.twc_manager.twc.frame import Decoder, DropReason, encode
from custom_components.twc_manager.twc.messages import (
    Heartbeat,
    IdleNotice,
    LinkReady,
    MasterHeartbeat,
    MasterLinkReady,
    MasterQuery,
    Message,
    Meter,
    parse,
)

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
