"""The decoder and encoder: every known frame in every portion, and garbage everywhere."""

from hypothesis import example, given, settings, strategies as st
import pytest

from custom_components.twc_manager.twc.frame import (
    LENGTHS,
    MAX_ESCAPED_LENGTH,
    Decoder,
    DropReason,
    checksum,
    encode,
)

from .vectors import BODIES, captures

RIGHT = [
    capture.body
    for capture in captures()
    if "rejected" not in capture.meaning and "repaired" not in capture.meaning
]
KNOWN = BODIES + RIGHT
MARKER = b"\xc0"
TAILS = [b"", b"\xfc", b"\xf8", b"\xfe"]

type Bodies = list[bytes]


def framed(body: bytes) -> bytes:
    """Put a body that has its checksum on the line, as the protocol document says."""
    escaped = body.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")
    return MARKER + escaped + MARKER


def with_checksum(body: bytes) -> bytes:
    return body + bytes([sum(body[1:]) % 256])


def decode(*chunks: bytes) -> tuple[Bodies, Decoder]:
    decoder = Decoder()
    bodies = [body for chunk in chunks for body in decoder.feed(chunk)]
    return bodies, decoder


def body_id(body: bytes) -> str:
    return body.hex(" ").upper()


@st.composite
def valid_bodies(draw: st.DrawFn) -> bytes:
    """Any body that is valid by type, length and checksum; escapes are frequent."""
    first = draw(st.sampled_from(sorted(LENGTHS)))
    length = draw(st.sampled_from(LENGTHS[first]))
    byte = st.one_of(
        st.sampled_from([0x00, 0xC0, 0xDB, 0xDC, 0xDD]), st.integers(0, 255)
    )
    rest = draw(st.lists(byte, min_size=length - 2, max_size=length - 2))
    return with_checksum(bytes([first, *rest]))


garbage = st.one_of(
    st.binary(max_size=12),
    st.lists(
        st.sampled_from([0xC0, 0xC0, 0xDB, 0xDC, 0xFC, 0xFD, 0xFF, 0x00]), max_size=12
    ).map(bytes),
    st.binary(min_size=40, max_size=120),
)


@pytest.mark.parametrize("body", KNOWN, ids=body_id)
def test_known_frame_is_decoded(body: bytes) -> None:
    bodies, decoder = decode(framed(body))
    assert bodies == [body]
    assert decoder.counts.frames == 1
    assert decoder.counts.bad_frames == decoder.counts.noise_bytes == 0


@pytest.mark.parametrize("body", KNOWN, ids=body_id)
def test_known_frame_is_encoded(body: bytes) -> None:
    assert encode(body[:-1]) == framed(body)


@pytest.mark.parametrize("body", KNOWN, ids=body_id)
def test_every_two_way_split_gives_the_frame(body: bytes) -> None:
    stream = framed(body) + b"\xfc" + framed(RIGHT[0])
    for at in range(len(stream) + 1):
        assert decode(stream[:at], stream[at:])[0] == [body, RIGHT[0]]


@pytest.mark.parametrize("tail", TAILS, ids=bytes.hex)
def test_all_frames_byte_by_byte_with_each_tail(tail: bytes) -> None:
    stream = b"".join(framed(body) + tail for body in KNOWN)
    bodies, decoder = decode(*(bytes([byte]) for byte in stream))
    assert bodies == KNOWN
    assert decoder.counts.bad_frames == decoder.counts.noise_bytes == 0


@pytest.mark.parametrize("tail", TAILS, ids=bytes.hex)
def test_all_frames_at_once_with_each_tail(tail: bytes) -> None:
    bodies, decoder = decode(b"".join(framed(body) + tail for body in KNOWN))
    assert bodies == KNOWN
    assert decoder.counts.frames == len(KNOWN)
    assert decoder.counts.bad_frames == decoder.counts.noise_bytes == 0


# C0 and DB in the id, in the amps and as the checksum; made by hand: none is published.
ESCAPED = [
    (
        "FD E0 C0 DB 77 77 01 06 40 05 DC 00 00 91",
        "C0 FD E0 DB DC DB DD 77 77 01 06 40 05 DC 00 00 91 C0",
    ),
    (
        "FB E0 77 77 20 19 09 0B DB 00 00 00 00 00 00 F6",
        "C0 FB E0 77 77 20 19 09 0B DB DD 00 00 00 00 00 00 F6 C0",
    ),
    (
        "FB E0 77 77 20 19 05 08 C0 00 00 00 00 D4",
        "C0 FB E0 77 77 20 19 05 08 DB DC 00 00 00 00 D4 C0",
    ),
    (
        "FD E0 20 19 77 77 00 00 B9 00 00 00 00 C0",
        "C0 FD E0 20 19 77 77 00 00 B9 00 00 00 00 DB DC C0",
    ),
    (
        "FD E0 20 19 77 77 00 00 D4 00 00 00 00 DB",
        "C0 FD E0 20 19 77 77 00 00 D4 00 00 00 00 DB DD C0",
    ),
    (
        "FD E0 DB DC DB DD C0 DB C0 DB DC 00 00 61",
        "C0 FD E0 DB DD DC DB DD DD DB DC DB DD DB DC DB DD DC 00 00 61 C0",
    ),
]


@pytest.mark.parametrize(("body", "line"), ESCAPED)
def test_marker_and_escape_inside_a_body_are_escaped(body: str, line: str) -> None:
    plain, wire = bytes.fromhex(body), bytes.fromhex(line)
    assert encode(plain[:-1]) == wire
    for at in range(len(wire) + 1):
        assert decode(wire[:at], wire[at:])[0] == [plain]


def test_checksum_leaves_out_the_first_byte() -> None:
    assert checksum(bytes.fromhex("FC E1 77 77 77 00 00 00 00 00 00 00 00")) == 0x46


@pytest.mark.parametrize("tail", [b"", b"\xff", b"\xff\x80"])
@pytest.mark.parametrize(
    "row", [body for body in KNOWN if body[0] == 0xFD], ids=body_id
)
def test_garbage_between_checksum_and_closing_marker_is_repaired(
    row: bytes, tail: bytes
) -> None:
    line = framed(row)[:-1] + tail + MARKER
    bodies, decoder = decode(line)
    assert bodies == [row]
    assert decoder.counts.repaired == (1 if tail else 0)
    assert decoder.counts.bad_frames == 0


@pytest.mark.parametrize(
    "row", [body for body in KNOWN if body[0] != 0xFD], ids=body_id
)
def test_what_a_master_sends_is_never_repaired(row: bytes) -> None:
    bodies, decoder = decode(framed(row)[:-1] + b"\x01\x02" + MARKER)
    assert bodies == []
    assert decoder.counts.bad_frames == 1


def test_three_bytes_of_garbage_are_too_many() -> None:
    bodies, decoder = decode(framed(RIGHT[0])[:-1] + b"\x01\x02\x03" + MARKER)
    assert bodies == []
    assert decoder.counts.dropped[DropReason.LENGTH] == 1


BROKEN = {
    DropReason.CHECKSUM: "C0 FD E2 18 39 52 0C 80 00 00 00 00 00 00 00 00 12 C0",
    DropReason.LENGTH: "C0 FD E2 18 39 52 0C 80 12 C0",
    DropReason.ESCAPE: "C0 FD E2 18 39 52 DB 80 00 00 00 00 00 00 00 00 11 C0",
    DropReason.TYPE: "C0 FE E2 18 39 52 0C 80 00 00 00 00 00 00 00 00 11 C0",
}


@pytest.mark.parametrize("reason", DropReason)
def test_bad_frame_is_counted_by_its_reason(reason: DropReason) -> None:
    bodies, decoder = decode(bytes.fromhex(BROKEN[reason]))
    assert bodies == []
    assert decoder.counts.dropped == {**dict.fromkeys(DropReason, 0), reason: 1}
    assert decoder.counts.bad_frames == 1


@pytest.mark.parametrize("reason", DropReason)
@pytest.mark.parametrize("tail", TAILS, ids=bytes.hex)
def test_bad_frame_costs_no_other_and_counts_once(
    reason: DropReason, tail: bytes
) -> None:
    good = framed(RIGHT[0]) + tail
    bodies, decoder = decode(good + bytes.fromhex(BROKEN[reason]) + tail + good + good)
    assert bodies == [RIGHT[0]] * 3
    assert decoder.counts.bad_frames == 1
    assert decoder.counts.noise_bytes == 0


def test_noise_between_frames_counts_in_bytes_without_the_tail() -> None:
    good = framed(RIGHT[0])
    _, decoder = decode(good + b"\xfc\x01\x02\x03" + good)
    assert decoder.counts.noise_bytes == 3
    assert decoder.counts.bad_frames == 0


@pytest.mark.parametrize("lost", [0, -1])
def test_lost_marker_costs_no_other_frame(lost: int) -> None:
    frames = [framed(body) for body in RIGHT[:4]]
    cut = bytearray(frames[1])
    del cut[lost]
    bodies, _ = decode(frames[0] + bytes(cut) + b"".join(frames[2:]))
    assert bodies == RIGHT[:4]


def test_overlong_frame_is_dropped_and_the_next_one_taken() -> None:
    bodies, decoder = decode(MARKER, *([b"\xfd" * 1000] * 50), MARKER, framed(RIGHT[0]))
    assert bodies == [RIGHT[0]]
    assert decoder.counts.dropped[DropReason.LENGTH] == 1


def test_reset_forgets_half_a_frame_and_keeps_the_counts() -> None:
    decoder = Decoder()
    decoder.feed(framed(RIGHT[0]) + framed(RIGHT[1])[:9])
    inside = [decoder.inside_frame]
    decoder.reset()
    inside.append(decoder.inside_frame)
    assert inside == [True, False]
    assert decoder.feed(framed(RIGHT[1])[9:] + framed(RIGHT[2])) == [RIGHT[2]]
    assert decoder.counts.frames == 2


def test_inside_a_frame_from_its_first_byte_to_its_last() -> None:
    decoder = Decoder()
    inside = []
    for byte in framed(RIGHT[0]) + b"\xfc":
        decoder.feed(bytes([byte]))
        inside.append(decoder.inside_frame)
    assert inside == [True] * (len(framed(RIGHT[0])) - 1) + [False, False]


def test_endless_noise_is_not_the_inside_of_a_frame() -> None:
    decoder = Decoder()
    inside = []
    for noise in (MARKER + b"\xff" * MAX_ESCAPED_LENGTH, b"\xff"):
        decoder.feed(noise)
        inside.append(decoder.inside_frame)
    assert inside == [True, False]


@given(valid_bodies())
def test_what_is_encoded_is_decoded(body: bytes) -> None:
    assert decode(encode(body[:-1]))[0] == [body]


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_any_bytes_never_raise_nor_pass_a_wrong_frame(chunks: list[bytes]) -> None:
    decoder = Decoder()
    for chunk in chunks:
        for body in decoder.feed(chunk):
            assert len(body) in LENGTHS[body[0]]
            assert sum(body[1:-1]) % 256 == body[-1]
        assert len(decoder._partial) <= MAX_ESCAPED_LENGTH + 1


@given(st.lists(st.one_of(garbage, valid_bodies().map(framed))), st.data())
def test_portions_change_nothing(parts: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=20)))
    chunks = [
        stream[start:end]
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)
    ]
    whole, at_once = decode(stream)
    split, in_portions = decode(*chunks)
    assert split == whole
    assert in_portions.counts == at_once.counts
    assert in_portions.inside_frame == at_once.inside_frame


@settings(max_examples=200)
@example([BODIES[0], BODIES[1], BODIES[2]], 1, b"\xc0")
@given(st.lists(valid_bodies(), min_size=2, max_size=6), st.integers(0, 5), garbage)
def test_garbage_between_frames_costs_none(
    bodies: Bodies, index: int, noise: bytes
) -> None:
    at = index % len(bodies)
    frames = [framed(body) for body in bodies]
    received, _ = decode(b"".join([*frames[:at], noise, *frames[at:]]))
    # Garbage may by chance be a frame itself, so that one more may come.
    assert [body for body in bodies if body not in received] == []


@settings(max_examples=200)
@given(
    st.lists(valid_bodies(), min_size=3, max_size=6),
    st.integers(0, 5),
    st.integers(0, 40),
    garbage,
)
def test_garbage_within_a_frame_costs_at_most_that_frame(
    bodies: Bodies, index: int, cut: int, noise: bytes
) -> None:
    hit = index % len(bodies)
    frames = [framed(body) for body in bodies]
    at = 1 + cut % (len(frames[hit]) - 1)
    frames[hit] = frames[hit][:at] + noise + frames[hit][at:]
    received, _ = decode(b"".join(frames))
    others = [body for number, body in enumerate(bodies) if number != hit]
    assert [body for body in others if body not in received] == []


@settings(max_examples=200)
@given(
    st.lists(valid_bodies(), min_size=3, max_size=5),
    st.integers(0, 4),
    st.integers(0, 60),
    st.integers(1, 255),
)
def test_a_changed_byte_costs_at_most_that_frame(
    bodies: Bodies, index: int, where: int, flip: int
) -> None:
    hit = index % len(bodies)
    frames = [bytearray(framed(body)) for body in bodies]
    frames[hit][where % len(frames[hit])] ^= flip
    received, _ = decode(bytes(b"".join(frames)))
    others = [body for number, body in enumerate(bodies) if number != hit]
    assert [body for body in others if body not in received] == []


@given(valid_bodies(), st.integers(1, 19), st.integers(1, 255))
def test_a_frame_with_a_wrong_checksum_is_never_accepted(
    body: bytes, where: int, change: int
) -> None:
    wrong = bytearray(body)
    at = 1 + where % (len(body) - 1)
    wrong[at] = (wrong[at] + change) % 256
    assert bytes(wrong) not in decode(framed(bytes(wrong)))[0]
